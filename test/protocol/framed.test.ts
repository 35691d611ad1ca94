import { describe, expect, it } from 'vitest';
import { parseStorePath } from '../../src/nix/store-path.ts';
import { cat, error, fileNar, int, LAST, logLine, next, str } from '../support/daemon/bytes.ts';
import { sourceInfo } from '../support/daemon/fixed-derivation.ts';
import { connectPeer, settle } from '../support/daemon/peer.ts';
import type { Peer } from '../support/daemon/peer.ts';
import { unframe } from '../support/daemon/recorded-request.ts';

const path = parseStorePath(`/nix/store/${'0'.repeat(32)}-x`);
const nar = fileNar('contents');
const info = sourceInfo('x', nar);
const LAST_FRAME = int(0);

/** Bytes of op 39 for {@link info} before its frames. */
const head = cat(
  int(39),
  str(info.path),
  str(''),
  str(info.narHash),
  int(0),
  int(0),
  int(info.narSizeBytes),
  int(0),
  int(0),
  str(info.contentAddress ?? ''),
  int(0),
  int(0),
);

const endsWithLastFrame = (peer: Peer): boolean => peer.written.subarray(-8).equals(LAST_FRAME);

/** A source that a test feeds. */
function tap() {
  let give: (chunk: Uint8Array | undefined) => void = () => undefined;
  let isReturned = false;
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<IteratorResult<Uint8Array>>((resolve) => {
          give = (chunk) =>
            resolve(chunk === undefined ? { done: true, value: undefined } : { done: false, value: chunk });
        }),
      return: () => {
        isReturned = true;
        return Promise.resolve({ done: true as const, value: undefined });
      },
    }),
  };
  return { source, give: (chunk?: Uint8Array) => give(chunk), isReturned: () => isReturned };
}

