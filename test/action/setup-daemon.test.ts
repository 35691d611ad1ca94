import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem } from '../support/action/flake.ts';
import { makeRunner, setUpHostJob, type HostJob } from '../support/action/host-job.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import type { Host } from '../support/farm/host.ts';
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
  // The step after the job waits for that, whatever it takes.
  const tee = '/usr/local/bin/tee';
  const isSlow = `printf '#!/bin/sh\nsleep 1; exec /usr/bin/tee "$@"' > ${tee} && chmod 755 ${tee}`;
  await host.mustExec(['sh', '-c', isSlow]);
  expect(await job.finish()).toContain('1 derivation built');
  await host.mustExec(['rm', tee]);
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

/** Puts a program of that name first where a user looks for it. */
function installSudo(host: Host, script: string): Promise<string> {
  return host.mustExec(['sh', '-c', `rm -f ${sudo} && ${script}`]);
}
const sudo = '/usr/local/bin/sudo';
// `unshare -n` takes the words of `sudo -n`, and runs them as the owner of its file.
const grantsAll = `install -m 4755 /usr/bin/unshare ${sudo}`;
const wantsPassword = `printf '#!/bin/sh\necho "sudo: a password is required" >&2; exit 1' > ${sudo} && chmod 755 ${sudo}`;

for (const name of ['new', 'old']) {
  test(`a user whom the daemon does not trust writes the machines file with sudo, whatever their umask (${name})`, async () => {
    const host = farm.host(name);
    await installSudo(host, grantsAll);
    await host.mustExec(['rm', '-f', '/etc/nix/machines']);
    const job = await setUpHostJob(host, 'stranger', inputs(), {}, [
      'sh',
      '-c',
      'umask 077; exec "$@"',
      'sh',
    ]);
    expect(job.setup, job.setup.stdout).toMatchObject({ code: 0 });
    expect(job.setup.stdout).toContain('/etc/nix/machines');
    expect(await host.mustExec(['stat', '-c', '%U', '/etc/nix/machines'])).toBe('root\n');
    const built = await build(job);
    expect(built, built.stderr).toMatchObject({ code: 0 });
    // What is set beside the builders are settings that a daemon lets everybody set; of others it says `restricted`.
    expect(built.stderr).not.toMatch(/build-poll-interval|max-jobs/);
    expect(await job.finish()).toContain('1 derivation built');
    expect(await host.mustExec(['ls', '/etc/nix'])).not.toContain('machines');
  });
}

test('a machines file that the user may not read is added to at its end, and put back', async () => {
  const host = farm.host('new');
  await installSudo(host, grantsAll);
  await host.mustExec(['sh', '-c', 'printf "# mine" > /etc/nix/machines && chmod 600 /etc/nix/machines']);
  const job = await setUpHostJob(host, 'stranger', inputs());
  expect(job.setup, job.setup.stdout).toMatchObject({ code: 0 });
  expect(await host.mustExec(['cat', '/etc/nix/machines'])).toMatch(/^# mine\n# nix-dispatch/);
  await job.finish();
  expect(await host.mustExec(['cat', '/etc/nix/machines'])).toBe('# mine\n');
  expect(await host.mustExec(['stat', '-c', '%a', '/etc/nix/machines'])).toBe('600\n');
});

test('where sudo asks for a password the step fails and says so', async () => {
  const host = farm.host('old');
  await installSudo(host, wantsPassword);
  const job = await setUpHostJob(host, 'stranger', inputs());
  expect(job.setup.code).toBe(1);
  expect(job.setup.stdout).toContain('/etc/nix/machines cannot be written: sudo: a password is required');
  expect(job.setup.stdout).toContain('let the job use sudo without a password');
});

test('where neither is possible the step fails and says what to change', async () => {
  const host = farm.host('old');
  await host.mustExec(['rm', '-f', sudo]);
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
