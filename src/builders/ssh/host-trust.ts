import { createHmac } from 'node:crypto';
import { keysOf, parseKnownHosts } from '../known-hosts/known-hosts.ts';
import type { KnownKeys } from '../known-hosts/known-hosts.ts';
import type { HostKey } from '../known-hosts/host-key.ts';
import type { HostTrust } from '../known-hosts/verify-host-key.ts';

/** A known_hosts text and what to call it. */
export interface KnownHostsSource {
  readonly name: string;
  readonly text: string;
}

/**
 * Gathers what is known of a host's key: the machine line's own key, else the first of the known_hosts texts that names
 * the host. A key that any of them revokes stays revoked.
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
  const first = known.find(({ keys }) => keys.trusted.length > 0) ?? known.find(namesAuthority);
  const { trusted = [], certAuthorities = [] } = first?.keys ?? {};
  return {
    host,
    port,
    source: first?.name ?? 'known_hosts',
    keys: { trusted, revoked, certAuthorities },
    unreadable: known.flatMap(({ name, faults }) =>
      faults.map(({ line, message }) => `Line ${line} of ${name} cannot be read: ${message}`),
    ),
  };
}

function namesAuthority({ keys }: { readonly keys: KnownKeys }): boolean {
  return keys.certAuthorities.length > 0;
}

function hmacSha1(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac('sha1', key).update(data).digest();
}
