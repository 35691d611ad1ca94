import { formatAmount } from '../accounting/money.ts';
import type { Nanos } from '../accounting/money.ts';
import { attributePathOf } from './attribute.ts';
import type { ReportCosts } from './costs.ts';
import { cleanText } from './escape/clean.ts';
import { classOf, outcomeMessage, outcomePlace, wallSecondsOf } from './outcomes.ts';
import type { OutcomeClass } from './outcomes.ts';
import type { BuildReport, BuilderReport, JobReport, Notice, Outcome, RunReport } from './run-report.ts';
import type { RunTotals } from './totals.ts';
import { viewOf } from './view.ts';

/** An outcome with its parts side by side, so that a program need not know which kind has which. */
interface FlatOutcome {
  readonly outcome: Outcome['kind'];
  readonly class: OutcomeClass;
  readonly success: boolean;
  readonly builder: string | null;
  readonly message: string | null;
  /** `.drv` path of the root cause. */
  readonly root: string | null;
}

/** The results artifact; described by docs/results.schema.json. Unknown is `null`, never absent. */
export interface FullResults {
  readonly schemaVersion: 1;
  readonly flake: string;
  readonly lockedFlake: string | null;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly evaluationSeconds: number;
  readonly evaluatedAttributes: number;
  readonly cancelled: boolean;
  /** Other programs asked for the builds: there are no jobs. */
  readonly observed: boolean;
  readonly totals: RunTotals;
  readonly costs: CostResult | null;
  readonly jobs: readonly JobResult[];
  readonly builds: readonly BuildResult[];
  readonly builders: readonly BuilderResult[];
  readonly rootCauses: readonly RootCauseResult[];
  readonly notices: readonly Notice[];
}

/** Amounts are decimals in a string, exact to nine places. */
interface CostResult {
  readonly currency: string;
  readonly total: string;
  readonly idle: string;
  /** A CPU time in it is an estimate. */
  readonly isUpperBound: boolean;
  /** Builds where CPU time is paid for but not known. */
  readonly unpriced: number;
}

type JobFields = Pick<
  JobReport,
  'topAttr' | 'system' | 'attr' | 'path' | 'label' | 'name' | 'description' | 'outputs' | 'warnings'
>;

interface JobResult extends FlatOutcome, JobFields {
  /** As Nix writes it, quoted where it must be. */
  readonly attributePath: string;
  /** Its own build and its part of what it shares with other jobs. */
  readonly cost: string | null;
  readonly drvPath: string | null;
  readonly requiredFeatures: readonly string[];
  readonly archive: string | null;
  readonly evaluationSeconds: number | null;
  readonly evaluationMemoryBytes: number | null;
}

type BuildFields = Pick<
  BuildReport,
  'drvPath' | 'name' | 'system' | 'outputs' | 'copiedBytes' | 'dependencies' | 'logLines' | 'attempts'
>;

interface BuildResult extends FlatOutcome, BuildFields {
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly wallSeconds: number | null;
  readonly cost: string | null;
  readonly cpu: BuildReport['cpu'] | null;
  readonly peakMemoryBytes: number | null;
  readonly slot: number | null;
  readonly outputBytes: number | null;
  readonly isForEvaluation: boolean;
  readonly logFile: string | null;
  /** Empty unless the build went wrong: whole logs are in the logs artifact. */
  readonly logTail: readonly string[];
}

interface BuilderResult extends Omit<BuilderReport, 'nixVersion' | 'connectSeconds'> {
  readonly nixVersion: string | null;
  readonly connectSeconds: number | null;
  /** Of what ran on it. */
  readonly cost: string | null;
  /** Of the time in which nothing did. */
  readonly idleCost: string | null;
}

interface RootCauseResult {
  readonly drvPath: string;
  readonly name: string;
  readonly outcome: Outcome['kind'];
  /** Attribute paths. */
  readonly jobs: readonly string[];
  readonly blockedJobs: readonly string[];
}

/** The file of it; numbers to the thousandth, so that times are not more exact than they were measured. */
export function resultsJson(report: RunReport): string {
  const round = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
  return JSON.stringify(fullResults(report), round, 2);
}

