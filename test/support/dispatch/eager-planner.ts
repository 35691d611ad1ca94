import type { Graph } from '../../../src/dispatch/graph/graph.ts';
import { createPlanner, type Planner, type PlanContext } from '../../../src/dispatch/graph/plan.ts';

/** A planner for builders that build everything in whichever way it is asked for. */
export function eagerPlanner(graph: Graph, presence: PlanContext['presence']): Planner {
  return createPlanner(graph, {
    presence,
    fitsByDerivation: () => true,
    fitsByClosure: () => true,
    mayYetFit: () => false,
    expectedSeconds: () => undefined,
    sourceBytes: () => 0,
  });
}
