import { describe, expect, it } from 'vitest';
import { DispatchError } from '../../../src/errors.ts';
import {
  baseName,
  isDerivationPath,
  isStorePath,
  parseStorePath,
  storePathFromBaseName,
  storePathHashPart,
  storePathName,
} from '../../../src/nix/store-path.ts';

const HASH = 'g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q';
const GOOD = `/nix/store/${HASH}-foo-1.0`;

describe('parseStorePath', () => {
  it('splits a path into its parts', () => {
    const path = parseStorePath(GOOD);
    expect([baseName(path), storePathHashPart(path), storePathName(path)]).toEqual([
      `${HASH}-foo-1.0`,
      HASH,
      'foo-1.0',
    ]);
    expect(storePathFromBaseName(`${HASH}-foo-1.0`)).toBe(path);
  });

  it('takes another store directory', () => {
    expect(parseStorePath(`/gnu/store/${HASH}-x`, '/gnu/store')).toBe(`/gnu/store/${HASH}-x`);
    expect(isStorePath(GOOD, '/gnu/store')).toBe(false);
  });

  it('knows derivations by their name', () => {
    expect(isDerivationPath(parseStorePath(`${GOOD}.drv`))).toBe(true);
    expect(isDerivationPath(parseStorePath(GOOD))).toBe(false);
  });

  it.each(['a', 'A+b-c._?=9', '.gitignore', '..a', 'a'.repeat(211), '-a'])('accepts the name %s', (name) => {
    expect(storePathName(parseStorePath(`/nix/store/${HASH}-${name}`))).toBe(name);
  });

  it.each([
    ['', 'does not begin with /nix/store/'],
    ['/nix/store', 'does not begin with'],
    ['/nix/storeX/abc', 'does not begin with'],
    ['/nix/store/short-x', 'hash part'],
    [`/nix/store/${HASH.replace('g', 'e')}-x`, 'hash part'],
    [`/nix/store/${HASH}x`, 'no dash'],
    [`/nix/store/${HASH}`, 'no dash'],
    [`/nix/store/${HASH}-`, 'name is empty'],
    [`/nix/store/${HASH}-${'a'.repeat(212)}`, '212 characters'],
    [`/nix/store/${HASH}-a/b`, 'character other than'],
    [`/nix/store/${HASH}-a b`, 'character other than'],
    [`/nix/store/${HASH}-a\n`, 'character other than'],
    [`/nix/store/${HASH}-é`, 'character other than'],
    [`/nix/store/${HASH}-.`, 'as a whole part'],
    [`/nix/store/${HASH}-..-a`, 'as a whole part'],
    [`/nix/store/../etc/${HASH}-a`, 'hash part'],
  ])('rejects %j', (text, reason) => {
    expect(() => parseStorePath(text)).toThrow(DispatchError);
    expect(() => parseStorePath(text)).toThrow(reason);
    expect(isStorePath(text)).toBe(false);
  });
});
