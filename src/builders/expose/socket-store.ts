import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Builder } from '../builder.ts';
import { connectorScript, findConnectorLanguage } from './connector.ts';

/**
 * Builders as stores of this machine: for stock Nix, which then needs neither ssh nor the key.
 *
 * Nix takes a store behind a unix socket for one whose files it can read itself (`unix://`), so a builder is offered as a host called
 * `localhost` instead: Nix starts the remote program of such a host without ssh (protocol document §13.3), and ours joins it to the socket.
 */
export interface ExposedBuilders {
  /** Only this user and root may enter it. */
  readonly folder: string;
  /** One for each builder that is not this machine itself. */
  readonly stores: readonly ExposedStore[];
  /** Machine lines that lead here, one builder a line; those on this machine itself are left out. */
  readonly machineLines: string;
  /** The builder behind such a URI; undefined for any other. */
  nameOf(uri: string): string | undefined;
  /** The URI that leads to a builder; undefined for those on this machine itself. */
  uriOf(name: string): string | undefined;
  /** What a client is told that gets no answer from this builder from now on; undefined: nothing in particular. */
  setTrouble(name: string, why: string | undefined): Promise<void>;
  close(): Promise<void>;
}

/** One builder as a store of this machine. */
export interface ExposedStore {
  /** The builder's. */
  readonly name: string;
  readonly uri: string;
  readonly socketPath: string;
}

/** Which builders are offered, and who serves their clients. */
export interface ExposeOptions {
  readonly builders: readonly Builder[];
  /** What builders run whose machine line names no system. */
  readonly defaultSystem: string;
  /** Talks with a client that wants that builder's daemon. When it rejects, the client is let go. */
  readonly serve: (index: number, client: Socket) => Promise<void>;
}

/** A socket's path may have 107 characters. */
const longestBase = 60;
const longestName = 30;

/**
 * GitHub empties the runner's temporary folder after the job, even when we were killed before we could. Blanks and the like would mean
 * something in a machine line or a URI.
 */
function baseFolder({ RUNNER_TEMP = '' }: NodeJS.ProcessEnv): string {
  return RUNNER_TEMP.length <= longestBase && /^\/[\w./-]+$/.test(RUNNER_TEMP) ? RUNNER_TEMP : tmpdir();
}

/** Opens the sockets, in a folder that only this user may enter. Throws what `node:fs` and `node:net` throw. */
export async function exposeBuilders(options: ExposeOptions): Promise<ExposedBuilders> {
  const folder = await mkdtemp(join(baseFolder(process.env), 'nd-'));
  const language = await findConnectorLanguage(process.env['PATH'] ?? '');
  const servers: Server[] = [];
  const stores: ExposedStore[] = [];
  const lines: string[] = [];
  let told: Promise<void> = Promise.resolve();
  let isClosed = false;
  for (const [index, builder] of options.builders.entries()) {
    if (builder.address.kind !== 'ssh') continue;
    // Nix shows it wherever it names the machine.
    const program = join(folder, fileName(builder.name, stores.length));
    const socketPath = `${program}.socket`;
    servers.push(await listen(socketPath, (client) => options.serve(index, client)));
    await writeFile(program, connectorScript(language, socketPath, troublePath(program)), { mode: 0o700 });
    const uri = `ssh-ng://localhost?remote-program=${program}`;
    stores.push({ name: builder.name, uri, socketPath });
    lines.push(machineLine(uri, builder, options.defaultSystem));
  }
  return {
    folder,
    stores,
    machineLines: lines.join('\n'),
    nameOf: (uri) => stores.find((store) => store.uri === uri)?.name,
    uriOf: (name) => stores.find((store) => store.name === name)?.uri,
    setTrouble(name, why) {
      const store = stores.find((candidate) => candidate.name === name);
      if (store === undefined || isClosed) return told;
      const path = troublePath(store.socketPath.replace(/\.socket$/, ''));
      // One after the other: what is said last is what stays.
      const next = told
        .catch(() => undefined)
        .then(() => (why === undefined ? rm(path, { force: true }) : writeFile(path, why)));
      told = next;
      return next;
    },
    async close() {
      isClosed = true;
      for (const server of servers) server.close();
      // A folder that something is written to can't be removed.
      await told.catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function troublePath(program: string): string {
  return `${program}.trouble`;
}

/** A builder's name as far as it fits into a URI; its number makes it unique. */
function fileName(name: string, index: number): string {
  return `${name.replaceAll(/[^\w.-]/g, '-').slice(0, longestName)}-${index}`;
}

function listen(path: string, serve: (client: Socket) => Promise<void>): Promise<Server> {
  const server = createServer((client) => {
    // Until somebody reads from it: a client that hangs up early concerns nobody.
    client.on('error', () => client.destroy());
    serve(client).catch(() => client.destroy());
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
