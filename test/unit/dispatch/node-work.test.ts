import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGraph } from '../../../src/dispatch/graph/graph.ts';
import { createLedger } from '../../../src/dispatch/ledger/ledger.ts';
import { createNodeWork } from '../../../src/dispatch/node-work.ts';
import type { ScheduleEvent } from '../../../src/dispatch/schedule/events.ts';
import { drv, facts } from '../../support/dispatch/derivations.ts';
import { createSession, noteTaker } from '../../support/dispatch/session.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

function world() {
  const graph = createGraph();
  const node = graph.intern(drv('a'));
  node.facts = facts('a');
  let arrive: (bytes: number) => void = () => {};
  const inputs = () => new Promise<number>((resolve) => (arrive = resolve));
  const told: ScheduleEvent[] = [];
  const context = {
    graph,
    planner: { isClosure: () => false },
    staging: { inputs, closure: inputs },
    ledger: createLedger(graph),
    observer: noteTaker().observer,
    attempt: () => Promise.reject(new Error('nothing is built here')),
    notStaged: async () => {},
  };
  const work = createNodeWork(
    context,
    (event) => void told.push(event),
    () => {},
  );
  const stopping = new AbortController();
  const staging = work.stage(node, createSession(3), stopping.signal);
  return { told, staging, arrive: (bytes: number) => arrive(bytes), stop: () => stopping.abort() };
}

it('tells again and again that inputs are still on their way, until they are there', async () => {
  const { told, staging, arrive } = world();
  vi.advanceTimersByTime(1900);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(2200);
  expect(told).toEqual(Array.from({ length: 2 }, () => ({ kind: 'stage-lasts', node: 0, builder: 3 })));
  arrive(5);
  expect(await staging).toEqual({ kind: 'staged', node: 0, builder: 3 });
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveLength(2);
});

it('tells nothing of inputs that nobody waits for any more', async () => {
  const { told, staging, arrive, stop } = world();
  stop();
  vi.advanceTimersByTime(5000);
  arrive(5);
  await staging;
  expect(told).toEqual([]);
});
