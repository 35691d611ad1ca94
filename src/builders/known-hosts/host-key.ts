import { decodeBase64, encodeBase64 } from '../../nix/hash/hash.ts';
import type { Sha256 } from '../../nix/hash/hash.ts';

/** Public key of an SSH host. */
export interface HostKey {
  /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` and so on. */
  readonly type: string;
  /** SSH wire encoding, which begins with the type. */
  readonly blob: Uint8Array;
}

const LENGTH_BYTES = 4;

/** Reads a key's wire encoding, or undefined when it has no type at its start. */
export function parseHostKeyBlob(blob: Uint8Array): HostKey | undefined {
  if (blob.length <= LENGTH_BYTES) return undefined;
  const length = new DataView(blob.buffer, blob.byteOffset).getUint32(0);
  if (length === 0 || LENGTH_BYTES + length >= blob.length) return undefined;
  const type = new TextDecoder().decode(blob.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  return { type, blob };
}

/** Reads `<type> <base64>` with an optional comment, as public key files have it, or says what is wrong. */
export function parseHostKeyLine(line: string): HostKey | string {
  const [type = '', encoded = ''] = line.trim().split(/\s+/);
  const blob = decodeBase64(encoded);
  const key = blob === undefined ? undefined : parseHostKeyBlob(blob);
  if (key === undefined) return 'expected a public key line such as "ssh-ed25519 AAAA…"';
  return key.type === type ? key : `the key says that it is ${key.type}, but its line says ${type}`;
}

/** `<type> <base64>`. */
export function formatHostKey(key: HostKey): string {
  return `${key.type} ${encodeBase64(key.blob)}`;
}

/** `SHA256:<base64 without padding>`, as ssh-keygen -l prints it. */
export function fingerprint(blob: Uint8Array, sha256: Sha256): string {
  return `SHA256:${encodeBase64(sha256(blob)).replace(/=+$/, '')}`;
}

/** Whether both are the same key. */
export function sameKey(one: HostKey, other: HostKey): boolean {
  return formatHostKey(one) === formatHostKey(other);
}
