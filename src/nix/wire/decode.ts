import { DispatchError } from '../../errors.ts';
import { toByteString } from '../byte-string.ts';
import type { ByteString } from '../byte-string.ts';
import type { ByteQueue } from './byte-queue.ts';
import { MAX_ITEMS, MAX_MESSAGE_BYTES, MAX_SHOWN_BYTES, MAX_STRING_BYTES } from './limits.ts';

/**
 * A value on its way in: a generator that yields whenever the queue holds too few bytes, to be resumed when more have
 * come, and returns the value. Whatever the chunks, the bytes are looked at once.
 */
export type Decoding<T> = Generator<undefined, T, undefined>;

/** Starts reading one value of `T` from the queue. Throws DispatchError `protocol` on bytes that the protocol forbids. */
export type Decoder<T> = (input: ByteQueue) => Decoding<T>;

/** Bytes that arrived and cannot be what the protocol wants in this place. */
export function protocolError(expected: string, found: string): DispatchError {
  return new DispatchError('protocol', `expected ${expected}, got ${found}`);
}

/** An int below 2^53: sizes, times, counts, enums (protocol §1). */
export function* decodeUint(input: ByteQueue): Decoding<number> {
  while (input.length < 8) yield;
  const value = input.takeUint();
  if (value === undefined) throw protocolError('an integer below 2^53', 'a larger one');
  return value;
}

/** An int of all 64 bits: activity ids. */
export function* decodeUint64(input: ByteQueue): Decoding<bigint> {
  while (input.length < 8) yield;
  return input.takeUint64();
}

/** Any non-zero int is true, as Nix reads it. */
export function* decodeBool(input: ByteQueue): Decoding<boolean> {
  while (input.length < 8) yield;
  return input.takeUint() !== 0;
}

/** A string's bytes, a view into what arrived. */
export function* decodeBytes(input: ByteQueue): Decoding<Buffer> {
  while (input.length < 8) yield;
  const length = takeLength(input, MAX_STRING_BYTES);
  const padding = paddingOf(length);
  while (input.length < length + padding) yield;
  const bytes = input.take(length);
  takePadding(input, padding);
  return bytes;
}

/**
 * The first mebibyte of a string that is only shown: a build may print a line of any length, and what nobody will see is
 * not held.
 */
export function* decodeShown(input: ByteQueue): Decoding<Buffer> {
  while (input.length < 8) yield;
  const length = takeLength(input, MAX_MESSAGE_BYTES);
  const kept = Math.min(length, MAX_SHOWN_BYTES);
  while (input.length < kept) yield;
  const shown = input.take(kept);
  for (let rest = length - kept; rest > 0;) {
    while (input.length === 0) yield;
    rest -= input.take(Math.min(rest, input.length)).length;
  }
  const padding = paddingOf(length);
  while (input.length < padding) yield;
  takePadding(input, padding);
  return shown;
}

function takeLength(input: ByteQueue, most: number): number {
  const length = input.takeUint();
  if (length !== undefined && length <= most) return length;
  throw protocolError(`a string of at most ${most} bytes`, `one of ${length ?? 'over 2^53'} bytes`);
}

function takePadding(input: ByteQueue, padding: number): void {
  if (padding > 0 && !input.takeZeros(padding)) {
    throw protocolError('zero padding after a string', 'other bytes');
  }
}

/** A string as text; bytes that are not UTF-8 become U+FFFD, since log lines and messages may hold anything. */
export function* decodeText(input: ByteQueue): Decoding<string> {
  return (yield* decodeBytes(input)).toString('utf8');
}

/** A string whose bytes must stay as they are. */
export function* decodeByteString(input: ByteQueue): Decoding<ByteString> {
  return toByteString(yield* decodeBytes(input));
}

/** A string that is parsed into a `T` at once; the parser throws on what it does not know. */
export function decodeParsed<T>(parse: (text: string) => T): Decoder<T> {
  return function* decodeAndParse(input) {
    return parse(yield* decodeText(input));
  };
}

/** Like {@link decodeParsed}, with `""` for absent. */
export function decodeOptional<T>(parse: (text: string) => T): Decoder<T | undefined> {
  return function* decodeAndParse(input) {
    const text = yield* decodeText(input);
    return text === '' ? undefined : parse(text);
  };
}

/** The number of items that follow. */
export function* decodeCount(input: ByteQueue): Decoding<number> {
  while (input.length < 8) yield;
  const count = input.takeUint();
  if (count === undefined || count > MAX_ITEMS) {
    throw protocolError(`at most ${MAX_ITEMS} items`, `a count of ${count ?? 'over 2^53'}`);
  }
  return count;
}

/** A list, or a set in the sender's order. */
export function decodeList<T>(item: Decoder<T>): Decoder<T[]> {
  return function* decodeItems(input) {
    const count = yield* decodeCount(input);
    const items: T[] = [];
    while (items.length < count) items.push(yield* item(input));
    return items;
  };
}

/** A map; of two equal keys the later one wins, as in Nix. */
export function decodeMap<K, V>(key: Decoder<K>, value: Decoder<V>): Decoder<Map<K, V>> {
  return function* decodeEntries(input) {
    const count = yield* decodeCount(input);
    const entries = new Map<K, V>();
    for (let index = 0; index < count; index += 1) {
      const name = yield* key(input);
      entries.set(name, yield* value(input));
    }
    return entries;
  };
}

/** Optional microseconds: tag 0, or tag 1 and a number (protocol §1). */
export function* decodeOptionalUint(input: ByteQueue): Decoding<number | undefined> {
  const tag = yield* decodeUint(input);
  if (tag === 0) return undefined;
  if (tag === 1) return yield* decodeUint(input);
  throw protocolError('0 or 1 before an optional number', String(tag));
}

/** Zero bytes that follow a string of `length` bytes. */
export function paddingOf(length: number): number {
  return (8 - (length % 8)) % 8;
}
