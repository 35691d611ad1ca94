import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createActivities, withCost } from '../../../src/dispatch/activities.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

it.each([
  ['until it was lost', 0, 8 + 5 + 1],
  ['until it was last heard of', 4000, 4 + 1 + 0],
])('counts what ran on a lost builder %s', (_when, silentMs, seconds) => {
  const active = createActivities();
  const first = active.begin(1, 0, true);
  active.begin(2, 1, true);
  active.begin(3, 0, false);
  vi.advanceTimersByTime(3000);
  active.begin(4, 0, true);
  vi.advanceTimersByTime(4000);
  active.begin(5, 0, true);
  vi.advanceTimersByTime(1000);
  expect(active.abandon(0, silentMs)).toEqual({ builds: 3, seconds });
  expect(first.reason).toBe('builder-lost');
  expect([1, 2, 4, 5].map((node) => active.isBuilding(node))).toEqual([false, true, false, false]);
});

it.each([
  ['it is gone', 0, 'it is gone'],
  ['it is gone', 1, 'it is gone; it cost 2.5 s of work in 1 build that ran there'],
  ['It is gone.', 2, 'It is gone. It cost 2.5 s of work in 2 builds that ran there.'],
])('tells what %j cost %i builds', (message, builds, text) => {
  expect(withCost(message, { builds, seconds: 2.5 })).toBe(text);
});
