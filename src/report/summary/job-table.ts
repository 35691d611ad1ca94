import { buildCostText, jobCostText } from '../costs.ts';
import { formatCpu, formatDuration, plural } from '../durations.ts';
import { markdownCode, markdownText } from '../escape/markup.ts';
import { sortedByLabel, sortedJobs } from '../job-order.ts';
import { classOf, outcomePlace, outcomeSign, outcomeWords, wallSecondsOf } from '../outcomes.ts';
import type { BuildReport, Outcome } from '../run-report.ts';
import type { ReportView } from '../view.ts';
import { rowsSection } from './section.ts';
import type { Section } from './section.ts';

/** Jobs that did not exist before: what went wrong first, then built ones, longest first. */
export function jobSection(view: ReportView, budgetBytes: number): Section {
  const { builds, costs, names } = view;
  const jobs = view.report.jobs.filter((job) => !isCached(job.outcome));
  const rows = sortedJobs(jobs, builds).map((job) => {
    const build = job.drvPath === undefined ? undefined : builds.get(job.drvPath);
    return row(
      names.get(job) ?? job.label,
      job.outcome,
      build,
      costs === undefined ? [] : [markdownText(jobCostText(costs, job))],
    );
  });
  return rowsSection(
    { head: `### Jobs\n\n${tableHead('Job', view)}`, rows },
    (left) => plural(left, 'row of jobs', 'rows of jobs'),
    budgetBytes,
  );
}

/** Jobs whose outputs existed already, folded. */
export function cachedSection({ report, names }: ReportView, budgetBytes: number): Section {
  const jobs = report.jobs.filter((job) => isCached(job.outcome));
  const title = `${plural(jobs.length, 'job')} already there`;
  return rowsSection(
    {
      head: `<details><summary>${title}</summary>\n\n| | Job | Result | Where |\n|---|---|---|---|`,
      rows: sortedByLabel(jobs).map(
        (job) =>
          `| ${outcomeSign(job.outcome)} | ${markdownCode(names.get(job) ?? job.label)} | ${outcomeWords(job.outcome)} | ${place(job.outcome)} |`,
      ),
      tail: '\n</details>',
    },
    (left) => plural(left, 'row of jobs that were already there', 'rows of jobs that were already there'),
    budgetBytes,
  );
}

/** Builds that ran and are no job themselves, folded; what failed first, then the longest. */
export function dependencySection(view: ReportView, budgetBytes: number): Section {
  const { report, costs } = view;
  const ofJobs = new Set(report.jobs.map((job) => job.drvPath));
  const builds = report.builds
    .filter((build) => !ofJobs.has(build.drvPath) && wallSecondsOf(build) !== undefined)
    .sort(
      (a, b) =>
        Number(isPassed(a)) - Number(isPassed(b)) || (wallSecondsOf(b) ?? 0) - (wallSecondsOf(a) ?? 0),
    );
  const unmade = builds.filter((build) => !isPassed(build)).length;
  const count = report.observed
    ? plural(builds.length, 'derivation')
    : plural(builds.length, 'dependency', 'dependencies');
  const title = unmade === 0 ? `${count} built` : `${count}, ${unmade} of which not built`;
  return rowsSection(
    {
      head: `<details><summary>${title}</summary>\n\n${tableHead('Derivation', view)}`,
      rows: builds.map((build) =>
        row(
          build.name,
          build.outcome,
          build,
          costs === undefined ? [] : [markdownText(buildCostText(costs, build.drvPath))],
        ),
      ),
      tail: '\n</details>',
    },
    (left) =>
      report.observed
        ? plural(left, 'row of derivations', 'rows of derivations')
        : plural(left, 'row of dependencies', 'rows of dependencies'),
    budgetBytes,
  );
}

function tableHead(what: string, { costs }: ReportView): string {
  const [title, line] = costs === undefined ? ['', ''] : [' Cost |', '--:|'];
  return `| | ${what} | Result | Builder | Time | CPU time |${title}\n|---|---|---|---|--:|--:|${line}`;
}

function row(
  name: string,
  outcome: Outcome,
  build: BuildReport | undefined,
  money: readonly string[],
): string {
  const seconds = wallSecondsOf(build);
  const cells = [
    outcomeSign(outcome),
    markdownCode(name),
    resultText(outcome, build),
    place(outcome),
    seconds === undefined ? '–' : formatDuration(seconds),
    formatCpu(build?.cpu),
    ...money,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A build that came about only when it was tried again may be flaky, or its first machine broken. */
function resultText(outcome: Outcome, build: BuildReport | undefined): string {
  const attempts = build?.attempts.length ?? 0;
  return attempts > 1 ? `${outcomeWords(outcome)}, attempt ${attempts}` : outcomeWords(outcome);
}

function place(outcome: Outcome): string {
  return markdownCode(outcomePlace(outcome) ?? '', 100);
}

function isPassed({ outcome }: BuildReport): boolean {
  return classOf(outcome) === 'passed';
}

function isCached(outcome: Outcome): boolean {
  return classOf(outcome) === 'passed' && outcome.kind !== 'built';
}
