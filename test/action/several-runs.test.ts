import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

test('two runs of one flake on the same builders wait for each other’s builds', async () => {
  await using farm = await startFarm([
    { name: 'b1', nix: '2.34.8', systemFeatures: ['on-b1'] },
    { name: 'b2', nix: '2.8.0', systemFeatures: ['on-b2'] },
  ]);
  const shared = shellBuild({
    name: 'shared',
    script: 'echo once >> /tmp/shared-ran; /usr/bin/sleep 2; echo > "$out"',
    requiredFeatures: ['on-b1'],
  });
  const above = (place: string) =>
    shellBuild({ name: `above-${place}`, needs: { shared }, requiredFeatures: [`on-${place}`] });
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { one: above('b1'), two: above('b2') } },
  });
  const [first, second] = await Promise.all([
    workspace.run(farmInputs(farm)),
    workspace.run(farmInputs(farm)),
  ]);
  for (const step of [first, second]) {
    expect(step.exitCode, step.printed).toBe(0);
    expect(step.summary).toContain('2 jobs');
  }
  expect(await farm.host('b1').mustExec(['cat', '/tmp/shared-ran'])).toBe('once\n');
});
