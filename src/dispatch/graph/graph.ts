import { DispatchError } from '../../errors.ts';
import { storePathName, type StorePath } from '../../nix/store-path.ts';
import type { NodeId } from '../schedule/events.ts';

/** An edge: a derivation and which of its outputs are used. */
export interface InputEdge {
  readonly node: NodeId;
  readonly outputs: readonly string[];
}

/**
 * What the whole run has to remember of a derivation. The rest of the `.drv` (its environment can be large) is read again
 * when it is built.
 */
export interface DerivationFacts {
  readonly name: string;
  readonly system: string;
  readonly requiredFeatures: readonly string[];
  readonly preferLocalBuild: boolean;
  /** Undefined where only building tells the path (content-addressed, deferred). */
  readonly outputs: ReadonlyMap<string, StorePath | undefined>;
  readonly inputDerivations: ReadonlyMap<StorePath, readonly string[]>;
  readonly inputSources: readonly StorePath[];
  /** Only a daemon that has the whole `.drv` closure can build it: dynamic or impure. */
  readonly needsClosure: boolean;
  /** Built again by whoever needs it. */
  readonly isImpure: boolean;
  /** All it makes has a hash that was known before: it fetches something. */
  readonly isFetch: boolean;
}

/** A derivation of the graph: `facts` are there once its `.drv` was read, `inputs` once something below it matters. */
export interface GraphNode {
  readonly id: NodeId;
  readonly drvPath: StorePath;
  facts: DerivationFacts | undefined;
  inputs: readonly InputEdge[];
  /** Why its `.drv` could not be read; then the facts say only that nobody can build it. */
  unreadable: string | undefined;
  /** Stands in its place from now on; see {@link Graph.succeed}. */
  successor: NodeId | undefined;
}

/** The derivations of all jobs, each once, numbered densely in order of discovery. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Gives the node of a `.drv`, a new one if nobody mentioned it yet. */
  intern(drvPath: StorePath): GraphNode;
  /** The node of a `.drv` that was mentioned before. */
  find(drvPath: StorePath): GraphNode | undefined;
  /** Throws for an id that was never handed out. */
  node(id: NodeId): GraphNode;
  /**
   * Gives a derivation a second node: the scheduler has been told that its outputs exist, and then one more of them was wanted that
   * doesn't. Whoever builds on the first node still does.
   */
  succeed(id: NodeId): GraphNode;
  /** The node that stands for the derivation now. */
  current(id: NodeId): GraphNode;
}

/** An empty graph. */
export function createGraph(): Graph {
  const nodes: GraphNode[] = [];
  const byPath = new Map<StorePath, GraphNode>();
  const add = (node: Omit<GraphNode, 'id' | 'successor'>): GraphNode => {
    const added = { ...node, id: nodes.length, successor: undefined };
    nodes.push(added);
    return added;
  };
  const nodeOf = (id: NodeId): GraphNode => {
    const node = nodes[id];
    if (node === undefined) throw new DispatchError('protocol', `no derivation has the number ${id}`);
    return node;
  };

  return {
    nodes,
    intern(drvPath) {
      const known = byPath.get(drvPath);
      if (known !== undefined) return known;
      const node = add({ drvPath, facts: undefined, inputs: [], unreadable: undefined });
      byPath.set(drvPath, node);
      return node;
    },
    find: (drvPath) => byPath.get(drvPath),
    node: nodeOf,
    succeed(id) {
      const node = nodeOf(id);
      const next = add(node);
      node.successor = next.id;
      return next;
    },
    current(id) {
      const node = nodeOf(id);
      return node.successor === undefined ? node : nodeOf(node.successor);
    },
  };
}

/** The facts of a node whose `.drv` must have been read by now. */
export function factsOf(node: GraphNode): DerivationFacts {
  if (node.facts === undefined) throw new DispatchError('local', `${node.drvPath} was not read yet`);
  return node.facts;
}

/** Facts of a derivation that could not be read: no builder offers what it asks for. */
export function unreadableFacts(drvPath: StorePath): DerivationFacts {
  return {
    name: storePathName(drvPath).replace(/\.drv$/u, ''),
    system: 'unknown',
    requiredFeatures: ['readable'],
    preferLocalBuild: false,
    outputs: new Map(),
    inputDerivations: new Map(),
    inputSources: [],
    // What is above it is not planned as something that could do without it.
    needsClosure: true,
    isImpure: false,
    isFetch: false,
  };
}

/** Paths of the named outputs; an output that the derivation does not have, or whose path is unknown, is left out. */
export function outputPaths(facts: DerivationFacts, outputs: Iterable<string>): StorePath[] {
  const paths: StorePath[] = [];
  for (const output of outputs) {
    const path = facts.outputs.get(output);
    if (path !== undefined) paths.push(path);
  }
  return paths;
}
