import { ByteQueue } from '../../src/nix/wire/byte-queue.ts';
import type { Decoder } from '../../src/nix/wire/decode.ts';

/** What came of decoding: the value once complete, and the bytes left over. */
export interface Decoded<T> {
  readonly value: T | undefined;
  readonly isComplete: boolean;
  readonly rest: number;
}

/** Feeds chunks to a decoder, as a connection would. */
export function decodeChunks<T>(chunks: Iterable<Uint8Array>, decoder: Decoder<T>): Decoded<T> {
  const queue = new ByteQueue();
  const decoding = decoder(queue);
  let step = decoding.next();
  for (const chunk of chunks) {
    queue.push(chunk);
    if (step.done !== true) step = decoding.next();
  }
  return step.done === true
    ? { value: step.value, isComplete: true, rest: queue.length }
    : { value: undefined, isComplete: false, rest: queue.length };
}

/** Cuts bytes into chunks of one size. */
export function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

/** The same bytes whole, in single bytes, in odd sizes, and cut in two at every eighth place. */
export function cuttings(bytes: Uint8Array): Uint8Array[][] {
  const halves = Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => [
    bytes.subarray(0, index * 8 + 3),
    bytes.subarray(index * 8 + 3),
  ]);
  return [[bytes], cut(bytes, 1), cut(bytes, 7), cut(bytes, 8), cut(bytes, 13), ...halves];
}
