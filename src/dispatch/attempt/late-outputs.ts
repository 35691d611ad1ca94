import type { Derivation } from '../../nix/derivation/derivation.ts';
import { resolveDerivation } from '../../nix/derivation/resolve.ts';
import { sha256 } from '../../nix/hash/sha256.ts';
import type { BuildResult } from '../../nix/protocol/build-result.ts';
import type { StorePath } from '../../nix/store-path.ts';
import { factsOf, outputPaths, type Graph, type GraphNode } from '../graph/graph.ts';

/** Where the outputs of a build are: a path that follows from the derivation is no builder's to choose, others the builder tells. */
export function outputsOf(node: GraphNode, result: BuildResult | undefined): ReadonlyMap<string, StorePath> {
  const facts = factsOf(node);
  const outputs = new Map<string, StorePath>();
  for (const name of facts.outputs.keys()) {
    const path = outputPaths(facts, [name])[0] ?? result?.builtOutputs.get(name)?.outPath;
    if (path !== undefined) outputs.set(name, path);
  }
  return outputs;
}

/** From now on those who need the node know its outputs, also those whose paths follow from their content. */
export function learnOutputs(node: GraphNode, outputs: ReadonlyMap<string, StorePath>): void {
  const facts = factsOf(node);
  if ([...facts.outputs.values()].includes(undefined)) {
    node.facts = { ...facts, outputs: new Map([...facts.outputs, ...outputs]) };
  }
}

/** The derivation with the paths of its inputs in it, where they could not be known before those were built. */
export function resolveInputs(graph: Graph, node: GraphNode, derivation: Derivation): Derivation {
  // Had an input's path been unknown, its own would be.
  if ([...derivation.outputs.values()].every(({ kind }) => kind === 'input-addressed')) return derivation;
  const inputs = new Map(node.inputs.map((input) => [graph.node(input.node).drvPath, input.node]));
  return resolveDerivation(sha256, derivation, (drvPath, output) => {
    const id = inputs.get(drvPath);
    return id === undefined ? undefined : factsOf(graph.node(id)).outputs.get(output);
  });
}
