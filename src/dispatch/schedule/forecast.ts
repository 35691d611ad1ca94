import type { NodeRecord } from './node-record.ts';
import type { BuilderState } from './state.ts';

/** When a builder's slots get free, counted in seconds from now, as far as durations can be foreseen. */
export interface Forecast {
  /**
   * When a build could start whose inputs are there after `stageSeconds`.
   *
   * @param heldSlots so many slots have to stay free for others
   */
  startOf(stageSeconds: number, heldSlots: number): number;
  /** Takes the slot that such a build would start in. */
  occupy(stageSeconds: number, heldSlots: number, buildSeconds: number): void;
}

// Durations are skewed: what has taken longer than expected takes, on average, a good part of that again.
const OVERRUN = 0.3;

/** Looks at what runs on the builder. It must have at least one slot. */
export function createForecast(builder: BuilderState, nowSeconds: number): Forecast {
  const ends = new Float64Array(Math.max(builder.running.size, builder.slots));
  let index = 0;
  for (const record of builder.running) ends[index++] = remainingSeconds(builder, record, nowSeconds);
  // More may run than it has slots for, since they became fewer: then the first ends free nothing.
  const freeAt = ends.sort().subarray(ends.length - builder.slots);
  const last = freeAt.length - 1;

  return {
    startOf: (stageSeconds, heldSlots) => Math.max(freeAt[Math.min(heldSlots, last)] ?? 0, stageSeconds),
    occupy: (stageSeconds, heldSlots, buildSeconds) => {
      let index = Math.min(heldSlots, last);
      const endSeconds = Math.max(freeAt[index] ?? 0, stageSeconds) + buildSeconds;
      for (let next = freeAt[index + 1]; next !== undefined && next < endSeconds; next = freeAt[index + 1]) {
        freeAt[index] = next;
        index++;
      }
      freeAt[index] = endSeconds;
    },
  };
}

/** How many times faster than speed factor 1 the builder is. */
export function speedOf(builder: BuilderState): number {
  return builder.offer.speedFactor > 0 ? builder.offer.speedFactor : 1;
}

function remainingSeconds(builder: BuilderState, record: NodeRecord, nowSeconds: number): number {
  if (record.state.kind !== 'running') return 0;
  const elapsed = nowSeconds - record.state.startedAtSeconds;
  return Math.max(record.seconds / speedOf(builder) - elapsed, OVERRUN * elapsed);
}
