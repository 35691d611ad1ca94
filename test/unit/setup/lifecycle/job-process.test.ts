import { expect, it } from 'vitest';
import { nextJobProcess, type JobProcess } from '../../../../src/setup/lifecycle/job-process.ts';

const [step, wrapper, worker, service] = [0, 1, 2, 3];
const all = [step, wrapper, worker, service];

/** What is known after looks at which these processes ran, by the second. */
function after(...looks: readonly (readonly [second: number, running: readonly number[]])[]): JobProcess {
  let known: JobProcess = { kind: 'in-step' };
  for (const [second, running] of looks) {
    const flags = all.map((one) => running.includes(one));
    known = nextJobProcess(known, flags, second * 1000);
  }
  return known;
}

it('waits for the end of the step, however long it takes', () => {
  expect(after([1, all], [3600, all])).toEqual({ kind: 'in-step' });
});

it.each([
  ['what starts steps', [wrapper, worker, service], wrapper],
  ['what is above a wrapper that ends with the step', [worker, service], worker],
] as const)('takes %s for the job', (_, left, index) => {
  expect(after([1, all], [2, [wrapper, worker, service]], [8, left])).toEqual({ kind: 'known', index });
});

it('is not misled by a wrapper that takes a while to end', () => {
  const slow = after([1, [wrapper, worker]], [5, [wrapper, worker]], [7, [worker]]);
  expect(slow).toEqual({ kind: 'known', index: worker });
});

it('sees the end of the job when that process ends, whatever else there is', () => {
  const seen = [
    [1, [worker, service]],
    [7, [worker, service]],
  ] as const;
  expect(after(...seen, [9, [service]])).toEqual({ kind: 'gone' });
  expect(after(...seen, [9, [service]], [10, [worker]])).toEqual({ kind: 'gone' });
});

it('knows that there is nothing to be seen where all of them end with the step', () => {
  expect(after([1, [wrapper]], [7, []])).toEqual({ kind: 'hidden' });
  expect(nextJobProcess({ kind: 'settling', sinceMs: 0 }, [], 9000)).toEqual({ kind: 'hidden' });
});
