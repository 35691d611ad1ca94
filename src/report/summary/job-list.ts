import { plural } from '../durations.ts';
import { markdownCode } from '../escape/markup.ts';
import type { ListedJob } from '../run-report.ts';
import type { ReportView } from '../view.ts';
import { absentFirst } from '../job-order.ts';
import { rowsSection } from './section.ts';
import type { Section } from './section.ts';

/** Jobs that were not to be built: those that a build would have to make first. */
export function jobListSection(
  { names }: ReportView,
  jobs: readonly ListedJob[],
  budgetBytes: number,
): Section {
  return rowsSection(
    {
      head: '### Jobs\n\n| Job | System | Already there |\n|---|---|---|',
      rows: absentFirst(jobs).map((job) => {
        const place = job.cached === undefined ? 'no' : markdownCode(job.cached, 100);
        return `| ${markdownCode(names.get(job) ?? job.label)} | ${markdownCode(job.system)} | ${place} |`;
      }),
    },
    (left) => plural(left, 'row of jobs', 'rows of jobs'),
    budgetBytes,
  );
}
