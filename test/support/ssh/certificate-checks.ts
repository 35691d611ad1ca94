import type { CertificateChecks } from '../../../src/builders/known-hosts/judge-certificate.ts';
import { verifySignature } from '../../../src/builders/ssh/verify-signature.ts';
import { sha256 } from '../../../src/nix/hash/sha256.ts';

/** What certificates are held against: real signatures, at a time of the test's own. */
export function certificateChecks(nowMs = Date.now()): CertificateChecks {
  return { sha256, verifySignature, nowMs };
}
