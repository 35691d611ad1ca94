import { reproducibleFlake } from '../attribute.ts';
import { criticalPath, timedBuilds } from '../critical-path.ts';
import { formatMoney } from '../../accounting/money.ts';
import { formatBytes, formatDuration } from '../durations.ts';
import { cleanLine, cleanText } from '../escape/clean.ts';
import { clip } from '../escape/clip.ts';
import { evaluationWarnings } from '../evaluation-warnings.ts';
import type { BuilderReport, JobReport, RunReport } from '../run-report.ts';
import { figuresText, headlineSign, headlineText } from '../summary/headline.ts';
import { viewOf } from '../view.ts';
import type { ReportView } from '../view.ts';
import type { PageBuilder, PageData, PageEvaluation } from './page-data.ts';
import { slowestEvaluations } from '../slowest-evaluations.ts';
import { attributePathOf } from '../attribute.ts';
import { plural } from '../durations.ts';
import { buildsByBuilder, systemsText, utilisation, type BuilderUse } from '../builder-use.ts';
import { buildRow, jobRow } from './page-rows.ts';
import type { RowContext } from './page-rows.ts';
import { slotsOf } from './slots.ts';

/** Log lines of the whole page; a build that failed has all of its tail, the others share what is left. */
const PAGE_LOG_LINES = 60_000;
const EVALUATIONS_SHOWN = 100;

/** Turns a report into what the page draws. Rows are the builds, then the jobs that have none. */
export function describeRun(report: RunReport): PageData {
  const view = viewOf(report);
  const places = new Map(report.builds.map((build, place) => [build.drvPath, place]));
  const jobs = jobsByPath(report.jobs);
  const context: RowContext = {
    view,
    flake: reproducibleFlake(report),
    places,
    jobs,
    repeatedBy: new Map(
      view.causes.flatMap(({ drvPath, blocked: [job] }) =>
        job === undefined ? [] : [[drvPath, job] as const],
      ),
    ),
    slots: slotsOf(report.builds),
    logLines: Math.max(1, Math.floor(PAGE_LOG_LINES / Math.max(1, report.builds.length))),
  };
  const used = buildsByBuilder(report.builds);
  const withoutBuild = report.jobs.filter((job) => !places.has(job.drvPath ?? ''));
  const rows = [
    ...report.builds.map((build) =>
      buildRow(build, isFailed(build.outcome.kind) ? { ...context, logLines: 1000 } : context),
    ),
    ...withoutBuild.map((job) => jobRow(job, context)),
  ];
  const shownLines = rows.reduce((sum, row) => sum + row.log.length, 0);
  const knownLines = report.builds.reduce((sum, build) => sum + build.logTail.length, 0);
  return {
    headline: `${headlineSign(view)} ${headlineText(view)}`,
    figures: figuresText(view),
    flake: clip(cleanLine(reproducibleFlake(report)), 300),
    startedAtMs: report.startedAtMs,
    wallSeconds: view.totals.wallSeconds,
    hasCosts: view.costs !== undefined,
    builders: report.builders.map((builder) => describeBuilder(builder, used.get(builder.name), view)),
    rows,
    notices: [...view.notices, ...evaluationWarnings(report)].map(({ level, title, message }) => ({
      level,
      title: clip(cleanLine(title), 300),
      message: clip(cleanText(message), 4000),
    })),
    evaluations: evaluationsOf(report, places, withoutBuild),
    evaluated: `${plural(report.evaluatedAttributes, 'attribute')} evaluated in ${formatDuration(report.evaluationSeconds)}`,
    criticalPath: criticalPath(timedBuilds(report.builds)).flatMap(
      ({ build }) => places.get(build.drvPath) ?? [],
    ),
    droppedLogLines: knownLines - shownLines,
  };
}

function evaluationsOf(
  report: RunReport,
  places: ReadonlyMap<string, number>,
  withoutBuild: readonly JobReport[],
): readonly PageEvaluation[] {
  const placeOf = new Map(withoutBuild.map((job, index) => [job.path, places.size + index]));
  return slowestEvaluations(report)
    .slice(0, EVALUATIONS_SHOWN)
    .map(({ job, seconds }) => ({
      attribute: clip(cleanLine(attributePathOf(job)), 300),
      seconds,
      memory: job.evaluationMemoryBytes === undefined ? '–' : formatBytes(job.evaluationMemoryBytes),
      place: places.get(job.drvPath ?? '') ?? placeOf.get(job.path) ?? null,
    }));
}

function describeBuilder(
  builder: BuilderReport,
  use: BuilderUse | undefined,
  { costs, totals }: ReportView,
): PageBuilder {
  const cost = costs?.byBuilder.get(builder.name);
  const money = (amount: bigint) => formatMoney(amount, costs?.currency ?? '');
  return {
    name: clip(cleanLine(builder.name), 200),
    slots: builder.maxJobs,
    details: [
      ['Systems', clip(cleanLine(systemsText(builder.systems)), 300)],
      ['Nix', clip(cleanLine(builder.nixVersion ?? '–'), 40)],
      ['Builds', String(use?.builds ?? 0)],
      ['Busy', `${formatDuration(builder.busySeconds)}${utilisation(builder, totals)}`],
      ['CPU time', use?.cpuSeconds === undefined ? '–' : formatDuration(use.cpuSeconds)],
      ['Received', formatBytes(builder.bytesReceived)],
      ['Sent', formatBytes(builder.bytesSent)],
      ...(cost === undefined
        ? []
        : [['Cost', money(cost.builds)] as const, ['Idle', money(cost.idle)] as const]),
    ],
    trouble: builder.trouble.map((text) => clip(cleanText(text), 1000)),
  };
}

function jobsByPath(jobs: readonly JobReport[]): ReadonlyMap<string, readonly JobReport[]> {
  const byPath = new Map<string, JobReport[]>();
  for (const job of jobs) {
    if (job.drvPath === undefined) continue;
    const known = byPath.get(job.drvPath);
    if (known === undefined) byPath.set(job.drvPath, [job]);
    else known.push(job);
  }
  return byPath;
}

function isFailed(kind: string): boolean {
  return kind === 'failed' || kind === 'timed-out' || kind === 'log-limit' || kind === 'infrastructure';
}
