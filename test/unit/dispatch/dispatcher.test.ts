import { expect, it } from 'vitest';
import { createSchedule, type Schedule } from '../../../src/dispatch/schedule/create-schedule.ts';
import { DispatchError } from '../../../src/errors.ts';
import { facts } from '../../support/dispatch/derivations.ts';
import { dispatcherWorld as world } from '../../support/dispatch/dispatcher-world.ts';
import { createSession, settle } from '../../support/dispatch/session.ts';

const pair = [facts('a', ['b']), facts('b')];

it('builds inputs first and is drained when everything has ended', async () => {
  const { dispatcher, add, end, where, outcomes, drain, isDrained } = world(pair);
  void dispatcher.join(createSession(0, 'one'));
  await add('a');
  drain();
  expect(dispatcher.progress).toEqual({ total: 2, done: 0, failed: 0 });
  expect(where()).toEqual(['b@one']);
  await end('b');
  expect([where(), isDrained()]).toEqual([['a@one'], false]);
  await end('a');
  expect(isDrained()).toBe(true);
  expect(outcomes()).toEqual(['a built', 'b built']);
  expect(dispatcher.progress).toEqual({ total: 2, done: 2, failed: 0 });
});

it('is drained at once when nothing was added, and not before a look-up has ended', async () => {
  const { dispatcher, add, drain, isDrained } = world(pair);
  drain();
  await settle();
  expect(isDrained()).toBe(true);
  const adding = world(pair);
  const added = adding.add('a');
  adding.drain();
  await added;
  await settle();
  expect(adding.isDrained()).toBe(false);
  expect(dispatcher.progress.total).toBe(0);
  await add();
});

it('waits for the figures of the last build, but lets dependants go on', async () => {
  const { dispatcher, add, running, where, drain, isDrained } = world(pair);
  void dispatcher.join(createSession(0, 'one'));
  await add('a');
  drain();
  let measured: (value?: unknown) => void = () => {};
  await running.get('b')?.end('built', new Promise((resolve) => (measured = resolve)));
  expect(where()).toEqual(['a@one']);
  await running.get('a')?.end('built');
  expect(isDrained()).toBe(false);
  measured();
  await settle();
  expect(isDrained()).toBe(true);
});

it('brings what is missing before it starts, and starts without a builder that is lost in between', async () => {
  let arrive: (bytes: number) => void = () => {};
  const inputs = () => new Promise<number>((resolve) => (arrive = resolve));
  const { dispatcher, add, end, where, ledger } = world(
    [facts('a', ['b', 'c']), ...pair.slice(1), facts('c')],
    { staging: { inputs, closure: inputs } },
  );
  for (const [index, name] of ['one', 'two'].entries()) void dispatcher.join(createSession(index, name));
  await add('a');
  const [lost, kept] = where().includes('b@one') ? [0, 'two'] : [1, 'one'];
  await end('b');
  await end('c');
  expect(where()).toEqual([]);
  const arriveFirst = arrive;
  dispatcher.lose(lost, true);
  arriveFirst(5);
  await settle();
  expect(where()).toEqual([]);
  dispatcher.overdue(lost);
  // What only the lost one had is built again when it does not return soon.
  expect(where()).toEqual([`b@${kept}`]);
  expect(ledger.builds().find(({ name }) => name === 'a')).toBeUndefined();
  await end('b');
  expect(where()).toEqual([`a@${kept}`]);
});

it('says what could not be brought, and where, when that was why it gave up', async () => {
  const refuse = () => Promise.reject(new DispatchError('daemon', 'the disk is full', { host: 'one' }));
  const { dispatcher, add, end, ledger, notes, drain, isDrained } = world(
    [facts('a', ['b', 'c']), ...pair.slice(1), facts('c')],
    { staging: { inputs: refuse, closure: refuse } },
  );
  for (const [index, name] of ['one', 'two'].entries()) void dispatcher.join(createSession(index, name));
  await add('a');
  drain();
  for (const name of ['b', 'c']) await end(name);
  expect(isDrained()).toBe(true);
  expect(ledger.builds()[0]?.outcome).toMatchObject({ kind: 'infrastructure', message: 'the disk is full' });
  expect(notes).toContain('trouble one: the disk is full');
});

it('moves what runs on a lost builder, and is not drained by a success that came too late', async () => {
  const { dispatcher, add, running, where, outcomes, drain, isDrained } = world([facts('a')]);
  void dispatcher.join(createSession(0, 'one'));
  await add('a');
  drain();
  const lost = running.get('a');
  dispatcher.lose(0, true);
  expect(lost?.signal.reason).toBe('builder-lost');
  await lost?.end('built');
  expect([where(), isDrained()]).toEqual([[], false]);
  void dispatcher.join(createSession(0, 'again'));
  await settle();
  await settle();
  expect(where()).toEqual(['a@again']);
  await running.get('a')?.end('built');
  expect(isDrained()).toBe(true);
  expect(outcomes()).toEqual(['a built']);
});

