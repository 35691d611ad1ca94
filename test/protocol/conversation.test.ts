import { describe, expect, it } from 'vitest';
import { DispatchError } from '../../src/errors.ts';
import { parseStorePath } from '../../src/nix/store-path.ts';
import { cat, error, int, LAST, logLine, next, str, strs } from '../support/daemon/bytes.ts';
import { connectPeer, settle } from '../support/daemon/peer.ts';

const path = (letter: string) => parseStorePath(`/nix/store/${letter.repeat(32)}-${letter}`);
const yes = cat(LAST, int(1));
const no = cat(LAST, int(0));
const questionBytes = cat(int(1), str(path('a'))).length;
const ping = cat(int(31), int(0), int(0));

describe('requests made at the same time', () => {
  it('go out together, and the answers come back in order', async () => {
    const { client, peer } = await connectPeer();
    const answers = Promise.all([
      client.isValidPath(path('a')),
      client.isValidPath(path('b')),
      client.isValidPath(path('c')),
    ]);
    await settle();
    expect(peer.takeWritten()).toEqual(
      cat(int(1), str(path('a')), int(1), str(path('b')), int(1), str(path('c'))),
    );
    peer.send(cat(yes, no, yes));
    expect(await answers).toEqual([true, false, true]);
  });

  it('are refused one by one', async () => {
    const { client, peer } = await connectPeer();
    const answers = Promise.allSettled(['a', 'b', 'c'].map((letter) => client.isValidPath(path(letter))));
    await settle();
    peer.send(cat(yes, error('no luck', ['while asking']), no));
    const [first, second, third] = await answers;
    expect([first, third]).toEqual([
      { status: 'fulfilled', value: true },
      { status: 'fulfilled', value: false },
    ]);
    expect(second).toMatchObject({
      reason: {
        code: 'daemon',
        host: 'peer',
        message: expect.stringContaining(`${path('b')} is valid: no luck\nwhile asking`),
      },
    });
  });

  it('are at most 1024 ahead of their answers', async () => {
    const { client, peer } = await connectPeer();
    const answers = Promise.all(Array.from({ length: 1500 }, () => client.isValidPath(path('a'))));
    await settle();
    expect(peer.takeWritten()).toHaveLength(1024 * questionBytes);
    peer.send(...Array.from({ length: 1024 }, () => yes));
    await settle();
    expect(peer.takeWritten()).toHaveLength(476 * questionBytes);
    peer.send(...Array.from({ length: 476 }, () => no));
    expect((await answers).filter(Boolean)).toHaveLength(1024);
  });

  it('go out behind a build, to be answered with it', async () => {
    const { client, peer } = await connectPeer();
    const built = client.buildPaths([{ kind: 'opaque', path: path('a') }]);
    const valid = client.isValidPath(path('b'));
    await settle();
    expect(peer.takeWritten()).toEqual(cat(int(9), strs([path('a')]), int(0), cat(int(1), str(path('b')))));
    peer.send(cat(yes, yes));
    await built;
    expect(await valid).toBe(true);
  });

  it('wait while the peer takes nothing', async () => {
    const { client, peer } = await connectPeer();
    peer.isStuck = true;
    const answers = Promise.all(Array.from({ length: 1000 }, () => client.isValidPath(path('a'))));
    await settle();
    const first = Promise.all(Array.from({ length: 24 }, () => client.isValidPath(path('b'))));
    await settle();
    // Neither taken by the peer nor queued on the stream.
    expect(peer.writableLength).toBe(1000 * questionBytes);
    peer.release();
    await settle();
    expect(peer.takeWritten()).toHaveLength(1024 * questionBytes);
    peer.send(...Array.from({ length: 1024 }, () => yes));
    expect([...(await answers), ...(await first)].every(Boolean)).toBe(true);
  });
});

