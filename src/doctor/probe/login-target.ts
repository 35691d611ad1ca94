import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { userInfo } from 'node:os';

import { SSH_PORT, type Builder } from '../../builders/builder.ts';
import type { Credentials } from '../../builders/credentials.ts';
import type { SshLogin } from '../../builders/ssh/login.ts';
import type { LoginTarget } from '../checks/login.ts';

/** Where and as whom a builder is logged in to; undefined for this machine itself. Never rejects. */
export async function findTarget(
  builder: Builder,
  credentials: Credentials,
): Promise<LoginTarget | undefined> {
  const { address } = builder;
  if (address.kind !== 'ssh') return undefined;
  const login = await loginOf(builder, credentials);
  const { host, port = SSH_PORT, user = currentUser() } = login ?? address;
  // What is behind a jump host is looked up there.
  const isLookedUp = isIP(host) === 0 && login?.via === undefined;
  return {
    host,
    port,
    user,
    addresses: isLookedUp ? await addressesOf(host) : undefined,
    publicKey: login?.identities.flatMap((one) => (one.kind === 'key' ? [one.key.publicLine] : []))[0],
    usesAgent: login?.identities.some(({ kind }) => kind === 'agent') === true,
    isChecked: builder.hostKey !== undefined || credentials.hostKeyChecking !== 'off',
  };
}

/** Undefined where something about it is wrong, which the login says. */
async function loginOf(builder: Builder, credentials: Credentials): Promise<SshLogin | undefined> {
  if (builder.address.kind !== 'ssh') return undefined;
  try {
    const { prepareLogin } = await import('../../builders/ssh/prepare-login.ts');
    return (await prepareLogin(builder, builder.address, credentials)).login;
  } catch {
    return undefined;
  }
}

async function addressesOf(host: string): Promise<readonly string[] | undefined> {
  // A name that nobody knows is the login's to tell.
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.length === 0 ? undefined : [...new Set(found.map(({ address }) => address))];
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'nobody';
  }
}
