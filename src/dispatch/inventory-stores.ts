import type { InventoryStore } from './inventory.ts';
import type { BuilderSession } from './session.ts';
import type { Store } from './store.ts';

/** The stores that inventory asks: the runner's once, and every builder's that is another. */
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
    validPaths: (paths) => store.hold(paths),
    substitutablePaths: async (paths) =>
      new Set(await store.ask((client) => client.querySubstitutablePaths(paths))),
    async narSizes(paths) {
      const infos = await store.infos(paths);
      return new Map(infos.map(({ path, narSizeBytes }) => [path, narSizeBytes]));
    },
  };
}
