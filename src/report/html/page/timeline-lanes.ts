import type { PageAttempt, PageData } from '../page-data.ts';

/** A bar of the timeline. */
export interface Bar {
  readonly place: number;
  readonly attempt: PageAttempt;
}

/** One slot of one builder, its bars in the order in which they began. */
export interface Lane {
  readonly builder: string;
  readonly slot: number;
  readonly bars: readonly Bar[];
}

/** The lanes of all builders, in their order; each has as many as it used or offers, whichever is more. */
export function lanesOf(data: PageData): readonly Lane[] {
  const byBuilder = new Map<number, Bar[][]>();
  for (const [index, builder] of data.builders.entries()) {
    byBuilder.set(
      index,
      Array.from({ length: Math.min(builder.slots, 64) }, () => []),
    );
  }
  for (const [place, row] of data.rows.entries()) {
    for (const attempt of row.attempts) {
      const slots = byBuilder.get(attempt.builder) ?? [];
      byBuilder.set(attempt.builder, slots);
      while (slots.length <= attempt.slot) slots.push([]);
      slots[attempt.slot]?.push({ place, attempt });
    }
  }
  return [...byBuilder].flatMap(([index, slots]) =>
    slots.map((bars, slot) => ({
      builder: data.builders[index]?.name ?? 'other builders',
      slot,
      bars: bars.sort((a, b) => a.attempt.start - b.attempt.start),
    })),
  );
}

/** The bar at a time, or the nearest one within `reach` seconds of it. */
export function barAt(lane: Lane, seconds: number, reach: number): Bar | undefined {
  let nearest: Bar | undefined;
  let distance = reach;
  for (const bar of lane.bars) {
    const away = Math.max(bar.attempt.start - seconds, seconds - bar.attempt.end, 0);
    if (away > distance) continue;
    nearest = bar;
    distance = away;
  }
  return nearest;
}

/** A step of the time axis that leaves room for its labels: 1, 2 or 5 units, then minutes and hours as clocks show them. */
export function axisStep(secondsPerPixel: number, pixelsPerLabel: number): number {
  const steps = [
    0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200,
  ];
  return steps.find((step) => step >= secondsPerPixel * pixelsPerLabel) ?? 86_400;
}
