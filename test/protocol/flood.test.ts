import { describe, expect, it } from 'vitest';
import { connectDaemon } from '../../src/nix/client/connect.ts';
import type { DaemonClient } from '../../src/nix/client/daemon-client.ts';
import { parseStorePath } from '../../src/nix/store-path.ts';
import { cat, greeting, int, LAST, next, start, str } from '../support/daemon/bytes.ts';
import { connectPeer, Peer, settle } from '../support/daemon/peer.ts';

const MIB = 2 ** 20;
const path = parseStorePath(`/nix/store/${'0'.repeat(32)}-x`);
const derivation = { outputs: new Map(), inputSrcs: [], platform: '', builder: '', args: [], env: new Map() };
const drvPath = parseStorePath(`/nix/store/${'1'.repeat(32)}-x.drv`);

/** What this process holds beside its code: the heap and the buffers outside of it. */
function heldBytes(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

/** The most that is held while it works, less what was held before. */
async function growth(work: (look: () => void) => Promise<void>): Promise<number> {
  const before = heldBytes();
  let most = 0;
  await work(() => {
    most = Math.max(most, heldBytes() - before);
  });
  return most;
}

async function building(onLogLine: (line: string) => void = () => undefined) {
  const { client, peer } = await connectPeer();
  const built = client.buildDerivation(drvPath, derivation, { onLogLine }).catch((thrown: unknown) => thrown);
  await settle();
  return { client, peer, built };
}

describe('a builder that floods us', () => {
  it('with a log line of 1 GiB is refused before any of it is held', async () => {
    const { peer, built } = await building();
    peer.send(cat(int(0x52534c54), int(1), int(101), int(1), int(1), int(1024 * MIB)));
    peer.send(Buffer.alloc(64 * 1024, 'x'));
    expect(await built).toMatchObject({
      code: 'protocol',
      host: 'peer',
      message: expect.stringContaining('a string of at most 268435456 bytes, got one of 1073741824 bytes'),
    });
  });

  it('with a gigabyte of lines as long as they may be costs the memory of none, and shows 1 MiB of each', async () => {
    const lengths = new Set<number>();
    const { client, peer, built } = await building((line) => lengths.add(line.length));
    const block = Buffer.alloc(MIB, 'x');
    const most = await growth(async (look) => {
      for (let line = 0; line < 17; line += 1) {
        peer.send(cat(int(0x52534c54), int(1), int(101), int(1), int(1), int(60 * MIB)));
        for (let sent = 0; sent < 60; sent += 1) peer.send(block);
        look();
        await settle(1);
      }
    });
    expect(most).toBeLessThan(150 * MIB);
    expect([...lengths]).toEqual([MIB]);
    client.close();
    expect(await built).toMatchObject({ code: 'cancelled', host: 'peer' });
  });

  it.each([
    { name: 'activities that never stop', type: 108 },
    { name: 'activities of no kind that exists', type: 4711 },
  ])('with $name holds nothing of them', async ({ type }) => {
    const { client, peer, built } = await building();
    const most = await growth(async (look) => {
      for (let round = 0; round < 200; round += 1) {
        const ids = Array.from({ length: 1000 }, (_, index) => round * 1000 + index + 1);
        peer.send(Buffer.concat(ids.map((id) => start(id, type, ['/nix/store/x', 'https://cache'], 'text'))));
        await settle(1);
        look();
      }
    });
    expect(most).toBeLessThan(200 * MIB);
    expect(client.isOpen).toBe(true);
    client.close();
    expect(await built).toMatchObject({ code: 'cancelled' });
  });
});

describe('a builder that never ends', () => {
  it.each([
    { name: 'greeting', opening: [greeting(38).subarray(0, 8)], drop: next('').subarray(0, 0) },
    { name: 'telling its features', opening: [greeting(38), int(1_000_000)], drop: str('feature') },
    {
      name: 'talking before it says ready',
      opening: [greeting(37), str('2.34.8'), int(1)],
      drop: next('wait'),
    },
  ])('$name is given up in time', async ({ opening, drop }) => {
    const peer = new Peer();
    const timer = setInterval(() => peer.send(drop), 10);
    const began = performance.now();
    try {
      const connecting = connectDaemon(peer, { host: 'b1', timeoutMs: 300 });
      for (const piece of opening) {
        peer.send(piece);
        await settle();
      }
      await expect(connecting).rejects.toMatchObject({ code: 'timed-out', host: 'b1' });
      expect(performance.now() - began).toBeLessThan(3000);
      expect(peer.destroyed).toBe(true);
    } finally {
      clearInterval(timer);
    }
  });

  const questions: readonly { name: string; ask: (client: DaemonClient) => Promise<unknown> }[] = [
    { name: 'a question', ask: (client) => client.isValidPath(path) },
    {
      name: 'a request for a NAR',
      ask: (client) => {
        const nar = client.narFromPath(path, { narHash: '0'.repeat(64), narSizeBytes: 1000 });
        return nar[Symbol.asyncIterator]().next();
      },
    },
  ];

  it.each(questions)('answering $name is given up', async ({ ask }) => {
    const { client, peer } = await connectPeer({ silenceMs: 200 });
    const began = performance.now();
    await expect(ask(client)).rejects.toMatchObject({
      code: 'connection-lost',
      host: 'peer',
      message: expect.stringContaining('sent nothing for'),
    });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(peer.destroyed).toBe(true);
  });

  it('taking what we send is given up', async () => {
    const { client, peer } = await connectPeer({ silenceMs: 200 });
    peer.isStuck = true;
    const info = {
      path,
      deriver: undefined,
      narHash: '0'.repeat(64),
      references: [],
      registrationTime: 0,
      narSizeBytes: 8 * MIB,
      ultimate: false,
      signatures: [],
      contentAddress: undefined,
    };
    const nar = Array.from({ length: 8 }, () => Buffer.alloc(MIB));
    await expect(client.addToStoreNar(info, nar)).rejects.toMatchObject({
      code: 'connection-lost',
      host: 'peer',
    });
  });

  it('may take its time over a build, and answer a question between two words', async () => {
    const { client, peer } = await connectPeer({ silenceMs: 200 });
    const built = client.buildDerivation(drvPath, derivation, {});
    await new Promise((resolve) => {
      setTimeout(resolve, 600);
    });
    peer.send(cat(LAST, int(0), str(''), int(1), int(0), int(0), int(0), int(0), int(0), int(0)));
    expect(await built).toMatchObject({ status: 'built' });
    const valid = client.isValidPath(path);
    for (let word = 0; word < 6; word += 1) {
      await new Promise((resolve) => {
        setTimeout(resolve, 80);
      });
      peer.send(next('still looking'));
    }
    peer.send(cat(LAST, int(1)));
    expect(await valid).toBe(true);
  });
});
