import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem } from '../support/action/flake.ts';
import { secretLines } from '../support/action/refusal.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspaceWith, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import type { Host, MachineLineOptions } from '../support/farm/host.ts';
import { makeKeyPair } from '../support/farm/keys.ts';
import { RenderedMarkdown } from '../support/report/rendered-markdown.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
/** Without a flake: the doctor needs none. */
let workspace: Workspace;

beforeAll(async () => {
  farm = await startFarm([
    { name: 'new', nix: '2.34.8', systemFeatures: ['kvm', 'big-parallel'] },
    { name: 'middle', nix: '2.26.3' },
    {
      name: 'old',
      nix: '2.8.0',
      maxJobs: 12,
      sshdConfig: ['AllowStreamLocalForwarding no', 'MaxSessions 5'],
    },
    { name: 'bare', nix: 'none' },
    { name: 'small', diskMib: 64 },
    { name: 'cut-off', nixConf: ['substituters = http://192.0.2.1:1', 'trusted-public-keys = a:AAAA'] },
    { name: 'late', shellRc: 'export PATH=/opt/late:$PATH' },
  ]);
  workspace = await createWorkspaceWith({ 'README.md': 'nothing' });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

function doctor(
  hosts: readonly Host[],
  inputs: Readonly<Record<string, string>> = {},
  line: MachineLineOptions = {},
): Promise<StepResult> {
  return workspace.run({ mode: 'doctor', ...farmInputs(farm, hosts, line), ...inputs });
}

/** What the summary's first table has for a builder, by check. */
function verdicts(step: StepResult, host: Host): Readonly<Record<string, string>> {
  const [head = [], ...rows] = new RenderedMarkdown(step.summary).rows();
  const row = rows.find(([name]) => name === host.address) ?? [];
  return Object.fromEntries(head.slice(1).map((check, index) => [check, row[index + 1] ?? '']));
}

test('builders of three versions are good, and each did a build that nobody had done', async () => {
  const hosts = ['new', 'middle', 'old'].map((name) => farm.host(name));
  const step = await doctor(hosts);
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.outputs.get('success')).toBe('true');
  expect(step.annotations).toMatchObject([{ level: 'notice', message: 'All 3 builders are good.' }]);
  for (const host of hosts) {
    const found = verdicts(step, host);
    expect(Object.keys(found).length).toBeGreaterThan(11);
    expect(new Set(Object.values(found)), host.name).toEqual(new Set(['✅']));
    const built = await host.mustExec(['sh', '-c', 'ls -d /nix/store/*-nix-dispatch-doctor']);
    expect(built.trim().split('\n')).toHaveLength(1);
  }
  expect(step.printed).toContain('12 on 2 cores, over 3 connections of 5 sessions');
  for (const line of secretLines(farm.clientKey)) expect(step.printed + step.summary).not.toContain(line);
});

test('a promise that the daemon does not keep is a fault', async () => {
  const host = farm.host('new');
  const [uri = '', , ...rest] = host.machineLine({ hostKey: false }).split(' ');
  const line = [uri, `${hostSystem},riscv64-linux`, ...rest].join(' ').replace('kvm', 'kvm,gpu');
  const step = await doctor([host], { builders: line });
  expect(step.exitCode).toBe(1);
  expect(step.outputs.get('success')).toBe('false');
  expect(verdicts(step, host)).toMatchObject({ trust: '✅', systems: '❌', features: '❌', build: '✅' });
  // What is known not to be built there is not tried, which would only say the same in other words.
  expect(step.printed).not.toMatch(/platform mismatch|journalctl/);
  expect(step.printed).toContain('extra-system-features = gpu');
  expect(step.printed).toContain('extra-platforms = riscv64-linux');
  // The machine is known not to run NixOS by then.
  expect(step.summary).not.toContain('boot.binfmt');
});

test('a user who is not trusted, and a closure that is built all the same', async () => {
  const host = farm.host('middle');
  const step = await doctor([host], {}, { user: 'stranger' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(verdicts(step, host)).toMatchObject({ trust: '⚠️', build: '✅' });
  expect(step.summary).toContain('extra-trusted-users = stranger');
});

test('slots that sshd does not allow', async () => {
  const host = farm.host('old');
  const line = host.machineLine({ hostKey: false }).replace(' ', '?max-connections=1 ');
  const step = await doctor([host], { builders: line });
  expect(step.exitCode, step.printed).toBe(0);
  expect(verdicts(step, host)).toMatchObject({ slots: '⚠️' });
  expect(step.printed).toMatch(/[1-4] of 12 can be used: .* allows \d+ sessions in a connection/);
  expect(step.printed).toContain('MaxSessions 14');
});

test('a full disk, a cache out of reach and a clock that is late', async () => {
  const [small, cutOff, late] = [farm.host('small'), farm.host('cut-off'), farm.host('late')];
  await late.mustExec(
    ['sh', '-c', 'mkdir -p /opt/late && cat > /opt/late/date && chmod 755 /opt/late/date'],
    {
      input: '#!/bin/sh\nexec /bin/date -d "1000 seconds ago" "$@"\n',
    },
  );
  await small.fillDisk();
  const step = await doctor([small, cutOff, late]);
  expect(step.exitCode).toBe(1);
  expect(verdicts(step, small)).toMatchObject({ disk: '❌' });
  expect(verdicts(step, cutOff)).toMatchObject({ caches: '⚠️', build: '✅' });
  expect(verdicts(step, late)).toMatchObject({ clock: '⚠️', build: '✅' });
  expect(step.printed).toMatch(/(?:999|1000|1001) s behind ours/);
  expect(step.printed).toContain('timedatectl set-ntp true');
});

test('hosts that can’t be logged in to, or have no Nix', async () => {
  const [fine, bare] = [farm.host('middle'), farm.host('bare')];
  const builders = [
    fine.machineLine({ hostKey: false }),
    `ssh-ng://builder@${fine.address}:2222`,
    'ssh-ng://builder@no-such-host.invalid',
    bare.machineLine({ hostKey: false }),
  ].join('\n');
  const step = await doctor([fine, bare], { builders });
  expect(step.exitCode).toBe(1);
  const rows = new RenderedMarkdown(step.summary).rows().slice(0, 5);
  const reached = (row: readonly string[] | undefined) => row?.filter((cell) => cell === '✅').length;
  expect(rows.slice(2).map(reached)).toEqual([0, 0, 4]);
  expect(step.annotations.map(({ level }) => level)).toEqual(['error', 'error', 'error']);
  expect(step.printed).toContain('services.openssh.ports = [ 2222 ];');
  expect(step.printed).toContain('ln -s /nix/var/nix/profiles/default/bin/nix-daemon');
});

test('a build without a usable builder explains itself', async () => {
  const host = farm.host('new');
  const stranger = makeKeyPair('ed25519');
  const step = await workspace.run({ ...farmInputs(farm, [host]), ssh_key: stranger.privateKey });
  expect(step.exitCode).toBe(1);
  expect(step.annotations).toHaveLength(1);
  expect(step.summary).toContain('Nothing was built: none of 1 builder can be used');
  expect(verdicts(step, host)).toEqual({ connect: '✅', 'host key': '✅', login: '❌' });
  const option = `users.users.builder.openssh.authorizedKeys.keys = [ "${stranger.publicLine}" ];`;
  expect(step.printed).toContain(option);
  for (const line of secretLines(stranger.privateKey))
    expect(step.printed + step.summary).not.toContain(line);
});
