import type { Outcome } from '../report/run-report.ts';

/** The builder that has the outputs, or another word for where they are; undefined where there are none. */
export function holderOf(outcome: Outcome): string | undefined {
  if (outcome.kind === 'built') return outcome.builder;
  const exists = outcome.kind === 'already-valid' || outcome.kind === 'substituted';
  return exists ? outcome.where : undefined;
}
