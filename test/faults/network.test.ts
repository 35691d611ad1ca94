import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { lostAttempts, namesByOutcome, troubleOf } from '../support/faults/run-results.ts';
import { naps, setScene } from '../support/faults/scene.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

const hosts = [
  { name: 'b1', nix: '2.34.8' },
  { name: 'b2', nix: '2.8.0' },
] as const;

test('a network that is cut for ever is noticed within keepalive, and the builds are moved', async () => {
  const checks = naps(12, 2);
  await using scene = await setScene({ hosts, checks, inputs: { keepalive: '3s' } });
  await scene.untilBusy('b1', 4);
  const b1 = scene.farm.host('b1');
  const blow = await scene.strike(
    'network cut for ever (keepalive 3 s)',
    'b1',
    () => b1.cutNetwork(),
    'sent nothing for',
  );
  const { step, results } = await scene.end(blow);
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(blow.noticedSeconds).toBeGreaterThan(1);
  expect(blow.noticedSeconds).toBeLessThan(4);
  expect(troubleOf(results, scene.nameOf('b1'))[0]).toContain('The host or the network to it is down');
});

test('a network that is cut for 15 s costs nothing: what ran goes on', async () => {
  const checks = naps(8, 18);
  await using scene = await setScene({ hosts, checks });
  await scene.untilBusy('b1', 4);
  const b1 = scene.farm.host('b1');
  await b1.cutNetwork();
  await sleep(15_000);
  await b1.healNetwork();
  const { step, results } = await scene.end({
    fault: 'network cut for 15 s (keepalive 30 s)',
    host: 'b1',
    inFlight: scene.inFlight('b1'),
    noticedSeconds: undefined,
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(lostAttempts(results, scene.nameOf('b1')), step.printed).toEqual([]);
  expect(troubleOf(results, scene.nameOf('b1'))).toEqual([]);
  const built = results.builds.filter(({ builder }) => builder === scene.nameOf('b1'));
  expect(built.length).toBeGreaterThanOrEqual(4);
});

test('a build whose machine cannot be heard is not called silent or late', async () => {
  const checks = naps(8, 2);
  const limits = { keepalive: '5s', max_silent_time: '3s', build_timeout: '4s' };
  await using scene = await setScene({ hosts, checks, inputs: limits });
  await scene.untilBusy('b1', 4);
  const b1 = scene.farm.host('b1');
  await scene.strike('', 'b1', () => b1.cutNetwork(), 'sent nothing for');
  const { step, results } = await scene.end();
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  const lost = lostAttempts(results, scene.nameOf('b1'));
  expect(new Set(lost.map(({ result }) => result))).toEqual(new Set(['infrastructure']));
});
