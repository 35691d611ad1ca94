import type { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { describeError } from '../../../../src/errors.ts';
import { makeKeyPair } from '../../../support/farm/keys.ts';
import { credentialsFor, lineFor, open, refusal } from '../../../support/ssh/logins.ts';
import { rawServer } from '../../../support/ssh/raw-server.ts';
import { greetLikeDaemon, startSshServer } from '../../../support/ssh/ssh-server.ts';

const MIB = 2 ** 20;
const credentials = {
  privateKey: makeKeyPair('ed25519').privateKey,
  knownHosts: '',
  connectTimeoutMs: 1000,
};

/** Writes for as long as the stream lives, and tells how much it took. */
function flood(stream: Writable, block: Uint8Array): { readonly bytes: () => number } {
  let bytes = 0;
  const write = (): void => {
    while (!stream.destroyed && stream.writable) {
      bytes += block.length;
      if (!stream.write(block)) break;
    }
  };
  stream.on('drain', write).on('error', () => {});
  write();
  return { bytes: () => bytes };
}

describe('a server that never comes to the point', () => {
  it.each([
    {
      name: 'lines before it says what it is',
      block: Buffer.from('hello, this is a banner\r\n'.repeat(1000)),
    },
    { name: 'one line that does not end', block: Buffer.alloc(64 * 1024, 'x') },
    {
      name: 'a version and then noise',
      block: Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(65_536, 0xff)]),
    },
  ])('is given up after $name', async ({ block }) => {
    const before = process.memoryUsage.rss();
    using server = await rawServer((socket) => void flood(socket, block));
    const began = performance.now();
    const error = await refusal(`ssh-ng://127.0.0.1:${server.port}`, credentials);
    expect(error).toMatchObject({ code: 'unreachable', host: `127.0.0.1:${server.port}` });
    expect(describeError(error)).not.toContain('xxxxxxxx');
    expect(performance.now() - began).toBeLessThan(5000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * MIB);
  });

  it('is given up when it never answers the key', async () => {
    using server = await rawServer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'));
    const began = performance.now();
    const error = await refusal(`ssh-ng://127.0.0.1:${server.port}`, credentials);
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe('a host whose commands print for ever', () => {
  it('is used all the same when it is a builder otherwise', async () => {
    const floods: { readonly bytes: () => number }[] = [];
    await using server = await startSshServer({
      socket: 'daemon',
      onExec: (_, channel) => void floods.push(flood(channel, Buffer.alloc(64 * 1024, 'x'))),
    });
    // Without systems in its line it is asked for them; that it does not answer is no fault of its daemon.
    using builder = await open(lineFor(server, '-'), credentialsFor(server));
    expect(builder.info.nixVersion).toBe('2.34.8');
    const client = await builder.acquire();
    expect(builder.clientPid(client)).toBeUndefined();
    expect(floods.length).toBeGreaterThan(1);
    for (const { bytes } of floods) expect(bytes()).toBeLessThan(64 * MIB);
  });

  it('has the end of its stderr quoted, not all of it', async () => {
    await using server = await startSshServer({
      onExec(command, channel) {
        if (!command.includes('nix-daemon')) return channel.exit(1);
        channel.stderr.write(Buffer.alloc(8 * MIB, 'x'));
        channel.stderr.write('\u001b[31mthe end\u001b[0m', () => {
          channel.exit(1);
          channel.end();
        });
      },
    });
    const error = await refusal(lineFor(server), credentialsFor(server));
    expect(error).toMatchObject({ code: 'not-nix', host: `127.0.0.1:${server.port}` });
    expect(error.message).toContain('xthe end');
    expect(error.message.length).toBeLessThan(3000);
  });

  it('cannot make the daemon’s conversation of its stderr', async () => {
    await using server = await startSshServer({
      onExec(_, channel) {
        flood(channel.stderr, Buffer.alloc(64 * 1024, 'x'));
        greetLikeDaemon(channel);
      },
    });
    using builder = await open(lineFor(server), credentialsFor(server));
    expect(builder.info.nixVersion).toBe('2.34.8');
  });
});
