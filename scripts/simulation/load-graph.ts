import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { generateGraph } from '../../src/dispatch/simulate/generated-graph.ts';
import { parseGraph, type GraphDerivation } from '../../src/dispatch/simulate/graph-file.ts';

const GENERATED = /^generated:(\d+)$/;

/** Reads a graph file, gzipped or plain, or makes one for `generated:SIZE`. */
export function loadGraph(source: string): GraphDerivation[] {
  const size = GENERATED.exec(source)?.[1];
  // The shape is the same for every seed of the workload.
  if (size !== undefined) return generateGraph(Number(size), 1);
  const bytes = readFileSync(source);
  const isGzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return parseGraph(JSON.parse((isGzipped ? gunzipSync(bytes) : bytes).toString('utf8')));
}

/** The real graph that figures are quoted for; it is not part of the repository. Undefined where it is absent. */
export function findRealGraph(): string | undefined {
  const folder = process.env['NIX_DISPATCH_GRAPHS'] ?? join(import.meta.dirname, '../../../shared/graphs');
  const file = join(folder, 'corepkgs.json.gz');
  return existsSync(file) ? file : undefined;
}
