import { expect } from 'vitest';
import { foreignSystem, hostSystem, shellBuild } from '../support/action/flake.ts';
import { jobsOf } from '../support/action/reading.ts';
import { namesByOutcome } from '../support/faults/run-results.ts';
import { naps, setScene } from '../support/faults/scene.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

test('when all builders are gone the run ends in bounded time, and what was built stands', async () => {
  const checks = {
    ...naps(6, 60, 'long'),
    above: shellBuild({ name: 'above', needs: { long: naps(1, 60, 'long')['long-0'] ?? '' } }),
    quick: shellBuild({ name: 'quick' }),
  };
  await using scene = await setScene({
    hosts: [
      { name: 'b1', nix: '2.34.8' },
      { name: 'b2', nix: '2.8.0' },
    ],
    checks,
    inputs: { keepalive: '2s' },
  });
  await scene.step.untilPrinted('✅ quick: built');
  for (const name of Object.keys(naps(6, 60, 'long'))) await scene.step.untilPrinted(`${name}: building on`);
  const killAll = async (): Promise<void> =>
    void (await Promise.all(scene.farm.hosts.map((host) => host.kill())));
  const blow = await scene.strike(
    'all builders gone (keepalive 2 s)',
    'b1',
    killAll,
    'the SSH connection to',
  );
  const startedAt = performance.now();
  const { step, results } = await scene.end(blow);
  // Four times keepalive to come back, and one login that was under way.
  expect((performance.now() - startedAt) / 1000).toBeLessThan(35);
  expect(step.exitCode).toBe(1);
  expect(namesByOutcome(results)).toEqual({
    built: ['quick'],
    infrastructure: Object.keys(naps(6, 60, 'long')).sort(),
    'dependency-failed': ['above'],
  });
  const jobs = jobsOf(step);
  expect(jobs[`checks.${hostSystem}.quick`]).toMatchObject({ success: true });
  expect(jobs[`checks.${hostSystem}.long-3`]).toMatchObject({ success: false });
  expect(step.summary).toContain('long-3');
  expect(results.builds.find(({ name }) => name === 'long-3')?.message).toMatch(/was lost|is gone/);
  for (const { trouble } of results.builders) expect(trouble.at(-1)).toMatch(/^given up: /);
});

test('when the only builder of a system is gone its jobs are infrastructure and all others are built', async () => {
  const foreign = (name: string) =>
    shellBuild({ name, system: foreignSystem, script: '/usr/bin/sleep 30; echo > "$out"' });
  const checks = naps(8, 2);
  await using scene = await setScene({
    hosts: [
      { name: 'b1', nix: '2.34.8' },
      { name: 'odd', nix: '2.26.3', system: foreignSystem },
    ],
    checks: { ...checks, 'odd-0': foreign('odd-0'), 'odd-1': foreign('odd-1') },
    inputs: { keepalive: '2s' },
  });
  await scene.untilBusy('odd', 2);
  const kill = (): Promise<void> => scene.farm.host('odd').kill();
  const blow = await scene.strike('only builder of a system gone', 'odd', kill, 'the SSH connection to');
  const { step, results } = await scene.end(blow);
  expect(step.exitCode).toBe(1);
  expect(namesByOutcome(results)).toEqual({
    built: Object.keys(checks).sort(),
    infrastructure: ['odd-0', 'odd-1'],
  });
  expect(step.summary).toContain('odd-0');
});
