import { createNarScanner } from '../nar/scanner.ts';
import { decodeBuildResult, decodeKeyedBuildResult } from '../protocol/build-result.ts';
import type { BuildResult, KeyedBuildResult } from '../protocol/build-result.ts';
import type { Dialect } from '../protocol/version.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import { decodeList, decodeUint, protocolError } from '../wire/decode.ts';
import type { Decoder, Decoding } from '../wire/decode.ts';
import type { ObservedRequest } from './requests.ts';
import { skipInt, skipString, skipStrings } from './skip.ts';

/** What came behind the message loop, as far as an observer cares. */
export type ObservedReply =
  | { readonly kind: 'result'; readonly result: BuildResult }
  | { readonly kind: 'results'; readonly results: readonly KeyedBuildResult[] }
  /** `undefined`: the path is not valid there. */
  | { readonly kind: 'path-info'; readonly narSizeBytes: number | undefined }
  | { readonly kind: 'done' };

const DONE: ObservedReply = { kind: 'done' };

/** How the reply to a request is read. */
export function replyDecoder(request: ObservedRequest, dialect: Dialect): Decoder<ObservedReply> {
  switch (request.kind) {
    case 'derivation':
      return function* decodeReply(input) {
        return { kind: 'result', result: yield* decodeBuildResult(input, dialect) };
      };
    case 'paths':
      return request.hasResults ? keyedResults(dialect) : skipped(skipInt);
    case 'path-info':
      return decodePathInfoReply;
    case 'nar':
      return skipped(skipNar);
    case 'other':
      return skipped(request.skipReply);
  }
}

function keyedResults(dialect: Dialect): Decoder<ObservedReply> {
  const decodeResults = decodeList((input) => decodeKeyedBuildResult(input, dialect));
  return function* decodeReply(input) {
    return { kind: 'results', results: yield* decodeResults(input) };
  };
}

function skipped(skip: Decoder<void>): Decoder<ObservedReply> {
  return function* skipReply(input) {
    yield* skip(input);
    return DONE;
  };
}

function* decodePathInfoReply(input: ByteQueue): Decoding<ObservedReply> {
  if ((yield* decodeUint(input)) === 0) return { kind: 'path-info', narSizeBytes: undefined };
  yield* skipString(input);
  yield* skipString(input);
  yield* skipStrings(input);
  yield* skipInt(input);
  const narSizeBytes = yield* decodeUint(input);
  yield* skipInt(input);
  yield* skipStrings(input);
  yield* skipString(input);
  return { kind: 'path-info', narSizeBytes };
}

/** A NAR has no length: its own grammar says where it ends (protocol §16). */
function* skipNar(input: ByteQueue): Decoding<void> {
  input.allow(Number.POSITIVE_INFINITY);
  const scanner = createNarScanner();
  for (;;) {
    while (input.length === 0) yield;
    const { consumed, done, daemonError } = scanner.push(input.peek(input.length));
    input.take(consumed);
    if (daemonError) throw protocolError('a whole NAR', 'an error of the daemon in it');
    if (done) return;
  }
}
