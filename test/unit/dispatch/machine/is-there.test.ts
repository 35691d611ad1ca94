import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hear, whyNotAnswering } from '../../../../src/dispatch/machine/is-there.ts';
import type { Store } from '../../../../src/dispatch/stores/store.ts';
import { DispatchError } from '../../../../src/errors.ts';
import { createSession } from '../../../support/dispatch/session.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Behaviour = 'answers' | 'drops' | 'hangs';

/** A machine whose daemon does these things to questions, one after the other. */
function machine(...behaviours: readonly Behaviour[]) {
  const left = [...behaviours];
  const question = (): Promise<never> => {
    switch (left.shift()) {
      case 'answers':
        return Promise.resolve() as Promise<never>;
      case 'drops':
        return Promise.reject(new DispatchError('connection-lost', 'gone'));
      case 'hangs':
      case undefined:
        return new Promise(() => {});
    }
  };
  const store: Pick<Store, 'ask' | 'use'> = { ask: question, use: question };
  const session = createSession(0);
  return { name: session.name, store: Object.assign(session.store, store) };
}

it.each([
  ['answers', 'answers'],
  ['drops', 'lost'],
  ['hangs', 'hangs'],
] as const)('hears of a daemon that %s that it %s', async (behaviour, heard) => {
  const hearing = hear(machine(behaviour));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await hearing).toBe(heard);
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  [['answers'], undefined],
  [['drops', 'answers'], undefined],
  [['drops', 'drops'], 'connection-lost'],
  [['hangs'], 'timed-out'],
  [['drops', 'hangs'], 'timed-out'],
] as const)('asks a daemon that %s whether it is there', async (behaviours, code) => {
  const asking = whyNotAnswering(machine(...behaviours));
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await asking)?.code).toBe(code);
  expect(vi.getTimerCount()).toBe(0);
});
