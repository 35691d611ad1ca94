import { createHmac } from 'node:crypto';
import { keysOf, parseKnownHosts } from '../known-hosts/known-hosts.ts';
import type { HostKey } from '../known-hosts/host-key.ts';
import type { HostTrust } from '../known-hosts/verify-host-key.ts';

/** A known_hosts text and what to call it. */
export interface KnownHostsSource {
  readonly name: string;
  readonly text: string;
}

/**
 * Gathers what is known of a host's key: the machine line's own key, else those of the first known_hosts text that names
 * one, and the authorities of the first that names any. A key that any of them revokes stays revoked.
 */
export function hostTrust(
  host: string,
  port: number,
  pinned: HostKey | undefined,
  sources: readonly KnownHostsSource[],
): HostTrust {
  const known = sources.map(({ name, text }) => {
    const { entries, faults } = parseKnownHosts(text);
    return { name, faults, keys: keysOf({ entries }, host, port, hmacSha1) };
  });
  const revoked = known.flatMap(({ keys }) => keys.revoked);
  if (pinned !== undefined) {
    return {
      host,
      port,
      source: 'its machine line',
      keys: { trusted: [pinned], revoked, certAuthorities: [] },
    };
  }
  const byKey = known.find(({ keys }) => keys.trusted.length > 0);
  const byAuthority = known.find(({ keys }) => keys.certAuthorities.length > 0);
  const names = new Set([byKey, byAuthority].flatMap((source) => source?.name ?? []));
  return {
    host,
    port,
    source: names.size === 0 ? 'known_hosts' : [...names].join(' and '),
    keys: {
      trusted: byKey?.keys.trusted ?? [],
      revoked,
      certAuthorities: byAuthority?.keys.certAuthorities ?? [],
    },
    unreadable: known.flatMap(({ name, faults }) =>
      faults.map(({ line, message }) => `Line ${line} of ${name} cannot be read: ${message}`),
    ),
  };
}

function hmacSha1(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac('sha1', key).update(data).digest();
}
