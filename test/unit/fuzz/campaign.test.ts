import { describe, expect, test } from 'vitest';
import { deskOn } from '../../../scripts/fuzz/assignment.ts';
import { Finding, runCampaign } from '../../../scripts/fuzz/campaign.ts';
import { MAX_INPUT_BYTES } from '../../../scripts/fuzz/mutate.ts';
import { createRandom, seedFor } from '../../../scripts/fuzz/random.ts';
import { endingOf, texts, type FuzzTarget } from '../../../scripts/fuzz/target.ts';
import { DispatchError } from '../../../src/errors.ts';

const target = (take: FuzzTarget['take']): FuzzTarget => ({
  name: 'made up',
  share: 1,
  samples: texts('abcdef', 'ghi'),
  tokens: texts('!'),
  take,
});

/** The findings of so many inputs, none or one. */
async function findingOf(take: FuzzTarget['take'], inputs = 5000): Promise<Finding | undefined> {
  try {
    await runCampaign(target(take), createRandom(1), inputs);
    return undefined;
  } catch (error) {
    if (error instanceof Finding) return error;
    throw error;
  }
}

describe('a campaign', () => {
  test('lets errors of ours pass', async () => {
    const take = () =>
      endingOf(() => {
        throw new DispatchError('protocol', 'expected this');
      });
    expect(await findingOf(take)).toBeUndefined();
  });

  test('finds an error of another kind, with the input that leads to it', async () => {
    const found = await findingOf((bytes) => {
      if (bytes.includes(0x21)) throw new TypeError('x is undefined');
      return '';
    });
    expect(found?.message).toContain('x is undefined');
    expect(found?.input.includes(0x21)).toBe(true);
  });

  test('finds an error of ours that says nothing', async () => {
    const take = () =>
      endingOf(() => {
        throw new DispatchError('protocol', '');
      });
    expect((await findingOf(take))?.message).toContain('without a message');
  });

  test('finds a promise that is rejected', async () => {
    const found = await findingOf(() => Promise.reject(new Error('later')));
    expect(found?.message).toContain('later');
  });

  test('finds work that grows faster than its input', async () => {
    const found = await findingOf((bytes) => {
      let sum = 0;
      for (const one of bytes) for (let at = 0; at < bytes.length; at += 8) sum = (sum + one) % 7;
      return String(sum);
    }, 20_000);
    expect(found?.message).toMatch(/^it took \d+ ms$/);
    expect(found?.input.length).toBeGreaterThan(8192);
  });

  test('gets deeper by inputs that ended in a new way', async () => {
    // Right bytes in a row are found one after the other, never at once.
    const word = [0x11, 0x22, 0x33];
    const found = await findingOf((bytes) => {
      const right = word.findIndex((byte, index) => bytes[index] !== byte);
      if (right === -1) throw new Error('all of them');
      return String(right);
    }, 1_000_000);
    expect(found?.message).toContain('all of them');
  });

  test('gives the same inputs for the same seed', async () => {
    const inputsOf = async (seed: number): Promise<string[]> => {
      const seen: string[] = [];
      const take = (bytes: Uint8Array) => String(bytes[0]);
      const keep = (input: Uint8Array): void => void seen.push(Buffer.from(input).toString('hex'));
      await runCampaign(target(take), createRandom(seedFor(seed, 'x')), 2000, keep);
      return seen;
    };
    expect(await inputsOf(1)).toEqual(await inputsOf(1));
    expect(await inputsOf(1)).not.toEqual(await inputsOf(2));
  });
});

test('a desk shows the last input to whoever shares it', () => {
  const desk = deskOn();
  const watcher = deskOn(desk.buffer);
  desk.lay(new Uint8Array(MAX_INPUT_BYTES).fill(1));
  desk.lay(Uint8Array.of(1, 2, 3));
  expect(watcher.count()).toBe(2);
  expect([...watcher.last()]).toEqual([1, 2, 3]);
});
