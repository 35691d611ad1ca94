import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { searchPath } from '../../../scripts/provision/command.ts';
import type { HostOptions } from './host-options.ts';
import { Host } from './host.ts';
import { makeKeyPair } from './keys.ts';
import { addBridge, farmNetwork } from './network.ts';
import type { FarmNetwork } from './network.ts';
import { seedHost } from './seed.ts';
import { claimSlot, GUARD_SCRIPT, sweepDeadSlots } from './slot.ts';

/** Running hosts that one client key opens. Disposing of it leaves no process, mount, namespace or link. */
export interface Farm extends AsyncDisposable {
  readonly hosts: readonly Host[];
  /** The host with this name; throws when there is none. */
  readonly host: (name: string) => Host;
  /** Private key text that opens root, builder and stranger on every host. */
  readonly clientKey: string;
  /** For stock ssh and nix: the same key in a file, known_hosts, and an ssh configuration that names both. */
  readonly clientKeyPath: string;
  readonly knownHostsPath: string;
  readonly sshConfigPath: string;
  /** Address of the runner in the hosts' network. */
  readonly runnerAddress: string;
  /** State folder, gone after disposal. */
  readonly folder: string;
}

/** Brings hosts up side by side. Needs root and the trees of `npm run farm -- up`. */
export async function startFarm(hostOptions: readonly HostOptions[]): Promise<Farm> {
  await sweepDeadSlots();
  const slot = await claimSlot();
  const network = farmNetwork(slot.number);
  const guard = startGuard(slot.folder, network);
  try {
    await addBridge(network);
    const client = makeKeyPair('ed25519');
    const hosts = await Promise.all(
      hostOptions.map((options, index) =>
        bootHost(join(slot.folder, `${index + 1}`), options, network, index, client.publicLine),
      ),
    );
    const files = await writeClientFiles(slot.folder, client.privateKey, hosts);
    return {
      hosts,
      host: (name) => {
        const found = hosts.find((host) => host.name === name);
        if (found === undefined) throw new Error(`expected a host called ${name} in this farm`);
        return found;
      },
      clientKey: client.privateKey,
      ...files,
      runnerAddress: network.runner.address,
      folder: slot.folder,
      [Symbol.asyncDispose]: () => dispose(guard),
    };
  } catch (error) {
    await dispose(guard);
    throw error;
  }
}

async function bootHost(
  folder: string,
  options: HostOptions,
  network: FarmNetwork,
  index: number,
  clientLine: string,
): Promise<Host> {
  const upper = join(folder, 'upper');
  await mkdir(upper, { recursive: true, mode: 0o755 });
  const keys = await seedHost(upper, options, clientLine);
  const host = new Host(folder, options, network, network.host(index), keys);
  await host.boot();
  return host;
}

async function writeClientFiles(
  folder: string,
  privateKey: string,
  hosts: readonly Host[],
): Promise<Pick<Farm, 'clientKeyPath' | 'knownHostsPath' | 'sshConfigPath'>> {
  const clientKeyPath = join(folder, 'client-key');
  const knownHostsPath = join(folder, 'known-hosts');
  const sshConfigPath = join(folder, 'ssh-config');
  const config = [
    'Host *',
    `IdentityFile ${clientKeyPath}`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${knownHostsPath}`,
    'GlobalKnownHostsFile /dev/null',
    'StrictHostKeyChecking yes',
    'BatchMode yes',
  ];
  await Promise.all([
    writeFile(clientKeyPath, privateKey, { mode: 0o600 }),
    writeFile(knownHostsPath, `${hosts.map((host) => host.knownHostsLine).join('\n')}\n`),
    writeFile(sshConfigPath, `${config.join('\n')}\n`),
  ]);
  return { clientKeyPath, knownHostsPath, sshConfigPath };
}

/** Own session, so that a Ctrl-C in the terminal does not reach it before it has cleaned up. */
function startGuard(folder: string, { bridge }: FarmNetwork): ChildProcess {
  return spawn('sh', [GUARD_SCRIPT, folder, bridge], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { PATH: searchPath() },
  });
}

async function dispose(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return;
  const exit = once(guard, 'exit');
  guard.stdin?.end();
  await exit;
}
