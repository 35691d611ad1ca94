import { DispatchError } from '../../errors.ts';
import { decodeNix32, encodeNix32, nix32Length } from './nix32.ts';

/** Hash algorithms that occur in Nix. */
export type HashAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha512' | 'blake3';

/** A digest and what made it. */
export interface Hash {
  readonly algorithm: HashAlgorithm;
  readonly bytes: Uint8Array;
}

/** How a digest is written: bare (`base16`, `nix32`, `base64`) or as `sha256-<base64>` (`sri`). */
export type HashEncoding = 'base16' | 'nix32' | 'base64' | 'sri';

/** Computes SHA-256 of all the bytes; handed to the pure code by its caller. */
export type Sha256 = (data: Uint8Array) => Uint8Array;

const DIGEST_BYTES: Readonly<Record<HashAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha512: 64,
  blake3: 32,
};

const BASE16 = /^[0-9a-f]*$/i;
const BASE64 = /^[0-9A-Za-z+/]*={0,2}$/;

/** Narrows a word to the name of a hash algorithm, or undefined. */
export function parseHashAlgorithm(word: string): HashAlgorithm | undefined {
  switch (word) {
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'sha512':
    case 'blake3':
      return word;
    default:
      return undefined;
  }
}

/** Lower-case hexadecimal of the bytes. */
export function encodeBase16(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Padded RFC 4648 base64 of the bytes. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Reads padded base64, or undefined when the text is anything else (Buffer alone would skip what it does not know). */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  // Bits set past the last byte would make two texts of one value.
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}

/** Writes the digest (protocol §15.1); `formatHash(h, 'base16')` is the worker protocol's narHash. */
export function formatHash(hash: Hash, encoding: HashEncoding): string {
  switch (encoding) {
    case 'base16':
      return encodeBase16(hash.bytes);
    case 'nix32':
      return encodeNix32(hash.bytes);
    case 'base64':
      return encodeBase64(hash.bytes);
    case 'sri':
      return `${hash.algorithm}-${encodeBase64(hash.bytes)}`;
  }
}

/** `sha256:<nix32>`, the form of fingerprints, content addresses and .narinfo files. */
export function formatPrefixedHash(hash: Hash): string {
  return `${hash.algorithm}:${encodeNix32(hash.bytes)}`;
}

/**
 * Reads a hash in any of Nix's spellings: `algorithm:digest`, SRI `algorithm-base64`, or a bare digest when the
 * algorithm is known from elsewhere. The length tells base16, nix32 and base64 apart.
 *
 * @param expected the algorithm it must be; needed for a bare digest
 * @throws DispatchError `protocol` saying what was expected
 */
export function parseHash(text: string, expected?: HashAlgorithm): Hash {
  const split = /^([a-z0-9]+)([:-])(.*)$/s.exec(text);
  const named = split === null ? undefined : parseHashAlgorithm(split[1] ?? '');
  const algorithm = named ?? expected;
  if (algorithm === undefined) throw badHash(text, 'it names no known hash algorithm');
  if (expected !== undefined && algorithm !== expected) throw badHash(text, `expected ${expected}`);
  const isSri = named !== undefined && split?.[2] === '-';
  const digest = named === undefined ? text : (split?.[3] ?? '');
  const bytes = decodeDigest(digest, DIGEST_BYTES[algorithm], isSri);
  if (bytes === undefined) {
    throw badHash(text, `its digest is not ${isSri ? 'base64' : 'base16, nix32 or base64'} of ${algorithm}`);
  }
  return { algorithm, bytes };
}

function decodeDigest(digest: string, byteCount: number, isSri: boolean): Uint8Array | undefined {
  if (!isSri && digest.length === byteCount * 2) {
    return BASE16.test(digest) ? new Uint8Array(Buffer.from(digest, 'hex')) : undefined;
  }
  if (!isSri && digest.length === nix32Length(byteCount)) return decodeNix32(digest, byteCount);
  const bytes = decodeBase64(digest);
  return bytes?.length === byteCount ? bytes : undefined;
}

function badHash(text: string, reason: string): DispatchError {
  return new DispatchError('protocol', `${JSON.stringify(text.slice(0, 200))} is not a hash: ${reason}`);
}
