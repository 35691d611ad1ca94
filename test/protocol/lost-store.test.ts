import { expect, it } from 'vitest';
import { parseStorePath } from '../../src/nix/store-path.ts';
import { cat, error, int, LAST } from '../support/daemon/bytes.ts';
import { connectPeer, settle } from '../support/daemon/peer.ts';

const path = parseStorePath(`/nix/store/${'a'.repeat(32)}-a`);

it.each([
  "opening a connection to remote store '\u001b[35;1mdaemon\u001b[0m' previously failed",
  "cannot connect to daemon at '/nix/var/nix/daemon-socket/socket': Connection refused",
  "cannot connect to socket at '/nix/var/nix/daemon-socket/socket': No such file or directory",
])('a process that says %j is of no more use, and is not asked again', async (message) => {
  const { client, peer } = await connectPeer();
  const [first, second] = [client.isValidPath(path), client.isValidPath(path)];
  await settle();
  peer.send(error(message));
  await expect(first).rejects.toMatchObject({
    code: 'connection-lost',
    message: expect.stringContaining('the daemon behind it is gone'),
  });
  await expect(second).rejects.toMatchObject({ code: 'connection-lost' });
  expect([client.isOpen, peer.destroyed]).toEqual([false, true]);
});

it('any other refusal costs one question', async () => {
  const { client, peer } = await connectPeer();
  const asked = [client.isValidPath(path), client.isValidPath(path)];
  await settle();
  peer.send(cat(error("path 'opening a connection' is not valid"), LAST, int(1)));
  await expect(asked[0]).rejects.toMatchObject({ code: 'daemon' });
  expect(await asked[1]).toBe(true);
});
