import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { builtNames } from '../support/action/reading.ts';
import { refusalOf } from '../support/action/refusal.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { makeKeyPair } from '../support/farm/keys.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';
import { makeAuthority, type Authority } from '../support/ssh/authority.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

const user = makeKeyPair('ecdsa');
let farm: Farm;
let hosts: Authority;
let users: Authority;

beforeAll(async () => {
  [hosts, users] = await Promise.all([makeAuthority('ed25519'), makeAuthority('ed25519')]);
  const trusting = 'TrustedUserCAKeys /etc/ssh/users-ca.pub';
  farm = await startFarm([
    { name: 'b1', sshdConfig: ['HostCertificate /etc/ssh/host-cert.pub', trusting] },
    { name: 'jump', nix: 'none', sshdConfig: [trusting] },
  ]);
  for (const host of farm.hosts) {
    const input = `${users.publicLine}\n`;
    await host.mustExec(['sh', '-c', 'cat > /etc/ssh/users-ca.pub'], { input });
  }
  const b1 = farm.host('b1');
  const certificate = await hosts.sign(b1.hostKeyLine, { principals: ['b1.example.org'] });
  await b1.mustExec(['sh', '-c', 'cat > /etc/ssh/host-cert.pub'], { input: `${certificate}\n` });
  await b1.restartSshd();
});
afterAll(async () => {
  await farm[Symbol.asyncDispose]();
  await Promise.all([hosts, users].map((authority) => authority[Symbol.asyncDispose]()));
});

/** What a team with authorities, a jump host and a NixOS machines file has. */
async function inputs(workspace: Workspace, principals: readonly string[]) {
  const machines = join(workspace.folder, 'machines');
  const certificate = join(workspace.folder, 'user-cert.pub');
  // As the module of NixOS writes it, for a machine that has the key.
  await writeFile(
    machines,
    `ssh-ng://builder@big ${hostSystem} /root/.ssh/not-on-this-machine 4 1 kvm,big-parallel - -\n`,
  );
  await writeFile(
    certificate,
    await users.sign(user.publicLine, { kind: 'user', principals: ['root', ...principals] }),
  );
  return {
    builders: `@${machines}`,
    ssh_key: user.privateKey,
    known_hosts: `@cert-authority *.example.org ${hosts.publicLine}\n${farm.host('jump').knownHostsLine}`,
    ssh_config: [
      'Host big',
      `  HostName ${farm.host('b1').address}`,
      '  HostKeyAlias b1.example.org',
      'Host *',
      `  CertificateFile ${certificate}`,
    ].join('\n'),
  };
}

function repository(): Promise<Workspace> {
  return createWorkspace({ checks: { [hostSystem]: { app: shellBuild({ name: 'app' }) } } });
}

test('certificates of host and user, a jump host and a machines file of NixOS are all that it takes', async () => {
  await using workspace = await repository();
  const environment = { NIX_SSHOPTS: `-J root@${farm.host('jump').address}` };
  const step = await workspace.run(await inputs(workspace, ['builder']), { environment });
  expect(step.exitCode, step.printed).toBe(0);
  expect(builtNames(step)).toEqual(['app']);
  const log = await farm.host('jump').mustExec(['cat', '/var/log/sshd.log']);
  expect(log).toMatch(/Accepted publickey for root from .* ECDSA-CERT/);
});

test('a certificate for other users is refused, and named', async () => {
  await using workspace = await repository();
  const step = await workspace.run(await inputs(workspace, []));
  expect(refusalOf(step, [user.privateKey])).toMatch(
    /does not let builder in with the certificate "of a test" of the key ecdsa-sha2-nistp256 SHA256/,
  );
});
