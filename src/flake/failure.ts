import { readError } from './evaluator/error-text.ts';
import type { EvaluatorLimits, Outcome, Reply } from './evaluator/evaluator.ts';
import type { AttributePlace, EvaluationFailure, FailureReason } from './job.ts';
import { unseenFileHint } from './unseen-file.ts';

/** How a question ended that has no answer. */
export type FailedOutcome = Exclude<Outcome, { readonly kind: 'answered' }>;

/** The failure of an attribute whose question had no answer. */
export function failureOf(
  place: AttributePlace,
  reply: Reply,
  outcome: FailedOutcome,
  roots: readonly string[],
  limits: EvaluatorLimits,
): EvaluationFailure {
  const { message, position } = readError(outcome.error, roots);
  const reason = outcome.kind === 'refused' ? refusalReason(outcome.error) : deathReason(outcome.reason);
  return {
    ...place,
    kind: 'evaluation-failed',
    reason,
    message: explain(reason, message, limits),
    position,
    evaluation: reply.cost,
    warnings: reply.warnings,
  };
}

/** The failure of an attribute that evaluates, but to nothing that can be built. */
export function unusable(place: AttributePlace, reply: Reply, message: string): EvaluationFailure {
  return {
    ...place,
    kind: 'evaluation-failed',
    reason: 'error',
    message,
    position: undefined,
    evaluation: reply.cost,
    warnings: reply.warnings,
  };
}

function refusalReason(error: string): FailureReason {
  return /\bout of memory\b/.test(error) ? 'out-of-memory' : 'error';
}

function deathReason(reason: 'crashed' | 'out-of-memory' | 'timed-out' | 'stopped'): FailureReason {
  return reason === 'stopped' ? 'crashed' : reason;
}

function explain(reason: FailureReason, message: string, limits: EvaluatorLimits): string {
  switch (reason) {
    case 'error':
      return withHint(message);
    case 'crashed':
      return `the evaluator died of it: ${message}`;
    case 'out-of-memory': {
      const mebibytes = Math.round(limits.maxMemoryBytes / 1024 ** 2);
      return `needs more memory than the ${mebibytes} MiB that an evaluator may use (input eval_max_memory)`;
    }
    case 'timed-out': {
      const seconds = (limits.timeoutMs ?? 0) / 1000;
      return `did not end within ${seconds} s (input eval_timeout)`;
    }
  }
}

function withHint(message: string): string {
  const hint = /allow-import-from-derivation/.test(message)
    ? 'Set "allow-import-from-derivation = true" in nix_conf to let evaluation build what it needs.'
    : unseenFileHint(message);
  return hint === undefined ? message : `${message}\n${hint}`;
}
