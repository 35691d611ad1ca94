import { expect, it } from 'vitest';
import { withBusyTime } from '../../../../src/dispatch/busy-time.ts';
import { createSlots } from '../../../../src/dispatch/fleet/slots.ts';
import type { BuildReport } from '../../../../src/report/run-report.ts';

it('gives the lowest free slot', () => {
  const slots = createSlots();
  expect([slots.take(), slots.take(), slots.take()]).toEqual([0, 1, 2]);
  slots.free(1);
  slots.free(0);
  expect([slots.take(), slots.take(), slots.take()]).toEqual([0, 1, 3]);
});

it('counts every attempt as busy time of its builder, the lost ones too', () => {
  const tried = (builder: string, startedAtMs: number, finishedAtMs: number) => ({
    builder,
    startedAtMs,
    finishedAtMs,
  });
  const builds = [
    { attempts: [tried('a', 1000, 3000), tried('b', 3000, 3500)] },
    { attempts: [tried('a', 0, 1000)] },
  ] as unknown as BuildReport[];
  const report = withBusyTime(builds);
  const plain = { name: 'a' } as Parameters<typeof report>[0];
  expect(['a', 'b', 'c'].map((name) => report({ ...plain, name }).busySeconds)).toEqual([3, 0.5, 0]);
});
