import type { GraphDerivation } from './graph-file.ts';
import { createRandomStream } from './random.ts';

/** A derivation with what chance gave it. */
export interface Task extends GraphDerivation {
  readonly id: number;
  /** What it takes at speed factor 1. */
  readonly seconds: number;
  /** What the scheduler is told that it takes. */
  readonly expectedSeconds: number | undefined;
  readonly narSizeBytes: number;
  readonly sourceBytes: number;
}

/** What the scheduler knows of durations: everything, what an earlier run would tell, or nothing. */
export type Knowledge = 'exact' | 'history' | 'none';

export const KNOWLEDGE: readonly Knowledge[] = ['exact', 'history', 'none'];

/** All log-normal; `median` is the value that half of them stay below, `sigma` that of the logarithm. */
export const DISTRIBUTIONS = {
  fetchSeconds: { median: 3, sigma: 1.2 },
  buildSeconds: { median: 40, sigma: 1.2 },
  fetchBytes: { median: 1e6, sigma: 1.5 },
  buildBytes: { median: 2e6, sigma: 1.8 },
  sourceBytes: { median: 4e3, sigma: 1 },
  /** The factor between two runs of the same build. */
  historyError: { median: 1, sigma: 0.3 },
} as const;

/** Draws durations and sizes for a graph. The same seed gives the same work, whatever is known of it. */
export function drawWorkload(graph: readonly GraphDerivation[], seed: number, knowledge: Knowledge): Task[] {
  const random = createRandomStream(seed);
  const draw = ({ median, sigma }: { median: number; sigma: number }): number =>
    random.logNormal(median, sigma);
  return graph.map((derivation, id) => {
    const seconds = draw(derivation.isFetch ? DISTRIBUTIONS.fetchSeconds : DISTRIBUTIONS.buildSeconds);
    const narSizeBytes = Math.ceil(
      draw(derivation.isFetch ? DISTRIBUTIONS.fetchBytes : DISTRIBUTIONS.buildBytes),
    );
    const sourceBytes = Math.ceil(draw(DISTRIBUTIONS.sourceBytes) * derivation.sources);
    const remembered = seconds * draw(DISTRIBUTIONS.historyError);
    const expectedSeconds = { exact: seconds, history: remembered, none: undefined }[knowledge];
    return { ...derivation, id, seconds, expectedSeconds, narSizeBytes, sourceBytes };
  });
}
