import { expect, it } from 'vitest';
import { isLevel, quarterMedians } from '../../../scripts/soak/resident-memory.ts';

it('takes the median of each quarter of a run', () => {
  expect(quarterMedians([1, 9, 2, 20, 30, 21, 5, 5, 5, 7, 8, 6])).toEqual([2, 21, 5, 7]);
});

it.each([
  ['where it levels out', [100, 200, 210, 212], true],
  ['after a quarter that was low', [209, 249, 208, 263], true],
  ['where the last quarter is above all', [100, 200, 250, 300], false],
  ['where only the first was higher', [300, 100, 100, 150], false],
])('calls memory level or not: %s', (_where, quarters, level) => {
  expect(isLevel(quarters)).toBe(level);
});
