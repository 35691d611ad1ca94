import { describe, expect, test } from 'vitest';
import { rowAfterKey, rowsToMake, topThatShows } from '../../../../src/report/html/page/table-window.ts';

/** Ten rows high, the head among them. */
const HEIGHT = 300;

describe('the window onto the table', () => {
  test.each([
    { top: 0, first: 0, last: 34 },
    { top: 359, first: 0, last: 34 },
    { top: 600, first: 8, last: 42 },
    { top: 2700, first: 78, last: 100 },
  ])('scrolled down by $top has rows $first to $last', ({ top, first, last }) => {
    expect(rowsToMake({ top, height: HEIGHT }, 100)).toEqual({ first, last });
  });

  test('makes no more rows than there are', () => {
    expect(rowsToMake({ top: 0, height: HEIGHT }, 3)).toEqual({ first: 0, last: 3 });
  });

  test.each([
    { index: 12, top: 300, name: 'that is in sight' },
    { index: 9, top: 270, name: 'above' },
    { index: 18, top: 300, name: 'that just fits' },
    { index: 19, top: 330, name: 'below' },
  ])('moves no further than needed for a row $name', ({ index, top }) => {
    expect(topThatShows(index, { top: 300, height: HEIGHT })).toBe(top);
  });

  test.each([
    { key: 'ArrowDown', from: 5, to: 6 },
    { key: 'ArrowDown', from: -1, to: 0 },
    { key: 'ArrowDown', from: 99, to: 99 },
    { key: 'ArrowUp', from: 5, to: 4 },
    { key: 'ArrowUp', from: 0, to: 0 },
    { key: 'PageDown', from: 5, to: 13 },
    { key: 'PageUp', from: 20, to: 12 },
    { key: 'PageUp', from: 5, to: 0 },
    { key: 'Home', from: 5, to: 0 },
    { key: 'End', from: 5, to: 99 },
    { key: 'x', from: 5, to: undefined },
  ])('goes with $key from row $from to $to', ({ key, from, to }) => {
    expect(rowAfterKey(key, from, 100, { top: 0, height: HEIGHT })).toBe(to);
  });

  test('goes at least one row a page, however low it is', () => {
    expect(rowAfterKey('PageDown', 5, 100, { top: 0, height: 30 })).toBe(6);
  });
});
