import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';

import { daemonSocketPath } from '../../builders/local/local-host.ts';
import { probeTrust } from '../../builders/probe-trust.ts';
import { DispatchError } from '../../errors.ts';
import { connectDaemon } from '../../nix/client/connect.ts';

/** How Nix commands of the job get at this machine's store, which decides whose settings count. */
export type NixAccess =
  /** They open it themselves, as root or on single-user installations: `NIX_CONFIG` counts. */
  | { readonly kind: 'direct' }
  /** A daemon does it, which believes trusted users only when they name builders (protocol §9). */
  | { readonly kind: 'daemon'; readonly trusted: boolean };

/**
 * Finds out what Nix itself would do for a store of `auto` (protocol §2): open it where that is allowed, else ask the daemon.
 *
 * @throws DispatchError `local` when the daemon does not answer
 */
export async function findNixAccess(environment: NodeJS.ProcessEnv): Promise<NixAccess> {
  const { NIX_REMOTE: remote = '', NIX_STATE_DIR: stateDir = '/nix/var/nix' } = environment;
  const socketPath = daemonSocketPath(environment);
  if (remote !== 'daemon') {
    const { R_OK, W_OK } = constants;
    if (
      remote === 'local' ||
      (await may(stateDir, R_OK | W_OK)) ||
      !(await may(socketPath, constants.F_OK))
    ) {
      return { kind: 'direct' };
    }
  }
  const client = await connectDaemon(await connectUnix(socketPath), { host: 'local' });
  try {
    return { kind: 'daemon', trusted: (await probeTrust(client)) === 'trusted' };
  } finally {
    client.close();
  }
}

async function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

function connectUnix(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.once('error', (cause) => {
      reject(
        new DispatchError('local', `the Nix daemon of this machine does not answer at ${path}`, {
          host: 'local',
          hint: 'Start it before this step, or see that this user may connect to it (allowed-users).',
          cause,
        }),
      );
    });
  });
}
