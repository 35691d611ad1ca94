import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startCacheBench, type CacheBench } from '../support/action/cache-bench.ts';
import { hostSystem } from '../support/action/flake.ts';
import { createLibraryWorkspace } from '../support/action/library-flake.ts';
import { annotationsOf, builtNames, jobsOf } from '../support/action/reading.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { concurrent: test, beforeAll, afterAll } = requires(farmRequirement);

let bench: CacheBench<'b1' | 'b2'>;

beforeAll(async () => {
  bench = await startCacheBench(() => [{ name: 'b1' }, { name: 'b2', nix: '2.26.3' }]);
});
afterAll(() => bench[Symbol.asyncDispose]());

async function newCache(): Promise<string> {
  return `file://${await bench.newFolder()}`;
}

test('what the cache has is not built, and is said to be there', async () => {
  await using workspace = await createLibraryWorkspace();
  const inputs = { push_to: await newCache(), push_signing_key: bench.key.secret, skip_cached: 'true' };
  const first = await bench.runOn(['b1'], workspace, inputs);
  expect(first.exitCode, first.printed).toBe(0);
  expect(builtNames(first)).toEqual(['library', 'one', 'two']);
  const second = await bench.runOn(['b2'], workspace, inputs);
  expect(second.exitCode, second.printed).toBe(0);
  expect(second.annotations).toEqual([]);
  expect(builtNames(second)).toEqual([]);
  expect(second.log).toContainEqual(expect.stringMatching(`already valid +${inputs.push_to}`) as string);
  expect(Object.values(jobsOf(second)).map(({ success }) => success)).toEqual([true, true]);
});

test('what is missing is built with what only the cache has, and pushed', async () => {
  await using workspace = await createLibraryWorkspace();
  const inputs = { push_to: await newCache(), push_signing_key: bench.key.secret, skip_cached: 'true' };
  await bench.runOn(['b1'], workspace, { ...inputs, filter_builds: '.attr == "one"' });
  const step = await bench.runOn(['b2'], workspace, { ...inputs, copy_outputs: 'true' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toEqual([]);
  expect(builtNames(step)).toEqual(['two']);
  // By a third road what was built just now is found as well.
  const third = await bench.runOn(['b1'], workspace, { ...inputs, mode: 'evaluate' });
  expect(third.outputs.get('jobs')).toContain('"cached"');
});

test('another target gets what the first has already', async () => {
  await using workspace = await createLibraryWorkspace();
  const [one, two] = [await newCache(), await newCache()];
  const inputs = { push_signing_key: bench.key.secret, skip_cached: 'true' };
  await bench.runOn(['b1'], workspace, { ...inputs, push_to: one });
  const step = await bench.runOn(['b2'], workspace, { ...inputs, push_to: `${one} ${two}` });
  expect(step.exitCode, step.printed).toBe(0);
  expect(builtNames(step)).toEqual([]);
  expect(step.printed).toContain(`from ${one} to ${two}`);
  const last = await bench.runOn(['b2'], workspace, { ...inputs, push_to: two });
  expect(builtNames(last)).toEqual([]);
});

test('nobody is believed without a signature of a key that is trusted', async () => {
  await using workspace = await createLibraryWorkspace();
  const push_to = await newCache();
  const unsigned = await bench.runOn(['b1'], workspace, { push_to });
  expect(unsigned.annotations).toEqual([]);
  const step = await bench.runOn(['b2'], workspace, { push_to, skip_cached: 'true' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(builtNames(step)).toEqual(['library', 'one', 'two']);
  expect(annotationsOf(step, 'warning')).toMatchObject([
    {
      title: 'Paths of a cache are not trusted',
      message: expect.stringContaining('trusted-public-keys') as string,
    },
  ]);
});

test('what a cache only seems to have is built', async () => {
  await using workspace = await createLibraryWorkspace();
  const push_to = await newCache();
  const inputs = { push_to, push_signing_key: bench.key.secret, skip_cached: 'true' };
  await bench.runOn(['b1'], workspace, { ...inputs, filter_builds: '.attr == "one"' });
  const folder = join(push_to.slice('file://'.length), 'nar');
  for (const name of await readdir(folder)) await rm(join(folder, name));
  const step = await bench.runOn(['b2'], workspace, { ...inputs, filter_builds: '.attr == "two"' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(builtNames(step)).toEqual(['library', 'two']);
  expect(step.printed).toContain('does not exist in binary cache');
});

test('the substituters of the runner count, with the keys that it trusts', async () => {
  await using workspace = await createLibraryWorkspace();
  const cache = await newCache();
  await bench.runOn(['b1'], workspace, { push_to: cache, push_signing_key: bench.key.secret });
  const nix_conf = `substituters = ${cache}\ntrusted-public-keys = ${bench.key.public}`;
  const step = await bench.runOn(['b2'], workspace, { skip_cached: 'true', nix_conf });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toEqual([]);
  expect(builtNames(step)).toEqual([]);
});

test('a cache that can’t be asked is a warning, and everything is built', async () => {
  await using workspace = await createLibraryWorkspace();
  const step = await bench.runOn(['b1'], workspace, {
    push_to: 'http://127.0.0.1:1/cache',
    skip_cached: 'true',
    filter_builds: `.attr == "one" and .system == "${hostSystem}"`,
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(builtNames(step)).toEqual(['library', 'one']);
  const titles = new Set(annotationsOf(step, 'warning').map(({ title }) => title));
  expect(titles).toEqual(new Set(['A cache could not be asked', 'Push failed']));
});
