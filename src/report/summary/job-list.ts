import { plural } from '../durations.ts';
import { markdownCode } from '../escape/markup.ts';
import type { ListedJob } from '../run-report.ts';
import { rowsSection } from './section.ts';
import type { Section } from './section.ts';

/** Jobs that were not to be built: those that a build would have to make first. */
export function jobListSection(jobs: readonly ListedJob[], budgetBytes: number): Section {
  const absent = jobs.filter(({ cached }) => cached === undefined);
  const there = jobs.filter(({ cached }) => cached !== undefined);
  return rowsSection(
    {
      head: '### Jobs\n\n| Job | System | Already there |\n|---|---|---|',
      rows: [...absent, ...there].map(
        ({ label, system, cached }) =>
          `| ${markdownCode(label)} | ${markdownCode(system)} | ${cached === undefined ? 'no' : markdownCode(cached, 100)} |`,
      ),
    },
    (left) => plural(left, 'row of jobs', 'rows of jobs'),
    budgetBytes,
  );
}
