import { DispatchError } from '../../errors.ts';
import { formatPrefixedHash, parseHash, parseHashAlgorithm } from './hash.ts';
import type { Hash, HashAlgorithm } from './hash.ts';

/** What of a store object is hashed: its text, one flat file, its NAR, or its git tree. */
export type ContentAddressMethod = 'text' | 'flat' | 'nar' | 'git';

/** Says that a path follows from its contents (protocol §15.3). */
export interface ContentAddress {
  readonly method: ContentAddressMethod;
  readonly hash: Hash;
}

/** A method and an algorithm without a digest, as derivation outputs name them. */
export interface ContentAddressScheme {
  readonly method: ContentAddressMethod;
  readonly algorithm: HashAlgorithm;
}

const PREFIX: Readonly<Record<ContentAddressMethod, string>> = {
  text: 'text:',
  flat: '',
  nar: 'r:',
  git: 'git:',
};

/** `r:` for NAR, `git:`, `text:` or nothing for a flat file: what stands before an algorithm's name. */
export function methodPrefix(method: ContentAddressMethod): string {
  return PREFIX[method];
}

/** Writes `text:sha256:<nix32>`, `fixed:r:sha256:<nix32>` and so on. */
export function formatContentAddress(address: ContentAddress): string {
  const hash = formatPrefixedHash(address.hash);
  return address.method === 'text' ? `text:${hash}` : `fixed:${PREFIX[address.method]}${hash}`;
}

/**
 * Reads the content address string of path infos.
 *
 * @throws DispatchError `protocol` when it is not one
 */
export function parseContentAddress(text: string): ContentAddress {
  if (text.startsWith('text:')) {
    return { method: 'text', hash: parseHash(text.slice('text:'.length), 'sha256') };
  }
  if (text.startsWith('fixed:')) {
    const [method, rest] = splitMethod(text.slice('fixed:'.length));
    if (method !== 'text') return { method, hash: parseHash(rest) };
  }
  throw new DispatchError(
    'protocol',
    `${JSON.stringify(text.slice(0, 200))} is not a content address: expected text:… or fixed:…`,
  );
}

/**
 * Reads the `hashAlgo` of a derivation output, `r:sha256` for instance (protocol §6.3).
 *
 * @throws DispatchError `protocol` on an unknown method or algorithm
 */
export function parseContentAddressScheme(text: string): ContentAddressScheme {
  const [method, word] = splitMethod(text);
  const algorithm = parseHashAlgorithm(word);
  if (algorithm === undefined) {
    throw new DispatchError(
      'protocol',
      `${JSON.stringify(text.slice(0, 200))} is not a known hash algorithm`,
    );
  }
  return { method, algorithm };
}

/** Writes `r:sha256`, `sha256`, `text:sha256` or `git:sha1`. */
export function formatContentAddressScheme(scheme: ContentAddressScheme): string {
  return PREFIX[scheme.method] + scheme.algorithm;
}

function splitMethod(text: string): readonly [ContentAddressMethod, string] {
  for (const method of ['nar', 'git', 'text'] as const) {
    if (text.startsWith(PREFIX[method])) return [method, text.slice(PREFIX[method].length)];
  }
  return ['flat', text];
}
