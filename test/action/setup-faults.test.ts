import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { setUpJob } from '../support/action/set-up-job.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';
import { until } from '../support/until.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'b1', nix: '2.34.8' },
    { name: 'b2', nix: '2.26.3' },
  ]);
});
afterAll(() => farm[Symbol.asyncDispose]());

function workspaceWith(...names: readonly string[]): Promise<Workspace> {
  const packages = Object.fromEntries(names.map((name) => [name, shellBuild({ name })]));
  return createWorkspace({ packages: { [hostSystem]: packages } });
}

test('a builder that dies is declined at once, and used again when it is back', async () => {
  await using workspace = await workspaceWith('one', 'two', 'three');
  const b1 = farm.host('b1');
  await using job = await setUpJob(workspace, farmInputs(farm, [b1]));
  expect(await job.run(['nix', 'build', '--no-link', '.#one'])).toMatchObject({ code: 0 });
  await b1.kill();
  await until('the loss is noticed', async () => {
    const { stderr } = await job.run(['nix', 'build', '--no-link', '.#two'], { timeoutMs: 20_000 });
    return /nix-dispatch: builder .*lost/.test(stderr);
  });
  await b1.boot();
  await until('the builder is back', async () => {
    const { code } = await job.run(['nix', 'build', '--no-link', '.#three']);
    return code === 0;
  });
  const post = await job.finish();
  expect(post.summary).toContain('2 derivations built');
  expect(post.summary).toContain('was lost');
});

test('a builder that is not there at first is named, and the others are used', async () => {
  await using workspace = await workspaceWith('one');
  const b2 = farm.host('b2');
  await b2.cutNetwork();
  try {
    await using job = await setUpJob(workspace, farmInputs(farm));
    expect(job.step.printed).toContain(`${b2.address}: not there yet`);
    expect(await job.run(['nix', 'build', '--no-link', '.#one'])).toMatchObject({ code: 0 });
  } finally {
    await b2.healNetwork();
  }
});

test('a build that runs when the job ends is ended, and told of', async () => {
  const slow = shellBuild({ name: 'slow', script: 'echo begun; while :; do :; done' });
  await using workspace = await createWorkspace({ packages: { [hostSystem]: { slow } } });
  await using job = await setUpJob(workspace, farmInputs(farm));
  const running = job.run(['nix', 'build', '--no-link', '.#slow']);
  const host = (): Promise<boolean> =>
    Promise.all(
      farm.hosts.map(async (one) =>
        (await one.processes()).some(({ command }) => command.includes('while :')),
      ),
    ).then((found) => found.includes(true));
  await until('it runs', host);
  const post = await job.finish();
  expect((await running).code).not.toBe(0);
  expect(post.summary).toContain('slow');
  expect(post.summary).toContain('cancelled');
  await until('the builder has ended it', async () => !(await host()));
});

/** Processes in whose environment a text is. */
async function processesWith(text: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')),
  );
  return pids.filter((_, index) => environments[index]?.includes(text)).map(Number);
}

test('when the process is killed, Nix is told at once and the step after the job says so', async () => {
  await using workspace = await workspaceWith('one');
  // By this variable a runner finds what a job has left running, which it kills.
  const tracking = { RUNNER_TRACKING_ID: `github_${randomUUID()}` };
  await using job = await setUpJob(workspace, farmInputs(farm), { environment: tracking });
  const folder = (Object.values(job.stores)[0] ?? '').split('=')[1]?.replace(/\/[^/]*$/, '') ?? '';
  const left = await processesWith(tracking.RUNNER_TRACKING_ID);
  expect(left).toHaveLength(1);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  await until('it is gone', async () => (await processesWith(tracking.RUNNER_TRACKING_ID)).length === 0);
  const built = await job.run(['nix', 'build', '--no-link', '.#one'], { timeoutMs: 20_000 });
  expect(built.code).not.toBe(0);
  expect(built.stderr).toContain('the builder is not there any more');
  const post = await job.finish();
  expect(post.exitCode).toBe(0);
  expect(post.annotations).toMatchObject([{ level: 'warning', message: /not there any more/ }]);
  expect(existsSync(folder)).toBe(true);
});

test('two steps of one job, and two jobs at once, keep out of each other’s way', async () => {
  await using workspace = await workspaceWith('first', 'second');
  await using other = await workspaceWith('elsewhere');
  const [b1, b2] = [farm.host('b1'), farm.host('b2')];
  await using one = await setUpJob(workspace, farmInputs(farm, [b1]));
  const before = { NIX_CONFIG: one.step.variables.get('NIX_CONFIG') };
  await using two = await setUpJob(workspace, farmInputs(farm, [b2]), { environment: before });
  await using foreign = await setUpJob(other, farmInputs(farm));
  // The later step of the job keeps the builders of the earlier one.
  const config = two.step.variables.get('NIX_CONFIG') ?? '';
  expect(
    config
      .match(/^builders = .*$/gm)
      ?.at(-1)
      ?.split(';'),
  ).toHaveLength(2);
  const built = await Promise.all([
    two.run(['nix', 'build', '--no-link', '.#first', '.#second']),
    foreign.run(['nix', 'build', '--no-link', '.#elsewhere']),
  ]);
  expect(built).toMatchObject([{ code: 0 }, { code: 0 }]);
  const [first, second, third] = [await one.finish(), await two.finish(), await foreign.finish()];
  const counts = [first, second].map(({ summary }) =>
    Number(/(\d+) derivations? built/.exec(summary)?.[1] ?? 0),
  );
  expect(counts.reduce((sum, count) => sum + count)).toBe(2);
  expect(third.summary).toContain('1 derivation built');
});

test('without a builder that is reached by SSH there is nothing to set up', async () => {
  await using workspace = await workspaceWith('one');
  await using job = await setUpJob(workspace, { builders: 'local' });
  expect(job.step.exitCode).toBe(1);
  expect(job.step.annotations).toMatchObject([
    { level: 'error', message: /no builder that is reached by SSH/ },
  ]);
  expect(job.step.variables.size).toBe(0);
});

test('builders that cannot be logged in to fail the step, with what to change', async () => {
  await using workspace = await workspaceWith('one');
  await using job = await setUpJob(workspace, { ...farmInputs(farm), known_hosts: '' });
  expect(job.step.exitCode).toBe(1);
  expect(job.step.printed).toContain('host key');
  expect(await readdir(join(workspace.folder, 'temp'))).not.toContainEqual(expect.stringMatching(/^nd-/));
});
