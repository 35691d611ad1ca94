import { decodeBase64 } from '../../nix/hash/hash.ts';

/** HMAC with SHA-1, handed in by the caller: what hashed host names are made with. */
export type HmacSha1 = (key: Uint8Array, data: Uint8Array) => Uint8Array;

/** The first field of a known_hosts line. */
export interface HostPatterns {
  /** Whether the line is about this host, named as in `knownHostsName`. */
  matches(name: string, hmacSha1: HmacSha1): boolean;
}

const SHA1_BYTES = 20;

/** Reads a comma-separated list of patterns, or one hashed name; undefined when the hash is damaged. */
export function parseHostPatterns(text: string): HostPatterns | undefined {
  if (text.startsWith('|')) return parseHashedName(text);
  const patterns = text
    .toLowerCase()
    .split(',')
    .map((pattern) => {
      const isNegated = pattern.startsWith('!');
      return { isNegated, glob: isNegated ? pattern.slice(1) : pattern };
    });
  return {
    matches(name) {
      const hits = patterns.filter(({ glob }) => matchesGlob(glob, name));
      // One negated hit outweighs everything else on the line.
      return hits.length > 0 && hits.every(({ isNegated }) => !isNegated);
    },
  };
}

function parseHashedName(text: string): HostPatterns | undefined {
  const [, salt = '', digest = ''] = /^\|1\|([^|]+)\|([^|]+)$/.exec(text) ?? [];
  const saltBytes = decodeBase64(salt);
  const digestBytes = decodeBase64(digest);
  if (saltBytes === undefined || digestBytes?.length !== SHA1_BYTES) return undefined;
  return {
    matches(name, hmacSha1) {
      const actual = hmacSha1(saltBytes, new TextEncoder().encode(name));
      return actual.length === SHA1_BYTES && actual.every((byte, index) => byte === digestBytes[index]);
    },
  };
}

/** `*` for any text, `?` for one character. Walks instead of a regular expression, which hostile globs can stall. */
export function matchesGlob(glob: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < text.length) {
    if (glob[at] === '*') {
      star = at++;
      resume = index;
    } else if (glob[at] === '?' || (at < glob.length && glob[at] === text[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
