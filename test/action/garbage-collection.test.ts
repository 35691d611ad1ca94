import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { mustRun } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { jobsOf } from '../support/action/reading.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

test('the derivations of a run are kept on the runner until it ends', async () => {
  await using farm = await startFarm([{ name: 'b1' }]);
  const waits = shellBuild({ name: 'waits', script: '/usr/bin/sleep 4; echo > "$out"' });
  await using workspace = await createWorkspace({ checks: { [hostSystem]: { waits } } });
  const step = await workspace.start(farmInputs(farm));
  await step.untilPrinted('waits: building on');
  // Until then the evaluator, which wrote them, has ended and keeps them no longer.
  await sleep(2000);
  const roots = await mustRun(['nix-store', '--gc', '--print-roots'], {
    env: { ...process.env, ...runnerNixEnv() },
  });
  const drvPath = jobsOf(await step.finished)[`checks.${hostSystem}.waits`]?.drvPath;
  expect(drvPath).toBeDefined();
  expect(roots).toContain(drvPath);
});