describe('a daemon that says an error twice', () => {
  const malformed = error("'garbage' is too short");

  it('has hung up when it does', async () => {
    const { client, peer } = await connectPeer();
    const answers = Promise.allSettled([
      client.isValidPath(path('a')),
      client.isValidPath(path('b')),
      client.isValidPath(path('c')),
    ]);
    await settle();
    peer.send(malformed, malformed);
    peer.hangUp();
    const [first, second, third] = await answers;
    expect(first).toMatchObject({ reason: { code: 'daemon' } });
    expect(second).toMatchObject({
      reason: { code: 'connection-lost', message: expect.stringContaining('too short') },
    });
    expect(third).toMatchObject({ reason: { code: 'connection-lost' } });
  });

  it('has not when it answers a further question', async () => {
    const { client, peer } = await connectPeer();
    const first = client.ensurePath(path('a')).catch((thrown: unknown) => thrown);
    await settle();
    peer.send(malformed);
    expect(await first).toMatchObject({ code: 'daemon' });
    const second = client.ensurePath(path('a')).catch((thrown: unknown) => thrown);
    await settle();
    peer.takeWritten();
    peer.send(malformed);
    await settle();
    expect(peer.takeWritten()).toEqual(ping);
    peer.send(cat(LAST, int(0)));
    expect(await second).toMatchObject({ code: 'daemon', message: expect.stringContaining('too short') });
    expect(client.isOpen).toBe(true);
  });

  it('unasked, has hung up: the next request is not sent', async () => {
    const { client, peer } = await connectPeer();
    const first = client.isValidPath(path('a')).catch((thrown: unknown) => thrown);
    await settle();
    peer.send(malformed, malformed);
    await first;
    await client.closed;
    await expect(client.isValidPath(path('b'))).rejects.toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('too short'),
    });
  });
});

describe('the end of a conversation', () => {
  it('rejects what is under way, naming host and request', async () => {
    const { client, peer } = await connectPeer({ stderrTail: () => 'Killed' });
    const built = client.buildPaths([{ kind: 'built', drvPath: path('a'), outputs: 'all' }]);
    const valid = client.isValidPath(path('b'));
    await settle();
    peer.send(LAST.subarray(0, 4));
    peer.hangUp();
    await expect(built).rejects.toMatchObject({
      code: 'connection-lost',
      host: 'peer',
      message: `lost the connection to peer while building ${path('a')}!*; its stderr ends with: Killed`,
    });
    await expect(valid).rejects.toMatchObject({ code: 'connection-lost' });
    await client.closed;
  });

  it('says why the stream broke', async () => {
    const { client, peer } = await connectPeer();
    const valid = client.isValidPath(path('b'));
    peer.destroy(new Error('read ECONNRESET'));
    await expect(valid).rejects.toThrow('ECONNRESET');
  });

  it('is ours with close: everything is cancelled', async () => {
    const { client, peer } = await connectPeer();
    const valid = client.isValidPath(path('a'));
    client.close();
    await expect(valid).rejects.toMatchObject({ code: 'cancelled', host: 'peer' });
    await expect(client.queryPathInfo(path('b'))).rejects.toMatchObject({ code: 'cancelled' });
    await client.closed;
    expect(peer.destroyed).toBe(true);
    client.close();
  });

  it('comes when a listener throws', async () => {
    const { client, peer } = await connectPeer();
    const built = client.buildPaths([{ kind: 'opaque', path: path('a') }], {
      onLogLine: () => {
        throw new DispatchError('local', 'disk full');
      },
    });
    await settle();
    peer.send(logLine(1, 'line'));
    await expect(built).rejects.toMatchObject({
      code: 'local',
      message: expect.stringContaining('disk full'),
    });
    expect(client.isOpen).toBe(false);
  });
});

it('what a daemon says outside of builds goes to onMessage', async () => {
  const said: string[] = [];
  const { client, peer } = await connectPeer({ onMessage: (text) => said.push(text) });
  const valid = client.isValidPath(path('a'));
  await settle();
  peer.send(cat(next('warning: something'), yes));
  await valid;
  expect(said).toEqual(['warning: something']);
});
