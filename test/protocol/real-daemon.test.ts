import { randomBytes } from 'node:crypto';
import { describe, expect } from 'vitest';
import { findExecutable } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { NIX_VERSIONS } from '../../scripts/provision/trees.ts';
import type { DaemonClient } from '../../src/nix/client/daemon-client.ts';
import { isSuccess } from '../../src/nix/protocol/build-status.ts';
import { parseStorePath } from '../../src/nix/store-path.ts';
import type { StorePath } from '../../src/nix/store-path.ts';
import { fileNar } from '../support/daemon/bytes.ts';
import { fixedDerivation, sourceInfo } from '../support/daemon/fixed-derivation.ts';
import { readAll } from '../support/daemon/recorded-request.ts';
import { spawnDaemon } from '../support/daemon/spawn-daemon.ts';
import type { SpawnedDaemon } from '../support/daemon/spawn-daemon.ts';
import { startFarm } from '../support/farm/farm.ts';
import type { Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';
import type { Requirement } from '../support/requirements.ts';

const localNix: Requirement =
  findExecutable('nix-daemon') === undefined
    ? { ok: false, reason: 'needs nix-daemon on this machine' }
    : { ok: true };

const MISSING = parseStorePath('/nix/store/00000000000000000000000000000000-x');
const local = { name: 'nix-daemon --stdio here', requirement: localNix, nix: undefined, user: undefined };
const remote = NIX_VERSIONS.flatMap((nix) =>
  ['root', 'builder', 'stranger'].map((user) => ({
    name: `Nix ${nix} as ${user} over ssh`,
    requirement: farmRequirement,
    nix,
    user,
  })),
);

/** Nothing that an earlier run left in a store may answer for this one. */
const nonce = (): string => randomBytes(8).toString('hex');

let farm: Farm | undefined;
const hosts = requires(farmRequirement);
hosts.beforeAll(async () => {
  farm = await startFarm(NIX_VERSIONS.map((version) => ({ name: version, nix: version })));
});
hosts.afterAll(async () => farm?.[Symbol.asyncDispose]());

describe.each([local, ...remote])('$name', ({ requirement, nix, user }) => {
  const { test } = requires(requirement);

  const connect = (): Promise<SpawnedDaemon> => {
    if (nix === undefined) return spawnDaemon('here', ['nix-daemon', '--stdio'], runnerNixEnv());
    if (farm === undefined) throw new Error('expected a farm');
    const destination = `${user}@${farm.host(nix).address}`;
    return spawnDaemon(nix, ['ssh', '-F', farm.sshConfigPath, destination, 'nix-daemon --stdio']);
  };
  const addDerivation = (client: DaemonClient, name: string, drv: Uint8Array) =>
    client.addToStore({ name: `${name}.drv`, method: 'text:sha256', references: [] }, [drv]);

  test('says who it is and tells what it was given', async () => {
    using daemon = await connect();
    const { client } = daemon;
    if (nix !== undefined) {
      expect(client.nixVersion).toBe(nix);
      const saysTrust = nix !== '2.8.0';
      const trust = user === 'stranger' ? 'not-trusted' : 'trusted';
      expect(client.trust).toBe(saysTrust ? trust : 'unknown');
    }
    const text = `text ${nonce()}`;
    const added = await client.addToStore({ name: 'a-text', method: 'text:sha256', references: [] }, [
      Buffer.from(text),
    ]);
    expect(await client.isValidPath(added.path)).toBe(true);
    const info = await client.queryPathInfo(added.path);
    expect(info).toMatchObject({ path: added.path, narHash: added.narHash, references: [] });
    expect(await client.queryValidPaths([added.path, MISSING])).toEqual([added.path]);
    expect(await client.queryPathInfo(MISSING)).toBeUndefined();
    expect(await readAll(client.narFromPath(added.path, added))).toEqual(fileNar(text));
  });

  test('builds, with the log and the output', async () => {
    using daemon = await connect();
    const { client } = daemon;
    const output = nonce();
    const drv = fixedDerivation('works', `echo hello from the builder; printf %s ${output} > $out`, output);
    expect((await addDerivation(client, 'works', drv.drv)).path).toBe(drv.drvPath);
    const wanted = { kind: 'built', drvPath: drv.drvPath, outputs: ['out'] } as const;
    expect((await client.queryMissing([wanted])).willBuild).toEqual([drv.drvPath]);
    const heard: (string | undefined)[][] = [];
    const results = await client.buildPathsWithResults([wanted], {
      onBuildStarted: (drvPath) => heard.push(['started', drvPath]),
      onLogLine: (line, drvPath) => heard.push(['line', line, drvPath]),
    });
    expect(results).toEqual([{ path: wanted, result: expect.objectContaining({ status: 'built' }) }]);
    expect(heard).toEqual([
      ['started', drv.drvPath],
      ['line', 'hello from the builder', drv.drvPath],
    ]);
    expect(await readAll(client.narFromPath(drv.outPath))).toEqual(fileNar(output));
    expect((await client.queryDerivationOutputMap(drv.drvPath)).get('out')).toBe(drv.outPath);
  });

  test('builds a derivation that it does not have, and says how it failed', async () => {
    using daemon = await connect();
    const { client } = daemon;
    const output = nonce();
    const good = fixedDerivation('alone', `printf %s ${output} > $out`, output);
    const result = await client.buildDerivation(good.drvPath, good.basic);
    expect(isSuccess(result.status), result.errorMessage).toBe(true);
    const bad = fixedDerivation('fails', 'echo last words; exit 7', nonce());
    const lines: string[] = [];
    const failure = await client.buildDerivation(bad.drvPath, bad.basic, {
      onLogLine: (line) => lines.push(line),
    });
    // Nix calls it transient, since such a builder may use the network.
    expect(failure).toMatchObject({ status: 'transient-failure', builtOutputs: new Map() });
    expect(failure.errorMessage).toContain('7');
    expect(lines).toEqual(['last words']);
  });

  test('takes NARs and gives them back', async () => {
    using daemon = await connect();
    const { client } = daemon;
    const nar = fileNar(Buffer.concat([randomBytes(3_000_000), Buffer.from('end')]));
    const info = sourceInfo('big-source', nar);
    await client.addToStoreNar(info, [nar.subarray(0, 5), nar.subarray(5)]);
    expect((await readAll(client.narFromPath(info.path, info))).equals(nar)).toBe(true);
    const second = sourceInfo('second', fileNar(nonce()));
    const third = sourceInfo('third', fileNar(`${second.path}${nonce()}`), [second.path]);
    expect(client.supportsAddMultipleToStore).toBe(client.nixVersion !== '2.8.0');
    await expect(client.addToStoreNar({ ...third, narHash: info.narHash }, [nar])).rejects.toMatchObject({
      code: 'daemon',
    });
    expect(await client.isValidPath(third.path)).toBe(false);
  });

  test('answers 500 questions in one round trip', async () => {
    using daemon = await connect();
    const { client } = daemon;
    const added = await client.addToStore({ name: 'one', method: 'text:sha256', references: [] }, [
      Buffer.from(nonce()),
    ]);
    const paths: StorePath[] = Array.from({ length: 500 }, (_, index) =>
      index % 7 === 0 ? added.path : MISSING,
    );
    const infos = await client.queryPathInfos(paths);
    expect(infos.map((info) => info?.path)).toEqual(
      paths.map((path) => (path === added.path ? path : undefined)),
    );
  });

  test('refuses and goes on, or hangs up, each in its way', async () => {
    using daemon = await connect();
    const { client } = daemon;
    await expect(client.ensurePath(MISSING)).rejects.toMatchObject({ code: 'daemon' });
    await expect(client.ensurePath(MISSING)).rejects.toMatchObject({ code: 'daemon' });
    expect(await client.isValidPath(MISSING)).toBe(false);
    await expect(readAll(client.narFromPath(MISSING))).rejects.toMatchObject({ code: 'daemon' });
    await client.closed;
    await expect(client.isValidPath(MISSING)).rejects.toMatchObject({ code: 'connection-lost' });
  });
});
