import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { makeCacheKey } from '../support/action/cache-key.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createLibraryWorkspace } from '../support/action/library-flake.ts';
import { annotationsOf, builtNames } from '../support/action/reading.ts';
import { createWorkspaceWith } from '../support/action/workspace.ts';
import { startHttpCache } from '../support/caches/http-cache.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'first' },
    { name: '2.34.8', nix: '2.34.8' },
    { name: '2.26.3', nix: '2.26.3' },
    { name: '2.8.0', nix: '2.8.0' },
  ]);
});
afterAll(() => farm[Symbol.asyncDispose]());

test('builders of every version fetch by themselves from the substituters of the runner', async () => {
  const key = await makeCacheKey('test-cache-1');
  await using cache = await startHttpCache();
  await using workspace = await createLibraryWorkspace();
  const only = (attr: string) => ({ filter_builds: `.attr == "${attr}"` });
  await workspace.run({
    ...farmInputs(farm, [farm.host('first')]),
    ...only('one'),
    push_to: cache.url,
    push_signing_key: key.secret,
  });
  // Hosts of the farm are in the network of the runner's bridge.
  const address = farm.host('first').address.replace(/\d+$/, '254');
  const nix_conf = `substituters = http://${address}:${cache.port}\ntrusted-public-keys = ${key.public}`;
  for (const name of ['2.34.8', '2.26.3', '2.8.0']) {
    const host = farm.host(name);
    const step = await workspace.run({
      ...farmInputs(farm, [host]),
      ...only('two'),
      nix_conf,
      share_substituters: 'true',
    });
    expect(step.exitCode, step.printed).toBe(0);
    expect(step.annotations).toEqual([]);
    expect(builtNames(step)).toEqual(['two']);
    // It was known to be in a cache, and not only found there by who was to build it.
    expect(step.printed).not.toContain('library: building');
    const nars = cache.fetched.filter(({ from, path }) => from === host.address && path.startsWith('/nar/'));
    expect(nars).toHaveLength(1);
  }
  const unasked = await workspace.run({
    ...farmInputs(farm, [farm.host('2.8.0')]),
    ...only('one'),
    nix_conf,
  });
  expect(builtNames(unasked)).toEqual(['one']);
});

test('says which builder may not be told', async () => {
  await using workspace = await createLibraryWorkspace();
  const step = await workspace.run({
    ...farmInputs(farm, [farm.host('2.34.8')], { user: 'stranger' }),
    nix_conf: 'substituters = https://cache.example.org',
    share_substituters: 'true',
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(annotationsOf(step, 'warning')).toMatchObject([
    {
      title: 'Substituters are not shared',
      message: expect.stringContaining('trusted-users') as string,
    },
  ]);
});

test('the caches of a flake count where its settings are accepted', async () => {
  const key = await makeCacheKey('test-cache-1');
  await using cache = await startHttpCache();
  const address = farm.host('first').address.replace(/\d+$/, '254');
  const nonce = randomUUID();
  const job = shellBuild({ name: 'job' }).replace('inherit nonce;', `nonce = "${nonce}";`);
  const nixConfig = `{ extra-substituters = "http://${address}:${cache.port}"; extra-trusted-public-keys = [ "${key.public}" ]; }`;
  const flake = `{ nixConfig = ${nixConfig}; outputs = { self }: { checks.${hostSystem}.job = ${job}; }; }`;
  await using workspace = await createWorkspaceWith({ 'flake.nix': flake });
  const push = { push_to: cache.url, push_signing_key: key.secret };
  await workspace.run({ ...farmInputs(farm, [farm.host('first')]), ...push });
  const there = { ...farmInputs(farm, [farm.host('2.26.3')]), share_substituters: 'true' };
  const accepted = await workspace.run({ ...there, nix_conf: 'accept-flake-config = true' });
  expect(accepted.exitCode, accepted.printed).toBe(0);
  expect(accepted.printed).not.toContain('job: building');
  const unasked = await workspace.run(there);
  expect(builtNames(unasked)).toEqual(['job']);
});
