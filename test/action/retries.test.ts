import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([{ name: 'b1' }]);
});
afterAll(() => farm[Symbol.asyncDispose]());

/** A build that fails the first time, on one host. */
const flaky = (): string => {
  const mark = `/tmp/flaky-${randomUUID()}`;
  const script = `if [ -e ${mark} ]; then echo > "$out"; else echo > ${mark}; exit 1; fi`;
  return shellBuild({ name: 'flaky', script });
};

/** How the attempts to build it ended. */
function attempts({ kept }: StepResult): readonly string[] {
  const { builds } = JSON.parse(kept['results/results.json'] ?? '{}') as {
    readonly builds: readonly { readonly attempts: readonly { readonly result: string }[] }[];
  };
  return builds.flatMap((build) => build.attempts.map(({ result }) => result));
}

test('a build that fails by itself is tried again as often as retries says, and the report tells', async () => {
  await using workspace = await createWorkspace({ checks: { [hostSystem]: { flaky: flaky() } } });
  const step = await workspace.run({ ...farmInputs(farm), retries: '1' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(attempts(step)).toEqual(['failed', 'built']);
  expect(step.summary).toContain('built, attempt 2');
});

test('without retries it has failed', async () => {
  await using workspace = await createWorkspace({ checks: { [hostSystem]: { flaky: flaky() } } });
  const step = await workspace.run(farmInputs(farm));
  expect(step.exitCode, step.printed).toBe(1);
  expect(attempts(step)).toEqual(['failed']);
});
