import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject } from 'vitest';
import { runCommand } from '../../scripts/provision/command.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { setUpJob } from '../support/action/set-up-job.ts';
import { runnerEnvironment } from '../support/action/step.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';
import { until } from '../support/until.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([{ name: 'b1', nix: '2.34.8' }]);
});
afterAll(() => farm[Symbol.asyncDispose]());

const packages = { [hostSystem]: { one: shellBuild({ name: 'one' }) } };

const endGroup = '"$@"; code=$?; trap "" HUP TERM; kill -HUP 0; kill -TERM 0; exit $code';

const wrappers = {
  'ends with it': ['timeout', '60'],
  'ends what is left of it': ['setsid', '--wait', 'sh', '-c', endGroup, 'sh'],
};
for (const [what, wrapper] of Object.entries(wrappers)) {
  test(`the builders outlive a process around the step that ${what}`, async () => {
    await using workspace = await createWorkspace({ packages });
    await using job = await setUpJob(workspace, farmInputs(farm), { wrapper });
    expect(job.step.exitCode, job.step.printed).toBe(0);
    // Longer than it takes to notice that it has ended.
    await sleep(3000);
    const built = await job.run(['nix', 'build', '--no-link', '.#one']);
    expect(built, built.stderr).toMatchObject({ code: 0 });
    expect((await job.finish()).summary).toContain('1 derivation built');
  });
}

test('where the step after the job never runs, the process ends with the job and takes its sockets along', async () => {
  await using workspace = await createWorkspace({ packages });
  const inputs = Object.entries({ mode: 'setup', ...farmInputs(farm) });
  const { code, stdout, stderr } = await runCommand(
    // The shell stands for the runner: it is there for longer than the step, and then gone.
    ['sh', '-c', '"$@" && sleep 12', 'sh', process.execPath, join(inject('bundleFolder'), 'index.js')],
    {
      env: {
        ...runnerEnvironment(workspace.folder),
        ...Object.fromEntries(inputs.map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text])),
      },
    },
  );
  expect(code, stdout + stderr).toBe(0);
  const program = /is the store ssh-ng:\/\/localhost\?remote-program=(\S+)/.exec(stdout)?.[1] ?? '';
  expect(existsSync(program)).toBe(true);
  await until('the sockets are gone', () => !existsSync(program));
});
