import { describe, expect, it } from 'vitest';
import { silentMsOf } from '../../../../src/builders/fell-silent.ts';
import type { DispatchError } from '../../../../src/errors.ts';
import { credentialsFor, lineFor, open, refusal } from '../../../support/ssh/logins.ts';
import { greetLikeDaemon, startSshServer } from '../../../support/ssh/ssh-server.ts';

const DAEMON = 'nix-daemon --stdio';

describe('the way to the daemon', () => {
  it('is its socket where that may be forwarded', async () => {
    await using server = await startSshServer({ socket: 'daemon' });
    using builder = await open(lineFor(server), credentialsFor(server));
    expect(builder.info).toMatchObject({ nixVersion: '2.34.8', systems: ['x86_64-linux'], maxJobs: 1 });
    expect(server.commands.filter((command) => command.includes(DAEMON))).toEqual([]);
  });

  it('is a process that tells its pid where the socket is refused', async () => {
    await using server = await startSshServer({
      onExec(command, channel) {
        expect(command).toMatch(/^sh -c '.*' sh nix-daemon --stdio$/);
        channel.stderr.write('nix-dispatch client 4711\nwarning\n');
        greetLikeDaemon(channel);
      },
    });
    using builder = await open(lineFor(server), credentialsFor(server));
    const client = await builder.acquire();
    expect(builder.clientPid(client)).toBe(4711);
  });

  it.each(['refused', 'closes'] as const)(
    'is the plain command where nothing else is allowed (socket %s)',
    async (socket) => {
      await using server = await startSshServer({
        socket,
        onExec(command, channel) {
          if (command === DAEMON) return greetLikeDaemon(channel);
          channel.write('this account may only run nix-daemon\n');
          channel.exit(1);
          channel.end();
        },
      });
      using builder = await open(lineFor(server), credentialsFor(server));
      const client = await builder.acquire();
      expect(builder.clientPid(client)).toBeUndefined();
      expect(server.commands.at(-1)).toBe(DAEMON);
    },
  );

  it('is the plain command with environment where the credentials have one', async () => {
    const seen: unknown[] = [];
    await using server = await startSshServer({
      socket: 'daemon',
      onExec(command, channel, environment) {
        seen.push([command, environment]);
        greetLikeDaemon(channel);
      },
    });
    const environment = { NIXBUILDNET_MAX_CPU: '2', token: 'secret' };
    const changes = { environment: () => Promise.resolve(environment) };
    using builder = await open(lineFor(server), credentialsFor(server, changes));
    expect(seen).toEqual([[DAEMON, environment]]);
    expect(builder.info.nixVersion).toBe('2.34.8');
  });

  it('is the program and store that the line names, quoted for the shell', async () => {
    await using server = await startSshServer({
      socket: 'daemon',
      onExec: (_, channel) => greetLikeDaemon(channel),
    });
    const query = '?remote-program=/opt/nix-daemon&remote-store=/mnt;reboot';
    using builder = await open(
      lineFor(server, 'x86_64-linux', query.replace(';', '%3B')),
      credentialsFor(server),
    );
    expect(builder.info.nixVersion).toBe('2.34.8');
    expect(server.commands).toEqual(["/opt/nix-daemon --stdio --store '/mnt;reboot'"]);
  });

  it('does not exist on a host without Nix, which says so on stderr', async () => {
    await using server = await startSshServer({
      onExec(_, channel) {
        channel.stderr.write('sh: nix-daemon: not found\n');
        channel.exit(127);
        channel.end();
      },
    });
    const error = await refusal(lineFor(server), credentialsFor(server));
    expect(error).toMatchObject({ code: 'not-nix', host: `127.0.0.1:${server.port}` });
    expect(error.message).toContain('nix-daemon: not found');
  });

  it('is blocked by an rc file that prints', async () => {
    await using server = await startSshServer({
      onExec(_, channel) {
        channel.write('Welcome to builder one!\n');
        greetLikeDaemon(channel);
      },
    });
    const error = await refusal(lineFor(server), credentialsFor(server));
    expect(error).toMatchObject({ code: 'not-nix' });
    expect(error.message).toContain('Welcome to builder one!');
  });
});

