import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { resultLinks } from '../../../src/delivery/result-links.ts';
import { createSigner } from '../../../src/delivery/sign-paths.ts';
import { parsePushTargets, parseSigningKey } from '../../../src/inputs/push.ts';
import { parseSignature, pathFingerprint } from '../../../src/nix/hash/fingerprint.ts';
import { output } from '../../support/dispatch/derivations.ts';
import { pathInfo } from '../../support/dispatch/machine.ts';

describe('resultLinks', () => {
  const job = (topAttr: string, system: string, attr: string, outputs: Readonly<Record<string, string>>) => ({
    attr,
    path: [topAttr, system, attr],
    outputs,
  });
  const names = (...jobs: Parameters<typeof resultLinks>[0][number][]) =>
    resultLinks(jobs).map(({ name }) => name);

  it('is one name for one job, with its other outputs behind', () => {
    const only = job('checks', 'x86_64-linux', 'a', { out: '/nix/store/a', dev: '/nix/store/a-dev' });
    expect(resultLinks([only])).toEqual([
      { name: 'result', target: '/nix/store/a' },
      { name: 'result-dev', target: '/nix/store/a-dev' },
    ]);
  });
  it('tells jobs apart by as much as it takes', () => {
    const out = { out: '/nix/store/x' };
    expect(
      names(
        job('checks', 'x86_64-linux', 'a', out),
        job('packages', 'x86_64-linux', 'a', out),
        job('checks', 'x86_64-linux', 'b', out),
      ),
    ).toEqual(['result-checks.x86_64-linux.a', 'result-packages.x86_64-linux.a', 'result-b']);
  });
  it('never leaves its folder', () => {
    const out = { out: '/nix/store/x' };
    for (const name of names(job('checks', 's', '../../etc', out), job('checks', 's', 'b', out))) {
      expect(name).not.toContain('/');
    }
  });
});

describe('parsePushTargets', () => {
  it('tells hosts from what Nix has to write', () => {
    const parsed = parsePushTargets('s3://bucket?region=eu-west-1\n file:///srv/cache ssh-ng://me@host:2222');
    expect(parsed).toMatchObject({
      value: [
        { kind: 'nix', name: 's3://bucket', uri: 's3://bucket?region=eu-west-1' },
        { kind: 'nix', name: 'file:///srv/cache', uri: 'file:///srv/cache' },
        { kind: 'ssh', builder: { address: { user: 'me', host: 'host', port: 2222 } } },
      ],
    });
    expect(parsePushTargets('')).toMatchObject({ value: [] });
  });
  it('knows what has programs of its own', () => {
    expect(parsePushTargets('cachix:ours attic:ours attic:ci:ours')).toEqual({
      kind: 'value',
      value: [
        { kind: 'tool', name: 'cachix:ours', tool: 'cachix', cache: 'ours' },
        { kind: 'tool', name: 'attic:ours', tool: 'attic', cache: 'ours' },
        { kind: 'tool', name: 'attic:ci:ours', tool: 'attic', cache: 'ci:ours' },
      ],
    });
  });
  it.each([
    ['cache', '"cache"'],
    ['--to', '"--to"'],
    ['cachix:--help', '"cachix:--help"'],
    ['cachix:a:b', '"cachix:a:b"'],
    ['attic:ci:-x', '"attic:ci:-x"'],
    ['https://me:secret@cache.example.org', 'with a password in it'],
    ['ssh-ng://host:port', 'port'],
  ])('refuses %s', (text, got) => {
    const parsed = parsePushTargets(text);
    expect(parsed).toMatchObject({ kind: 'fault', got: expect.stringContaining(got) as string });
    expect(JSON.stringify(parsed)).not.toContain('secret@');
  });
});

describe('a signing key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const text = `cache-1:${Buffer.concat([seed, point]).toString('base64')}`;

  it('signs what Nix verifies', () => {
    const parsed = parseSigningKey(text);
    const key = parsed.kind === 'value' ? parsed.value : undefined;
    if (key === undefined) throw new Error('the key was not read');
    const info = pathInfo(output('a'), [output('b')]);
    const signed = createSigner(key)(info);
    const { keyName, bytes } = parseSignature(signed.signatures.at(-1) ?? '');
    expect(keyName).toBe('cache-1');
    const narHash = { algorithm: 'sha256', bytes: Buffer.from(info.narHash, 'hex') } as const;
    const fingerprint = pathFingerprint({ ...info, narHash });
    const verifier = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' }));
    expect(verify(undefined, Buffer.from(fingerprint), verifier, bytes)).toBe(true);
    expect(signed).toMatchObject({ path: info.path, narSizeBytes: info.narSizeBytes });
  });
  it.each(['cache-1', 'cache-1:AAAA', text.replace(':', ' '), `:${text.split(':')[1]}`])(
    'is not %s',
    (other) => {
      expect(parseSigningKey(other)).toMatchObject({ kind: 'fault', got: undefined });
    },
  );
});
