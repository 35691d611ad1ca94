import { attributePathOf } from './attribute.ts';
import { classOf, outcomeMessage, outcomePlace, wallSecondsOf } from './outcomes.ts';
import type { OutcomeClass } from './outcomes.ts';
import { rootCausesOf } from './root-causes.ts';
import type { BuildReport, BuilderReport, JobReport, Notice, Outcome, RunReport } from './run-report.ts';
import { totalsOf } from './totals.ts';
import type { RunTotals } from './totals.ts';

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
  readonly totals: RunTotals;
  readonly jobs: readonly JobResult[];
  readonly builds: readonly BuildResult[];
  readonly builders: readonly BuilderResult[];
  readonly rootCauses: readonly RootCauseResult[];
  readonly notices: readonly Notice[];
}

type JobFields = Pick<
  JobReport,
  'topAttr' | 'system' | 'attr' | 'path' | 'label' | 'name' | 'description' | 'outputs' | 'warnings'
>;

interface JobResult extends FlatOutcome, JobFields {
  /** As Nix writes it, quoted where it must be. */
  readonly attributePath: string;
  readonly drvPath: string | null;
  readonly evaluationSeconds: number | null;
}

type BuildFields = Pick<
  BuildReport,
  'drvPath' | 'name' | 'system' | 'outputs' | 'copiedBytes' | 'dependencies' | 'logLines' | 'attempts'
>;

interface BuildResult extends FlatOutcome, BuildFields {
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly wallSeconds: number | null;
  readonly cpu: BuildReport['cpu'] | null;
  readonly peakMemoryBytes: number | null;
  readonly slot: number | null;
  readonly outputBytes: number | null;
  readonly logFile: string | null;
  /** Empty unless the build went wrong: whole logs are in the logs artifact. */
  readonly logTail: readonly string[];
}

interface BuilderResult extends Omit<BuilderReport, 'nixVersion' | 'connectSeconds'> {
  readonly nixVersion: string | null;
  readonly connectSeconds: number | null;
}

interface RootCauseResult {
  readonly drvPath: string;
  readonly name: string;
  readonly outcome: Outcome['kind'];
  /** Attribute paths. */
  readonly jobs: readonly string[];
  readonly blockedJobs: readonly string[];
}

/** Everything the run knows, in a form that stays readable: fields are added to version 1, never changed or removed. */
export function fullResults(report: RunReport): FullResults {
  return {
    schemaVersion: 1,
    flake: report.flake,
    lockedFlake: report.lockedFlake ?? null,
    startedAt: isoTime(report.startedAtMs),
    finishedAt: isoTime(report.finishedAtMs),
    evaluationSeconds: report.evaluationSeconds,
    evaluatedAttributes: report.evaluatedAttributes,
    cancelled: report.cancelled,
    totals: totalsOf(report),
    jobs: report.jobs.map(jobResult),
    builds: report.builds.map(buildResult),
    builders: report.builders.map(builderResult),
    rootCauses: rootCausesOf(report).map((cause) => ({
      drvPath: cause.drvPath,
      name: cause.name,
      outcome: cause.outcome.kind,
      jobs: cause.jobs.map(attributePathOf),
      blockedJobs: cause.blocked.map(attributePathOf),
    })),
    notices: report.notices,
  };
}

function jobResult(job: JobReport): JobResult {
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
    drvPath: job.drvPath ?? null,
    evaluationSeconds: job.evaluationSeconds ?? null,
    ...flatOutcome(job.outcome),
  };
}

function buildResult(build: BuildReport): BuildResult {
  const { drvPath, name, system, outputs, copiedBytes, dependencies, logLines, attempts } = build;
  return {
    drvPath,
    name,
    system,
    outputs,
    copiedBytes,
    dependencies,
    logLines,
    attempts,
    ...flatOutcome(build.outcome),
    startedAt: build.startedAtMs === undefined ? null : isoTime(build.startedAtMs),
    finishedAt: build.finishedAtMs === undefined ? null : isoTime(build.finishedAtMs),
    wallSeconds: wallSecondsOf(build) ?? null,
    cpu: build.cpu ?? null,
    peakMemoryBytes: build.peakMemoryBytes ?? null,
    slot: build.slot ?? null,
    outputBytes: build.outputBytes ?? null,
    logFile: build.logFile ?? null,
    logTail: classOf(build.outcome) === 'passed' ? [] : build.logTail,
  };
}

function builderResult(builder: BuilderReport): BuilderResult {
  return {
    ...builder,
    nixVersion: builder.nixVersion ?? null,
    connectSeconds: builder.connectSeconds ?? null,
  };
}

function flatOutcome(outcome: Outcome): FlatOutcome {
  return {
    outcome: outcome.kind,
    class: classOf(outcome),
    success: classOf(outcome) === 'passed',
    builder: outcomePlace(outcome) ?? null,
    message: outcomeMessage(outcome) || null,
    root: outcome.kind === 'dependency-failed' ? outcome.root : null,
  };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
