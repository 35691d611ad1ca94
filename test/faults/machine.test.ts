import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { lostAttempts, namesByOutcome, troubleOf } from '../support/faults/run-results.ts';
import { naps, setScene } from '../support/faults/scene.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

const hosts = [
  { name: 'b1', nix: '2.34.8' },
  { name: 'b2', nix: '2.26.3' },
] as const;

test('builds of a machine that dies run again elsewhere, and the report names it and what it cost', async () => {
  const checks = naps(16, 3);
  await using scene = await setScene({ hosts, checks });
  await scene.untilBusy('b1', 4);
  const blow = await scene.strike(
    'machine dies',
    'b1',
    () => scene.farm.host('b1').kill(),
    'the SSH connection to',
  );
  const { step, results } = await scene.end(blow);
  const endedAtMs = Date.now();
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(blow.inFlight).toBeGreaterThan(0);
  expect(blow.noticedSeconds).toBeLessThan(2);
  const lost = lostAttempts(results, scene.nameOf('b1'));
  expect(new Set(lost.map(({ result }) => result))).toEqual(new Set(['infrastructure']));
  const [trouble] = troubleOf(results, scene.nameOf('b1'));
  expect(trouble).toMatch(
    new RegExp(`the SSH connection to .* was lost; it cost \\d+\\.\\d s of work in ${lost.length} build`),
  );
  expect(step.summary).toContain('it cost');
  // A login to a machine that is not there takes 20 s to fail; nobody waits for that.
  const attempts = results.builds.flatMap((build) => build.attempts);
  expect(endedAtMs - Math.max(...attempts.map(({ finishedAtMs }) => finishedAtMs))).toBeLessThan(10_000);
});

test('a machine that dies in silence is noticed within keepalive', async () => {
  const checks = naps(8, 3);
  await using scene = await setScene({ hosts, checks, inputs: { keepalive: '3s' } });
  await scene.untilBusy('b1', 4);
  const b1 = scene.farm.host('b1');
  const die = async (): Promise<void> => {
    await b1.cutNetwork();
    await b1.kill();
  };
  const blow = await scene.strike('machine dies in silence (keepalive 3 s)', 'b1', die, 'sent nothing for');
  const { step, results } = await scene.end(blow);
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(blow.noticedSeconds).toBeLessThan(4);
  // Silence is no work: builds had just begun, and none of them lasts longer.
  const [, cost = ''] =
    /It cost (\d+\.\d) s of work in/.exec(troubleOf(results, scene.nameOf('b1'))[0] ?? '') ?? [];
  expect(Number(cost)).toBeLessThan(4 * 3);
  expect(Number(cost)).toBeGreaterThan(0);
});

test('a machine that comes back after 20 s is used again', async () => {
  const checks = naps(64, 2);
  await using scene = await setScene({ hosts, checks });
  const b1 = scene.farm.host('b1');
  await scene.untilBusy('b1', 4);
  await scene.strike('', 'b1', () => b1.kill(), 'the SSH connection to');
  await sleep(20_000);
  const boot = await scene.strike('machine comes back after 20 s', 'b1', () => b1.boot(), ': back, Nix');
  const backAtMs = Date.now();
  const { step, results } = await scene.end(boot);
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(boot.noticedSeconds).toBeLessThan(10);
  const later = results.builds.filter(
    ({ builder, startedAt }) =>
      builder === scene.nameOf('b1') && Date.parse(startedAt ?? '') >= backAtMs - 1000,
  );
  expect(later.length).toBeGreaterThan(3);
});
