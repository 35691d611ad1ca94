import { describe, expect, test } from 'vitest';
import type { Direction } from '../../../../src/report/html/page/geometry.ts';
import { graphNeighbour, relatedTo } from '../../../../src/report/html/page/graph-walk.ts';

/** 2 needs 1 and 0, 3 needs 2; 4 stands alone. */
const graph = {
  rows: [[], [], [1, 0], [2], []].map((dependencies) => ({ dependencies })),
  dependants: [[2], [2], [3], [], []],
};
const nodes = [0, 1, 2, 3].map((place) => ({ place, x: 0, y: 0 }));
const layout = { nodes, byPlace: new Map(nodes.map((node) => [node.place, node])) };

describe('the graph of builds', () => {
  test.each([
    { place: 0, related: [0, 2, 3] },
    { place: 2, related: [0, 1, 2, 3] },
    { place: 3, related: [0, 1, 2, 3] },
    { place: 4, related: [4] },
  ])('relates $place to $related', ({ place, related }) => {
    expect([...relatedTo(graph, place)].sort((a, b) => a - b)).toEqual(related);
  });

  test.each<{ from: number | undefined; direction: Direction; to: number | undefined }>([
    { from: undefined, direction: 'left', to: 0 },
    { from: undefined, direction: 'right', to: 0 },
    { from: undefined, direction: 'up', to: 0 },
    { from: undefined, direction: 'down', to: 0 },
    { from: 4, direction: 'right', to: 0 },
    { from: 2, direction: 'left', to: 1 },
    { from: 2, direction: 'right', to: 3 },
    { from: 0, direction: 'left', to: undefined },
    { from: 3, direction: 'right', to: undefined },
    { from: 1, direction: 'up', to: 0 },
    { from: 1, direction: 'down', to: 2 },
    { from: 0, direction: 'up', to: undefined },
    { from: 3, direction: 'down', to: undefined },
  ])('leads from $from to the $direction to $to', ({ from, direction, to }) => {
    expect(graphNeighbour(graph, layout, from, direction)).toBe(to);
  });
});
