import type { ByteQueue } from '../../wire/byte-queue.ts';
import { decodeUint } from '../../wire/decode.ts';
import type { Decoder, Decoding } from '../../wire/decode.ts';

/** One request to the daemon: its bytes, and how the answer is read that follows the message loop (protocol §7). */
export interface Operation<T> {
  /** What is being done, for error messages: "asking whether … is valid". */
  readonly purpose: string;
  readonly request: Uint8Array;
  readonly reply: Decoder<T>;
}

/** Reads the int 1 with which many operations say that they are done; its value means nothing. */
export function* decodeDone(input: ByteQueue): Decoding<void> {
  yield* decodeUint(input);
}

/** For operations that answer with nothing at all. */
// eslint-disable-next-line require-yield
export function* decodeNothing(): Decoding<void> {
  return undefined;
}
