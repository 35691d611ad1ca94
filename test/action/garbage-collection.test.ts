import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { mustRun, runCommand } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { jobsOf } from '../support/action/reading.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

/** Resolves when a step evaluates no more: what its evaluators wrote is kept by them no longer. */
async function evaluatorsEnded(pid: number): Promise<void> {
  for (;;) {
    const { stdout } = await runCommand(['ps', '--no-headers', '--format', 'args', '--ppid', String(pid)]);
    console.log(stdout);
    if (!/^nix repl /m.test(stdout)) return;
    await sleep(50);
  }
}

test('the derivations of a run are kept on the runner until it ends', async () => {
  await using farm = await startFarm([{ name: 'b1' }]);
  const script = 'until test -e /tmp/looked; do /usr/bin/sleep 0.05; done; echo > "$out"';
  const waits = shellBuild({ name: 'waits', script });
  await using workspace = await createWorkspace({ checks: { [hostSystem]: { waits } } });
  const step = await workspace.start(farmInputs(farm));
  await step.untilPrinted('waits: building on');
  await evaluatorsEnded(step.pid);
  const roots = await mustRun(['nix-store', '--gc', '--print-roots'], {
    env: { ...process.env, ...runnerNixEnv() },
  });
  await farm.host('b1').mustExec(['touch', '/tmp/looked']);
  const drvPath = jobsOf(await step.finished)[`checks.${hostSystem}.waits`]?.drvPath;
  expect(drvPath).toBeDefined();
  expect(roots).toContain(drvPath);
});
