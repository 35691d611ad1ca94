import { decodeBasicDerivation } from '../protocol/basic-derivation.ts';
import type { BasicDerivation } from '../protocol/basic-derivation.ts';
import { OP } from '../protocol/numbers.ts';
import { decodeTexts } from '../protocol/path-info.ts';
import type { Dialect } from '../protocol/version.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import { decodeText, decodeUint, protocolError } from '../wire/decode.ts';
import type { Decoder, Decoding } from '../wire/decode.ts';
import { MAX_MESSAGE_BYTES } from '../wire/limits.ts';
import { skipAll, skipInt, skipList, skipString, skipStrings } from './skip.ts';

/** A request that builds something, as a client sent it. */
export type BuildRequest =
  /** Op 36: one derivation, given in full. */
  | { readonly kind: 'derivation'; readonly drvPath: string; readonly derivation: BasicDerivation }
  /** Ops 9 and 46: derived paths (protocol §6.2) as they were written. */
  | { readonly kind: 'paths'; readonly paths: readonly string[]; readonly hasResults: boolean };

/** What was asked for, as far as an observer cares. */
export type ObservedRequest =
  | BuildRequest
  | { readonly kind: 'path-info'; readonly path: string }
  | { readonly kind: 'nar' }
  /** Its reply is stepped over. */
  | { readonly kind: 'other'; readonly opcode: number };

/** A request's fields; frames may follow them. */
export interface RequestHead {
  readonly request: ObservedRequest;
  readonly isFramed: boolean;
}

const skipPathInfo = skipAll(
  skipString,
  skipString,
  skipStrings,
  skipInt,
  skipInt,
  skipInt,
  skipStrings,
  skipString,
);

/** Fields of requests that say nothing about builds (protocol §7), by opcode. */
const OTHERS: ReadonlyMap<number, Decoder<void>> = new Map([
  ...[1, 6, 10, 11, 12, 18, 21, 22, 28, 29, 41].map((opcode) => [opcode, skipString] as const),
  ...[14, 23, 34].map((opcode) => [opcode, skipAll()] as const),
  ...[32, 33, 40].map((opcode) => [opcode, skipStrings] as const),
  [8, skipAll(skipString, skipString, skipStrings)],
  [OP.setOptions, skipAll(...Array.from({ length: 12 }, () => skipInt), skipList(skipString, skipString))],
  [OP.collectGarbage, skipAll(skipInt, skipStrings, skipInt, skipInt, skipInt, skipInt, skipInt)],
  [OP.querySubstitutablePathInfos, skipList(skipString, skipString)],
  [OP.queryValidPaths, skipAll(skipStrings, skipInt)],
  [35, skipAll(skipInt, skipInt)],
  [OP.addSignatures, skipAll(skipString, skipStrings)],
  [OP.addPermRoot, skipAll(skipString, skipString)],
]);

/** Fields of requests that data in frames follow, by opcode. */
const FRAMED: ReadonlyMap<number, Decoder<void>> = new Map([
  [OP.addToStore, skipAll(skipString, skipString, skipStrings, skipInt)],
  [OP.addToStoreNar, skipAll(skipString, skipPathInfo, skipInt, skipInt)],
  [OP.addMultipleToStore, skipAll(skipInt, skipInt)],
  [OP.addBuildLog, skipString],
]);

/** Opcodes whose fields depend on the features: realisations (protocol §6.7). */
const REGISTER_DRV_OUTPUT = 42;
const QUERY_REALISATION = 43;

/**
 * Reads a request up to its frames.
 *
 * @throws DispatchError `protocol` on an operation that is not known: nobody could tell where it ends
 */
export function* decodeRequestHead(input: ByteQueue, dialect: Dialect): Decoding<RequestHead> {
  const opcode = yield* decodeUint(input);
  input.allow(MAX_MESSAGE_BYTES);
  switch (opcode) {
    case OP.buildDerivation: {
      const drvPath = yield* decodeText(input);
      const derivation = yield* decodeBasicDerivation(input);
      yield* skipInt(input);
      return whole({ kind: 'derivation', drvPath, derivation });
    }
    case OP.buildPaths:
    case OP.buildPathsWithResults: {
      const paths = yield* decodeTexts(input);
      yield* skipInt(input);
      return whole({ kind: 'paths', paths, hasResults: opcode === OP.buildPathsWithResults });
    }
    case OP.queryPathInfo:
      return whole({ kind: 'path-info', path: yield* decodeText(input) });
    case OP.narFromPath:
      yield* skipString(input);
      return whole({ kind: 'nar' });
    case REGISTER_DRV_OUTPUT:
    case QUERY_REALISATION:
      yield* skipRealisationRequest(opcode, dialect)(input);
      return whole({ kind: 'other', opcode });
    default: {
      const fields = OTHERS.get(opcode);
      const framed = FRAMED.get(opcode);
      const skip = fields ?? framed;
      if (skip === undefined) throw protocolError('an operation of the protocol', `number ${opcode}`);
      yield* skip(input);
      return { request: { kind: 'other', opcode }, isFramed: framed !== undefined };
    }
  }
}

function whole(request: ObservedRequest): RequestHead {
  return { request, isFramed: false };
}

function skipRealisationRequest(opcode: number, { features }: Dialect): Decoder<void> {
  if (!features.has('realisation-with-path-not-hash')) return skipString;
  const key = skipAll(skipString, skipString);
  return opcode === QUERY_REALISATION ? key : skipAll(key, skipString, skipStrings);
}
