import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packOutputs } from '../../../../src/delivery/outputs/pack-outputs.ts';
import { encodeNar, type NarNode } from '../../../../src/nix/nar/tree.ts';
import type { StorePath } from '../../../../src/nix/store-path.ts';
import type { JobReport, Notice } from '../../../../src/report/run-report.ts';
import { output } from '../../../support/dispatch/derivations.ts';
import { createNarStore, type NarStore } from '../../../support/dispatch/nar-store.ts';
import { sampleJob } from '../../../support/report/sample-report.ts';

let root: string;
let b1: NarStore;
let b2: NarStore;
let runner: NarStore;
let notices: Notice[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pack-outputs-'));
  [b1, b2, runner] = [createNarStore('b1'), createNarStore('b2'), createNarStore('local')];
  notices = [];
});
afterEach(() => rm(root, { recursive: true }));

const file = (text: string): NarNode => ({
  kind: 'regular',
  isExecutable: false,
  contents: Buffer.from(text),
});

function job(name: string, changes: Partial<JobReport> = {}): JobReport {
  return sampleJob(name, { outputs: { out: output(name) }, ...changes });
}

async function pack(
  jobs: readonly JobReport[],
  options: { readonly filter?: string; readonly signal?: AbortSignal } = {},
): Promise<ReadonlyMap<string, string>> {
  return packOutputs({
    filter: 'true',
    signal: new AbortController().signal,
    ...options,
    jobs,
    builders: [{ name: 'b1' }, { name: 'b2' }],
    dispatch: { storeOf: (name) => [b1, b2, runner].find(({ store }) => store.name === name)?.store },
    runner: runner.store,
    folders: { outputs: join(root, 'outputs'), cache: join(root, 'cache'), partial: join(root, 'partial') },
    key: undefined,
    say: () => {},
    notice: (level, title, message) => void notices.push({ level, title, message }),
  });
}

/** Whatever lies in the folders, by its path. */
async function left(): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .sort();
}

const narinfo = (path: StorePath): string => `cache/${path.slice('/nix/store/'.length).slice(0, 32)}.narinfo`;
const archive = (name: string): string => `outputs/checks.x86_64-linux.${name}.tar.zst`;

it('reads every path once, outputs of two jobs and what they share', async () => {
  b1.add(output('lib'), file('lib'));
  for (const name of ['a', 'b'])
    b1.add(output(name), file(name), { references: [output('lib'), output(name)] });
  const archives = await pack([job('a'), job('b')]);
  expect(notices).toEqual([]);
  expect(b1.read.toSorted()).toEqual(['a', 'b', 'lib'].map((name) => output(name)).sort());
  const files = await left();
  expect(files.filter((path) => !path.startsWith('cache/nar/'))).toEqual(
    [
      'cache/nix-cache-info',
      archive('a'),
      archive('b'),
      ...['a', 'b', 'lib'].map((name) => narinfo(output(name))),
    ].sort(),
  );
  expect(await readFile(join(root, 'cache/nix-cache-info'), 'utf8')).toBe('StoreDir: /nix/store\n');
  expect([...archives]).toEqual([
    ['checks.x86_64-linux.a', 'checks.x86_64-linux.a.tar.zst'],
    ['checks.x86_64-linux.b', 'checks.x86_64-linux.b.tar.zst'],
  ]);
});

it('asks another store that has it where the first one sends something else', async () => {
  b1.add(output('a'), file('good'), { sent: encodeNar(file('evil')) });
  b2.add(output('a'), file('good'));
  await pack([job('a')]);
  expect(notices).toEqual([]);
  expect([b1.read, b2.read]).toEqual([[output('a')], [output('a')]]);
  expect(await left()).toEqual(expect.arrayContaining([archive('a'), narinfo(output('a'))]));
});

it('begins an archive anew when a store gives only some of its outputs', async () => {
  const outputs = { out: output('a'), dev: output('a', 'dev') };
  const large = file('x'.repeat(200_000));
  b1.add(outputs.out, large);
  b1.add(outputs.dev, file('dev'), { sent: encodeNar(file('dev')).subarray(0, 20) });
  b2.add(outputs.out, large);
  b2.add(outputs.dev, file('dev'));
  await pack([job('a', { outputs })]);
  expect(notices).toEqual([]);
  // What the cache has already is read again for the archive alone.
  expect(b2.read.toSorted()).toEqual(Object.values(outputs).toSorted());
  const list = execFileSync('tar', ['-tvf', join(root, archive('a'))], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
  });
  expect(list.match(/\d+ (?=1970)|result.*/g)).toEqual(['200000 ', 'result', '3 ', 'result-dev']);
});

