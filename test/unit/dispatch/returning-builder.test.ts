import { expect, it } from 'vitest';
import { facts, output } from '../../support/dispatch/derivations.ts';
import { dispatcherWorld as world } from '../../support/dispatch/dispatcher-world.ts';
import { pathInfo } from '../../support/dispatch/machine.ts';
import { createSession, settle } from '../../support/dispatch/session.ts';

it.each([
  [['b'], []],
  [[], ['b@one']],
])('asks a builder that returns what it still has: %j, and builds %j again', async (kept, again) => {
  const other = { system: 'aarch64-linux' };
  const { dispatcher, add, end, where } = world([{ ...facts('a', ['b']), ...other }, facts('b')]);
  void dispatcher.join(createSession(0, 'one'));
  await add('a');
  await end('b');
  dispatcher.lose(0, true);
  const back = createSession(0, 'one');
  back.machine.add(...kept.map((name) => pathInfo(output(name))));
  void dispatcher.join(back);
  await settle();
  await settle();
  expect(where()).toEqual(again);
  expect(back.machine.asked.join()).toContain(output('b'));
});

it('asks a builder that comes late what need not be built any more', async () => {
  const { dispatcher, add, where, end, outcomes, drain, isDrained } = world([
    facts('a'),
    facts('b'),
    facts('c'),
  ]);
  void dispatcher.join(createSession(0, 'one'));
  await add('a', 'b', 'c');
  expect(where()).toEqual(['a@one']);
  const late = createSession(1, 'late');
  late.machine.add(...['a', 'b'].map((name) => pathInfo(output(name))));
  void dispatcher.join(late);
  await settle();
  await settle();
  expect(where()).toEqual(['a@one', 'c@late']);
  drain();
  await end('a');
  await end('c');
  expect(isDrained()).toBe(true);
  expect(outcomes()).toEqual(['a built', 'b already-valid', 'c built']);
});
