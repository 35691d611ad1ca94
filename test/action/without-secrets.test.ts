import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { annotationsOf, builtNames } from '../support/action/reading.ts';
import { refusalOf } from '../support/action/refusal.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
let workspace: Workspace;
beforeAll(async () => {
  farm = await startFarm([{ name: 'b1' }]);
  workspace = await createWorkspace({ checks: { [hostSystem]: { hello: shellBuild({ name: 'hello' }) } } });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

const run = (inputs: Readonly<Record<string, string>>) => workspace.run({ ...farmInputs(farm), ...inputs });
const fork = { ssh_key: '' };
const noticeOf = (step: Awaited<ReturnType<typeof run>>): string =>
  annotationsOf(step, 'notice').find(({ title }) => title === 'No key for the builders')?.message ?? '';

test('without a key a run fails unless something else is asked for, and says what can be', async () => {
  const message = refusalOf(await run(fork));
  expect(message).toContain('Pull requests from forks get no secrets');
  expect(message).toContain('without_secrets');
});

test('skip: nothing is evaluated, with a notice', async () => {
  const step = await run({ ...fork, without_secrets: 'skip' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(noticeOf(step)).toContain(farm.host('b1').address);
  expect(step.results).toEqual({});
  // A workflow that reads JSON from an output that is empty ends in an error.
  expect(step.outputs.get('success')).toBe('true');
  for (const name of ['jobs', 'failed']) expect(step.outputs.get(name), name).toBe('[]');
  expect(JSON.parse(step.outputs.get('counts') ?? '')).toMatchObject({ jobs: 0, built: 0, failed: 0 });
  expect(step.printed).not.toContain('evaluating ');
});

test('evaluate: the flake is evaluated and nothing built', async () => {
  const step = await run({ ...fork, without_secrets: 'evaluate' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(noticeOf(step)).toContain('only evaluated');
  expect(builtNames(step)).toEqual([]);
});

test('with a key it changes nothing', async () => {
  const step = await run({ without_secrets: 'skip' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(noticeOf(step)).toBe('');
  expect(builtNames(step)).toEqual(['hello']);
});

test('local: everything is built here', async () => {
  await using other = await createWorkspace({
    checks: { [hostSystem]: { here: shellBuild({ name: 'here' }) } },
  });
  const step = await other.run({ ...farmInputs(farm), ...fork, without_secrets: 'local' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(noticeOf(step)).toContain('on the runner');
  expect(step.log.join('\n')).toMatch(/here: built on local/);
});

test('host_key_checking off warns each time, with the line to add', async () => {
  for (let time = 0; time < 2; time += 1) {
    const step = await run({ known_hosts: '', host_key_checking: 'off' });
    expect(step.exitCode, step.printed).toBe(0);
    const [warning] = annotationsOf(step, 'warning');
    expect(warning?.title).toContain('was not checked');
    expect(warning?.message).toContain(farm.host('b1').knownHostsLine.split(' ').at(-1));
  }
});

test('ssh_config says where an alias leads', async () => {
  const { address } = farm.host('b1');
  const step = await run({
    builders: `ssh-ng://fast ${hostSystem} - 2`,
    ssh_config: `Host fast\n  HostName ${address}\n  User builder\n`,
  });
  expect(step.exitCode, step.printed).toBe(0);
});
