import { cleanLine } from './escape/clean.ts';
import { classOf, outcomeMessage } from './outcomes.ts';
import type { BuildReport, JobReport, Outcome, RunReport } from './run-report.ts';

/** One derivation that went wrong by itself, and every job that it took along. */
export interface RootCause {
  readonly drvPath: string;
  /** Derivation name, or the job's where no build was recorded. */
  readonly name: string;
  readonly outcome: Outcome;
  readonly build: BuildReport | undefined;
  /** Jobs that are this derivation. */
  readonly jobs: readonly JobReport[];
  /** Jobs that need it. */
  readonly blocked: readonly JobReport[];
}

interface Group {
  readonly jobs: JobReport[];
  readonly blocked: JobReport[];
}

/**
 * Failures grouped by what caused them, most blocked jobs first, then in the order in which they failed.
 * Evaluation failures are not among them: they have no derivation.
 */
export function rootCausesOf(report: RunReport): readonly RootCause[] {
  const builds = new Map(report.builds.map((build) => [build.drvPath, build]));
  const groups = new Map<string, Group>();
  for (const build of report.builds) {
    if (isOwnFault(build.outcome)) groupOf(groups, build.drvPath);
  }
  for (const job of report.jobs) {
    if (job.outcome.kind === 'dependency-failed') groupOf(groups, job.outcome.root).blocked.push(job);
    else if (isOwnFault(job.outcome)) groupOf(groups, job.drvPath ?? job.label).jobs.push(job);
  }
  return [...groups]
    .map(([drvPath, group]) => rootCause(drvPath, group, builds.get(drvPath)))
    .sort((a, b) => b.blocked.length - a.blocked.length || failedAt(a) - failedAt(b));
}

/** Whether the failure lies with the machines; jobs blocked by it were never tried. */
export function isInfrastructure(cause: RootCause): boolean {
  return classOf(cause.outcome) === 'infrastructure';
}

/**
 * What went wrong, to be shown above the end of the log; empty where the log's last line says the same, as it does for builds
 * of which the daemon says nothing else.
 */
export function messageBesideLog({ outcome, build }: RootCause): string {
  const message = outcomeMessage(outcome);
  return cleanLine(message) === cleanLine(build?.logTail.at(-1) ?? '') ? '' : message;
}

/** `/nix/store/<hash>-libfoo-1.0.drv` as `libfoo-1.0`. */
export function derivationName(drvPath: string): string {
  return drvPath.replace(/^.*\/[^/-]*-/, '').replace(/\.drv$/, '');
}

function isOwnFault(outcome: Outcome): boolean {
  const kind = classOf(outcome);
  return kind === 'failed' || kind === 'infrastructure';
}

function rootCause(drvPath: string, group: Group, build: BuildReport | undefined): RootCause {
  const outcome = build !== undefined && isOwnFault(build.outcome) ? build.outcome : group.jobs[0]?.outcome;
  return {
    drvPath,
    name: build?.name ?? group.jobs[0]?.name ?? derivationName(drvPath),
    outcome: outcome ?? build?.outcome ?? { kind: 'cancelled' },
    build,
    ...group,
  };
}

function groupOf(groups: Map<string, Group>, drvPath: string): Group {
  const known = groups.get(drvPath);
  if (known !== undefined) return known;
  const group: Group = { jobs: [], blocked: [] };
  groups.set(drvPath, group);
  return group;
}

function failedAt(cause: RootCause): number {
  return cause.build?.finishedAtMs ?? Number.MAX_SAFE_INTEGER;
}
