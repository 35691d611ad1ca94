import { createPublicKey, verify, type KeyObject } from 'node:crypto';

import { parseSignature } from '../../nix/hash/fingerprint.ts';
import { decodeBase64 } from '../../nix/hash/hash.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';
import { fingerprintOf } from '../sign-paths.ts';

const KEY_BYTES = 32;

/**
 * Says for which paths a store can be believed: those that one of the keys has signed (protocol §15.4). Nix believes content addresses too;
 * those would have to be checked against the path, as a daemon that trusts us doesn't.
 *
 * @param keys as in `trusted-public-keys`; what is no key is left out
 */
export function createTrust(keys: readonly string[]): (info: PathInfo) => boolean {
  const known = new Map(keys.flatMap((text) => readKey(text) ?? []));
  return (info) => {
    const fingerprint = Buffer.from(fingerprintOf(info));
    return info.signatures.some((text) => {
      const key = known.get(text.slice(0, text.indexOf(':')));
      return key !== undefined && isSignedBy(key, text, fingerprint);
    });
  };
}

function isSignedBy(key: KeyObject, signature: string, fingerprint: Uint8Array): boolean {
  try {
    return verify(undefined, fingerprint, key, parseSignature(signature).bytes);
  } catch {
    return false;
  }
}

function readKey(text: string): [[string, KeyObject]] | undefined {
  const [, name, encoded = ''] = /^([^\s:]+):(\S+)$/.exec(text) ?? [];
  const bytes = decodeBase64(encoded);
  if (name === undefined || bytes?.length !== KEY_BYTES) return undefined;
  const x = Buffer.from(bytes).toString('base64url');
  return [[name, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })]];
}
