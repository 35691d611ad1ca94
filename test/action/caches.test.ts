import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { mustRun } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { startCacheBench, type CacheBench } from '../support/action/cache-bench.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { createLibraryWorkspace } from '../support/action/library-flake.ts';
import { builtNames, outputsOf } from '../support/action/reading.ts';
import type { StepOptions } from '../support/action/step.ts';
import type { StepResult } from '../support/action/step-result.ts';
import type { ActionInputs, Workspace } from '../support/action/workspace.ts';
import { startHttpCache } from '../support/caches/http-cache.ts';
import { writeNewerNix } from '../support/caches/newer-nix.ts';
import { startS3Server } from '../support/caches/s3-server.ts';
import { farm as farmRequirement, requires, s3 } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);
const { test: s3Test } = requires(farmRequirement, s3);

let bench: CacheBench<'b1' | 'b2'>;

beforeAll(async () => {
  bench = await startCacheBench(() => [{ name: 'b1' }, { name: 'b2', nix: '2.26.3' }]);
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Builds on one host, pushes what is signed, and builds nothing that a target has. */
function runOn(
  host: 'b1' | 'b2',
  workspace: Workspace,
  inputs: ActionInputs,
  options?: StepOptions,
): Promise<StepResult> {
  const given = { push_signing_key: bench.key.secret, skip_cached: 'true', ...inputs };
  return bench.runOn([host], workspace, given, options);
}

s3Test('a bucket gets everything, and is read again', async () => {
  await using workspace = await createLibraryWorkspace();
  await using server = await startS3Server();
  const bin = join(await bench.newFolder(), 'newer-nix');
  await writeNewerNix(bin);
  const environment = { PATH: `${bin}:${process.env['PATH']}` };
  const inputs = { push_to: `${server.uri}&compression=zstd` };
  const first = await runOn('b1', workspace, { ...inputs, filter_builds: '.attr == "one"' }, { environment });
  expect(first.exitCode, first.printed).toBe(0);
  expect(first.annotations).toEqual([]);
  const keys = await server.keys();
  expect(keys).toContain('nix-cache-info');
  expect(keys.filter((name) => name.endsWith('.nar.zst'))).toHaveLength(2);
  for (const path of outputsOf(first)) {
    expect(await server.read(`${basename(path).slice(0, 32)}.narinfo`)).toContain('Sig: test-cache-1:');
  }
  const second = await runOn('b2', workspace, inputs, { environment });
  expect(second.exitCode, second.printed).toBe(0);
  expect(second.annotations).toEqual([]);
  expect(builtNames(second)).toEqual(['two']);
});

test('a web server that takes files is a cache, which Nix verifies', async () => {
  await using workspace = await createLibraryWorkspace();
  await using cache = await startHttpCache();
  const step = await runOn('b1', workspace, { push_to: cache.url });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toEqual([]);
  const options = { env: { ...process.env, ...runnerNixEnv([`trusted-public-keys = ${bench.key.public}`]) } };
  const verify = ['nix', 'store', 'verify', '--recursive', '--sigs-needed', '1', '--store', cache.url];
  await mustRun([...verify, ...outputsOf(step)], options);
  const [, secret = ''] = bench.key.public.split(':');
  const others = { env: { ...process.env, ...runnerNixEnv([`trusted-public-keys = other-1:${secret}`]) } };
  await expect(mustRun([...verify, ...outputsOf(step)], others)).rejects.toThrow(/untrusted/);
});

test('whoever cancels does not wait for a push', async () => {
  await using workspace = await createLibraryWorkspace();
  await using silent = await startHttpCache({
    ignores: (method, path) => method === 'PUT' && path.endsWith('.xz'),
  });
  const step = await workspace.start({
    ...farmInputs(bench.farm, [bench.farm.host('b1')]),
    push_to: silent.url,
  });
  await step.untilPrinted('✅ two: built');
  const isAsked = (): boolean => silent.requests.some((request) => /^PUT .*\.xz$/.test(request));
  while (!isAsked()) await new Promise((resolve) => setTimeout(resolve, 20));
  const startedAt = performance.now();
  step.interrupt();
  const result = await step.finished;
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  expect(result.exitCode).toBe(1);
});
