import { describeTrouble, toDispatchError } from '../../errors.ts';
import type { StorePath } from '../../nix/store-path.ts';
import type { Cache } from './cache.ts';
import {
  factsOf,
  outputPaths,
  unreadableFacts,
  type DerivationFacts,
  type Graph,
  type GraphNode,
} from '../graph/graph.ts';
import type { Presence } from '../graph/plan.ts';
import type { BuilderId, NodeId } from '../schedule/events.ts';

/** A store that inventory asks; `builder` is undefined for the runner's. */
export interface InventoryStore {
  readonly builder: BuilderId | undefined;
  /** The store is the runner's own, under whatever name. */
  readonly isRunner: boolean;
  validPaths(paths: readonly StorePath[]): Promise<ReadonlySet<StorePath>>;
  /** What this store could fetch from its caches. */
  substitutablePaths(paths: readonly StorePath[]): Promise<ReadonlySet<StorePath>>;
  narSizes(paths: readonly StorePath[]): Promise<ReadonlyMap<StorePath, number>>;
}

/** What exists and where, found out level by level from the top (issue 4, item 1). */
export interface Inventory {
  /** Reads the `.drv` files of these derivations, which the others do as well. */
  read(roots: readonly NodeId[]): Promise<void>;
  /**
   * Finds out about these derivations and whatever below them is needed to build the missing ones. Reads no `.drv` below an output that
   * exists. One round trip a level for all stores together, one more where caches have to be asked. A `.drv` that can't be read is noted
   * at its node: only what needs it can't be built.
   */
  take(roots: readonly NodeId[]): Promise<void>;
  /** Finds out about these derivations alone. */
  look(roots: readonly NodeId[]): Promise<void>;
  /** `missing` for derivations that were never asked about. */
  presence(node: NodeId): Presence;
  /** NAR bytes of the plain sources of a missing derivation; what several need counts for the first of them. */
  sourceBytes(node: NodeId): number;
}

/** The stores that are asked, and how derivations are read. */
export interface InventoryContext {
  readonly graph: Graph;
  readonly stores: () => readonly InventoryStore[];
  /** Asked for what neither builders nor the runner have. */
  readonly caches: readonly Pick<Cache, 'name' | 'has'>[];
  /** Reads a `.drv` of the runner's store; throws a DispatchError that names the file. */
  readonly readFacts: (drvPath: StorePath) => Promise<DerivationFacts>;
}

const missing: Presence = { kind: 'missing' };
/** `.drv` files read at once: enough to keep the disk busy, few enough for any limit on open files. */
const readsAtOnce = 64;

