import type { JobReport, ListedJob, RunReport } from './run-report.ts';

/** Attributes with the time that they took to evaluate, in seconds. */
export interface TimedEvaluation {
  readonly job: JobReport | ListedJob;
  readonly seconds: number;
}

/** The attributes whose evaluation was timed, the longest first; none where an earlier evaluation was used again. */
export function slowestEvaluations({ jobs, listed = [] }: RunReport): readonly TimedEvaluation[] {
  return [...jobs, ...listed]
    .flatMap((job) => (job.evaluationSeconds === undefined ? [] : [{ job, seconds: job.evaluationSeconds }]))
    .sort((a, b) => b.seconds - a.seconds);
}
