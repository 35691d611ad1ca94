import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { daemonSocketPath, openLocalHost } from '../../../../src/builders/local/local-host.ts';
import { spawnCommand } from '../../../../src/builders/local/spawn-command.ts';
import { runCommand } from '../../../../src/builders/run-command.ts';
import { greeting, introduction } from '../../../support/daemon/bytes.ts';
import { open, refusal } from '../../../support/ssh/logins.ts';

const none = { privateKey: undefined, knownHosts: '' };

/** A daemon that listens on a socket, greets, and says nothing more. */
async function socketDaemon() {
  const folder = mkdtempSync(join(tmpdir(), 'daemon-'));
  const path = join(folder, 'socket');
  const server = createServer((socket) => {
    socket.write(greeting(38));
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      const before = received;
      received += chunk.length;
      if (before <= 16 && received > 16) socket.write(introduction(38, '2.34.8'));
    });
    socket.on('error', () => {});
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

describe('a builder on this machine', () => {
  it('is reached by the socket that its URI names', async () => {
    await using daemon = await socketDaemon();
    using builder = await open(`unix://${daemon.path} x86_64-linux`, none);
    expect(builder.info).toMatchObject({ nixVersion: '2.34.8', trust: 'trusted', systems: ['x86_64-linux'] });
    expect(builder.info.maxJobs).toBeGreaterThan(0);
    const clients = [await builder.acquire(), await builder.acquire()] as const;
    expect(builder.clientPid(clients[0])).toBe(process.pid);
    expect(builder.siblings(clients[1])).toEqual(clients);
  });

  it('says what to look at where its Nix does not start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'no-daemon-'));
    try {
      await writeFile(join(folder, 'nix-daemon'), '#!/bin/sh\necho "error: $NIX_CONFIG" >&2\nexit 1\n', {
        mode: 0o755,
      });
      vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
      vi.stubEnv('NIX_DAEMON_SOCKET_PATH', join(folder, 'no-socket'));
      const error = await refusal('local', { ...none, nixConf: 'cores = many' });
      expect(error).toMatchObject({ code: 'not-nix', host: 'local' });
      expect(error.message).toMatch(/its stderr ends with: error:.*cores = many/s);
      expect(error.hint).toContain('Is nix_conf right?');
    } finally {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true });
    }
  });

  it('says where nobody listens', async () => {
    const error = await refusal('unix:///no/such/socket x86_64-linux', none);
    expect(error).toMatchObject({ code: 'local', host: '/no/such/socket' });
    expect(error.message).toContain('no Nix daemon answers at /no/such/socket');
  });
});

describe('daemonSocketPath', () => {
  it('follows the environment', () => {
    expect(daemonSocketPath({})).toBe('/nix/var/nix/daemon-socket/socket');
    expect(daemonSocketPath({ NIX_STATE_DIR: '/s' })).toBe('/s/daemon-socket/socket');
    expect(daemonSocketPath({ NIX_STATE_DIR: '/s', NIX_DAEMON_SOCKET_PATH: '/x' })).toBe('/x');
  });
});

describe('runCommand', () => {
  const host = openLocalHost('local', undefined);

  it('gives output, stderr and exit code', async () => {
    const result = await runCommand(host, 'local', ['sh', '-c', 'cat; echo oops >&2; exit 4'], {
      stdin: 'in',
    });
    expect(result).toEqual({ code: 4, stdout: 'in', stderr: 'oops\n' });
  });

  it('loses nothing of what a quick command prints', async () => {
    for (let run = 0; run < 50; run += 1) {
      const { stdout } = await runCommand(host, 'local', ['echo', 'all of it']);
      expect(stdout).toBe('all of it\n');
    }
  });

  it('ends what takes too long, and what prints without end', async () => {
    await expect(runCommand(host, 'local', ['sleep', '60'], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timed-out',
      host: 'local',
    });
    await expect(runCommand(host, 'local', ['yes'])).rejects.toMatchObject({ code: 'protocol' });
  });

  it('waits for the exit code of one that has closed its output', async () => {
    const script = 'cat > /dev/null; exec 1>&-; sleep 0.2; exit 7';
    expect((await runCommand(host, 'local', ['sh', '-c', script])).code).toBe(7);
  });

  it('keeps the end of a long stderr', async () => {
    const { stderr } = await runCommand(host, 'local', ['sh', '-c', 'seq 1 200000 >&2']);
    expect(stderr.length).toBe(65_536);
    expect(stderr).toMatch(/199999\n200000\n$/);
  });

  it('says which program is missing', async () => {
    await expect(spawnCommand(['no-such-program'])).rejects.toMatchObject({
      code: 'local',
      message: expect.stringContaining('no-such-program cannot be started'),
    });
  });

  it('does not outlive its stream', async () => {
    const { stream, exited } = await spawnCommand(['sleep', '60']);
    const began = performance.now();
    stream.destroy();
    expect(await exited).toBeUndefined();
    // By SIGTERM, on which a daemon kills its builds; SIGKILL would come after 3 s.
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
