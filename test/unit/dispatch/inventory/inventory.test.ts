import { expect, it } from 'vitest';
import { createGraph, type DerivationFacts } from '../../../../src/dispatch/graph/graph.ts';
import type { Presence } from '../../../../src/dispatch/graph/plan.ts';
import { createInventory } from '../../../../src/dispatch/inventory/inventory.ts';
import { createInventoryStores } from '../../../../src/dispatch/inventory/inventory-stores.ts';
import type { StorePath } from '../../../../src/nix/store-path.ts';
import { drv, facts, output, shelf, storePath } from '../../../support/dispatch/derivations.ts';
import { createMachine, pathInfo } from '../../../support/dispatch/machine.ts';
import { createSession } from '../../../support/dispatch/session.ts';

/** An inventory over the runner and the builders 1 and 2. */
function world(all: readonly DerivationFacts[]) {
  const graph = createGraph();
  const runner = createMachine('runner');
  const [one, two] = [createSession(1, 'one'), createSession(2, 'two')];
  const { read, readFacts } = shelf(all);
  const cached = new Set<StorePath>();
  const askedOfCache: StorePath[] = [];
  const inventory = createInventory({
    caches: [
      {
        name: 'our cache',
        async has(paths) {
          askedOfCache.push(...paths);
          return new Set(paths.filter((path) => cached.has(path)));
        },
      },
    ],
    graph,
    readFacts,
    stores: () => createInventoryStores(runner.store, [one, two]),
  });
  const id = (name: string): number => graph.intern(drv(name)).id;
  return {
    graph,
    runner,
    one: one.machine,
    two: two.machine,
    read,
    inventory,
    cached,
    askedOfCache,
    id,
    take: (...roots: readonly string[]) => inventory.take(roots.map(id)),
    presence: (name: string): Presence => inventory.presence(id(name)),
    /** Questions about validity that a machine was asked, each with the names it was about. */
    questions: (machine = runner): string[] =>
      machine.asked
        .filter((what) => what.startsWith('valid'))
        .map((what) => what.replaceAll(/(valid )?\/nix\/store\/\w{32}-/gu, '')),
  };
}

const chain = [facts('a', ['b']), facts('b', ['c']), facts('c')];

it('looks at nothing below an output that exists', async () => {
  const { take, presence, read, questions, one } = world(chain);
  one.add(pathInfo(output('b'), [], 70));
  await take('a');
  expect(read).toEqual(['a', 'b']);
  expect(questions()).toEqual(['a', 'b']);
  expect(presence('a').kind).toBe('missing');
  expect(presence('b')).toEqual({
    kind: 'existing',
    locations: [1],
    onRunner: false,
    substitutable: false,
    cache: undefined,
    narSizeBytes: 70,
  });
  expect(presence('c').kind).toBe('missing');
});

it('costs one question for a thousand jobs that are built already', async () => {
  const jobs = Array.from({ length: 1000 }, (_, index) => facts(`job-${index}`, ['b']));
  const { take, one, two, runner, read } = world([...jobs, ...chain]);
  one.add(...jobs.map(({ name }) => pathInfo(output(name))));
  await take(...jobs.map(({ name }) => name));
  expect(read).toHaveLength(1000);
  for (const machine of [one, two, runner]) expect(machine.asked).toHaveLength(2);
});

