import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DispatchError } from '../../../../src/errors.ts';
import { createNarParser } from '../../../../src/nix/nar/parser.ts';
import { createNarScanner } from '../../../../src/nix/nar/scanner.ts';
import { createTreeBuilder, decodeNar, encodeNar } from '../../../../src/nix/nar/tree.ts';
import type { NarNode } from '../../../../src/nix/nar/tree.ts';
import { describeWithVectors } from '../../../support/vectors.ts';
import { arbitraryTree } from './arbitrary-tree.ts';

const FILE: NarNode = { kind: 'regular', isExecutable: true, contents: Buffer.from('#!/bin/sh\n') };
const SAMPLE: NarNode = {
  kind: 'directory',
  entries: new Map<string, NarNode>([
    ['bin', { kind: 'directory', entries: new Map([['run', FILE]]) }],
    ['caf\xe9', { kind: 'symlink', target: 'bin/run' }],
    ['empty', { kind: 'regular', isExecutable: false, contents: new Uint8Array() }],
  ]),
};

describe('decodeNar', () => {
  it('brings back every tree that encodeNar writes', () => {
    fc.assert(
      fc.property(arbitraryTree, (tree) => {
        const bytes = encodeNar(tree);
        const decoded = decodeNar(bytes);
        expect(encodeNar(decoded)).toEqual(bytes);
        expect(plain(decoded)).toEqual(plain(tree));
      }),
    );
  });

  it('refuses an archive that is cut anywhere or followed by anything', () => {
    const bytes = encodeNar(SAMPLE);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeNar(bytes.subarray(0, length))).toThrow(DispatchError);
    }
    expect(() => decodeNar(Buffer.concat([bytes, Buffer.of(0)]))).toThrow('1 bytes follow');
  });

  it('refuses or accepts mutated archives without any other error', () => {
    const bytes = encodeNar(SAMPLE);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const mutated = bytes.slice();
        mutated[at] = value;
        try {
          decodeNar(mutated);
        } catch (error) {
          expect(error).toBeInstanceOf(DispatchError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('createNarParser', () => {
  it('reads the same at every split point', () => {
    const bytes = encodeNar(SAMPLE);
    for (let split = 0; split <= bytes.length; split++) {
      const builder = createTreeBuilder();
      const parser = createNarParser(builder.visitor);
      parser.push(bytes.subarray(0, split));
      const last = parser.push(bytes.subarray(split));
      expect(last.done || split === bytes.length).toBe(true);
      expect(plain(builder.tree())).toEqual(plain(SAMPLE));
    }
  });

  it('reads one byte at a time', () => {
    const builder = createTreeBuilder();
    const parser = createNarParser(builder.visitor);
    const bytes = encodeNar(SAMPLE);
    const done = Array.from(bytes, (byte) => parser.push(Uint8Array.of(byte)).done);
    expect(done.lastIndexOf(false)).toBe(bytes.length - 2);
    expect(plain(builder.tree())).toEqual(plain(SAMPLE));
  });

  it('names the entry at which an archive is malformed', () => {
    const bytes = Buffer.from(encodeNar(SAMPLE));
    bytes.write('contentz', bytes.indexOf('contents'), 'latin1');
    expect(() => createNarParser().push(bytes)).toThrow('malformed NAR at "bin/run": "contentz" where');
  });
});

describeWithVectors('golden NARs', (vectors) => {
  const accepted = new Set([
    'simple.nar',
    'empty-dir.nar',
    'empty-subdir.nar',
    'case.nar',
    'case-collision.nar',
    'unnormalized.nar',
    'regular-one-byte-zero-padding.nar',
  ]);
  const files = ['nix/libutil-fuzz/nars', 'nix/libutil/nars', 'nix/functional'].flatMap((folder) =>
    vectors.list(folder).map((file) => ({ file, path: `${folder}/${file}` })),
  );

  it.each(files)('$path', ({ file, path }) => {
    const bytes = vectors.bytes(path);
    if (accepted.has(file)) {
      expect(encodeNar(decodeNar(bytes))).toEqual(bytes);
    } else {
      expect(() => decodeNar(bytes)).toThrow(DispatchError);
      expect(scanInPieces(bytes)).toBe(false);
    }
  });

  it('finds all of them', () => {
    expect(files.filter(({ file }) => accepted.has(file)).length).toBeGreaterThanOrEqual(accepted.size);
    expect(files.length).toBeGreaterThanOrEqual(25);
  });
});

function scanInPieces(bytes: Uint8Array): boolean {
  const scanner = createNarScanner();
  try {
    return Array.from(bytes, (byte) => scanner.push(Uint8Array.of(byte)).done).some(Boolean);
  } catch {
    return false;
  }
}

/** Byte arrays of any class and maps as plain values, for comparing. */
function plain(node: NarNode | undefined): unknown {
  if (node?.kind === 'regular') return { ...node, contents: Buffer.from(node.contents).toString('hex') };
  if (node?.kind !== 'directory') return node;
  return Object.fromEntries([...node.entries].map(([name, child]) => [name, plain(child)]));
}
