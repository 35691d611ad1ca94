import { expect, it } from 'vitest';
import { createConduct } from '../../../../src/dispatch/machine/conduct.ts';

it('proves a builder wrong by three builds in a row that succeed elsewhere', () => {
  const conduct = createConduct();
  for (const node of [1, 2, 3]) conduct.ended(0, node, 'bad');
  expect(conduct.ended(1, 1, 'good')).toEqual([]);
  expect(conduct.ended(1, 2, 'good')).toEqual([]);
  expect(conduct.ended(1, 3, 'good')).toEqual([0]);
  expect(conduct.ended(1, 4, 'good')).toEqual([]);
});

it('counts from the start again after a build that succeeds there', () => {
  const conduct = createConduct();
  for (const node of [1, 2, 3]) conduct.ended(0, node, 'bad');
  conduct.ended(1, 1, 'good');
  conduct.ended(1, 2, 'good');
  conduct.ended(0, 9, 'good');
  expect(conduct.ended(1, 3, 'good')).toEqual([]);
  expect(conduct.failedInARow(0)).toBe(0);
});

it('holds nothing against a builder where a build fails that fails elsewhere too', () => {
  const conduct = createConduct();
  for (const node of [1, 2, 3, 4]) {
    conduct.ended(0, node, 'bad');
    expect(conduct.ended(1, node, 'bad')).toEqual([]);
    expect([conduct.failedInARow(0), conduct.failedInARow(1)]).toEqual([0, 0]);
  }
  expect(conduct.ended(2, 1, 'good')).toEqual([]);
});

it('proves several builders wrong by the same builds', () => {
  const conduct = createConduct();
  for (const node of [1, 2, 3]) {
    conduct.ended(0, node, 'bad');
    conduct.ended(1, node, 'bad');
  }
  conduct.ended(2, 1, 'good');
  conduct.ended(2, 2, 'good');
  expect(conduct.ended(2, 3, 'good')).toEqual([0, 1]);
});

it('suspects a builder where the last two failed, when another one builds', () => {
  const conduct = createConduct();
  conduct.ended(0, 1, 'bad');
  conduct.ended(0, 2, 'bad');
  expect(conduct.isSuspect(0)).toBe(false);
  conduct.ended(1, 3, 'good');
  expect(conduct.isSuspect(0)).toBe(true);
  expect(conduct.isSuspect(1)).toBe(false);
  conduct.ended(0, 4, 'good');
  expect(conduct.isSuspect(0)).toBe(false);
});
