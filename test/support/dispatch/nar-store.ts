import { createHash } from 'node:crypto';
import { createStore, type Store } from '../../../src/dispatch/stores/store.ts';
import { DispatchError } from '../../../src/errors.ts';
import type { DaemonClient } from '../../../src/nix/client/daemon-client.ts';
import { encodeNar, type NarNode } from '../../../src/nix/nar/tree.ts';
import type { PathInfo } from '../../../src/nix/protocol/path-info.ts';
import type { StorePath } from '../../../src/nix/store-path.ts';
import { pathInfo } from './machine.ts';

/** A store in memory whose NARs can be read. */
export interface NarStore {
  readonly store: Store;
  /** Makes a path valid. `sent` are the bytes that come when its NAR is asked for, if they are not those of the tree. */
  add(path: StorePath, tree: NarNode, more?: Partial<PathInfo> & { readonly sent?: Uint8Array }): void;
  /** The path can be fetched from a cache of this store's. */
  offer(path: StorePath, tree: NarNode): void;
  /** Paths whose NAR was asked for, in order. */
  readonly read: StorePath[];
  /** From now on every answer is an error. */
  drop(): void;
}

/** Bytes go in chunks of this size, which cut everything somewhere. */
const chunkBytes = 100;

export function createNarStore(name: string): NarStore {
  const held = new Map<StorePath, { readonly info: PathInfo; readonly sent: Uint8Array }>();
  const offered = new Map<StorePath, NarNode>();
  const read: StorePath[] = [];
  let isDropped = false;

  const answer = async <T>(give: () => T): Promise<T> => {
    if (isDropped) throw new DispatchError('connection-lost', `${name} is gone`, { host: name });
    return give();
  };
  const add: NarStore['add'] = (path, tree, { sent, ...more } = {}) => {
    const nar = encodeNar(tree);
    const narHash = createHash('sha256').update(nar).digest('hex');
    held.set(path, {
      info: { ...pathInfo(path), narHash, narSizeBytes: nar.length, ...more },
      sent: sent ?? nar,
    });
  };
  const send = async function* (path: StorePath): AsyncGenerator<Uint8Array> {
    read.push(path);
    const { sent } = (await answer(() => held.get(path))) ?? { sent: new Uint8Array() };
    for (let at = 0; at < sent.length; at += chunkBytes) yield sent.subarray(at, at + chunkBytes);
  };
  const client: Partial<DaemonClient> = {
    host: name,
    isOpen: true,
    closed: new Promise(() => {}),
    addTempRoots: () => answer(() => {}),
    queryValidPaths: (paths) => answer(() => paths.filter((path) => held.has(path))),
    queryPathInfos: (paths) => answer(() => paths.map((path) => held.get(path)?.info)),
    querySubstitutablePaths: (paths) => answer(() => paths.filter((path) => offered.has(path))),
    ensurePath: (path) =>
      answer(() => {
        const tree = offered.get(path);
        if (tree !== undefined) add(path, tree);
      }),
    narsFromPaths: (infos) => infos.map(({ path }) => send(path)),
  };
  const store = createStore(name, {
    acquire: () => answer(() => client as DaemonClient),
    release: () => {},
  });
  return {
    store,
    add,
    offer: (path, tree) => void offered.set(path, tree),
    read,
    drop() {
      isDropped = true;
    },
  };
}
