import { parseHostKeyLine } from './host-key.ts';
import type { HostKey } from './host-key.ts';
import { parseHostPatterns } from './host-pattern.ts';
import type { HmacSha1, HostPatterns } from './host-pattern.ts';

/** What a known_hosts line says of its key (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export type KnownHostMarker = 'trusted' | 'revoked' | 'cert-authority';

/** One line of a known_hosts file. */
export interface KnownHost {
  readonly marker: KnownHostMarker;
  readonly patterns: HostPatterns;
  readonly key: HostKey;
}

/** A line that is no known_hosts line. */
export interface KnownHostsFault {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** A known_hosts file; ssh ignores the lines that it cannot read, so they are told apart, not thrown. */
export interface KnownHosts {
  readonly entries: readonly KnownHost[];
  readonly faults: readonly KnownHostsFault[];
}

const MARKERS: ReadonlyMap<string, KnownHostMarker> = new Map([
  ['@revoked', 'revoked'],
  ['@cert-authority', 'cert-authority'],
]);

/** Reads known_hosts text. */
export function parseKnownHosts(text: string): KnownHosts {
  const entries: KnownHost[] = [];
  const faults: KnownHostsFault[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const entry = parseLine(trimmed);
    if (typeof entry === 'string') faults.push({ line: index + 1, message: entry });
    else entries.push(entry);
  }
  return { entries, faults };
}

/** Keys that known_hosts lines name for a host, by what they say of them. */
export interface KnownKeys {
  readonly trusted: readonly HostKey[];
  readonly revoked: readonly HostKey[];
  readonly certAuthorities: readonly HostKey[];
}

/**
 * The keys of all lines that match a host.
 *
 * A host on another port than 22 is listed as `[host]:port`; as ssh does, its bare name is looked up only when no line
 * trusts a key under the full one. Authorities and revoked keys count under either.
 */
export function keysOf(
  knownHosts: Pick<KnownHosts, 'entries'>,
  host: string,
  port: number,
  hmacSha1: HmacSha1,
): KnownKeys {
  const bare = host.toLowerCase();
  const full = knownHostsName(host, port);
  const matching = (names: readonly string[], marker: KnownHostMarker): HostKey[] =>
    knownHosts.entries
      .filter((entry) => entry.marker === marker)
      .filter(({ patterns }) => names.some((name) => patterns.matches(name, hmacSha1)))
      .map(({ key }) => key);
  const named = matching([full], 'trusted');
  return {
    trusted: named.length > 0 ? named : matching([bare], 'trusted'),
    revoked: matching([full, bare], 'revoked'),
    certAuthorities: matching([full, bare], 'cert-authority'),
  };
}

/** How known_hosts lines name a host: `host`, or `[host]:port` for ports other than 22. */
export function knownHostsName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

function parseLine(line: string): KnownHost | string {
  const words = line.split(/\s+/);
  const marker = line.startsWith('@') ? MARKERS.get(words[0] ?? '') : 'trusted';
  if (marker === undefined) return `unknown marker ${words[0]}: expected @revoked or @cert-authority`;
  const [hosts = '', ...key] = marker === 'trusted' ? words : words.slice(1);
  const patterns = parseHostPatterns(hosts);
  if (patterns === undefined) return 'its hashed host name is damaged';
  const parsed = parseHostKeyLine(key.join(' '));
  return typeof parsed === 'string'
    ? `expected: host type key; ${parsed}`
    : { marker, patterns, key: parsed };
}
