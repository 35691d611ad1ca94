import type { Builder, BuilderAddress } from '../builder.ts';
import type { Credentials } from '../credentials.ts';
import type { BuilderHost } from '../host.ts';
import { shellCommand } from '../shell-words.ts';
import { commandChannel } from './command-channel.ts';
import { createDaemonWays } from './daemon-ways.ts';
import { prepareLogin } from './prepare-login.ts';
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
  const { login, environment } = await prepareLogin(builder, address, credentials);
  const pool = await openSessionPool(login, {
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
  const isPlain = remoteProgram !== undefined || remoteStore !== undefined || environment !== undefined;
  const ways = createDaemonWays(pool, command, isPlain);
  return {
    lost: pool.lost,
    close: () => pool.close(),
    tryAnotherWay: () => ways.tryNext(),
    openCommand: async (words) => commandChannel(await pool.exec(shellCommand(words))),
    openDaemonChannel: () => ways.open(),
  };
}
