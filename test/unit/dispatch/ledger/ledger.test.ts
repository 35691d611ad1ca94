import { expect, it } from 'vitest';
import { createGraph } from '../../../../src/dispatch/graph/graph.ts';
import type { AttemptEnd } from '../../../../src/dispatch/ledger/attempt.ts';
import { createLedger, type Ledger } from '../../../../src/dispatch/ledger/ledger.ts';
import type { Settlement } from '../../../../src/dispatch/schedule/events.ts';
import type { EvaluationFailure, Job } from '../../../../src/flake/job.ts';
import { drv, facts, output } from '../../../support/dispatch/derivations.ts';
import { attempt } from '../../../support/dispatch/session.ts';

type End = AttemptEnd['kind'];

function job(name: string): Job {
  return {
    topAttr: 'checks',
    system: 'x86_64-linux',
    attr: name,
    path: ['checks', 'x86_64-linux', name],
    name,
    description: '',
    type: 'derivation',
    label: name,
    drvPath: drv(name),
    outputs: new Map([['out', output(name)]]),
    requiredFeatures: [],
    evaluation: { seconds: 1, memoryBytes: undefined },
    warnings: [],
  };
}

/** A ledger of `a`, which uses `b` and `c`; `a` and `b` are jobs. */
function books(): { readonly ledger: Ledger; readonly graph: ReturnType<typeof createGraph> } {
  const graph = createGraph();
  for (const one of [facts('a', ['b', 'c']), facts('b'), facts('c')]) graph.intern(drv(one.name)).facts = one;
  graph.node(0).inputs = [
    { node: 1, outputs: ['out'] },
    { node: 2, outputs: ['out'] },
  ];
  const ledger = createLedger(graph);
  ledger.jobSelected(job('a'), 0);
  ledger.jobSelected(job('b'), 1);
  return { ledger, graph };
}

// What happened to one derivation, in the order in which the books were told: ends of attempts with their starts, settlements.
const table: readonly (readonly [
  string,
  readonly (readonly [End, number] | Settlement['kind'])[],
  object,
])[] = [
  ['it is built', [['built', 1]], { kind: 'built', builder: 'a' }],
  ['the builder had it', [['already-valid', 1]], { kind: 'already-valid', where: 'a' }],
  ['it fails', [['failed', 1], 'failed'], { kind: 'failed', message: 'it ended as failed' }],
  ['it takes too long', [['timed-out', 1], 'failed'], { kind: 'timed-out' }],
  [
    'it is lost, then built',
    [
      ['infrastructure', 1],
      ['built', 2],
    ],
    { kind: 'built' },
  ],
  [
    'it is built before the end of the lost attempt comes in',
    [
      ['built', 2],
      ['infrastructure', 1],
    ],
    { kind: 'built' },
  ],
  [
    'the end of the last lost attempt comes in late',
    ['infrastructure', ['infrastructure', 1]],
    { kind: 'infrastructure', message: 'it ended as infrastructure' },
  ],
  [
    'it fails after a lost attempt that ends late',
    [['failed', 2], 'failed', ['infrastructure', 1]],
    { kind: 'failed' },
  ],
  ['it is cancelled while it runs', ['cancelled', ['cancelled', 1]], { kind: 'cancelled' }],
  ['it is done when it is cancelled', ['cancelled', ['built', 1]], { kind: 'built' }],
  [
    'it is cancelled while it waits for another try',
    [['infrastructure', 1], 'cancelled'],
    { kind: 'cancelled' },
  ],
  ['it waited for what failed', ['dependency-failed'], { kind: 'dependency-failed', root: drv('c') }],
  [
    'it was lost, then an input fails',
    [['infrastructure', 1], 'dependency-failed'],
    { kind: 'dependency-failed', root: drv('c') },
  ],
  ['nobody can build it', ['no-builder'], { kind: 'infrastructure', builder: undefined, message: 'why' }],
  [
    'those who could are gone',
    ['infrastructure'],
    { kind: 'infrastructure', builder: undefined, message: 'why' },
  ],
  [
    'it is built, lost, and cannot be built again',
    [['built', 1], 'infrastructure'],
    { kind: 'infrastructure' },
  ],
  ['nobody came to it', [], { kind: 'cancelled' }],
];

it.each(table)('%s', (_, happened, outcome) => {
  const { ledger } = books();
  for (const one of happened) {
    if (typeof one === 'string')
      ledger.settled(1, one === 'dependency-failed' ? { kind: one, root: 2 } : { kind: one }, 'why');
    else ledger.attempted(1, attempt(one[0], { startedAtMs: one[1] }));
  }
  expect(ledger.jobs()[1]?.outcome).toMatchObject(outcome);
  expect(ledger.builds().map((build) => build.outcome)).toMatchObject(happened.length === 0 ? [] : [outcome]);
});

