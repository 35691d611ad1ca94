import type { Sha256 } from '../../nix/hash/hash.ts';
import type { Certificate } from './certificate.ts';
import { fingerprint, sameKey, type HostKey } from './host-key.ts';
import { matchesGlob } from './host-pattern.ts';

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

const SIGN_AGAIN = 'Sign the host key again: ssh-keygen -s CA_KEY -I ID -h -n HOST_NAME HOST_KEY.pub';

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
  const print = (key: HostKey): string => `${key.type} ${fingerprint(key.blob, checks.sha256)}`;
  if (!authorities.some((key) => sameKey(key, authority))) {
    return {
      reason: `is signed by ${print(authority)}, not by ${authorities.map(print).join(' or ')}`,
      hint: 'Another machine may be answering. If the host has a new authority, name its key in a @cert-authority line.',
    };
  }
  if (!checks.verifySignature(authority, signature.algorithm, certificate.signed, signature.bytes)) {
    return { reason: `has a signature (${quoted(signature.algorithm)}) that does not fit`, hint: SIGN_AGAIN };
  }
  if (kind !== 'host') {
    return { reason: 'is not one for hosts', hint: `${SIGN_AGAIN}; -h makes it one for hosts.` };
  }
  const now = BigInt(Math.floor(checks.nowMs / 1000));
  if (now < validAfter) {
    return {
      reason: `is valid only from ${dateOf(validAfter)} on`,
      hint: 'Is the clock of this runner right?',
    };
  }
  if (now >= validBefore) return { reason: `expired at ${dateOf(validBefore)}`, hint: `${SIGN_AGAIN}.` };
  const [unknown] = criticalOptions;
  if (unknown !== undefined) {
    return {
      reason: `has the critical option ${quoted(unknown)}, which is not known here`,
      hint: `${SIGN_AGAIN}, without -O.`,
    };
  }
  if (!principals.some((principal) => matchesGlob(principal, host.toLowerCase()))) {
    const names = principals.length === 0 ? 'names no host' : `is for ${listed(principals)}, not for ${host}`;
    return { reason: names, hint: `${SIGN_AGAIN}, or name the host as the certificate does (HostKeyAlias).` };
  }
  return undefined;
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
