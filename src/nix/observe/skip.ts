import type { ByteQueue } from '../wire/byte-queue.ts';
import { decodeCount, decodeUint, paddingOf } from '../wire/decode.ts';
import type { Decoder, Decoding } from '../wire/decode.ts';

/** Steps over bytes as they come; none are held. */
function* skipBytes(input: ByteQueue, byteCount: number): Decoding<void> {
  input.allow(Number.POSITIVE_INFINITY);
  for (let rest = byteCount; rest > 0;) {
    while (input.length === 0) yield;
    rest -= input.take(Math.min(rest, input.length)).length;
  }
}

/** Steps over a string (protocol §1) of any length. */
export function* skipString(input: ByteQueue): Decoding<void> {
  const length = yield* decodeUint(input);
  yield* skipBytes(input, length + paddingOf(length));
}

/** Steps over an int. */
export function* skipInt(input: ByteQueue): Decoding<void> {
  yield* skipBytes(input, 8);
}

/** Steps over values that follow each other. */
export function skipAll(...parts: readonly Decoder<void>[]): Decoder<void> {
  return function* skipParts(input) {
    for (const part of parts) yield* part(input);
  };
}

/** Steps over a list, a set or a map: a count, and as many items. */
export function skipList(...item: readonly Decoder<void>[]): Decoder<void> {
  const skipItem = skipAll(...item);
  return function* skipItems(input) {
    const count = yield* decodeCount(input);
    for (let index = 0; index < count; index += 1) yield* skipItem(input);
  };
}

/** Steps over a list of strings. */
export const skipStrings = skipList(skipString);

/** Steps over the rest of a value whose first int says whether there is one. */
export function skipIfPresent(...parts: readonly Decoder<void>[]): Decoder<void> {
  const skipParts = skipAll(...parts);
  return function* skipOptional(input) {
    if ((yield* decodeUint(input)) !== 0) yield* skipParts(input);
  };
}

/** Steps over framed data (protocol §5) to their end; says how many bytes they held. */
export function* skipFrames(input: ByteQueue): Decoding<number> {
  let total = 0;
  for (;;) {
    const byteCount = yield* decodeUint(input);
    if (byteCount === 0) return total;
    yield* skipBytes(input, byteCount);
    total += byteCount;
  }
}
