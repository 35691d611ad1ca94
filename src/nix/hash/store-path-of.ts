import { DispatchError } from '../../errors.ts';
import { DEFAULT_STORE_DIR, parseStorePath, storePathNameFault } from '../store-path.ts';
import type { StorePath } from '../store-path.ts';
import { methodPrefix } from './content-address.ts';
import type { ContentAddress } from './content-address.ts';
import { encodeBase16 } from './hash.ts';
import type { Sha256 } from './hash.ts';
import { encodeNix32 } from './nix32.ts';

const COMPRESSED_BYTES = 20;

/** What goes into a content-addressed store path besides its contents. */
export interface StorePathParts {
  readonly name: string;
  /** Other paths that the contents mention; sorted here. */
  readonly references?: Iterable<StorePath>;
  /** The contents mention their own path. Only for NAR hashing by sha256. */
  readonly selfReference?: boolean;
  readonly storeDir?: string;
}

/** Folds a digest to 20 bytes by XOR, as store paths do (protocol §15.2). */
function compressHash(digest: Uint8Array): Uint8Array {
  const compressed = new Uint8Array(COMPRESSED_BYTES);
  for (const [index, byte] of digest.entries()) {
    const at = index % COMPRESSED_BYTES;
    compressed[at] = (compressed[at] ?? 0) ^ byte;
  }
  return compressed;
}

/**
 * The store path that contents with this address have: text, source or fixed output (protocol §15.2).
 *
 * @throws DispatchError `protocol` on a bad name, or references where the method allows none
 */
export function storePathOf(sha256: Sha256, address: ContentAddress, parts: StorePathParts): StorePath {
  const references = [...(parts.references ?? [])].sort();
  const self = parts.selfReference === true;
  const { method, hash } = address;
  if (method === 'text') {
    if (self) throw new DispatchError('protocol', `the text ${parts.name} cannot refer to itself`);
    return makeStorePath(sha256, typeWithReferences('text', references, false), hash.bytes, parts);
  }
  if (method === 'nar' && hash.algorithm === 'sha256') {
    return makeStorePath(sha256, typeWithReferences('source', references, self), hash.bytes, parts);
  }
  if (references.length > 0 || self) {
    throw new DispatchError(
      'protocol',
      `the fixed output ${parts.name} cannot have references: only NARs hashed with sha256 can`,
    );
  }
  const inner = `fixed:out:${methodPrefix(method)}${hash.algorithm}:${encodeBase16(hash.bytes)}:`;
  return makeStorePath(sha256, 'output:out', sha256(new TextEncoder().encode(inner)), parts);
}

/**
 * The store path of an output that is addressed by its derivation (protocol §15.2).
 *
 * @param digest sha256 of the `.drv` text with all output paths empty and input derivations replaced by their own such hashes
 */
export function outputPathOf(
  sha256: Sha256,
  digest: Uint8Array,
  output: string,
  parts: Pick<StorePathParts, 'name' | 'storeDir'>,
): StorePath {
  return makeStorePath(sha256, `output:${output}`, digest, parts);
}

function typeWithReferences(type: string, references: readonly StorePath[], self: boolean): string {
  return [type, ...references, ...(self ? ['self'] : [])].join(':');
}

function makeStorePath(sha256: Sha256, type: string, digest: Uint8Array, parts: StorePathParts): StorePath {
  const storeDir = parts.storeDir ?? DEFAULT_STORE_DIR;
  const fault = storePathNameFault(parts.name);
  if (fault !== undefined) {
    throw new DispatchError(
      'protocol',
      `no store path can be called ${JSON.stringify(parts.name)}: ${fault}`,
    );
  }
  const preimage = `${type}:sha256:${encodeBase16(digest)}:${storeDir}:${parts.name}`;
  const hashPart = encodeNix32(compressHash(sha256(new TextEncoder().encode(preimage))));
  return parseStorePath(`${storeDir}/${hashPart}-${parts.name}`, storeDir);
}
