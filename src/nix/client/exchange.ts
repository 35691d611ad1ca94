import type { DaemonError } from '../protocol/daemon-error.ts';
import { decodeDaemonMessage } from '../protocol/daemon-message.ts';
import type { DaemonMessage } from '../protocol/daemon-message.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import type { Decoder, Decoding } from '../wire/decode.ts';
import { MAX_MESSAGE_BYTES } from '../wire/limits.ts';
import type { ByteSource } from './daemon-client.ts';

/** How an exchange ended on the wire. */
export type Outcome<T> =
  | { readonly kind: 'answered'; readonly value: T }
  /** `isFirst`: the daemon said nothing else before. */
  | { readonly kind: 'refused'; readonly error: DaemonError; readonly isFirst: boolean };

/** A request as the conversation takes it. */
export interface Request<T> {
  /** What is being done, for error messages. */
  readonly purpose: string;
  readonly bytes: Uint8Array;
  readonly decode: Decoder<Outcome<T>>;
  /** Data that follow in frames. */
  readonly body?: ByteSource | undefined;
  /** Nothing else is written before the answer is complete. */
  readonly isBarrier?: boolean | undefined;
  /** The daemon may be silent for as long as it likes: builds, downloads from caches, garbage collection. */
  readonly isLong?: boolean | undefined;
}

/** Reads the message loop and the reply behind it (protocol §4). */
export function decodeExchange<T>(
  reply: Decoder<T>,
  listen: (message: DaemonMessage) => void,
): Decoder<Outcome<T>> {
  return function* decodeLoop(input: ByteQueue): Decoding<Outcome<T>> {
    for (let isFirst = true; ; isFirst = false) {
      input.allow(MAX_MESSAGE_BYTES);
      const message = yield* decodeDaemonMessage(input);
      if (message.kind === 'error') return { kind: 'refused', error: message.error, isFirst };
      if (message.kind === 'last') {
        input.allow(MAX_MESSAGE_BYTES);
        return { kind: 'answered', value: yield* reply(input) };
      }
      listen(message);
    }
  };
}