it('asks a level at a time, each derivation once, however many use it', async () => {
  const all = [facts('a', ['b', 'c']), facts('d', ['c']), facts('b', ['e']), facts('c', ['e']), facts('e')];
  const { take, questions, read } = world(all);
  await take('a', 'd');
  expect(questions()).toEqual(['a d', 'b c', 'e']);
  expect(read.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  await take('a', 'e');
  expect(questions()).toHaveLength(3);
});

it('names everybody who has all that is wanted, and what caches have', async () => {
  const { take, presence, runner, one, two } = world([
    facts('a', ['x!out,dev', 'y', 'z']),
    facts('x', [], { outputNames: ['out', 'dev', 'doc'] }),
    facts('y'),
    facts('z'),
  ]);
  for (const machine of [runner, one, two]) machine.add(pathInfo(output('x'), [], 5));
  two.add(pathInfo(output('x', 'dev'), [], 6));
  runner.add(pathInfo(output('x', 'dev'), [], 6), pathInfo(output('z'), [], 9));
  one.cache.add(output('y'));
  runner.cache.add(output('z'));
  await take('a');
  expect(presence('x')).toMatchObject({
    locations: [2],
    onRunner: true,
    substitutable: false,
    cache: undefined,
    narSizeBytes: 11,
  });
  expect(presence('y')).toMatchObject({ locations: [], onRunner: false, substitutable: true });
  expect(presence('z')).toMatchObject({ locations: [], onRunner: true, narSizeBytes: 9 });
  expect(runner.asked.some((what) => what.startsWith('substitutable'))).toBe(false);
});

it('wants all outputs of a job', async () => {
  const { take, presence, one } = world([facts('a', [], { outputNames: ['out', 'dev'] })]);
  one.add(pathInfo(output('a')));
  await take('a');
  expect(presence('a').kind).toBe('missing');
});

it.each([
  ['in one go', true],
  ['one after the other', false],
])(
  'asks again when another output is wanted, and goes below when it does not exist: %s',
  async (_, atOnce) => {
    const all = [
      facts('a', ['x']),
      facts('b', ['m']),
      facts('m', ['x!dev']),
      facts('x', ['y'], { outputNames: ['out', 'dev'] }),
      facts('y'),
    ];
    const { take, presence, one, questions, graph } = world(all);
    one.add(pathInfo(output('x')));
    if (atOnce) await take('a', 'b');
    else {
      await take('a');
      expect(presence('x').kind).toBe('existing');
      await take('b');
    }
    expect(presence('x').kind).toBe('missing');
    expect(questions().filter((names) => names.includes('y'))).toEqual(['y']);
    expect(graph.intern(drv('x')).inputs).toHaveLength(1);
  },
);

it('does not ask again for outputs that it has been asked about, nor for what is missing', async () => {
  const all = [
    facts('a', ['x!out,dev']),
    facts('b', ['x!dev']),
    facts('c', ['y!dev']),
    facts('d', ['y']),
    facts('x', [], { outputNames: ['out', 'dev'] }),
    facts('y', [], { outputNames: ['out', 'dev'] }),
  ];
  const { take, one, questions } = world(all);
  one.add(pathInfo(output('x')), pathInfo(output('x', 'dev')));
  await take('a', 'c');
  await take('b', 'd');
  expect(questions()).toEqual(['a c', 'x x-dev y-dev', 'b d']);
});

it('takes for missing what only building can tell the path of', async () => {
  const { take, presence, questions } = world([
    facts('ca', ['b'], { outputs: new Map([['out', undefined]]) }),
    facts('b'),
  ]);
  await take('ca');
  expect(presence('ca').kind).toBe('missing');
  expect(questions()).toEqual(['b']);
});

it('goes on without a builder that is lost in the middle', async () => {
  const { take, presence, one, two } = world(chain);
  two.add(pathInfo(output('b'), [], 3));
  one.patience = () => Promise.reject(new Error('gone'));
  await take('a');
  expect(presence('b')).toMatchObject({ locations: [2], narSizeBytes: 3 });
});

it('measures the sources of what is missing in one question, each for the first that uses it', async () => {
  const [src, common] = [storePath('src'), storePath('common')];
  const { take, inventory, id, runner, one } = world([
    facts('a', ['b', 'e'], { inputSources: [common, src] }),
    facts('b', [], { inputSources: [common] }),
    facts('e', [], { inputSources: [storePath('unasked')] }),
  ]);
  runner.add(pathInfo(src, [], 30), pathInfo(common, [], 4));
  one.add(pathInfo(output('e')));
  await take('a');
  await take('b');
  expect(['a', 'b', 'e'].map((name) => inventory.sourceBytes(id(name)))).toEqual([34, 0, 0]);
  expect(runner.asked.filter((what) => what.startsWith('infos'))).toHaveLength(1);
});

it('notes a derivation that can’t be read, and goes on with the others', async () => {
  const { take, presence, graph } = world([facts('a', ['nobody', 'b']), facts('b')]);
  await take('a', 'gone');
  expect(graph.find(drv('nobody'))).toMatchObject({
    unreadable: expect.stringContaining('not on the shelf'),
    facts: { name: 'nobody' },
  });
  expect(graph.find(drv('gone'))?.unreadable).toContain('not on the shelf');
  for (const name of ['a', 'b', 'nobody', 'gone']) expect(presence(name).kind).toBe('missing');
  expect(graph.find(drv('b'))?.unreadable).toBeUndefined();
});

it('says when the runner itself does not answer', async () => {
  const { take, runner } = world(chain);
  runner.patience = () => Promise.reject(new Error('no daemon'));
  await expect(take('a')).rejects.toThrow('no daemon');
});

it('asks the runner’s store once when it is a builder too', async () => {
  const runner = createMachine('runner');
  const local = { ...createSession(0, 'local', { machine: runner }), isRunner: true };
  const stores = createInventoryStores(runner.store, [local, createSession(1)]);
  expect(stores.map(({ builder, isRunner }) => [builder, isRunner])).toEqual([
    [0, true],
    [1, false],
  ]);
});

it('asks our caches only for what neither builders nor the runner have, and looks at nothing below', async () => {
  const { take, presence, one, cached, askedOfCache, read } = world([
    facts('a', ['b', 'd']),
    facts('b', ['c']),
    facts('c'),
    facts('d'),
  ]);
  one.add(pathInfo(output('d')));
  cached.add(output('b'));
  await take('a');
  expect(askedOfCache).toEqual([output('a'), output('b')]);
  expect(presence('b')).toMatchObject({
    kind: 'existing',
    locations: [],
    onRunner: false,
    cache: 'our cache',
  });
  expect(presence('d')).toMatchObject({ locations: [1], cache: undefined });
  expect(read).not.toContain('c');
});
