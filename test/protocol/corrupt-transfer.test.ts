import { randomBytes } from 'node:crypto';
import { describe, expect } from 'vitest';
import { findExecutable } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { createStore } from '../../src/dispatch/stores/store.ts';
import { copyClosure } from '../../src/dispatch/stores/transfer.ts';
import type { DaemonClient } from '../../src/nix/client/daemon-client.ts';
import { encodeUnkeyedPathInfo, type PathInfo } from '../../src/nix/protocol/path-info.ts';
import { WireWriter } from '../../src/nix/wire/encode.ts';
import { cat, error, fileNar, int, LAST } from '../support/daemon/bytes.ts';
import { sourceInfo } from '../support/daemon/fixed-derivation.ts';
import { connectPeer } from '../support/daemon/peer.ts';
import { spawnDaemon } from '../support/daemon/spawn-daemon.ts';
import { requires } from '../support/requirements.ts';
import type { Requirement } from '../support/requirements.ts';

const localNix: Requirement =
  findExecutable('nix-daemon') === undefined
    ? { ok: false, reason: 'needs nix-daemon on this machine' }
    : { ok: true };

const QUERY_PATH_INFO = 26;

/** A daemon that says this of the one path that it is asked about, and sends these bytes for it. */
async function lyingBuilder(info: PathInfo, nar: Uint8Array): Promise<DaemonClient> {
  const { client, peer } = await connectPeer({ host: 'b1' });
  peer.onWritten = () => {
    const request = peer.takeWritten();
    const isQuestion = request.readUInt32LE() === QUERY_PATH_INFO;
    const answer = new WireWriter().uint(1);
    encodeUnkeyedPathInfo(answer, info, { minor: 38, features: new Set() });
    peer.send(isQuestion ? cat(LAST, answer.finish()) : cat(LAST, nar));
  };
  return client;
}

function storeOf(name: string, acquire: () => Promise<DaemonClient>) {
  const open: DaemonClient[] = [];
  const store = createStore(name, {
    async acquire() {
      const client = await acquire();
      open.push(client);
      return client;
    },
    release: (client) => client.close(),
  });
  return { store, close: () => open.forEach((client) => client.close()) };
}

describe('a builder that sends something else than it says', () => {
  const { test } = requires(localNix);
  const name = `corrupt-${randomBytes(8).toString('hex')}`;
  const honest = fileNar(`${name}\n`);
  const info = sourceInfo(name, honest);
  const other = fileNar(`${name}!`);
  const cases: readonly {
    readonly what: string;
    readonly sent: Uint8Array;
    readonly info: PathInfo;
    readonly says: RegExp;
    readonly code: string;
  }[] = [
    { what: 'other contents', sent: other, info, says: /hash mismatch/, code: 'corrupt' },
    {
      what: 'a NAR that is cut off',
      sent: cat(honest.subarray(0, -16), error('disk on fire')),
      info,
      says: /disk on fire/,
      code: 'daemon',
    },
    {
      what: 'no NAR at all',
      sent: cat(int(5), Buffer.from('hello\0\0\0')),
      info,
      says: /malformed NAR/,
      code: 'protocol',
    },
    {
      what: 'a path that is not what its address says',
      sent: other,
      info: { ...info, narHash: sourceInfo(name, other).narHash, narSizeBytes: other.length },
      says: /hash mismatch/,
      code: 'corrupt',
    },
  ];

  for (const { what, sent, info, says, code } of cases) {
    test(`is refused: ${what}`, async () => {
      using here = await spawnDaemon('here', ['nix-daemon', '--stdio'], runnerNixEnv());
      const daemons: Disposable[] = [];
      const from = storeOf('b1', () => lyingBuilder(info, sent));
      const to = storeOf('b2', async () => {
        const daemon = await spawnDaemon('b2', ['nix-daemon', '--stdio'], runnerNixEnv());
        daemons.push(daemon);
        return daemon.client;
      });
      try {
        const copied = await copyClosure(from.store, to.store, [info.path]).catch(
          (thrown: unknown) => thrown,
        );
        expect(copied).toMatchObject({ code, host: 'b1', message: expect.stringMatching(says) });
        expect(copied).toMatchObject({
          message: expect.stringContaining(`copying ${info.path} from b1 to b2`),
        });
        expect(await here.client.isValidPath(info.path)).toBe(false);
        expect(to.store.held.has(info.path)).toBe(false);
      } finally {
        from.close();
        to.close();
        for (const daemon of daemons) daemon[Symbol.dispose]();
      }
    });
  }

  test('is taken when it tells the truth', async () => {
    const from = storeOf('b1', () => lyingBuilder(info, honest));
    using daemon = await spawnDaemon('b2', ['nix-daemon', '--stdio'], runnerNixEnv());
    using second = await spawnDaemon('b2', ['nix-daemon', '--stdio'], runnerNixEnv());
    const clients = [daemon.client, second.client];
    const to = createStore('b2', {
      acquire: () => Promise.resolve(clients.pop() ?? daemon.client),
      release: () => undefined,
    });
    expect(await copyClosure(from.store, to, [info.path])).toBe(honest.length);
    expect(await daemon.client.isValidPath(info.path)).toBe(true);
    from.close();
  });
});
