import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { loadGraph } from '../../../../scripts/simulation/load-graph.ts';

const folder = mkdtempSync(join(tmpdir(), 'nix-dispatch-graph-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string | Uint8Array): string {
  const path = join(folder, 'graph.json');
  writeFileSync(path, content);
  return path;
}

const one = JSON.stringify({
  derivations: [{ name: 'a', system: 'x86_64-linux', features: [], deps: [], srcs: 0 }],
});

test.each<[string, () => string, number]>([
  ['a file', () => file(one), 1],
  ['a gzipped file', () => file(gzipSync(one)), 1],
  ['a size', () => 'generated:40', 40],
])('takes a graph from %s', (_, source, length) => {
  expect(loadGraph(source())).toHaveLength(length);
});

test.each<[string, () => string, RegExp]>([
  ['is not there', () => join(folder, 'absent'), /^Cannot read the graph .*absent: ENOENT/],
  ['is no JSON', () => file('graph'), /^Cannot read the graph .*: Unexpected token/],
  ['is cut off', () => file(gzipSync(one).subarray(0, 30)), /^Cannot read the graph .*: unexpected end/],
  ['has no list', () => file('{}'), /^The graph has no list named "derivations"/],
  ['has nothing in it', () => 'generated:0', /^The graph generated:0 has no derivation/],
])('says what is wrong with a graph that %s', (_, source, message) => {
  expect(() => loadGraph(source())).toThrow(message);
});
