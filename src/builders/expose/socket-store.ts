import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline, type Duplex } from 'node:stream';

import type { Builder } from '../builder.ts';
import { connectorScript } from './connector.ts';

/**
 * Builders as stores of this machine: for stock Nix, which then needs neither ssh nor the key.
 *
 * Nix takes a store behind a unix socket for one whose files it can read itself (`unix://`), so a builder is offered as a host called
 * `localhost` instead: Nix starts the remote program of such a host without ssh (protocol document §13.3), and ours joins it to the socket.
 */
export interface ExposedBuilders {
  /** Machine lines that lead here, one builder a line; those on this machine itself are left out. */
  readonly machineLines: string;
  /** The builder behind such a URI; undefined for any other. */
  nameOf(uri: string): string | undefined;
  /** The URI that leads to a builder; undefined for those on this machine itself. */
  uriOf(name: string): string | undefined;
  close(): Promise<void>;
}

export interface ExposeOptions {
  readonly builders: readonly Builder[];
  /** What builders run whose machine line names no system. */
  readonly defaultSystem: string;
  /** A stream to that builder's daemon on which nothing was said yet. Rejects when it can't be reached. */
  readonly openChannel: (index: number) => Promise<Duplex>;
}

/** A socket's path may have 107 characters. */
const longestBase = 80;

/** GitHub empties the runner's temporary folder after the job, even when we were killed before we could. */
function baseFolder({ RUNNER_TEMP = '' }: NodeJS.ProcessEnv): string {
  return RUNNER_TEMP === '' || RUNNER_TEMP.length > longestBase ? tmpdir() : RUNNER_TEMP;
}

/** Opens the sockets, in a folder that only this user may enter. Throws what `node:fs` and `node:net` throw. */
export async function exposeBuilders(options: ExposeOptions): Promise<ExposedBuilders> {
  const folder = await mkdtemp(join(baseFolder(process.env), 'nd-'));
  const servers: Server[] = [];
  const names = new Map<string, string>();
  const lines: string[] = [];
  for (const [index, builder] of options.builders.entries()) {
    if (builder.address.kind !== 'ssh') continue;
    const path = join(folder, `${index}`);
    servers.push(await listen(path, () => options.openChannel(index)));
    const program = `${path}.connect`;
    await writeFile(program, connectorScript(process.execPath, path), { mode: 0o700 });
    const uri = `ssh-ng://localhost?remote-program=${program}`;
    names.set(uri, builder.name);
    lines.push(machineLine(uri, builder, options.defaultSystem));
  }
  return {
    machineLines: lines.join('\n'),
    nameOf: (uri) => names.get(uri),
    uriOf: (name) => [...names].find(([, other]) => other === name)?.[0],
    async close() {
      for (const server of servers) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function listen(path: string, openChannel: () => Promise<Duplex>): Promise<Server> {
  const server = createServer((client) => {
    // Until somebody reads from it: a client that hangs up early concerns nobody.
    client.on('error', () => client.destroy());
    openChannel().then(
      (daemon) => {
        const end = (): void => {
          client.destroy();
          daemon.destroy();
        };
        pipeline(client, daemon, end);
        pipeline(daemon, client, end);
      },
      () => client.destroy(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

/** Columns of a machine file (protocol §13.2). */
function machineLine(uri: string, builder: Builder, defaultSystem: string): string {
  const list = (items: readonly string[]): string => (items.length === 0 ? '-' : items.join(','));
  const systems = builder.systems.length === 0 ? [defaultSystem] : builder.systems;
  // Nix before 2.20 reads whole numbers only.
  const speed = Math.max(1, Math.round(builder.speedFactor));
  const features = `${list(builder.supportedFeatures)} ${list(builder.mandatoryFeatures)}`;
  return `${uri} ${list(systems)} - ${builder.maxJobs ?? 1} ${speed} ${features}`;
}
