import type { Duplex } from 'node:stream';
import { DispatchError, toDispatchError } from '../../errors.ts';
import { isSameDaemonError } from '../protocol/daemon-error.ts';
import type { DaemonError } from '../protocol/daemon-error.ts';
import { queryValidPaths } from '../protocol/operations/queries.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import { decodeExchange } from './exchange.ts';
import type { Outcome, Request } from './exchange.ts';
import { during, hasLostItsStore, lost, refusal } from './failures.ts';
import { sendFramed } from './framed-body.ts';
import { openLink } from './link.ts';
import { createPending, withResolvers } from './pending.ts';
import type { Pending } from './pending.ts';
import { watchSilence } from './silence.ts';
import { unaskedRequest } from './unasked.ts';

/** Who is spoken to, and where to look when it goes wrong. */
export interface Peer {
  readonly host: string;
  /** The last that the far process wrote to its stderr. */
  readonly stderrTail: () => string;
  /** A peer that owes an answer to a question and sends nothing for this long is given up; 10 min unless said. */
  readonly silenceMs?: number | undefined;
}

/** Requests in order over one stream, and their answers in the same order. */
export interface Conversation {
  readonly isOpen: boolean;
  /** Resolves once it is over; never rejects. */
  readonly closed: Promise<void>;
  request<T>(request: Request<T>): Promise<T>;
  /** Stops and resumes reading, for an answer that nobody takes fast enough. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends it; pending requests reject with the fault. */
  end(fault: DispatchError): void;
  /** Bytes that arrived and were not read, at most 300: what a peer of another kind said. */
  unread(): Uint8Array;
}

/** How many requests may be written ahead of their answers. */
const WINDOW = 1024;

/** Long enough for a daemon that waits for a lock or verifies a large path. */
const SILENCE_MS = 600_000;

/** Makes the error of one request when everything ends. */
type Ending = (purpose: string, isCulprit: boolean) => DispatchError;