/** Asks nobody before the first `take`. */
export function createInventory(context: InventoryContext): Inventory {
  const { graph } = context;
  const found = new Map<NodeId, Presence>();
  const wanted = new Map<NodeId, Set<string>>();
  const sourceBytes = new Map<NodeId, number>();
  const countedSources = new Set<StorePath>();

  /** Notes the wish; tells whether the node has to be asked about (again). */
  const want = (node: GraphNode, outputs: readonly string[]): boolean => {
    const before = wanted.get(node.id) ?? new Set<string>();
    const isNews = outputs.some((output) => !before.has(output)) || !found.has(node.id);
    for (const output of outputs) before.add(output);
    wanted.set(node.id, before);
    return isNews && found.get(node.id)?.kind !== 'missing';
  };

  const wantedPaths = (node: GraphNode): StorePath[] | undefined => {
    const outputs = wanted.get(node.id) ?? new Set();
    const paths = outputPaths(factsOf(node), outputs);
    return paths.length === outputs.size && paths.length > 0 ? paths : undefined;
  };

  const expand = (node: GraphNode): GraphNode[] => {
    const news: GraphNode[] = [];
    const inputs = [];
    for (const [drvPath, outputs] of factsOf(node).inputDerivations) {
      const input = graph.intern(drvPath);
      inputs.push({ node: input.id, outputs });
      if (want(input, outputs)) news.push(input);
    }
    node.inputs = inputs;
    return news;
  };

  const askLevel = async (level: readonly GraphNode[]): Promise<void> => {
    const stores = context.stores();
    const pathsOf = new Map<NodeId, StorePath[]>();
    for (const node of level) {
      const paths = wantedPaths(node);
      if (paths !== undefined) pathsOf.set(node.id, paths);
    }
    const all = [...pathsOf.values()].flat();
    const valid = all.length === 0 ? [] : await Promise.all(stores.map((store) => store.validPaths(all)));
    const absent = [...pathsOf.values()].filter((paths) => !valid.some((set) => hasAll(set, paths))).flat();
    const [fetchable, cached] =
      absent.length === 0
        ? [[], []]
        : await Promise.all([
            Promise.all(
              stores.map(async (store) =>
                store.builder === undefined ? none : store.substitutablePaths(absent),
              ),
            ),
            Promise.all(context.caches.map((cache) => cache.has(absent))),
          ]);
    for (const node of level) {
      const paths = pathsOf.get(node.id);
      if (paths === undefined) {
        found.set(node.id, missing);
        continue;
      }
      const cache = context.caches.find((_, index) => hasAll(cached[index] ?? none, paths))?.name;
      found.set(node.id, presenceOf(paths, stores, valid, fetchable, cache));
    }
  };

  /** Sizes decide where a dependant is built; nobody needs those of jobs that are done already. */
  const measure = async (inputs: readonly GraphNode[]): Promise<void> => {
    const stores = context.stores();
    const byStore = new Map<InventoryStore, StorePath[]>();
    for (const node of inputs) {
      const presence = found.get(node.id);
      if (presence?.kind !== 'existing' || presence.narSizeBytes > 0) continue;
      const store = stores.find(({ builder, isRunner }) =>
        builder === undefined ? isRunner && presence.onRunner : presence.locations.includes(builder),
      );
      if (store === undefined) continue;
      const asked = byStore.get(store) ?? [];
      asked.push(...(wantedPaths(node) ?? []));
      byStore.set(store, asked);
    }
    const sizes = await Promise.all([...byStore].map(([store, paths]) => store.narSizes(paths)));
    const sizeOf = new Map(sizes.flatMap((map) => Array.from(map)));
    for (const node of inputs) {
      const presence = found.get(node.id);
      if (presence?.kind !== 'existing') continue;
      const narSizeBytes = sum((wantedPaths(node) ?? []).map((path) => sizeOf.get(path) ?? 0));
      if (narSizeBytes > 0) found.set(node.id, { ...presence, narSizeBytes });
    }
  };

  const measureSources = async (nodes: readonly GraphNode[]): Promise<void> => {
    const runner = context.stores().find(({ isRunner }) => isRunner);
    const sourcesOf = new Map<NodeId, StorePath[]>();
    for (const node of nodes) {
      const sources = factsOf(node).inputSources.filter((path) => !countedSources.has(path));
      for (const path of sources) countedSources.add(path);
      if (sources.length > 0) sourcesOf.set(node.id, sources);
    }
    if (sourcesOf.size === 0 || runner === undefined) return;
    const sizes = await runner.narSizes([...sourcesOf.values()].flat());
    for (const [id, sources] of sourcesOf)
      sourceBytes.set(id, sum(sources.map((path) => sizes.get(path) ?? 0)));
  };

  /** Those of them that have to be asked about. */
  const topLevel = async (roots: readonly NodeId[]): Promise<GraphNode[]> => {
    const nodes = roots.map((id) => graph.node(id));
    await readAll(nodes, context.readFacts);
    return nodes.filter((node) => want(node, [...factsOf(node).outputs.keys()]));
  };

  return {
    read: (roots) =>
      readAll(
        roots.map((id) => graph.node(id)),
        context.readFacts,
      ),
    look: async (roots) => askLevel(await topLevel(roots)),
    async take(roots) {
      const existingInputs: GraphNode[] = [];
      const news: GraphNode[] = [];
      let level = await topLevel(roots);
      for (let isTop = true; level.length > 0; isTop = false) {
        await askLevel(level);
        if (!isTop) existingInputs.push(...level.filter((node) => found.get(node.id)?.kind === 'existing'));
        const lacking = level.filter((node) => found.get(node.id)?.kind === 'missing');
        news.push(...lacking);
        level = [...new Set(lacking.flatMap(expand))];
        await readAll(level, context.readFacts);
      }
      await Promise.all([measure(existingInputs), measureSources(news)]);
    },
    presence: (node) => found.get(node) ?? missing,
    sourceBytes: (node) => sourceBytes.get(node) ?? 0,
  };
}

const none: ReadonlySet<StorePath> = new Set();

function presenceOf(
  paths: readonly StorePath[],
  stores: readonly InventoryStore[],
  valid: readonly ReadonlySet<StorePath>[],
  fetchable: readonly ReadonlySet<StorePath>[],
  cache: string | undefined,
): Presence {
  const holders = stores.filter((_, index) => hasAll(valid[index] ?? none, paths));
  const substitutable = fetchable.some((set) => hasAll(set, paths));
  if (holders.length === 0 && !substitutable && cache === undefined) return missing;
  return {
    kind: 'existing',
    locations: holders.flatMap(({ builder }) => (builder === undefined ? [] : [builder])),
    onRunner: holders.some(({ isRunner }) => isRunner),
    substitutable,
    cache,
    narSizeBytes: 0,
  };
}

async function readAll(nodes: readonly GraphNode[], readFacts: InventoryContext['readFacts']): Promise<void> {
  const unread = nodes.filter((node) => node.facts === undefined);
  const readNext = async (): Promise<void> => {
    for (let node = unread.pop(); node !== undefined; node = unread.pop()) {
      try {
        node.facts = await readFacts(node.drvPath);
      } catch (error) {
        node.facts = unreadableFacts(node.drvPath);
        node.unreadable = describeTrouble(toDispatchError(error, 'local'));
      }
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, readNext));
}

function hasAll(set: ReadonlySet<StorePath>, paths: readonly StorePath[]): boolean {
  return paths.every((path) => set.has(path));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
