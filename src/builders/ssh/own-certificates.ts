import { readFile } from 'node:fs/promises';
import { parseCertificate, type Certificate } from '../known-hosts/certificate.ts';
import { formatHostKey, parseHostKeyLine, type HostKey } from '../known-hosts/host-key.ts';

/** A certificate to log in with. */
export interface OwnCertificate {
  /** `"ID" of ssh-ed25519 SHA256:…`, and that it is of no use where it is not. */
  readonly label: string;
  readonly blob: HostKey;
  /** The key that it is for, as authorized_keys has it. */
  readonly publicLine: string;
}

/**
 * Users' certificates in these files; files that are not there, or hold something else, are left out as by ssh.
 *
 * @param nowMs milliseconds since 1970
 */
export async function readOwnCertificates(
  files: readonly string[],
  nowMs: number,
): Promise<readonly OwnCertificate[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.flatMap((text) => certificateIn(text, nowMs) ?? []);
}

function certificateIn(text: string, nowMs: number): OwnCertificate | undefined {
  const blob = parseHostKeyLine(text.trim());
  if (typeof blob === 'string') return undefined;
  try {
    const certificate = parseCertificate(blob);
    if (certificate?.kind !== 'user') return undefined;
    const { keyId, key } = certificate;
    return {
      label: `${JSON.stringify(keyId.slice(0, 80))}${validity(certificate, nowMs)}`,
      blob,
      publicLine: formatHostKey(key),
    };
  } catch {
    return undefined;
  }
}

function validity({ validAfter, validBefore }: Certificate, nowMs: number): string {
  const now = BigInt(Math.floor(nowMs / 1000));
  if (now >= validBefore) return ', which has expired,';
  return now < validAfter ? ', which is not valid yet,' : '';
}
