import { formatContentAddress, parseContentAddress } from './hash/content-address.ts';
import { formatPrefixedHash } from './hash/hash.ts';
import type { PathInfo } from './protocol/path-info.ts';
import { baseName, storePathHashPart, type StorePath } from './store-path.ts';

/** The compressed NAR of a path in a binary cache. */
export interface CachedNar {
  /** Relative to the cache. */
  readonly url: string;
  /** As Nix calls it: `zstd`, `gzip`. */
  readonly compression: string;
  /** Of the file, not of the NAR. */
  readonly sizeBytes: number;
  /** Of the file, 32 bytes. */
  readonly sha256: Uint8Array;
}

const SIGNATURE = /^[^\s:]+:[A-Za-z0-9+/]+={0,2}$/;

/** Name of the file that tells of a path in a binary cache. */
export function narinfoName(path: StorePath): string {
  return `${storePathHashPart(path)}.narinfo`;
}

/**
 * The text of that file. A signature that could not stand on a line of its own is left out, since a builder may send anything.
 *
 * @throws DispatchError `protocol` when the content address is none
 */
export function formatNarinfo(info: PathInfo, nar: CachedNar): string {
  const { path, narHash, narSizeBytes, references, deriver, contentAddress } = info;
  const lines = [
    `StorePath: ${path}`,
    `URL: ${nar.url}`,
    `Compression: ${nar.compression}`,
    `FileHash: ${formatPrefixedHash({ algorithm: 'sha256', bytes: nar.sha256 })}`,
    `FileSize: ${nar.sizeBytes}`,
    `NarHash: ${formatPrefixedHash({ algorithm: 'sha256', bytes: Buffer.from(narHash, 'hex') })}`,
    `NarSize: ${narSizeBytes}`,
    `References: ${references.map(baseName).sort().join(' ')}`,
    ...(deriver === undefined ? [] : [`Deriver: ${baseName(deriver)}`]),
    ...info.signatures.filter((text) => SIGNATURE.test(text)).map((text) => `Sig: ${text}`),
    ...(contentAddress === undefined
      ? []
      : [`CA: ${formatContentAddress(parseContentAddress(contentAddress))}`]),
  ];
  return `${lines.join('\n')}\n`;
}
