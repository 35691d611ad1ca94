import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AttemptEnd } from '../../../src/dispatch/ledger/attempt.ts';
import { watchLimits, type AttemptLimits, type LimitWatch } from '../../../src/dispatch/limits.ts';

const none: AttemptLimits = { maxSilentMs: undefined, timeoutMs: undefined, maxLogBytes: undefined };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(
  limits: Partial<AttemptLimits>,
  isThere = () => Promise.resolve(true),
): LimitWatch & { readonly ends: AttemptEnd[] } {
  const ends: AttemptEnd[] = [];
  const exceeded = (end: AttemptEnd): void => void ends.push(end);
  return { ...watchLimits({ ...none, ...limits }, { isThere, exceeded }), ends };
}

it('ends a build that prints nothing, counted from its last line', async () => {
  const { ends, sawOutput } = watch({ maxSilentMs: 1000 });
  vi.advanceTimersByTime(900);
  sawOutput(1);
  vi.advanceTimersByTime(999);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ends).toEqual([{ kind: 'timed-out', message: 'printed nothing for 1 s (max_silent_time)' }]);
});

it('ends no build whose machine cannot be heard, nor one that is heard of once it can', async () => {
  const answers = [false, true, true];
  const isThere = async (): Promise<boolean> => answers.shift() ?? true;
  const { ends, sawOutput } = watch({ maxSilentMs: 1000 }, isThere);
  await vi.advanceTimersByTimeAsync(1000);
  expect(ends).toEqual([]);
  vi.advanceTimersByTime(1000);
  sawOutput(1);
  await vi.advanceTimersByTimeAsync(999);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ends).toHaveLength(1);
});

it.each([
  { name: 'silent', limits: { maxSilentMs: 1000 } },
  { name: 'late', limits: { timeoutMs: 1000 } },
])(
  'gives a $name build its time once more when it may have begun only with the answer',
  async ({ limits }) => {
    const answerAfterMs = [600, 0];
    const isThere = (): Promise<boolean> =>
      new Promise((resolve) => void setTimeout(() => resolve(true), answerAfterMs.shift()));
    const { ends } = watch(limits, isThere);
    await vi.advanceTimersByTimeAsync(2599);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(10);
    expect(ends).toHaveLength(1);
  },
);

it('ends a build that is late when its machine is heard of again', async () => {
  const answers = [false, false, true];
  const { ends } = watch({ timeoutMs: 1000 }, async () => answers.shift() ?? true);
  await vi.advanceTimersByTimeAsync(2999);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ends).toHaveLength(1);
});

it('ends a build that takes too long, whatever it prints', async () => {
  const { ends, sawOutput } = watch({ maxSilentMs: 1000, timeoutMs: 2500 });
  for (let second = 0; second < 5; second++) {
    await vi.advanceTimersByTimeAsync(500);
    sawOutput(second);
  }
  expect(ends).toEqual([{ kind: 'timed-out', message: 'ran longer than 2.5 s (build_timeout)' }]);
});

it('ends a build whose log grows beyond the limit, not at it, and only once', async () => {
  const { ends, sawOutput } = watch({ maxLogBytes: 10, maxSilentMs: 1000, timeoutMs: 1000 });
  sawOutput(10);
  expect(ends).toEqual([]);
  sawOutput(11);
  sawOutput(12);
  await vi.advanceTimersByTimeAsync(5000);
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
