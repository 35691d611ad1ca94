import { describe, expect, it } from 'vitest';
import { createWireObserver, type WireListener } from '../../../../src/nix/observe/observer.ts';
import type { Transcript } from '../../../../src/nix/observe/transcript.ts';
import { encodeBuildResult } from '../../../../src/nix/protocol/build-result.ts';
import { encodeDaemonMessage, type DaemonMessage } from '../../../../src/nix/protocol/daemon-message.ts';
import { encodeHello, encodeHelloEnd } from '../../../../src/nix/protocol/handshake.ts';
import { DAEMON_MAGIC, OP } from '../../../../src/nix/protocol/numbers.ts';
import { buildDerivation, buildPathsWithResults } from '../../../../src/nix/protocol/operations/building.ts';
import { parseStorePath } from '../../../../src/nix/store-path.ts';
import { WireWriter } from '../../../../src/nix/wire/encode.ts';
import { resultWith } from '../../../support/daemon/build-result.ts';

const drvPath = parseStorePath('/nix/store/00000000000000000000000000000000-made.drv');
const out = parseStorePath('/nix/store/00000000000000000000000000000001-made');
const dialect = { minor: 38, features: new Set<never>() };

type Say = readonly ['client' | 'daemon', Uint8Array];

const last: DaemonMessage = { kind: 'last' };

function messages(...all: readonly DaemonMessage[]): Uint8Array {
  const writer = new WireWriter();
  for (const message of all) encodeDaemonMessage(writer, message);
  return writer.finish();
}

function bytes(write: (writer: WireWriter) => void): Uint8Array {
  const writer = new WireWriter();
  write(writer);
  return writer.finish();
}

const greeting: readonly Say[] = [
  ['client', encodeHello()],
  ['daemon', bytes((writer) => writer.uint(DAEMON_MAGIC).uint(0x126))],
  ['client', encodeHelloEnd({ major: 1, minor: 38 })],
  ['daemon', bytes((writer) => writer.uint(0).string('2.34.8').uint(1))],
  ['daemon', messages(last)],
];

const result = resultWith({ timesBuilt: 1, cpuUserMicroseconds: 5, cpuSystemMicroseconds: 7 });

const derivation = {
  outputs: new Map([['out', { path: out, hashAlgo: '', hash: '' }]]),
  inputSrcs: [],
  platform: 'x86_64-linux',
  builder: '/bin/sh',
  args: [],
  env: new Map<string, string>(),
};

const started: DaemonMessage = {
  kind: 'start',
  id: 7n,
  level: 3,
  type: 105,
  text: 'building',
  fields: [Buffer.from(drvPath), Buffer.from(''), 1, 1],
  parent: 0n,
};

const built: readonly Say[] = [
  ['client', buildDerivation(drvPath, derivation, 'normal', dialect).request],
  ['daemon', messages(started, { kind: 'stop', id: 7n }, last)],
  ['daemon', bytes((writer) => encodeBuildResult(writer, result, dialect))],
];

/** What an observer tells of a conversation that comes in chunks of this size. */
function observe(conversation: readonly Say[], chunkBytes = Number.POSITIVE_INFINITY): unknown[] {
  const told: unknown[] = [];
  const listener: WireListener = {
    onGreeted: (version, transcript: Transcript) =>
      void told.push([
        'greeted',
        version,
        transcript.client.map((part) => part.length),
        transcript.daemon.map((part) => part.length),
      ]),
    onBuild: (request) =>
      void told.push(['build', request.kind === 'paths' ? request.paths : request.drvPath]),
    onMessage: ({ kind }) => void told.push(['message', kind]),
    onBuildEnd: (end) =>
      void told.push([
        'end',
        end.kind === 'result' ? end.result.status : end.kind === 'refused' ? end.error.message : end.kind,
      ]),
    onPathInfo: (path, size) => void told.push(['size', path, size]),
    onUploaded: (count) => void told.push(['uploaded', count]),
    onLost: (reason) => void told.push(['lost', reason]),
  };
  const observer = createWireObserver(listener);
  for (const [who, said] of conversation) {
    for (let at = 0; at < said.length; at += chunkBytes) {
      const chunk = said.subarray(at, Math.min(said.length, at + chunkBytes));
      if (who === 'client') observer.fromClient(chunk);
      else observer.fromDaemon(chunk);
    }
  }
  return told;
}

const greeted = ['greeted', '2.34.8', [8, 16, 16], [16, 8, 32]];
const buildTold = [
  ['build', drvPath],
  ['message', 'start'],
  ['message', 'stop'],
  ['end', 'built'],
];

