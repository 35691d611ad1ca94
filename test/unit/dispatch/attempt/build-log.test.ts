import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogFolder, type PackingLogFolder } from '../../../../src/dispatch/attempt/build-log.ts';
import { parseStorePath } from '../../../../src/nix/store-path.ts';
import { drv } from '../../../support/dispatch/derivations.ts';

let folder: string;
let logs: PackingLogFolder;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'build-log-')), 'logs');
  logs = createLogFolder(folder);
});
afterEach(async () => rm(join(folder, '..'), { recursive: true }));

function write(name: string, ...lines: readonly string[]) {
  const log = logs.open(name.startsWith('/') ? parseStorePath(name) : drv(name));
  for (const line of lines) log.write(line);
  return log.close();
}

it('writes every line to a file and keeps the last ones, safe to show', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
  const { tail, lines: count, file } = write('hello-1.0', ...lines, '\u001b[31mred\u0000');
  expect(file).toMatch(/^hello-1\.0-[0-9a-z]{8}\.log$/u);
  expect(await readFile(join(folder, file ?? ''), 'utf8')).toBe(
    `${[...lines, '\u001b[31mred\u0000'].join('\n')}\n`,
  );
  expect(count).toBe(51);
  expect(tail).toHaveLength(40);
  expect(tail.slice(-2)).toEqual(['line 49', 'red\ufffd']);
});

it('makes neither folder nor file for a build that prints nothing', async () => {
  expect(write('quiet')).toEqual({ tail: [], lines: 0, file: undefined });
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
});

it('counts bytes as they come and writes them in blocks', async () => {
  const log = logs.open(drv('big'));
  for (let index = 0; index < 3; index++) log.write('ü'.repeat(10_000));
  expect(log.bytes).toBe(60_003);
  const written = await readFile(join(folder, (await readdir(folder))[0] ?? ''));
  expect(written.length).toBeGreaterThan(40_000);
  log.write('last');
  expect((await readFile(join(folder, log.close().file ?? ''), 'utf8')).endsWith('ü\nlast\n')).toBe(true);
});

it('keeps little of lines that are long', () => {
  const { tail } = write('long', ...Array.from({ length: 40 }, () => 'x'.repeat(1_000_000)));
  expect(tail.join('').length).toBeLessThan(16_001);
  expect(tail.at(-1)).toBe(`${'x'.repeat(2000)}…`);
});

it('does not hold on to long lines in memory', () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  const heapUsed = (): number => {
    if (typeof collect === 'function') collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heapUsed();
  const line = (index: number): string => Buffer.alloc(2 ** 19, 48 + index).toString();
  const log = logs.open(drv('held'));
  for (let index = 0; index < 40; index++) log.write(line(index));
  expect(heapUsed() - before).toBeLessThan(2 ** 20);
  expect(log.close().lines).toBe(40);
});

it('compresses a large log once it has ended, and names the file that it becomes', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `${index} ${'x'.repeat(80)}`);
  const large = write('large', ...lines);
  const small = write('small', 'x');
  expect(large.file).toMatch(/^large-[0-9a-z]{8}\.log\.zst$/u);
  expect(large.tail).toHaveLength(40);
  await logs.packed();
  expect((await readdir(folder)).toSorted()).toEqual([large.file, small.file]);
  const packed = await readFile(join(folder, large.file ?? ''));
  expect(packed.length).toBeLessThan(200_000);
  expect(zstdDecompressSync(packed).toString()).toBe(`${lines.join('\n')}\n`);
});

it('leaves a log as it is that can’t be compressed', async () => {
  const log = logs.open(drv('large'));
  for (let index = 0; index < 3; index++) log.write('x'.repeat(2 ** 19));
  const [file = ''] = await readdir(folder);
  await mkdir(join(folder, `${file}.zst.partial`));
  log.close();
  await logs.packed();
  expect((await readFile(join(folder, file))).length).toBe(3 * (2 ** 19 + 1));
});

it('gives every attempt a file of its own', () => {
  const files = [write('a', 'x'), write('a', 'x'), write('b', 'x'), write('a', 'x')].map(({ file }) => file);
  expect(new Set(files).size).toBe(4);
  expect(files[3]).toMatch(/^a-[0-9a-z]{8}\.retry-2\.log$/u);
});

const hash = '0123456789abcdfghijklmnpqrsvwxyz';
it.each([
  [`/nix/store/${hash}-a?b=c.drv`, 'a_b=c-01234567.log'],
  [`/nix/store/${hash}-.profile.drv`, '_profile-01234567.log'],
  [`/nix/store/${hash}--rf.drv`, '_rf-01234567.log'],
  [`/nix/store/${hash}-no-ending`, 'no-ending-01234567.log'],
  [`/nix/store/${hash}-${'x'.repeat(207)}.drv`, `${'x'.repeat(207)}-01234567.log`],
])('names the log of %s so that it can be an artifact', (path, file) => {
  expect(write(path, 'x').file).toBe(file);
});

it('keeps apart derivations that somebody gave the same first characters of their hash', () => {
  const other = `01234567${hash.slice(8).split('').toReversed().join('')}`;
  const files = [hash, other].map((one) => write(`/nix/store/${one}-same.drv`, 'x').file);
  expect(new Set(files).size).toBe(2);
});

it('goes on without a file when there can be none, and says so', async () => {
  await writeFile(folder, 'not a folder');
  const { tail, lines, file } = write('a', 'one', 'two');
  expect(file).toBeUndefined();
  expect(lines).toBe(2);
  expect(tail.slice(0, 2)).toEqual(['one', 'two']);
  expect(tail[2]).toContain('the log could not be written');
});

it('has no file open between two writes, however many logs there are', async () => {
  const all = Array.from({ length: 50 }, (_, index) => logs.open(drv(`many-${index}`)));
  for (const log of all) log.write('x'.repeat(20_000));
  const targets = await readdir('/proc/self/fd');
  expect(await readdir(folder)).toHaveLength(50);
  expect(targets.length).toBeLessThan(50);
  for (const log of all) log.close();
});
