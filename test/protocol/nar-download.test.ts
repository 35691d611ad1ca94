import { describe, expect, it } from 'vitest';
import { cat, error, fileNar, int, LAST, next, str } from '../support/daemon/bytes.ts';
import { sourceInfo } from '../support/daemon/fixed-derivation.ts';
import { connectPeer, settle } from '../support/daemon/peer.ts';
import { readAll } from '../support/daemon/recorded-request.ts';
import { cut, cuttings } from '../support/decoding.ts';

const nar = fileNar('the contents of a file');
const info = sourceInfo('x', nar);
const request = cat(int(38), str(info.path));
const yes = cat(LAST, int(1));

describe('the NAR of a path', () => {
  it('ends where its grammar does, however it is cut, and the next answer follows', async () => {
    for (const chunks of cuttings(cat(next('on its way'), LAST, nar, yes))) {
      const { client, peer } = await connectPeer();
      const reading = readAll(client.narFromPath(info.path, info));
      const valid = client.isValidPath(info.path);
      // In one piece with the NAR, the answer would come before its question.
      const [answer, rest] = splitOff(chunks, yes.length);
      await settle(2);
      peer.send(...rest);
      expect(await reading).toEqual(nar);
      await settle(2);
      peer.send(...answer);
      expect(await valid).toBe(true);
      client.close();
    }
  });

  it('is asked for when it is wanted, once for each reading', async () => {
    const { client, peer } = await connectPeer();
    const stream = client.narFromPath(info.path);
    await settle();
    expect(peer.takeWritten()).toHaveLength(0);
    for (let reading = 0; reading < 2; reading += 1) {
      const bytes = readAll(stream);
      await settle();
      expect(peer.takeWritten()).toEqual(request);
      peer.send(cat(LAST, nar));
      expect(await bytes).toEqual(nar);
    }
  });

  const other = fileNar('the contents of a FILE');
  it.each([
    { name: 'other bytes', sent: other, expected: info },
    { name: 'another size', sent: nar, expected: { ...info, narSizeBytes: nar.length + 8 } },
  ])('with $name is corrupt, and the conversation goes on', async ({ sent, expected }) => {
    const { client, peer } = await connectPeer();
    const bytes = readAll(client.narFromPath(info.path, expected));
    await settle();
    peer.send(cat(LAST, sent));
    await expect(bytes).rejects.toMatchObject({
      code: 'corrupt',
      host: 'peer',
      message: expect.stringContaining(info.narHash),
    });
    expect(client.isOpen).toBe(true);
  });

  it('that is malformed ends the conversation', async () => {
    const { client, peer } = await connectPeer();
    const bytes = readAll(client.narFromPath(info.path));
    await settle();
    peer.send(cat(LAST, str('nix-archive-1'), str('[')));
    await expect(bytes).rejects.toMatchObject({ code: 'protocol', host: 'peer' });
    expect(client.isOpen).toBe(false);
  });

  it.each([0, 24, 56])('broken off by an ERROR after %i bytes says so', async (length) => {
    const { client, peer } = await connectPeer();
    const bytes = readAll(client.narFromPath(info.path));
    const behind = client.isValidPath(info.path);
    await settle();
    peer.send(...cut(cat(LAST, nar.subarray(0, length), error('disk failure')), 5));
    await expect(bytes).rejects.toMatchObject({
      code: 'daemon',
      message: expect.stringContaining('disk failure'),
    });
    await expect(behind).rejects.toMatchObject({ code: 'connection-lost' });
  });

  it('cut off by the connection is lost, after what came', async () => {
    const { client, peer } = await connectPeer();
    const chunks: number[] = [];
    const reading = (async () => {
      for await (const chunk of client.narFromPath(info.path)) chunks.push(chunk.length);
    })();
    await settle();
    peer.send(cat(LAST, nar.subarray(0, 64)));
    peer.hangUp();
    await expect(reading).rejects.toMatchObject({ code: 'connection-lost', host: 'peer' });
    expect(chunks).toEqual([64]);
  });
});

