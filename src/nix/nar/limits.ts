/** First string of every archive (protocol §16). */
export const NAR_MAGIC = 'nix-archive-1';

/** Directories nested deeper than this are refused, as newer Nix does. */
export const MAX_DEPTH = 64;

/** Longest entry name, bytes. */
export const MAX_NAME_BYTES = 255;

/** Longest symlink target, bytes. */
export const MAX_TARGET_BYTES = 4095;

/** What the daemon sends in place of a length when it fails in the middle of an archive (protocol §8). */
export const DAEMON_ERROR_TAG = 0x63787470;

/** Zero bytes that follow a string of this length. */
export function paddingLength(lengthBytes: number): number {
  return (8 - (lengthBytes % 8)) % 8;
}
