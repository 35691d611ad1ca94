import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../../../scripts/provision/command.ts';
import type { HostKeyType } from '../farm/host-options.ts';

/** What a certificate says beside the key that it is for. */
export interface CertificateTerms {
  /** Names that it is for; none: not said. */
  readonly principals?: readonly string[];
  /** Default: a host's. */
  readonly kind?: 'host' | 'user';
  /** As ssh-keygen takes it: `-1d:+1d`, `always:forever`. Default: from yesterday to tomorrow. */
  readonly validity?: string;
  /** Further arguments of ssh-keygen: `-O`, `-t rsa-sha2-256`. */
  readonly options?: readonly string[];
}

/** A certificate authority, kept by ssh-keygen. */
export interface Authority extends AsyncDisposable {
  /** Its public key as `ssh-ed25519 AAAA…`. */
  readonly publicLine: string;
  /** Signs a public key line; returns the line of the certificate. */
  sign(publicLine: string, terms?: CertificateTerms): Promise<string>;
}

const BITS: Readonly<Record<HostKeyType, string>> = { ed25519: '256', ecdsa: '384', rsa: '2048' };

/** Makes an authority with a new key; its files go with it. */
export async function makeAuthority(type: HostKeyType): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-authority-'));
  const keyFile = join(folder, 'ca');
  await mustRun(['ssh-keygen', '-q', '-t', type, '-b', BITS[type], '-N', '', '-C', '', '-f', keyFile]);
  const readLine = async (file: string): Promise<string> => (await readFile(file, 'utf8')).trim();
  return {
    publicLine: await readLine(`${keyFile}.pub`),
    async sign(publicLine, { principals = [], kind = 'host', validity = '-1d:+1d', options = [] } = {}) {
      const file = join(folder, 'subject.pub');
      await writeFile(file, `${publicLine}\n`);
      const names = principals.length === 0 ? [] : ['-n', principals.join(',')];
      const command = ['ssh-keygen', '-q', '-s', keyFile, '-I', 'of a test', '-V', validity, ...names];
      await mustRun([...command, ...(kind === 'host' ? ['-h'] : []), ...options, file]);
      return readLine(join(folder, 'subject-cert.pub'));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
