import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { startFarm } from '../support/farm/farm.ts';
import { farmNetwork } from '../support/farm/network.ts';
import { claimedSlots } from '../support/farm/slot.ts';
import { farm, requires } from '../support/requirements.ts';

const { test } = requires(farm);

const PROGRAM = join(import.meta.dirname, '..', '..', 'scripts', 'farm.ts');

test('disposal leaves no process, mount, link, group or file', async () => {
  const owned = await startFarm([{ name: 'a', cgroups: true }, { name: 'b' }]);
  const traces = () => tracesOf(owned.folder);
  expect(traces()).toMatchObject({ processes: expect.stringContaining('host-init'), folder: true });
  expect(traces().links).toHaveLength(3);
  expect(traces().groups).not.toBe('');
  await owned[Symbol.asyncDispose]();
  expect(traces()).toEqual(NOTHING);
});

test('so does the death of the owner', async () => {
  const owner = spawn(process.execPath, [PROGRAM, 'hold', '2'], { stdio: 'ignore' });
  const folder = await vi.waitFor(async () => {
    const slot = (await claimedSlots()).find(({ ownerPid }) => ownerPid === owner.pid);
    if (slot === undefined || !existsSync(join(slot.folder, 'description'))) throw new Error('not up yet');
    return slot.folder;
  }, 10_000);
  expect(tracesOf(folder).links).toHaveLength(3);
  owner.kill('SIGKILL');
  await vi.waitFor(() => expect(tracesOf(folder)).toEqual(NOTHING), 5_000);
});

/** What a farm leaves on the machine. */
interface Traces {
  readonly processes: string;
  readonly links: readonly string[];
  readonly mounts: readonly string[];
  readonly groups: string;
  readonly folder: boolean;
}

const NOTHING: Traces = { processes: '', links: [], mounts: [], groups: '', folder: false };

function tracesOf(folder: string): Traces {
  const { bridge } = farmNetwork(Number(folder.split('/').at(-1)));
  const run = (script: string): string =>
    execFileSync('sh', ['-c', script, folder, bridge], { encoding: 'utf8' });
  const isOurs = new RegExp(`^${bridge}(h\\d+)?$`);
  return {
    processes: run('pgrep -af "host-init.sh $0/" || true'),
    links: readdirSync('/sys/class/net').filter((name) => isOurs.test(name)),
    mounts: readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`${folder}/`)),
    groups: run('find /sys/fs/cgroup -name "$1h*"'),
    folder: existsSync(folder),
  };
}
