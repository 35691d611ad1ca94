import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startDelayProxyProcess } from '../../../test/support/delay-proxy-process.ts';
import type { Farm } from '../../../test/support/farm/farm.ts';

/** The builders of a farm as one contender after the other reaches them: directly, or from afar. */
export interface Site extends AsyncDisposable {
  readonly key: string;
  readonly knownHosts: string;
  readonly machineLines: string;
  /** The same hosts for stock Nix and ssh, which older versions of Nix can only tell a port by an alias. */
  readonly stock: {
    readonly machineLines: string;
    readonly storeUris: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
  };
}

interface Door {
  readonly alias: string;
  readonly address: string;
  readonly port: number;
  readonly hostKeyLine: string;
}

/**
 * @param roundTripMs 0: no proxy in between
 * @param slots of each builder
 */
export async function openSite(farm: Farm, slots: number, roundTripMs: number): Promise<Site> {
  const proxies: AsyncDisposable[] = [];
  const doors: Door[] = [];
  for (const { name, address, port, hostKeyLine } of farm.hosts) {
    // A name of its own for each way in: stock ssh finds the port by it, ours takes the port from the line.
    const alias = `${name}-${roundTripMs}ms`;
    if (roundTripMs === 0) {
      doors.push({ alias, address, port, hostKeyLine });
      continue;
    }
    const delay = { upDelayMs: roundTripMs / 2, downDelayMs: roundTripMs / 2 };
    const proxy = await startDelayProxyProcess({ target: { host: address, port }, ...delay });
    proxies.push(proxy);
    doors.push({ alias, address: proxy.host, port: proxy.port, hostKeyLine });
  }
  const config = join(farm.folder, `ssh-config-${roundTripMs}`);
  const known = join(farm.folder, `known-hosts-${roundTripMs}`);
  const knownHosts = doors.map(knownHostsLine).join('');
  await writeFile(known, knownHosts);
  await writeFile(config, doors.map((door) => sshConfig(door, known, farm.clientKeyPath)).join(''));
  const lines = (hosts: readonly string[]): string =>
    hosts.map((host) => `ssh-ng://builder@${host} x86_64-linux - ${slots}`).join('\n');
  return {
    key: farm.clientKey,
    knownHosts,
    machineLines: lines(doors.map(({ address, port }) => `${address}:${port}`)),
    stock: {
      machineLines: lines(doors.map(({ alias }) => alias)),
      storeUris: doors.map(({ alias }) => `ssh-ng://builder@${alias}`),
      environment: { NIX_SSHOPTS: `-F ${config}` },
    },
    async [Symbol.asyncDispose]() {
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
    },
  };
}

function knownHostsLine({ address, port, hostKeyLine }: Door): string {
  return `${port === 22 ? address : `[${address}]:${port}`} ${hostKeyLine}\n`;
}

function sshConfig({ alias, address, port }: Door, known: string, key: string): string {
  return `Host ${alias}
  HostName ${address}
  Port ${port}
  IdentityFile ${key}
  UserKnownHostsFile ${known}
  StrictHostKeyChecking yes
`;
}