/** Everything the run knows, in a form that stays readable: fields are added to version 1, never changed or removed. */
export function fullResults(report: RunReport): FullResults {
  const { totals, causes, notices, costs } = viewOf(report);
  return {
    schemaVersion: 1,
    flake: report.flake,
    lockedFlake: report.lockedFlake ?? null,
    startedAt: isoTime(report.startedAtMs),
    finishedAt: isoTime(report.finishedAtMs),
    evaluationSeconds: report.evaluationSeconds,
    evaluatedAttributes: report.evaluatedAttributes,
    cancelled: report.cancelled,
    observed: report.observed ?? false,
    totals,
    costs: costs === undefined ? null : costResult(costs),
    jobs: report.jobs.map((job) => jobResult(job, costs, report.archives)),
    builds: report.builds.map((build) => buildResult(build, costs)),
    builders: report.builders.map((builder) => builderResult(builder, costs)),
    rootCauses: causes.map((cause) => ({
      drvPath: cause.drvPath,
      name: cause.name,
      outcome: cause.outcome.kind,
      jobs: cause.jobs.map(attributePathOf),
      blockedJobs: cause.blocked.map(attributePathOf),
    })),
    notices,
  };
}

function jobResult(
  job: JobReport,
  costs: ReportCosts | undefined,
  archives: RunReport['archives'],
): JobResult {
  const share = costs?.byJob.get(job);
  const { topAttr, system, attr, path, label, name, description, outputs, warnings } = job;
  return {
    topAttr,
    system,
    attr,
    path,
    label,
    name,
    description,
    outputs,
    warnings,
    attributePath: attributePathOf(job),
    cost: share === undefined ? null : formatAmount(share.own + share.dependencies),
    drvPath: job.drvPath ?? null,
    requiredFeatures: job.requiredFeatures,
    archive: archives?.get(attributePathOf(job)) ?? null,
    evaluationSeconds: job.evaluationSeconds ?? null,
    evaluationMemoryBytes: job.evaluationMemoryBytes ?? null,
    ...flatOutcome(job.outcome),
  };
}

function buildResult(build: BuildReport, costs: ReportCosts | undefined): BuildResult {
  const { drvPath, name, system, outputs, copiedBytes, dependencies, logLines, attempts } = build;
  return {
    drvPath,
    name,
    system,
    outputs,
    copiedBytes,
    dependencies,
    logLines,
    attempts: attempts.map((attempt) => ({ ...attempt, message: cleanText(attempt.message) })),
    ...flatOutcome(build.outcome),
    startedAt: build.startedAtMs === undefined ? null : isoTime(build.startedAtMs),
    finishedAt: build.finishedAtMs === undefined ? null : isoTime(build.finishedAtMs),
    wallSeconds: wallSecondsOf(build) ?? null,
    cost: amountOrNull(costs?.byBuild.get(build.drvPath)?.amount),
    cpu: build.cpu ?? null,
    peakMemoryBytes: build.peakMemoryBytes ?? null,
    slot: build.slot ?? null,
    outputBytes: build.outputBytes ?? null,
    isForEvaluation: build.isForEvaluation ?? false,
    logFile: build.logFile ?? null,
    logTail: classOf(build.outcome) === 'passed' ? [] : build.logTail,
  };
}

function builderResult(builder: BuilderReport, costs: ReportCosts | undefined): BuilderResult {
  return {
    ...builder,
    nixVersion: builder.nixVersion ?? null,
    connectSeconds: builder.connectSeconds ?? null,
    cost: amountOrNull(costs?.byBuilder.get(builder.name)?.builds),
    idleCost: amountOrNull(costs?.byBuilder.get(builder.name)?.idle),
  };
}

function costResult({ currency, total, idle, isUpperBound, unpriced }: ReportCosts): CostResult {
  return { currency, total: formatAmount(total), idle: formatAmount(idle), isUpperBound, unpriced };
}

function amountOrNull(amount: Nanos | undefined): string | null {
  return amount === undefined ? null : formatAmount(amount);
}

function flatOutcome(outcome: Outcome): FlatOutcome {
  return {
    outcome: outcome.kind,
    class: classOf(outcome),
    success: classOf(outcome) === 'passed',
    builder: outcomePlace(outcome) ?? null,
    message: cleanText(outcomeMessage(outcome)) || null,
    root: outcome.kind === 'dependency-failed' ? outcome.root : null,
  };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
