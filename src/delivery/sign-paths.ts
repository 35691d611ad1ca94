import { createPrivateKey, sign } from 'node:crypto';

import type { Store } from '../dispatch/stores/store.ts';
import type { SigningKey } from '../inputs/push.ts';
import { formatSignature, pathFingerprint } from '../nix/hash/fingerprint.ts';
import type { PathInfo } from '../nix/protocol/path-info.ts';

/** The same store, whose path infos come with a signature of this key, so that a store that trusts it takes the paths. */
export function signedBy(key: SigningKey, store: Store): Store {
  const signPath = createSigner(key);
  return Object.assign({}, store, {
    infos: async (paths: Parameters<Store['infos']>[0]) => (await store.infos(paths)).map(signPath),
  });
}

/** Adds a signature to what a store knows of a path (protocol §15.4). */
export function createSigner({ name, seed, publicKey }: SigningKey): (info: PathInfo) => PathInfo {
  const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  const privateKey = createPrivateKey({
    key: { kty: 'OKP', crv: 'Ed25519', d: encode(seed), x: encode(publicKey) },
    format: 'jwk',
  });
  return (info) => {
    const bytes = sign(undefined, Buffer.from(fingerprintOf(info)), privateKey);
    const signature = formatSignature({ keyName: name, bytes });
    return Object.assign({}, info, { signatures: [...info.signatures, signature] });
  };
}

/** What is signed of a path. */
export function fingerprintOf({ path, narHash, narSizeBytes, references }: PathInfo): string {
  const hash = { algorithm: 'sha256', bytes: Buffer.from(narHash, 'hex') } as const;
  return pathFingerprint({ path, narHash: hash, narSizeBytes, references });
}
