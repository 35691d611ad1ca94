import { expect, it } from 'vitest';
import { createGraph, type DerivationFacts } from '../../../../src/dispatch/graph/graph.ts';
import { createPlanner, type Planner, type Presence } from '../../../../src/dispatch/graph/plan.ts';
import { drv, facts } from '../../../support/dispatch/derivations.ts';

const missing: Presence = { kind: 'missing' };
const existing: Presence = {
  kind: 'existing',
  locations: [3],
  onRunner: false,
  substitutable: false,
  cache: undefined,
  narSizeBytes: 7,
};

interface Plan {
  readonly planner: Planner;
  readonly presence: Map<string, Presence>;
  id(name: string): number;
  /** The nodes handed out for these roots: `name`, `(name)` for an existing one, `name*` for a closure, with dependencies. */
  plan(...roots: readonly string[]): string[];
}

function planOf(all: readonly DerivationFacts[], fits = { derivation: true, closure: true }): Plan {
  const graph = createGraph();
  const presence = new Map<string, Presence>();
  for (const one of all) graph.intern(drv(one.name)).facts = one;
  for (const node of graph.nodes) {
    node.inputs = [...(node.facts?.inputDerivations ?? [])].map(([drvPath, outputs]) => ({
      node: graph.intern(drvPath).id,
      outputs,
    }));
  }
  const nameOf = (id: number): string => graph.node(id).facts?.name ?? '';
  const planner = createPlanner(graph, {
    presence: (id) => presence.get(nameOf(id)) ?? missing,
    fitsByDerivation: () => fits.derivation,
    fitsByClosure: () => fits.closure,
    mayYetFit: ({ system }) => system === 'expected',
    expectedSeconds: () => undefined,
    sourceBytes: () => 0,
  });
  const id = (name: string): number => graph.intern(drv(name)).id;
  return {
    planner,
    presence,
    id,
    plan: (...roots) =>
      planner.plan(roots.map(id)).map((node) => {
        if (node.kind === 'existing') return `(${nameOf(node.id)})`;
        const needs = node.dependencies.map((one) => `${nameOf(one)}#${one}`).join(' ');
        return `${nameOf(node.id)}#${node.id}${node.granularity === 'closure' ? '*' : ''}${needs && ` < ${needs}`}`;
      }),
  };
}

const chain = [facts('a', ['b']), facts('b', ['c']), facts('c')];

it('hands out inputs before dependants, each once', () => {
  const plan = planOf([facts('a', ['b', 'c']), facts('b', ['c']), facts('c'), facts('d', ['b'])]);
  expect(plan.plan('a')).toEqual(['c#2', 'b#1 < c#2', 'a#0 < b#1 c#2']);
  expect(plan.plan('a', 'd', 'd')).toEqual(['d#3 < b#1']);
});

it('hands out nothing for a root that exists, and nothing below an input that does', () => {
  const plan = planOf(chain);
  plan.presence.set('b', existing);
  expect(plan.plan('b')).toEqual([]);
  expect(plan.planner.plan([plan.id('a')])).toMatchObject([
    { kind: 'existing', id: 1, locations: [3], narSizeBytes: 7 },
    { kind: 'build', id: 0, dependencies: [1] },
  ]);
});

it('hands a derivation out again when an output is wanted that does not exist', () => {
  const plan = planOf([...chain, facts('d', ['b!dev'])]);
  plan.presence.set('b', existing);
  expect(plan.plan('a')).toEqual(['(b)', 'a#0 < b#1']);
  plan.presence.set('b', missing);
  expect(plan.plan('d')).toEqual(['c#2', 'b#4 < c#2', 'd#3 < b#4']);
  expect(plan.plan('d', 'b')).toEqual([]);
});

it('does the same when it is wanted as a root', () => {
  const plan = planOf(chain);
  plan.presence.set('b', existing);
  plan.plan('a');
  plan.presence.set('b', missing);
  expect(plan.plan('b')).toEqual(['c#2', 'b#3 < c#2']);
});

it('makes closures of what needs its whole closure and of all above, and leaves them to find the rest', () => {
  const plan = planOf([
    facts('a', ['b']),
    facts('b', ['c'], { needsClosure: true }),
    facts('c'),
    facts('d', ['c']),
  ]);
  expect(plan.plan('a', 'd')).toEqual(['b#1*', 'a#0* < b#1', 'c#2', 'd#3 < c#2']);
  expect(plan.planner.isClosure(plan.id('a'))).toBe(true);
  expect(plan.planner.isClosure(plan.id('d'))).toBe(false);
});

it('makes one closure of what several need, whenever they come', () => {
  const plan = planOf(
    [facts('a', ['s']), facts('b', ['s', 'e']), facts('s', ['t']), facts('t'), facts('e')],
    { derivation: false, closure: true },
  );
  plan.presence.set('e', existing);
  expect(plan.plan('a')).toEqual(['t#3*', 's#2* < t#3', 'a#0* < s#2']);
  expect(plan.plan('b', 't')).toEqual(['b#1* < s#2']);
});

it('leaves an impure derivation to those who need it: each builds it anew', () => {
  const plan = planOf([
    facts('a', ['i']),
    facts('i', ['t'], { needsClosure: true, isImpure: true }),
    facts('t', [], { needsClosure: true }),
  ]);
  expect(plan.plan('a')).toEqual(['a#0*']);
  expect(plan.plan('i')).toEqual(['t#2*', 'i#1* < t#2']);
});

it('lets a closure-bound derivation that exists bind nobody', () => {
  const plan = planOf([facts('a', ['b']), facts('b', [], { needsClosure: true })]);
  plan.presence.set('b', existing);
  expect(plan.plan('a')).toEqual(['(b)', 'a#0 < b#1']);
});

it.each([
  [
    'only whole closures are taken',
    { derivation: false, closure: true },
    ['c#2*', 'b#1* < c#2', 'a#0* < b#1'],
  ],
  [
    'nobody takes it at all, so that it can be said',
    { derivation: false, closure: false },
    ['c#2', 'b#1 < c#2', 'a#0 < b#1'],
  ],
])('plans by what builders take: %s', (_, fits, expected) => {
  expect(planOf(chain, fits).plan('a')).toEqual(expected);
});

it('puts off what only a builder can take that has not come yet, and what needs it', () => {
  const never = { derivation: false, closure: false };
  const all = [
    facts('top', ['odd', 'plain']),
    facts('odd', ['plain'], { system: 'expected' }),
    facts('plain'),
    facts('other', ['plain']),
  ];
  const { planner, id, presence } = planOf(all, never);
  const premature = (): number[] => [...planner.premature(['top', 'odd', 'plain', 'other'].map(id))];
  expect(premature()).toEqual([id('top'), id('odd')]);
  presence.set('odd', existing);
  expect(premature()).toEqual([]);
  expect([...planOf(all).planner.premature([id('top')])]).toEqual([]);
});
