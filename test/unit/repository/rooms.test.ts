import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const table = /^## The rooms\n([^]*?)^## /m.exec(read('docs/architecture.md'))?.[1] ?? '';
/** From the top down. */
const rooms = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, room = '']) => room);
const sources = globSync('src/**/*.ts', { cwd: root }).filter((path) => !path.includes('/html/page/'));

function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Files of this repository that a file imports, relative to the root. */
function importsOf(path: string): readonly string[] {
  const targets = read(path).matchAll(/(?:\bfrom |\bimport\()'(\.[^']+)'/g);
  return [...targets].map(([, target = '']) => normalize(join(dirname(path), target)));
}

describe('the rooms of docs/architecture.md', () => {
  it('are those that there are', () => {
    expect(rooms.toSorted()).toEqual([...new Set(sources.map(roomOf))].sort());
  });

  it('use only rooms below them', () => {
    const upward = sources.flatMap((path) =>
      importsOf(path)
        .filter((target) => rooms.indexOf(roomOf(target)) < rooms.indexOf(roomOf(path)))
        .map((target) => `${path} imports ${target}`),
    );
    expect(upward).toEqual([]);
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length);
  });

  it('are pure by a rule that finds its files', () => {
    const patterns = [...read('.oxlintrc.json').matchAll(/"(src\/[^"]+)"/g)].map(
      ([, pattern = '']) => pattern,
    );
    const lost = patterns.filter((pattern) => globSync(pattern, { cwd: root }).length === 0);
    expect(lost).toEqual([]);
    for (const room of ['inputs', 'report', 'accounting', 'dispatch/schedule', 'nix/wire', 'nix/protocol']) {
      expect(patterns).toContain(`src/${room}/**`);
    }
  });
});
