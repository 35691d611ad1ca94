import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { DaemonChannel } from '../../../../src/builders/host.ts';
import type { Transcript } from '../../../../src/nix/observe/transcript.ts';
import { createChannelStock } from '../../../../src/setup/serve/channel-stock.ts';
import { serveClient } from '../../../../src/setup/serve/serve-client.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const text = (words: string): Uint8Array => Buffer.from(words);
const known: Transcript = {
  client: [text('hello'), text('v1')],
  daemon: [text('HELLO'), text('V1')],
};

/** Both ends of a socket. */
async function pair(): Promise<readonly [Socket, Socket]> {
  const folder = mkdtempSync(join(tmpdir(), 'nd-pair-'));
  folders.push(folder);
  const path = join(folder, 'socket');
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const near = connect(path);
  const far = await accepted;
  server.close();
  return [near, far];
}

/** A daemon that answers what it hears, word by word, and keeps what it heard. */
function daemon(answers: Readonly<Record<string, string>>) {
  const heard: string[] = [];
  const open = async (): Promise<DaemonChannel> => {
    const [near, far] = await pair();
    const index = heard.push('') - 1;
    let rest = '';
    far.on('error', () => {});
    far.on('data', (chunk) => {
      heard[index] += String(chunk);
      rest += String(chunk);
      for (let word = Object.keys(answers).find((one) => rest.startsWith(one)); word !== undefined;) {
        rest = rest.slice(word.length);
        far.write(answers[word] ?? '');
        word = Object.keys(answers).find((one) => rest.startsWith(one));
      }
    });
    return { stream: near, stderrTail: () => '', clientPid: () => undefined };
  };
  return { heard, open };
}

/** Lets all happen that is under way: it is in this process, and takes a few turns of its loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await nextTurn();
}

/** A client says these words one by one; it is told this and no more. */
async function talk(client: Socket, words: readonly string[], expected: string): Promise<void> {
  let told = '';
  client.on('error', () => {});
  client.on('data', (chunk) => (told += String(chunk)));
  for (const word of words) {
    client.write(word);
    await settled();
  }
  expect(told).toBe(expected);
}

const listen = () => ({});

describe('a client of a builder', () => {
  it('is answered by a channel that was greeted before, and then by the daemon itself', async () => {
    const { heard, open } = daemon({ hello: 'HELLO', v1: 'V1', ask: 'ANSWER' });
    const stock = createChannelStock(open, 1, known);
    await settled();
    expect(heard).toEqual(['hellov1']);
    const [near, far] = await pair();
    const serving = serveClient(far, stock, listen);
    await talk(near, ['hel', 'lo', 'v1', 'ask'], 'HELLOV1ANSWER');
    expect(heard[0]).toBe('hellov1ask');
    near.destroy();
    expect(await (await serving).ended).toBe('client');
    stock.close();
  });

  it('that says something else gets a channel on which nothing was said, and nothing twice', async () => {
    const { heard, open } = daemon({ hello: 'HELLO', v1: 'V1', v2: 'V2', ask: 'ANSWER' });
    const stock = createChannelStock(open, 1, known);
    await settled();
    const [near, far] = await pair();
    void serveClient(far, stock, listen);
    await talk(near, ['hello', 'v2', 'ask'], 'HELLOV2ANSWER');
    expect(heard).toContain('hellov2ask');
    near.destroy();
    stock.close();
  });

  it('is served where the daemon has changed since', async () => {
    const { open } = daemon({ hello: 'HOWDY', v1: 'V9' });
    const stock = createChannelStock(open, 1, known);
    await settled();
    const [near, far] = await pair();
    void serveClient(far, stock, listen);
    await talk(near, ['hello', 'v1'], 'HOWDYV9');
    near.destroy();
    stock.close();
  });

  it('is hung up on where the daemon says something else by now than the client was told', async () => {
    const before = daemon({ hello: 'HELLO', v1: 'V1' });
    const now = daemon({ hello: 'HOWDY', v2: 'V2' });
    let opened = 0;
    const stock = createChannelStock(() => (opened++ === 0 ? before : now).open(), 1, known);
    await settled();
    expect(before.heard).toEqual(['hellov1']);
    const [near, far] = await pair();
    const closed = once(near, 'close');
    const serving = serveClient(far, stock, listen).catch(() => far.destroy());
    await talk(near, ['hello', 'v2'], 'HELLO');
    await closed;
    await serving;
    stock.close();
  });

  it('is told that there is no channel to be had', async () => {
    const stock = createChannelStock(() => Promise.reject(new Error('lost')), 1, undefined);
    const [, far] = await pair();
    await expect(serveClient(far, stock, listen)).rejects.toThrow('lost');
    far.destroy();
  });
});
