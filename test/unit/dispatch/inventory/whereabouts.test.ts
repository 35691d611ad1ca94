import { expect, it } from 'vitest';
import { createGraph } from '../../../../src/dispatch/graph/graph.ts';
import type { Presence } from '../../../../src/dispatch/graph/plan.ts';
import { holdersOf, whereIs } from '../../../../src/dispatch/inventory/whereabouts.ts';
import { drv, facts, output } from '../../../support/dispatch/derivations.ts';
import { createMachine, pathInfo } from '../../../support/dispatch/machine.ts';
import { createSession } from '../../../support/dispatch/session.ts';

const existing = (locations: readonly number[], onRunner = false, substitutable = false): Presence => ({
  kind: 'existing',
  locations,
  onRunner,
  substitutable,
  cache: undefined,
  narSizeBytes: 0,
});
const missing: Presence = { kind: 'missing' };

const one = createSession(1, 'one');
const two = createSession(2, 'two');

it.each([
  ['nowhere', missing, undefined],
  ['on builders, the first of which is named', existing([2, 1], true), 'one'],
  ['on the runner', existing([], true, true), 'local'],
  ['in a cache of a builder', existing([], false, true), 'binary cache'],
  ['in a cache of ours', { ...existing([], false, true), cache: 's3://ours' }, 's3://ours'],
  ['on a builder and in a cache', { ...existing([1]), cache: 's3://ours' }, 'one'],
])('says where something exists: %s', (_, presence, expected) => {
  expect(whereIs(presence, [one, two])).toBe(expected);
});

it('lists stores that hold everything before those that are only said to, and the runner before builders', async () => {
  const graph = createGraph();
  const node = graph.intern(drv('a'));
  node.facts = facts('a', [], { outputNames: ['out', 'dev'] });
  const runner = createMachine('runner');
  const holders = (presence: Presence): string[] =>
    holdersOf(node, presence, [one, two], runner.store).map(({ name }) => name);

  expect(holders(missing)).toEqual([]);
  expect(holders(existing([1, 2], true))).toEqual(['runner', 'one', 'two']);
  two.machine.add(pathInfo(output('a')), pathInfo(output('a', 'dev')));
  one.machine.add(pathInfo(output('a')));
  for (const { store } of [one, two]) await store.hold([output('a'), output('a', 'dev')]);
  expect(holders(missing)).toEqual(['two']);
  expect(holders(existing([1], true))).toEqual(['two', 'runner', 'one']);
  runner.add(pathInfo(output('a')), pathInfo(output('a', 'dev')));
  await runner.store.hold([output('a'), output('a', 'dev')]);
  expect(holders(missing)).toEqual(['runner', 'two']);
});

it('lists nobody as certain for a derivation whose outputs nobody knows yet', () => {
  const node = createGraph().intern(drv('ca'));
  node.facts = facts('ca', [], { outputs: new Map([['out', undefined]]) });
  expect(holdersOf(node, missing, [one, two], one.store)).toEqual([]);
});
