import { DispatchError } from '../../errors.ts';
import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import type { StorePath } from '../../nix/store-path.ts';
import { factsOf, outputPaths, type Graph, type GraphNode } from '../graph/graph.ts';
import type { AttemptEnd } from '../ledger/attempt.ts';
import type { NodeId } from '../schedule/events.ts';

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

/**
 * The end of a build whose inputs may have been collected under it: a machine that loses our connections forgets that we hold them. It is
 * asked only where a build failed. Never rejects.
 */
export async function endWithInputs(
  client: DaemonClient,
  end: AttemptEnd,
  inputs: readonly StorePath[],
): Promise<AttemptEnd> {
  if (end.kind !== 'failed' || inputs.length === 0) return end;
  const valid = new Set(await client.queryValidPaths(inputs).catch(() => inputs));
  const gone = inputs.find((path) => !valid.has(path));
  if (gone === undefined) return end;
  return { kind: 'infrastructure', message: `its input ${gone} was dropped under it: ${end.message}` };
}
