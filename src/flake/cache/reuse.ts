import type { NixProgram } from '../evaluator/nix-command.ts';
import type { EvaluationEvent, Job } from '../job.ts';
import type { EvaluateOptions } from '../options.ts';
import { findEvaluation, keepEvaluation } from './evaluation-cache.ts';
import { evaluationKey, type EvaluationSubject } from './evaluation-key.ts';
import type { StoredEvaluation } from './stored-evaluation.ts';

/** What is known of one evaluation from earlier runs, and how to make it known to later ones. */
export interface Memory {
  readonly earlier: StoredEvaluation | undefined;
  /** Passes events on and remembers the jobs among them. */
  readonly watch: (event: EvaluationEvent) => void;
  /** Keeps the result of the finished evaluation, unless an attribute failed: that may have been the fault of the moment. */
  readonly keep: () => Promise<void>;
}

/** Looks for an earlier evaluation with the same result. A folder that can't be used is as good as an empty one. */
export async function recall(
  subject: EvaluationSubject,
  options: EvaluateOptions,
  nix: NixProgram,
  signal: AbortSignal,
): Promise<Memory> {
  const folder = options.cacheFolder;
  const key = folder === undefined ? undefined : evaluationKey(subject, options);
  const jobs: Job[] = [];
  let finished: { readonly evaluated: number; readonly pruned: number; readonly failed: number } | undefined;
  return {
    earlier:
      folder === undefined || key === undefined ? undefined : await findEvaluation(folder, key, nix, signal),
    watch: (event) => {
      if (event.kind === 'job') jobs.push(event.job);
      if (event.kind === 'finished') finished = event.progress;
    },
    keep: async () => {
      if (folder === undefined || key === undefined || finished === undefined || finished.failed > 0) return;
      const { evaluated, pruned } = finished;
      // Only the next run's time is lost.
      await keepEvaluation(folder, { key, evaluatedAtMs: Date.now(), evaluated, pruned, jobs }).catch(
        () => undefined,
      );
    },
  };
}

/** The events of an evaluation that was done before. */
export function eventsOf(earlier: StoredEvaluation, elapsedMs: number): readonly EvaluationEvent[] {
  const { jobs, evaluated, pruned } = earlier;
  const progress = { total: evaluated, evaluated, failed: 0, selected: jobs.length, pruned };
  return [
    ...jobs.map((job): EvaluationEvent => ({ kind: 'job', job })),
    { kind: 'finished', progress: { ...progress, elapsedSeconds: elapsedMs / 1000 } },
  ];
}
