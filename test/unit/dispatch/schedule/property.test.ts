import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AttemptResult, ScheduleNode } from '../../../../src/dispatch/schedule/events.ts';
import { createCheckedWorld, type CheckedWorld } from '../../../support/schedule/checked-world.ts';
import { build, builder, existing } from '../../../support/schedule/make.ts';

const BUILDERS = 4;
const SYSTEMS = ['x86_64-linux', 'aarch64-linux', 'builtin'];
const RESULTS: AttemptResult['kind'][] = ['failed', 'infrastructure', 'suspect'];
const FEATURES = ['kvm', 'big-parallel'];

const someOf = (words: string[]): fc.Arbitrary<string[]> => fc.subarray(words);

const anyBuilder = (id: number) =>
  fc
    .record({
      systems: fc.constantFrom(['x86_64-linux'], ['x86_64-linux', 'aarch64-linux'], ['aarch64-linux']),
      supportedFeatures: fc.oneof({ weight: 2, arbitrary: fc.constant(FEATURES) }, someOf(FEATURES)),
      mandatoryFeatures: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, someOf(FEATURES)),
      maxJobs: fc.integer({ min: 1, max: 4 }),
      speedFactor: fc.constantFrom(0.5, 1, 4),
      granularity: fc.constantFrom('derivation' as const, 'derivation' as const, 'closure' as const),
    })
    .map((offer) => builder(id, offer));

/** Nodes in batches; the ids run against the order of adding in half of the cases. */
const anyGraph = fc
  .tuple(
    fc.array(
      fc.record({
        isExisting: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 2),
        below: fc.array(fc.nat(), { maxLength: 4 }),
        system: fc.constantFrom('x86_64-linux', ...SYSTEMS),
        requiredFeatures: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, someOf(FEATURES)),
        granularity: fc.constantFrom('derivation' as const, 'closure' as const),
        expectedSeconds: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
        sourceBytes: fc.constantFrom(0, 0, 1000),
        locations: fc.array(fc.nat({ max: BUILDERS }), { maxLength: 2 }),
        substitutable: fc.boolean(),
      }),
      { minLength: 5, maxLength: 30, size: 'max' },
    ),
    fc.boolean(),
  )
  .map(([shapes, isReversed]) =>
    shapes.map((shape, index): ScheduleNode => {
      const idOf = (order: number): number => (isReversed ? 1000 - order : order);
      const { isExisting, below, locations, substitutable, ...rest } = shape;
      if (isExisting) return existing(idOf(index), locations, { substitutable });
      const dependencies = index === 0 ? [] : below.map((pick) => idOf(pick % index));
      return build(idOf(index), dependencies, rest);
    }),
  );

const anyStep = fc.record({ what: fc.nat({ max: 99 }), which: fc.nat(), flag: fc.boolean() });

interface Run {
  readonly world: CheckedWorld;
  readonly offers: readonly ReturnType<typeof builder>[];
  readonly toAdd: ScheduleNode[];
}

function takeStep({ world, offers, toAdd }: Run, step: { what: number; which: number; flag: boolean }): void {
  const { what, which, flag } = step;
  const offer = offers[which % offers.length];
  if (what < 15) {
    const nodes = toAdd.splice(0, 1 + (which % 8));
    if (nodes.length > 0) world.tell({ kind: 'nodes-added', nodes });
  } else if (what < 25 && offer !== undefined && !world.present.has(offer.id)) {
    const kept = world.absent(offer.id).filter((id) => flag || id % 2 === 0);
    // Somebody else may have built things there.
    const found = world.open().filter((id) => which % 3 === 0 && id % 4 === 0);
    const holds = [...new Set([...kept, ...found])];
    world.tell({ kind: 'builder-joined', builder: offer, holds });
  } else if (what < 31 && offer !== undefined && world.present.has(offer.id)) {
    world.tell({ kind: 'builder-lost', builder: offer.id, mayReturn: flag });
  } else if (what < 33 && offer !== undefined && !world.present.has(offer.id)) {
    world.tell({ kind: 'builder-overdue', builder: offer.id });
  } else if (what === 33 && toAdd.length === 0) {
    world.tell({ kind: 'outputs-gone', nodes: world.built().filter((id) => id % 3 === which % 3) });
  } else if (what < 35 && offer !== undefined && world.present.has(offer.id)) {
    world.tell({ kind: 'slots-changed', builder: offer.id, maxJobs: which % 3 });
  } else if (what < 40) {
    for (const { kind, ...place } of world.pending) {
      if (kind === 'stage' && place.node % 2 === which % 2) world.tell({ kind: 'stage-lasts', ...place });
    }
  } else if (what === 98 && flag) world.tell({ kind: 'builders-complete' });
  else if (what === 99 && flag) world.tell({ kind: 'cancelled' });
  else answer(world, which, RESULTS[what % 10] ?? 'built');
}

function answer(world: CheckedWorld, which: number, kind: AttemptResult['kind']): void {
  const one = world.pending[which % Math.max(1, world.pending.length)];
  if (one === undefined) return;
  const place = { node: one.node, builder: one.builder };
  if (one.kind === 'stage') world.tell({ kind: kind === 'built' ? 'staged' : 'stage-failed', ...place });
  else
    world.tell({
      kind: 'finished',
      ...place,
      result: kind === 'built' ? { kind, narSizeBytes: 9 } : { kind },
    });
}

it('never overruns a slot, skips an input, does a thing twice or forgets one, whatever happens', () => {
  const offers = fc.tuple(...Array.from({ length: BUILDERS }, (_, id) => anyBuilder(id)));
  const steps = fc.array(anyStep, { minLength: 20, maxLength: 150, size: 'max' });
  fc.assert(
    fc.property(offers, anyGraph, steps, (offers, nodes, steps) => {
      const run: Run = { world: createCheckedWorld(), offers, toAdd: [...nodes] };
      for (const step of steps) takeStep(run, step);
      const { world, toAdd } = run;
      if (toAdd.length > 0) world.tell({ kind: 'nodes-added', nodes: toAdd });
      world.tell({ kind: 'builders-complete' });
      for (const { id } of offers) {
        if (!world.present.has(id)) world.tell({ kind: 'builder-lost', builder: id, mayReturn: false });
      }
      while (world.pending.length > 0) answer(world, 0, 'built');
      const drained = world.open();
      expect(drained).toEqual([]);
    }),
    // The same worlds each time, so that whoever changes something knows that it was that. Others: FC_SEED, FC_RUNS.
    { seed: Number(process.env['FC_SEED'] ?? 633_371_117), numRuns: Number(process.env['FC_RUNS'] ?? 500) },
  );
});
