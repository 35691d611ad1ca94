import { describe, expect, it } from 'vitest';
import { parseContentAddress } from '../../../../src/nix/hash/content-address.ts';
import { parseHash } from '../../../../src/nix/hash/hash.ts';
import { sha256 } from '../../../../src/nix/hash/sha256.ts';
import { storePathOf } from '../../../../src/nix/hash/store-path-of.ts';
import { isStorePath, parseStorePath, storePathName } from '../../../../src/nix/store-path.ts';
import { describeWithVectors } from '../../../support/vectors.ts';

const HASH = parseHash('sha256:15e3c560894cbb27085cf65b5a2ecb18488c999497f4531b6907a7581ce6d527');

describe('storePathOf', () => {
  it('computes a flat fixed output', () => {
    const hash = parseHash('89451791163c896ec31a2adbd33c0681fd5f45b2c0ef0a264c92a03fb97f390f', 'sha256');
    expect(storePathOf(sha256, { method: 'flat', hash }, { name: 'fixed' })).toBe(
      '/nix/store/v0jsp4anqgiibi8jw1saj2iimfhbq1m3-fixed',
    );
  });

  it('lets references and the store directory change a source path', () => {
    const address = { method: 'nar', hash: HASH } as const;
    const plain = storePathOf(sha256, address, { name: 'x' });
    const other = parseStorePath(`/nix/store/${'0'.repeat(32)}-a`);
    const another = parseStorePath(`/nix/store/${'1'.repeat(32)}-a`);
    const paths = [
      plain,
      storePathOf(sha256, address, { name: 'x', selfReference: true }),
      storePathOf(sha256, address, { name: 'x', references: [other] }),
      storePathOf(sha256, address, { name: 'x', references: [other, another] }),
      storePathOf(sha256, address, { name: 'x', storeDir: '/gnu/store' }),
    ];
    expect(new Set(paths).size).toBe(paths.length);
    expect(storePathOf(sha256, address, { name: 'x', references: [another, other] })).toBe(paths[3]);
  });

  it('refuses what Nix refuses', () => {
    const reference = parseStorePath(`/nix/store/${'0'.repeat(32)}-a`);
    const flat = { method: 'flat', hash: HASH } as const;
    expect(() => storePathOf(sha256, flat, { name: 'x', references: [reference] })).toThrow('references');
    expect(() => storePathOf(sha256, flat, { name: 'a/b' })).toThrow('no store path can be called');
    const text = { method: 'text', hash: HASH } as const;
    expect(() => storePathOf(sha256, text, { name: 'x', selfReference: true })).toThrow('itself');
  });
});

describeWithVectors('store paths that real daemons computed', (vectors) => {
  it.each(vectors.list('live'))('%s', (file) => {
    let checked = 0;
    for (const path of textPathsOf(vectors.json(`live/${file}`))) {
      const { method, hash } = parseContentAddress(path.contentAddress);
      const computed = storePathOf(
        sha256,
        { method, hash },
        { name: storePathName(path.path), references: path.references },
      );
      expect(computed).toBe(path.path);
      checked++;
    }
    expect(checked).toBe(4);
  });
});

function textPathsOf(recording: unknown) {
  if (!isRecord(recording) || !Array.isArray(recording['records'])) throw new Error('not a recording');
  return recording['records'].flatMap((record: unknown) => {
    const result = isRecord(record) ? record['result'] : undefined;
    if (!isRecord(record) || !String(record['name']).startsWith('AddToStore-text') || !isRecord(result)) {
      return [];
    }
    const references = Array.isArray(result['refs']) ? result['refs'].map(String) : [];
    return [
      {
        path: parseStorePath(String(result['path'])),
        contentAddress: String(result['ca']),
        references: references.filter((reference) => isStorePath(reference)),
      },
    ];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
