import type { Duplex } from 'node:stream';
import { DispatchError, toDispatchError } from '../../errors.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import type { Outcome, Request } from './exchange.ts';
import { endedBy, endedByLoss, endedInside } from './endings.ts';
import type { Ending } from './endings.ts';
import { hasLostItsStore, refusal } from './failures.ts';
import { openLink } from './link.ts';
import { createPending, settle, withResolvers } from './pending.ts';
import type { Pending } from './pending.ts';
import { pingRequest } from './ping.ts';
import { createRefusalWatch } from './repeated-refusal.ts';
import type { Refused } from './repeated-refusal.ts';
import { createRequestQueue } from './request-queue.ts';
import { createRequestWriter } from './request-writer.ts';
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

/** Long enough for a daemon that waits for a lock or verifies a large path. */
const SILENCE_MS = 600_000;

/** Starts to read; nothing is written until the first request. */
export function startConversation(duplex: Duplex, peer: Peer): Conversation {
  const input = new ByteQueue();
  const requests = createRequestQueue<Pending>();
  const refusals = createRefusalWatch<Pending>();
  const closed = withResolvers<void>();
  let ending: Ending | undefined;
  let unasked: Pending | undefined;
  let isPaused = false;
  const { host, silenceMs = SILENCE_MS } = peer;

  const link = openLink(duplex, {
    data(chunk) {
      silence.heard();
      input.push(chunk);
      const answered = refusals.release();
      if (answered !== undefined) settle(answered.request, refusalOf(answered));
      advance();
    },
    drained() {
      silence.heard();
      writer.drained();
    },
    closed(cause) {
      finish(endedByLoss(host, { cause: cause ?? suspicion(), stderr: peer.stderrTail() }));
    },
  });

  const writer = createRequestWriter(link, requests, {
    isHalted: () => ending !== undefined || unasked !== undefined,
    asked: () => silence.heard(),
  });

  const silence = watchSilence(silenceMs, owesAnswer, () => {
    const what = `it has sent nothing for ${Math.round(silenceMs / 1000)} s`;
    finish(endedBy(host, new DispatchError('connection-lost', what)));
  });

  return {
    get isOpen() {
      return ending === undefined;
    },
    closed: closed.promise,
    request<T>(request: Request<T>): Promise<T> {
      if (ending !== undefined) return Promise.reject(ending(request.purpose, false));
      const { pending, promise } = createPending(request);
      requests.add(pending);
      writer.pump();
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
    end: (fault) => finish(endedBy(host, fault)),
    unread: () => input.peek(300),
  };

  /** What we send can wait for its source, and builds take their time. */
  function owesAnswer(): boolean {
    if (writer.isSending) return link.isFull;
    const { current } = requests;
    return current !== undefined && !isPaused && !current.isLong && current.body === undefined;
  }

  /** Reads what has come. */
  function advance(): void {
    for (;;) {
      if (ending !== undefined || input.length === 0) return;
      const current = unasked ?? requests.current ?? hearUnasked();
      const outcome = readOn(current);
      if (outcome === undefined) return;
      conclude(current, outcome);
      writer.pump();
    }
  }

  function hearUnasked(): Pending {
    unasked = createPending(unaskedRequest).pending;
    return unasked;
  }

  function readOn(current: Pending): Outcome<unknown> | undefined {
    try {
      return current.advance(input);
    } catch (thrown) {
      finish(endedInside(host, toDispatchError(thrown, 'protocol')), current);
      return undefined;
    }
  }

  function conclude(request: Pending, outcome: Outcome<unknown>): void {
    if (outcome.kind === 'answered') {
      requests.answered();
      refusals.answered();
      return settle(request);
    }
    const { error, isFirst } = outcome;
    if (hasLostItsStore(error)) {
      const cause = refusal(host, 'the daemon behind it is gone', error);
      return finish(endedByLoss(host, { cause, stderr: '' }));
    }
    requests.answered();
    const refused = { request, error };
    const isInDoubt = refusals.hold(refused, { isFirst, isLast: input.length === 0 });
    if (!isInDoubt) settle(request, refusalOf(refused));
    else if (requests.isEmpty) ping();
  }

  function ping(): void {
    const { pending, promise } = createPending(pingRequest);
    promise.catch(() => undefined);
    requests.add(pending);
  }

  function refusalOf({ request, error }: Refused<Pending>): DispatchError {
    return refusal(host, request.purpose, error);
  }

  /** Why the peer may have hung up. */
  function suspicion(): DispatchError | undefined {
    const { held } = refusals;
    return held === undefined ? undefined : refusal(host, 'the request before it', held.error);
  }

  function finish(how: Ending, culprit?: Pending): void {
    if (ending !== undefined) return;
    ending = how;
    silence.stop();
    link.destroy();
    writer.stop();
    const inDoubt = refusals.release()?.request;
    for (const pending of [...(inDoubt === undefined ? [] : [inDoubt]), ...requests.clear()]) {
      pending.reject(how(pending.purpose, pending === culprit));
    }
    closed.resolve();
  }
}
