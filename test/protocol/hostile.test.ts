import { describe, expect, it } from 'vitest';
import type { DaemonClient } from '../../src/nix/client/daemon-client.ts';
import { parseStorePath } from '../../src/nix/store-path.ts';
import { cat, int, LAST, start, str } from '../support/daemon/bytes.ts';
import { connectPeer, settle } from '../support/daemon/peer.ts';

const path = parseStorePath(`/nix/store/${'0'.repeat(32)}-x`);
const build = (client: DaemonClient) => client.buildPathsWithResults([{ kind: 'opaque', path }]);
const list = (client: DaemonClient) => client.queryValidPaths([path]);

const peers: readonly {
  name: string;
  bytes: Uint8Array;
  ask: (client: DaemonClient) => Promise<unknown>;
  says: string;
}[] = [
  { name: 'a message that does not exist', bytes: int(0x12345678), ask: build, says: '0x12345678' },
  {
    name: 'READ, which no daemon of today sends',
    bytes: cat(int(0x64617461), int(10)),
    ask: build,
    says: '0x64617461',
  },
  { name: 'an int where a message belongs', bytes: int(2n ** 63n), ask: build, says: 'below 2^53' },
  {
    name: 'a text of 2^63 bytes',
    bytes: cat(int(0x6f6c6d67), int(2n ** 63n)),
    ask: build,
    says: 'a string of at most',
  },
  { name: 'a reply of 2^40 items', bytes: cat(LAST, int(2n ** 40n)), ask: list, says: 'a count of' },
  {
    name: 'fields without end',
    bytes: cat(int(0x52534c54), int(1), int(1), int(2 ** 40)),
    ask: build,
    says: 'a count of',
  },
  {
    name: 'padding that is not zero',
    bytes: cat(int(0x6f6c6d67), int(1), Buffer.from('aBBBBBBB')),
    ask: build,
    says: 'zero padding',
  },
  {
    name: 'a path outside the store',
    bytes: cat(LAST, int(1), str('/etc/shadow')),
    ask: list,
    says: '/etc/shadow',
  },
];

describe('a hostile peer', () => {
  it.each(peers)(
    'that sends $name ends the conversation with a typed error',
    async ({ bytes, ask, says }) => {
      const { client, peer } = await connectPeer();
      const asked = ask(client);
      const behind = client.isValidPath(path);
      await settle();
      peer.send(bytes);
      await expect(asked).rejects.toMatchObject({
        code: 'protocol',
        host: 'peer',
        message: expect.stringContaining(says),
      });
      await expect(behind).rejects.toMatchObject({ code: 'connection-lost' });
      expect(peer.destroyed).toBe(true);
    },
  );

  it.each([
    { name: 'an answer', bytes: cat(LAST, int(1)) },
    { name: 'anything', bytes: Buffer.from('what is this?') },
  ])('that sends $name before a question is not asked any', async ({ bytes }) => {
    const { client, peer } = await connectPeer();
    peer.send(bytes);
    await client.closed;
    await expect(client.isValidPath(path)).rejects.toMatchObject({ code: 'connection-lost' });
    expect(peer.takeWritten()).toHaveLength(0);
  });

  it('that sends one answer too many is found out', async () => {
    const { client, peer } = await connectPeer();
    const valid = client.isValidPath(path);
    await settle();
    peer.send(cat(LAST, int(1), LAST, int(1)));
    expect(await valid).toBe(true);
    await client.closed;
  });

  it('that starts more builds than there can be is stopped', async () => {
    const { client, peer } = await connectPeer();
    const asked = build(client);
    await settle();
    for (let block = 0; block < 101; block += 1) {
      const ids = Array.from({ length: 1000 }, (_, index) => block * 1000 + index);
      peer.send(Buffer.concat(ids.map((id) => start(id, 105, ['/x.drv', '']))));
    }
    await expect(asked).rejects.toMatchObject({
      code: 'protocol',
      message: expect.stringContaining('100000 builds'),
    });
  });

  it('that fills one reply for ever is stopped after 256 MiB', async () => {
    const { client, peer } = await connectPeer();
    const asked = client.collectGarbage({ action: 'return-dead' }).catch((thrown: unknown) => thrown);
    await settle();
    // Every item is allowed; all of them together are not.
    peer.send(cat(LAST, int(1000)));
    const item = cat(int(8_000_000), Buffer.alloc(8_000_000, 'x'));
    const items = Array.from({ length: 40 }, () => item);
    for (const sent of items) {
      peer.send(sent);
      await settle(1);
    }
    expect(await asked).toMatchObject({
      code: 'protocol',
      message: expect.stringContaining('exceeds every sensible size'),
    });
  });
});
