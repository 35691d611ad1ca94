import type { Direction } from './geometry.ts';
import type { Bar, Lane } from './timeline-lanes.ts';

/** Where a bar is: which of the lanes, and which of its bars. */
export interface Spot {
  readonly lane: number;
  readonly bar: Bar;
  readonly index: number;
}

/** Where a build ran in the end. */
export function spotOf(lanes: readonly Lane[], place: number | undefined): Spot | undefined {
  for (const [lane, { bars }] of lanes.entries()) {
    const index = bars.findIndex((bar) => bar.place === place && bar.attempt.isFinal);
    const bar = bars[index];
    if (bar !== undefined) return { lane, bar, index };
  }
  return undefined;
}

/**
 * Left and right along a lane, up and down to what ran in the next lane that has bars when this build began, or after
 * that; from nowhere to the first bar of all.
 */
export function timelineNeighbour(
  lanes: readonly Lane[],
  from: number | undefined,
  direction: Direction,
): Bar | undefined {
  const spot = spotOf(lanes, from);
  if (spot === undefined) return lanes.find(({ bars }) => bars.length > 0)?.bars[0];
  switch (direction) {
    case 'left':
      return lanes[spot.lane]?.bars[spot.index - 1];
    case 'right':
      return lanes[spot.lane]?.bars[spot.index + 1];
    case 'up':
      return barAcross(lanes.slice(0, spot.lane).reverse(), spot.bar);
    case 'down':
      return barAcross(lanes.slice(spot.lane + 1), spot.bar);
  }
}

function barAcross(lanes: readonly Lane[], { attempt }: Bar): Bar | undefined {
  const bars = lanes.find((lane) => lane.bars.length > 0)?.bars;
  return bars?.find((bar) => bar.attempt.end > attempt.start) ?? bars?.at(-1);
}
