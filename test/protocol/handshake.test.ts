import { describe, expect, it } from 'vitest';
import { DispatchError } from '../../src/errors.ts';
import { connectDaemon } from '../../src/nix/client/connect.ts';
import { cat, error, greeting, int, introduction, LAST, str, strs } from '../support/daemon/bytes.ts';
import { connectPeer, Peer } from '../support/daemon/peer.ts';

/** Connects to a peer that sends each item once the client has written so many bytes in all. */
async function connectTo(script: readonly { after: number; send: Uint8Array }[], hangUp = false) {
  const peer = new Peer();
  const left = [...script];
  const act = (): void => {
    const [next] = left;
    if (next === undefined) {
      if (hangUp) peer.hangUp();
      return;
    }
    if (peer.written.length < next.after) return;
    left.shift();
    peer.send(next.send);
    act();
  };
  peer.onWritten = act;
  const options = { host: 'b1', timeoutMs: 400, stderrTail: () => 'sh: nix-daemon: not found\n' };
  const outcome = await connectDaemon(peer, options).catch((thrown: unknown) => thrown);
  return { peer, outcome };
}

describe('a handshake', () => {
  it.each([
    { minor: 34, nixVersion: '2.8.0', trust: 'unknown', written: 32 },
    { minor: 35, nixVersion: '2.93.3', trust: 'trusted', written: 32 },
    { minor: 37, nixVersion: '2.20.1', trust: 'trusted', written: 32 },
    { minor: 38, nixVersion: '2.34.8', trust: 'trusted', written: 40 },
  ])('with protocol 1.$minor', async ({ minor, nixVersion, trust, written }) => {
    const { peer, outcome } = await connectTo([
      { after: 0, send: greeting(minor) },
      { after: written, send: introduction(minor, nixVersion) },
    ]);
    expect(outcome).toMatchObject({ host: 'b1', nixVersion, trust, protocolVersion: { major: 1, minor } });
    expect(peer.written).toEqual(cat(int(0x6e697863), int(0x126), Buffer.alloc(written - 16)));
  });

  it('speaks 1.38 without features to a daemon that is newer and offers some', async () => {
    const end = cat(strs(['realisation-with-path-not-hash', 'zzz']), str('2.35.0'), int(2), LAST);
    const { outcome } = await connectTo([
      { after: 0, send: greeting(39) },
      { after: 40, send: end },
    ]);
    expect(outcome).toMatchObject({ protocolVersion: { minor: 38 }, trust: 'not-trusted' });
  });

  const refused = [
    {
      name: 'a daemon that is too old',
      code: 'protocol',
      says: ['1.34', '1.33'],
      hint: 'Nix 2.8',
      script: [{ after: 0, send: greeting(33) }],
    },
    {
      name: 'another major version',
      code: 'protocol',
      says: ['2.1'],
      script: [{ after: 0, send: cat(int(0x6478696f), int(0x201)) }],
    },
    {
      name: 'a login shell that talks',
      code: 'not-nix',
      says: ['Welcome to b1!', 'nix-daemon: not found'],
      hint: 'login shell',
      script: [{ after: 0, send: Buffer.from('Welcome to b1!\n') }],
    },
    {
      name: 'a daemon that refuses the client',
      code: 'daemon',
      says: ['go away'],
      script: [
        { after: 0, send: greeting(38) },
        { after: 40, send: cat(int(0), str('2.34.8'), int(1), error('\u001B[31mgo away\u001B[0m')) },
      ],
    },
    {
      name: 'a trust flag that does not exist',
      code: 'protocol',
      says: ['0, 1 or 2'],
      script: [
        { after: 0, send: greeting(38) },
        { after: 40, send: cat(int(0), str('x'), int(3)) },
      ],
    },
    { name: 'silence', code: 'timed-out', says: ['0.4 s', 'not found'], script: [] },
    {
      name: 'a version without end',
      code: 'timed-out',
      says: ['0.4 s'],
      script: [
        { after: 0, send: greeting(38) },
        { after: 40, send: cat(int(0), int(1000), Buffer.from('x')) },
      ],
    },
  ];

  it.each(refused)('fails on $name', async ({ code, says, script, ...rest }) => {
    const { outcome, peer } = await connectTo(script);
    expect(outcome).toBeInstanceOf(DispatchError);
    expect(outcome).toMatchObject({ code, host: 'b1' });
    for (const text of says) expect(outcome).toHaveProperty('message', expect.stringContaining(text));
    if ('hint' in rest) expect(outcome).toHaveProperty('hint', expect.stringContaining(rest.hint ?? ''));
    expect(peer.destroyed).toBe(true);
  });

  it.each([
    { name: 'at once', sent: '', says: 'got nothing' },
    { name: 'after a few bytes', sent: 'bye', says: '"bye"' },
  ])('fails on a peer that hangs up $name, with its stderr', async ({ sent, says }) => {
    const { outcome } = await connectTo([{ after: 0, send: Buffer.from(sent) }], true);
    expect(outcome).toMatchObject({ code: 'not-nix', host: 'b1' });
    expect(outcome).toHaveProperty('message', expect.stringContaining(says));
    expect(outcome).toHaveProperty('message', expect.stringContaining('nix-daemon: not found'));
  });

  it('fails on a peer that hangs up in the middle', async () => {
    const { outcome } = await connectTo([{ after: 0, send: greeting(38) }], true);
    expect(outcome).toMatchObject({ code: 'connection-lost', host: 'b1' });
  });

  it('is quick to notice a fault: no timer is left to wait for', async () => {
    const { client, peer } = await connectPeer({ timeoutMs: 50 });
    await new Promise((resolve) => {
      setTimeout(resolve, 80);
    });
    expect(client.isOpen).toBe(true);
    expect(peer.destroyed).toBe(false);
  });
});
