import type { Sha256 } from '../../nix/hash/hash.ts';
import type { Certificate } from './certificate.ts';
import { fingerprint, sameKey, type HostKey } from './host-key.ts';

/** Whether a key made a signature over some data; false for algorithms and keys that it does not know. */
export type VerifySignature = (
  key: HostKey,
  algorithm: string,
  data: Uint8Array,
  signature: Uint8Array,
) => boolean;

/** What a certificate is held against. */
export interface CertificateChecks {
  readonly sha256: Sha256;
  readonly verifySignature: VerifySignature;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Why a certificate does not vouch for a host, and what to do about it. */
export interface CertificateRefusal {
  /** Completes "its certificate …". */
  readonly reason: string;
  readonly hint: string;
}

/** Where sshd keeps keys, by how their types begin. */
const KEY_FILES = { 'ssh-ed25519': 'ed25519', 'ecdsa-': 'ecdsa', 'ssh-rsa': 'rsa' } as const;

/** Milliseconds that a Date can hold; later than that is for ever. */
const LAST_DATE_MS = 8_640_000_000_000_000n;

/**
 * Whether a certificate vouches for a host by that name, as ssh judges it (sshkey_cert_check_host of OpenSSH), but that one without
 * principals is for no host rather than for all.
 *
 * @param authorities keys of the @cert-authority lines about the host
 * @returns undefined when it does
 */
export function judgeCertificate(
  certificate: Certificate,
  host: string,
  authorities: readonly HostKey[],
  checks: CertificateChecks,
): CertificateRefusal | undefined {
  const { authority, kind, principals, validAfter, validBefore, criticalOptions, signature } = certificate;
  const signAgain = `Sign the host key again, where the authority's key is: ${signCommand(host, certificate.key)}`;
  const print = (key: HostKey): string => `${key.type} ${fingerprint(key.blob, checks.sha256)}`;
  if (!authorities.some((key) => sameKey(key, authority))) {
    return {
      reason: `is signed by ${print(authority)}, not by ${authorities.map(print).join(' or ')}`,
      hint: 'Another machine may be answering. If the host has a new authority, name its key in a @cert-authority line.',
    };
  }
  if (!checks.verifySignature(authority, signature.algorithm, certificate.signed, signature.bytes)) {
    return { reason: `has a signature (${quoted(signature.algorithm)}) that does not fit`, hint: signAgain };
  }
  if (kind !== 'host') {
    return { reason: 'is not one for hosts', hint: signAgain };
  }
  const now = BigInt(Math.floor(checks.nowMs / 1000));
  if (now < validAfter) {
    return {
      reason: `is valid only from ${dateOf(validAfter)} on`,
      hint: 'Is the clock of this runner right?',
    };
  }
  if (now >= validBefore) return { reason: `expired at ${dateOf(validBefore)}`, hint: signAgain };
  const [unknown] = criticalOptions;
  if (unknown !== undefined) {
    return {
      reason: `has the critical option ${quoted(unknown)}, which is not known here`,
      hint: signAgain,
    };
  }
  if (!principals.includes(host.toLowerCase())) {
    const names = principals.length === 0 ? 'names no host' : `is for ${listed(principals)}, not for ${host}`;
    return {
      reason: names,
      hint: `Call the host what its certificate calls it (HostKeyAlias). Or: ${signAgain}`,
    };
  }
  return undefined;
}

/** What makes a certificate for this host, to be named by HostCertificate in its sshd_config. */
function signCommand(host: string, { type }: HostKey): string {
  const [, kind = 'ed25519'] = Object.entries(KEY_FILES).find(([start]) => type.startsWith(start)) ?? [];
  return `ssh-keygen -s CA_KEY -I ${host} -h -n ${host} -V +52w /etc/ssh/ssh_host_${kind}_key.pub`;
}

function listed(principals: readonly string[]): string {
  const shown = principals.slice(0, 5).map(quoted);
  return principals.length > shown.length ? `${shown.join(', ')} and others` : shown.join(', ');
}

/** Text of a stranger, as one short word. */
function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function dateOf(seconds: bigint): string {
  const milliseconds = seconds * 1000n;
  return milliseconds > LAST_DATE_MS
    ? 'a time that never comes'
    : new Date(Number(milliseconds)).toISOString();
}