describe('an observer of a conversation', () => {
  for (const size of [1, 3, 8, 1000]) {
    it(`tells of a build in chunks of ${size} bytes`, () => {
      expect(observe([...greeting, ...built], size)).toEqual([greeted, ...buildTold]);
    });
  }

  it('understands a greeting of which all of one side comes first', () => {
    const sorted = greeting.toSorted(([one], [other]) => (one === other ? 0 : one === 'client' ? -1 : 1));
    expect(observe([...sorted, ...built])).toEqual([greeted, ...buildTold]);
  });

  it('steps over data in frames, NARs and replies that it does not care for', () => {
    const nar = bytes((writer) => {
      for (const word of ['nix-archive-1', '(', 'type', 'regular', 'contents', 'x'.repeat(1000), ')'])
        writer.string(word);
    });
    const info = bytes((writer) =>
      writer
        .uint(1)
        .string('')
        .string('0'.repeat(64))
        .set([])
        .uint(0)
        .uint(4096)
        .bool(false)
        .set([])
        .string(''),
    );
    const conversation: readonly Say[] = [
      [
        'client',
        bytes((writer) =>
          writer
            .uint(OP.setOptions)
            .uint(0)
            .uint(0)
            .uint(0)
            .uint(3)
            .uint(1)
            .uint(0)
            .uint(1)
            .uint(0)
            .uint(0)
            .uint(0)
            .uint(0)
            .uint(1)
            .list([['a', 'b']], (w, [one = '', other = '']) => w.string(one).string(other)),
        ),
      ],
      ['daemon', messages(last)],
      ['client', bytes((writer) => writer.uint(OP.addMultipleToStore).bool(false).bool(true))],
      ['client', bytes((writer) => writer.uint(1024))],
      ['client', new Uint8Array(1024)],
      ['daemon', messages({ kind: 'next', text: 'copying' })],
      ['client', bytes((writer) => writer.uint(0))],
      ['daemon', messages(last)],
      ['client', bytes((writer) => writer.uint(OP.queryPathInfo).string(out))],
      ['daemon', messages(last)],
      ['daemon', info],
      ['client', bytes((writer) => writer.uint(OP.narFromPath).string(out))],
      ['daemon', messages(last)],
      ['daemon', nar],
      ['client', bytes((writer) => writer.uint(OP.queryValidPaths).set([out]).bool(true))],
      ['daemon', messages(last)],
      ['daemon', bytes((writer) => writer.set([out]))],
    ];
    for (const size of [1, 13, 4096]) {
      expect(observe([...greeting, ...conversation, ...built], size)).toEqual([
        greeted,
        ['uploaded', 1024],
        ['size', out, 4096],
        ...buildTold,
      ]);
    }
  });

  it('tells of an operation that the daemon refuses, and goes on', () => {
    const path = { kind: 'built', drvPath, outputs: 'all' } as const;
    const refused: readonly Say[] = [
      ['client', buildPathsWithResults([path], 'normal', dialect).request],
      ['daemon', messages({ kind: 'error', error: { level: 0, message: 'no such thing', traces: [] } })],
    ];
    expect(observe([...greeting, ...refused, ...built])).toEqual([
      greeted,
      ['build', [`${drvPath}!*`]],
      ['end', 'no such thing'],
      ...buildTold,
    ]);
  });

  it.each([
    ['an operation that nobody knows', ['client', bytes((writer) => writer.uint(4711))]],
    ['a message that nobody knows', ['daemon', bytes((writer) => writer.uint(4711))]],
  ] as const)('gives up on %s, and never throws', (_, odd) => {
    const request: Say = ['client', buildDerivation(drvPath, derivation, 'normal', dialect).request];
    const told = observe([...greeting, ...(odd[0] === 'daemon' ? [request] : []), odd, ...built]);
    expect(told.filter((entry) => Array.isArray(entry) && entry[0] === 'lost')).toHaveLength(1);
    expect(told.at(-1)).toEqual(['lost', expect.stringMatching(/^expected/)]);
  });

  it('gives up on features whose encodings nobody knows', () => {
    const conversation: readonly Say[] = [
      ['client', encodeHello()],
      ['daemon', bytes((writer) => writer.uint(DAEMON_MAGIC).uint(0x126))],
      ['client', bytes((writer) => writer.strings(['provenance']).uint(0).uint(0))],
      ['daemon', bytes((writer) => writer.strings(['provenance']).string('2.35').uint(1))],
      ['daemon', messages(last)],
      ...built,
    ];
    expect(observe(conversation)).toEqual([['lost', 'expected known features, got provenance']]);
  });

  it('gives up on bytes that are no greeting, and on a daemon that talks unasked', () => {
    expect(observe([['client', Buffer.from('GET / HTTP/1.1\r\n\r\n')]])).toEqual([
      ['lost', expect.stringMatching(/^expected/)],
    ]);
    const flood: Say = ['daemon', new Uint8Array(2 * 1024 * 1024)];
    expect(observe([...greeting, flood])).toEqual([
      greeted,
      ['lost', expect.stringContaining('not asked for')],
    ]);
  });
});
