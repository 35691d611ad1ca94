import { expect, it } from 'vitest';
import { referencesFirst } from '../../../../src/dispatch/graph/copy-order.ts';
import { output } from '../../../support/dispatch/derivations.ts';

const referring = (name: string, ...references: readonly string[]) => ({
  path: output(name),
  references: references.map((one) => output(one)),
});
const order = (...infos: readonly ReturnType<typeof referring>[]): string[] =>
  referencesFirst(infos).map(({ path }) => path.slice(44));

it.each([
  ['what is referred to first', [referring('a', 'b'), referring('b', 'c'), referring('c')], ['c', 'b', 'a']],
  ['references to itself and to others', [referring('a', 'a', 'elsewhere')], ['a']],
  [
    'a diamond once',
    [referring('a', 'b', 'c'), referring('b', 'd'), referring('c', 'd'), referring('d')],
    ['d', 'c', 'b', 'a'],
  ],
  ['nothing', [], []],
])('orders %s', (_, infos, expected) => {
  expect(order(...infos)).toEqual(expected);
});

it('ends with paths that refer to each other in a circle, as a broken store could say', () => {
  expect(order(referring('a', 'b'), referring('b', 'a')).toSorted()).toEqual(['a', 'b']);
});

it('takes a chain of 20,000', () => {
  const chain = Array.from({ length: 20_000 }, (_, index) => referring(`${index}`, `${index + 1}`));
  expect(order(...chain).at(0)).toBe('19999');
});
