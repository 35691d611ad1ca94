/**
 * Bytes held in a string, one byte per character (code units 0 to 255). File names, environment values and other
 * texts of Nix need not be UTF-8; this form keeps them unchanged, compares in byte order and can be a map key.
 */
export type ByteString = string;

/** The byte string of raw bytes. */
export function toByteString(bytes: Uint8Array): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The raw bytes of a byte string. */
export function fromByteString(text: ByteString): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Decodes the bytes as UTF-8 for people to read; what is not UTF-8 shows as U+FFFD. */
export function byteStringToText(text: ByteString): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
