import { createHash } from 'node:crypto';
import { DispatchError } from '../../errors.ts';
import { createNarScanner } from '../nar/scanner.ts';
import { decodeDaemonError } from '../protocol/daemon-error.ts';
import type { DaemonMessage } from '../protocol/daemon-message.ts';
import { narFromPath } from '../protocol/operations/adding.ts';
import type { StorePath } from '../store-path.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import type { Decoding } from '../wire/decode.ts';
import { MAX_MESSAGE_BYTES } from '../wire/limits.ts';
import { createChunkPipe } from './chunk-pipe.ts';
import type { Conversation } from './conversation.ts';
import type { ExpectedNar } from './daemon-client.ts';
import { decodeExchange } from './exchange.ts';
import { during, withoutColours } from './failures.ts';

/** A NAR of which no more than this is left is read to its end when nobody wants it: cheaper than a new connection. */
const DISCARD_BYTES = 4 * 1024 * 1024;

/** A producer whose chunks may all be held. */
const UNPAUSED = { pause: () => undefined, resume: () => undefined };

/** What to fetch and from whom. */
export interface NarDownload {
  readonly conversation: Conversation;
  readonly host: string;
  readonly path: StorePath;
  /** What it must turn out to be; nothing is hashed without. */
  readonly expected: ExpectedNar | undefined;
  /** Its size, where that is known though nothing is checked by hash. */
  readonly narSizeBytes?: number;
  /** Takes the daemon's messages that come before the NAR. */
  readonly listen: (message: DaemonMessage) => void;
}

/** Asks for a path's NAR (op 38) once the first chunk is wanted, and checks what comes. */
export function downloadNar(download: NarDownload): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => openDownload(download, true) };
}

/** A NAR that may be asked for before anybody reads it. */
export interface OpenDownload extends AsyncIterator<Uint8Array, undefined> {
  /** Sends the request; reading does so too, if it was not sent. */
  ask(): void;
}

/**
 * One NAR, to be read once.
 *
 * @param isBarrier requests that come after it wait for its end. Without, small NARs can be asked for ahead of each
 *   other; one that is then never read must not stop the conversation, so it is held whole, up to its stated size
 */
export function openDownload(download: NarDownload, isBarrier: boolean): OpenDownload {
  const { conversation, host, path, expected } = download;
  const narSizeBytes = expected?.narSizeBytes ?? download.narSizeBytes;
  const pipe = createChunkPipe(isBarrier ? conversation : UNPAUSED);
  const { purpose, request } = narFromPath(path);
  let received = 0;
  let isAsked = false;

  function* decodeNar(input: ByteQueue): Decoding<DispatchError | undefined> {
    const scanner = createNarScanner(narSizeBytes === undefined ? {} : { narSizeBytes });
    const hash = expected === undefined ? undefined : createHash('sha256');
    input.allow(Number.POSITIVE_INFINITY);
    for (;;) {
      while (input.length === 0) yield;
      const available = input.peek(input.length);
      const progress = scanner.push(available);
      input.take(progress.consumed);
      if (progress.daemonError) {
        input.allow(MAX_MESSAGE_BYTES);
        const { message } = yield* decodeDaemonError(input);
        throw new DispatchError('daemon', withoutColours(message));
      }
      received += progress.consumed;
      const chunk = available.subarray(0, progress.consumed);
      hash?.update(chunk);
      pipe.push(chunk);
      if (progress.done) break;
    }
    if (expected === undefined || hash === undefined) return undefined;
    return mismatch(path, expected, { narSizeBytes: received, narHash: hash.digest('hex') });
  }

  const ask = (): void => {
    if (isAsked) return;
    isAsked = true;
    conversation
      .request({
        purpose,
        bytes: request,
        isBarrier,
        decode: decodeExchange(decodeNar, download.listen),
      })
      .then(
        (fault) => (fault === undefined ? pipe.end() : pipe.fail(during(host, purpose, fault))),
        pipe.fail,
      );
  };

  return {
    ask,
    next() {
      ask();
      return pipe.next();
    },
    return() {
      const left = (narSizeBytes ?? Number.POSITIVE_INFINITY) - received;
      if (isAsked && !pipe.isEnded && left > DISCARD_BYTES) {
        conversation.end(new DispatchError('cancelled', 'the rest of the NAR was not wanted'));
      }
      isAsked = true;
      pipe.discard();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

function mismatch(path: StorePath, expected: ExpectedNar, found: ExpectedNar): DispatchError | undefined {
  if (found.narSizeBytes === expected.narSizeBytes && found.narHash === expected.narHash) return undefined;
  return new DispatchError(
    'corrupt',
    `expected the NAR of ${path} to have ${expected.narSizeBytes} bytes and sha256 ${expected.narHash}, ` +
      `got ${found.narSizeBytes} bytes and ${found.narHash}`,
  );
}