it('waits for the ends of attempts on a builder that is gone for good, and tells of it as the machine’s fault', async () => {
  const { dispatcher, add, running, ledger, drain, isDrained } = world([facts('a')]);
  void dispatcher.join(createSession(0, 'one'));
  dispatcher.buildersComplete();
  await add('a');
  const lost = running.get('a');
  dispatcher.lose(0, false);
  drain();
  await settle();
  expect(isDrained()).toBe(false);
  await lost?.end('infrastructure');
  expect(isDrained()).toBe(true);
  expect(ledger.builds()[0]).toMatchObject({
    outcome: { kind: 'infrastructure', builder: 'one', message: 'it ended as infrastructure' },
    attempts: [{ result: 'infrastructure' }],
  });
});

it('says why nobody builds something', async () => {
  const { dispatcher, add, ledger, notes } = world([facts('a', [], { system: 'odd' })]);
  void dispatcher.join(createSession(0, 'one'));
  dispatcher.buildersComplete();
  await add('a');
  expect(notes).toEqual(['gave up a: nobody is that odd']);
  expect(ledger.builds()[0]?.outcome).toMatchObject({
    kind: 'infrastructure',
    message: 'nobody is that odd',
  });
});

it('ends what runs when cancelled, takes nothing new, and waits for nothing but the ends', async () => {
  const { dispatcher, add, running, outcomes, drain, isDrained, ledger } = world([...pair, facts('late')]);
  void dispatcher.join(createSession(0, 'one'));
  await add('a');
  const stopped = running.get('b');
  dispatcher.cancel();
  drain();
  expect(stopped?.signal.reason).toBe('not-needed');
  await settle();
  expect(isDrained()).toBe(false);
  await stopped?.end('cancelled', new Promise(() => {}));
  expect(isDrained()).toBe(true);
  await add('late');
  expect(outcomes()).toEqual(['a cancelled', 'b cancelled']);
  expect(ledger.builds()[1]).toMatchObject({ startedAtMs: 1, attempts: [{ result: 'cancelled' }] });
  expect(dispatcher.progress).toEqual({ total: 2, done: 2, failed: 2 });
});

it('does not wait for a look-up when cancelled', async () => {
  const { dispatcher, add, drain, isDrained } = world(pair, {
    inventory: {
      take: () => new Promise(() => {}),
    },
  });
  void add('a');
  dispatcher.cancel();
  drain();
  await settle();
  expect(isDrained()).toBe(true);
});

it.each([
  [false, ['b failed', 'c built']],
  [true, ['b failed', 'c cancelled']],
])('when a failure cancels (%s) it ends the rest accordingly', async (failFast, expected) => {
  const made = world([facts('b'), facts('c')], {
    failed: () => {
      if (failFast) made.dispatcher.cancel();
    },
  });
  const { dispatcher, add, running, end, outcomes, drain, isDrained } = made;
  void dispatcher.join(createSession(0, 'one', { maxJobs: 2 }));
  await add('b', 'c');
  drain();
  await end('b', 'failed');
  expect(running.get('c')?.signal.aborted).toBe(failFast);
  await end('c', failFast ? 'cancelled' : 'built');
  expect(outcomes()).toEqual(expected);
  expect(isDrained()).toBe(true);
});

it('cancels once, however many dependants a failure has', async () => {
  const many = Array.from({ length: 500 }, (_, index) => facts(`n${index}`, ['b']));
  const schedule = createSchedule();
  const told: string[] = [];
  const apply: Schedule['apply'] = (event, atSeconds) => {
    told.push(event.kind);
    return schedule.apply(event, atSeconds);
  };
  const made = world([facts('b'), ...many], {
    failed: () => made.dispatcher.cancel(),
    schedule: { ...schedule, apply },
  });
  const { dispatcher, add, end, outcomes } = made;
  void dispatcher.join(createSession(0, 'one'));
  await add(...many.map(({ name }) => name));
  await end('b', 'failed');
  expect(told).toEqual(['builder-joined', 'nodes-added', 'finished', 'cancelled']);
  expect(new Set(outcomes().map((line) => line.split(' ')[1]))).toEqual(
    new Set(['failed', 'dependency-failed']),
  );
});

it('tells who added what when the look-up fails, and waits for it no longer', async () => {
  const { add, drain, isDrained } = world(pair, {
    inventory: {
      take: () => Promise.reject(new Error('the runner is silent')),
    },
  });
  await expect(add('b')).rejects.toThrow('the runner is silent');
  drain();
  await settle();
  expect(isDrained()).toBe(true);
});

it('builds what does not need a derivation that can’t be read', async () => {
  const { dispatcher, add, end, outcomes, drain, isDrained } = world([facts('a', ['gone']), facts('b')]);
  void dispatcher.join(createSession(0, 'one'));
  dispatcher.buildersComplete();
  await add('a', 'b');
  drain();
  await end('b');
  expect(outcomes()).toEqual(['a dependency-failed', 'b built', 'gone infrastructure']);
  expect(isDrained()).toBe(true);
});