it('asks others when the builder has gone, and the caches of stores when nobody has it', async () => {
  b1.drop();
  b2.add(output('a'), file('a'));
  runner.offer(output('b'), file('b'));
  await pack([job('a'), job('b')]);
  expect(notices).toEqual([]);
  expect(await left()).toEqual(expect.arrayContaining([archive('a'), archive('b'), narinfo(output('b'))]));
  expect(runner.read).toEqual([output('b')]);
});

it('tells what can’t be had, and keeps the rest', async () => {
  b1.add(output('a'), file('a'), { sent: encodeNar(file('a')).subarray(0, 50) });
  b1.add(output('b'), file('b'));
  await pack([job('a'), job('b'), job('c')]);
  expect(notices).toEqual([
    {
      level: 'warning',
      title: 'Outputs are not in the artifact',
      message: 'checks.x86_64-linux.c: no store has them (any more)',
    },
    {
      level: 'warning',
      title: 'Outputs are not in the artifact',
      message: expect.stringMatching(
        /^checks\.x86_64-linux\.a: expected the NAR of .*-a to have \d+ bytes/,
      ) as string,
    },
  ]);
  const files = await left();
  expect(files.filter((path) => /narinfo|tar/.test(path))).toEqual(
    [narinfo(output('b')), archive('b')].sort(),
  );
  expect(files.filter((path) => path.includes('nar/'))).toHaveLength(1);
});

it('makes nothing known in the cache of which a reference is missing', async () => {
  b1.add(output('lib'), file('lib'), { sent: encodeNar(file('evil')) });
  b1.add(output('a'), file('a'), { references: [output('lib')] });
  b1.add(output('b'), file('b'));
  await pack([job('a'), job('b')]);
  expect(notices.map(({ message }) => message.replace(/ to have.*/, ''))).toEqual([
    `checks.x86_64-linux.a: expected the NAR of ${output('lib')}`,
  ]);
  const files = await left();
  expect(files.filter((path) => path.endsWith('narinfo'))).toEqual([narinfo(output('b'))]);
  expect(files.filter((path) => path.includes('nar/'))).toHaveLength(1);
  // The archive holds the output alone.
  expect(files).toContain(archive('a'));
});

it('sees what jq is promised, of jobs that have outputs', async () => {
  b1.add(output('a'), file('a'));
  b1.add(output('b'), file('b'));
  const jobs = [
    job('a', { label: 'A "quoted"' }),
    job('b', { outcome: { kind: 'already-valid', where: 'b1' } }),
    job('c', { outcome: { kind: 'failed', builder: 'b1', message: 'no' } }),
    job('d', { outputs: {} }),
  ];
  await pack(jobs, {
    filter:
      '.top_attr == "checks" and .system == "x86_64-linux" and .type == "derivation" and .builder == "b1" and .label == "A \\"quoted\\"" and .outcome == "built" and (.outputs.out | endswith("-a")) and (.drvPath | endswith(".drv"))',
  });
  expect((await left()).filter((path) => path.startsWith('outputs/'))).toEqual([archive('a')]);
  await pack(jobs, { filter: '.attr == "c" or .attr == "d"' });
  expect(notices).toMatchObject([{ level: 'notice', message: 'upload_outputs selects none of 2 jobs.' }]);
  await pack(jobs, { filter: '.attr | error("odd")' });
  expect(notices.at(-1)).toMatchObject({
    level: 'warning',
    message: expect.stringContaining(
      'upload_outputs failed on checks.x86_64-linux.a: jq: error: odd',
    ) as string,
  });
});

it('ends when the run does, and says nothing of it', async () => {
  b1.add(output('a'), file('a'.repeat(10_000)));
  await pack([job('a')], { signal: AbortSignal.abort() });
  expect(notices).toEqual([]);
  expect(await left()).toEqual([]);
});

it('is a warning where nothing can be written', async () => {
  b1.add(output('a'), file('a'));
  await writeFile(join(root, 'outputs'), 'in the way');
  await pack([job('a')]);
  expect(notices).toMatchObject([{ level: 'warning', title: 'Outputs are not in the artifact' }]);
  expect(notices[0]?.message).toMatch(/^checks\.x86_64-linux\.a: .*(?:EEXIST|ENOTDIR)/);
});
