import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { DispatchError } from '../../errors.ts';
import type { Builder, BuilderAddress } from '../builder.ts';
import { CONNECT_TIMEOUT_MS, KEEPALIVE_MS } from '../credentials.ts';
import type { Credentials } from '../credentials.ts';
import type { BuilderHost } from '../host.ts';
import { shellCommand } from '../shell-words.ts';
import { commandChannel } from './command-channel.ts';
import { createDaemonWays } from './daemon-ways.ts';
import { hostTrust } from './host-trust.ts';
import type { KnownHostsSource } from './host-trust.ts';
import type { SshLogin } from './login.ts';
import { readPrivateKey } from './private-key.ts';
import type { PrivateKey } from './private-key.ts';
import { openSessionPool } from './session-pool.ts';

type SshAddress = Extract<BuilderAddress, { kind: 'ssh' }>;

/** A host that is reached by SSH. */
export interface SshHost extends BuilderHost {
  /** Reaches the daemon by another way from now on, as this one led nowhere; false when there is none left. */
  tryAnotherWay(): boolean;
}

/**
 * Logs in to a builder's machine.
 *
 * @throws DispatchError `input` (key), `unreachable`, `host-key` or `authentication`, naming the host
 */
export async function openSshHost(
  builder: Builder,
  address: SshAddress,
  credentials: Credentials,
): Promise<SshHost> {
  const { environment = {} } = credentials;
  const pool = await openSessionPool(await prepareLogin(builder, address, credentials), {
    maxConnections: builder.parameters.maxConnections,
    environment,
  });
  const { remoteProgram, remoteStore } = builder.parameters;
  const command = [
    ...(remoteProgram ?? ['nix-daemon']),
    '--stdio',
    ...(remoteStore === undefined ? [] : ['--store', remoteStore]),
  ];
  // Whoever names a program or a store means those, and services that are set up by environment read the command.
  const isPlain =
    remoteProgram !== undefined || remoteStore !== undefined || Object.keys(environment).length > 0;
  const ways = createDaemonWays(pool, command, isPlain);
  return {
    lost: pool.lost,
    close: () => pool.close(),
    tryAnotherWay: () => ways.tryNext(),
    openCommand: async (words) => commandChannel(await pool.exec(shellCommand(words))),
    openDaemonChannel: () => ways.open(),
  };
}

async function prepareLogin(
  builder: Builder,
  address: SshAddress,
  credentials: Credentials,
): Promise<SshLogin> {
  const { name } = builder;
  const { host, port } = address;
  const key = await findKey(builder, credentials);
  const sources: KnownHostsSource[] = [{ name: 'the input known_hosts', text: credentials.knownHosts }];
  for (const path of [join(homedir(), '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts']) {
    sources.push({ name: path, text: await readFile(path, 'utf8').catch(() => '') });
  }
  return {
    name,
    host,
    port,
    user: address.user ?? currentUser(name),
    key,
    trust: hostTrust(host, port, builder.hostKey, sources),
    connectTimeoutMs: credentials.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    keepaliveMs: credentials.keepaliveMs ?? KEEPALIVE_MS,
    compress: builder.parameters.compress,
  };
}

function currentUser(name: string): string {
  try {
    return userInfo().username;
  } catch (cause) {
    throw new DispatchError('input', `the user to log in to ${name} as is not known`, {
      host: name,
      hint: 'Name one in the machine line: ssh-ng://user@host.',
      cause,
    });
  }
}

async function findKey(builder: Builder, credentials: Credentials): Promise<PrivateKey | undefined> {
  const { keyFile, name } = builder;
  if (keyFile !== undefined) {
    const text = await readFile(keyFile, 'utf8').catch((cause: unknown) => {
      throw new DispatchError('input', `the key file ${keyFile} of ${name} cannot be read`, {
        host: name,
        hint: 'Machine lines name key files on the machine that runs this action.',
        cause,
      });
    });
    return readPrivateKey(text, `the key file ${keyFile}`);
  }
  if (credentials.privateKey !== undefined) return readPrivateKey(credentials.privateKey, 'ssh_key');
  if (credentials.environment !== undefined) return undefined;
  throw new DispatchError('authentication', `there is no private key to log in to ${name} with`, {
    host: name,
    hint: 'Set the input ssh_key, or name a key file in the machine line. Pull requests from forks get no secrets.',
  });
}
