import { factsOf, outputPaths, type GraphNode } from '../graph/graph.ts';
import type { NodeId } from '../schedule/events.ts';
import type { BuilderSession } from '../fleet/session.ts';

/** Whose outputs are valid on the builder, and kept there from now on. */
export async function stillHeld(session: BuilderSession, nodes: readonly GraphNode[]): Promise<NodeId[]> {
  const paths = new Map(
    nodes.map((node) => [node.id, outputPaths(factsOf(node), factsOf(node).outputs.keys())]),
  );
  const valid = await session.store.hold([...paths.values()].flat()).catch(() => new Set());
  return nodes
    .filter(({ id }) => paths.get(id)?.length !== 0 && paths.get(id)?.every((path) => valid.has(path)))
    .map(({ id }) => id);
}
