import { requestFault, type RequestFault } from './request-fault.ts';
import { createRequestPace } from './request-pace.ts';

/** GitHub takes 80 requests a minute that make content, and 500 an hour from all that a repository's jobs do. */
const mostPerMinute = 60;
const mostRequests = 200;
const mostFaultsInARow = 3;
/** A check that must come is worth waiting for; a run that has ended must not wait for an hour. */
const longestPauseMs = 90_000;

/** Why nothing is asked of GitHub any more. */
export type RefusalKind = RequestFault['kind'];

/** Is told so once, with GitHub's own words. */
export type RefusalListener = (reason: string, why: RefusalKind) => void;

/** Requests to GitHub: never faster or more than it allows, and none after it has refused them for good. */
export interface PacedRequests {
  /** How many may still be made; 0 after a refusal. */
  readonly left: number;
  /** How many of them may be made without waiting. */
  readonly leftNow: number;
  /**
   * Makes a request as soon as that is allowed, and again where GitHub only wants a pause. Resolves to undefined when
   * it came to nothing, and when none is left. Never rejects. One at a time: the next is made when this one is over.
   */
  send<T>(request: () => Promise<T>): Promise<T | undefined>;
}

/** Makes no request by itself. `perMinute`: how many in any minute, 60 unless said. */
export function createPacedRequests({
  onRefusal,
  perMinute = mostPerMinute,
}: {
  readonly onRefusal: RefusalListener;
  readonly perMinute?: number | undefined;
}): PacedRequests {
  const pace = createRequestPace(perMinute, () => performance.now());
  let left = mostRequests;
  let faultsInARow = 0;
  let pauseEndsAtMs = 0;

  return {
    get left() {
      return left;
    },
    get leftNow() {
      return Math.min(left, pace.free);
    },
    async send(request) {
      while (left > 0) {
        left -= 1;
        const waitMs = Math.max(pace.waitMs, pauseEndsAtMs - performance.now());
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        pace.sent();
        try {
          const answer = await request();
          faultsInARow = 0;
          return answer;
        } catch (error) {
          const pauseMs = pauseAfter(error);
          if (pauseMs === undefined) return undefined;
          pauseEndsAtMs = performance.now() + pauseMs;
        }
      }
      return undefined;
    },
  };

  /** How long to wait before the same request is made again; undefined when it must not be. */
  function pauseAfter(error: unknown): number | undefined {
    const fault = requestFault(error, Date.now());
    faultsInARow += 1;
    const isLast = faultsInARow >= mostFaultsInARow;
    if (fault.kind === 'limited' && fault.pauseMs <= longestPauseMs && !isLast) return fault.pauseMs;
    if (left > 0 && (fault.kind !== 'broken' || isLast)) {
      left = 0;
      onRefusal(error instanceof Error ? error.message : String(error), fault.kind);
    }
    return undefined;
  }
}
