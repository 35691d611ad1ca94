import { DispatchError } from '../errors.ts';
import type { StorePath } from '../nix/store-path.ts';
import { factsOf, outputPaths, type Graph, type GraphNode } from './graph/graph.ts';
import type { NodeId } from './schedule/events.ts';

/** Inputs of a build that no store has any more. */
export class MissingInput extends DispatchError {
  readonly paths: readonly StorePath[];

  constructor(drvPath: StorePath, paths: readonly StorePath[]) {
    const others = paths.length === 1 ? '' : ` and ${paths.length - 1} more`;
    super('daemon', `no store has the input ${paths[0]}${others} of ${drvPath}`, {
      hint: 'A garbage collection may have dropped it while nobody was connected: what can be built is built again.',
    });
    this.paths = paths;
  }
}

/** The inputs of a build that these paths are outputs of. */
export function inputsWith(graph: Graph, node: GraphNode, paths: readonly StorePath[]): NodeId[] {
  const isWith = ({ node, outputs }: GraphNode['inputs'][number]): boolean =>
    outputPaths(factsOf(graph.node(node)), outputs).some((path) => paths.includes(path));
  return node.inputs.filter(isWith).map((input) => input.node);
}
