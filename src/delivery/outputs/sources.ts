import { holderOf } from '../holder.ts';
import type { Builder } from '../../builders/builder.ts';
import type { DispatchRun } from '../../dispatch/run-dispatch.ts';
import type { Store } from '../../dispatch/stores/store.ts';
import type { StorePath } from '../../nix/store-path.ts';
import type { JobReport } from '../../report/run-report.ts';

/** Where outputs can be read. */
export interface SourceOptions {
  readonly builders: readonly Pick<Builder, 'name'>[];
  readonly dispatch: Pick<DispatchRun, 'storeOf'>;
  readonly runner: Store;
}

/**
 * Stores that have all the paths, one after the other: the one that built them, other builders, this machine's. When there is none (any
 * more), a store fetches them from its caches.
 */
export async function* sourcesOf(
  { outcome }: Pick<JobReport, 'outcome'>,
  paths: readonly StorePath[],
  { builders, dispatch, runner }: SourceOptions,
): AsyncGenerator<Store, undefined> {
  const names = [holderOf(outcome), ...builders.map(({ name }) => name)];
  const connected = names.flatMap((name) => (name === undefined ? [] : (dispatch.storeOf(name) ?? [])));
  const stores = [...new Set([...connected, runner])];
  const tried = new Set<Store>();
  for (const store of stores) {
    if (!(await holdsAll(store, paths))) continue;
    tried.add(store);
    yield store;
  }
  for (const store of stores) {
    if (!tried.has(store) && (await fetches(store, paths))) yield store;
  }
  return undefined;
}

/** A store that can't be asked has nothing. */
async function holdsAll(store: Store, paths: readonly StorePath[]): Promise<boolean> {
  const held = await store.hold(paths).catch(() => new Set<StorePath>());
  return paths.every((path) => held.has(path));
}

async function fetches(store: Store, paths: readonly StorePath[]): Promise<boolean> {
  const missing = paths.filter((path) => !store.held.has(path));
  try {
    const known = new Set(await store.ask((client) => client.querySubstitutablePaths(missing)));
    if (!missing.every((path) => known.has(path))) return false;
    await store.use(async (client) => {
      for (const path of missing) await client.ensurePath(path);
    });
  } catch {
    return false;
  }
  return holdsAll(store, paths);
}
