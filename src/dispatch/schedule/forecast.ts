import { createHeap } from './heap.ts';
import type { NodeRecord } from './node-record.ts';
import type { BuilderState } from './state.ts';

/** When a builder's slots get free, counted in seconds from now, as far as durations can be foreseen. */
export interface Forecast {
  /** When a build could start whose inputs are there after `stageSeconds`. */
  startOf(stageSeconds: number): number;
  /** Takes the slot that gets free first. */
  occupy(stageSeconds: number, buildSeconds: number): void;
}

// Durations are skewed: what has taken longer than expected takes, on average, a good part of that again.
const OVERRUN = 0.3;

/** Looks at what runs and what has been handed to the builder. It must have at least one slot. */
export function forecast(builder: BuilderState, nowSeconds: number): Forecast {
  const slots = createHeap<number>((one, other) => one < other);
  const speed = speedOf(builder);
  for (const record of builder.running) slots.push(remainingSeconds(record, speed, nowSeconds));
  for (let idle = builder.running.size; idle < builder.slots; idle++) slots.push(0);
  // More runs than it has slots for since they became fewer: the first ends free nothing.
  while (slots.items.length > Math.max(1, builder.slots)) slots.pop();

  const occupy = (stageSeconds: number, buildSeconds: number): void => {
    slots.push(Math.max(slots.pop() ?? 0, stageSeconds) + buildSeconds);
  };
  for (const record of builder.staged) occupy(0, record.seconds / speed);
  for (const record of builder.staging) occupy(0, record.seconds / speed);
  return { startOf: (stageSeconds) => Math.max(slots.items[0] ?? 0, stageSeconds), occupy };
}

/** How many times faster than speed factor 1 the builder is. */
export function speedOf(builder: BuilderState): number {
  return builder.offer.speedFactor > 0 ? builder.offer.speedFactor : 1;
}

function remainingSeconds(record: NodeRecord, speed: number, nowSeconds: number): number {
  if (record.state.kind !== 'running') return 0;
  const elapsed = nowSeconds - record.state.startedAtSeconds;
  return Math.max(record.seconds / speed - elapsed, OVERRUN * elapsed);
}
