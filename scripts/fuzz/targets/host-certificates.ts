import { parseHostKeyBlob, parseHostKeyLine } from '../../../src/builders/known-hosts/host-key.ts';
import { parseCertificate } from '../../../src/builders/known-hosts/certificate.ts';
import type { KnownKeys } from '../../../src/builders/known-hosts/known-hosts.ts';
import { verifyHostKey } from '../../../src/builders/known-hosts/verify-host-key.ts';
import { verifySignature } from '../../../src/builders/ssh/verify-signature.ts';
import { sha256 } from '../../../src/nix/hash/sha256.ts';
import { endingOf, must, texts, type FuzzTarget } from '../target.ts';

const AUTHORITY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILGDvcjXNJTOvogCE3f3FsvKaVP9Vz1MoLGyswM2uMim';
const FOR_ED25519 =
  'AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAILgUNDqXIaT2Uzh9T9g3/Kr+Y3lCjougAOZa63ZtMZDsAAAAIC5gQVs0aqsL1yNhpfYoh1olXkNTZl8Gz9p+Qu+6zCxgAAAAAAAAAAAAAAACAAAAAmlkAAAADgAAAARob3N0AAAAAmgyAAAAAAAAAAD//////////wAAAAAAAAAAAAAAAAAAADMAAAALc3NoLWVkMjU1MTkAAAAgsYO9yNc0lM6+iAITd/cWy8ppU/1XPUygsbKzAza4yKYAAABTAAAAC3NzaC1lZDI1NTE5AAAAQLJ3Ovxy0b9BovrG4XW/jrgFII44T1acCIe2E/jhqoR/6l20+eCDQa6pTZxl+Cs3vTjSV5tOg3T+XD66VA7tAwU=';
const FOR_ECDSA =
  'AAAAKGVjZHNhLXNoYTItbmlzdHAyNTYtY2VydC12MDFAb3BlbnNzaC5jb20AAAAg27blG9kRoRN3lyH/3mSf3RYDFuBx3wg/rAQNoi4libgAAAAIbmlzdHAyNTYAAABBBKP3AiUbaTIcaUB7Cx6fdrzPZlUGRII97dki0zd0gfsIb/auX9HrhOZQhl0d6q4k1JDAkDcWjnfJN5VJEVazQUMAAAAAAAAAAAAAAAIAAAACaWQAAAAIAAAABGhvc3QAAAAAXgvhAAAAAABw29iAAAAAEAAAAAN4QHkAAAAFAAAAAXoAAAAAAAAAAAAAADMAAAALc3NoLWVkMjU1MTkAAAAgsYO9yNc0lM6+iAITd/cWy8ppU/1XPUygsbKzAza4yKYAAABTAAAAC3NzaC1lZDI1NTE5AAAAQL2jMFTkZZsNjXN1iiTWyLAmYhMpcWch5JQekMwEQoBw9D5JiR09yMk1Z+Llt9y5GPf8ffzsd2v+ecbxJtOjbAI=';

const authority = parseHostKeyLine(AUTHORITY);
if (typeof authority === 'string') throw new Error(authority);
const keys: KnownKeys = { trusted: [], revoked: [], certAuthorities: [authority] };
const trust = { host: 'host', port: 22, source: 'known_hosts', keys };
const samples = [FOR_ED25519, FOR_ECDSA].map((base64) => new Uint8Array(Buffer.from(base64, 'base64')));
const signed = new Set(
  samples.flatMap((blob) => {
    const key = parseHostKeyBlob(blob);
    const certificate = key === undefined ? undefined : parseCertificate(key);
    return certificate === undefined ? [] : [Buffer.from(certificate.signed).toString('base64')];
  }),
);

/** The bytes of a key or certificate that a host offers, judged by one authority. */
export const hostCertificates: FuzzTarget = {
  name: 'host-certificates',
  share: 6,
  samples: [...samples, authority.blob],
  tokens: [
    ...texts('ssh-ed25519', 'nistp256', 'ssh-ed25519-cert-v01@openssh.com', 'host', '*'),
    authority.blob,
    new Uint8Array([0, 0, 0, 0]),
    new Uint8Array([0, 0, 0, 1]),
    new Uint8Array([0, 0, 0, 2]),
    new Uint8Array(8).fill(255),
  ],
  take(bytes) {
    return endingOf(() => {
      const offered = parseHostKeyBlob(bytes);
      if (offered === undefined) return 'no key';
      const certificate = parseCertificate(offered);
      const nowMs = Date.UTC(2026, 10, 22);
      const { kind } = verifyHostKey(trust, offered, { sha256, verifySignature, nowMs });
      if (kind === 'trusted') {
        must(certificate !== undefined, 'a plain key is trusted');
        must(
          signed.has(Buffer.from(certificate?.signed ?? []).toString('base64')),
          'what the authority never signed is trusted',
        );
      }
      return `${kind} ${certificate?.kind} ${Math.min(certificate?.principals.length ?? 0, 2)}`;
    });
  },
};
