import { expect, it } from 'vitest';
import { MOST_ENTRIES, MOST_SAMPLES, type Entry } from '../../../../src/dispatch/history/durations.ts';
import { parseHistory, printHistory } from '../../../../src/dispatch/history/history-text.ts';

const sample = { seconds: 1.5, derivation: '0abcdfgh', version: '1.0' };
const text = (durations: unknown, version: unknown = 1): string => JSON.stringify({ version, durations });

it('reads what it wrote', () => {
  const entries: Entry[] = [
    { key: 'build x86_64-linux a', samples: [sample, { ...sample, seconds: 0 }] },
    { key: '__proto__', samples: [sample] },
  ];
  expect(parseHistory(printHistory(entries))).toEqual(entries);
});

it.each([
  ['', 'it is not JSON'],
  ['{"version":1,', 'it is not JSON'],
  ['[]', 'it is not a JSON object'],
  ['null', 'it is not a JSON object'],
  ['{}', 'expected version 1, got none'],
  [text({}, 2), 'expected version 1, got 2'],
  [text([]), 'it has no durations'],
])('says why it can make nothing of %j', (given, reason) => {
  expect(parseHistory(given)).toBe(reason);
});

it.each([
  ['a number', 7],
  ['no samples', []],
  ['a sample that is no list', [7]],
  ['text for seconds', [['1', '', '']]],
  ['a negative time', [[-1, '', '']]],
  ['a time without end', [[1e12, '', '']]],
  ['a long derivation', [[1, '0123456789', '']]],
  ['no version', [[1, '']]],
  ['a long version', [[1, '', 'v'.repeat(301)]]],
])('leaves out %s', (_, list) => {
  expect(parseHistory(text({ bad: list, good: [[2, 'd', 'v']] }))).toEqual([
    { key: 'good', samples: [{ seconds: 2, derivation: 'd', version: 'v' }] },
  ]);
});

it('is no larger in memory than what it writes itself', () => {
  const samples = Array.from({ length: 1000 }, () => [1, '', '']);
  expect(parseHistory(text({ a: samples, ['k'.repeat(301)]: samples }))).toEqual([
    {
      key: 'a',
      samples: Array.from({ length: MOST_SAMPLES }, () => ({ seconds: 1, derivation: '', version: '' })),
    },
  ]);
  const many = Object.fromEntries(
    Array.from({ length: MOST_ENTRIES + 10 }, (_, index) => [`k${index}`, [[1, '', '']]]),
  );
  expect(parseHistory(text(many))).toHaveLength(MOST_ENTRIES);
});
