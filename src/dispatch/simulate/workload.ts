import { createDurations, type Durations, type TimedDerivation } from '../history/durations.ts';
import { parseHistory, printHistory } from '../history/history-text.ts';
import { parseStorePath } from '../../nix/store-path.ts';
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

/**
 * What the scheduler knows of durations: everything; each but for the difference between two runs; what is left of that in the file that
 * an earlier run wrote, in which every derivation was another; nothing but what its sort usually takes.
 */
export type Knowledge = 'exact' | 'history' | 'file' | 'none';

/** From most to least. */
export const KNOWLEDGE: readonly Knowledge[] = ['exact', 'history', 'file', 'none'];

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
  const tasks = graph.map((derivation, id) => {
    const seconds = draw(derivation.isFetch ? DISTRIBUTIONS.fetchSeconds : DISTRIBUTIONS.buildSeconds);
    const narSizeBytes = Math.ceil(
      draw(derivation.isFetch ? DISTRIBUTIONS.fetchBytes : DISTRIBUTIONS.buildBytes),
    );
    const sourceBytes = Math.ceil(draw(DISTRIBUTIONS.sourceBytes) * derivation.sources);
    const remembered = seconds * draw(DISTRIBUTIONS.historyError);
    return { ...derivation, id, seconds, remembered, narSizeBytes, sourceBytes };
  });
  const durations = knowledge === 'file' ? laterRun(tasks) : createDurations();
  return tasks.map(({ remembered, ...task }) => {
    const filed = durations.expectedSeconds(timed(task, 'now'));
    const expectedSeconds = { exact: task.seconds, history: remembered, file: filed, none: filed }[knowledge];
    return { ...task, expectedSeconds };
  });
}

/** What a run knows after one in which these tasks had other derivations, as it would read it from its file. */
function laterRun(tasks: readonly (GraphDerivation & { id: number; remembered: number })[]): Durations {
  const earlier = createDurations();
  for (const task of tasks) earlier.note(timed(task, 'then'), task.remembered, 1);
  const read = parseHistory(printHistory(earlier.entries()));
  if (typeof read === 'string') throw new TypeError(`Expected a history that can be read: ${read}.`);
  return createDurations(read);
}

function timed({ id, ...facts }: GraphDerivation & { id: number }, run: 'now' | 'then'): TimedDerivation {
  const hash = `${String(id).padStart(7, '0')}${run === 'now' ? '1' : '0'}`.padEnd(32, '0');
  const drvPath = parseStorePath(`/nix/store/${hash}-task.drv`);
  return { drvPath, facts, granularity: 'derivation' };
}
