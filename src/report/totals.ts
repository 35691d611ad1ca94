import type { CpuSource } from '../accounting/cpu-time.ts';
import { classOf, wallSecondsOf } from './outcomes.ts';
import type { RunReport } from './run-report.ts';

/** The run in numbers. Jobs are counted once each, by how they ended. */
export interface RunTotals {
  readonly jobs: number;
  readonly built: number;
  /** Already valid somewhere, or substituted. */
  readonly cached: number;
  /** The job's own derivation failed, timed out or logged too much. */
  readonly failed: number;
  /** Something below the job failed. */
  readonly blocked: number;
  readonly infrastructure: number;
  readonly cancelled: number;
  readonly evaluationFailed: number;
  /** Derivations that ran, whether they were jobs or dependencies. */
  readonly buildsRun: number;
  readonly buildsFailed: number;
  readonly wallSeconds: number;
  /** Time that builds ran, added up. */
  readonly buildSeconds: number;
  /** Of the builds that have one. */
  readonly cpuSeconds: number;
  /** Builds by where their CPU time comes from; those that ran without any are `unknown`. */
  readonly cpuSources: Readonly<Record<CpuSource | 'unknown', number>>;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Adds a run up. */
export function totalsOf(report: RunReport): RunTotals {
  return { ...jobTotals(report), ...buildTotals(report), ...transferTotals(report) };
}

/** Everything that was selected or could not be evaluated, whether it was to be built or not. */
export function jobCountOf({ jobs, listed = [] }: RunReport): number {
  return jobs.length + listed.length;
}

function jobTotals(report: RunReport) {
  const counts = { passed: 0, failed: 0, blocked: 0, infrastructure: 0, cancelled: 0, evaluation: 0 };
  const listedThere = (report.listed ?? []).filter(({ cached }) => cached !== undefined);
  let built = 0;
  for (const job of report.jobs) {
    counts[classOf(job.outcome)] += 1;
    if (job.outcome.kind === 'built') built += 1;
  }
  return {
    jobs: jobCountOf(report),
    built,
    cached: counts.passed - built + listedThere.length,
    failed: counts.failed,
    blocked: counts.blocked,
    infrastructure: counts.infrastructure,
    cancelled: counts.cancelled,
    evaluationFailed: counts.evaluation,
    wallSeconds: Math.max(0, report.finishedAtMs - report.startedAtMs) / 1000,
  };
}

function buildTotals(report: RunReport) {
  const cpuSources = { cgroup: 0, proc: 0, service: 0, estimate: 0, unknown: 0 };
  const totals = { buildsRun: 0, buildsFailed: 0, buildSeconds: 0, cpuSeconds: 0, cpuSources };
  for (const build of report.builds) {
    const seconds = wallSecondsOf(build);
    if (seconds === undefined) continue;
    totals.buildsRun += 1;
    totals.buildSeconds += seconds;
    totals.cpuSeconds += build.cpu?.seconds ?? 0;
    cpuSources[build.cpu?.source ?? 'unknown'] += 1;
    if (classOf(build.outcome) === 'failed') totals.buildsFailed += 1;
  }
  return totals;
}

function transferTotals(report: RunReport) {
  const totals = { bytesSent: 0, bytesReceived: 0 };
  for (const builder of report.builders) {
    totals.bytesSent += builder.bytesSent;
    totals.bytesReceived += builder.bytesReceived;
  }
  return totals;
}
