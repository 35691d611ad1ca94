import { DispatchError } from '../../errors.ts';
import { certifiedKeyType } from './algorithms.ts';
import { parseHostKeyBlob } from './host-key.ts';
import type { HostKey } from './host-key.ts';
import { allTexts, joinFields, sshFields, type SshFields } from './ssh-fields.ts';

/** Whom a certificate is for. */
export type CertificateKind = 'user' | 'host';

/** An SSH certificate (PROTOCOL.certkeys of OpenSSH); nothing in it has been checked. */
export interface Certificate {
  /** The key that it vouches for. */
  readonly key: HostKey;
  /** Undefined: neither of the kinds that there are. */
  readonly kind: CertificateKind | undefined;
  readonly serial: bigint;
  /** What the authority calls it. */
  readonly keyId: string;
  /** Names of the hosts or users that it is for. */
  readonly principals: readonly string[];
  /** Seconds since 1970: valid from this one on… */
  readonly validAfter: bigint;
  /** …and before this one. */
  readonly validBefore: bigint;
  /** Names of the conditions that whoever reads it must know. */
  readonly criticalOptions: readonly string[];
  readonly authority: HostKey;
  /** What the authority signed. */
  readonly signed: Uint8Array;
  readonly signature: CertificateSignature;
}

/** A signature and how it was made. */
export interface CertificateSignature {
  /** `ssh-ed25519`, `rsa-sha2-512` and so on. */
  readonly algorithm: string;
  readonly bytes: Uint8Array;
}

const WHAT = 'the certificate';

const KINDS: ReadonlyMap<number, CertificateKind> = new Map([
  [1, 'user'],
  [2, 'host'],
]);

/** Fields of a public key after its type; a certificate has them too. */
const KEY_FIELDS: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519', 1],
  ['ssh-rsa', 2],
  ['ecdsa-sha2-nistp256', 2],
  ['ecdsa-sha2-nistp384', 2],
  ['ecdsa-sha2-nistp521', 2],
]);

/**
 * Reads a certificate of an SSH key.
 *
 * @returns undefined when the bytes begin as something else
 * @throws DispatchError `host-key` when they begin as a certificate and are none
 */
export function parseCertificate({ type, blob }: HostKey): Certificate | undefined {
  const keyType = certifiedKeyType(type);
  const keyFields = keyType === undefined ? undefined : KEY_FIELDS.get(keyType);
  if (keyType === undefined || keyFields === undefined) return undefined;
  const fields = sshFields(blob, WHAT);
  // Its own type, and the nonce that keeps what is signed unpredictable.
  fields.bytes();
  fields.bytes();
  const key = { type: keyType, blob: joinFields(keyType, ...take(keyFields, fields)) };
  const serial = fields.uint64();
  const kind = KINDS.get(fields.uint32());
  const keyId = fields.text();
  const principals = allTexts(sshFields(fields.bytes(), `the list of principals in ${WHAT}`));
  const validAfter = fields.uint64();
  const validBefore = fields.uint64();
  const criticalOptions = optionNames(fields.bytes());
  // Extensions only widen what users may do, and the reserved field means nothing yet.
  fields.bytes();
  fields.bytes();
  const authority = authorityOf(fields.bytes());
  const signed = blob.subarray(0, fields.taken());
  const signature = signatureOf(fields.bytes());
  if (!fields.isAtEnd())
    throw new DispatchError('host-key', `there are bytes behind the signature of ${WHAT}`);
  return {
    key,
    kind,
    serial,
    keyId,
    principals,
    validAfter,
    validBefore,
    criticalOptions,
    authority,
    signed,
    signature,
  };
}

function take(count: number, fields: SshFields): Uint8Array[] {
  return Array.from({ length: count }, () => fields.bytes());
}

/** Options are pairs of name and value. */
function optionNames(bytes: Uint8Array): string[] {
  const fields = sshFields(bytes, `the list of critical options in ${WHAT}`);
  const names: string[] = [];
  while (!fields.isAtEnd()) {
    names.push(fields.text());
    fields.bytes();
  }
  return names;
}

function authorityOf(blob: Uint8Array): HostKey {
  const key = parseHostKeyBlob(blob);
  if (key === undefined)
    throw new DispatchError('host-key', `the key of the authority in ${WHAT} has no type`);
  return key;
}

function signatureOf(bytes: Uint8Array): CertificateSignature {
  const fields = sshFields(bytes, `the signature of ${WHAT}`);
  return { algorithm: fields.text(), bytes: fields.bytes() };
}