it('names the machine that inputs could not be brought to', () => {
  const { ledger } = books();
  ledger.attempted(1, attempt('infrastructure'));
  ledger.notStaged(1, 'b', 'the disk is full');
  ledger.settled(1, { kind: 'infrastructure' }, 'why');
  expect(ledger.jobs()[1]?.outcome).toEqual({
    kind: 'infrastructure',
    builder: 'b',
    message: 'the disk is full',
  });
});

it('reports what existed, without an attempt', () => {
  const { ledger } = books();
  ledger.existed(1, 'local');
  expect(ledger.jobs()[1]).toMatchObject({
    outcome: { kind: 'already-valid', where: 'local' },
    outputs: { out: output('b') },
  });
  expect(ledger.builds()).toMatchObject([{ attempts: [], startedAtMs: undefined, logFile: undefined }]);
});

it('reports what a lost attempt turns out to have built as there', () => {
  const { ledger } = books();
  ledger.attempted(1, attempt('infrastructure'));
  ledger.existed(1, 'a');
  expect(ledger.jobs()[1]?.outcome).toEqual({ kind: 'already-valid', where: 'a' });
  ledger.attempted(1, attempt('built', { startedAtMs: 3000, builder: 'b' }));
  expect(ledger.jobs()[1]?.outcome).toEqual({ kind: 'built', builder: 'b' });
});

it('gives figures and log of the attempt that counts, and all attempts in the order of their starts', () => {
  const { ledger } = books();
  ledger.copied(1, 5);
  ledger.copied(1, 6);
  const good = attempt('built', { startedAtMs: 9, builder: 'b', slot: 3 });
  ledger.attempted(1, good);
  ledger.attempted(
    1,
    attempt('infrastructure', { startedAtMs: 4, log: { tail: ['x'], lines: 9, file: 'b.log' } }),
  );
  ledger.measured(1, { ...good, outputBytes: 70, outputs: new Map([['doc', output('b', 'doc')]]) });
  const [build] = ledger.builds();
  expect(build).toMatchObject({
    startedAtMs: 9,
    slot: 3,
    copiedBytes: 11,
    outputBytes: 70,
    logLines: 1,
    logFile: 'a.log',
  });
  expect(build?.outputs).toEqual({ out: output('b'), doc: output('b', 'doc') });
  expect(build?.attempts.map(({ builder, result }) => [builder, result])).toEqual([
    ['a', 'infrastructure'],
    ['b', 'built'],
  ]);
});

it('blames the machine for a suspect failure once the build has been done elsewhere, and only then', () => {
  const { ledger } = books();
  const suspect = attempt({ kind: 'failed', message: 'killed', isSuspect: true });
  const own = attempt({ kind: 'failed', message: 'no such file' });
  for (const failure of [suspect, own]) ledger.attempted(1, failure);
  const results = (): readonly string[] =>
    ledger.builds().flatMap(({ attempts }) => attempts.map(({ result }) => result));
  expect(results()).toEqual(['failed', 'failed']);
  ledger.attempted(1, attempt('built', { startedAtMs: 3000, builder: 'b' }));
  expect(results()).toEqual(['infrastructure', 'failed', 'built']);
});

it('keeps the end of a log only where somebody will read it', () => {
  const { ledger } = books();
  ledger.attempted(1, attempt('built'));
  ledger.attempted(2, attempt('failed'));
  expect(ledger.builds().map(({ logTail }) => logTail)).toEqual([[], ['the end']]);
});

it('names as dependencies what was a build of the run too', () => {
  const { ledger } = books();
  ledger.attempted(0, attempt('built'));
  ledger.attempted(2, attempt('built'));
  expect(ledger.builds()[0]?.dependencies).toEqual([drv('c')]);
});

it('reports a derivation with two nodes once', () => {
  const { ledger, graph } = books();
  const again = graph.succeed(1).id;
  ledger.attempted(again, attempt('built'));
  expect(ledger.jobs()[1]?.outcome.kind).toBe('built');
  expect(ledger.builds().map(({ drvPath }) => drvPath)).toEqual([drv('b')]);
});

it('reports attributes that do not evaluate as jobs without a derivation', () => {
  const { ledger } = books();
  const place = { topAttr: 'checks', system: '', attr: 'x', path: ['checks', 'x'] };
  const evaluation = { seconds: 2, memoryBytes: undefined };
  const failure: EvaluationFailure = {
    ...place,
    kind: 'evaluation-failed',
    reason: 'error',
    message: 'no',
    position: undefined,
    evaluation,
    warnings: ['w'],
  };
  ledger.jobNotEvaluated(failure);
  expect(ledger.jobs().at(-1)).toMatchObject({
    ...place,
    label: 'checks.x',
    drvPath: undefined,
    outcome: { kind: 'evaluation-failed', message: 'no' },
    evaluationSeconds: 2,
    warnings: ['w'],
  });
});
