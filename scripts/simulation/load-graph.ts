import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DispatchError, toDispatchError } from '../../src/errors.ts';
import { generateGraph } from '../../src/dispatch/simulate/generated-graph.ts';
import { parseGraph, type GraphDerivation } from '../../src/dispatch/simulate/graph-file.ts';

const GENERATED = /^generated:(\d+)$/;

/**
 * Reads a graph file, gzipped or plain, or makes one for `generated:SIZE`.
 *
 * @throws DispatchError `input` when there is no graph in it, or an empty one
 */
export function loadGraph(source: string): GraphDerivation[] {
  const size = GENERATED.exec(source)?.[1];
  // The shape is the same for every seed of the workload.
  const graph = size === undefined ? readGraph(source) : generateGraph(Number(size), 1);
  if (graph.length === 0) throw new DispatchError('input', `The graph ${source} has no derivation.`);
  return graph;
}

function readGraph(file: string): GraphDerivation[] {
  let json: unknown;
  try {
    const bytes = readFileSync(file);
    const isGzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    json = JSON.parse((isGzipped ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (error) {
    const { message } = toDispatchError(error, 'input');
    const hint = 'A graph is a file of JSON, gzipped or not, or generated:SIZE.';
    throw new DispatchError('input', `Cannot read the graph ${file}: ${message}`, { hint });
  }
  return parseGraph(json);
}

/** The real graph that figures are quoted for; it is not part of the repository. Undefined where it is absent. */
export function findRealGraph(): string | undefined {
  const folder = process.env['NIX_DISPATCH_GRAPHS'] ?? join(import.meta.dirname, '../../../shared/graphs');
  const file = join(folder, 'corepkgs.json.gz');
  return existsSync(file) ? file : undefined;
}
