import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DispatchError } from '../../../../src/errors.ts';
import { decodeBase64, formatHash, formatPrefixedHash, parseHash } from '../../../../src/nix/hash/hash.ts';
import { decodeNix32, encodeNix32, nix32Length } from '../../../../src/nix/hash/nix32.ts';
import { describeWithVectors } from '../../../support/vectors.ts';

const HEX = '15e3c560894cbb27085cf65b5a2ecb18488c999497f4531b6907a7581ce6d527';
const NIX32 = '09ymwqf5i9q7d4dm7x4pjjcqqj0qrcp5lnznbh42gfsci5hcbqqm';
const SRI = 'sha256-FePFYIlMuycIXPZbWi7LGEiMmZSX9FMbaQenWBzm1Sc=';

describe('nix32', () => {
  it('has the lengths of Nix', () => {
    expect([nix32Length(20), nix32Length(32), nix32Length(64), nix32Length(0)]).toEqual([32, 52, 103, 0]);
  });

  it('brings back every byte string', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(decodeNix32(encodeNix32(bytes), bytes.length)).toEqual(bytes);
      }),
    );
  });

  it('rejects wrong lengths, letters it lacks and bits past the end', () => {
    expect(() => decodeNix32('00', 20)).toThrow('expected 32 nix32 characters, got 2');
    expect(() => decodeNix32('e'.repeat(32), 20)).toThrow('"e" is not a nix32 character');
    expect(() => decodeNix32('zz', 1)).toThrow('bits set past its last byte');
    expect(decodeNix32('7z', 1)).toEqual(Uint8Array.of(255));
  });
});

describe('parseHash', () => {
  it.each([`sha256:${HEX}`, `sha256:${NIX32}`, SRI, `sha256:${SRI.slice(7)}`, `sha256:${HEX.toUpperCase()}`])(
    'reads %s',
    (text) => {
      const hash = parseHash(text);
      expect(formatHash(hash, 'base16')).toBe(HEX);
      expect(formatHash(hash, 'nix32')).toBe(NIX32);
      expect(formatHash(hash, 'sri')).toBe(SRI);
      expect(formatPrefixedHash(hash)).toBe(`sha256:${NIX32}`);
    },
  );

  it('reads a bare digest when the algorithm is known', () => {
    expect(formatHash(parseHash(HEX, 'sha256'), 'sri')).toBe(SRI);
    expect(formatHash(parseHash(SRI.slice(7), 'sha256'), 'base64')).toBe(SRI.slice(7));
  });

  it.each([
    [HEX, undefined, 'names no known hash algorithm'],
    [SRI, 'sha512', 'expected sha512'],
    [`sha256-${HEX}`, undefined, 'is not base64'],
    [`sha256:${HEX.slice(1)}`, undefined, 'base16, nix32 or base64'],
    [`sha256:${HEX.slice(1)}g`, undefined, 'base16, nix32 or base64'],
    ['sha257:00', undefined, 'names no known hash algorithm'],
    [`${SRI}\n`, undefined, 'is not base64'],
  ] as const)('rejects %s', (text, expected, reason) => {
    expect(() => parseHash(text, expected)).toThrow(DispatchError);
    expect(() => parseHash(text, expected)).toThrow(reason);
  });

  it('brings back every hash in every encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (bytes) => {
        const hash = { algorithm: 'sha512', bytes } as const;
        for (const encoding of ['base16', 'nix32', 'base64', 'sri'] as const) {
          expect(parseHash(formatHash(hash, encoding), 'sha512')).toEqual(hash);
        }
      }),
    );
  });
});

describe('decodeBase64', () => {
  it.each(['A', 'AA', 'AAA', 'A===', 'AB==', 'AAAB AAA', 'AA==AAAA', '-_-_'])('refuses %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});

describeWithVectors('golden hashes', (vectors) => {
  it.each(['sha256', 'sha512', 'blake3'])('%s.json survives both directions', (name) => {
    const text = String(vectors.json(`nix/libutil/hash/${name}.json`));
    expect(formatHash(parseHash(text), 'sri')).toBe(text);
  });

  it('sha256.json is the hash that its test names', () => {
    const digest = new Uint8Array(createHash('sha256').update('asdf').digest());
    const golden = parseHash(String(vectors.json('nix/libutil/hash/sha256.json')));
    expect(golden.algorithm).toBe('sha256');
    expect(golden.bytes).toEqual(digest);
  });
});