describe('data in frames', () => {
  it('follow the request and end with an empty frame', async () => {
    const { client, peer } = await connectPeer();
    // That another store built it itself is no news for this one.
    const added = client.addToStoreNar({ ...info, ultimate: true }, [nar.subarray(0, 10), nar.subarray(10)]);
    await settle();
    const written = peer.takeWritten();
    expect(written.subarray(0, head.length)).toEqual(head);
    expect(unframe(written.subarray(head.length))).toEqual(nar);
    expect(written.subarray(-8)).toEqual(LAST_FRAME);
    peer.send(LAST);
    await added;
  });

  it('go out for many paths without waiting for the answers', async () => {
    const { client, peer } = await connectPeer();
    const all = Promise.allSettled([nar, nar, nar].map((data) => client.addToStoreNar(info, [data])));
    await settle();
    expect(peer.takeWritten()).toHaveLength(3 * (head.length + 8 + nar.length + 8));
    peer.send(cat(LAST, error('no'), LAST));
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('for a batch are a number, then each info and NAR', async () => {
    const { client, peer } = await connectPeer();
    const added = client.addMultipleToStore([
      { info, nar: [nar] },
      { info, nar: [nar] },
    ]);
    await settle();
    const item = cat(head.subarray(8, -16), nar);
    expect(unframe(peer.takeWritten().subarray(24))).toEqual(cat(int(2), item, item));
    peer.send(LAST);
    await added;
  });

  it('are sent only as fast as the peer takes them', async () => {
    const { client, peer } = await connectPeer();
    const block = Buffer.alloc(100_000);
    let pulled = 0;
    function* endless() {
      for (; pulled < 1000; pulled += 1) yield block;
    }
    peer.isStuck = true;
    const added = client.addToStoreNar(info, endless());
    await settle(50);
    expect(pulled).toBeLessThan(10);
    peer.release();
    await settle(2000);
    peer.send(LAST);
    await added;
    expect(unframe(peer.takeWritten().subarray(head.length))).toHaveLength(100_000_000);
  });

  it('do not stop us from hearing what the daemon says meanwhile', async () => {
    const said: string[] = [];
    const { client, peer } = await connectPeer({ onMessage: (text) => said.push(text) });
    const { source, give } = tap();
    peer.isStuck = true;
    const added = client.addToStoreNar(info, source);
    await settle();
    give(Buffer.alloc(1_000_000));
    await settle();
    // The deadlock of protocol §19.1: the daemon blocks on these and takes no data until they are read.
    const lines = Array.from({ length: 10_000 }, (_, index) => cat(next(`line ${index}`), logLine(1, 'log')));
    peer.send(...lines);
    await settle();
    expect(said).toHaveLength(10_000);
    peer.release();
    await settle();
    give();
    await settle();
    expect(endsWithLastFrame(peer)).toBe(true);
    peer.send(LAST);
    await added;
  });
});

describe('data that nobody wants any more', () => {
  it('end with an empty frame when the daemon refuses them, even if the source hangs', async () => {
    const { client, peer } = await connectPeer();
    const { source, give, isReturned } = tap();
    const added = client.addToStoreNar(info, source);
    const valid = client.isValidPath(path);
    await settle();
    give(nar.subarray(0, 8));
    await settle();
    expect(peer.written).toHaveLength(head.length);
    peer.send(error('disk full'));
    await expect(added).rejects.toMatchObject({
      code: 'daemon',
      message: expect.stringContaining('disk full'),
    });
    await settle();
    expect(isReturned()).toBe(true);
    expect(peer.takeWritten().subarray(head.length)).toEqual(cat(LAST_FRAME, int(1), str(path)));
    peer.send(cat(LAST, int(1)));
    expect(await valid).toBe(true);
  });

  it('end with an empty frame when the source fails, and its error is the outcome', async () => {
    const { client, peer } = await connectPeer();
    const failure = new Error('the other builder is gone');
    async function* broken() {
      yield nar.subarray(0, 8);
      await settle(1);
      throw failure;
    }
    const added = client.addToStoreNar(info, broken()).catch((thrown: unknown) => thrown);
    await settle();
    expect(endsWithLastFrame(peer)).toBe(true);
    peer.send(error('reached end of FramedSource'));
    expect(await added).toBe(failure);
    expect(client.isOpen).toBe(true);
  });

  it('are given up when the connection is lost, and the source is told', async () => {
    const { client, peer } = await connectPeer();
    const { source, give, isReturned } = tap();
    const added = client.addToStoreNar(info, source);
    await settle();
    give(nar);
    peer.hangUp();
    await expect(added).rejects.toMatchObject({ code: 'connection-lost' });
    await settle();
    expect(isReturned()).toBe(true);
  });

  it('are not asked for at all when the connection is over before their turn', async () => {
    const { client } = await connectPeer();
    let isPulled = false;
    function* source() {
      isPulled = true;
      yield nar;
    }
    const collected = client.collectGarbage({ action: 'return-dead' }).catch((thrown: unknown) => thrown);
    const added = client.addToStoreNar(info, source()).catch((thrown: unknown) => thrown);
    client.close();
    expect(await collected).toMatchObject({ code: 'cancelled' });
    expect(await added).toMatchObject({ code: 'cancelled' });
    expect(isPulled).toBe(false);
  });
});

it('an answer before the data are complete does not stop them', async () => {
  const { client, peer } = await connectPeer();
  const { source, give } = tap();
  let isDone = false;
  const added = client.addToStoreNar(info, source).then(() => {
    isDone = true;
  });
  await settle();
  peer.send(LAST);
  await settle();
  expect(isDone).toBe(false);
  give(nar);
  await settle();
  give();
  await added;
  await settle();
  expect(unframe(peer.takeWritten().subarray(head.length))).toEqual(nar);
});

it.each([
  { what: 'a log to a daemon that does not trust us', trust: 2, nixVersion: '2.34.8', says: 'trust' },
  { what: 'a batch to Nix 2.17', trust: 1, nixVersion: '2.17.0', says: '2.18' },
  { what: 'a root to protocol 1.34', trust: 1, nixVersion: '2.8.0', says: '1.36' },
])('does not send $what', async ({ trust, nixVersion, says }) => {
  const minor = nixVersion === '2.8.0' ? 34 : 38;
  const { client, peer } = await connectPeer({ minor, trust, nixVersion });
  const calls = [
    trust === 2 ? client.addBuildLog(path, [nar]) : undefined,
    nixVersion === '2.17.0' ? client.addMultipleToStore([]) : undefined,
    minor === 34 ? client.addPermRoot(path, '/tmp/root') : undefined,
  ].filter((call) => call !== undefined);
  for (const call of calls) await expect(call).rejects.toThrow(says);
  await settle();
  expect(peer.takeWritten()).toHaveLength(0);
});