describe('a reader', () => {
  const contents = Buffer.alloc(20_000_000, 'z');
  const big = fileNar(contents);
  const bigInfo = sourceInfo('big', big);

  it('that is slow stops the daemon', async () => {
    const { client, peer } = await connectPeer();
    const iterator = client.narFromPath(bigInfo.path, bigInfo)[Symbol.asyncIterator]();
    const first = iterator.next();
    await settle();
    peer.send(LAST);
    const chunks = cut(big, 65_536);
    let sent = 0;
    const feed = (): void => {
      for (; sent < chunks.length && peer.wantsMore; sent += 1) peer.send(chunks[sent] ?? Buffer.alloc(0));
    };
    for (let turn = 0; turn < 100; turn += 1) {
      feed();
      await settle(1);
    }
    expect(sent * 65_536).toBeLessThan(4_000_000);
    let received = (await first).value?.length ?? 0;
    for (let step = iterator.next(); ; step = iterator.next()) {
      feed();
      const { done, value } = await step;
      if (done === true) break;
      received += value.length;
    }
    expect(received).toBe(big.length);
  });

  it('that leaves near the end costs nothing', async () => {
    const { client, peer } = await connectPeer();
    const iterator = client.narFromPath(info.path, info)[Symbol.asyncIterator]();
    const first = iterator.next();
    await settle();
    peer.send(cat(LAST, nar.subarray(0, 40)));
    await first;
    await iterator.return?.();
    peer.send(nar.subarray(40));
    const valid = client.isValidPath(info.path);
    await settle();
    peer.send(yes);
    expect(await valid).toBe(true);
  });

  it('that leaves in the middle of much ends the conversation', async () => {
    const { client, peer } = await connectPeer();
    const reading = (async () => {
      for await (const chunk of client.narFromPath(bigInfo.path, bigInfo)) return chunk.length;
      return 0;
    })();
    await settle();
    peer.send(cat(LAST, big.subarray(0, 65_536)));
    expect(await reading).toBe(65_536);
    await client.closed;
    expect(peer.destroyed).toBe(true);
  });
});

describe('NARs in a series', () => {
  const files = ['a', 'b', 'c'].map((letter) => fileNar(Buffer.alloc(1_300_000, letter)));
  const infos = files.map((file) => sourceInfo('file', file));

  it('are asked for together, and one that nobody reads stops nothing', async () => {
    const { client, peer } = await connectPeer();
    const [first] = client.narsFromPaths(infos);
    const reading = readAll(first ?? []);
    const valid = client.isValidPath(info.path);
    await settle();
    expect(peer.takeWritten()).toEqual(
      cat(...infos.map(({ path }) => cat(int(38), str(path))), int(1), str(info.path)),
    );
    for (const file of files) peer.send(LAST, ...cut(file, 65_536));
    expect((await reading).equals(files[0] ?? nar)).toBe(true);
    peer.send(yes);
    expect(await valid).toBe(true);
  });

  it('that turn out larger than they were said to be end the conversation', async () => {
    const { client, peer } = await connectPeer();
    const [first] = client.narsFromPaths([info, ...infos]);
    const reading = readAll(first ?? []).catch((thrown: unknown) => thrown);
    await settle();
    peer.send(cat(LAST, fileNar(Buffer.alloc(100_000))));
    expect(await reading).toMatchObject({ code: 'protocol', host: 'peer' });
  });
});

/** The last bytes of the chunks apart from the rest. */
function splitOff(chunks: readonly Uint8Array[], length: number): [Uint8Array[], Uint8Array[]] {
  let left = chunks.reduce((sum, chunk) => sum + chunk.length, 0) - length;
  const before: Uint8Array[] = [];
  const after: Uint8Array[] = [];
  for (const chunk of chunks) {
    before.push(chunk.subarray(0, Math.max(0, left)));
    after.push(chunk.subarray(Math.max(0, left)));
    left -= chunk.length;
  }
  const isFilled = (chunk: Uint8Array): boolean => chunk.length > 0;
  return [after.filter(isFilled), before.filter(isFilled)];
}
