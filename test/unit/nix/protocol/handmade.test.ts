import { describe, expect, it } from 'vitest';
import {
  decodeBasicDerivation,
  encodeBasicDerivation,
} from '../../../../src/nix/protocol/basic-derivation.ts';
import { decodeBuildResult } from '../../../../src/nix/protocol/build-result.ts';
import { buildStatusNumber, isSuccess, parseBuildStatus } from '../../../../src/nix/protocol/build-status.ts';
import { decodeDaemonMessage, encodeDaemonMessage } from '../../../../src/nix/protocol/daemon-message.ts';
import { parseDerivedPath } from '../../../../src/nix/protocol/derived-path.ts';
import { decodePathInfo } from '../../../../src/nix/protocol/path-info.ts';
import { parseRealisation } from '../../../../src/nix/protocol/realisation.ts';
import { hasSafeAddMultiple, negotiateVersion } from '../../../../src/nix/protocol/version.ts';
import { WireWriter } from '../../../../src/nix/wire/encode.ts';
import {
  cat,
  error,
  int,
  LAST,
  logLine,
  next,
  start,
  stop,
  str,
  strs,
} from '../../../support/daemon/bytes.ts';
import { cuttings, decodeChunks } from '../../../support/decoding.ts';
import { gPath, H1 } from './golden-values.ts';

const plain = (minor: number) => ({ minor, features: new Set<never>() });

describe('messages of the daemon', () => {
  const id = 73_684_458_930_176n;
  const messages = [
    { name: 'LAST', bytes: LAST, message: { kind: 'last' } },
    { name: 'NEXT', bytes: next('hi\n'), message: { kind: 'next', text: 'hi\n' } },
    { name: 'STOP', bytes: stop(2n ** 64n - 1n), message: { kind: 'stop', id: 2n ** 64n - 1n } },
    {
      name: 'ERROR with traces',
      bytes: error('no', ['while a', 'while b']),
      message: { kind: 'error', error: { level: 0, message: 'no', traces: ['while a', 'while b'] } },
    },
    {
      name: 'a log line of odd bytes',
      bytes: logLine(id, Buffer.from([0xff, 0x00])),
      message: { kind: 'result', id, type: 101, fields: [Buffer.from([0xff, 0x00])] },
    },
    {
      name: 'START of a build',
      bytes: start(id, 105, ['/nix/store/x.drv', '']),
      message: {
        kind: 'start',
        id,
        level: 3,
        type: 105,
        text: '',
        fields: [Buffer.from('/nix/store/x.drv'), Buffer.from('')],
        parent: 0n,
      },
    },
    {
      name: 'a result of an unknown type',
      bytes: cat(int(0x52534c54), int(1), int(4711), int(2), int(0), int(5), int(1), str('x')),
      message: { kind: 'result', id: 1n, type: 4711, fields: [5, Buffer.from('x')] },
    },
  ] as const;

  it.each(messages)('$name reads and writes', ({ bytes, message }) => {
    for (const chunks of cuttings(bytes)) {
      expect(decodeChunks(chunks, decodeDaemonMessage).value).toEqual(message);
    }
    const writer = new WireWriter();
    encodeDaemonMessage(writer, message);
    expect(writer.finish().toString('hex')).toBe(bytes.toString('hex'));
  });

  it('are refused when unknown, or when a field is', () => {
    expect(() => decodeChunks([int(0x64617461)], decodeDaemonMessage)).toThrow('the int 0x64617461');
    const oddField = cat(int(0x52534c54), int(1), int(101), int(1), int(2));
    expect(() => decodeChunks([oddField], decodeDaemonMessage)).toThrow('0 or 1 before a field');
  });
});

