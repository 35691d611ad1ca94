import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runnerNixEnv } from '../../../scripts/provision/runner-nix.ts';

/** A daemon over this machine's store that trusts nobody, as that of a multi-user installation may. */
export interface UntrustingDaemon extends AsyncDisposable {
  /** Variables for those who are to use it. */
  readonly environment: { readonly NIX_DAEMON_SOCKET_PATH: string };
}

/** @param keys its `trusted-public-keys` */
export async function startUntrustingDaemon(keys: string): Promise<UntrustingDaemon> {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-daemon-'));
  const socket = join(folder, 'socket');
  const settings = ['trusted-users =', 'allowed-users = *', `trusted-public-keys = ${keys}`];
  const env = { ...process.env, ...runnerNixEnv(settings), NIX_DAEMON_SOCKET_PATH: socket };
  const child = spawn('nix-daemon', [], { env, stdio: 'ignore' });
  const ended = once(child, 'close');
  while ((await stat(socket).catch(() => undefined)) === undefined) await sleep(20);
  return {
    environment: { NIX_DAEMON_SOCKET_PATH: socket },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
