import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { namesByOutcome, troubleOf } from '../support/faults/run-results.ts';
import { naps, setScene, type Scene } from '../support/faults/scene.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

const hosts = [
  { name: 'b1', nix: '2.34.8' },
  { name: 'b2', nix: '2.26.3' },
] as const;

async function backOn(scene: Scene, host: string): Promise<number> {
  const results = (await scene.end()).results;
  return results.builds.filter(({ builder }) => builder === scene.nameOf(host)).length;
}

test('a daemon that restarts costs the builds that ran, and nothing else', async () => {
  const checks = naps(24, 2);
  await using scene = await setScene({ hosts, checks });
  await scene.untilBusy('b1', 4);
  const blow = await scene.strike(
    'nix-daemon restarts',
    'b1',
    () => scene.farm.host('b1').restartDaemon(),
    `builder trouble on ${scene.nameOf('b1')}`,
  );
  const { step, results } = await scene.end(blow);
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(blow.noticedSeconds).toBeLessThan(3);
  expect(await backOn(scene, 'b1')).toBeGreaterThan(2);
});

test('a daemon that is gone makes its builder wait until it is there again', async () => {
  const checks = naps(40, 2);
  await using scene = await setScene({ hosts, checks });
  await scene.untilBusy('b1', 4);
  const b1 = scene.farm.host('b1');
  const blow = await scene.strike(
    'nix-daemon is killed',
    'b1',
    () => b1.killDaemon(),
    'its daemon does not answer',
  );
  await sleep(3000);
  await scene.strike('', 'b1', () => b1.restartDaemon(), ': back, Nix');
  const { step, results } = await scene.end(blow);
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(blow.noticedSeconds).toBeLessThan(8);
  expect(troubleOf(results, scene.nameOf('b1'))).toHaveLength(1);
  expect(await backOn(scene, 'b1')).toBeGreaterThan(4);
  // Each build was lost once with the daemon and not again and again while it was away.
  const attempts = results.builds.map(({ attempts }) => attempts.length);
  expect(Math.max(...attempts)).toBeLessThanOrEqual(2);
});
