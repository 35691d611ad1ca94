import { KeyObject, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import ssh2, { type ClientChannel } from 'ssh2';
import { expect, it } from 'vitest';
import { makePacketsCheap } from '../../../../src/builders/ssh/cheap-packets.ts';
import { startSshServer } from '../../../support/ssh/ssh-server.ts';

/** What ssh2 keeps inside, by names one below the other. */
function inside(client: ssh2.Client, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((value, name) => Reflect.get(Object(value), name), client);
}

it.each(['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr'] as const)(
  'sends every byte of packets of all sizes with %s',
  async (algorithm) => {
    await using server = await startSshServer({
      onExec: (_, channel) => void channel.pipe(channel),
    });
    const client = new ssh2.Client();
    client.connect({
      host: '127.0.0.1',
      port: server.port,
      username: 'me',
      privateKey: server.clientKey.privateKey,
      algorithms: { cipher: [algorithm] },
    });
    await once(client, 'ready');
    const isGcm = algorithm.includes('gcm');
    makePacketsCheap(client);
    expect(inside(client, '_protocol', '_cipher', '_encKey') instanceof KeyObject).toBe(isGcm);
    expect(inside(client, '_protocol', '_decipher', '_decipherKey') instanceof KeyObject).toBe(isGcm);

    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      client.exec('echo', (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
    });
    const sent: Buffer[] = [];
    const came: Buffer[] = [];
    channel.on('data', (chunk: Buffer) => came.push(chunk));
    // Enough small ones to use up what chance is kept for them.
    for (let size = 1; size < 3000; size++) {
      const piece = randomBytes(size < 2900 ? size % 40 : size * 30);
      sent.push(piece);
      if (piece.length > 0 && !channel.write(piece)) await once(channel, 'drain');
    }
    channel.end();
    await once(channel, 'close');
    expect(Buffer.concat(came).equals(Buffer.concat(sent))).toBe(true);
    client.end();
    await once(client, 'close');
  },
);

it('leaves a client alone that is not as it knows it', () => {
  expect(() => makePacketsCheap(new ssh2.Client())).not.toThrow();
});
