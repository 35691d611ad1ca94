import { join } from 'node:path';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

test('200 slots of one host, whose sshd has the limits it ships with, are all used', async () => {
  await using farm = await startFarm([
    // The host has fewer build users than slots.
    { name: 'b1', maxJobs: 200, nixConf: ['build-users-group ='] },
  ]);
  const names = Array.from({ length: 200 }, (_, index) => `sleeps-${index}`);
  const checks = names.map((name) => [name, shellBuild({ name, script: '/usr/bin/sleep 2; echo > "$out"' })]);
  await using workspace = await createWorkspace({ checks: { [hostSystem]: Object.fromEntries(checks) } });
  const step = await workspace.run(farmInputs(farm), { timeoutMs: 60_000 });
  expect(step.exitCode, step.printed).toBe(0);
  const { builds } = JSON.parse(step.kept[join('results', 'results.json')] ?? '');
  const times = (name: 'startedAt' | 'finishedAt'): readonly number[] =>
    builds.map((build: Readonly<Record<typeof name, string>>) => Date.parse(build[name]));
  const firstStart = Math.min(...times('startedAt'));
  const seconds = (Math.max(...times('finishedAt')) - firstStart) / 1000;
  expect(seconds).toBeLessThan(10);
}, 90_000);
