import { expect, it } from 'vitest';
import { createGraph, factsOf, outputPaths } from '../../../../src/dispatch/graph/graph.ts';
import { drv, facts, output } from '../../../support/dispatch/derivations.ts';

it('numbers derivations densely and knows each once', () => {
  const graph = createGraph();
  const ids = ['a', 'b', 'a', 'c'].map((name) => graph.intern(drv(name)).id);
  expect(ids).toEqual([0, 1, 0, 2]);
  expect(graph.nodes.map(({ drvPath }) => drvPath)).toEqual([drv('a'), drv('b'), drv('c')]);
  expect(graph.find(drv('b'))).toBe(graph.node(1));
  expect(graph.find(drv('z'))).toBeUndefined();
  expect(graph.nodes).toHaveLength(3);
});

it('refuses ids and facts that nobody has', () => {
  const graph = createGraph();
  expect(() => graph.node(0)).toThrow('no derivation has the number 0');
  expect(() => factsOf(graph.intern(drv('a')))).toThrow('was not read yet');
});

it('gives a derivation a second node, which is the current one from then on', () => {
  const graph = createGraph();
  const first = graph.intern(drv('a'));
  first.facts = facts('a');
  const second = graph.succeed(first.id);
  expect(second).toMatchObject({ id: 1, drvPath: drv('a'), facts: first.facts, successor: undefined });
  expect(graph.current(first.id)).toBe(second);
  expect(graph.current(second.id)).toBe(second);
  expect(graph.intern(drv('a'))).toBe(first);
});

it('leaves out outputs that are unknown or not there', () => {
  const some = facts('a', [], { outputNames: ['out', 'dev'] });
  expect(outputPaths(some, ['dev', 'doc', 'out'])).toEqual([output('a', 'dev'), output('a')]);
  expect(outputPaths({ ...some, outputs: new Map([['out', undefined]]) }, ['out'])).toEqual([]);
});
