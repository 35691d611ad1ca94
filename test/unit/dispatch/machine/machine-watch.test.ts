import { expect, it } from 'vitest';
import type { AttemptEnd } from '../../../../src/dispatch/ledger/attempt.ts';
import { createMachineWatch } from '../../../../src/dispatch/machine/machine-watch.ts';
import { DispatchError } from '../../../../src/errors.ts';
import { createSession } from '../../../support/dispatch/session.ts';

const failed = (message: string): AttemptEnd => ({ kind: 'failed', message });
const full = { mountPoint: '/nix', totalBytes: 1e9, freeBytes: 0 };
const roomy = { mountPoint: '/nix', totalBytes: 1e9, freeBytes: 9e8 };

function world() {
  const told: string[] = [];
  const disks = [roomy, roomy];
  const sessions = [0, 1].map((id) => ({
    ...createSession(id, `m${id}`),
    diskSpace: async () => disks[id],
  }));
  const [one, two] = sessions;
  if (one === undefined || two === undefined) throw new Error('expected two');
  const watch = createMachineWatch({
    sessions,
    examine: async ({ name }) => void told.push(`examine ${name}`),
    worked: ({ name }) => void told.push(`${name} worked`),
    drain: ({ name }, message) => void told.push(`drain ${name}: ${message}`),
    reopen: ({ name }) => void told.push(`reopen ${name}`),
  });
  return { watch, told, disks, one, two };
}

it('leaves ends alone that are nobody’s fault but the build’s', async () => {
  const { watch, told, one } = world();
  const ends: AttemptEnd[] = [
    failed('exit code 1'),
    { kind: 'timed-out', message: 'printed nothing' },
    { kind: 'cancelled' },
  ];
  for (const [node, end] of ends.entries()) expect(await watch.judge(one, node, end, [])).toBe(end);
  expect(told).toEqual([]);
});

it('looks at a machine that went silent, and not at one that refused', async () => {
  const { watch, told, one } = world();
  await watch.judge(one, 1, { kind: 'infrastructure', message: 'lost' }, []);
  await watch.judge(one, 2, { kind: 'infrastructure', message: 'no build users', isRefusal: true }, []);
  expect(told).toEqual(['examine m0']);
});

it('blames a full disk only when the disk is full', async () => {
  const { watch, told, disks, one } = world();
  const tail = ['cc: No space left on device'];
  expect(await watch.judge(one, 1, failed('exit code 1'), tail)).toEqual({
    ...failed('exit code 1'),
    isSuspect: true,
  });
  expect(told).toEqual([]);
  disks[0] = full;
  expect(await watch.judge(one, 2, failed('exit code 1'), tail)).toMatchObject({
    kind: 'infrastructure',
    message: expect.stringContaining('exit code 1: its disk is full') as string,
  });
  await watch.judge(one, 3, failed('exit code 1'), tail);
  expect(told).toEqual([
    'drain m0: its disk is full: 0 MiB of 953 MiB are free in /nix; it gets no builds until there is room',
  ]);
});

it('looks at both ends of a copy that failed, and at the disk of the one that it went to', async () => {
  const { watch, told, disks, one } = world();
  disks[0] = full;
  await watch.notStaged(one, new DispatchError('daemon', 'write: No space left on device', { host: 'm1' }));
  expect(told.sort()).toEqual([
    expect.stringContaining('drain m0: its disk is full'),
    'examine m0',
    'examine m1',
  ]);
});

it('leaves a builder out that got three builds in a row wrong', async () => {
  const { watch, told, one, two } = world();
  const killed = failed('builder failed due to signal 9 (Killed)');
  const third = [1, 2, 3].map((node) => watch.judge(one, node, killed, []));
  for (const node of [1, 2, 3]) await watch.judge(two, node, { kind: 'built' }, []);
  expect(told.filter((what) => what.startsWith('drain'))).toEqual([
    'drain m0: quarantined: 3 builds in a row failed there and succeeded elsewhere',
  ]);
  // The third had to wait for this.
  await Promise.all(third);
});
