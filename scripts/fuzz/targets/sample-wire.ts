import { encodeNar, type NarNode } from '../../../src/nix/nar/tree.ts';
import { encodeBuildResult } from '../../../src/nix/protocol/build-result.ts';
import type { BuildResult } from '../../../src/nix/protocol/build-result.ts';
import { encodeDaemonMessage } from '../../../src/nix/protocol/daemon-message.ts';
import { encodeIntroduction } from '../../../src/nix/protocol/handshake.ts';
import { encodePathInfo, encodeUnkeyedPathInfo } from '../../../src/nix/protocol/path-info.ts';
import type { PathInfo } from '../../../src/nix/protocol/path-info.ts';
import type { Dialect } from '../../../src/nix/protocol/version.ts';
import { WireWriter } from '../../../src/nix/wire/encode.ts';
import { parseStorePath, type StorePath } from '../../../src/nix/store-path.ts';

/** Paths that requests of the fuzz name. */
export const STORE_PATHS: readonly StorePath[] = ['0', '1', '2'].map((digit) =>
  parseStorePath(`/nix/store/${digit.repeat(32)}-hello-2.12`),
);
export const DRV_PATH = parseStorePath(`/nix/store/${'3'.repeat(32)}-hello-2.12.drv`);
export const OUT_PATH = STORE_PATHS[0] ?? DRV_PATH;

/** A small NAR with every kind of node. */
export const SAMPLE_NAR = encodeNar({
  kind: 'directory',
  entries: new Map([
    ['bin', { kind: 'directory', entries: new Map([['sh', regular('#!', true)]]) }],
    ['link', { kind: 'symlink', target: 'bin/sh' }],
    ['text', regular('twelve bytes', false)],
  ]),
});

export const SAMPLE_INFO: PathInfo = {
  path: OUT_PATH,
  deriver: DRV_PATH,
  narHash: 'ab'.repeat(32),
  references: STORE_PATHS,
  registrationTime: 1_700_000_000,
  narSizeBytes: SAMPLE_NAR.byteLength,
  ultimate: false,
  signatures: ['cache.example.org-1:c2lnbmF0dXJl'],
  contentAddress: `fixed:r:sha256:${'1'.repeat(52)}`,
};

const SAMPLE_RESULT: BuildResult = {
  status: 'built',
  errorMessage: '',
  timesBuilt: 1,
  isNonDeterministic: false,
  startTimeSeconds: 1_700_000_000,
  stopTimeSeconds: 1_700_000_010,
  cpuUserMicroseconds: 5_000_000,
  cpuSystemMicroseconds: undefined,
  builtOutputs: new Map([
    ['out', { drvHash: `sha256:${'0a'.repeat(32)}`, outPath: OUT_PATH, signatures: [] }],
  ]),
};

/** Bytes that a daemon of this dialect may answer with, by hand or as it writes them. */
export function sampleReplies(dialect: Dialect): Uint8Array[] {
  const failed: BuildResult = {
    ...SAMPLE_RESULT,
    status: 'permanent-failure',
    errorMessage: 'builder failed with exit code 1',
    builtOutputs: new Map(),
  };
  return [
    written((writer) => writer.uint(1)),
    written((writer) => writer.uint(0)),
    written((writer) => writer.set(STORE_PATHS)),
    written((writer) => encodeUnkeyedPathInfo(writer.uint(1), SAMPLE_INFO, dialect)),
    written((writer) => encodePathInfo(writer, SAMPLE_INFO, dialect)),
    written((writer) => encodeBuildResult(writer, SAMPLE_RESULT, dialect)),
    written((writer) => encodeBuildResult(writer, failed, dialect)),
    written((writer) => encodeBuildResult(writer.uint(1).string(`${DRV_PATH}!out`), SAMPLE_RESULT, dialect)),
    written((writer) => writer.set(STORE_PATHS).set([]).set(STORE_PATHS).uint(100).uint(200)),
    written((writer) => writer.uint(1).string(OUT_PATH).string(DRV_PATH).set(STORE_PATHS).uint(1).uint(2)),
    written((writer) => writer.uint(2).string('out').string(OUT_PATH).string('dev').string('')),
    written((writer) => writer.uint(1).string('/proc/1/exe').string(OUT_PATH)),
    written((writer) => writer.set(STORE_PATHS).uint(1000).uint(0)),
    written((writer) =>
      encodeIntroduction(writer.uint(0), { nixVersion: '2.34.8', trust: 'trusted' }, { major: 1, minor: 38 }),
    ),
  ];
}

/** What a daemon says while it works, before its reply. */
export const SAMPLE_MESSAGES: readonly Uint8Array[] = [
  written((writer) => encodeDaemonMessage(writer, { kind: 'next', text: 'warning: something' })),
  written((writer) =>
    encodeDaemonMessage(writer, {
      kind: 'start',
      id: 7n,
      level: 3,
      type: 105,
      text: 'building',
      fields: [Buffer.from(DRV_PATH), Buffer.from(''), 1, 1],
      parent: 0n,
    }),
  ),
  written((writer) =>
    encodeDaemonMessage(writer, { kind: 'result', id: 7n, type: 101, fields: [Buffer.from('a line')] }),
  ),
  written((writer) =>
    encodeDaemonMessage(writer, { kind: 'result', id: 7n, type: 104, fields: [Buffer.from('buildPhase')] }),
  ),
  written((writer) => encodeDaemonMessage(writer, { kind: 'stop', id: 7n })),
  written((writer) =>
    encodeDaemonMessage(writer, {
      kind: 'error',
      error: { level: 0, message: 'no such path', traces: ['while looking'] },
    }),
  ),
];

export const LAST_MESSAGE = written((writer) => encodeDaemonMessage(writer, { kind: 'last' }));

/** Pieces that mean something in a conversation. */
export const WIRE_TOKENS: readonly Uint8Array[] = [
  ...SAMPLE_MESSAGES,
  LAST_MESSAGE,
  ...[OUT_PATH, DRV_PATH, '', 'out', 'sha256', '{"id":"sha256:00!out","outPath":"x","signatures":[]}'].map(
    (text) => written((writer) => writer.string(text)),
  ),
  SAMPLE_NAR.subarray(0, 96),
];

function regular(text: string, isExecutable: boolean): NarNode {
  return { kind: 'regular', isExecutable, contents: new TextEncoder().encode(text) };
}

function written(write: (writer: WireWriter) => unknown): Uint8Array {
  const writer = new WireWriter();
  write(writer);
  return writer.finish();
}
