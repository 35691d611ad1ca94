import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem } from '../support/action/flake.ts';
import { makeRunner, setUpHostJob, type HostJob } from '../support/action/host-job.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

/** Hosts that are runners for once, each with a daemon, and one that builds. */
let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'new', nix: '2.34.8', nixConf: ['trusted-users = builder'] },
    { name: 'old', nix: '2.26.3' },
    { name: 'builds', nix: '2.34.8' },
  ]);
  await Promise.all(['new', 'old'].map((name) => makeRunner(farm, farm.host(name))));
});
afterAll(() => farm[Symbol.asyncDispose]());

/** Something to build that no store has. */
function expression(): string {
  return `derivation { name = "made"; system = "${hostSystem}"; builder = "/bin/sh"; args = [ "-c" "echo > $out" ]; nonce = "${randomUUID()}"; }`;
}

function build(job: HostJob, ...more: readonly string[]): ReturnType<HostJob['run']> {
  return job.run([
    'nix',
    'build',
    '--no-link',
    '--print-out-paths',
    '--impure',
    '--expr',
    expression(),
    ...more,
  ]);
}

const inputs = () => farmInputs(farm, [farm.host('builds')]);

for (const name of ['new', 'old']) {
  test(`a daemon that trusts the user is told by NIX_CONFIG (${name})`, async () => {
    const job = await setUpHostJob(farm.host(name), 'builder', inputs());
    expect(job.setup, job.setup.stdout).toMatchObject({ code: 0 });
    expect(job.setup.stdout).toContain('its daemon trusts this user');
    const built = await build(job);
    expect(built, built.stderr).toMatchObject({ code: 0 });
    const [uri = ''] = Object.values(JSON.parse(job.outputs.get('stores') ?? '{}') as Record<string, string>);
    const stored = await build(job, '--store', uri, '--eval-store', 'auto');
    expect(stored, stored.stderr).toMatchObject({ code: 0 });
    expect(await job.finish()).toContain('2 derivations built');
  });
}

test('a daemon that does not trust the user is told by its machines file, which is put back', async () => {
  const host = farm.host('new');
  await host.mustExec(['sh', '-c', 'echo "# mine" > /etc/nix/machines']);
  const job = await setUpHostJob(host, 'root', inputs(), { NIX_REMOTE: 'daemon' });
  expect(job.setup, job.setup.stdout).toMatchObject({ code: 0 });
  expect(job.setup.stdout).toContain('/etc/nix/machines');
  const built = await build(job);
  expect(built, built.stderr).toMatchObject({ code: 0 });
  expect(await job.finish()).toContain('1 derivation built');
  expect(await host.mustExec(['cat', '/etc/nix/machines'])).toBe('# mine\n');
});

test('the machines file is put back by the step after the job where the process could not do it', async () => {
  const host = farm.host('new');
  await host.mustExec(['rm', '-f', '/etc/nix/machines']);
  const job = await setUpHostJob(host, 'root', inputs(), { NIX_REMOTE: 'daemon' });
  expect(job.setup, job.setup.stdout).toMatchObject({ code: 0 });
  expect(await host.mustExec(['cat', '/etc/nix/machines'])).toContain('ssh-ng://localhost');
  await host.mustExec(['pkill', '-KILL', '-f', 'background.js']);
  await job.finish();
  expect(await host.mustExec(['ls', '/etc/nix'])).not.toContain('machines');
});

test('where neither is possible the step fails and says what to change', async () => {
  const host = farm.host('old');
  const job = await setUpHostJob(host, 'stranger', inputs());
  expect(job.setup.code).toBe(1);
  expect(job.setup.stdout).toContain('does not trust the user stranger');
  expect(job.setup.stdout).toContain('extra-trusted-users = stranger');
  expect(job.variables.size).toBe(0);
  const processes = await host.processes();
  expect(processes.filter(({ command }) => command.includes('background.js'))).toEqual([]);
});

test('nobody but the user and root may use the builders', async () => {
  const host = farm.host('old');
  const job = await setUpHostJob(host, 'builder', inputs());
  const [uri = ''] = Object.values(JSON.parse(job.outputs.get('stores') ?? '{}') as Record<string, string>);
  const program = uri.split('=')[1] ?? '';
  const others = await host.exec([program, '--stdio'], { user: 'stranger' });
  expect(others.stderr).toContain('ermission denied');
  expect(await host.mustExec(['stat', '-c', '%a %U', program.replace(/\/[^/]*$/, '')])).toBe('700 builder\n');
  await job.finish();
});
