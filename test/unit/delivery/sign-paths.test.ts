import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSigner } from '../../../src/delivery/sign-paths.ts';
import { parseSigningKey } from '../../../src/inputs/push.ts';
import { parseSignature, pathFingerprint } from '../../../src/nix/hash/fingerprint.ts';
import { output } from '../../support/dispatch/derivations.ts';
import { pathInfo } from '../../support/dispatch/machine.ts';

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
