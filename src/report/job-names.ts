import { attributePathOf } from './attribute.ts';
import type { JobReport } from './run-report.ts';

type NamedJob = Pick<JobReport, 'label' | 'path'>;

/** Under which name each job is shown: its label, and where another job has the same one its attribute path too. Untrusted text. */
export function jobNames<Job extends NamedJob>(jobs: readonly Job[]): ReadonlyMap<Job, string> {
  const counts = new Map<string, number>();
  for (const { label } of jobs) counts.set(label, (counts.get(label) ?? 0) + 1);
  return new Map(
    jobs.map((job) => {
      const isUnique = counts.get(job.label) === 1;
      return [job, isUnique ? job.label : `${attributePathOf(job)} ${job.label}`.trim()];
    }),
  );
}
