import { formatMoney } from '../../accounting/money.ts';
import { attributePathOf, repeatCommand } from '../attribute.ts';
import { buildCostText, jobCostText } from '../costs.ts';
import { formatBytes, formatCpu } from '../durations.ts';
import { cleanLine, cleanText } from '../escape/clean.ts';
import { clip, clipStart } from '../escape/clip.ts';
import { classOf, outcomeMessage, outcomePlace, outcomeWords } from '../outcomes.ts';
import type { BuildReport, JobReport, Outcome } from '../run-report.ts';
import type { ReportView } from '../view.ts';
import type { PageAttempt, PageRow, PageState } from './page-data.ts';

const TEXT_CHARACTERS = 300;
const MESSAGE_CHARACTERS = 8000;
const LINE_CHARACTERS = 2000;

/** What rows refer to besides their own build. */
export interface RowContext {
  readonly view: ReportView;
  /** Reference for the commands that repeat a build. */
  readonly flake: string;
  /** Place of each `.drv` path's row. */
  readonly places: ReadonlyMap<string, number>;
  /** Jobs by `.drv` path. */
  readonly jobs: ReadonlyMap<string, readonly JobReport[]>;
  /** For a failed build, a job whose command repeats it. */
  readonly repeatedBy: ReadonlyMap<string, JobReport>;
  /** Slot of every attempt; see {@link slotsOf}. */
  readonly slots: ReadonlyMap<object, number>;
  /** Log lines that a row may hold. */
  readonly logLines: number;
}

/** A row of a build, whatever jobs it is. */
export function buildRow(build: BuildReport, context: RowContext): PageRow {
  const { view, places, flake } = context;
  const jobs = context.jobs.get(build.drvPath) ?? [];
  const [job] = jobs;
  const repeated = job ?? context.repeatedBy.get(build.drvPath);
  const cost = view.costs?.byBuild.get(build.drvPath);
  return {
    ...ofOutcome(build.outcome, places),
    jobs: jobs.map((one) => shortText(view.names.get(one) ?? one.label)),
    name: shortText(build.name),
    start: secondsInto(view, build.startedAtMs),
    end: secondsInto(view, build.finishedAtMs),
    cpu: build.cpu?.seconds ?? null,
    cpuText: formatCpu(build.cpu),
    cost: cost === undefined ? null : Number(cost.amount),
    costText: view.costs === undefined ? '' : buildCostText(view.costs, build.drvPath),
    attempts: build.attempts.map((attempt, index) =>
      attemptOf(attempt, index === build.attempts.length - 1, context),
    ),
    dependencies: build.dependencies.flatMap((path) => places.get(path) ?? []),
    reproduce: repeatCommand(causeOf(build.outcome, view), repeated, flake) ?? '',
    log: build.logTail.slice(-context.logLines).map((line) => clip(cleanText(line), LINE_CHARACTERS)),
    logLines: build.logLines,
    logFile: shortText(build.logFile ?? ''),
    details: buildDetails(build, job, context),
  };
}

/** A row of a job that has no build: its evaluation failed, or nobody recorded one. */
export function jobRow(job: JobReport, context: RowContext): PageRow {
  const { view, places, flake } = context;
  return {
    ...ofOutcome(job.outcome, places),
    jobs: [shortText(view.names.get(job) ?? job.label)],
    name: shortText(job.name === '' ? job.label : job.name),
    start: null,
    end: null,
    cpu: null,
    cpuText: formatCpu(undefined),
    cost: null,
    costText: view.costs === undefined ? '' : jobCostText(view.costs, job),
    attempts: [],
    dependencies: [],
    reproduce: repeatCommand(causeOf(job.outcome, view), job, flake) ?? '',
    log: [],
    logLines: 0,
    logFile: '',
    details: jobDetails(job),
  };
}

/** The outcome of what blocks it, where that was recorded. */
function causeOf(outcome: Outcome, { builds }: ReportView): Outcome {
  return (outcome.kind === 'dependency-failed' ? builds.get(outcome.root)?.outcome : undefined) ?? outcome;
}

function ofOutcome(outcome: Outcome, places: ReadonlyMap<string, number>) {
  const root = outcome.kind === 'dependency-failed' ? places.get(outcome.root) : undefined;
  return {
    state: stateOf(outcome),
    outcome: outcomeWords(outcome),
    builder: shortText(outcomePlace(outcome) ?? ''),
    root: root ?? null,
    message: clipStart(cleanText(outcomeMessage(outcome)).trim(), MESSAGE_CHARACTERS),
  };
}

function stateOf(outcome: Outcome): PageState {
  switch (classOf(outcome)) {
    case 'passed':
      return outcome.kind === 'built' ? 'built' : 'cached';
    case 'failed':
    case 'evaluation':
      return 'failed';
    case 'blocked':
      return 'blocked';
    case 'infrastructure':
      return 'trouble';
    case 'cancelled':
      return 'cancelled';
  }
}

function attemptOf(
  attempt: BuildReport['attempts'][number],
  isFinal: boolean,
  { view, slots }: RowContext,
): PageAttempt {
  return {
    builder: view.report.builders.findIndex((builder) => builder.name === attempt.builder),
    slot: slots.get(attempt) ?? 0,
    start: secondsInto(view, attempt.startedAtMs) ?? 0,
    end: secondsInto(view, attempt.finishedAtMs) ?? 0,
    isFinal,
  };
}

function buildDetails(build: BuildReport, job: JobReport | undefined, { view }: RowContext) {
  const { costs } = view;
  const share = job === undefined ? undefined : costs?.byJob.get(job);
  const own: (readonly [string, string])[] = [
    ['Derivation', shortText(build.drvPath)],
    ['System', shortText(build.system)],
    ...Object.entries(build.outputs).map(
      ([name, path]) => [`Output ${shortText(name)}`, shortText(path)] as const,
    ),
  ];
  if (build.outputBytes !== undefined) own.push(['Output size', formatBytes(build.outputBytes)]);
  if (build.copiedBytes > 0) own.push(['Copied for it', formatBytes(build.copiedBytes)]);
  if (build.peakMemoryBytes !== undefined) own.push(['Peak memory', formatBytes(build.peakMemoryBytes)]);
  if (share !== undefined && costs !== undefined && share.dependencies > 0n) {
    own.push(['Part of shared dependencies', formatMoney(share.dependencies, costs.currency)]);
  }
  return job === undefined ? own : [...jobDetails(job), ...own];
}

function jobDetails(job: JobReport): (readonly [string, string])[] {
  const description = shortText(job.description);
  const path = ['Attribute', shortText(attributePathOf(job))] as const;
  return description === '' ? [path] : [path, ['Description', description]];
}

function secondsInto({ report }: ReportView, epochMs: number | undefined): number | null {
  return epochMs === undefined ? null : Math.round(epochMs - report.startedAtMs) / 1000;
}

function shortText(text: string): string {
  return clip(cleanLine(text), TEXT_CHARACTERS);
}
