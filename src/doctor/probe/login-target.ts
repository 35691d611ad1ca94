import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { userInfo } from 'node:os';

import type { Builder } from '../../builders/builder.ts';
import type { Credentials } from '../../builders/credentials.ts';
import type { LoginTarget } from '../checks/login.ts';

/** Where and as whom a builder is logged in to; undefined for this machine itself. Never rejects. */
export async function findTarget(
  { address, keyFile }: Builder,
  credentials: Credentials,
): Promise<LoginTarget | undefined> {
  if (address.kind !== 'ssh') return undefined;
  const { host, port, user } = address;
  const [addresses, publicKey] = await Promise.all([
    isIP(host) === 0 ? addressesOf(host) : undefined,
    publicKeyOf(keyFile, credentials.privateKey),
  ]);
  return { host, port, user: user ?? currentUser(), addresses, publicKey };
}

async function addressesOf(host: string): Promise<readonly string[] | undefined> {
  // A name that nobody knows may still be one of a jump host, so that the login decides.
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.length === 0 ? undefined : [...new Set(found.map(({ address }) => address))];
}

async function publicKeyOf(
  keyFile: string | undefined,
  privateKey: string | undefined,
): Promise<string | undefined> {
  try {
    const text = keyFile === undefined ? privateKey : await readFile(keyFile, 'utf8');
    if (text === undefined) return undefined;
    const { readPrivateKey } = await import('../../builders/ssh/private-key.ts');
    return readPrivateKey(text, 'the key').publicLine;
  } catch {
    // What is wrong with it is said by the login.
    return undefined;
  }
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'nobody';
  }
}
