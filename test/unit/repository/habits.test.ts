import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
});
const files = listed.stdout
  .split('\n')
  .filter((name) => /\.(?:[mc]?[jt]s|css|json|ya?ml|md|sh|nix)$/.test(name))
  .filter((name) => !name.startsWith('dist/') && name !== 'package-lock.json' && existsSync(join(root, name)))
  .map((name) => ({ name, lines: readFileSync(join(root, name), 'utf8').split('\n') }));

/** `file:line: text` of every line that matches, in files whose name matches. */
function found(pattern: RegExp, where = /^/): readonly string[] {
  return files
    .filter(({ name }) => where.test(name))
    .flatMap(({ name, lines }) =>
      lines.flatMap((line, index) => (pattern.test(line) ? [`${name}:${index + 1}: ${line.trim()}`] : [])),
    );
}

it('looks at the whole repository', () => {
  const names = files.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['action.yml', 'src/index.ts', 'README.md']));
  expect(found(/^import /, /^src\/index\.ts$/).length).toBeGreaterThan(3);
});

it('names no folder of one machine', () => {
  const folder = /(?<![\w.~-])\/(?:work|root|home|farm)\/[a-z]/;
  // Tests have such paths as what a parser is given.
  expect(found(folder, /^(?!test\/)/)).toEqual([]);
});

it('has less than 250 lines in every file of src, test and scripts', () => {
  const counted = files
    .filter(({ name }) => /^(?:src|test|scripts)\/.*\.(?:[mc]?[jt]s|css|sh|nix)$/.test(name))
    .map(({ name, lines }) => ({ name, count: lines.at(-1) === '' ? lines.length - 1 : lines.length }));
  expect(counted.some(({ name }) => name.endsWith('.css'))).toBe(true);
  const long = counted.filter(({ count }) => count >= 250);
  expect(long.map(({ name, count }) => `${name} (${count} lines)`)).toEqual([]);
});

it('leaves nothing for later', () => {
  expect(found(/\b(?:TOD[O]|FIXM[E]|XX[X])\b/)).toEqual([]);
});

it('mocks no module, and skips no test without a reason', () => {
  const mocks = String.raw`\bvi\.(?:mock|doMock|stubGlobal)\(`;
  const skips = String.raw`\b(?:it|test|describe)\.(?:skip|todo|only)\(`;
  expect(found(new RegExp(`${mocks}|${skips}`), /^test\//)).toEqual([]);
});
