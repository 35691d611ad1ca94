import { describe, expect, test } from 'vitest';
import {
  formatBriefly,
  formatBytes,
  formatCpu,
  formatCpuTotal,
  formatDuration,
  formatExactMoment,
  formatMoment,
  logExtent,
  plural,
} from '../../../src/report/durations.ts';
import { artifactName, fileNameOf } from '../../../src/report/file-name.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';

describe('durations', () => {
  test.each([
    [0, '0.0 s'],
    [0.04, '0.0 s'],
    [3.25, '3.3 s'],
    [9.94, '9.9 s'],
    [9.96, '0:10'],
    [59.4, '0:59'],
    [59.5, '1:00'],
    [119.7, '2:00'],
    [119.4, '1:59'],
    [3599.4, '59:59'],
    [3599.6, '1:00:00'],
    [7265, '2:01:05'],
    [360_000, '100:00:00'],
    [-5, '0.0 s'],
    [Number.NaN, '0.0 s'],
  ])('%d seconds are %s', (seconds, expected) => {
    expect(formatDuration(seconds)).toBe(expected);
  });

  test('never show sixty seconds or sixty minutes', () => {
    for (let tenths = 0; tenths < 80_000; tenths += 1) {
      expect(formatDuration(tenths / 10)).not.toMatch(/:60|^60:/);
    }
  });
});

test.each([
  [0, '0 ms', '0:00', '0:00.0'],
  [0.0004, '0 ms', '0:00', '0:00.0'],
  [0.97, '970 ms', '0:00', '0:01.0'],
  [0.9996, '1.0 s', '0:00', '0:01.0'],
  [9.96, '0:10', '0:09', '0:10.0'],
  [10.5, '0:11', '0:10', '0:10.5'],
  [0.1 + 0.2, '300 ms', '0:00', '0:00.3'],
  [3599.95, '1:00:00', '59:59', '1:00:00.0'],
  [-1, '0 ms', '0:00', '0:00.0'],
])('%d seconds are briefly %s; as a moment %s, to the tenth %s', (seconds, briefly, moment, exact) => {
  expect(formatBriefly(seconds)).toBe(briefly);
  expect(formatMoment(seconds)).toBe(moment);
  expect(formatExactMoment(seconds)).toBe(exact);
});

test('what is shown of a log is told in words', () => {
  expect(logExtent(20, 1500)).toBe('Last 20 lines of 1500');
  expect(logExtent(1, 2)).toBe('Last 1 line of 2');
  expect(logExtent(6, 6)).toBe('All 6 lines');
  expect(logExtent(1, 1)).toBe('The only line');
});

test.each([
  [0, 'CPU 0.0 s'],
  [1.2, 'CPU 1.2 s'],
  [3599.4, 'CPU 59:59'],
  [3599.7, 'CPU 1.00 h'],
  [4464, 'CPU 1.24 h'],
])('%d CPU seconds are %s', (seconds, expected) => {
  expect(formatCpuTotal(seconds)).toBe(expected);
});

test('CPU time names its source, an estimate is a bound, nothing is a dash', () => {
  expect(formatCpu({ seconds: 62, source: 'cgroup' })).toBe('1:02 (cgroup)');
  expect(formatCpu({ seconds: 240, source: 'estimate' })).toBe('≤ 4:00 (estimate)');
  expect(formatCpu(undefined)).toBe('–');
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1024 * 1024 - 1, '1.0 MiB'],
  [1.5 * 1024 ** 3, '1.5 GiB'],
  [1024 ** 5, '1024.0 TiB'],
])('%d bytes are %s', (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});

test('plurals', () => {
  expect(plural(1, 'job')).toBe('1 job');
  expect(plural(0, 'job')).toBe('0 jobs');
  expect(plural(2, 'dependency', 'dependencies')).toBe('2 dependencies');
});

describe('file names', () => {
  test('a plain path stays readable', () => {
    expect(fileNameOf(['checks', 'x86_64-linux', 'hello'])).toBe('checks.x86_64-linux.hello');
  });

  test('what is not legal is replaced, and told apart by a hash', () => {
    expect(fileNameOf(['checks', 'x86_64-linux', 'sl/ash:x'])).toMatch(
      /^checks\.x86_64-linux\.sl_ash_x-[0-9a-f]{12}$/,
    );
    expect(fileNameOf(['a', 'sl/ash'])).not.toBe(fileNameOf(['a', 'sl:ash']));
    expect(fileNameOf(['a', 'b.c'])).not.toBe(fileNameOf(['a', 'b', 'c']));
  });

  test('a name that looks like one with a hash cannot take its place', () => {
    const hashed = fileNameOf(['a', 'sl/ash']);
    expect(fileNameOf(hashed.split('.'))).not.toBe(hashed);
  });

  test('any path gives a legal name of its own', () => {
    const paths = [...HOSTILE_TEXTS.map((text) => [text]), ...HOSTILE_TEXTS.map((text) => ['a', text]), []];
    const names = paths.map(fileNameOf);
    expect(new Set(names).size).toBe(paths.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_+=][A-Za-z0-9._+=-]{0,200}$/);
  });
});

test.each([
  ['', 'build-logs', 'build-logs'],
  ['ci', 'build-logs', 'ci-build-logs'],
  ['a/b:"c"\n<d>', 'build-logs', 'a_b__c___d_-build-logs'],
  ['..', 'x', '_-x'],
])('artifact prefix %j', (prefix, rest, expected) => {
  expect(artifactName(prefix, rest)).toBe(expected);
});
