import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Hearing } from '../../../../src/dispatch/machine/is-there.ts';
import type { AttemptEnd } from '../../../../src/dispatch/ledger/attempt.ts';
import { watchLimits, type AttemptLimits, type LimitWatch } from '../../../../src/dispatch/attempt/limits.ts';

const none: AttemptLimits = { maxSilentMs: undefined, timeoutMs: undefined, maxLogBytes: undefined };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(
  limits: Partial<AttemptLimits>,
  hear: () => Promise<Hearing> = () => Promise.resolve('answers'),
): LimitWatch & { readonly ends: AttemptEnd[] } {
  const ends: AttemptEnd[] = [];
  const exceeded = (end: AttemptEnd): void => void ends.push(end);
  return { ...watchLimits({ ...none, ...limits }, { hear, exceeded }), ends };
}

it('ends a build that prints nothing, counted from its last line', async () => {
  const { ends, sawOutput } = watch({ maxSilentMs: 1000 });
  await vi.advanceTimersByTimeAsync(900);
  sawOutput(1);
  await vi.advanceTimersByTimeAsync(999);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ends).toEqual([{ kind: 'timed-out', message: 'printed nothing for 1 s (max_silent_time)' }]);
});

/** A machine whose network is cut in these spans, in ms from now: what is asked then is answered at their end. */
function cutIn(...spans: readonly (readonly [number, number])[]): () => Promise<Hearing> {
  const beganAt = performance.now();
  return async () => {
    const now = performance.now() - beganAt;
    const span = spans.find(([from, to]) => from <= now && now < to);
    if (span !== undefined) await new Promise((resolve) => void setTimeout(resolve, span[1] - now));
    return 'answers';
  };
}

/** A machine that answers nothing before then. */
function lostUntil(ms: number): () => Promise<Hearing> {
  const beganAt = performance.now();
  return async () => (performance.now() - beganAt > ms ? 'answers' : 'lost');
}

const kinds = [
  { name: 'silent', limits: { maxSilentMs: 1000 } },
  { name: 'late', limits: { timeoutMs: 1000 } },
];

describe.each(kinds)('a $name build', ({ limits }) => {
  it.each([
    { what: 'is cut off at its limit', hear: () => cutIn([900, 1600]), endsAt: 2600 },
    { what: 'was cut off until just before its limit', hear: () => cutIn([0, 999]), endsAt: 1999 },
    { what: 'is cut off twice', hear: () => cutIn([100, 600], [1300, 1700]), endsAt: 2700 },
    { what: 'is slow to answer, but not very', hear: () => cutIn([0, 90], [950, 1010]), endsAt: 1010 },
    { what: 'is being lost', hear: () => lostUntil(1500), endsAt: 2500 },
  ])('gets its time from when its machine can be heard, where that $what', async ({ hear, endsAt }) => {
    const { ends } = watch(limits, hear());
    await vi.advanceTimersByTimeAsync(endsAt - 20);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(150);
    expect(ends).toHaveLength(1);
  });

  it('is ended all the same where a machine takes its time again and again', async () => {
    const slowly = (): Promise<Hearing> =>
      new Promise((resolve) => void setTimeout(() => resolve('answers'), 300));
    const { ends } = watch(limits, slowly);
    await vi.advanceTimersByTimeAsync(5900);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(500);
    expect(ends).toHaveLength(1);
  });

  it('is not to blame for a daemon that hangs', async () => {
    const hangs = (): Promise<Hearing> =>
      new Promise((resolve) => void setTimeout(() => resolve('hangs'), 5000));
    const { ends } = watch(limits, hangs);
    await vi.advanceTimersByTimeAsync(5100);
    expect(ends).toEqual([{ kind: 'infrastructure', message: 'its daemon does not answer any more' }]);
  });
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

it.each([
  [59_000, '59 s'],
  [60_000, '1 min'],
  [90_000, '1 min 30 s'],
  [5_400_000, '1 h 30 min'],
  [7_200_000, '2 h'],
])('tells a limit of %i ms as %s', async (timeoutMs, words) => {
  const { ends } = watch({ timeoutMs });
  await vi.advanceTimersByTimeAsync(timeoutMs + 1000);
  expect(ends).toMatchObject([{ message: `ran longer than ${words} (build_timeout)` }]);
});

it('tells the size of a log in units', () => {
  const { ends, sawOutput } = watch({ maxLogBytes: 64 * 1024 ** 2 });
  sawOutput(65 * 1024 ** 2);
  expect(ends).toMatchObject([{ message: 'its log is larger than 64.0 MiB (max_log_size)' }]);
});
