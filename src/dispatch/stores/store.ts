import { DispatchError } from '../../errors.ts';
import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';
import type { StorePath } from '../../nix/store-path.ts';

/** Hands out connections to the daemon of one store. */
export interface DaemonChannels {
  /** An idle connection, or a new one. Throws a DispatchError that names the host. */
  acquire(): Promise<DaemonClient>;
  /** Gives it back; one that can't be used any more is closed. */
  release(client: DaemonClient): void;
}

/** A store that this run reads from or writes to: a builder's or the runner's. */
export interface Store {
  readonly name: string;
  /** Asks small questions over one connection that stays open, so that they are pipelined. */
  ask<T>(question: (client: DaemonClient) => Promise<T>): Promise<T>;
  /** Does something long over a connection of its own. */
  use<T>(work: (client: DaemonClient) => Promise<T>): Promise<T>;
  /** Which of them are valid; those are kept from garbage collection until the connection is closed. */
  hold(paths: readonly StorePath[]): Promise<ReadonlySet<StorePath>>;
  /** Valid here and held, as far as is known without asking. */
  readonly held: ReadonlySet<StorePath>;
  /** Notes paths that have just been made valid over an open connection, and roots them on the one that stays. */
  keep(paths: readonly StorePath[]): void;
  /** What the store knows of paths; asked once a path. Throws when one is not valid. */
  infos(paths: readonly StorePath[]): Promise<readonly PathInfo[]>;
  /** Paths on their way here, so that each is copied once. */
  readonly incoming: Map<StorePath, Promise<void>>;
  bytesReceived: number;
  bytesSent: number;
}

/** Opens nothing by itself: connections are made when they are needed. */
export function createStore(name: string, channels: DaemonChannels): Store {
  const held = new Set<StorePath>();
  const known = new Map<StorePath, Promise<PathInfo>>();
  let control: Promise<DaemonClient> | undefined;

  const controlClient = (): Promise<DaemonClient> => {
    if (control !== undefined) return control;
    const opening = channels.acquire();
    const forget = (): void => {
      if (control !== opening) return;
      control = undefined;
      // Its temporary roots are gone with it.
      held.clear();
    };
    opening.then((client) => client.closed).then(forget, forget);
    control = opening;
    return opening;
  };

  const store: Store = {
    name,
    held,
    incoming: new Map(),
    bytesReceived: 0,
    bytesSent: 0,
    ask: async (question) => question(await controlClient()),
    async use(work) {
      const client = await channels.acquire();
      try {
        return await work(client);
      } finally {
        channels.release(client);
      }
    },
    async hold(paths) {
      const unknown = paths.filter((path) => !held.has(path));
      if (unknown.length > 0) {
        const client = await controlClient();
        // Rooted first, asked second: a path that is valid after that can't be collected any more.
        const [, valid] = await Promise.all([
          client.addTempRoots(unknown),
          client.queryValidPaths(unknown, { substitute: false }),
        ]);
        const answered = new Set(valid);
        // What is rooted by a connection that has just gone is valid, but not held. Nobody asked for anything else.
        if (client.isOpen) for (const path of unknown) if (answered.has(path)) held.add(path);
        return new Set(paths.filter((path) => held.has(path) || answered.has(path)));
      }
      return new Set(paths);
    },
    keep(paths) {
      for (const path of paths) held.add(path);
      store
        .ask((client) => client.addTempRoots(paths))
        .catch(() => {
          for (const path of paths) held.delete(path);
        });
    },
    async infos(paths) {
      const unknown = paths.filter((path) => !known.has(path));
      if (unknown.length > 0) {
        const answers = store.ask((client) => client.queryPathInfos(unknown));
        for (const [index, path] of unknown.entries()) {
          const answer = answers.then((infos) => infos[index] ?? Promise.reject(notValid(path, name)));
          answer.catch(() => known.delete(path));
          known.set(path, answer);
        }
      }
      return Promise.all(paths.map((path) => known.get(path) ?? Promise.reject(notValid(path, name))));
    },
  };
  return store;
}

function notValid(path: StorePath, store: string): DispatchError {
  return new DispatchError('daemon', `${path} is not in the store of ${store} (any more)`, {
    host: store,
    hint: 'A garbage collection may have removed it; the build is tried again.',
  });
}
