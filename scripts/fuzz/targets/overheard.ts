import { encodeHello, encodeHelloEnd, encodeIntroduction } from '../../../src/nix/protocol/handshake.ts';
import { DAEMON_MAGIC } from '../../../src/nix/protocol/numbers.ts';
import * as queries from '../../../src/nix/protocol/operations/queries.ts';
import * as building from '../../../src/nix/protocol/operations/building.ts';
import { createWireObserver } from '../../../src/nix/observe/observer.ts';
import type { Dialect } from '../../../src/nix/protocol/version.ts';
import { WireWriter } from '../../../src/nix/wire/encode.ts';
import { must, type FuzzTarget } from '../target.ts';
import {
  DRV_PATH,
  LAST_MESSAGE,
  OUT_PATH,
  SAMPLE_MESSAGES,
  sampleReplies,
  WIRE_TOKENS,
} from './sample-wire.ts';

const VERSION = { major: 1, minor: 38 };
const DIALECT: Dialect = { minor: VERSION.minor, features: new Set() };

const REQUESTS = [
  building.buildPathsWithResults([{ kind: 'opaque', path: OUT_PATH }], 'normal', DIALECT),
  building.buildPaths([{ kind: 'opaque', path: DRV_PATH }], 'normal', DIALECT),
  queries.queryPathInfo(OUT_PATH, DIALECT),
  queries.queryValidPaths([OUT_PATH], { substitute: false }),
].map(({ request }) => request);

const GREETING = {
  client: Buffer.concat([encodeHello(), encodeHelloEnd(VERSION)]),
  daemon: Buffer.concat([
    new WireWriter()
      .uint(DAEMON_MAGIC)
      .uint(256 + VERSION.minor)
      .uint(0)
      .finish(),
    introduction(),
    LAST_MESSAGE,
  ]),
};

function introduction(): Uint8Array {
  const writer = new WireWriter();
  encodeIntroduction(writer, { nixVersion: '2.34.8', trust: 'trusted' }, VERSION);
  return writer.finish();
}

/**
 * What a client of this machine and a builder's daemon say to each other while we listen: the first byte cuts it into pieces, an odd one
 * puts a greeting before it, the next two say how much of the rest is the client's.
 */
export const overheard: FuzzTarget = {
  name: 'overheard',
  share: 8,
  samples: REQUESTS.flatMap((request) =>
    sampleReplies(DIALECT).map((reply, index) => {
      const head = Buffer.from([1 + 2 * (index % 40), request.length >> 8, request.length & 0xff]);
      const message = SAMPLE_MESSAGES[index % SAMPLE_MESSAGES.length] ?? LAST_MESSAGE;
      return Buffer.concat([head, request, message, LAST_MESSAGE, reply]);
    }),
  ),
  tokens: [...WIRE_TOKENS, ...REQUESTS, GREETING.client, GREETING.daemon],
  take(bytes) {
    const [cut = 0, high = 0, low = 0] = bytes;
    const body = bytes.subarray(3);
    const border = Math.min(body.length, high * 256 + low);
    const isGreeted = cut % 2 === 1;
    const told: string[] = [];
    const tell = (what: string): void => {
      must(told.at(-1) !== 'lost', 'something is told after nothing is understood');
      if (told.at(-1) !== what) told.push(what);
    };
    const observer = createWireObserver({
      onGreeted: () => tell('greeted'),
      onBuild: ({ kind }) => tell(kind),
      onMessage: ({ kind }) => tell(kind),
      onBuildEnd: ({ kind }) => tell(kind),
      onPathInfo: () => tell('path info'),
      onUploaded: () => tell('uploaded'),
      onLost: (reason) => {
        must(reason !== '', 'there is no reason');
        tell('lost');
      },
    });
    const client = Buffer.concat([isGreeted ? GREETING.client : Buffer.alloc(0), body.subarray(0, border)]);
    const daemon = Buffer.concat([isGreeted ? GREETING.daemon : Buffer.alloc(0), body.subarray(border)]);
    const size = 1 + (cut >> 1);
    for (let at = 0; at < Math.max(client.length, daemon.length); at += size) {
      if (at < client.length) observer.fromClient(client.subarray(at, at + size));
      if (at < daemon.length) observer.fromDaemon(daemon.subarray(at, at + size));
    }
    return told.slice(0, 6).join(' ');
  },
};
