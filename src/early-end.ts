import { once } from 'node:events';

import { DispatchError, toDispatchError } from './errors.ts';

/** What can end a run before everything is done: somebody cancels it, or a fault of our own. */
export interface EarlyEnd {
  /** Aborted when nothing more is to be built. The reason is a DispatchError, `cancelled` unless it was a fault of our own. */
  readonly signal: AbortSignal;
  /** Aborted when there is no time left for anything that somebody else has to answer. */
  readonly hurry: AbortSignal;
}

/** GitHub sends SIGINT, 7.5 s later SIGTERM and 2.5 s later SIGKILL; files and outputs have to be written by then. */
const hurryAfterMs = 5000;
const exitAfterMs = 7000;

/**
 * Takes over the signals and uncaught errors of this process. The first begins the end; a second signal hurries it.
 *
 * @param giveUp called when the end took too long; it has to leave the process
 */
export function watchForEnd(giveUp: () => void): EarlyEnd {
  const end = new AbortController();
  const hurry = new AbortController();
  const begin = (reason: DispatchError): void => {
    process.exitCode = 1;
    if (end.signal.aborted) return hurry.abort();
    setTimeout(() => hurry.abort(), hurryAfterMs).unref();
    setTimeout(giveUp, exitAfterMs).unref();
    end.abort(reason);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => begin(new DispatchError('cancelled', `ended by ${name}`)));
  }
  // Rejections that nobody handles come here too.
  process.on('uncaughtException', (thrown) => {
    begin(toDispatchError(thrown, 'local', { hint: 'This is a fault of nix-dispatch: please report it.' }));
  });
  return { signal: end.signal, hurry: hurry.signal };
}

/** The fault of our own that ended the run; undefined when it is still going on or was cancelled. */
export function faultOf({ signal }: Pick<EarlyEnd, 'signal'>): DispatchError | undefined {
  const reason: unknown = signal.reason;
  return reason instanceof DispatchError && reason.code !== 'cancelled' ? reason : undefined;
}

/** Waits for work, but not longer than until the signal is aborted; then `instead` is what comes of it. */
export async function unlessAborted<T, U>(signal: AbortSignal, work: Promise<T>, instead: U): Promise<T | U> {
  const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  return Promise.race([work, aborted.then(() => instead)]);
}

/** Leaves the process, when what is being closed has had a moment, even if something (a login to a machine that does not answer) would keep it going. */
export function leaveSoon(): void {
  setTimeout(leave, 50).unref();
}

/** Leaves the process as soon as everything is printed: to a socket, writing takes its time. */
export function leave(): void {
  process.stdout.write('', () => process.exit());
}
