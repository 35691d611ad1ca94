import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeInput } from '../../../scripts/fuzz/campaign.ts';
import { makeInput, type Material } from '../../../scripts/fuzz/mutate.ts';
import { TARGETS } from '../../../scripts/fuzz/targets.ts';

/** Inputs that the numbers decide, zeros once they run out: fewer and smaller numbers make simpler inputs. */
function inputOf(numbers: readonly number[], material: Material): Uint8Array {
  let at = 0;
  return makeInput(() => numbers[at++] ?? 0, material);
}

// `npm run fuzz` does the same ten million times.
describe.each(TARGETS)('$name', (target) => {
  const material = { corpus: target.samples, tokens: target.tokens };

  test('takes its own samples', async () => {
    const endings = await Promise.all(target.samples.map((sample) => takeInput(target, sample)));
    expect(new Set(endings).size).toBeGreaterThan(1);
  });

  test('takes anything', async () => {
    const numbers = fc.array(fc.nat({ max: 2 ** 32 - 1 }), { minLength: 2, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(numbers, async (chosen) => {
        await takeInput(target, inputOf(chosen, material));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test('takes noise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await takeInput(target, bytes);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
