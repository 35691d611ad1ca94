import { describe, expect } from 'vitest';
import type { OpenBuilder } from '../../src/builders/open-builder.ts';
import type { DaemonClient } from '../../src/nix/client/daemon-client.ts';
import { parseStorePath } from '../../src/nix/store-path.ts';
import { NIX_VERSIONS } from '../../scripts/provision/trees.ts';
import { startFarm } from '../support/farm/farm.ts';
import type { Farm } from '../support/farm/farm.ts';
import type { Host } from '../support/farm/host.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';
import { open, refusal } from '../support/ssh/logins.ts';

const { test } = requires(farmRequirement);

const credentials = (farm: Farm, host: Host) => ({
  privateKey: farm.clientKey,
  knownHosts: host.knownHostsLine,
  connectTimeoutMs: 10_000,
});

const bare = (host: Host, user = 'builder', query = ''): string => `ssh-ng://${user}@${host.address}${query}`;

/** The host's only one of a farm. */
function only(farm: Farm): Host {
  const [host] = farm.hosts;
  if (host === undefined) throw new Error('the farm has no host');
  return host;
}

/** Pid of the daemon's worker for each client: its temporary roots are kept in a file of that name. */
async function workersOf(host: Host, clients: readonly DaemonClient[]): Promise<number[]> {
  const paths = clients.map((_, index) =>
    parseStorePath(`/nix/store/${String(index).padStart(32, '0')}-root`),
  );
  await Promise.all(clients.map((client, index) => client.addTempRoots(paths.slice(index, index + 1))));
  const roots = await host.mustExec(['grep', '-a', '', '-r', '/nix/var/nix/temproots']);
  return paths.map((path) => {
    const line = roots.split('\n').find((text) => text.includes(path));
    return Number(/temproots\/(\d+):/.exec(line ?? '')?.[1]);
  });
}

async function acquireAll(builder: OpenBuilder, count: number): Promise<DaemonClient[]> {
  return Promise.all(Array.from({ length: count }, () => builder.acquire()));
}

