import { sign } from 'node:crypto';
import { joinFields } from '../known-hosts/ssh-fields.ts';

/** What signs an SSH message, and what it is called there. */
export interface KeySignature {
  /** `ssh-ed25519`, `rsa-sha2-512` and so on. */
  readonly algorithm: string;
  /** What follows that in its encoding. */
  readonly bytes: Uint8Array;
}

const CURVE_HASHES: ReadonlyMap<string, string> = new Map([
  ['ecdsa-sha2-nistp256', 'sha256'],
  ['ecdsa-sha2-nistp384', 'sha384'],
  ['ecdsa-sha2-nistp521', 'sha512'],
]);

/**
 * Signs with a private key as SSH wants it (RFC 5656 §3.1.2, RFC 8332, RFC 8709), RSA keys with SHA-512.
 *
 * @param keyType `ssh-ed25519`, `ssh-rsa` or `ecdsa-sha2-…`
 * @param pem the private key. Secret.
 */
export function makeSignature(keyType: string, pem: string, data: Uint8Array): KeySignature {
  const curveHash = CURVE_HASHES.get(keyType);
  if (curveHash !== undefined) {
    const flat = sign(curveHash, data, { key: pem, dsaEncoding: 'ieee-p1363' });
    const half = flat.length / 2;
    return {
      algorithm: keyType,
      bytes: joinFields(positive(flat.subarray(0, half)), positive(flat.subarray(half))),
    };
  }
  if (keyType === 'ssh-rsa') return { algorithm: 'rsa-sha2-512', bytes: sign('sha512', data, pem) };
  return { algorithm: keyType, bytes: sign(undefined, data, pem) };
}

/** As SSH writes numbers: no zeros before it, but one that keeps it from being negative. */
function positive(number: Uint8Array): Uint8Array {
  const start = number.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? number.subarray(number.length) : number.subarray(start);
  return (digits[0] ?? 0) < 0x80 ? digits : Uint8Array.of(0, ...digits);
}
