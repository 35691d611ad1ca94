import { expect, it, vi } from 'vitest';
import type { AttemptContext } from '../../../../src/dispatch/attempt/attempt.ts';
import type { BuildListener } from '../../../../src/nix/client/build-listener.ts';
import { attemptWorld as world, never, silent } from '../../../support/dispatch/attempt-world.ts';
import { drv, output } from '../../../support/dispatch/derivations.ts';
import { buildResult, pathInfo, type Machine } from '../../../support/dispatch/machine.ts';
import { settle } from '../../../support/dispatch/session.ts';

/** Where a build stands still until its connection is closed. */
function standstill(machine: Machine, line?: string): { isBuilding: () => boolean } {
  let isBuilding = false;
  machine.builds = (_, listener: BuildListener) => {
    isBuilding = true;
    if (line !== undefined) listener.onLogLine?.(line, undefined);
    return never();
  };
  return { isBuilding: () => isBuilding };
}

it('builds, holds the outputs, and gives connection and slot back', async () => {
  const { run, session, machine, notes, copied } = world();
  machine.builds = () => {
    machine.add(pathInfo(output('a'), [], 42));
    return buildResult('built');
  };
  const { attempt, complete } = await run();
  expect(attempt).toMatchObject({
    builder: 'one',
    slot: 0,
    end: { kind: 'built' },
    outputs: new Map([['out', output('a')]]),
  });
  expect(session.store.held.has(output('a'))).toBe(true);
  expect((await complete).outputBytes).toBe(42);
  expect(copied).toEqual([7]);
  expect(notes).toEqual(['started a on one', 'finished a: built']);
  expect(session.slots.take()).toBe(0);
  await run();
  // One for questions, one for both builds.
  expect(machine.open.size).toBe(2);
});

it('asks for a closure by its name alone, and takes the answer that is about it', async () => {
  const { run, machine, copied } = world({ isClosure: () => true, readDerivation: never });
  machine.add(pathInfo(output('a')));
  expect((await run()).attempt.end.kind).toBe('built');
  expect(machine.asked).toContain(
    `build ${JSON.stringify([{ kind: 'built', drvPath: drv('a'), outputs: 'all' }])}`,
  );
  expect(copied).toEqual([9]);
  machine.builds = () => Promise.resolve(undefined);
  expect((await run()).attempt.end).toEqual({
    kind: 'infrastructure',
    message: 'the daemon gave no result for this build',
  });
});

it.each([
  ['while it builds', {}],
  ['while inputs are brought', { staging: { inputs: never, closure: never } }],
  ['while the derivation is read', { readDerivation: never }],
])('ends at once when it is stopped %s', async (_, more) => {
  for (const [reason, end] of [
    ['not-needed', { kind: 'cancelled' }],
    [
      'builder-lost',
      { kind: 'infrastructure', message: 'the connection to one was lost while it was building' },
    ],
  ] as const) {
    const { run, stop, machine, session, notes } = world(more);
    standstill(machine);
    const attempt = run();
    await settle();
    stop(reason);
    const ended = await attempt;
    expect(ended.attempt.end).toEqual(end);
    expect(machine.open.size).toBe(0);
    expect(session.slots.take()).toBe(0);
    await ended.complete;
    expect(notes.at(-1)).toBe(`finished a: ${end.kind}`);
  }
});

it('ends at once when it is stopped while it waits for a connection, and gives that back when it comes', async () => {
  const { run, stop, machine } = world();
  let connect = (): void => {};
  machine.patience = () => new Promise((resolve) => (connect = resolve));
  const attempt = run();
  await settle();
  stop('not-needed');
  expect((await attempt).attempt.end.kind).toBe('cancelled');
  connect();
  await settle();
  expect(machine.asked).toEqual([]);
  machine.patience = () => Promise.resolve();
  const client = await machine.channels.acquire();
  expect([machine.open.size, client.isOpen]).toEqual([1, true]);
});

it('does not begin when it is stopped already', async () => {
  const { run, stop, machine } = world();
  stop('not-needed');
  expect((await run()).attempt.end.kind).toBe('cancelled');
  await settle();
  expect(machine.asked).toEqual([]);
});

it('counts limits from when the build begins, not from when its inputs do', async () => {
  vi.useFakeTimers();
  try {
    let arrived = (): void => {};
    const inputs = () => new Promise<number>((resolve) => (arrived = () => resolve(0)));
    const limits = { maxSilentMs: 1000, timeoutMs: undefined, maxLogBytes: undefined };
    const { run, machine } = world({ staging: { inputs, closure: inputs }, limits });
    const { isBuilding } = standstill(machine);
    const attempt = run();
    await vi.advanceTimersByTimeAsync(60_000);
    arrived();
    await vi.advanceTimersByTimeAsync(999);
    // The build's, and the one that it is asked over whether it is there.
    expect([isBuilding(), machine.open.size]).toEqual([true, 2]);
    await vi.advanceTimersByTimeAsync(1);
    expect((await attempt).attempt.end.kind).toBe('timed-out');
    expect(machine.open.size).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('ends a build that floods its log', async () => {
  let bytes = 0;
  const counting = {
    ...silent.open(),
    write: (line: string) => void (bytes += line.length),
    get bytes() {
      return bytes;
    },
  };
  const { run, machine } = world({
    logs: { open: () => counting },
    limits: { maxSilentMs: undefined, timeoutMs: undefined, maxLogBytes: 10 },
  });
  standstill(machine, 'more than ten');
  expect((await run()).attempt.end.kind).toBe('log-limit');
});

it('blames the machine when the connection is dropped', async () => {
  const { run, machine } = world();
  standstill(machine);
  const attempt = run();
  await settle();
  machine.drop();
  expect((await attempt).attempt.end.kind).toBe('infrastructure');
});

it('blames the machine when inputs can’t be brought or no connection be made', async () => {
  const inputs = () => Promise.reject(new Error('no space'));
  expect((await world({ staging: { inputs, closure: inputs } }).run()).attempt.end).toEqual({
    kind: 'infrastructure',
    message: 'no space',
  });
  const { run, machine } = world();
  machine.patience = () => Promise.reject(new Error('refused'));
  expect((await run()).attempt.end).toEqual({ kind: 'infrastructure', message: 'refused' });
});

it('names what failed below a closure', async () => {
  const below = drv('below');
  const recordNested = vi.fn<AttemptContext['recordNested']>(async () => below);
  const { run, machine } = world({ isClosure: () => true, recordNested });
  machine.builds = (_, listener) => {
    listener.onBuildStarted?.(below, '');
    return buildResult('dependency-failed', 'one failed');
  };
  expect((await run()).attempt.end).toEqual({
    kind: 'dependency-failed',
    drvPath: below,
    message: 'one failed',
  });
  expect(recordNested.mock.calls[0]?.[0].builds.map(({ build }) => build.name)).toEqual(['below']);
});
