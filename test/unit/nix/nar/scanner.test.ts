import { describe, expect, it } from 'vitest';
import type { NarNode } from '../../../../src/nix/nar/tree.ts';
import { decodeNar, encodeNar } from '../../../../src/nix/nar/tree.ts';
import { createNarScanner } from '../../../../src/nix/nar/scanner.ts';
import { createNarWriter } from '../../../../src/nix/nar/writer.ts';
import { describeWithVectors } from '../../../support/vectors.ts';

const DAEMON_ERROR = Buffer.from('ptxc\0\0\0\0', 'latin1');

function fileOf(sizeBytes: number): Uint8Array {
  return encodeNar({ kind: 'regular', isExecutable: false, contents: new Uint8Array(sizeBytes) });
}

describe('createNarScanner', () => {
  it('leaves alone what follows the archive', () => {
    const archive = fileOf(3);
    const scanner = createNarScanner();
    const progress = scanner.push(Buffer.concat([archive, archive]));
    expect(progress).toEqual({ consumed: archive.length, done: true, daemonError: false });
    expect(scanner.push(archive)).toEqual({ consumed: 0, done: true, daemonError: false });
  });

  it.each([0, 1, 7, 8, 9, 4095, 4096, 70_000])('finds the end of a file of %i bytes', (size) => {
    expect(createNarScanner().push(fileOf(size))).toMatchObject({ done: true });
  });

  it.each(['nix-archive-1', '(', 'type', 'regular', 'contents', ')'])(
    'knows the error of a daemon in place of %j, in one piece and byte by byte',
    (word) => {
      const archive = Buffer.from(fileOf(1));
      const start = archive.indexOf(Buffer.from(word, 'latin1')) - 8;
      const broken = Buffer.concat([archive.subarray(0, start), DAEMON_ERROR, Buffer.from('the record')]);
      expect(createNarScanner().push(broken)).toEqual({
        consumed: start + 8,
        done: false,
        daemonError: true,
      });
      const scanner = createNarScanner();
      const steps = Array.from(broken, (byte) => scanner.push(Uint8Array.of(byte)));
      expect(steps.findIndex((step) => step.daemonError)).toBe(start + 7);
    },
  );

  it('tells an error in place of a file size from a file of that size by the size of the archive', () => {
    const archive = Buffer.from(fileOf(1));
    const start = archive.indexOf(Buffer.from('contents')) + 8;
    const head = Buffer.concat([archive.subarray(0, start), DAEMON_ERROR, Buffer.from('record')]);
    expect(createNarScanner({ narSizeBytes: archive.length }).push(head).daemonError).toBe(true);
    expect(createNarScanner({ narSizeBytes: 1_668_840_000 }).push(head).daemonError).toBe(false);
  });

  it('refuses contents beyond the end that the path info gives', () => {
    const archive = fileOf(100);
    expect(() => createNarScanner({ narSizeBytes: 150 }).push(archive)).toThrow("beyond the archive's end");
    expect(createNarScanner({ narSizeBytes: archive.length }).push(archive).done).toBe(true);
  });

  it('holds directories to 64 levels, names to 255 bytes and targets to 4095', () => {
    expect(scan(nested(64)).done).toBe(true);
    expect(() => nested(65)).toThrow('nested deeper than 64');
    expect(() => scan(deepBytes(65))).toThrow('nested deeper than 64');
    expect(scan(named('n'.repeat(255))).done).toBe(true);
    expect(() => named('n'.repeat(256))).toThrow('longer than 255');
    expect(scan(encodeNar({ kind: 'symlink', target: 't'.repeat(4095) })).done).toBe(true);
    expect(() => encodeNar({ kind: 'symlink', target: 't'.repeat(4096) })).toThrow('over 4095');
  });

  it('refuses a length of 2^63', () => {
    const archive = Buffer.from(fileOf(1));
    archive.writeBigUInt64LE(1n << 63n, archive.indexOf(Buffer.from('contents')) + 8);
    expect(() => scan(archive)).toThrow('above 2^53');
  });

  it('steps over 2 GiB of contents in no time', () => {
    const head = Buffer.from(fileOf(0));
    const start = head.indexOf(Buffer.from('contents')) + 8;
    head.writeBigUInt64LE(2n ** 31n, start);
    const scanner = createNarScanner();
    scanner.push(head.subarray(0, start + 8));
    const chunk = new Uint8Array(65_536);
    const began = performance.now();
    for (let count = 0; count < 2 ** 31 / chunk.length; count++) scanner.push(chunk);
    expect(performance.now() - began).toBeLessThan(500);
    expect(scanner.push(head.subarray(start + 8)).done).toBe(true);
  });
});

describe('createNarWriter', () => {
  it('refuses contents that are not as long as announced, unsorted entries and a second root', () => {
    const writer = (): ReturnType<typeof createNarWriter> => createNarWriter(() => undefined);
    const file = { isExecutable: false, sizeBytes: 2 };
    const short = writer();
    short.file('', file);
    expect(() => short.endFile()).toThrow('lacks 2 bytes');
    const long = writer();
    long.file('', file);
    expect(() => long.contents(new Uint8Array(3))).toThrow('more contents than announced');
    const unsorted = writer();
    unsorted.directory('');
    unsorted.symlink('b', 'x');
    expect(() => unsorted.symlink('a', 'x')).toThrow('does not come after');
    const twice = writer();
    twice.symlink('', 'x');
    expect(() => twice.symlink('', 'x')).toThrow('second root');
  });
});

describeWithVectors('NARs and errors that real daemons sent', (vectors) => {
  it.each(vectors.list('live'))('%s', (file) => {
    const recording = vectors.json(`live/${file}`) as {
      records: { name: string; response_hex: string; result?: string }[];
    };
    const nar = recording.records.find(({ name }) => name === 'NarFromPath');
    const bytes = Buffer.from(String(nar?.result).replace('hex:', ''), 'hex');
    expect(encodeNar(decodeNar(bytes))).toEqual(new Uint8Array(bytes));
    const invalid = recording.records.find(({ name }) => name === 'NarFromPath-invalid');
    const answer = Buffer.from(String(invalid?.response_hex), 'hex').subarray(8);
    const { consumed, daemonError } = createNarScanner().push(answer);
    expect(daemonError).toBe(true);
    expect(answer.subarray(consumed + 8, consumed + 13).toString()).toBe('Error');
  });
});

function scan(bytes: Uint8Array): ReturnType<ReturnType<typeof createNarScanner>['push']> {
  return createNarScanner().push(bytes);
}

function named(name: string): Uint8Array {
  return encodeNar({ kind: 'directory', entries: new Map([[name, { kind: 'symlink', target: 'x' }]]) });
}

function nested(directories: number): Uint8Array {
  let node: NarNode = { kind: 'directory', entries: new Map() };
  for (let depth = 1; depth < directories; depth++)
    node = { kind: 'directory', entries: new Map([['d', node]]) };
  return encodeNar(node);
}

/** The opening of an archive of nested directories, made without the writer and its limits. */
function deepBytes(directories: number): Uint8Array {
  const one = Buffer.from(named('d'));
  const entry = one.indexOf(Buffer.from('entry')) - 8;
  const node = one.indexOf(Buffer.from('symlink')) - 40;
  const directory = one.subarray(24, entry);
  const opening = Buffer.concat([one.subarray(entry, node), directory]);
  return Buffer.concat([one.subarray(0, entry), ...Array.from({ length: directories - 1 }, () => opening)]);
}
