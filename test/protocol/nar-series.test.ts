import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { NIX_VERSIONS } from '../../scripts/provision/trees.ts';
import { createStore, type DaemonChannels } from '../../src/dispatch/stores/store.ts';
import { copyClosure } from '../../src/dispatch/stores/transfer.ts';
import type { DaemonClient } from '../../src/nix/client/daemon-client.ts';
import type { StorePath } from '../../src/nix/store-path.ts';
import { readAll } from '../support/daemon/recorded-request.ts';
import { spawnDaemon } from '../support/daemon/spawn-daemon.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm(NIX_VERSIONS.map((version) => ({ name: version, nix: version })));
});
afterAll(async () => farm[Symbol.asyncDispose]());

/** As many connections as are asked for; closed with the test's farm. */
function channelsTo(name: string): DaemonChannels {
  const words = ['ssh', '-F', farm.sshConfigPath, `root@${farm.host(name).address}`, 'nix-daemon --stdio'];
  return {
    acquire: async () => (await spawnDaemon(name, words)).client,
    release: (client) => client.close(),
  };
}

/** Files of many sizes, one of them larger than what may be asked for ahead. */
async function addFiles(client: DaemonClient): Promise<StorePath[]> {
  const sizes = [
    1,
    5 * 2 ** 20,
    100_000,
    2 ** 20,
    2 ** 20,
    0,
    ...Array.from({ length: 60 }, (_, i) => i * 997),
  ];
  const infos = await Promise.all(
    sizes.map((size, index) =>
      client.addToStore({ name: `series-${index}`, method: 'fixed:sha256', references: [] }, [
        Buffer.concat([randomBytes(16), Buffer.alloc(size, index)]),
      ]),
    ),
  );
  return infos.map(({ path }) => path);
}

for (const version of NIX_VERSIONS) {
  test(`Nix ${version} sends many NARs in a row, each whole`, async () => {
    const client = await channelsTo(version).acquire();
    const infos = (await client.queryPathInfos(await addFiles(client))).filter((info) => info !== undefined);
    const sizes: number[] = [];
    for (const nar of client.narsFromPaths(infos)) sizes.push((await readAll(nar)).byteLength);
    expect(sizes).toEqual(infos.map(({ narSizeBytes }) => narSizeBytes));
    client.close();
  });
}

const [oldest, middle, newest] = NIX_VERSIONS;
for (const [from, to] of [
  [oldest, middle],
  [middle, newest],
  [newest, oldest],
] as const) {
  test(`paths go from Nix ${from} to Nix ${to}, each once though two ask for them`, async () => {
    const sender = createStore(from, channelsTo(from));
    const receiver = createStore(to, channelsTo(to));
    const paths = await sender.use(addFiles);
    await sender.hold(paths);
    const sent = await Promise.all([
      copyClosure(sender, receiver, paths),
      copyClosure(sender, receiver, paths),
    ]);
    const infos = await sender.infos(paths);
    const total = infos.reduce((sum, { narSizeBytes }) => sum + narSizeBytes, 0);
    expect(sent[0] + sent[1]).toBe(total);
    expect((await receiver.hold(paths)).size).toBe(paths.length);
    expect(receiver.bytesReceived).toBe(total);
  });
}
