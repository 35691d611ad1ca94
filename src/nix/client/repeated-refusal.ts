import { isSameDaemonError } from '../protocol/daemon-error.ts';
import type { DaemonError } from '../protocol/daemon-error.ts';

/** A request, and what the daemon said against it. */
export interface Refused<Request> {
  readonly request: Request;
  readonly error: DaemonError;
}

/** Where a refusal stood in what came from the daemon. */
export interface RefusalPlace {
  /** Nothing was said of the request before it. */
  readonly isFirst: boolean;
  /** Nothing has come behind it so far. */
  readonly isLast: boolean;
}

/**
 * Finds out what a refusal stands for that repeats the one before it to the letter: it is either the answer to its own
 * request, or the second copy of the other, after which the daemon hangs up (protocol §8).
 */
export interface RefusalWatch<Request> {
  /** The refusal in doubt. */
  readonly held: Refused<Request> | undefined;
  /** Takes a refusal. Returns whether it is in doubt, and held until what comes next tells. */
  hold(refused: Refused<Request>, place: RefusalPlace): boolean;
  /** Something came after all: hands out what was held, which was an answer. */
  release(): Refused<Request> | undefined;
  /** A request was answered: the next refusal repeats nothing. */
  answered(): void;
}

/** Holds nothing at first. */
export function createRefusalWatch<Request>(): RefusalWatch<Request> {
  let last: DaemonError | undefined;
  let held: Refused<Request> | undefined;

  return {
    get held() {
      return held;
    },
    hold(refused, { isFirst, isLast }) {
      const isRepeated = isFirst && last !== undefined && isSameDaemonError(last, refused.error);
      last = refused.error;
      held = isRepeated && isLast ? refused : undefined;
      return held !== undefined;
    },
    release() {
      const released = held;
      held = undefined;
      return released;
    },
    answered() {
      last = undefined;
    },
  };
}
