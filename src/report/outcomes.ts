import type { BuildReport, Outcome } from './run-report.ts';

/** What a person has to do about an outcome; every {@link Outcome} belongs to exactly one. */
export type OutcomeClass =
  /** The outputs exist. */
  | 'passed'
  /** The derivation's own fault: its builder failed, took too long or said too much. */
  | 'failed'
  /** Never ran, because something below it did not come about. */
  | 'blocked'
  /** The machines' fault. */
  | 'infrastructure'
  | 'cancelled'
  | 'evaluation';

/** Which class an outcome belongs to. */
export function classOf(outcome: Outcome): OutcomeClass {
  switch (outcome.kind) {
    case 'built':
    case 'already-valid':
    case 'substituted':
      return 'passed';
    case 'failed':
    case 'timed-out':
    case 'log-limit':
      return 'failed';
    case 'dependency-failed':
      return 'blocked';
    case 'infrastructure':
      return 'infrastructure';
    case 'cancelled':
      return 'cancelled';
    case 'evaluation-failed':
      return 'evaluation';
  }
}

/** The outcome in a few words, as tables show it. */
export function outcomeWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'already-valid':
      return 'already valid';
    case 'dependency-failed':
      return 'dependency failed';
    case 'timed-out':
      return 'timed out';
    case 'log-limit':
      return 'too much log';
    case 'infrastructure':
      return 'builder trouble';
    case 'evaluation-failed':
      return 'evaluation failed';
    case 'built':
    case 'substituted':
    case 'failed':
    case 'cancelled':
      return outcome.kind;
  }
}

/** The outcome behind the name of what failed, as in "libfoo timed out on b1". */
export function outcomeClause(outcome: Outcome): string {
  if (outcome.kind === 'log-limit') return 'printed too much';
  return outcome.kind === 'infrastructure' ? 'met builder trouble' : outcomeWords(outcome);
}

/** One sign per class of outcome, in front of its words. */
export function outcomeSign(outcome: Outcome): string {
  switch (classOf(outcome)) {
    case 'passed':
      return outcome.kind === 'built' ? '✅' : '☑️';
    case 'failed':
    case 'evaluation':
      return '❌';
    case 'blocked':
      return '⛔';
    case 'infrastructure':
      return '🔌';
    case 'cancelled':
      return '⚪';
  }
}

/** The builder (or store, or cache) that an outcome names; undefined when it names none. */
export function outcomePlace(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case 'built':
    case 'failed':
    case 'timed-out':
    case 'log-limit':
    case 'infrastructure':
      return outcome.builder;
    case 'already-valid':
    case 'substituted':
      return outcome.where;
    case 'dependency-failed':
    case 'cancelled':
    case 'evaluation-failed':
      return undefined;
  }
}

/** What went wrong in the words of Nix or the builder; empty where there is nothing to say. Untrusted. */
export function outcomeMessage(outcome: Outcome): string {
  return 'message' in outcome ? outcome.message : '';
}

/** Wall seconds from start to end; undefined when it never ran or has not ended. */
export function wallSecondsOf(build: BuildReport | undefined): number | undefined {
  if (build?.startedAtMs === undefined || build.finishedAtMs === undefined) return undefined;
  return Math.max(0, build.finishedAtMs - build.startedAtMs) / 1000;
}
