import { expect, it } from 'vitest';
import { createIntake } from '../../../src/dispatch/intake.ts';
import { settle } from '../../support/dispatch/session.ts';

/** An intake whose taking can be held up. */
function intake() {
  const batches: (readonly number[])[] = [];
  const waiting: {
    readonly go: (later: readonly number[]) => void;
    readonly fail: (reason: Error) => void;
  }[] = [];
  const made = createIntake((nodes) => {
    batches.push(nodes);
    return new Promise((go, fail) => waiting.push({ go, fail }));
  });
  return { ...made, batches, waiting };
}

it('takes nothing before it is open, then what was put in so far at once', async () => {
  const { put, open, batches } = intake();
  for (const node of [1, 2, 1, 3]) put(node);
  await settle();
  expect(batches).toEqual([]);
  open();
  await settle();
  expect(batches).toEqual([[1, 2, 3]]);
});

it('gathers what comes while the batch before is being taken', async () => {
  const { put, open, batches, waiting, emptied } = intake();
  open();
  put(1);
  await settle();
  for (const node of [2, 3, 2]) put(node);
  let isEmpty = false;
  void emptied().then(() => {
    isEmpty = true;
  });
  waiting[0]?.go([]);
  await settle();
  expect(batches).toEqual([[1], [2, 3]]);
  expect(isEmpty).toBe(false);
  waiting[1]?.go([]);
  await settle();
  expect(isEmpty).toBe(true);
  put(4);
  await settle();
  expect(batches).toHaveLength(3);
});

it('is empty at once when nothing was put in', async () => {
  await expect(intake().emptied()).resolves.toBeUndefined();
});

it('says what went wrong, and still takes the rest', async () => {
  const { put, open, batches, waiting, emptied } = intake();
  open();
  put(1);
  await settle();
  waiting[0]?.fail(new Error('no such derivation'));
  await settle();
  put(2);
  await settle();
  expect(batches).toEqual([[1], [2]]);
  waiting[1]?.go([]);
  await expect(emptied()).rejects.toThrow('no such derivation');
});

it('takes again what was put off, and is not empty until then', async () => {
  const { put, open, batches, waiting, emptied, retry } = intake();
  open();
  put(1);
  put(2);
  await settle();
  waiting[0]?.go([2]);
  let isEmpty = false;
  void emptied().then(() => {
    isEmpty = true;
  });
  await settle();
  expect([batches, isEmpty]).toEqual([[[1, 2]], false]);
  retry();
  await settle();
  // What has happened while it was looked at may be what it waits for.
  retry();
  waiting[1]?.go([2]);
  await settle();
  expect([batches, isEmpty]).toEqual([[[1, 2], [2], [2]], false]);
  waiting[2]?.go([]);
  await settle();
  expect(isEmpty).toBe(true);
});
