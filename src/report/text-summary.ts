import { attributePathOf, repeatCommand, reproducibleFlake } from './attribute.ts';
import { formatMoney } from '../accounting/money.ts';
import { buildsByBuilder, utilisation, type BuilderUse } from './builder-use.ts';
import { jobCostText } from './costs.ts';
import type { ReportCosts } from './costs.ts';
import { formatCpu, formatDuration, plural } from './durations.ts';
import { cleanLine, cleanText } from './escape/clean.ts';
import { clip } from './escape/clip.ts';
import { evaluationWarnings } from './evaluation-warnings.ts';
import { absentFirst, sortedJobs } from './job-order.ts';
import { outcomeClause, outcomePlace, outcomeSign, outcomeWords, wallSecondsOf } from './outcomes.ts';
import { messageBesideLog, type RootCause } from './root-causes.ts';
import type { BuilderReport, BuildReport, JobReport, RunReport } from './run-report.ts';
import { figuresText, headlineSign, headlineText } from './summary/headline.ts';
import { viewOf } from './view.ts';
import type { ReportView } from './view.ts';

const TAIL_LINES = 10;
const LABEL_CHARACTERS = 60;
const LINE_CHARACTERS = 300;
const EVALUATION_LINES = 12;
const MESSAGE_LINES = 10;

/**
 * The summary as plain text for the end of a log: failures with their last lines, a row per job, builders, notices.
 * Free of control characters and colours, but a line of it may look like a workflow command: print it with commands
 * stopped.
 */
export function renderTextSummary(report: RunReport): string {
  const view = viewOf(report);
  const flake = reproducibleFlake(report);
  const blocks = [
    [`${headlineSign(view)} ${headlineText(view)}`, `  ${figuresText(view).join(', ')}`],
    ...view.causes.map((cause) => causeBlock(cause, flake)),
    ...report.jobs.flatMap(evaluationBlock),
    jobRows(view),
    listedRows(view),
    builderRows(view),
    [...view.notices, ...evaluationWarnings(report)].map((notice) =>
      clipLine(`${notice.level}: ${notice.title}: ${notice.message}`),
    ),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function causeBlock(cause: RootCause, flake: string): string[] {
  const place = outcomePlace(cause.outcome);
  const job = cause.jobs[0];
  const name = clip(cleanLine(job === undefined ? cause.name : attributePathOf(job)), 120);
  const where = place === undefined ? '' : ` on ${cleanLine(place)}`;
  const blocks = cause.blocked.length === 0 ? '' : `: blocks ${plural(cause.blocked.length, 'job')}`;
  const message = cleanText(messageBesideLog(cause)).trim();
  const command = repeatCommand(cause.outcome, job ?? cause.blocked[0], flake);
  return [
    `${outcomeSign(cause.outcome)} ${name} ${outcomeClause(cause.outcome)}${where}${blocks}`,
    ...(message === '' ? [] : message.split('\n', MESSAGE_LINES).map((line) => clipLine(`    ${line}`))),
    ...(cause.build?.logTail ?? []).slice(-TAIL_LINES).map((line) => clipLine(`    > ${line}`)),
    ...(command === undefined ? [] : [`    reproduce: ${cleanLine(command)}`]),
  ];
}

function evaluationBlock(job: JobReport): string[][] {
  if (job.outcome.kind !== 'evaluation-failed') return [];
  const lines = cleanText(job.outcome.message).trim().split('\n').slice(-EVALUATION_LINES);
  const title = `${outcomeSign(job.outcome)} ${clip(cleanLine(attributePathOf(job)), 120)} ${outcomeWords(job.outcome)}`;
  return [[title, ...lines.map((line) => clipLine(`    ${line}`))]];
}

function jobRows({ report, builds, costs, names }: ReportView): string[] {
  if (report.jobs.length === 0) return [];
  const rows = sortedJobs(report.jobs, builds).map((job) => [
    clip(cleanLine(names.get(job) ?? job.label), LABEL_CHARACTERS),
    ...jobCells(job, builds.get(job.drvPath ?? ''), costs),
  ]);
  const money = costs === undefined ? [] : ['cost'];
  return aligned([['job', 'result', 'builder', 'time', 'CPU time', ...money], ...rows]);
}

function listedRows({ report: { listed = [] }, names }: ReportView): string[] {
  if (listed.length === 0) return [];
  const rows = absentFirst(listed).map((job) => [
    clip(cleanLine(names.get(job) ?? job.label), LABEL_CHARACTERS),
    cleanLine(job.system),
    job.cached === undefined
      ? 'to be built'
      : `already there: ${clip(cleanLine(job.cached), LABEL_CHARACTERS)}`,
  ]);
  return aligned([['job', 'system', 'result'], ...rows]);
}

function jobCells(job: JobReport, build: BuildReport | undefined, costs: ReportCosts | undefined): string[] {
  const seconds = wallSecondsOf(build);
  return [
    outcomeWords(job.outcome),
    clip(cleanLine(outcomePlace(job.outcome) ?? '–'), LABEL_CHARACTERS),
    seconds === undefined ? '–' : formatDuration(seconds),
    formatCpu(build?.cpu),
    ...(costs === undefined ? [] : [jobCostText(costs, job)]),
  ];
}

function builderRows({ report, totals, costs }: ReportView): string[] {
  const used = buildsByBuilder(report.builds);
  const rows = report.builders.map((builder) => [
    clip(cleanLine(builder.name), LABEL_CHARACTERS),
    cleanLine(builder.nixVersion ?? '–'),
    String(builder.maxJobs),
    String(used.get(builder.name)?.builds ?? 0),
    `${formatDuration(builder.busySeconds)}${utilisation(builder, totals)}`,
    cpuOf(used.get(builder.name)),
    ...builderMoney(builder, costs),
    builder.trouble.length === 0 ? '–' : clip(cleanLine(builder.trouble.join('; ')), LINE_CHARACTERS),
  ]);
  const money = costs === undefined ? [] : ['cost', 'idle'];
  const head = ['builder', 'Nix', 'slots', 'builds', 'busy', 'CPU time', ...money, 'trouble'];
  return rows.length === 0 ? [] : aligned([head, ...rows]);
}

function cpuOf(use: BuilderUse | undefined): string {
  return use?.cpuSeconds === undefined ? '–' : formatDuration(use.cpuSeconds);
}

function builderMoney(builder: BuilderReport, costs: ReportCosts | undefined): string[] {
  if (costs === undefined) return [];
  const { builds = 0n, idle = 0n } = costs.byBuilder.get(builder.name) ?? {};
  return [builds, idle].map((amount) => formatMoney(amount, costs.currency));
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function clipLine(text: string): string {
  return clip(cleanText(text).replaceAll('\n', ' '), LINE_CHARACTERS);
}
