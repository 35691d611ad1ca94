import type { EvaluationProgress } from './job.ts';

/** Counts what evaluation does. */
export interface Tally {
  readonly total: number;
  readonly evaluated: number;
  readonly failed: number;
  readonly selected: number;
  readonly pruned: number;
}

/** Before anything was evaluated. */
export const EMPTY_TALLY: Tally = { total: 0, evaluated: 0, failed: 0, selected: 0, pruned: 0 };

/** Adds what happened to a tally. */
export function addToTally(tally: Tally, change: Partial<Tally>): Tally {
  return {
    total: tally.total + (change.total ?? 0),
    evaluated: tally.evaluated + (change.evaluated ?? 0),
    failed: tally.failed + (change.failed ?? 0),
    selected: tally.selected + (change.selected ?? 0),
    pruned: tally.pruned + (change.pruned ?? 0),
  };
}

/** A tally at a time, for people. */
export function progressOf(tally: Tally, elapsedMs: number): EvaluationProgress {
  return { ...tally, elapsedSeconds: elapsedMs / 1000 };
}
