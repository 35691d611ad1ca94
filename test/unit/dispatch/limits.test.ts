import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AttemptEnd } from '../../../src/dispatch/ledger/attempt.ts';
import { watchLimits, type AttemptLimits, type LimitWatch } from '../../../src/dispatch/limits.ts';

const none: AttemptLimits = { maxSilentMs: undefined, timeoutMs: undefined, maxLogBytes: undefined };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(limits: Partial<AttemptLimits>): LimitWatch & { readonly ends: AttemptEnd[] } {
  const ends: AttemptEnd[] = [];
  return { ...watchLimits({ ...none, ...limits }, (end) => ends.push(end)), ends };
}

it('ends a build that prints nothing, counted from its last line', () => {
  const { ends, sawOutput } = watch({ maxSilentMs: 1000 });
  vi.advanceTimersByTime(900);
  sawOutput(1);
  vi.advanceTimersByTime(999);
  expect(ends).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ends).toEqual([{ kind: 'timed-out', message: 'printed nothing for 1 s (max_silent_time)' }]);
});

it('ends a build that takes too long, whatever it prints', () => {
  const { ends, sawOutput } = watch({ maxSilentMs: 1000, timeoutMs: 2500 });
  for (let second = 0; second < 5; second++) {
    vi.advanceTimersByTime(500);
    sawOutput(second);
  }
  expect(ends).toEqual([{ kind: 'timed-out', message: 'ran longer than 2.5 s (build_timeout)' }]);
});

it('ends a build whose log grows beyond the limit, not at it, and only once', () => {
  const { ends, sawOutput } = watch({ maxLogBytes: 10, maxSilentMs: 1000, timeoutMs: 1000 });
  sawOutput(10);
  expect(ends).toEqual([]);
  sawOutput(11);
  sawOutput(12);
  vi.advanceTimersByTime(5000);
  expect(ends.map(({ kind }) => kind)).toEqual(['log-limit']);
});

it('leaves nothing behind once stopped', () => {
  const { ends, sawOutput, stop } = watch({ maxLogBytes: 1, maxSilentMs: 1000, timeoutMs: 1000 });
  stop();
  expect(vi.getTimerCount()).toBe(0);
  sawOutput(2);
  vi.advanceTimersByTime(5000);
  expect(ends).toEqual([]);
});

it('takes limits that are longer than a timer can wait', () => {
  const month = 31 * 24 * 3600 * 1000;
  const { ends } = watch({ maxSilentMs: month, timeoutMs: month });
  vi.advanceTimersByTime(3_600_000);
  expect(ends).toEqual([]);
});
