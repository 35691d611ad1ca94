import { describe, expect, test } from 'vitest';
import type { Direction } from '../../../../src/report/html/page/geometry.ts';
import type { Bar, Lane } from '../../../../src/report/html/page/timeline-lanes.ts';
import { spotOf, timelineNeighbour } from '../../../../src/report/html/page/timeline-walk.ts';

const bar = (place: number, start: number, end: number, isFinal = true): Bar => ({
  place,
  attempt: { builder: 0, slot: 0, start, end, isFinal },
});
const lane = (...bars: readonly Bar[]): Lane => ({ builder: 'b1', slot: 0, bars });

/** Build 1 was lost in the first lane and tried again in the last. */
const lanes = [
  lane(),
  lane(bar(0, 0, 10), bar(1, 10, 20, false), bar(2, 20, 30)),
  lane(),
  lane(bar(3, 0, 15), bar(4, 15, 25)),
  lane(bar(1, 40, 50)),
];

describe('the keyboard in the timeline', () => {
  test('finds a build where it ran in the end', () => {
    expect(spotOf(lanes, 1)).toMatchObject({ lane: 4, index: 0 });
    expect(spotOf(lanes, 2)).toMatchObject({ lane: 1, index: 2 });
    expect([spotOf(lanes, 9), spotOf(lanes, undefined)]).toEqual([undefined, undefined]);
  });

  test.each<{ from: number | undefined; direction: Direction; to: number | undefined }>([
    { from: undefined, direction: 'right', to: 0 },
    { from: undefined, direction: 'up', to: 0 },
    { from: 9, direction: 'down', to: 0 },
    { from: 0, direction: 'right', to: 1 },
    { from: 2, direction: 'left', to: 1 },
    { from: 0, direction: 'left', to: undefined },
    { from: 2, direction: 'right', to: undefined },
    { from: 0, direction: 'down', to: 3 },
    { from: 2, direction: 'down', to: 4 },
    { from: 4, direction: 'down', to: 1 },
    { from: 1, direction: 'down', to: undefined },
    { from: 4, direction: 'up', to: 1 },
    { from: 3, direction: 'up', to: 0 },
    { from: 0, direction: 'up', to: undefined },
    { from: 1, direction: 'up', to: 4 },
  ])('leads from $from to the $direction to $to', ({ from, direction, to }) => {
    expect(timelineNeighbour(lanes, from, direction)?.place).toBe(to);
  });

  test('leads nowhere where nothing ran', () => {
    expect(timelineNeighbour([lane()], undefined, 'right')).toBeUndefined();
  });
});
