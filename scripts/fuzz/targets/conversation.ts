import { Duplex } from 'node:stream';
import { createDaemonClient } from '../../../src/nix/client/client.ts';
import { connectDaemon } from '../../../src/nix/client/connect.ts';
import { startConversation } from '../../../src/nix/client/conversation.ts';
import type { DaemonClient } from '../../../src/nix/client/daemon-client.ts';
import { WireWriter } from '../../../src/nix/wire/encode.ts';
import { must, refusal, type FuzzTarget } from '../target.ts';
import {
  DRV_PATH,
  LAST_MESSAGE,
  OUT_PATH,
  SAMPLE_INFO,
  SAMPLE_MESSAGES,
  SAMPLE_NAR,
  sampleReplies,
  STORE_PATHS,
  WIRE_TOKENS,
} from './sample-wire.ts';

/** The far end: whatever is written to it is lost. */
class DeafPeer extends Duplex {
  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    done();
  }
}

const opaque = { kind: 'opaque', path: OUT_PATH } as const;
const derivation = {
  outputs: new Map([['out', { path: OUT_PATH, hashAlgo: '', hash: '' }]]),
  inputSrcs: STORE_PATHS,
  platform: 'x86_64-linux',
  builder: '/bin/sh',
  args: [],
  env: new Map(),
};
/** Takes everything and keeps nothing. */
const listener = { onLogLine() {}, onPhase() {}, onBuildStarted() {}, onBuildStopped() {}, onMessage() {} };

/** What is asked before the peer's bytes come. */
const QUESTIONS: readonly ((client: DaemonClient) => Promise<unknown>[])[] = [
  (client) => [client.isValidPath(OUT_PATH), client.queryPathInfo(OUT_PATH), client.queryMissing([opaque])],
  (client) => [client.buildDerivation(DRV_PATH, derivation, listener), client.isValidPath(OUT_PATH)],
  (client) => [client.buildPathsWithResults([opaque], listener), client.queryPathInfos(STORE_PATHS)],
  (client) => [drain(client.narFromPath(OUT_PATH, SAMPLE_INFO)), client.isValidPath(OUT_PATH)],
  (client) => client.narsFromPaths([SAMPLE_INFO, SAMPLE_INFO]).map(drain),
  (client) => [
    client.addToStoreNar(SAMPLE_INFO, [SAMPLE_NAR], { dontCheckSignatures: true }),
    client.queryValidPaths(STORE_PATHS),
  ],
  (client) => [client.addMultipleToStore([{ info: SAMPLE_INFO, nar: [SAMPLE_NAR] }]), client.findRoots()],
  (client) => [
    client.setOptions({}),
    client.collectGarbage({ action: 'return-dead' }),
    client.ensurePath(OUT_PATH),
  ],
];

const HELLO = new WireWriter().uint(0x6478696f).uint(0x126).finish();
const WITH_HANDSHAKE = 0x80;

/**
 * Whole conversations: the first byte picks what is asked and whether there is a handshake, the second how the bytes are cut. Whatever the
 * peer says before it hangs up, every promise has to end, in an answer or in an error that names it.
 */
export const conversation: FuzzTarget = {
  name: 'conversation',
  share: 4,
  samples: QUESTIONS.flatMap((_, question) =>
    sampleReplies({ minor: 38, features: new Set() }).map((reply, index) =>
      Buffer.concat([
        Buffer.from([question, index * 16]),
        SAMPLE_MESSAGES[index % SAMPLE_MESSAGES.length] ?? HELLO,
        LAST_MESSAGE,
        question === 3 || question === 4 ? SAMPLE_NAR : reply,
        LAST_MESSAGE,
        reply,
      ]),
    ),
  ).concat([
    Buffer.concat([
      Buffer.from([WITH_HANDSHAKE, 40]),
      HELLO,
      new WireWriter().uint(0).string('2.34.8').uint(1).finish(),
      LAST_MESSAGE,
    ]),
  ]),
  tokens: [HELLO, ...WIRE_TOKENS],
  async take(bytes) {
    const [first = 0, cut = 0] = bytes;
    const peer = new DeafPeer();
    const body = bytes.subarray(2);
    const ask = QUESTIONS[first % QUESTIONS.length];
    if (ask === undefined) return 'nothing';
    const asked = first >= WITH_HANDSHAKE ? [greet(peer, ask)] : ask(clientOf(peer));
    const ended = Promise.allSettled(asked);
    const size = 1 + cut * 8;
    for (let at = 0; at < body.length && !peer.destroyed; at += size) {
      peer.push(body.slice(at, at + size));
      if (first >= WITH_HANDSHAKE) await turn();
    }
    await turn();
    peer.destroy();
    const endings = (await ended).map((result) => {
      if (result.status === 'fulfilled') return 'answered';
      must(
        String(result.reason.host) === 'peer',
        `an error does not say which host: ${String(result.reason)}`,
      );
      return refusal(result.reason);
    });
    return `${first % QUESTIONS.length} ${endings.join('; ')}`;
  },
};

function clientOf(peer: Duplex): DaemonClient {
  return createDaemonClient(startConversation(peer, { host: 'peer', stderrTail: () => '' }), {
    host: 'peer',
    version: { major: 1, minor: 38 },
    nixVersion: '2.34.8',
    trust: 'trusted',
    onMessage: undefined,
  });
}

async function greet(peer: Duplex, ask: (client: DaemonClient) => Promise<unknown>[]): Promise<void> {
  const client = await connectDaemon(peer, { host: 'peer', timeoutMs: 60_000 });
  await Promise.all(ask(client));
}

async function drain(nar: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of nar) length += chunk.byteLength;
  return length;
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
