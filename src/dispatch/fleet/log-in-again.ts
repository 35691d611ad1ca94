import { setTimeout as sleep } from 'node:timers/promises';

import { toDispatchError, type DispatchError } from '../../errors.ts';
import { isFinal, type Seat } from './seat.ts';
import type { BuilderSession } from './session.ts';

/** What came of trying a lost builder: a session, or why it is given up; nothing when the run is over. */
export type Return =
  | { readonly kind: 'back'; readonly session: BuilderSession }
  | { readonly kind: 'given-up'; readonly error: DispatchError }
  | { readonly kind: 'closed' };

const longestPauseMs = 5000;

/**
 * Tries a builder again and again, with pauses that grow, until it lets us in or has been tried for long enough.
 *
 * @param reconnectMs how long that is, counted from its first loss since it was last of use
 * @param closing ends the trying at once
 */
export async function logInAgain(seat: Seat, reconnectMs: number, closing: AbortSignal): Promise<Return> {
  seat.giveUpAtMs ??= performance.now() + reconnectMs;
  for (;;) {
    // Several runs may have lost the same machine at the same moment.
    const pauseMs = seat.pauseMs * (0.5 + Math.random());
    await sleep(pauseMs, undefined, { signal: closing }).catch(() => {});
    if (closing.aborted) return { kind: 'closed' };
    seat.pauseMs = Math.min(seat.pauseMs * 2, longestPauseMs);
    try {
      return { kind: 'back', session: await seat.member.open(seat.id) };
    } catch (thrown) {
      const error = toDispatchError(thrown, 'unreachable', { host: seat.member.name });
      if (isFinal(seat, error) || performance.now() >= seat.giveUpAtMs) return { kind: 'given-up', error };
    }
  }
}
