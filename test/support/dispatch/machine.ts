import { createStore, type DaemonChannels, type Store } from '../../../src/dispatch/stores/store.ts';
import { DispatchError } from '../../../src/errors.ts';
import type { BuildListener } from '../../../src/nix/client/build-listener.ts';
import type { DaemonClient } from '../../../src/nix/client/daemon-client.ts';
import type { BuildResult, KeyedBuildResult } from '../../../src/nix/protocol/build-result.ts';
import type { PathInfo } from '../../../src/nix/protocol/path-info.ts';
import type { StorePath } from '../../../src/nix/store-path.ts';
import { resultWith } from '../daemon/build-result.ts';

/** Plays a daemon's part in a build. */
export type Builds = (
  drvPath: StorePath,
  listener: BuildListener,
) => Promise<BuildResult | undefined> | BuildResult;

/** A machine with a Nix daemon, in memory: its store is a map, and what it is asked is noted. */
export interface Machine {
  readonly name: string;
  readonly paths: Map<StorePath, PathInfo>;
  /** What its caches have. */
  readonly cache: Set<StorePath>;
  readonly channels: DaemonChannels;
  readonly store: Store;
  /** Operations in the order in which they arrived, `add /nix/store/…` for instance. */
  readonly asked: string[];
  /** Connections that are open now. */
  readonly open: Set<DaemonClient>;
  builds: Builds;
  /** Waited for before anything is answered; replace it to hold the machine up. */
  patience: () => Promise<void>;
  add(...infos: readonly PathInfo[]): void;
  /** Drops every connection. */
  drop(): void;
}

export function pathInfo(
  path: StorePath,
  references: readonly StorePath[] = [],
  narSizeBytes = 100,
): PathInfo {
  return {
    path,
    deriver: undefined,
    narHash: '0'.repeat(64),
    references,
    registrationTime: 0,
    narSizeBytes,
    ultimate: true,
    signatures: [],
    contentAddress: undefined,
  };
}

export function buildResult(status: BuildResult['status'], errorMessage = ''): BuildResult {
  return resultWith({ status, errorMessage, timesBuilt: 1 });
}

export function createMachine(name: string): Machine {
  const open = new Set<DaemonClient>();
  const idle: DaemonClient[] = [];
  const channels: DaemonChannels = {
    async acquire() {
      await machine.patience();
      const client = idle.pop() ?? connect(machine);
      open.add(client);
      void client.closed.then(() => open.delete(client));
      return client;
    },
    release: (client) => void (client.isOpen && idle.push(client)),
  };
  const machine: Machine = {
    name,
    paths: new Map(),
    cache: new Set(),
    channels,
    store: createStore(name, channels),
    asked: [],
    open,
    builds: () => buildResult('built'),
    patience: () => Promise.resolve(),
    add(...infos) {
      for (const info of infos) machine.paths.set(info.path, info);
    },
    drop() {
      idle.length = 0;
      for (const client of open) client.close();
    },
  };
  return machine;
}

function connect(machine: Machine): DaemonClient {
  let isOpen = true;
  let end: (reason: DispatchError) => void = () => {};
  const ended = new Promise<DispatchError>((resolve) => {
    end = resolve;
  });
  /** An answer, unless the connection is closed before. */
  const answer = async <T>(what: string, work: () => T | Promise<T>): Promise<T> => {
    machine.asked.push(what);
    const gone = ended.then((reason) => Promise.reject(reason));
    return Promise.race([gone, machine.patience().then(work)]);
  };
  const receive = async (info: PathInfo, nar: Iterable<unknown> | AsyncIterable<unknown>): Promise<void> => {
    for await (const chunk of nar) void chunk;
    const absent = info.references.find((path) => path !== info.path && !machine.paths.has(path));
    if (absent !== undefined)
      throw new DispatchError('daemon', `${absent} is not valid`, { host: machine.name });
    machine.paths.set(info.path, info);
  };
  const send = async function* (path: StorePath): AsyncGenerator<Uint8Array> {
    const info = await answer(`nar ${path}`, () => machine.paths.get(path));
    if (info === undefined) throw new DispatchError('daemon', `${path} is not valid`, { host: machine.name });
    yield new Uint8Array(8);
  };
  const client: Partial<DaemonClient> = {
    host: machine.name,
    supportsAddMultipleToStore: true,
    get isOpen() {
      return isOpen;
    },
    closed: ended.then(() => {}),
    close() {
      isOpen = false;
      end(new DispatchError('cancelled', 'the connection was closed', { host: machine.name }));
    },
    queryValidPaths: (paths, options) =>
      answer(`valid ${paths.join(' ')}`, () => {
        const fetched = options?.substitute === true ? paths.filter((path) => machine.cache.has(path)) : [];
        for (const path of fetched) machine.add(pathInfo(path));
        return paths.filter((path) => machine.paths.has(path));
      }),
    queryPathInfos: (paths) =>
      answer(`infos ${paths.join(' ')}`, () => paths.map((path) => machine.paths.get(path))),
    querySubstitutablePaths: (paths) =>
      answer(`substitutable ${paths.join(' ')}`, () => paths.filter((path) => machine.cache.has(path))),
    addTempRoots: (paths) => answer(`root ${paths.join(' ')}`, () => {}),
    addToStoreNar: (info, nar) => answer(`add ${info.path}`, () => receive(info, nar)),
    addMultipleToStore: (items) =>
      answer(`add ${items.map(({ info }) => info.path).join(' ')}`, async () => {
        for (const { info, nar } of items) await receive(info, nar);
      }),
    narFromPath: send,
    narsFromPaths: (infos) => infos.map(({ path }) => send(path)),
    buildDerivation: (drvPath, _, listener = {}) =>
      answer(
        `build ${drvPath}`,
        async () => (await machine.builds(drvPath, listener)) ?? buildResult('unknown'),
      ),
    buildPathsWithResults: (paths, listener = {}) =>
      answer(`build ${JSON.stringify(paths)}`, async () => {
        const results: KeyedBuildResult[] = [];
        for (const path of paths) {
          const result = path.kind === 'built' ? await machine.builds(path.drvPath, listener) : undefined;
          if (result !== undefined) results.push({ path, result });
        }
        return results;
      }),
  };
  return client as DaemonClient;
}
