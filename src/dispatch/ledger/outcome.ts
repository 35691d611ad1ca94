import type { AttemptReport, Outcome } from '../../report/run-report.ts';
import type { AttemptResult } from '../schedule/events.ts';
import type { Attempt, AttemptEnd } from './attempt.ts';

/** The outcome of a derivation whose last attempt this was. */
export function outcomeOfAttempt(attempt: Attempt): Outcome {
  const { end, builder } = attempt;
  switch (end.kind) {
    case 'built':
      return { kind: 'built', builder };
    case 'substituted':
      return { kind: 'substituted', where: builder };
    case 'already-valid':
      return { kind: 'already-valid', where: builder };
    case 'dependency-failed':
      return end.drvPath === undefined
        ? { kind: 'failed', builder, message: end.message }
        : { kind: 'dependency-failed', root: end.drvPath };
    case 'failed':
    case 'timed-out':
    case 'log-limit':
    case 'infrastructure':
      return { kind: end.kind, builder, message: end.message };
    case 'cancelled':
      return { kind: 'cancelled' };
  }
}

/** The outputs are valid on the builder now. */
export function isGoodEnd(end: AttemptEnd): boolean {
  return end.kind === 'built' || end.kind === 'substituted' || end.kind === 'already-valid';
}

/** What the scheduler makes of an attempt: limits count as the build's own failure, and would only be hit again. */
export function scheduleResultOf(end: AttemptEnd, narSizeBytes: number): AttemptResult {
  switch (end.kind) {
    case 'built':
    case 'substituted':
    case 'already-valid':
      return { kind: 'built', narSizeBytes };
    case 'infrastructure':
      return { kind: 'infrastructure' };
    case 'failed':
      return { kind: end.isSuspect === true ? 'suspect' : 'failed' };
    case 'dependency-failed':
      return { kind: 'failed' };
    case 'timed-out':
    case 'log-limit':
    case 'cancelled':
      return { kind: 'failed', isFinal: true };
  }
}

/**
 * One line of a build's history. What may have been the machine's fault was, once the build has been done elsewhere.
 *
 * @param outcome how the build ended at last
 */
export function attemptReport(attempt: Attempt, outcome: Outcome): AttemptReport {
  const { end } = attempt;
  const isMachines = end.kind === 'failed' && end.isSuspect === true && outcome.kind === 'built';
  return {
    builder: attempt.builder,
    startedAtMs: attempt.startedAtMs,
    finishedAtMs: attempt.finishedAtMs,
    result: isMachines ? 'infrastructure' : resultWord(end.kind),
    message: 'message' in end ? end.message : '',
  };
}

function resultWord(kind: Attempt['end']['kind']): AttemptReport['result'] {
  switch (kind) {
    case 'built':
    case 'substituted':
    case 'already-valid':
      return 'built';
    case 'dependency-failed':
      return 'failed';
    case 'failed':
    case 'timed-out':
    case 'log-limit':
    case 'infrastructure':
    case 'cancelled':
      return kind;
  }
}
