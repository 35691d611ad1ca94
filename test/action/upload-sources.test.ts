import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { mustRun } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { startCacheBench, type CacheBench } from '../support/action/cache-bench.ts';
import { createLibraryWorkspace } from '../support/action/library-flake.ts';
import { builtNames, outputsOf } from '../support/action/reading.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { concurrent: test, beforeAll, afterAll } = requires(farmRequirement);

let bench: CacheBench<'b1' | 'b2' | 'b3'>;

beforeAll(async () => {
  bench = await startCacheBench(() => [
    { name: 'b1', nix: '2.34.8' },
    { name: 'b2', nix: '2.26.3', nixConf: ['substituters = file:///own-cache', 'require-sigs = false'] },
    { name: 'b3', nix: '2.8.0' },
  ]);
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Nix takes everything from the cache that the step made, into a store that has nothing, and finds it whole. */
async function takenFromCache(step: StepResult, settings: readonly string[]): Promise<readonly string[]> {
  const store = await bench.newFolder();
  const env = { ...process.env, ...runnerNixEnv(settings) };
  const from = `file://${step.outputs.get('cache_path')}`;
  await mustRun(['nix', 'copy', '--from', from, '--to', store, ...outputsOf(step)], { env });
  await mustRun(['nix', 'store', 'verify', '--store', store, '--no-trust', '--all'], { env });
  return (await readdir(join(store, 'nix/store'))).filter((name) => /^[0-9a-z]{32}-/.test(name));
}

for (const name of ['b1', 'b2', 'b3'] as const)
  test(`outputs are read from ${name}`, async () => {
    await using workspace = await createLibraryWorkspace();
    const step = await bench.runOn([name], workspace, {
      upload_outputs: 'true',
      push_signing_key: bench.key.secret,
    });
    expect(step.exitCode, step.printed).toBe(0);
    expect(step.annotations).toEqual([]);
    const signed = [`trusted-public-keys = ${bench.key.public}`];
    const names = (await takenFromCache(step, signed)).map((base) => base.slice(33));
    expect(names.toSorted()).toEqual(['library', 'one', 'two']);
  });

test('what only the cache of a builder has is fetched by it', async () => {
  await using workspace = await createLibraryWorkspace();
  const first = await bench.runOn(['b2'], workspace, {});
  expect(first.exitCode, first.printed).toBe(0);
  const host = bench.farm.host('b2');
  const outputs = outputsOf(first);
  await host.mustExec(['nix', 'copy', '--to', 'file:///own-cache', ...outputs]);
  await host.mustExec(['nix-store', '--delete', ...outputs]);
  const step = await bench.runOn(['b2'], workspace, { upload_outputs: '.outcome == "substituted"' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toEqual([]);
  expect(builtNames(step)).toEqual([]);
  const taken = await takenFromCache(step, ['require-sigs = false']);
  expect(taken).toEqual(expect.arrayContaining(outputs.map((path) => basename(path))));
});

test('what only a push target has is read from there, with its signatures', async () => {
  await using workspace = await createLibraryWorkspace();
  const push_to = `file://${await bench.newFolder()}`;
  await bench.runOn(['b1'], workspace, { push_to, push_signing_key: bench.key.secret });
  const nix_conf = `trusted-public-keys = ${bench.key.public}`;
  const step = await bench.runOn(['b3'], workspace, {
    push_to,
    nix_conf,
    skip_cached: 'true',
    upload_outputs: 'true',
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(builtNames(step)).toEqual([]);
  expect(step.annotations).toEqual([]);
  const [output = ''] = outputsOf(step);
  const narinfo = join(step.outputs.get('cache_path') ?? '', `${basename(output).slice(0, 32)}.narinfo`);
  expect(await readFile(narinfo, 'utf8')).toContain('\nSig: test-cache-1:');
  expect(await takenFromCache(step, [nix_conf])).toHaveLength(3);
});

test('every version of Nix reads the cache', async () => {
  await using workspace = await createLibraryWorkspace();
  const step = await bench.runOn(['b1'], workspace, { upload_outputs: 'true' });
  expect(step.exitCode, step.printed).toBe(0);
  const packed = await mustRun(['sh', '-c', `tar -C ${step.outputs.get('cache_path')} -c . | base64`]);
  for (const host of bench.farm.hosts) {
    const folder = '/tmp/cache';
    await host.mustExec(['sh', '-c', `mkdir ${folder}; base64 -d | tar -C ${folder} -x`], { input: packed });
    const words = ['--no-check-sigs', '--from', `file://${folder}`, '--to', '/tmp/store'];
    await host.mustExec(['nix', 'copy', ...words, ...outputsOf(step)]);
    await host.mustExec(['nix', 'store', 'verify', '--store', '/tmp/store', '--no-trust', '--all']);
    expect(
      (await host.mustExec(['ls', '/tmp/store/nix/store'])).match(/-(?:library|one|two)$/gm),
    ).toHaveLength(3);
  }
});
