import type { Outcome } from '../../report/run-report.ts';
import type { Graph } from '../graph/graph.ts';
import type { Settlement } from '../schedule/events.ts';
import type { Attempt } from './attempt.ts';
import { isGoodEnd, outcomeOfAttempt } from './outcome.ts';

/** What the books hold of one derivation. */
export interface NodeRecord {
  /** Where it was before anything was built. */
  existedIn: string | undefined;
  settlement: (Settlement & { readonly why: string }) | undefined;
  /** Why its inputs could not be brought to a builder, when that was the last thing that happened to it. */
  trouble: { readonly builder: string; readonly message: string } | undefined;
  /** In the order of their starts. */
  readonly attempts: Attempt[];
  copiedBytes: number;
  isForEvaluation: boolean;
}

/**
 * How it ended; undefined when nothing is known yet. What counts is the whole record and not the last entry: the end of an attempt on a
 * lost builder can come in after everything else.
 */
export function outcomeOf(graph: Graph, record: NodeRecord): Outcome | undefined {
  const { settlement, existedIn } = record;
  const decisive = decisiveAttempt(record);
  switch (settlement?.kind) {
    case 'dependency-failed':
      return { kind: 'dependency-failed', root: graph.node(settlement.root).drvPath };
    case 'no-builder':
      return { kind: 'infrastructure', builder: undefined, message: settlement.why };
    case 'infrastructure':
      if (record.trouble !== undefined) return { kind: 'infrastructure', ...record.trouble };
      return decisive?.end.kind === 'infrastructure'
        ? outcomeOfAttempt(decisive)
        : { kind: 'infrastructure', builder: undefined, message: settlement.why };
    case 'failed':
      return decisive !== undefined && isOwnFailure(decisive.end.kind)
        ? outcomeOfAttempt(decisive)
        : { kind: 'failed', builder: decisive?.builder ?? 'unknown', message: settlement.why };
    case 'cancelled':
      return decisive !== undefined && isGoodEnd(decisive.end)
        ? outcomeOfAttempt(decisive)
        : { kind: 'cancelled' };
    case undefined:
      // A machine may have finished what we had lost sight of.
      if (existedIn !== undefined && (decisive === undefined || !isGoodEnd(decisive.end)))
        return { kind: 'already-valid', where: existedIn };
      return decisive === undefined ? undefined : outcomeOfAttempt(decisive);
  }
}

/** The attempt that the outcome follows from, and that figures and the log are taken of. */
export function decisiveAttempt({ settlement, attempts }: NodeRecord): Attempt | undefined {
  switch (settlement?.kind) {
    case 'infrastructure':
      return attempts.findLast(({ end }) => end.kind === 'infrastructure') ?? attempts.at(-1);
    case 'failed':
      return attempts.findLast(({ end }) => isOwnFailure(end.kind)) ?? attempts.at(-1);
    case undefined:
    case 'cancelled':
      // What was built and then found again was built.
      return (
        attempts.findLast(({ end }) => end.kind === 'built') ??
        attempts.findLast(({ end }) => isGoodEnd(end)) ??
        attempts.at(-1)
      );
    case 'dependency-failed':
    case 'no-builder':
      return attempts.at(-1);
  }
}

function isOwnFailure(kind: Attempt['end']['kind']): boolean {
  return kind === 'failed' || kind === 'dependency-failed' || kind === 'timed-out' || kind === 'log-limit';
}