/** Starts to read; nothing is written until the first request. */
export function startConversation(duplex: Duplex, peer: Peer): Conversation {
  const input = new ByteQueue();
  const waiting: Pending[] = [];
  const inFlight: Pending[] = [];
  const closed = withResolvers<void>();
  let ending: Ending | undefined;
  let sending: Pending | undefined;
  let unasked: Pending | undefined;
  let lastRefusal: DaemonError | undefined;
  /** Was refused in the same words as the request before it: either for itself, or the daemon is about to hang up. */
  let suspect: Pending | undefined;
  let isPaused = false;
  const { silenceMs = SILENCE_MS } = peer;

  const link = openLink(duplex, {
    data(chunk) {
      silence.heard();
      input.push(chunk);
      settleSuspect();
      advance();
    },
    drained() {
      silence.heard();
      sending?.framed?.wake();
      pump();
    },
    closed(cause) {
      const details = { cause: cause ?? suspicion(), stderr: peer.stderrTail() };
      finish((purpose) => lost(peer.host, purpose, details));
    },
  });

  const silence = watchSilence(silenceMs, owesAnswer, () => {
    const what = `it has sent nothing for ${Math.round(silenceMs / 1000)} s`;
    finish((purpose) => during(peer.host, purpose, new DispatchError('connection-lost', what)));
  });

  return {
    get isOpen() {
      return ending === undefined;
    },
    closed: closed.promise,
    request<T>(request: Request<T>): Promise<T> {
      if (ending !== undefined) return Promise.reject(ending(request.purpose, false));
      const { pending, promise } = createPending(request);
      waiting.push(pending);
      pump();
      return promise;
    },
    pause() {
      isPaused = true;
      link.pause();
    },
    resume() {
      isPaused = false;
      link.resume();
    },
    end: (fault) => finish((purpose) => during(peer.host, purpose, fault)),
    unread: () => input.peek(300),
  };

  function pump(): void {
    while (mayWrite()) {
      const next = waiting.shift();
      if (next === undefined) return;
      if (inFlight.length === 0) silence.heard();
      inFlight.push(next);
      link.write([next.bytes]);
      if (next.body !== undefined) startBody(next, next.body);
    }
  }

  function mayWrite(): boolean {
    if (ending !== undefined || unasked !== undefined || sending !== undefined) return false;
    return inFlight.length < WINDOW && inFlight.at(-1)?.isBarrier !== true && !link.isFull;
  }

  /** What we send can wait for its source, and builds take their time. */
  function owesAnswer(): boolean {
    if (sending !== undefined) return link.isFull;
    const [current] = inFlight;
    return current !== undefined && !isPaused && !current.isLong && current.body === undefined;
  }

  function startBody(pending: Pending, body: NonNullable<Pending['body']>): void {
    sending = pending;
    pending.framed = sendFramed(link, body);
    void pending.framed.sent.then(() => {
      sending = undefined;
      pump();
    });
  }

  function advance(): void {
    for (;;) {
      if (ending !== undefined || input.length === 0) return;
      unasked ??= inFlight.length === 0 ? createPending(unaskedRequest).pending : undefined;
      const current = unasked ?? inFlight[0];
      if (current === undefined) return;
      const outcome = readOn(current);
      if (outcome === undefined) return;
      inFlight.shift();
      conclude(current, outcome);
      pump();
    }
  }

  function readOn(current: Pending): Outcome<unknown> | undefined {
    try {
      return current.advance(input);
    } catch (thrown) {
      const fault = toDispatchError(thrown, 'protocol');
      finish(
        (purpose, isCulprit) =>
          isCulprit
            ? during(peer.host, purpose, fault)
            : lost(peer.host, purpose, { cause: fault, stderr: '' }),
        current,
      );
      return undefined;
    }
  }

  function conclude(pending: Pending, outcome: Outcome<unknown>): void {
    if (outcome.kind === 'answered') {
      lastRefusal = undefined;
      settle(pending, undefined);
      return;
    }
    if (hasLostItsStore(outcome.error)) {
      const cause = refusal(peer.host, 'the daemon behind it is gone', outcome.error);
      inFlight.unshift(pending);
      finish((purpose) => lost(peer.host, purpose, { cause, stderr: '' }));
      return;
    }
    const isRepeated =
      outcome.isFirst && lastRefusal !== undefined && isSameDaemonError(lastRefusal, outcome.error);
    lastRefusal = outcome.error;
    if (isRepeated && input.length === 0) suspect = pending;
    else settle(pending, refusal(peer.host, pending.purpose, outcome.error));
    // Any further answer tells that the daemon is still there (protocol §8).
    if (suspect !== undefined && inFlight.length === 0 && waiting.length === 0) ping();
  }

  function settleSuspect(): void {
    if (suspect === undefined || lastRefusal === undefined) return;
    settle(suspect, refusal(peer.host, suspect.purpose, lastRefusal));
    suspect = undefined;
  }

  function suspicion(): DispatchError | undefined {
    if (suspect === undefined || lastRefusal === undefined) return undefined;
    return refusal(peer.host, 'the request before it', lastRefusal);
  }

  function ping(): void {
    const { purpose, request: bytes, reply } = queryValidPaths([], { substitute: false });
    const { pending, promise } = createPending({
      purpose,
      bytes,
      decode: decodeExchange(reply, () => undefined),
    });
    promise.catch(() => undefined);
    waiting.push(pending);
  }

  function settle(pending: Pending, refused: DispatchError | undefined): void {
    const { framed } = pending;
    const complete = (): void => {
      if (framed?.failure !== undefined) pending.reject(framed.failure.thrown);
      else if (refused !== undefined) pending.reject(refused);
      else pending.resolve();
    };
    if (framed === undefined) return complete();
    if (refused !== undefined) framed.stop();
    void framed.sent.then(complete);
  }

  function finish(how: Ending, culprit?: Pending): void {
    if (ending !== undefined) return;
    ending = how;
    silence.stop();
    link.destroy();
    sending?.framed?.stop();
    const abandoned = [...(suspect === undefined ? [] : [suspect]), ...inFlight, ...waiting];
    inFlight.length = 0;
    waiting.length = 0;
    for (const pending of abandoned) pending.reject(how(pending.purpose, pending === culprit));
    closed.resolve();
  }
}
