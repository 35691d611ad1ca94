import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startDelayProxy } from '../support/delay-proxy.ts';
import { startFarm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

test('a builder that answers late, while others build, gets what only it can build', async () => {
  await using farm = await startFarm([
    { name: 'near', systemFeatures: ['near'] },
    { name: 'far', systemFeatures: ['far'] },
  ]);
  const far = farm.host('far');
  // Its login takes longer than it is waited for, and so does what it is asked once it is there.
  await using proxy = await startDelayProxy({
    target: { host: far.address, port: far.port },
    upDelayMs: 150,
    downDelayMs: 150,
  });
  const shared = shellBuild({
    name: 'shared',
    script: '/usr/bin/sleep 6; echo > "$out"',
    requiredFeatures: ['near'],
  });
  const above = (place: string) =>
    shellBuild({ name: `above-${place}`, needs: { shared }, requiredFeatures: [place] });
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { one: above('near'), two: above('far') } },
  });
  const inputs = farmInputs(farm);
  const step = await workspace.run({
    ...inputs,
    builders: (inputs['builders'] ?? '').replace(far.address, `${proxy.host}:${proxy.port}`),
    known_hosts: `${inputs['known_hosts'] ?? ''}\n[${proxy.host}]:${proxy.port} ${far.hostKeyLine}`,
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.summary).toContain('2 jobs');
  // Else it was there at the start, and nothing was tried.
  expect(step.printed.indexOf('shared: building')).toBeLessThan(
    step.printed.indexOf(`builder ${proxy.host}`),
  );
});
