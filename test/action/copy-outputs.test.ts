import { expect } from 'vitest';
import { makeCacheKey } from '../support/action/cache-key.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { createLibraryWorkspace } from '../support/action/library-flake.ts';
import { annotationsOf } from '../support/action/reading.ts';
import { startUntrustingDaemon } from '../support/caches/untrusting-daemon.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([{ name: 'b1' }]);
});
afterAll(() => farm[Symbol.asyncDispose]());

test('a Nix that does not trust its user takes what is signed by a key that it trusts', async () => {
  const key = await makeCacheKey('test-cache-1');
  await using daemon = await startUntrustingDaemon(key.public);
  await using workspace = await createLibraryWorkspace();
  const inputs = { ...farmInputs(farm), copy_outputs: 'true' };
  const refused = await workspace.run(inputs, daemon);
  expect(refused.exitCode).toBe(1);
  const [first] = annotationsOf(refused, 'error');
  expect(first).toMatchObject({ title: 'Outputs were not copied' });
  expect(first?.message).toMatch(/signature.*trusted-users/s);
  const step = await workspace.run({ ...inputs, push_signing_key: key.secret }, daemon);
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toEqual([]);
});
