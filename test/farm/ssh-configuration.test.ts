import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, vi } from 'vitest';
import { mustRun } from '../../scripts/provision/command.ts';
import type { Credentials } from '../../src/builders/credentials.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import type { Host } from '../support/farm/host.ts';
import { makeKeyPair } from '../support/farm/keys.ts';
import { credentialsOf, enterEmptyHome, type EmptyHome } from '../support/ssh/empty-home.ts';
import { open, refusal } from '../support/ssh/logins.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
let home: EmptyHome;
let b1: Host;
let jump: Host;
let narrow: Host;

beforeAll(async () => {
  farm = await startFarm([
    { name: 'b1', sshdConfig: ['AcceptEnv GREETING'] },
    { name: 'jump', nix: 'none' },
    { name: 'narrow', nix: 'none', sshdConfig: ['AllowTcpForwarding no'] },
  ]);
  [b1, jump, narrow] = [farm.host('b1'), farm.host('jump'), farm.host('narrow')];
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

/** The address of a host that counts on the farm's own network, and that network's name here. */
async function linkLocal(host: Host): Promise<{ readonly scope: string; readonly zone: string }> {
  const there = await host.mustExec(['ip', '-6', '-o', 'address', 'show', 'scope', 'link']);
  const [, scope = ''] = /inet6 (fe80::[0-9a-f:]+)/.exec(there) ?? [];
  const here = await mustRun(['ip', '-o', 'route', 'get', host.address]);
  const [, zone = ''] = /dev (\S+)/.exec(here) ?? [];
  return { scope, zone };
}

test('an alias leads to host, port, user and key of its own', async () => {
  const config = `Host fast\n  HostName ${b1.address}\n  Port 22\n  User root\n  IdentityFile ${farm.clientKeyPath}`;
  using builder = await open('ssh-ng://fast x86_64-linux', credentials(config, { privateKey: undefined }));
  expect((await builder.exec(['id', '-un'])).stdout).toBe('root\n');
  expect(builder.builder.name).toBe('fast');
});

test('the machine line comes before the configuration', async () => {
  const config = `Host *\n  User nobody\n  Port 1`;
  using builder = await open(`ssh-ng://root@${b1.address}:22 x86_64-linux`, credentials(config));
  expect(builder.info.trust).toBe('trusted');
});

test('NIX_SSHOPTS comes before the configuration, and behind the machine line', async () => {
  await writeFile(join(home.folder, 'config'), `Host far\n  HostName ${b1.address}\n  Port 1\n`);
  vi.stubEnv('NIX_SSHOPTS', `-F ${join(home.folder, 'config')} -p 22 -l root -i ${farm.clientKeyPath}`);
  using builder = await open('ssh-ng://far x86_64-linux', credentials('', { privateKey: undefined }));
  expect((await builder.exec(['id', '-un'])).stdout).toBe('root\n');
});

test('a host is reached through another, which needs no Nix', async () => {
  const config = `Host far\n  HostName ${b1.address}\n  User root\n  ProxyJump root@${jump.address}`;
  using builder = await open('ssh-ng://far x86_64-linux', credentials(config));
  const { stdout } = await builder.exec(['sh', '-c', 'echo $SSH_CONNECTION']);
  expect(stdout.split(' ')[0]).toBe(jump.address);
  expect((await builder.acquire()).isOpen).toBe(true);
});

test('a host is reached through several, the last of which is the nearest', async () => {
  const config = `Host near\n  HostName ${jump.address}\n  User root
Host far\n  HostName ${b1.address}\n  ProxyJump root@${b1.address}:22,near\nHost *\n  User root`;
  using builder = await open('ssh-ng://far x86_64-linux', credentials(config));
  const { stdout } = await builder.exec(['sh', '-c', 'echo $SSH_CONNECTION']);
  expect(stdout.split(' ')[0]).toBe(jump.address);
});

test('of a jump host, too, the key has to be known', async () => {
  const config = `Host far\n  HostName ${b1.address}\n  User root\n  ProxyJump root@${jump.address}`;
  const error = await refusal(
    'ssh-ng://far x86_64-linux',
    credentials(config, { knownHosts: b1.knownHostsLine }),
  );
  expect(error).toMatchObject({ code: 'host-key', host: 'far' });
  expect(error.message).toContain(`no known_hosts line names ${jump.address}`);
});

test('a jump host that forwards nothing is named, and so is one that reaches nothing', async () => {
  const through = (host: Host, port = 22) =>
    refusal(
      `ssh-ng://root@${b1.address}:${port} x86_64-linux`,
      credentials(`Host ${b1.address}\n  ProxyJump root@${host.address}`),
    );
  expect(await through(narrow)).toMatchObject({
    code: 'unreachable',
    host: expect.stringContaining(b1.address),
    message: expect.stringContaining(`${narrow.address} cannot reach ${b1.address} port 22`),
  });
  expect((await through(jump, 9)).message).toContain(`${jump.address} cannot reach ${b1.address} port 9`);
});

test('a command that would have to be run is not', async () => {
  const config = `Host ${b1.address}\n  ProxyCommand touch ${home.folder}/run`;
  const error = await refusal(`ssh-ng://root@${b1.address} x86_64-linux`, credentials(config));
  expect(error).toMatchObject({ code: 'input', message: expect.stringContaining('ProxyCommand') });
  expect(await mustRun(['ls', home.folder])).not.toContain('run');
});

test('HostKeyAlias and files of known hosts count', async () => {
  const file = join(home.folder, 'hosts');
  await writeFile(file, `b1-alias ${b1.hostKeyLine}\n`);
  const config = `Host ${b1.address}\n  HostKeyAlias b1-alias\n  UserKnownHostsFile ${file}`;
  const none = { knownHosts: '' };
  using builder = await open(`ssh-ng://root@${b1.address} x86_64-linux`, credentials(config, none));
  expect(builder.info.trust).toBe('trusted');
  const without = `Host ${b1.address}\n  UserKnownHostsFile ${file}`;
  expect(await refusal(`ssh-ng://root@${b1.address}`, credentials(without, none))).toMatchObject({
    code: 'host-key',
  });
});

test('RevokedHostKeys counts for every host, and is missed where it cannot be read', async () => {
  const file = join(home.folder, 'revoked');
  const given = credentials(`Host *\n  RevokedHostKeys ${file}`);
  const line = `ssh-ng://root@${b1.address} x86_64-linux`;
  expect(await refusal(line, given)).toMatchObject({ code: 'input', message: expect.stringContaining(file) });
  await writeFile(file, `# lost\n${makeKeyPair('ed25519').publicLine} somebody's\n`);
  using builder = await open(line, given);
  expect(builder.info.trust).toBe('trusted');
  await writeFile(file, `${b1.hostKeyLine}\n`);
  expect(await refusal(line, given)).toMatchObject({
    code: 'host-key',
    message: expect.stringContaining('marks as revoked'),
  });
  for (const text of ['SSHKRL\n\0', 'no key']) {
    await writeFile(file, text);
    expect(await refusal(line, given)).toMatchObject({ code: 'input' });
  }
});

test('SetEnv reaches the host', async () => {
  const config = `Host ${b1.address}\n  SetEnv GREETING="hello there"`;
  using builder = await open(`ssh-ng://root@${b1.address} x86_64-linux`, credentials(config));
  expect((await builder.exec(['sh', '-c', 'echo "$GREETING"'])).stdout).toBe('hello there\n');
});

test('an address of IPv6 leads there too', async () => {
  const knownHosts = `${b1.address6} ${b1.hostKeyLine}`;
  using builder = await open(
    `ssh-ng://root@[${b1.address6}]:22 x86_64-linux`,
    credentials('', { knownHosts }),
  );
  expect((await builder.exec(['sh', '-c', 'echo $SSH_CONNECTION'])).stdout).toContain(`${b1.address6} 22`);
});

test('an address that belongs to one network only leads there with its zone', async () => {
  const { scope, zone } = await linkLocal(b1);
  const knownHosts = `${scope}%${zone} ${b1.hostKeyLine}`;
  for (const host of [`[${scope}%${zone}]`, `[${scope}%25${zone}]:22`, `${scope}%${zone}`]) {
    using builder = await open(`ssh-ng://root@${host} x86_64-linux`, credentials('', { knownHosts }));
    expect((await builder.exec(['sh', '-c', 'echo $SSH_CONNECTION'])).stdout).toContain(scope);
  }
});

test('unknown keys are used only where that is asked for, and told', async () => {
  const told: string[][] = [];
  const off: Partial<Credentials> = {
    knownHosts: '',
    hostKeyChecking: 'off',
    onUncheckedHost: (host, line) => void told.push([host, line]),
  };
  using builder = await open(`ssh-ng://root@${b1.address} x86_64-linux`, credentials('', off));
  expect(builder.info.trust).toBe('trusted');
  expect(told).toEqual([[b1.address, `${b1.address} ${b1.hostKeyLine}`]]);
  told.length = 0;
  using known = await open(
    `ssh-ng://root@${b1.address} x86_64-linux`,
    credentials('', { ...off, knownHosts: b1.knownHostsLine }),
  );
  expect(known.info.trust).toBe('trusted');
  expect(told).toEqual([]);
  const revoked = { ...off, knownHosts: `@revoked * ${b1.hostKeyLine}` };
  expect(await refusal(`ssh-ng://root@${b1.address}`, credentials('', revoked))).toMatchObject({
    code: 'host-key',
  });
  const pinned = Buffer.from(makeKeyPair('ed25519').publicLine).toString('base64');
  expect(
    await refusal(`ssh-ng://root@${b1.address} x86_64-linux - 1 1 - - ${pinned}`, credentials('', off)),
  ).toMatchObject({ code: 'host-key', message: expect.stringContaining('but its machine line expects') });
  // A configuration that turns the check off is not what asks for it.
  const config = 'Host *\n  StrictHostKeyChecking no';
  expect(await refusal(`ssh-ng://root@${b1.address}`, credentials(config, { knownHosts: '' }))).toMatchObject(
    { code: 'host-key' },
  );
});