describe('sessions', () => {
  it('are spread over connections where a connection holds few', async () => {
    await using server = await startSshServer({ maxSessions: 2 });
    using builder = await open(lineFor(server), credentialsFor(server));
    const clients = await Promise.all(Array.from({ length: 7 }, () => builder.acquire()));
    expect(new Set(clients).size).toBe(7);
    expect(server.connections()).toBe(4);
    for (const client of clients) builder.release(client);
    expect(clients).toContain(await builder.acquire());
    expect(server.connections()).toBe(4);
  });

  it('are used again when their conversation has ended', async () => {
    await using server = await startSshServer({ maxSessions: 2 });
    using builder = await open(lineFor(server), credentialsFor(server));
    for (let round = 0; round < 5; round++) {
      const clients = await Promise.all([builder.acquire(), builder.acquire()]);
      for (const client of clients) client.close();
      await Promise.all(clients.map((client) => client.closed));
      for (const client of clients) builder.release(client);
    }
    expect(server.connections()).toBeLessThanOrEqual(3);
  });

  it('are waited for where there are no more, with a word on how many there are', async () => {
    await using server = await startSshServer({ maxSessions: 2 });
    using builder = await open(lineFor(server, 'x86_64-linux', '?max-connections=1'), credentialsFor(server));
    const full: [number, DispatchError][] = [];
    builder.whenFull((conversations, reason) => void full.push([conversations, reason]));
    const asked = Array.from({ length: 4 }, () => builder.acquire());
    const [first, second] = await Promise.all(asked.slice(0, 2));
    expect(full).toMatchObject([
      [2, { code: 'unreachable', message: expect.stringContaining('allows 2 sessions') }],
    ]);
    if (first === undefined || second === undefined) throw new Error('expected two conversations');
    builder.release(first);
    expect(await Promise.race(asked.slice(2))).toBe(first);
    second.close();
    const last = await Promise.all(asked.slice(2));
    expect(last).toContain(first);
    expect(last).not.toContain(second);
    expect(server.connections()).toBe(1);
  });

  it('are refused altogether by some hosts', async () => {
    await using server = await startSshServer({ maxSessions: 0 });
    const error = await refusal(lineFor(server), credentialsFor(server));
    expect(error).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('MaxSessions') });
  });
});

describe('a lost builder', () => {
  it('says why when its connection is dropped', async () => {
    await using server = await startSshServer({ socket: 'daemon' });
    using builder = await open(lineFor(server), credentialsFor(server));
    const client = await builder.acquire();
    server.dropAll();
    expect(await builder.lost).toMatchObject({ code: 'connection-lost', host: builder.builder.name });
    await client.closed;
    await expect(builder.acquire()).rejects.toMatchObject({ code: 'connection-lost' });
  });

  it('is noticed within the keepalive time when it falls silent', async () => {
    await using server = await startSshServer({ socket: 'daemon' });
    using builder = await open(lineFor(server), credentialsFor(server, { keepaliveMs: 400 }));
    await new Promise((resolve) => {
      setTimeout(resolve, 900);
    });
    server.freeze();
    const frozenAt = performance.now();
    const reason = await builder.lost;
    const noticedMs = performance.now() - frozenAt;
    expect(reason).toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('sent nothing for'),
    });
    expect(noticedMs).toBeLessThan(1000);
    const silentMs = reason === undefined ? 0 : silentMsOf(reason);
    expect(silentMs).toBeGreaterThan(300);
    expect(silentMs).toBeLessThan(noticedMs + 100);
  });

  it('is not one that we closed', async () => {
    await using server = await startSshServer({ socket: 'daemon' });
    const builder = await open(lineFor(server), credentialsFor(server));
    const client = await builder.acquire();
    builder.close();
    expect(await builder.lost).toBeUndefined();
    await client.closed;
    await expect(builder.acquire()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('exec', () => {
  it('quotes words, feeds stdin and tells the exit code', async () => {
    await using server = await startSshServer({
      socket: 'daemon',
      onExec(command, channel) {
        channel.on('data', (chunk: Buffer) => channel.write(`${command} got ${chunk.toString()}`));
        channel.on('end', () => {
          channel.stderr.write('bye');
          channel.exit(3);
          channel.end();
        });
      },
    });
    using builder = await open(lineFor(server), credentialsFor(server));
    const result = await builder.exec(['echo', "it's", '$HOME'], { stdin: 'input' });
    expect(result).toEqual({ code: 3, stdout: "echo 'it'\\''s' '$HOME' got input", stderr: 'bye' });
  });

  it('tells the exit code that comes along with the answer to the request', async () => {
    await using server = await startSshServer({
      socket: 'daemon',
      onExec(_, channel) {
        channel.exit(3);
        channel.end();
      },
    });
    using builder = await open(lineFor(server), credentialsFor(server));
    for (let turn = 0; turn < 20; turn++) expect((await builder.exec(['true'])).code).toBe(3);
  });

  it('does not wait for ever', async () => {
    await using server = await startSshServer({ socket: 'daemon', onExec: () => {} });
    using builder = await open(lineFor(server), credentialsFor(server));
    await expect(builder.exec(['sleep', '99'], { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'timed-out',
    });
  });
});
