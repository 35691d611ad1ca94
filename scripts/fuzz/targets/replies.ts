import { isDeepStrictEqual } from 'node:util';
import { decodeExchange } from '../../../src/nix/client/exchange.ts';
import { createMessageHandler } from '../../../src/nix/client/message-handler.ts';
import { unaskedRequest } from '../../../src/nix/client/unasked.ts';
import { decodeBasicDerivation } from '../../../src/nix/protocol/basic-derivation.ts';
import { decodeHelloEnd } from '../../../src/nix/protocol/handshake.ts';
import * as adding from '../../../src/nix/protocol/operations/adding.ts';
import * as building from '../../../src/nix/protocol/operations/building.ts';
import * as queries from '../../../src/nix/protocol/operations/queries.ts';
import * as roots from '../../../src/nix/protocol/operations/roots.ts';
import { setOptions } from '../../../src/nix/protocol/operations/settings.ts';
import type { Dialect } from '../../../src/nix/protocol/version.ts';
import { ByteQueue } from '../../../src/nix/wire/byte-queue.ts';
import type { Decoder } from '../../../src/nix/wire/decode.ts';
import { endingOf, must, type FuzzTarget } from '../target.ts';
import {
  DRV_PATH,
  LAST_MESSAGE,
  OUT_PATH,
  SAMPLE_INFO,
  SAMPLE_MESSAGES,
  sampleReplies,
  STORE_PATHS,
  WIRE_TOKENS,
} from './sample-wire.ts';

/** Versions that we speak; the last with the encodings of its feature. */
const DIALECTS: readonly Dialect[] = [
  { minor: 34, features: new Set() },
  { minor: 35, features: new Set() },
  { minor: 37, features: new Set() },
  { minor: 38, features: new Set() },
  { minor: 38, features: new Set(['realisation-with-path-not-hash']) },
];

function decodersOf(dialect: Dialect): readonly Decoder<unknown>[] {
  const operations = [
    queries.isValidPath(OUT_PATH),
    queries.queryValidPaths(STORE_PATHS, { substitute: false }),
    queries.queryPathInfo(OUT_PATH, dialect),
    queries.queryMissing([{ kind: 'opaque', path: OUT_PATH }], dialect),
    queries.querySubstitutablePaths(STORE_PATHS),
    queries.querySubstitutablePathInfos(STORE_PATHS),
    queries.queryDerivationOutputMap(DRV_PATH),
    queries.queryPathFromHashPart('0'.repeat(32)),
    roots.findRoots(),
    roots.collectGarbage({ action: 'return-dead' }),
    roots.addPermRoot(OUT_PATH, '/link'),
    building.buildPathsWithResults([{ kind: 'opaque', path: OUT_PATH }], 'normal', dialect),
    building.buildPaths([], 'normal', dialect),
    adding.addToStore({ name: 'x', method: 'text:sha256', references: [] }, dialect),
    adding.addToStoreNar(SAMPLE_INFO, { dontCheckSignatures: false }, dialect),
    setOptions({}),
  ];
  return [
    ...operations.map(({ reply }) => decodeExchange<unknown>(reply, createMessageHandler({}))),
    (input) => decodeHelloEnd(input, { major: 1, minor: dialect.minor }),
    decodeBasicDerivation,
    unaskedRequest.decode,
  ];
}

const DECODERS = DIALECTS.map(decodersOf);

/** Replies to every operation: the first byte picks the dialect, the second the decoder, the third how the bytes are cut. */
export const replies: FuzzTarget = {
  name: 'replies',
  share: 30,
  samples: DECODERS.flatMap((decoders, dialect) =>
    decoders.flatMap((_, decoder) =>
      sampleReplies(DIALECTS[dialect] ?? { minor: 38, features: new Set() }).map((reply, index) =>
        Buffer.concat([
          Buffer.from([dialect, decoder, index]),
          SAMPLE_MESSAGES[(index + decoder) % SAMPLE_MESSAGES.length] ?? new Uint8Array(),
          LAST_MESSAGE,
          reply,
        ]),
      ),
    ),
  ),
  tokens: WIRE_TOKENS,
  take(bytes) {
    const [dialect = 0, pick = 0, cut = 0] = bytes;
    const decoders = DECODERS[dialect % DECODERS.length] ?? [];
    const decoder = decoders[pick % decoders.length];
    if (decoder === undefined) return 'nothing';
    const body = bytes.subarray(3);
    const whole = decodeCut(body, body.length, decoder);
    if (cut % 8 === 0) {
      const pieces = decodeCut(body, 1 + (cut >> 3), decoder);
      must(isDeepStrictEqual(whole, pieces), 'the same bytes mean something else when they come in pieces');
    }
    return `${pick % decoders.length} ${whole.ending}`;
  },
};

interface Decoded {
  readonly ending: string;
  readonly value: unknown;
}

function decodeCut(bytes: Uint8Array, size: number, decoder: Decoder<unknown>): Decoded {
  let value: unknown;
  const ending = endingOf(() => {
    const queue = new ByteQueue();
    const decoding = decoder(queue);
    let step = decoding.next();
    for (let at = 0; at < bytes.length && step.done !== true; at += size) {
      queue.push(bytes.slice(at, at + size));
      step = decoding.next();
    }
    if (step.done !== true) return 'wants more';
    value = step.value;
    return 'complete';
  });
  return { ending, value };
}
