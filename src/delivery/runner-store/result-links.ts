import type { JobReport } from '../../report/run-report.ts';
import { fileNameOf } from '../../report/file-name.ts';

/** A symbolic link to an output. */
export interface ResultLink {
  readonly name: string;
  readonly target: string;
}

/**
 * Links to the outputs of jobs: `result` for the only one, `result-ATTR` where there are more, with the whole attribute path where an
 * attribute is selected of several systems or outputs of the flake; an output other than `out` comes behind, as Nix has it.
 */
export function resultLinks(
  jobs: readonly Pick<JobReport, 'attr' | 'path' | 'outputs'>[],
): readonly ResultLink[] {
  return jobs.flatMap((job) =>
    Object.entries(job.outputs).map(([output, target]) => ({
      name: [baseOf(job, jobs), ...(output === 'out' ? [] : [output])].join('-'),
      target,
    })),
  );
}

function baseOf(job: Pick<JobReport, 'attr' | 'path'>, jobs: readonly Pick<JobReport, 'attr'>[]): string {
  if (jobs.length === 1) return 'result';
  const isOnly = jobs.every((other) => other.attr !== job.attr || other === job);
  return `result-${fileNameOf(isOnly ? [job.attr] : job.path)}`;
}
