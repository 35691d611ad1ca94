import { describe, expect, it } from 'vitest';
import { createClock } from '../../../../src/dispatch/simulate/clock.ts';
import { createLink, createNetwork } from '../../../../src/dispatch/simulate/network.ts';

describe('the clock', () => {
  it('lets things happen in order of time, then of planning', () => {
    const clock = createClock();
    const seen: string[] = [];
    clock.after(2, () => seen.push(`b ${clock.nowSeconds}`));
    clock.after(1, () => {
      seen.push(`a ${clock.nowSeconds}`);
      clock.after(1, () => seen.push(`c ${clock.nowSeconds}`));
    });
    clock.run();
    expect(seen).toEqual(['a 1', 'b 2', 'c 2']);
  });
});

describe('the network', () => {
  const run = (transfers: { at: number; bytes: number; links: number[] }[], speeds: number[]): number[] => {
    const clock = createClock();
    const network = createNetwork(clock);
    const links = speeds.map(createLink);
    const ends: number[] = [];
    for (const [index, { at, bytes, links: route }] of transfers.entries()) {
      const way = route.flatMap((link) => links[link] ?? []);
      clock.after(at, () =>
        network.transfer(bytes, way, () => {
          ends[index] = Number(clock.nowSeconds.toFixed(6));
        }),
      );
    }
    clock.run();
    expect(network.bytesMoved).toBe(transfers.reduce((sum, { bytes }) => sum + bytes, 0));
    return ends;
  };

  it.each([
    ['one alone: the narrowest link', [{ at: 0, bytes: 100, links: [0, 1] }], [10, 50], [10]],
    [
      'two at once share it',
      [
        { at: 0, bytes: 100, links: [0] },
        { at: 0, bytes: 100, links: [0] },
      ],
      [10],
      [20, 20],
    ],
    [
      'one that comes later slows the first down',
      [
        { at: 0, bytes: 100, links: [0] },
        { at: 5, bytes: 25, links: [0] },
      ],
      [10],
      [12.5, 10],
    ],
    [
      'other links, no sharing',
      [
        { at: 0, bytes: 100, links: [0] },
        { at: 0, bytes: 100, links: [1] },
      ],
      [10, 20],
      [10, 5],
    ],
    ['nothing to move takes no time', [{ at: 3, bytes: 0, links: [0] }], [10], [3]],
  ])('%s', (_, transfers, speeds, ends) => {
    expect(run(transfers, speeds)).toEqual(ends);
  });
});
