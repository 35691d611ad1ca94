import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { certifiedKeyType } from '../known-hosts/algorithms.ts';
import type { HostKey } from '../known-hosts/host-key.ts';
import { sshFields } from '../known-hosts/ssh-fields.ts';
import type { SshFields } from '../known-hosts/ssh-fields.ts';

/** How one kind of key signs. */
interface Scheme {
  readonly keyType: string;
  /** Undefined where the kind of key has its own. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | undefined;
}

/** As OpenSSH's CASignatureAlgorithms, without keys in security tokens. */
const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ['ssh-ed25519', { keyType: 'ssh-ed25519', hash: undefined }],
  ['ecdsa-sha2-nistp256', { keyType: 'ecdsa-sha2-nistp256', hash: 'sha256' }],
  ['ecdsa-sha2-nistp384', { keyType: 'ecdsa-sha2-nistp384', hash: 'sha384' }],
  ['ecdsa-sha2-nistp521', { keyType: 'ecdsa-sha2-nistp521', hash: 'sha512' }],
  ['rsa-sha2-512', { keyType: 'ssh-rsa', hash: 'sha512' }],
  ['rsa-sha2-256', { keyType: 'ssh-rsa', hash: 'sha256' }],
]);

const CURVES: ReadonlyMap<string, { readonly name: string; readonly bytes: number }> = new Map([
  ['nistp256', { name: 'P-256', bytes: 32 }],
  ['nistp384', { name: 'P-384', bytes: 48 }],
  ['nistp521', { name: 'P-521', bytes: 66 }],
]);

const UNCOMPRESSED_POINT = 4;

/** OpenSSH's own limit (RequiredRSASize counts for users' keys too). */
const MIN_RSA_BITS = 1024;

/**
 * Whether an SSH key made a signature over some data; false also for everything that is damaged or not known here.
 *
 * @param algorithm how the signature says that it was made
 * @param signature what follows that in its encoding (RFC 4253 §6.6, RFC 5656 §3.1.2, RFC 8332, RFC 8709)
 */
export function verifySignature(
  key: HostKey,
  algorithm: string,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const scheme = SCHEMES.get(algorithm);
  if (scheme?.keyType !== key.type || certifiedKeyType(key.type) !== undefined) return false;
  try {
    const publicKey = createPublicKey({ key: jwkOf(key), format: 'jwk' });
    const bits = publicKey.asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && bits < MIN_RSA_BITS) return false;
    return verify(scheme.hash, data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, flatten(key, signature));
  } catch {
    // Points that lie on no curve, numbers that are too long: OpenSSL has many words for a key that is none.
    return false;
  }
}

function jwkOf({ type, blob }: HostKey): JsonWebKey {
  const fields = sshFields(blob, 'the key');
  fields.bytes();
  if (type === 'ssh-ed25519') return { kty: 'OKP', crv: 'Ed25519', x: base64url(fields.bytes()) };
  if (type === 'ssh-rsa') {
    const [e, n] = [fields.bytes(), fields.bytes()];
    return { kty: 'RSA', e: base64url(unsigned(e)), n: base64url(unsigned(n)) };
  }
  const curve = curveOf(type, fields);
  const point = fields.bytes();
  if (point[0] !== UNCOMPRESSED_POINT || point.length !== 1 + 2 * curve.bytes)
    throw new RangeError('no point');
  return {
    kty: 'EC',
    crv: curve.name,
    x: base64url(point.subarray(1, 1 + curve.bytes)),
    y: base64url(point.subarray(1 + curve.bytes)),
  };
}

/** ECDSA signatures are two numbers of any length in SSH, and two of the curve's length here. */
function flatten({ type, blob }: HostKey, signature: Uint8Array): Uint8Array {
  if (!type.startsWith('ecdsa-')) return signature;
  const key = sshFields(blob, 'the key');
  key.bytes();
  const { bytes } = curveOf(type, key);
  const fields = sshFields(signature, 'the signature');
  const flat = new Uint8Array(2 * bytes);
  for (const end of [bytes, 2 * bytes]) {
    const number = unsigned(fields.bytes());
    if (number.length > bytes) throw new RangeError('a number of the signature is too long');
    flat.set(number, end - number.length);
  }
  if (!fields.isAtEnd()) throw new RangeError('there is more behind the signature');
  return flat;
}

function curveOf(type: string, fields: SshFields): { readonly name: string; readonly bytes: number } {
  const name = fields.text();
  const curve = CURVES.get(name);
  if (curve === undefined || type !== `ecdsa-sha2-${name}`) throw new RangeError('no curve');
  return curve;
}

/** Without the zeros that keep a number positive. */
function unsigned(number: Uint8Array): Uint8Array {
  const start = number.findIndex((byte) => byte !== 0);
  return start < 0 ? number.subarray(number.length) : number.subarray(start);
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
