import { join } from 'node:path';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { foreignSystem, hostSystem, shellBuild } from '../support/action/flake.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

function resultsOf(step: StepResult) {
  return JSON.parse(step.kept[join('results', 'results.json')] ?? '');
}

test('a builder that is silent from the start holds nobody up', async () => {
  await using farm = await startFarm([{ name: 'b1' }, { name: 'silent' }]);
  await farm.host('silent').cutNetwork();
  const checks = { a: shellBuild({ name: 'a' }), b: shellBuild({ name: 'b' }) };
  await using workspace = await createWorkspace({ checks: { [hostSystem]: checks } });
  const step = await workspace.run(farmInputs(farm));
  expect(step.exitCode, step.printed).toBe(0);
  const { startedAt, builds } = resultsOf(step);
  const starts = builds.map((build: { readonly startedAt: string }) => Date.parse(build.startedAt));
  // It would be tried for 20 s.
  expect((Math.min(...starts) - Date.parse(startedAt)) / 1000).toBeLessThan(12);
  expect(step.seconds).toBeLessThan(15);
});

test('what only an unreachable builder can build waits for it, in whichever way it takes builds, and the rest goes on', async () => {
  await using farm = await startFarm([{ name: 'b1' }, { name: 'odd', nix: '2.26.3', system: foreignSystem }]);
  const odd = farm.host('odd');
  await odd.kill();
  const checks = {
    plain: shellBuild({ name: 'plain' }),
    odd: shellBuild({
      name: 'odd',
      system: foreignSystem,
      needs: { lib: shellBuild({ name: 'lib', system: foreignSystem }) },
    }),
    nobodys: shellBuild({ name: 'nobodys', system: 'riscv64-linux' }),
  };
  await using workspace = await createWorkspace({ checks: { [hostSystem]: checks } });
  const inputs = farmInputs(farm, farm.hosts, { user: 'stranger' });
  const running = await workspace.start(inputs);
  await running.untilPrinted('plain: built');
  await running.untilPrinted('nobodys needs a builder for riscv64-linux, and none offers that');
  await odd.boot();
  const step = await running.finished;
  const { jobs, builds } = resultsOf(step);
  const outcomes = Object.fromEntries(
    jobs.map(({ attr, outcome }: { readonly attr: string; readonly outcome: string }) => [attr, outcome]),
  );
  expect(outcomes).toEqual({ plain: 'built', odd: 'built', nobodys: 'infrastructure' });
  expect(builds.find(({ name }: { readonly name: string }) => name === 'odd').builder).toContain(odd.address);
});

test('a failure that cancels the run waits for no builder that is still tried', async () => {
  await using farm = await startFarm([{ name: 'b1' }, { name: 'odd', nix: '2.26.3', system: foreignSystem }]);
  await farm.host('odd').kill();
  const checks = {
    broken: shellBuild({ name: 'broken', script: 'exit 1' }),
    odd: shellBuild({ name: 'odd', system: foreignSystem }),
  };
  await using workspace = await createWorkspace({ checks: { [hostSystem]: checks } });
  const step = await workspace.run({ ...farmInputs(farm), fail_fast: 'true' }, { timeoutMs: 25_000 });
  expect(step.exitCode).toBe(1);
  const outcomes = resultsOf(step).jobs.map(({ outcome }: { readonly outcome: string }) => outcome);
  expect(outcomes.toSorted()).toEqual(['cancelled', 'failed']);
});
