import { createHash } from 'node:crypto';

/** SHA-256 by the platform, for the pure code that takes a {@link Sha256}. */
export function sha256(data: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(data).digest());
}
