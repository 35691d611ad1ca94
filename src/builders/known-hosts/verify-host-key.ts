import type { Sha256 } from '../../nix/hash/hash.ts';
import { fingerprint, formatHostKey, sameKey } from './host-key.ts';
import type { HostKey } from './host-key.ts';
import { knownHostsName } from './known-hosts.ts';
import type { KnownKeys } from './known-hosts.ts';

/** What is known beforehand of a host's key, and who says so. */
export interface HostTrust {
  readonly host: string;
  readonly port: number;
  /** Where the keys come from, for messages: `its machine line`, `known_hosts`. */
  readonly source: string;
  readonly keys: KnownKeys;
  /** Lines that were meant to say something and could not be read, for the hint where nothing is known. */
  readonly unreadable?: readonly string[];
}

/** Whether the offered key may be trusted; if not, why, and what to do about it. */
export type HostKeyVerdict =
  | { readonly kind: 'trusted' }
  /** Nobody vouches for it. `line` of known_hosts would. */
  | { readonly kind: 'unknown'; readonly message: string; readonly hint: string; readonly line: string }
  | { readonly kind: 'revoked'; readonly message: string; readonly hint: string };

/** Judges a host key against what is known of the host. A key that nobody vouches for is never trusted. */
export function verifyHostKey(trust: HostTrust, offered: HostKey, sha256: Sha256): HostKeyVerdict {
  const { host, port, keys, source } = trust;
  const print = (key: HostKey): string => `${key.type} ${fingerprint(key.blob, sha256)}`;
  const line = `${knownHostsName(host, port)} ${formatHostKey(offered)}`;
  if (keys.revoked.some((key) => sameKey(key, offered))) {
    return {
      kind: 'revoked',
      message: `${host} offered the host key ${print(offered)}, which ${source} marks as revoked`,
      hint: 'Somebody may be using a stolen key. Give the host a new one, then name that in known_hosts.',
    };
  }
  if (keys.trusted.some((key) => sameKey(key, offered))) return { kind: 'trusted' };
  if (keys.trusted.length > 0) {
    return {
      kind: 'unknown',
      line,
      message: `${host} offered the host key ${print(offered)}, but ${source} expects ${keys.trusted.map(print).join(' or ')}; nothing was sent`,
      hint: `Another machine may be answering. If the key was changed on purpose, name the new one: ${line}`,
    };
  }
  if (keys.certAuthorities.length > 0) {
    return {
      kind: 'unknown',
      line,
      message: `${host} is known by a @cert-authority line only, and host certificates are not supported`,
      hint: `If ${print(offered)} is the host's own key, add this line to known_hosts: ${line}`,
    };
  }
  const unreadable = (trust.unreadable ?? []).map((text) => `\n${text}`).join('');
  return {
    kind: 'unknown',
    line,
    message: `no known_hosts line names ${knownHostsName(host, port)}, which offered the host key ${print(offered)}`,
    hint: `If that is the fingerprint that ssh-keygen -l shows on the host, add this line to known_hosts: ${line}${unreadable}`,
  };
}

/** Signature algorithms to ask the host for, so that it shows a key of a type that is known for it. */
export function hostKeyAlgorithms(keys: KnownKeys): string[] {
  const types = new Set(keys.trusted.map(({ type }) => type));
  return [...types].flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type],
  );
}
