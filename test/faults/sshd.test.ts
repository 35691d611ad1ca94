import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { namesByOutcome, troubleOf } from '../support/faults/run-results.ts';
import { naps, setScene } from '../support/faults/scene.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

test('an sshd that restarts is logged in to again', async () => {
  const checks = naps(24, 2);
  await using scene = await setScene({
    hosts: [
      { name: 'b1', nix: '2.34.8' },
      { name: 'b2', nix: '2.26.3' },
    ],
    checks,
  });
  await scene.untilBusy('b1', 4);
  const restart = (): Promise<void> => scene.farm.host('b1').restartSshd();
  const back = scene.step.untilPrinted(': back, Nix');
  const blow = await scene.strike('sshd restarts', 'b1', restart, 'the SSH connection to');
  await back;
  const { step, results } = await scene.end(blow);
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(blow.noticedSeconds).toBeLessThan(2);
  expect(troubleOf(results, scene.nameOf('b1'))).toHaveLength(1);
});

test('a session that is closed costs one build, which runs again', async () => {
  const checks = naps(8, 3);
  await using scene = await setScene({
    hosts: [{ name: 'b1', nix: '2.34.8', sshdConfig: ['AllowStreamLocalForwarding no'], maxJobs: 4 }],
    checks,
  });
  await scene.untilBusy('b1', 4);
  const b1 = scene.farm.host('b1');
  // The newest session is a build's; the older ones are for questions.
  const kill = async (): Promise<void> =>
    void (await b1.mustExec(['pkill', '-KILL', '-n', '-f', 'nix-daemon --stdio']));
  const blow = await scene.strike('one session is closed', 'b1', kill, 'builder trouble on');
  const { step, results } = await scene.end(blow);
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(results.builds.flatMap(({ attempts }) => attempts)).toHaveLength(9);
  expect(troubleOf(results, scene.nameOf('b1'))).toEqual([]);
});

test('where sshd opens no more sessions, slots shrink to what it allows, with a notice', async () => {
  const checks = naps(9, 1);
  await using scene = await setScene({
    hosts: [
      {
        name: 'b1',
        nix: '2.34.8',
        sshdConfig: ['AllowStreamLocalForwarding no', 'MaxSessions 4'],
        maxJobs: 6,
      },
    ],
    checks,
    inputs: (farm) => {
      const { builders = '' } = farmInputs(farm);
      return { builders: builders.replace(/^(\S+)/, '$1?max-connections=1') };
    },
  });
  const { step, results } = await scene.end();
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  const [notice, ...others] = troubleOf(results, scene.nameOf('b1'));
  expect(others).toEqual([]);
  expect(notice).toMatch(/builds in \d of 6 slots from now on: .* allows 4 sessions in a connection/);
  expect(step.annotations).toMatchObject([{ level: 'warning', message: notice }]);
  expect(results.builds.flatMap(({ attempts }) => attempts)).toHaveLength(9);
});
