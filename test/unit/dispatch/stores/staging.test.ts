import { expect, it } from 'vitest';
import { createGraph, type GraphNode } from '../../../../src/dispatch/graph/graph.ts';
import { MissingInput } from '../../../../src/dispatch/stores/missing-input.ts';
import { createStaging, inputPathsOf, type Staging } from '../../../../src/dispatch/stores/staging.ts';
import type { Store } from '../../../../src/dispatch/stores/store.ts';
import { drv, facts, output, storePath } from '../../../support/dispatch/derivations.ts';
import { createMachine, pathInfo, type Machine } from '../../../support/dispatch/machine.ts';

const source = storePath('source');

interface World {
  readonly staging: Staging;
  readonly node: GraphNode;
  readonly runner: Machine;
  readonly one: Machine;
  readonly two: Machine;
  /** By name of the input derivation. */
  readonly holders: Map<string, readonly Store[]>;
  readonly substitutable: Set<string>;
  readonly cached: Set<string>;
  readonly failures: readonly string[];
}

/** A build with a source on the runner, and the inputs `x!out,dev` and `y`; builders `one` and `two`. */
function world(): World {
  const graph = createGraph();
  const all = [
    facts('main', ['x!out,dev', 'y'], { inputSources: [source] }),
    facts('x', [], { outputNames: ['out', 'dev', 'doc'] }),
    facts('y'),
  ];
  for (const one of all) graph.intern(drv(one.name)).facts = one;
  const node = graph.node(0);
  node.inputs = [
    { node: 1, outputs: ['out', 'dev'] },
    { node: 2, outputs: ['out'] },
  ];
  const [runner, one, two] = [createMachine('runner'), createMachine('one'), createMachine('two')];
  runner.add(pathInfo(source));
  const holders = new Map<string, readonly Store[]>();
  const substitutable = new Set<string>();
  const cached = new Set<string>();
  const failures: string[] = [];
  const nameOf = (id: number): string => graph.node(id).facts?.name ?? '';
  const staging = createStaging({
    graph,
    runner: runner.store,
    holders: (id) => holders.get(nameOf(id)) ?? [],
    otherStores: () => [one.store, two.store],
    substitutable: (id) => substitutable.has(nameOf(id)),
    isOnlyCached: (id) => cached.has(nameOf(id)),
    cacheFailed: ({ message }) => void failures.push(message),
  });
  expect(inputPathsOf(graph, node)).toEqual([source, output('x'), output('x', 'dev'), output('y')]);
  return { staging, node, runner, one, two, holders, substitutable, cached, failures };
}

const inputs = [output('x'), output('x', 'dev'), output('y')];
const sent = (machine: Machine): number => machine.asked.filter((what) => what.startsWith('nar')).length;

async function hold(machine: Machine, ...paths: readonly (typeof source)[]): Promise<void> {
  machine.add(...paths.map((path) => pathInfo(path)));
  await machine.store.hold(paths);
}

it('asks nobody about what is known to be there', async () => {
  const { staging, node, one } = world();
  await hold(one, source, ...inputs);
  one.asked.length = 0;
  expect(await staging.inputs(node, one.store)).toBe(0);
  expect(one.asked).toEqual([]);
});

it('copies each input from where it is held, sources from the runner', async () => {
  const { staging, node, runner, one, two, holders } = world();
  await hold(two, ...inputs);
  holders.set('x', [two.store]).set('y', [two.store]);
  expect(await staging.inputs(node, one.store)).toBe(400);
  expect(sent(runner)).toBe(1);
  expect(sent(two)).toBe(3);
});

it('has the builder fetch what its caches have, and copies what they turn out not to', async () => {
  const { staging, node, one, two, substitutable } = world();
  for (const name of ['x', 'y']) substitutable.add(name);
  one.cache.add(output('x')).add(output('y'));
  two.add(pathInfo(output('x', 'dev')));
  expect(await staging.inputs(node, one.store)).toBe(200);
  expect(sent(two)).toBe(1);
  expect([...inputs, source].every((path) => one.paths.has(path))).toBe(true);
});

it('has the runner fetch them too, when that is the builder', async () => {
  const { staging, node, runner, substitutable } = world();
  for (const name of ['x', 'y']) substitutable.add(name);
  for (const path of inputs) runner.cache.add(path);
  expect(await staging.inputs(node, runner.store)).toBe(0);
  expect(inputs.every((path) => runner.paths.has(path))).toBe(true);
});

it('finds what was collected where it should be, on whoever has it', async () => {
  const { staging, node, runner, one, two, holders } = world();
  holders.set('x', [one.store, two.store]).set('y', [two.store]);
  two.add(pathInfo(output('x')), pathInfo(output('x', 'dev')));
  runner.add(pathInfo(output('y')));
  expect(await staging.inputs(node, one.store)).toBe(400);
  expect([sent(two), sent(runner)]).toEqual([2, 2]);
});

it('goes on when a builder that could have been asked is gone', async () => {
  const { staging, node, one, two } = world();
  two.add(...inputs.map((path) => pathInfo(path)));
  one.patience = () => Promise.reject(new Error('gone'));
  const three = createMachine('three');
  expect(await staging.inputs(node, three.store)).toBe(400);
});

it('names an input that nobody has', async () => {
  const { staging, node, one } = world();
  const error: unknown = await staging.inputs(node, one.store).catch((thrown: unknown) => thrown);
  if (!(error instanceof MissingInput)) throw new Error(`expected a missing input, got ${String(error)}`);
  expect(error.message).toBe(`no store has the input ${output('x')} and 2 more of ${node.drvPath}`);
  expect(error.paths).toContain(output('x'));
  expect(one.asked.filter((what) => what.startsWith('valid'))).toHaveLength(1);
});

it('copies a .drv with all it refers to from the runner, unless the runner builds', async () => {
  const { staging, node, runner, one } = world();
  runner.add(pathInfo(node.drvPath, [source, drv('x')]), pathInfo(drv('x')));
  expect(await staging.closure(node, one.store)).toBe(300);
  expect(await staging.closure(node, runner.store)).toBe(0);
});

it('leaves to the builder what a cache does not give', async () => {
  const { staging, node, runner, one, cached, failures } = world();
  runner.add(pathInfo(drv('main'), [source]));
  await expect(staging.inputs(node, one.store)).rejects.toThrow('no store has the input');
  expect(staging.lacksInputs(node.id)).toBe(false);
  cached.add('y');
  await staging.inputs(node, one.store);
  expect(staging.lacksInputs(node.id)).toBe(true);
  expect(one.paths.has(drv('main'))).toBe(true);
  expect(failures).toEqual([expect.stringContaining('no store has the input')]);
});
