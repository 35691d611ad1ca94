import type { HostKey } from './host-key.ts';
import type { KnownKeys } from './known-hosts.ts';

/** A way in which a host proves with a certificate that it is who it says (PROTOCOL.certkeys of OpenSSH). */
export interface CertificateAlgorithm {
  /** As it is negotiated. */
  readonly name: string;
  /** The type that stands in the certificate. */
  readonly certificateType: string;
  /** The type of the key that is certified. */
  readonly keyType: string;
  /** How that key signs. */
  readonly signature: string;
}

const ED25519 = 'ssh-ed25519';
const ECDSA = ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'];
const RSA_SIGNATURES = ['rsa-sha2-512', 'rsa-sha2-256'];

/** Best first, as OpenSSH orders them. Without SHA-1, which it refuses for certificates. */
export const CERTIFICATE_ALGORITHMS: readonly CertificateAlgorithm[] = [
  ...[ED25519, ...ECDSA].map((keyType) => ({
    name: certificateName(keyType),
    certificateType: certificateName(keyType),
    keyType,
    signature: keyType,
  })),
  ...RSA_SIGNATURES.map((signature) => ({
    name: certificateName(signature),
    certificateType: certificateName('ssh-rsa'),
    keyType: 'ssh-rsa',
    signature,
  })),
];

/** Every algorithm for keys without a certificate, best first. */
const KEY_ALGORITHMS: readonly string[] = [ED25519, ...ECDSA, ...RSA_SIGNATURES, 'ssh-rsa'];

/** Type of the key that a certificate of this type certifies; undefined when it is no type of certificate. */
export function certifiedKeyType(type: string): string | undefined {
  return CERTIFICATE_ALGORITHMS.find(({ certificateType }) => certificateType === type)?.keyType;
}

/**
 * Algorithms to offer a host, in order: certificates where an authority is known for it, then keys of the types that are known for it,
 * then the others, so that a host that lost its key is told apart from one without SSH.
 */
export function hostKeyAlgorithms(keys: KnownKeys): string[] {
  const known = new Set(keys.trusted.flatMap(algorithmsOf));
  return [
    ...(keys.certAuthorities.length > 0 ? CERTIFICATE_ALGORITHMS.map(({ name }) => name) : []),
    ...KEY_ALGORITHMS.filter((algorithm) => known.has(algorithm)),
    ...KEY_ALGORITHMS.filter((algorithm) => !known.has(algorithm)),
  ];
}

function algorithmsOf({ type }: HostKey): string[] {
  return type === 'ssh-rsa' ? [...RSA_SIGNATURES, 'ssh-rsa'] : [type];
}

function certificateName(type: string): string {
  return `${type}-cert-v01@openssh.com`;
}
