import { expect, vi } from 'vitest';
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
  const names = Array.from({ length: 200 }, (_, index) => `runs-${index}`);
  const script = (name: string): string =>
    `: > /tmp/runs/${name}; until test -e /tmp/all-run; do /usr/bin/sleep 1; done; echo > "$out"`;
  const checks = names.map((name) => [name, shellBuild({ name, script: script(name) })]);
  const host = farm.host('b1');
  await host.mustExec(['mkdir', '-m', '777', '/tmp/runs']);
  await using workspace = await createWorkspace({ checks: { [hostSystem]: Object.fromEntries(checks) } });
  const step = await workspace.start(farmInputs(farm), { timeoutMs: 100_000 });
  const running = async (): Promise<number> =>
    (await host.mustExec(['ls', '/tmp/runs'])).split('\n').length - 1;
  await vi.waitFor(async () => expect(await running()).toBe(200), { timeout: 90_000, interval: 200 });
  await host.mustExec(['touch', '/tmp/all-run']);
  const { exitCode, printed } = await step.finished;
  expect(exitCode, printed).toBe(0);
});
