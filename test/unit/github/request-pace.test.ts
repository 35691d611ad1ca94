import { expect, test } from 'vitest';
import { createRequestPace } from '../../../src/github/request-pace.ts';

test('in no minute are there more than so many', () => {
  let now = 0;
  const pace = createRequestPace(3, () => now);
  const waits: number[] = [];
  for (let sent = 0; sent < 8; sent += 1) {
    waits.push(pace.waitMs);
    now += pace.waitMs;
    pace.sent();
    now += 100;
  }
  expect(waits).toEqual([0, 0, 0, 59_700, 0, 0, 59_700, 0]);
  expect(pace.free).toBe(1);
  now += 60_000;
  expect([pace.free, pace.waitMs]).toEqual([3, 0]);
});
