import { expect, it } from 'vitest';
import {
  createDurations,
  MOST_ENTRIES,
  MOST_SAMPLES,
  type Durations,
  type Entry,
  type TimedDerivation,
} from '../../../../src/dispatch/history/durations.ts';
import { drv } from '../../../support/dispatch/derivations.ts';

interface Shape {
  readonly of?: string;
  readonly isFetch?: boolean;
  readonly preferLocalBuild?: boolean;
  readonly system?: string;
  readonly granularity?: 'derivation' | 'closure';
}

/** A derivation of that name; `of` tells those of one name apart. */
function timed(name: string, { of = '', granularity = 'derivation', ...more }: Shape = {}): TimedDerivation {
  const facts = { name, system: 'x86_64-linux', isFetch: false, preferLocalBuild: false, ...more };
  return { drvPath: drv(`${name}${of}`), facts, granularity };
}

/** What the next run knows. */
function next(durations: Durations): Durations {
  return createDurations(durations.entries());
}

it('knows nothing at first but that fetches are short', () => {
  const durations = createDurations();
  expect(durations.expectedSeconds(timed('a-1'))).toBeUndefined();
  expect(durations.expectedSeconds(timed('a-1', { isFetch: true }))).toBe(3);
  expect(durations.entries()).toEqual([]);
  expect(durations.hasNews).toBe(false);
});

it('finds the predecessor of a derivation that has changed', () => {
  const durations = createDurations();
  durations.note(timed('a-1.0', { of: 'old' }), 100, 1);
  expect(durations.hasNews).toBe(true);
  const later = next(durations);
  expect(later.expectedSeconds(timed('a-1.0', { of: 'new' }))).toBe(100);
  expect(later.expectedSeconds(timed('a-1.1'))).toBe(100);
  expect(later.expectedSeconds(timed('a-doc-1.1'))).toBeUndefined();
  expect(later.expectedSeconds(timed('a-1.0', { system: 'aarch64-linux' }))).toBeUndefined();
  expect(later.expectedSeconds(timed('a-1.0', { granularity: 'closure' }))).toBeUndefined();
  expect(later.expectedSeconds(timed('a-1.0', { isFetch: true }))).toBe(3);
});

it('prefers the same derivation to the same version, and that to others', () => {
  const durations = createDurations();
  durations.note(timed('a-1.0', { of: 'x' }), 10, 1);
  durations.note(timed('a-1.0', { of: 'y' }), 20, 1);
  durations.note(timed('a-2.0'), 900, 1);
  const later = next(durations);
  expect(later.expectedSeconds(timed('a-1.0', { of: 'x' }))).toBe(10);
  expect(later.expectedSeconds(timed('a-1.0', { of: 'z' }))).toBe(15);
  expect(later.expectedSeconds(timed('a-3.0'))).toBe(20);
});

it('takes the middle of several runs, at speed factor 1', () => {
  const durations = createDurations();
  for (const [seconds, speed] of [
    [10, 2],
    [400, 1],
    [22, 1],
  ] as const) {
    durations.note(timed('a'), seconds, speed);
  }
  expect(durations.expectedSeconds(timed('a'))).toBe(22);
  durations.note(timed('b'), 7, 0);
  expect(durations.expectedSeconds(timed('b'))).toBe(7);
});

it('expects of what is new what others of its sort usually took', () => {
  const durations = createDurations();
  for (const [index, seconds] of [100, 200, 300, 400].entries()) {
    durations.note(timed(`p${index}`), seconds, 1);
    durations.note(timed(`f${index}`, { isFetch: true }), seconds / 10, 1);
  }
  expect(next(durations).expectedSeconds(timed('new'))).toBeUndefined();
  durations.note(timed('p4'), 9999, 1);
  durations.note(timed('f4', { isFetch: true }), 9999, 1);
  const later = next(durations);
  expect(later.expectedSeconds(timed('new'))).toBe(300);
  expect(later.expectedSeconds(timed('new', { isFetch: true }))).toBe(30);
  expect(later.expectedSeconds(timed('new', { preferLocalBuild: true }))).toBeUndefined();
});

it('remembers no more than it should, and of that the latest', () => {
  const durations = createDurations();
  for (let count = 0; count < 2 * MOST_SAMPLES; count++) durations.note(timed('a'), count, 1);
  expect(durations.entries()[0]?.samples.map(({ seconds }) => seconds)).toEqual(
    Array.from({ length: MOST_SAMPLES }, (_, index) => MOST_SAMPLES + index),
  );
  const many: Entry[] = Array.from({ length: MOST_ENTRIES }, (_, index) => ({
    key: `build s p${index}`,
    samples: [{ seconds: 1, derivation: '', version: '' }],
  }));
  const full = createDurations(many);
  full.note(timed('b'), 1, 1);
  expect(full.entries()).toHaveLength(MOST_ENTRIES);
  expect(full.entries().at(-1)?.key).toBe('build x86_64-linux b');
  expect(full.entries()[0]?.key).toBe('build s p1');
});

it('adds what it learned to what another run has learned since', () => {
  const start = createDurations();
  start.note(timed('a'), 10, 1);
  start.note(timed('untouched'), 7, 1);
  const [one, other] = [next(start), next(start)];
  one.note(timed('a'), 11, 1);
  one.note(timed('b'), 5, 1);
  other.note(timed('a'), 12, 1);
  other.merge(one.entries());
  const seconds = Object.fromEntries(
    other.entries().map(({ key, samples }) => [key, samples.map((sample) => sample.seconds)]),
  );
  expect(seconds).toEqual({
    'build x86_64-linux untouched': [7],
    'build x86_64-linux a': [10, 11, 12],
    'build x86_64-linux b': [5],
  });
});
