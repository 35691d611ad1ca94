import type { BuilderId, Granularity, NodeId, ScheduleNode } from '../schedule/events.ts';
import { factsOf, type DerivationFacts, type Graph, type GraphNode } from './graph.ts';

/** What inventory found out about a derivation's wanted outputs. */
export type Presence =
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'existing';
      /** Builders whose stores have all of them. */
      readonly locations: readonly BuilderId[];
      readonly onRunner: boolean;
      /** A cache that builders fetch from has all of them. */
      readonly substitutable: boolean;
      /** A cache that this run asks by itself and that has all of them. */
      readonly cache: string | undefined;
      readonly narSizeBytes: number;
    };

/** What planning has to ask of the world around the graph. */
export interface PlanContext {
  readonly presence: (node: NodeId) => Presence;
  /** Is there a builder that takes this derivation alone? */
  readonly fitsByDerivation: (facts: DerivationFacts) => boolean;
  /** Is there a builder that takes it with everything below it? */
  readonly fitsByClosure: (facts: DerivationFacts) => boolean;
  /** A builder that is still to join may take it, one way or the other. */
  readonly mayYetFit: (facts: DerivationFacts) => boolean;
  /** From earlier runs. */
  readonly expectedSeconds: (node: GraphNode, granularity: Granularity) => number | undefined;
  readonly sourceBytes: (node: NodeId) => number;
}

/** Turns what is missing into nodes for the scheduler; remembers what it has handed out in earlier calls. */
export interface Planner {
  /**
   * Nodes that the scheduler doesn't know yet and that these roots need, inputs before dependants. Roots that exist need
   * nothing. A derivation that can only be built with its whole closure becomes a node of that granularity, and so does each below it
   * of which the same is true: none is part of two requests at a time, so that a build that many share runs, and fails, once. The rest
   * of what is missing below such a node is its builder's to find.
   */
  plan(roots: readonly NodeId[]): ScheduleNode[];
  /**
   * Those of the roots that can't be planned yet: something below them can only be built by a builder that is still to join, and whether that
   * one takes derivations or closures nobody knows.
   */
  premature(roots: readonly NodeId[]): ReadonlySet<NodeId>;
  /** The derivation can only be built together with everything below it. */
  isClosure(node: NodeId): boolean;
}

/** Asks `context` anew with each call, as what exists changes while a run goes on. What has to be planned a second time gets a successor in `graph`. */
export function createPlanner(graph: Graph, context: PlanContext): Planner {
  const planned = new Map<NodeId, ScheduleNode['kind']>();
  const closureNeeded = new Map<NodeId, boolean>();

  /** A derivation that was handed out as existing, and of which an output that doesn't exist is wanted now, has to be handed out again. */
  const isPlanned = (id: NodeId): boolean => {
    const kind = planned.get(id);
    return (
      kind === 'build' || (kind === 'existing' && isAvailable(id)) || graph.node(id).successor !== undefined
    );
  };
  const isAvailable = (id: NodeId): boolean => context.presence(id).kind === 'existing';

  const missingInputs = (id: NodeId): NodeId[] =>
    graph.node(id).inputs.flatMap(({ node }) => (context.presence(node).kind === 'missing' ? [node] : []));

  const decideClosure = (id: NodeId): void => {
    const facts = factsOf(graph.node(id));
    const own = facts.needsClosure || (!context.fitsByDerivation(facts) && context.fitsByClosure(facts));
    closureNeeded.set(id, own || missingInputs(id).some((input) => closureNeeded.get(input) === true));
  };

  /** Inputs that are nodes of their own. */
  const inputsToPlan = (id: NodeId): NodeId[] => {
    if (context.presence(id).kind === 'existing') return [];
    if (closureNeeded.get(id) !== true) return graph.node(id).inputs.map(({ node }) => node);
    // Who needs an impure derivation builds it anew: to have built it before is no use.
    return missingInputs(id).filter(
      (input) => closureNeeded.get(input) === true && !factsOf(graph.node(input)).isImpure,
    );
  };

  const scheduleNode = (derivation: NodeId): ScheduleNode => {
    const node = planned.has(derivation) ? graph.succeed(derivation) : graph.node(derivation);
    const { id } = node;
    const presence = context.presence(derivation);
    planned.set(id, presence.kind === 'existing' ? 'existing' : 'build');
    if (presence.kind === 'existing') {
      const { locations, substitutable, cache, narSizeBytes } = presence;
      // What a cache has comes by the runner.
      const onRunner = presence.onRunner || cache !== undefined;
      return { kind: 'existing', id, locations, onRunner, substitutable, narSizeBytes };
    }
    const facts = factsOf(node);
    const closure = closureNeeded.get(derivation) === true;
    closureNeeded.set(id, closure);
    const granularity = closure ? 'closure' : 'derivation';
    return {
      kind: 'build',
      id,
      dependencies: inputsToPlan(derivation).map((input) => graph.current(input).id),
      system: facts.system,
      requiredFeatures: facts.requiredFeatures,
      preferLocalBuild: facts.preferLocalBuild,
      granularity,
      expectedSeconds: context.expectedSeconds(node, granularity),
      sourceBytes: context.sourceBytes(id),
    };
  };

  const isPremature = (id: NodeId): boolean => {
    const facts = factsOf(graph.node(id));
    return !context.fitsByDerivation(facts) && !context.fitsByClosure(facts) && context.mayYetFit(facts);
  };

  return {
    premature(roots) {
      const found = new Map<NodeId, boolean>();
      for (const root of roots) {
        if (context.presence(root).kind === 'existing') continue;
        postOrder(
          root,
          missingInputs,
          (id) => found.has(id),
          (id) => {
            found.set(id, isPremature(id) || missingInputs(id).some((input) => found.get(input) === true));
          },
        );
      }
      return new Set(roots.filter((root) => found.get(root) === true));
    },
    isClosure: (node) => closureNeeded.get(node) === true,
    plan(roots) {
      const added: ScheduleNode[] = [];
      for (const root of roots) {
        if (context.presence(root).kind === 'existing') continue;
        postOrder(root, missingInputs, (id) => closureNeeded.has(id), decideClosure);
        postOrder(root, inputsToPlan, isPlanned, (id) => added.push(scheduleNode(id)));
      }
      return added;
    },
  };
}

/** Visits inputs before dependants, without recursion: chains of derivations can be thousands deep. */
function postOrder(
  root: NodeId,
  below: (id: NodeId) => readonly NodeId[],
  isDone: (id: NodeId) => boolean,
  visit: (id: NodeId) => void,
): void {
  const stack: { id: NodeId; entered: boolean }[] = [{ id: root, entered: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (isDone(top.id)) continue;
    if (top.entered) {
      visit(top.id);
      continue;
    }
    stack.push({ id: top.id, entered: true });
    for (const input of below(top.id)) if (!isDone(input)) stack.push({ id: input, entered: false });
  }
}
