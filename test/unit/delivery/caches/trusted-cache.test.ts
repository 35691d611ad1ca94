import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSigner } from '../../../../src/delivery/sign-paths.ts';
import { createTrustedCache } from '../../../../src/delivery/caches/trusted-cache.ts';
import { createTrust } from '../../../../src/delivery/caches/trusted-keys.ts';
import { parseSigningKey, type SigningKey } from '../../../../src/inputs/push.ts';
import { output } from '../../../support/dispatch/derivations.ts';
import { createMachine, pathInfo } from '../../../support/dispatch/machine.ts';

const [a, b] = [output('a'), output('b')];

function makeKey(name: string): { readonly key: SigningKey; readonly trusted: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const bytes = (text = ''): Buffer => Buffer.from(text, 'base64url');
  const [seed, point] = [
    bytes(privateKey.export({ format: 'jwk' }).d),
    bytes(publicKey.export({ format: 'jwk' }).x),
  ];
  const parsed = parseSigningKey(`${name}:${Buffer.concat([seed, point]).toString('base64')}`);
  if (parsed.kind === 'fault' || parsed.value === undefined) throw new Error('the key was not read');
  return { key: parsed.value, trusted: `${name}:${point.toString('base64')}` };
}

describe('createTrust', () => {
  const { key, trusted } = makeKey('ours-1');
  const signed = createSigner(key)(pathInfo(a, [b]));
  it('believes what a known key has signed', () => {
    expect(createTrust(['no key', trusted])(signed)).toBe(true);
  });
  it.each([
    ['nothing is signed', pathInfo(a, [b])],
    ['it says more than was signed', { ...signed, references: [a, b] }],
    ['the content is another', { ...signed, narHash: '1'.repeat(64) }],
    ['the path is another', { ...signed, path: b }],
    ['only a content address is given', { ...pathInfo(a, [b]), contentAddress: 'text:sha256:0' }],
    ['the signature is none', { ...pathInfo(a, [b]), signatures: ['ours-1:AAAA', 'ours-1', ''] }],
  ])('believes nothing where %s', (_, info) => {
    expect(createTrust([trusted])(info)).toBe(false);
  });
  it('does not take one key for another of the same name', () => {
    expect(createTrust([makeKey('ours-1').trusted])(signed)).toBe(false);
  });
});

describe('a trusted cache', () => {
  const world = () => {
    const machine = createMachine('cache');
    const notices: string[] = [];
    const cache = createTrustedCache({
      store: machine.store,
      trusts: ({ signatures }) => signatures.length > 0,
      notice: (level, title, message) => void notices.push(`${level}: ${title}: ${message}`),
    });
    return { machine, cache, notices };
  };

  it('has what is signed, gives nothing else, and says so once', async () => {
    const { machine, cache, notices } = world();
    machine.add({ ...pathInfo(a), signatures: ['k:x'] }, pathInfo(b));
    expect([...(await cache.has([a, b, output('c')]))]).toEqual([a]);
    expect([...(await cache.store.hold([a, b]))]).toEqual([a]);
    expect([...cache.store.held]).toEqual([a]);
    await expect(cache.store.infos([b])).rejects.toThrow('signed by no trusted key');
    expect(notices).toEqual([
      expect.stringMatching(/^warning: Paths of a cache are not trusted: cache has 1 path/),
    ]);
  });

  it('is left alone after it failed once', async () => {
    const { machine, cache, notices } = world();
    machine.add({ ...pathInfo(a), signatures: ['k:x'] });
    machine.patience = () => Promise.reject(new Error('no such bucket'));
    expect([...(await cache.has([a]))]).toEqual([]);
    machine.patience = () => Promise.resolve();
    expect([...(await cache.has([a]))]).toEqual([]);
    expect(notices).toEqual([expect.stringContaining('cache: no such bucket. Builds go on without it.')]);
  });
});
