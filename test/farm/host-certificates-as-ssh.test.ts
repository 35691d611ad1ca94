import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { findExecutable, runCommand } from '../../scripts/provision/command.ts';
import { DispatchError } from '../../src/errors.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import type { Host } from '../support/farm/host.ts';
import { farm as farmRequirement, requires, type Requirement } from '../support/requirements.ts';
import { makeAuthority, type Authority } from '../support/ssh/authority.ts';
import { open } from '../support/ssh/logins.ts';

const ssh: Requirement =
  findExecutable('ssh') === undefined ? { ok: false, reason: 'needs ssh on this machine' } : { ok: true };
const { test, beforeAll, afterAll } = requires(farmRequirement, ssh);

let farm: Farm;
let host: Host;
let authority: Authority;
let other: Authority;
let folder = '';

beforeAll(async () => {
  [authority, other] = await Promise.all([makeAuthority('ed25519'), makeAuthority('ecdsa')]);
  folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-known-'));
  const sshdConfig = ['HostCertificate /etc/ssh/host-cert.pub', 'Port 22', 'Port 2222'];
  farm = await startFarm([{ name: 'b1', sshdConfig, hostKeyTypes: ['ed25519', 'ecdsa'] }]);
  host = farm.host('b1');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await Promise.all([authority, other].map((one) => one[Symbol.asyncDispose]()));
  await farm[Symbol.asyncDispose]();
});

async function asSsh(port: number, knownHosts: string): Promise<boolean> {
  const file = join(folder, 'known_hosts');
  await writeFile(file, `${knownHosts}\n`);
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    `UserKnownHostsFile=${file}`,
    'GlobalKnownHostsFile=none',
    'LogLevel=ERROR',
  ].flatMap((option) => ['-o', option]);
  const place = ['-p', String(port), `builder@${host.address}`];
  const { code, stderr } = await runCommand([
    'ssh',
    '-F',
    'none',
    '-i',
    farm.clientKeyPath,
    ...options,
    ...place,
    'true',
  ]);
  if (code !== 0 && !/host key|certificate/i.test(stderr)) throw new Error(stderr);
  return code === 0;
}

async function asWe(port: number, knownHosts: string): Promise<boolean> {
  const credentials = {
    privateKey: farm.clientKey,
    knownHosts,
    sshConfig: 'Host none',
    connectTimeoutMs: 9000,
  };
  try {
    using builder = await open(`ssh-ng://builder@${host.address}:${port} x86_64-linux`, credentials);
    return builder.info.trust === 'trusted';
  } catch (error) {
    if (error instanceof DispatchError && error.code === 'host-key') return false;
    throw error;
  }
}

function hashed(name: string): string {
  const salt = randomBytes(20);
  const digest = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${digest}`;
}

/** Lines of known_hosts that say one thing or the other of the host. */
function variants(): readonly string[] {
  const { address } = host;
  const ca = (names: string, by = authority): string => `@cert-authority ${names} ${by.publicLine}`;
  const [key = '', second = ''] = host.hostKeys.map(({ publicLine }) => publicLine);
  return [
    ca('*'),
    ca(`[${address}]:2222`),
    ca(`*,!${address}`),
    ca(hashed(address)),
    ca('elsewhere'),
    `${ca('*', other)}\n${ca('10.*')}`,
    `${ca('*', other)}\n${address} ${key}`,
    `${ca('*')}\n${address} ${second}`,
    `${address} ${key}`,
    `${address} ${authority.publicLine}`,
    `${ca('*')}\n@revoked * ${authority.publicLine}`,
    // Under one name only it is not revoked for ssh on the other port; for us it is.
    `${ca('*')}\n@revoked ${address},[${address}]:2222 ${key}`,
    `${ca('*')}\n@revoked elsewhere ${key}`,
  ];
}

test('a host is trusted where ssh trusts it', async () => {
  const terms = [
    { principals: [host.address] },
    { principals: ['other', '10.*'] },
    { principals: ['other'] },
    { principals: [host.address], validity: '-2d:-1d' },
    { principals: [host.address], options: ['-O', 'critical:x@example.org=y'] },
  ];
  const trusted: boolean[] = [];
  for (const term of terms) {
    const certificate = await authority.sign(host.hostKeyLine, term);
    const input = `${certificate}\n`;
    await host.mustExec(['sh', '-c', 'cat > /etc/ssh/host-cert.pub'], { input });
    await host.restartSshd();
    for (const port of [22, 2222]) {
      for (const knownHosts of variants()) {
        const [expected, ours] = await Promise.all([asSsh(port, knownHosts), asWe(port, knownHosts)]);
        expect(ours, `port ${port}, ${JSON.stringify(term)}\n${knownHosts}`).toBe(expected);
        trusted.push(expected);
      }
    }
  }
  expect(new Set(trusted)).toEqual(new Set([true, false]));
}, 240_000);
