import { plural } from './durations.ts';
import { classOf } from './outcomes.ts';
import { isInfrastructure, rootCausesOf } from './root-causes.ts';
import type { Notice, RunReport } from './run-report.ts';
import { jobCountOf } from './totals.ts';

/** Inputs that decide what is held against a run. */
export interface VerdictOptions {
  readonly ignoreBuildFailures: boolean;
  readonly ignoreEvalFailures: boolean;
  readonly failOnEmpty: boolean;
}

/** How the run ends. */
export interface Verdict {
  /** The action's output `success`: true only when every job's outputs exist and nothing else went wrong. */
  readonly success: boolean;
  readonly exitCode: 0 | 1;
  /** One sentence for each thing that kept it from success; those that an option excuses included. */
  readonly reasons: readonly string[];
}

interface Fault {
  readonly reason: string;
  readonly excused: boolean;
}

/**
 * Decides between green and red. An option excuses its own kind of failure and nothing else: a builder that broke down,
 * a cancelled run or an error notice is never green, and `success` stays false whatever is excused.
 */
export function verdictOf(report: RunReport, options: VerdictOptions): Verdict {
  const faults = [
    ...buildFaults(report, options),
    ...otherJobFaults(report, options),
    ...runFaults(report, options),
  ];
  return {
    success: faults.length === 0,
    exitCode: faults.every((fault) => fault.excused) ? 0 : 1,
    reasons: faults.map((fault) => fault.reason),
  };
}

/** Tells those who see failures below a green step why it is green; nothing where it is as red as they are. */
export function excuseNotices({ success, exitCode, reasons }: Verdict): readonly Notice[] {
  if (success || exitCode !== 0) return [];
  const message = `${reasons.join(', ')}; the step succeeds all the same, as ignore_build_failures or ignore_eval_failures says`;
  return [{ level: 'notice', title: 'Failures are ignored', message }];
}

function buildFaults(report: RunReport, options: VerdictOptions): Fault[] {
  const causes = rootCausesOf(report);
  const own = { failed: 0, blocked: 0, infrastructure: 0 };
  for (const cause of causes) {
    if (isInfrastructure(cause)) {
      own.infrastructure += Math.max(1, cause.jobs.length + cause.blocked.length);
    } else {
      own.failed += cause.jobs.length;
      own.blocked += cause.blocked.length;
      if (cause.jobs.length + cause.blocked.length === 0) own.failed += 1;
    }
  }
  const excused = options.ignoreBuildFailures;
  return [
    ...faultIf(own.failed, `${plural(own.failed, 'build')} failed`, excused),
    ...faultIf(own.blocked, `${plural(own.blocked, 'job')} blocked by a failed dependency`, excused),
    ...faultIf(own.infrastructure, `${plural(own.infrastructure, 'job')} lost to builder trouble`, false),
  ];
}

function otherJobFaults(report: RunReport, options: VerdictOptions): Fault[] {
  const evaluation = report.jobs.filter((job) => classOf(job.outcome) === 'evaluation').length;
  const cancelled = report.jobs.filter((job) => classOf(job.outcome) === 'cancelled').length;
  const failures = plural(evaluation, 'attribute');
  return [
    ...faultIf(evaluation, `${failures} failed to evaluate`, options.ignoreEvalFailures),
    ...faultIf(cancelled, `${plural(cancelled, 'job')} cancelled`, false),
  ];
}

function runFaults(report: RunReport, options: VerdictOptions): Fault[] {
  const errors = report.notices.filter((notice) => notice.level === 'error').length;
  const isEmpty = jobCountOf(report) === 0 && options.failOnEmpty;
  return [
    ...faultIf(report.cancelled ? 1 : 0, 'the run was cancelled', false),
    ...faultIf(errors, `${plural(errors, 'error')} outside of the builds`, false),
    ...faultIf(isEmpty ? 1 : 0, 'nothing was selected and fail_on_empty is set', false),
  ];
}

function faultIf(count: number, reason: string, excused: boolean): Fault[] {
  return count > 0 ? [{ reason, excused }] : [];
}
