import { decodeBasicDerivation } from '../protocol/basic-derivation.ts';
import type { BasicDerivation } from '../protocol/basic-derivation.ts';
import { OP } from '../protocol/numbers.ts';
import { decodeTexts } from '../protocol/path-info.ts';
import type { Dialect } from '../protocol/version.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import { decodeText, decodeUint, protocolError } from '../wire/decode.ts';
import type { Decoder, Decoding } from '../wire/decode.ts';
import { MAX_MESSAGE_BYTES } from '../wire/limits.ts';
import { otherOperation } from './other-operations.ts';
import { skipInt, skipString } from './skip.ts';

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
  | { readonly kind: 'other'; readonly skipReply: Decoder<void> };

/** A request's fields; frames may follow them. */
export interface RequestHead {
  readonly request: ObservedRequest;
  readonly isFramed: boolean;
}

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
    default: {
      const operation = otherOperation(opcode, dialect);
      if (operation === undefined) throw protocolError('an operation of the protocol', `number ${opcode}`);
      yield* operation.fields(input);
      const request = { kind: 'other', skipReply: operation.reply } as const;
      return { request, isFramed: operation.isFramed === true };
    }
  }
}

function whole(request: ObservedRequest): RequestHead {
  return { request, isFramed: false };
}
