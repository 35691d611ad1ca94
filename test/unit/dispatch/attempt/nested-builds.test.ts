import { expect, it } from 'vitest';
import type { NestedBuild } from '../../../../src/dispatch/attempt/attempt-logs.ts';
import { createGraph } from '../../../../src/dispatch/graph/graph.ts';
import type { AttemptEnd } from '../../../../src/dispatch/ledger/attempt.ts';
import { createLedger } from '../../../../src/dispatch/ledger/ledger.ts';
import { createNestedRecorder } from '../../../../src/dispatch/attempt/nested-builds.ts';
import { drv, facts, output, shelf } from '../../../support/dispatch/derivations.ts';
import { pathInfo } from '../../../support/dispatch/machine.ts';
import { attempt, createSession, noteTaker } from '../../../support/dispatch/session.ts';

/** A build of the daemon's own, from second to second. */
function nested(name: string, from: number, to?: number): NestedBuild {
  return {
    build: { drvPath: drv(name), name, builder: 'one' },
    startedAtMs: from * 1000,
    finishedAtMs: to === undefined ? undefined : to * 1000,
    log: { tail: [`last words of ${name}`], lines: 1, file: `${name}.log` },
  };
}

const endOf = (kind: AttemptEnd['kind']): AttemptEnd => attempt(kind).end;

/** Runs it for builds whose outputs are valid where their name is in `valid`. */
async function record(end: AttemptEnd, valid: readonly string[], ...builds: readonly NestedBuild[]) {
  const graph = createGraph();
  const ledger = createLedger(graph);
  const session = createSession(1, 'one');
  session.machine.add(...valid.map((name) => pathInfo(output(name))));
  const { readFacts } = shelf([
    ...['a', 'b', 'c'].map((name) => facts(name)),
    facts('ca', [], { outputs: new Map([['out', undefined]]) }),
  ]);
  const { notes, observer } = noteTaker();
  const culprit = await createNestedRecorder(
    graph,
    ledger,
    observer,
    readFacts,
  )({ session, slot: 2, end, builds });
  const outcomes = ledger.builds().map(({ name, outcome }) => `${name} ${outcome.kind}`);
  return { culprit, outcomes, notes, ledger, session, graph };
}

it('takes everything for built when the whole was, without asking', async () => {
  const { culprit, outcomes, session, ledger, notes } = await record(
    endOf('built'),
    [],
    nested('a', 1, 2),
    nested('b', 2),
  );
  expect(culprit).toBeUndefined();
  expect(outcomes).toEqual(['a built', 'b built']);
  expect(session.machine.asked).toEqual([]);
  expect(ledger.builds()[0]).toMatchObject({
    startedAtMs: 1000,
    finishedAtMs: 2000,
    slot: 2,
    logFile: 'a.log',
  });
  expect(notes).toEqual(['finished a: built', 'finished b: built']);
});

it('blames the first to stop of those without outputs; the others were stopped for it', async () => {
  const builds = [nested('a', 1, 9), nested('b', 2, 8), nested('c', 3, 4)];
  const { culprit, outcomes, ledger } = await record(endOf('dependency-failed'), ['c'], ...builds);
  expect(culprit).toBe(drv('b'));
  expect(outcomes).toEqual(['a cancelled', 'b failed', 'c built']);
  expect(ledger.builds()[1]?.outcome).toMatchObject({ message: 'last words of b' });
});

it('blames the first of them where the daemon does not say when they stopped', async () => {
  const { culprit, outcomes } = await record(
    endOf('dependency-failed'),
    ['a'],
    nested('a', 1),
    nested('b', 2),
    nested('c', 3),
  );
  expect(culprit).toBe(drv('b'));
  expect(outcomes).toEqual(['a built', 'b failed', 'c failed']);
});

it('blames the last one started where outputs can’t be known', async () => {
  const { culprit, outcomes } = await record(endOf('failed'), [], nested('ca', 1, 2));
  expect(culprit).toBe(drv('ca'));
  expect(outcomes).toEqual(['ca failed']);
});

it.each([
  ['cancelled', 'cancelled'],
  ['timed-out', 'cancelled'],
  ['log-limit', 'cancelled'],
  ['infrastructure', 'infrastructure'],
] as const)(
  'calls nothing failed, and asks nobody, when the operation ended as %s',
  async (kind, expected) => {
    const { culprit, outcomes, session } = await record(endOf(kind), [], nested('a', 1, 2), nested('b', 2));
    expect(culprit).toBeUndefined();
    expect(outcomes).toEqual(['a built', `b ${expected}`]);
    expect(session.machine.asked).toEqual([]);
  },
);

it('books nothing for what is no derivation of ours, yet says that it ended', async () => {
  const { culprit, outcomes, notes, graph } = await record(
    endOf('built'),
    [],
    nested('made-up', 1, 2),
    nested('a', 2),
  );
  expect(culprit).toBeUndefined();
  expect(outcomes).toEqual(['a built']);
  expect(notes).toEqual(['finished made-up: built', 'finished a: built']);
  expect(graph.nodes).toHaveLength(1);
});

it('does with what it knows when the connection is lost while it asks', async () => {
  const graph = createGraph();
  const session = createSession(1, 'one');
  session.machine.patience = () => Promise.reject(new Error('gone'));
  const { readFacts } = shelf([facts('a'), facts('b')]);
  const recorder = createNestedRecorder(graph, createLedger(graph), noteTaker().observer, readFacts);
  const run = { session, slot: 0, end: endOf('failed'), builds: [nested('a', 1, 2), nested('b', 2, 3)] };
  expect(await recorder(run)).toBe(drv('b'));
});