describe('a build result', () => {
  const times = cat(int(1), int(0), int(100), int(107));

  it('of 1.38 has CPU times, and names its outputs by what follows the last "!"', () => {
    const json = JSON.stringify({ id: `sha256:${H1}!out`, outPath: 'g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-x' });
    const cpu = cat(int(1), int(5_000_000), int(0));
    const bytes = cat(int(0), str(''), times, cpu, int(1), str(`sha256:${H1}!out`), str(json));
    const { value } = decodeChunks([bytes], (input) => decodeBuildResult(input, plain(38)));
    expect(value).toMatchObject({ status: 'built', cpuUserMicroseconds: 5_000_000, stopTimeSeconds: 107 });
    expect(value?.cpuSystemMicroseconds).toBeUndefined();
    expect(value?.builtOutputs.get('out')?.outPath).toBe(gPath('x'));
  });

  it('of Lix (1.35) has none, and a status that nobody knows is a failure', () => {
    const bytes = cat(int(99), str('new'), times, int(0));
    const { value, rest } = decodeChunks([bytes], (input) => decodeBuildResult(input, plain(35)));
    expect(value).toMatchObject({ status: 'unknown', errorMessage: 'new', timesBuilt: 1 });
    expect(rest).toBe(0);
    expect(isSuccess('unknown')).toBe(false);
  });

  it('has one word for each number, and four of them are success', () => {
    const words = Array.from({ length: 17 }, (_, number) => parseBuildStatus(number));
    expect(new Set(words).size).toBe(17);
    expect(words.map((word) => buildStatusNumber(word))).toEqual(words.map((_, number) => number));
    expect(words.filter((word) => isSuccess(word)).map((word) => buildStatusNumber(word))).toEqual([
      0, 1, 2, 13,
    ]);
  });
});

describe('a derivation for op 36', () => {
  const outputs = cat(
    int(2),
    str('dev'),
    str('/d'),
    str(''),
    str(''),
    str('out'),
    str('/o'),
    str(''),
    str(''),
  );
  const env = cat(int(2), str('a'), str(Buffer.from([0xe9])), str('b'), str(''));
  const bytes = cat(outputs, strs([gPath('s')]), str('x86_64-linux'), str('/bin/sh'), strs(['-c', ':']), env);

  it('goes out sorted, with bytes that are not UTF-8 unchanged', () => {
    const writer = new WireWriter();
    const output = (path: string) => ({ path, hashAlgo: '', hash: '' });
    encodeBasicDerivation(writer, {
      outputs: new Map([
        ['out', output('/o')],
        ['dev', output('/d')],
      ]),
      inputSrcs: [gPath('s'), gPath('s')],
      platform: 'x86_64-linux',
      builder: '/bin/sh',
      args: ['-c', ':'],
      env: new Map([
        ['b', ''],
        ['a', 'é'],
      ]),
    });
    expect(writer.finish().toString('hex')).toBe(bytes.toString('hex'));
    expect(decodeChunks([bytes], decodeBasicDerivation).value?.env.get('a')).toBe('é');
  });
});

describe('values that the protocol does not know', () => {
  const info = (path: string, hash: string) =>
    cat(str(path), str(''), str(hash), int(0), int(0), int(1), int(0), int(0), str(''));
  const decodeInfo = (bytes: Buffer) => () =>
    decodeChunks([bytes], (input) => decodePathInfo(input, plain(38)));

  it.each([
    { name: 'a path elsewhere', decode: decodeInfo(info('/etc/passwd', H1)), says: '/etc/passwd' },
    {
      name: 'a hash with a prefix',
      decode: decodeInfo(info(gPath('x'), `sha256:${H1}`)),
      says: '64 hexadecimal',
    },
    {
      name: 'a derived path of no output',
      decode: () => parseDerivedPath(`${gPath('x.drv')}!`, plain(38)),
      says: 'after "!"',
    },
    { name: 'a realisation that is no JSON', decode: () => parseRealisation('{'), says: 'not JSON' },
    { name: 'a realisation that is a list', decode: () => parseRealisation('[]'), says: 'not an object' },
    {
      name: 'a realisation without path',
      decode: () => parseRealisation('{"id":"a!b"}'),
      says: 'outPath is missing',
    },
    { name: 'Nix 2.7', decode: () => negotiateVersion({ major: 1, minor: 33 }), says: 'got 1.33' },
    {
      name: 'another major version',
      decode: () => negotiateVersion({ major: 2, minor: 38 }),
      says: 'got 2.38',
    },
  ])('$name: refused', ({ decode, says }) => {
    expect(decode).toThrow(says);
  });
});

it.each([
  ['2.17.1', false],
  ['2.18.0', true],
  ['2.34.8', true],
  ['2.93.3', true],
  ['3.0', true],
  ['1.99', false],
  ['nixbuild.net', false],
])('AddMultipleToStore with %s: %s', (nixVersion, isSafe) => {
  expect(hasSafeAddMultiple(nixVersion)).toBe(isSafe);
});
