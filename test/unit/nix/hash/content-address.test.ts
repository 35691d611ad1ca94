import { describe, expect, it } from 'vitest';
import {
  formatContentAddress,
  formatContentAddressScheme,
  parseContentAddress,
  parseContentAddressScheme,
} from '../../../../src/nix/hash/content-address.ts';
import { formatSignature, parseSignature, pathFingerprint } from '../../../../src/nix/hash/fingerprint.ts';
import { parseHash } from '../../../../src/nix/hash/hash.ts';
import { parseStorePath } from '../../../../src/nix/store-path.ts';

describe('content addresses', () => {
  it.each([
    ['text:sha256:1vb2xd67750jrvqgykxrf5ipl3h1q57sxc57q5nzjw56bqp3sxzr', 'text'],
    ['fixed:sha1:1amk6n7wxjlw4qkq6dcj6mm7hw3acrw0', 'flat'],
    ['fixed:r:sha256:1lr187v6dck1rjh2j6svpikcfz53wyl3qrlcbb405zlh13x0khhh', 'nar'],
    ['fixed:git:sha1:1amk6n7wxjlw4qkq6dcj6mm7hw3acrw0', 'git'],
  ])('%s both ways', (text, method) => {
    const address = parseContentAddress(text);
    expect(address.method).toBe(method);
    expect(formatContentAddress(address)).toBe(text);
  });

  it.each([
    '',
    'text:',
    'fixed:text:sha256:1vb2xd67750jrvqgykxrf5ipl3h1q57sxc57q5nzjw56bqp3sxzr',
    'text:sha1:1amk6n7wxjlw4qkq6dcj6mm7hw3acrw0',
    'fixed:x:sha1:1amk6n7wxjlw4qkq6dcj6mm7hw3acrw0',
    'fixed:r:sha256:short',
  ])('rejects %j', (text) => {
    expect(() => parseContentAddress(text)).toThrow(/is not a (content address|hash)/);
  });

  it.each(['sha256', 'r:sha256', 'text:sha256', 'git:sha1', 'r:sha512'])('scheme %s both ways', (text) => {
    expect(formatContentAddressScheme(parseContentAddressScheme(text))).toBe(text);
  });

  it('rejects an unknown scheme', () => {
    expect(() => parseContentAddressScheme('r:crc32')).toThrow('not a known hash algorithm');
    expect(() => parseContentAddressScheme('')).toThrow('not a known hash algorithm');
  });
});

describe('signatures', () => {
  const path = parseStorePath('/nix/store/syd87l2rxw8cbsxmxl853h0r6pdwhwjr-curl-7.82.0-bin');
  const references = [
    '/nix/store/v5sv61sszx301i0x6xysaqzla09nksnd-glibc-2.33-62',
    '/nix/store/p3i7yz9ld7q8pd1y4xzv3p5d2xlkg0vc-zlib-1.2.12',
  ].map((text) => parseStorePath(text));

  it('signs path, hash, size and sorted references', () => {
    const narHash = parseHash('sha256:1b4sb93wp679q4zx9k1ignby1yna3z7c4c2ri3wphylbc2dwsys0');
    expect(pathFingerprint({ path, narHash, narSizeBytes: 196040, references })).toBe(
      `1;${path};sha256:1b4sb93wp679q4zx9k1ignby1yna3z7c4c2ri3wphylbc2dwsys0;196040;${references[1]},${references[0]}`,
    );
  });

  it('reads and writes name and bytes', () => {
    const text = `cache.example.org-1:${'A'.repeat(86)}==`;
    expect(parseSignature(text).bytes.length).toBe(64);
    expect(formatSignature(parseSignature(text))).toBe(text);
  });

  it.each(['', 'x', ':AAAA', `x:${'A'.repeat(84)}`, `x:${'!'.repeat(88)}`])('rejects %j', (text) => {
    expect(() => parseSignature(text)).toThrow('is not a signature');
  });
});
