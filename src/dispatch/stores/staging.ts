import { toDispatchError, type DispatchError } from '../../errors.ts';
import type { StorePath } from '../../nix/store-path.ts';
import { MissingInput } from './missing-input.ts';
import { factsOf, outputPaths, type Graph, type GraphNode } from '../graph/graph.ts';
import type { NodeId } from '../schedule/events.ts';
import type { Store } from './store.ts';
import { copyClosure } from './transfer.ts';

/** Brings the inputs of a build to the builder that it will run on. */
export interface Staging {
  /**
   * Makes every input of the derivation valid on the builder: what it has, what its caches have, then copies from whoever has it.
   * Returns the bytes copied. Throws a DispatchError when an input can't be had.
   */
  inputs(node: GraphNode, to: Store): Promise<number>;
  /** Copies the `.drv` and everything it refers to, sources included: what a daemon needs to build it all by itself. */
  closure(node: GraphNode, to: Store): Promise<number>;
  /** A cache did not give what it said it had of the inputs, so that the builder has to build them too. */
  lacksInputs(node: NodeId): boolean;
}

/** Where the bytes of inputs can come from. */
export interface StagingContext {
  readonly graph: Graph;
  readonly runner: Store;
  /** Stores that have the outputs of a derivation now, best first. */
  readonly holders: (node: NodeId) => readonly Store[];
  /** Builders' stores, then caches: where else it could be. */
  readonly otherStores: () => readonly Store[];
  /** A cache that builders fetch from has the outputs of this derivation. */
  readonly substitutable: (node: NodeId) => boolean;
  /** Nobody but a cache that we ask ourselves has the outputs of this derivation, as far as is known. */
  readonly isOnlyCached: (node: NodeId) => boolean;
  readonly cacheFailed: (error: DispatchError) => void;
}

/** Input paths of a derivation: its sources and the outputs it uses of other derivations. */
export function inputPathsOf(graph: Graph, node: GraphNode): StorePath[] {
  const paths = [...factsOf(node).inputSources];
  for (const input of node.inputs) paths.push(...outputPaths(factsOf(graph.node(input.node)), input.outputs));
  return paths;
}

/** Nothing is on its way. */
export function createStaging(context: StagingContext): Staging {
  const { graph, runner } = context;

  const fetchablePaths = (node: GraphNode): StorePath[] =>
    node.inputs.flatMap((input) =>
      context.substitutable(input.node) ? outputPaths(factsOf(graph.node(input.node)), input.outputs) : [],
    );

  /** Which store each path can be copied from: one where it is known to be held, else one that says it has it. */
  const originOf = async (
    node: GraphNode,
    to: Store,
    absent: readonly StorePath[],
  ): Promise<Map<Store, StorePath[]>> => {
    const wanted = new Set(absent);
    const origins = new Map<Store, StorePath[]>();
    const assign = (store: Store, path: StorePath): void => {
      if (!wanted.delete(path)) return;
      const paths = origins.get(store);
      if (paths === undefined) origins.set(store, [path]);
      else paths.push(path);
    };
    for (const source of factsOf(node).inputSources) assign(runner, source);
    for (const input of node.inputs) {
      const paths = outputPaths(factsOf(graph.node(input.node)), input.outputs);
      for (const holder of context.holders(input.node)) {
        for (const path of paths) if (holder.held.has(path)) assign(holder, path);
      }
    }
    // What nobody is known to hold may have come into a store by another way, or only its root there was lost.
    for (const store of new Set([runner, ...context.otherStores()])) {
      if (wanted.size === 0) break;
      if (store === to) continue;
      const found = await store.hold([...wanted]).catch(() => []);
      for (const path of found) assign(store, path);
    }
    if (wanted.size > 0) throw new MissingInput(node.drvPath, [...wanted]);
    return origins;
  };

  const lacking = new Set<NodeId>();
  const closure = (node: GraphNode, to: Store): Promise<number> =>
    to === runner ? Promise.resolve(0) : copyClosure(runner, to, [node.drvPath]);

  return {
    closure,
    lacksInputs: (node) => lacking.has(node),
    async inputs(node, to) {
      try {
        return await bringInputs(node, to);
      } catch (thrown) {
        if (!node.inputs.some((input) => context.isOnlyCached(input.node))) throw thrown;
        // Nothing is known of what is below those: the builder finds out.
        const bytes = await closure(node, to);
        lacking.add(node.id);
        context.cacheFailed(toDispatchError(thrown, 'connection-lost'));
        return bytes;
      }
    },
  };

  async function bringInputs(node: GraphNode, to: Store): Promise<number> {
    const paths = inputPathsOf(graph, node);
    if (paths.every((path) => to.held.has(path))) return 0;
    let valid = await to.hold(paths);
    let absent = paths.filter((path) => !valid.has(path));
    if (absent.length === 0) return 0;
    const fetchable = fetchablePaths(node).filter((path) => !valid.has(path));
    if (fetchable.length > 0) {
      await to.use((client) => client.queryValidPaths(fetchable, { substitute: true }));
      valid = await to.hold(absent);
      absent = absent.filter((path) => !valid.has(path));
    }
    const origins = await originOf(node, to, absent);
    const copied = await Promise.all([...origins].map(([from, paths]) => copyClosure(from, to, paths)));
    return copied.reduce((total, bytes) => total + bytes, 0);
  }
}
