import type { InventoryStore } from './inventory.ts';
import type { BuilderSession } from '../fleet/session.ts';
import type { Store } from '../stores/store.ts';

/**
 * The stores that inventory asks: the runner's once, and every builder's that is another. A builder that can't answer (any more) has
 * nothing: to lose one is no reason to end the run.
 */
export function createInventoryStores(
  runner: Store,
  sessions: readonly BuilderSession[],
): readonly InventoryStore[] {
  const stores = sessions.map(({ id, isRunner, store }) => view(store, id, isRunner));
  return sessions.some(({ isRunner }) => isRunner) ? stores : [view(runner, undefined, true), ...stores];
}

function view(store: Store, builder: number | undefined, isRunner: boolean): InventoryStore {
  return {
    builder,
    isRunner,
    async validPaths(paths) {
      const valid = store.hold(paths);
      return isRunner ? valid : valid.catch(() => new Set());
    },
    async substitutablePaths(paths) {
      const fetchable = store.ask((client) => client.querySubstitutablePaths(paths));
      return new Set(await fetchable.catch(() => []));
    },
    async narSizes(paths) {
      const infos = await store.infos(paths).catch(() => []);
      return new Map(infos.map(({ path, narSizeBytes }) => [path, narSizeBytes]));
    },
  };
}
