import { DispatchError } from '../../errors.ts';
import type { StorePath } from '../store-path.ts';
import { decodeBase64, encodeBase64, formatPrefixedHash } from './hash.ts';
import type { Hash } from './hash.ts';

/** An ed25519 signature of a path info, with the name of the key (protocol §15.4). */
export interface Signature {
  readonly keyName: string;
  /** 64 bytes. */
  readonly bytes: Uint8Array;
}

const SIGNATURE_BYTES = 64;

/** What a path signature signs. */
export interface FingerprintParts {
  readonly path: StorePath;
  readonly narHash: Hash;
  readonly narSizeBytes: number;
  /** Includes the path itself when it refers to itself; sorted here. */
  readonly references: Iterable<StorePath>;
}

/** The text that is signed for a path: `1;<path>;sha256:<nix32>;<size>;<references>` (protocol §15.4). */
export function pathFingerprint(parts: FingerprintParts): string {
  const references = [...parts.references].sort().join(',');
  return `1;${parts.path};${formatPrefixedHash(parts.narHash)};${parts.narSizeBytes};${references}`;
}

/** Writes `<key name>:<base64>`. */
export function formatSignature(signature: Signature): string {
  return `${signature.keyName}:${encodeBase64(signature.bytes)}`;
}

/**
 * Reads `<key name>:<base64>`.
 *
 * @throws DispatchError `protocol` when there is no name or not 64 bytes
 */
export function parseSignature(text: string): Signature {
  const colon = text.indexOf(':');
  const bytes = colon > 0 ? decodeBase64(text.slice(colon + 1)) : undefined;
  if (bytes?.length !== SIGNATURE_BYTES) {
    throw new DispatchError(
      'protocol',
      `${JSON.stringify(text.slice(0, 200))} is not a signature: expected <key name>:<base64 of 64 bytes>`,
    );
  }
  return { keyName: text.slice(0, colon), bytes };
}
