import { expect } from 'vitest';
import { runCommand } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { NIX_VERSIONS } from '../../scripts/provision/trees.ts';
import { shellDerivation } from '../support/farm/derivations.ts';
import { startFarm } from '../support/farm/farm.ts';
import type { Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

// Each has farms of its own.
const { concurrent: test } = requires(farmRequirement);

const ssh = (farm: Farm, destination: string, ...command: readonly string[]) =>
  runCommand(['ssh', '-F', farm.sshConfigPath, '-o', 'ConnectTimeout=20', destination, ...command]);

/** For hosts that don't answer. */
const trySsh = (farm: Farm, destination: string) =>
  runCommand(['ssh', '-F', farm.sshConfigPath, '-o', 'ConnectTimeout=2', destination, 'true']);

const runnerNix = (farm: Farm, ...args: readonly string[]) =>
  runCommand(['nix', ...args], {
    env: { ...process.env, ...runnerNixEnv(), NIX_SSHOPTS: `-F ${farm.sshConfigPath}` },
  });

const nonce = (): string => `${process.pid}-${Date.now()}`;

test('three hosts with three versions answer stock ssh and stock Nix', async () => {
  await using farm = await startFarm(NIX_VERSIONS.map((nix) => ({ name: `nix-${nix}`, nix })));
  for (const host of farm.hosts) {
    for (const user of ['builder', 'stranger', 'root']) {
      const { stdout } = await ssh(farm, `${user}@${host.address}`, 'whoami; nix --version; hostname');
      expect(stdout).toBe(`${user}\nnix (Nix) ${host.options.nix}\n${host.name}\n`);
    }
    if (host.address6 !== undefined) {
      expect(await ssh(farm, `root@${host.address6}`, 'true')).toMatchObject({ code: 0 });
    }
    const ping = await runnerNix(farm, 'store', 'ping', '--store', `ssh-ng://builder@${host.address}`);
    expect(ping.stdout + ping.stderr).toContain(`Version: ${host.options.nix}`);
  }
});

test("the runner's Nix builds on every host through its build hook", async () => {
  await using farm = await startFarm(
    NIX_VERSIONS.map((nix, index) => ({ name: nix, nix, systemFeatures: [`only-${index}`] })),
  );
  const lines = farm.hosts.map((host) => host.machineLine({ keyPath: farm.clientKeyPath }));
  for (const [index, host] of farm.hosts.entries()) {
    const name = `hook-${index}-${nonce()}`;
    const expression = shellDerivation({ name, script: 'echo built > $out' }).replace(
      /}$/,
      `requiredSystemFeatures = [ "only-${index}" ]; }`,
    );
    const build = ['build', '--no-link', '--impure', '--max-jobs', '0', '--builders', lines.join('\n')];
    const result = await runnerNix(farm, ...build, '--expr', expression);
    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(await host.mustExec(['sh', '-c', `cat /nix/store/*-${name}`])).toBe('built\n');
  }
});

test('a host that claims another system builds for it', async () => {
  await using farm = await startFarm([{ name: 'arm', system: 'aarch64-linux' }]);
  const [host] = farm.hosts;
  const build = (system: string) =>
    host?.exec(
      [
        'nix',
        'build',
        '--no-link',
        '--impure',
        '--expr',
        shellDerivation({ name: 'x', system, script: 'echo > $out' }),
      ],
      { env: { NIX_REMOTE: 'daemon' } },
    );
  expect(await build('aarch64-linux')).toMatchObject({ code: 0 });
  expect(await build('x86_64-linux')).toMatchObject({ code: 1 });
});

test('a host boots again after a kill with its store, address and keys', async () => {
  await using farm = await startFarm([{ name: 'phoenix' }]);
  const host = farm.host('phoenix');
  const added = (await host.mustExec(['nix', 'store', 'add-path', '/etc/hostname'])).trim();
  const session = ssh(farm, `root@${host.address}`, 'sleep 60');
  await host.mustExec(['sh', '-c', 'until pgrep -f "^sleep 60$"; do sleep 0.02; done']);
  await host.kill();
  expect(await session).toMatchObject({ code: 255 });
  expect(await trySsh(farm, `root@${host.address}`)).toMatchObject({ code: 255 });
  await host.boot();
  expect(await ssh(farm, `root@${host.address}`, 'nix', 'path-info', added)).toMatchObject({ code: 0 });
});

test('the daemon can be killed and restarted under a living sshd', async () => {
  await using farm = await startFarm([{ name: 'b' }]);
  const host = farm.host('b');
  const ping = () => ssh(farm, `builder@${host.address}`, 'nix store info --store daemon');
  expect(await ping()).toMatchObject({ code: 0 });
  await host.killDaemon();
  expect(await ping()).toMatchObject({ code: 1 });
  await host.restartDaemon();
  expect(await ping()).toMatchObject({ code: 0 });
  await host.restartSshd();
  expect(await ping()).toMatchObject({ code: 0 });
});

test('a cut network loses packets in silence', async () => {
  await using farm = await startFarm([{ name: 'b' }]);
  const host = farm.host('b');
  const session = ssh(farm, `root@${host.address}`, 'sleep 1; echo done');
  await host.mustExec(['sh', '-c', 'until pgrep -f "^sleep 1$"; do sleep 0.02; done']);
  await host.cutNetwork();
  const refused = await trySsh(farm, `root@${host.address}`);
  expect(refused.stderr).toContain('timed out');
  await host.healNetwork();
  expect(await session).toMatchObject({ code: 0, stdout: 'done\n' });
});

test('a full disk fails a build, a freed one does not', async () => {
  await using farm = await startFarm([{ name: 'small', diskMib: 64 }]);
  const host = farm.host('small');
  const expression = shellDerivation({ name: 'x', script: 'echo > $out' });
  const build = () => host.exec(['nix', 'build', '--no-link', '--impure', '--expr', expression]);
  await host.fillDisk();
  expect((await build()).stderr).toMatch(/No space left on device|disk is full/);
  await host.freeDisk();
  expect(await build()).toMatchObject({ code: 0 });
});

test('a host can lack Nix and have an rc file that talks', async () => {
  await using farm = await startFarm([{ name: 'bare', nix: 'none', shellRc: 'echo welcome' }]);
  const answer = await ssh(farm, `builder@${farm.host('bare').address}`, 'nix-daemon --stdio');
  expect(answer).toMatchObject({ code: 127, stdout: 'welcome\n' });
});

test('two farms at once do not meet', async () => {
  await using first = await startFarm([{ name: 'same' }]);
  await using second = await startFarm([{ name: 'same' }]);
  expect(first.host('same').address).not.toBe(second.host('same').address);
  expect(await trySsh(first, `root@${second.host('same').address}`)).toMatchObject({ code: 255 });
});