describe('real builders', () => {
  test('of three versions tell what they are and whom they trust', async () => {
    await using farm = await startFarm(NIX_VERSIONS.map((nix) => ({ name: `nix-${nix}`, nix })));
    for (const host of farm.hosts) {
      for (const [user, trust] of [
        ['root', 'trusted'],
        ['builder', 'trusted'],
        ['stranger', 'not-trusted'],
      ] as const) {
        using builder = await open(bare(host, user), credentials(farm, host));
        expect(builder.info).toMatchObject({ nixVersion: host.options.nix, trust, maxJobs: 1 });
        expect(builder.info.systems[0]).toBe('x86_64-linux');
        expect(builder.info.supportedFeatures).toContain('big-parallel');
        expect(await builder.exec(['whoami'])).toMatchObject({ code: 0, stdout: `${user}\n` });
      }
    }
  });

  test('take the machine lines that Nix takes', async () => {
    await using farm = await startFarm([
      { name: 'b1', systemFeatures: ['kvm'], hostKeyTypes: ['ecdsa', 'ed25519'] },
    ]);
    const host = only(farm);
    for (const scheme of ['ssh', 'ssh-ng'] as const) {
      const line = host.machineLine({ keyPath: farm.clientKeyPath, scheme });
      using builder = await open(line, { privateKey: undefined, knownHosts: '' });
      expect(builder.info).toMatchObject({
        supportedFeatures: ['kvm'],
        maxJobs: 4,
        systems: ['x86_64-linux'],
      });
    }
  });

  test('hold 200 conversations over one connection where sockets may be forwarded', async () => {
    await using farm = await startFarm([{ name: 'b1' }]);
    const host = only(farm);
    using builder = await open(bare(host), credentials(farm, host));
    const began = performance.now();
    const clients = await acquireAll(builder, 200);
    expect(performance.now() - began).toBeLessThan(15_000);
    const path = parseStorePath(`/nix/store/${'0'.repeat(32)}-x`);
    expect(await Promise.all(clients.map((client) => client.isValidPath(path)))).toEqual(
      clients.map(() => false),
    );
    expect(await sshdCount(host)).toBe(1);
  });

  test('hold as many as asked for over several connections where they may not', async () => {
    await using farm = await startFarm([
      { name: 'b1', sshdConfig: ['AllowStreamLocalForwarding no', 'MaxSessions 3'] },
    ]);
    const host = only(farm);
    using builder = await open(bare(host), credentials(farm, host));
    const clients = await acquireAll(builder, 8);
    const pids = clients.map((client) => builder.clientPid(client));
    expect(new Set(pids).size).toBe(8);
    const daemons = await host.mustExec(['sh', '-c', 'ps -eo pid,args | grep "[n]ix-daemon --stdio"']);
    for (const pid of pids) expect(daemons).toMatch(new RegExp(`^ *${pid} `, 'm'));
    expect(await sshdCount(host)).toBe(3);
  });

  for (const nix of NIX_VERSIONS) {
    test(`name the worker of each conversation by its place among its siblings (${nix})`, async () => {
      await using farm = await startFarm([{ name: 'b1', nix }]);
      const host = only(farm);
      using builder = await open(bare(host), credentials(farm, host));
      const clients = await acquireAll(builder, 12);
      const gone = clients.filter((_, index) => index % 5 === 3);
      for (const client of gone) client.close();
      await Promise.all(gone.map((client) => client.closed));
      const left = clients.filter((client) => !gone.includes(client));
      const [first] = left;
      if (first === undefined) throw new Error('no client is left');
      const siblings = builder.siblings(first);
      const workers = await workersOf(host, siblings);
      expect(workers).toEqual([...workers].sort((one, other) => one - other));
      expect(siblings).toEqual(expect.arrayContaining(left));
      const args = await host.mustExec(['sh', '-c', 'ps -eo pid,args']);
      const pid = builder.clientPid(first);
      for (const worker of workers) expect(args).toMatch(new RegExp(`^ *${worker} nix-daemon ${pid}$`, 'm'));
    });
  }

  test('are told apart when they have no Nix, or print before the protocol', async () => {
    await using farm = await startFarm([
      { name: 'empty', nix: 'none' },
      { name: 'chatty', shellRc: 'echo Welcome to chatty', sshdConfig: ['AllowStreamLocalForwarding no'] },
    ]);
    const [empty, chatty] = farm.hosts;
    if (empty === undefined || chatty === undefined) throw new Error('the farm is not complete');
    const noNix = await refusal(bare(empty), credentials(farm, empty));
    expect(noNix).toMatchObject({ code: 'not-nix', host: empty.address });
    expect(noNix.message).toMatch(/nix-daemon.*not found/);
    const prints = await refusal(bare(chatty), credentials(farm, chatty));
    expect(prints).toMatchObject({ code: 'not-nix', host: chatty.address });
    expect(prints.message).toContain('Welcome to chatty');
  });

  test('are given up when they die, and used again when they are back', async () => {
    await using farm = await startFarm([{ name: 'b1' }]);
    const host = only(farm);
    using builder = await open(bare(host), { ...credentials(farm, host), keepaliveMs: 1500 });
    const client = await builder.acquire();
    await host.cutNetwork();
    const cutAt = performance.now();
    expect(await builder.lost).toMatchObject({ code: 'connection-lost', host: host.address });
    expect(performance.now() - cutAt).toBeLessThan(15_000);
    await client.closed;
    await host.healNetwork();
    using again = await open(bare(host), credentials(farm, host));
    expect(again.info.trust).toBe('trusted');
  });

  test('survive a daemon that restarts', async () => {
    await using farm = await startFarm([{ name: 'b1' }]);
    const host = only(farm);
    using builder = await open(bare(host), credentials(farm, host));
    const client = await builder.acquire();
    await host.restartDaemon();
    await client.closed;
    builder.release(client);
    const next = await builder.acquire();
    expect(next).not.toBe(client);
    expect(await next.isValidPath(parseStorePath(`/nix/store/${'0'.repeat(32)}-x`))).toBe(false);
  });
});

/** SSH connections of one user that a host serves now. */
async function sshdCount(host: Host): Promise<number> {
  const processes = await host.mustExec(['sh', '-c', 'ps -eo args']);
  return processes.split('\n').filter((line) => /^sshd(-session)?: \w+(@notty)?$/.test(line)).length;
}
