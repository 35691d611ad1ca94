import { classOf, wallSecondsOf } from './outcomes.ts';
import type { BuildReport, JobReport, ListedJob } from './run-report.ts';

const ORDER = { failed: 0, evaluation: 1, infrastructure: 2, blocked: 3, cancelled: 4, passed: 5 } as const;

/** Jobs in the order in which people want them: what went wrong first, then what took longest. `builds` is by `.drv` path. */
export function sortedJobs(
  jobs: readonly JobReport[],
  builds: ReadonlyMap<string, BuildReport>,
): JobReport[] {
  const seconds = (job: JobReport) => wallSecondsOf(builds.get(job.drvPath ?? '')) ?? 0;
  return sortedByLabel(jobs).sort(
    (a, b) => ORDER[classOf(a.outcome)] - ORDER[classOf(b.outcome)] || seconds(b) - seconds(a),
  );
}

/** Jobs by their labels. */
export function sortedByLabel(jobs: readonly JobReport[]): JobReport[] {
  return [...jobs].sort((a, b) => (a.label < b.label ? -1 : Number(a.label > b.label)));
}

/** Jobs of a run that was to build nothing: what a build would have to make first, each part by its labels. */
export function absentFirst(jobs: readonly ListedJob[]): ListedJob[] {
  return jobs.toSorted(
    (a, b) =>
      Number(a.cached !== undefined) - Number(b.cached !== undefined) ||
      (a.label < b.label ? -1 : Number(a.label > b.label)),
  );
}
