import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createOutputTar, type Omissions } from '../../../../src/delivery/outputs/output-tar.ts';
import { toByteString } from '../../../../src/nix/byte-string.ts';
import { encodeNar, type NarNode } from '../../../../src/nix/nar/tree.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'output-tar-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = (text: string): string => toByteString(Buffer.from(text));
const file = (text: string, isExecutable = false): NarNode => ({
  kind: 'regular',
  isExecutable,
  contents: Buffer.from(text),
});
const link = (target: string): NarNode => ({ kind: 'symlink', target: bytes(target) });
const directory = (entries: Readonly<Record<string, NarNode>>): NarNode => ({
  kind: 'directory',
  entries: new Map(Object.entries(entries).map(([name, node]) => [bytes(name), node])),
});

/** Packs trees, and lets tar unpack them. */
async function unpacked(trees: Readonly<Record<string, NarNode>>, chunkBytes = 37): Promise<Omissions> {
  const path = join(folder, 'a.tar.zst');
  const tar = createOutputTar(path, join(folder, 'partial'));
  for (const [root, tree] of Object.entries(trees)) {
    const nar = encodeNar(tree);
    tar.begin(root);
    for (let at = 0; at < nar.length; at += chunkBytes) await tar.write(nar.subarray(at, at + chunkBytes));
  }
  const omitted = await tar.finish();
  const printed = execFileSync('tar', ['-xf', path, '-C', folder], { encoding: 'utf8', stdio: 'pipe' });
  expect(printed).toBe('');
  expect((await readdir(folder)).toSorted()).toEqual(['a.tar.zst', ...Object.keys(trees)].toSorted());
  return omitted;
}

it('has files with their bytes and the executable bit, whatever their size', async () => {
  const sizes = [0, 1, 511, 512, 513, 100_000];
  await unpacked({
    result: directory({
      ...Object.fromEntries(sizes.map((size) => [`${size}`, file('x'.repeat(size))])),
      run: file('#!/bin/sh\n', true),
    }),
    'result-dev': file('dev'),
  });
  for (const size of sizes) {
    expect(await readFile(join(folder, `result/${size}`), 'utf8')).toBe('x'.repeat(size));
  }
  const modes = await Promise.all(['0', 'run', ''].map((name) => stat(join(folder, 'result', name))));
  expect(modes.map(({ mode }) => mode & 0o7777)).toEqual([0o644, 0o755, 0o755]);
  expect(await readFile(join(folder, 'result-dev'), 'utf8')).toBe('dev');
});

it('keeps names and targets of every length and script', async () => {
  const names = [
    'x'.repeat(99),
    'x'.repeat(100),
    'x'.repeat(101),
    'ü'.repeat(127),
    '✓ größe',
    'line\nbreak',
    '-rf',
    ' ',
    '\\',
  ];
  const targets = ['y'.repeat(100), 'y'.repeat(3000), '../../../up', '/etc/passwd', 'ü/\n'];
  const deep = Array.from({ length: 40 }).reduce<NarNode>(
    (node) => directory({ ['d'.repeat(60)]: node }),
    file('deep'),
  );
  await unpacked({
    result: directory({
      ...Object.fromEntries(names.map((name) => [name, file(name)])),
      ...Object.fromEntries(targets.map((target, index) => [`link-${index}`, link(target)])),
      deep,
    }),
  });
  for (const name of names) expect(await readFile(join(folder, 'result', name), 'utf8')).toBe(name);
  for (const [index, target] of targets.entries()) {
    expect(await readlink(join(folder, `result/link-${index}`))).toBe(target);
  }
  const bottom = join(folder, 'result/deep', ...Array.from({ length: 40 }, () => 'd'.repeat(60)));
  expect(await readFile(bottom, 'utf8')).toBe('deep');
});

it('can be a link or a file, and have nothing in it', async () => {
  await unpacked({
    result: link('/nix/store/elsewhere'),
    'result-bin': directory({}),
    'result-dev': file(''),
  });
  expect((await lstat(join(folder, 'result'))).isSymbolicLink()).toBe(true);
  expect(await readdir(join(folder, 'result-bin'))).toEqual([]);
});

it('leaves out what is not UTF-8, and says so', async () => {
  const entries = new Map<string, NarNode>([
    ['a\u00ff', file('lost'.repeat(300))],
    ['b', { kind: 'symlink', target: '\u00fe' }],
    ['c', file('kept')],
  ]);
  const omitted = await unpacked({ result: { kind: 'directory', entries } });
  expect(omitted).toEqual({ count: 2, first: 'result/a\ufffd' });
  expect(await readdir(join(folder, 'result'))).toEqual(['c']);
  expect(await readFile(join(folder, 'result/c'), 'utf8')).toBe('kept');
});

it('refuses names that lead elsewhere, and leaves nothing behind', async () => {
  const nar = Buffer.from(encodeNar(directory({ aa: file('x') })));
  const at = nar.indexOf('aa\0\0');
  const tar = createOutputTar(join(folder, 'a.tar'), join(folder, 'partial'));
  tar.begin('result');
  nar.write('..', at, 'latin1');
  await expect(tar.write(nar)).rejects.toThrow('leads elsewhere');
  await tar.abandon();
  expect(await readdir(folder)).toEqual([]);
});
