import { expect, it } from 'vitest';
import { createGraph, type DerivationFacts } from '../../../src/dispatch/graph/graph.ts';
import { createInventory } from '../../../src/dispatch/inventory/inventory.ts';
import { createLedger } from '../../../src/dispatch/ledger/ledger.ts';
import { drv, facts, shelf } from '../../support/dispatch/derivations.ts';
import { eagerPlanner } from '../../support/dispatch/eager-planner.ts';
import { attempt } from '../../support/dispatch/session.ts';

const layers = 150;
const width = 100;
/** Inputs of a derivation: enough that a graph of a real package set is no worse. */
const fanIn = 12;

/** 15,000 derivations in layers, and a root over the last. */
function large(): DerivationFacts[] {
  const all: DerivationFacts[] = [];
  const name = (layer: number, place: number): string => `n${layer}-${place % width}`;
  for (let layer = 0; layer < layers; layer++) {
    for (let place = 0; place < width; place++) {
      const inputs =
        layer === 0 ? [] : Array.from({ length: fanIn }, (_, step) => name(layer - 1, place + step * 7));
      all.push(facts(name(layer, place), inputs));
    }
  }
  return [
    facts(
      'root',
      Array.from({ length: width }, (_, place) => name(layers - 1, place)),
    ),
    ...all,
  ];
}

async function timed<T>(work: () => T | Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const began = performance.now();
  const value = await work();
  return { value, ms: performance.now() - began };
}

it('looks up, plans and reports 15,001 derivations in little time', async () => {
  const all = large();
  const { readFacts } = shelf(all);
  const graph = createGraph();
  let questions = 0;
  const store = {
    builder: 0,
    isRunner: true,
    async validPaths() {
      questions += 1;
      return new Set<never>();
    },
    substitutablePaths: async () => new Set<never>(),
    narSizes: async () => new Map<never, number>(),
  };
  const inventory = createInventory({ caches: [], graph, readFacts, stores: () => [store] });
  const planner = eagerPlanner(graph, (node) => inventory.presence(node));
  const root = graph.intern(drv('root')).id;

  const lookedUp = await timed(() => inventory.take([root]));
  expect(questions).toBe(layers + 1);
  const planned = await timed(() => planner.plan([root]));
  expect(planned.value).toHaveLength(all.length);

  const ledger = createLedger(graph);
  const booked = await timed(() => {
    for (const node of graph.nodes) ledger.attempted(node.id, attempt('built'));
    return ledger.builds();
  });
  expect(booked.value).toHaveLength(all.length);
  expect(booked.value[0]?.dependencies).toHaveLength(width);
  for (const { ms } of [lookedUp, planned, booked]) expect(ms).toBeLessThan(2000);
});

it('plans a chain of 15,000 without running out of stack', async () => {
  const all = Array.from({ length: 15_000 }, (_, index) =>
    facts(`c${index}`, index === 14_999 ? [] : [`c${index + 1}`]),
  );
  const graph = createGraph();
  for (const one of all) {
    const node = graph.intern(drv(one.name));
    node.facts = one;
    node.inputs = [...one.inputDerivations].map(([drvPath, outputs]) => ({
      node: graph.intern(drvPath).id,
      outputs,
    }));
  }
  const planner = eagerPlanner(graph, () => ({ kind: 'missing' }));
  const { value, ms } = await timed(() => planner.plan([0]));
  expect(value.at(-1)?.id).toBe(0);
  expect(value).toHaveLength(15_000);
  expect(ms).toBeLessThan(2000);
});
