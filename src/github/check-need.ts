import type { OutcomeClass } from '../report/outcomes.ts';

/** Whether a job's check has to be ended now, may be where nobody has to wait for that, or not (yet). */
export type CheckNeed = 'must' | 'may' | 'no';

/** What is known of a job and of its check. */
export interface CheckedJob {
  /** What has become of it by now. */
  readonly outcome: OutcomeClass;
  /** Its check is there as running, or has ended. */
  readonly isShown: boolean;
  /** A build of it began. */
  readonly hasBegun: boolean;
  /** The outcome that its check has ended with. */
  readonly told: OutcomeClass | undefined;
}

/** @param isFinal the run is over: nothing that was lost to a machine is tried again */
export function checkNeed({ outcome, isShown, hasBegun, told }: CheckedJob, isFinal: boolean): CheckNeed {
  const isOpen = !isFinal && (outcome === 'cancelled' || outcome === 'infrastructure');
  if (isOpen || told === outcome) return 'no';
  if (isShown) return 'must';
  if (outcome === 'cancelled') return 'no';
  if (isFinal && outcome !== 'passed') return 'must';
  return isFinal || hasBegun ? 'may' : 'no';
}
