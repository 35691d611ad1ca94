import { formatCpu, formatDuration, plural } from '../durations.ts';
import { markdownCode } from '../escape/markup.ts';
import { classOf, outcomePlace, outcomeSign, outcomeWords, wallSecondsOf } from '../outcomes.ts';
import type { BuildReport, JobReport, Outcome, RunReport } from '../run-report.ts';
import { rowsSection } from './section.ts';
import type { Section } from './section.ts';

const HEAD = '| | Job | Result | Builder | Time | CPU time |\n|---|---|---|---|--:|--:|';
const BUILD_HEAD = '| | Derivation | Result | Builder | Time | CPU time |\n|---|---|---|---|--:|--:|';

/** Jobs that did not exist before: what went wrong first, then built ones, longest first. */
export function jobSection(
  report: RunReport,
  builds: ReadonlyMap<string, BuildReport>,
  budgetBytes: number,
): Section {
  const jobs = report.jobs.filter((job) => !isCached(job.outcome));
  const rows = sortedJobs(jobs, builds).map((job) => jobRow(job, builds));
  return rowsSection(
    { head: `### Jobs\n\n${HEAD}`, rows },
    (left) => plural(left, 'row of jobs', 'rows of jobs'),
    budgetBytes,
  );
}

/** Jobs whose outputs existed already, folded. */
export function cachedSection(report: RunReport, budgetBytes: number): Section {
  const jobs = report.jobs.filter((job) => isCached(job.outcome));
  const title = `${plural(jobs.length, 'job')} already there`;
  return rowsSection(
    {
      head: `<details><summary>${title}</summary>\n\n| | Job | Result | Where |\n|---|---|---|---|`,
      rows: sortedByLabel(jobs).map(
        (job) =>
          `| ${outcomeSign(job.outcome)} | ${markdownCode(job.label)} | ${outcomeWords(job.outcome)} | ${place(job.outcome)} |`,
      ),
      tail: '\n</details>',
    },
    (left) => plural(left, 'row of jobs that were already there', 'rows of jobs that were already there'),
    budgetBytes,
  );
}

/** Builds that ran and are no job themselves, folded, longest first. */
export function dependencySection(report: RunReport, budgetBytes: number): Section {
  const ofJobs = new Set(report.jobs.map((job) => job.drvPath));
  const builds = report.builds.filter(
    (build) => !ofJobs.has(build.drvPath) && wallSecondsOf(build) !== undefined,
  );
  const sorted = [...builds].sort((a, b) => (wallSecondsOf(b) ?? 0) - (wallSecondsOf(a) ?? 0));
  return rowsSection(
    {
      head: `<details><summary>${plural(builds.length, 'dependency', 'dependencies')} built for them</summary>\n\n${BUILD_HEAD}`,
      rows: sorted.map((build) => row(build.name, build.outcome, build)),
      tail: '\n</details>',
    },
    (left) => plural(left, 'row of dependencies', 'rows of dependencies'),
    budgetBytes,
  );
}

function jobRow(job: JobReport, builds: ReadonlyMap<string, BuildReport>): string {
  return row(job.label, job.outcome, job.drvPath === undefined ? undefined : builds.get(job.drvPath));
}

function row(name: string, outcome: Outcome, build: BuildReport | undefined): string {
  const seconds = wallSecondsOf(build);
  const time = seconds === undefined ? '–' : formatDuration(seconds);
  return `| ${outcomeSign(outcome)} | ${markdownCode(name)} | ${outcomeWords(outcome)} | ${place(outcome)} | ${time} | ${formatCpu(build?.cpu)} |`;
}

function place(outcome: Outcome): string {
  return markdownCode(outcomePlace(outcome) ?? '', 100);
}

function isCached(outcome: Outcome): boolean {
  return classOf(outcome) === 'passed' && outcome.kind !== 'built';
}

const ORDER = { failed: 0, evaluation: 1, infrastructure: 2, blocked: 3, cancelled: 4, passed: 5 } as const;

function sortedJobs(jobs: readonly JobReport[], builds: ReadonlyMap<string, BuildReport>): JobReport[] {
  const seconds = (job: JobReport) => wallSecondsOf(builds.get(job.drvPath ?? '')) ?? 0;
  return sortedByLabel(jobs).sort(
    (a, b) => ORDER[classOf(a.outcome)] - ORDER[classOf(b.outcome)] || seconds(b) - seconds(a),
  );
}

function sortedByLabel(jobs: readonly JobReport[]): JobReport[] {
  return [...jobs].sort((a, b) => (a.label < b.label ? -1 : Number(a.label > b.label)));
}
