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
  const freeAt: number[] = [];
  for (const record of builder.running) freeAt.push(remainingSeconds(builder, record, nowSeconds));
  for (let idle = builder.running.size; idle < builder.slots; idle++) freeAt.push(0);
  freeAt.sort((one, other) => one - other);
  // More runs than it has slots for since they became fewer: the first ends free nothing.
  if (freeAt.length > builder.slots) freeAt.splice(0, freeAt.length - builder.slots);
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
