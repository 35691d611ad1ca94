import { DispatchError } from '../../errors.ts';

/** Nix's own base-32 digits: no e, o, u, t (protocol §15.1). */
const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz';

const VALUE_OF = new Map(Array.from(DIGITS, (digit, value) => [digit, value]));

/** Number of nix32 characters for that many bytes. */
export function nix32Length(byteCount: number): number {
  return Math.ceil((byteCount * 8) / 5);
}

/** Writes bytes as nix32: the bits of the bytes read little-endian, most significant digit first (protocol §15.1). */
export function encodeNix32(bytes: Uint8Array): string {
  let text = '';
  for (let digit = nix32Length(bytes.length) - 1; digit >= 0; digit--) {
    const bit = digit * 5;
    const index = bit >> 3;
    const pair = (bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8);
    text += DIGITS.charAt((pair >> (bit & 7)) & 31);
  }
  return text;
}

/**
 * Reads nix32 back into bytes.
 *
 * @param byteCount how many bytes the text must stand for
 * @throws DispatchError `protocol` on a wrong length, a foreign character or set bits past the end
 */
export function decodeNix32(text: string, byteCount: number): Uint8Array {
  const expected = nix32Length(byteCount);
  if (text.length !== expected) {
    throw new DispatchError('protocol', `expected ${expected} nix32 characters, got ${text.length}`);
  }
  const bytes = new Uint8Array(byteCount);
  for (let digit = 0; digit < expected; digit++) {
    const character = text.charAt(expected - 1 - digit);
    const value = VALUE_OF.get(character);
    if (value === undefined) {
      throw new DispatchError('protocol', `${JSON.stringify(character)} is not a nix32 character`);
    }
    const bit = digit * 5;
    const index = bit >> 3;
    const shifted = value << (bit & 7);
    const overflow = shifted >> 8;
    bytes[index] = (bytes[index] ?? 0) | (shifted & 0xff);
    if (index + 1 < byteCount) bytes[index + 1] = overflow;
    else if (overflow !== 0)
      throw new DispatchError('protocol', 'nix32 text has bits set past its last byte');
  }
  return bytes;
}
