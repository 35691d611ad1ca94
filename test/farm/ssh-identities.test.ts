import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, vi } from 'vitest';
import { findExecutable, mustRun } from '../../scripts/provision/command.ts';
import type { Credentials } from '../../src/builders/credentials.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import type { Host } from '../support/farm/host.ts';
import { makeKeyPair } from '../support/farm/keys.ts';
import { credentialsOf, enterEmptyHome, type EmptyHome } from '../support/ssh/empty-home.ts';
import { open, refusal } from '../support/ssh/logins.ts';
import { farm as farmRequirement, requires, type Requirement } from '../support/requirements.ts';

const agentRequirement: Requirement =
  findExecutable('ssh-agent') === undefined
    ? { ok: false, reason: 'needs ssh-agent on this machine' }
    : { ok: true };
const { test, beforeAll, afterAll } = requires(farmRequirement);
const withAgent = requires(farmRequirement, agentRequirement);

let farm: Farm;
let home: EmptyHome;
let b1: Host;

beforeAll(async () => {
  farm = await startFarm([{ name: 'b1' }]);
  b1 = farm.host('b1');
  home = await enterEmptyHome();
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});
afterEach(() => home.forgetSettings());

function credentials(sshConfig: string, changes: Partial<Credentials> = {}): Credentials {
  return credentialsOf(farm, sshConfig, changes);
}

test('the keys of ~/.ssh are tried where none is named', async () => {
  await mustRun(['mkdir', '-p', join(home.folder, '.ssh')]);
  await writeFile(join(home.folder, '.ssh/id_ed25519'), farm.clientKey, { mode: 0o600 });
  await writeFile(join(home.folder, '.ssh/config'), `Host mine\n  HostName ${b1.address}\n  User root\n`);
  using builder = await open('ssh-ng://mine x86_64-linux', credentials('', { privateKey: undefined }));
  expect(builder.info.trust).toBe('trusted');
  await rm(join(home.folder, '.ssh'), { recursive: true });
});

test('a key that opens nothing does not keep another from being tried', async () => {
  const config = `Host ${b1.address}\n  IdentityFile ${farm.clientKeyPath}`;
  const { privateKey } = makeKeyPair('ed25519');
  using builder = await open(`ssh-ng://root@${b1.address} x86_64-linux`, credentials(config, { privateKey }));
  expect(builder.info.trust).toBe('trusted');
  const error = await refusal(`ssh-ng://root@${b1.address}`, credentials('', { privateKey }));
  expect(error).toMatchObject({
    code: 'authentication',
    message: expect.stringContaining('with the key ssh-ed25519'),
  });
});

withAgent.test('an agent logs in where no key is given', async () => {
  const socket = join(home.folder, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  try {
    vi.stubEnv('SSH_AUTH_SOCK', socket);
    for (let tries = 0; tries < 50; tries += 1) {
      await sleep(50);
      const added = await mustRun(['ssh-add', '-q', farm.clientKeyPath]).catch(() => undefined);
      if (added !== undefined) break;
    }
    const keyless = credentials('', { privateKey: undefined });
    using builder = await open(`ssh-ng://root@${b1.address} x86_64-linux`, keyless);
    expect(builder.info.trust).toBe('trusted');
    const stranger = join(home.folder, 'stranger');
    await writeFile(stranger, makeKeyPair('ed25519').privateKey);
    const config = `Host *\n  IdentityFile ${stranger}`;
    using second = await open(`ssh-ng://root@${b1.address} x86_64-linux`, { ...keyless, sshConfig: config });
    expect(second.info.trust).toBe('trusted');
    const only = { ...keyless, sshConfig: `${config}\n  IdentitiesOnly yes` };
    expect(await refusal(`ssh-ng://root@${b1.address}`, only)).toMatchObject({ code: 'authentication' });
    await mustRun(['ssh-add', '-q', '-D']);
    const error = await refusal(`ssh-ng://root@${b1.address}`, keyless);
    expect(error).toMatchObject({
      code: 'authentication',
      message: expect.stringContaining(`the agent at ${socket}`),
    });
  } finally {
    agent.kill();
  }
  const error = await refusal(`ssh-ng://root@${b1.address}`, credentials('', { privateKey: undefined }));
  expect(error).toMatchObject({ code: 'authentication' });
});

test('a key file of another machine is made up for by the key that is given', async () => {
  const line = `ssh-ng://root@${b1.address} x86_64-linux /root/.ssh/not-there`;
  using builder = await open(line, credentials(''));
  expect(builder.info.trust).toBe('trusted');
  expect(await refusal(line, credentials('', { privateKey: undefined }))).toMatchObject({
    code: 'input',
    message: expect.stringContaining('/root/.ssh/not-there'),
    hint: expect.stringContaining('ssh_key'),
  });
});
