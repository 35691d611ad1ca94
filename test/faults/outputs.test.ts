import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { namesByOutcome } from '../support/faults/run-results.ts';
import { setScene, type Scene } from '../support/faults/scene.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

/** `made` can only be built on the first host, `used` only on the second, once the test has said so. */
function scene(): Promise<Scene> {
  const made = shellBuild({ name: 'made', script: 'echo content > "$out"', requiredFeatures: ['maker'] });
  const gate = shellBuild({
    name: 'gate',
    script: 'echo waits; until [ -e /tmp/go ]; do /usr/bin/sleep 0.05; done; echo > "$out"',
    requiredFeatures: ['user'],
  });
  const used = shellBuild({
    name: 'used',
    script: 'read -r line < "$made"; echo "$line" > "$out"',
    needs: { made: `self.checks.${hostSystem}.made`, gate: `self.checks.${hostSystem}.gate` },
    requiredFeatures: ['user'],
  });
  return setScene({
    hosts: [
      { name: 'maker', nix: '2.34.8', systemFeatures: ['maker'] },
      { name: 'user', nix: '2.26.3', systemFeatures: ['user'] },
    ],
    checks: { made, gate, used },
    inputs: { keepalive: '5s' },
  });
}

async function loseMaker(run: Scene, away: () => Promise<void>): Promise<readonly string[]> {
  await run.step.untilPrinted('✅ made: built');
  await run.step.untilPrinted('gate> waits');
  const maker = run.farm.host('maker');
  await run.strike('', 'maker', () => maker.kill(), 'the SSH connection to');
  await run.farm.host('user').mustExec(['touch', '/tmp/go']);
  await run.step.untilPrinted('✅ gate: built');
  await away();
  await maker.boot();
  const { step, results } = await run.end();
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: ['gate', 'made', 'used'] });
  return results.builds.find(({ name }) => name === 'made')?.attempts.map(({ result }) => result) ?? [];
}

test('what only a machine has that comes back soon is not built again', async () => {
  await using run = await scene();
  expect(await loseMaker(run, async () => {})).toEqual(['built']);
});

test('what only a machine has is built again when it comes back without it', async () => {
  await using run = await scene();
  const collect = async (): Promise<void> => {
    // Its roots went with our connection.
    await run.farm.host('maker').boot();
    await run.farm.host('maker').mustExec(['nix-store', '--gc']);
    await run.farm.host('maker').kill();
    await sleep(100);
  };
  expect(await loseMaker(run, collect)).toEqual(['built', 'built']);
});

test('what was collected while nobody was connected is built again', async () => {
  await using run = await scene();
  await run.step.untilPrinted('✅ made: built');
  await run.step.untilPrinted('gate> waits');
  const maker = run.farm.host('maker');
  // Its roots go with our conversations; we talk to it again only when something is needed of it.
  await maker.killDaemon();
  await maker.mustExec(['nix-store', '--gc']);
  await maker.restartDaemon();
  await run.farm.host('user').mustExec(['touch', '/tmp/go']);
  const { step, results } = await run.end();
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: ['gate', 'made', 'used'] });
  const made = results.builds.find(({ name }) => name === 'made');
  expect(made?.attempts.map(({ result }) => result)).toEqual(['built', 'built']);
});
