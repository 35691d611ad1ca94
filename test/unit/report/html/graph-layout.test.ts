import { expect, test } from 'vitest';
import { describeRun } from '../../../../src/report/html/describe-run.ts';
import { layoutGraph, NODE_HEIGHT, reachable } from '../../../../src/report/html/page/graph-layout.ts';
import { dependantsOf } from '../../../../src/report/html/page/rows.ts';
import { LARGE, largeReport } from '../../../support/report/large-report.ts';
import { sampleBuild, sampleDrvPath, sampleReport } from '../../../support/report/sample-report.ts';

function layoutOf(edges: Readonly<Record<string, readonly string[]>>) {
  const builds = Object.entries(edges).map(([name, dependencies]) =>
    sampleBuild(name, { dependencies: dependencies.map(sampleDrvPath) }),
  );
  const { rows } = describeRun(sampleReport({ builds }));
  return { rows, ...layoutGraph(rows, dependantsOf(rows)) };
}

test('what is needed stands left of what needs it; what stands alone is left out', () => {
  const { byPlace } = layoutOf({ top: ['mid', 'base'], mid: ['base'], base: [], alone: [] });
  const x = (place: number) => byPlace.get(place)?.x ?? Number.NaN;
  expect(x(2)).toBeLessThan(x(1));
  expect(x(1)).toBeLessThan(x(0));
  expect(byPlace.has(3)).toBe(false);
});

test('a graph that goes round is drawn too', () => {
  expect(layoutOf({ a: ['b'], b: ['a'] }).nodes).toHaveLength(2);
});

test('nothing is drawn of nothing', () => {
  expect(layoutOf({})).toMatchObject({ nodes: [], width: 0, height: 0 });
});

test('of 5,000 builds no two stand on one another, and every edge goes right', () => {
  const { rows } = describeRun(largeReport(LARGE));
  const { nodes, byPlace } = layoutGraph(rows, dependantsOf(rows));
  const taken = new Set(nodes.map(({ x, y }) => `${x} ${Math.round(y / NODE_HEIGHT / 0.1)}`));
  expect(taken.size).toBe(nodes.length);
  for (const { place, x } of nodes) {
    for (const dependency of rows[place]?.dependencies ?? []) {
      expect(byPlace.get(dependency)?.x).toBeLessThan(x);
    }
  }
});

test('what can be reached is found once, in circles as well', () => {
  const next = (place: number) => [[1, 2], [3], [3], [0], [4]][place] ?? [];
  expect(reachable(0, next)).toEqual(new Set([0, 1, 2, 3]));
});
