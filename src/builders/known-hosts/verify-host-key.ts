import { parseCertificate } from './certificate.ts';
import { fingerprint, formatHostKey, sameKey } from './host-key.ts';
import type { HostKey } from './host-key.ts';
import { judgeCertificate, type CertificateChecks } from './judge-certificate.ts';
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

/**
 * Judges a host key or certificate against what is known of the host, as ssh does: a certificate that vouches for nothing is still a
 * key, and may be known as such. What nobody vouches for is never trusted.
 *
 * @throws DispatchError `host-key` when it is a damaged certificate
 */
export function verifyHostKey(trust: HostTrust, offered: HostKey, checks: CertificateChecks): HostKeyVerdict {
  const { host, port, keys, source } = trust;
  const print = (one: HostKey): string => `${one.type} ${fingerprint(one.blob, checks.sha256)}`;
  const certificate = parseCertificate(offered);
  const key = certificate?.key ?? offered;
  const line = `${knownHostsName(host, port)} ${formatHostKey(key)}`;
  const revoked = [key, ...(certificate === undefined ? [] : [certificate.authority])].find((one) =>
    keys.revoked.some((bad) => sameKey(bad, one)),
  );
  if (revoked !== undefined) {
    const what = revoked === key ? 'the host key' : 'a certificate signed by';
    return {
      kind: 'revoked',
      message: `${host} offered ${what} ${print(revoked)}, which ${source} marks as revoked`,
      hint: 'Somebody may be using a stolen key. Give the host a new one, then name that in known_hosts.',
    };
  }
  const refusal =
    certificate === undefined ? undefined : judgeCertificate(certificate, host, keys.certAuthorities, checks);
  if (certificate !== undefined && refusal === undefined) return { kind: 'trusted' };
  if (keys.trusted.some((one) => sameKey(one, key))) return { kind: 'trusted' };
  if (refusal !== undefined) {
    return {
      kind: 'unknown',
      line,
      message: `${host} offered the host key ${print(key)}, but its certificate ${refusal.reason}; nothing was sent`,
      hint: refusal.hint,
    };
  }
  if (keys.trusted.length > 0) {
    return {
      kind: 'unknown',
      line,
      message: `${host} offered the host key ${print(key)}, but ${source} expects ${keys.trusted.map(print).join(' or ')}; nothing was sent`,
      hint: `Another machine may be answering. If the key was changed on purpose, name the new one: ${line}`,
    };
  }
  if (keys.certAuthorities.length > 0) {
    return {
      kind: 'unknown',
      line,
      message: `${host} offered the host key ${print(key)} without a certificate, but ${source} expects one signed by ${keys.certAuthorities.map(print).join(' or ')}; nothing was sent`,
      hint: `Name the certificate in its sshd_config (HostCertificate). Or, if that is the host's own key, add this line to known_hosts: ${line}`,
    };
  }
  const unreadable = (trust.unreadable ?? []).map((text) => `${text}\n`).join('');
  return {
    kind: 'unknown',
    line,
    message: `no known_hosts line names ${knownHostsName(host, port)}, which offered the host key ${print(key)}`,
    // What is to be copied stands at the end, in one line too.
    hint: `${unreadable}If that is the fingerprint that ssh-keygen -l shows on the host, add this line to known_hosts: ${line}`,
  };
}
