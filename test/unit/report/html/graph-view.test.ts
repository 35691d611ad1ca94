import { describe, expect, test } from 'vitest';
import { NODE_HEIGHT, NODE_WIDTH } from '../../../../src/report/html/page/graph-layout.ts';
import {
  centreOn,
  NAMED_SCALE,
  nodesInSight,
  nodeUnder,
  panGraph,
  wholeGraph,
  zoomGraph,
} from '../../../../src/report/html/page/graph-view.ts';

const SIZE = { width: 840, height: 440 };
const node = (place: number, x: number, y: number) => ({ place, x, y });

describe('the view of the graph', () => {
  test.each([
    { name: 'a wide one', layout: { width: 1600, height: 100 }, view: { x: 20, y: 195, scale: 0.5 } },
    { name: 'a tall one', layout: { width: 100, height: 800 }, view: { x: 395, y: 20, scale: 0.5 } },
    {
      name: 'a small one, not enlarged',
      layout: { width: 40, height: 40 },
      view: { x: 400, y: 200, scale: 1 },
    },
    { name: 'an empty one', layout: { width: 0, height: 0 }, view: { x: 420, y: 220, scale: 1 } },
  ])('shows all of $name', ({ layout, view }) => {
    expect(wholeGraph(layout, SIZE)).toEqual(view);
  });

  test('shows something even where there is no room for its margins', () => {
    expect(wholeGraph({ width: 100, height: 100 }, { width: 30, height: 30 }).scale).toBe(1);
  });

  test('moves with the mouse', () => {
    expect(panGraph({ x: 1, y: 2, scale: 0.5 }, { x: 10, y: -20 })).toEqual({ x: 11, y: -18, scale: 0.5 });
  });

  test.each([
    { factor: 1.5, scale: 1.5 },
    { factor: 100, scale: 2 },
    { factor: 1e-9, scale: 0.01 },
  ])('is zoomed by $factor to $scale, and what is under the mouse stays there', ({ factor, scale }) => {
    const at = { x: 150, y: 220 };
    const zoomed = zoomGraph({ x: 50, y: 20, scale: 1 }, factor, at);
    expect(zoomed.scale).toBe(scale);
    expect((at.x - zoomed.x) / zoomed.scale).toBeCloseTo(100, 6);
    expect((at.y - zoomed.y) / zoomed.scale).toBeCloseTo(200, 6);
  });

  test.each([
    { before: 0.1, scale: 0.8 },
    { before: NAMED_SCALE, scale: NAMED_SCALE },
    { before: 1.7, scale: 1.7 },
  ])('puts a build into the middle where its name can be read: scale $before becomes $scale', (row) => {
    const wanted = node(0, 1000, 500);
    const view = centreOn({ x: 0, y: 0, scale: row.before }, wanted, SIZE);
    expect(view.scale).toBe(row.scale);
    expect(view.x + (wanted.x + NODE_WIDTH / 2) * view.scale).toBeCloseTo(SIZE.width / 2, 6);
    expect(view.y + (wanted.y + NODE_HEIGHT / 2) * view.scale).toBeCloseTo(SIZE.height / 2, 6);
  });

  test('tells which node is under a point', () => {
    const nodes = [node(0, 0, 0), node(1, 300, 100)];
    const view = { x: 10, y: 20, scale: 0.5 };
    const corner = { x: 10 + 300 / 2, y: 20 + 100 / 2 };
    expect(nodeUnder(nodes, view, corner)?.place).toBe(1);
    expect(nodeUnder(nodes, view, { x: corner.x - 1, y: corner.y })).toBeUndefined();
    expect(nodeUnder(nodes, view, { x: corner.x, y: corner.y - 1 })).toBeUndefined();
    const opposite = { x: corner.x + NODE_WIDTH / 2, y: corner.y + NODE_HEIGHT / 2 };
    expect(nodeUnder(nodes, view, opposite)?.place).toBe(1);
    expect(nodeUnder(nodes, view, { x: opposite.x + 1, y: opposite.y })).toBeUndefined();
    expect(nodeUnder(nodes, view, { x: opposite.x, y: opposite.y + 1 })).toBeUndefined();
  });

  test('leaves out only nodes of which nothing is in sight', () => {
    const view = { x: -100, y: -200, scale: 0.5 };
    const left = 200;
    const top = 400;
    const right = left + SIZE.width / view.scale;
    const bottom = top + SIZE.height / view.scale;
    const seen = [
      node(0, left - NODE_WIDTH, top),
      node(1, right, top),
      node(2, left, top - NODE_HEIGHT),
      node(3, left, bottom),
    ];
    const unseen = [
      node(4, left - NODE_WIDTH - 1, top),
      node(5, right + 1, top),
      node(6, left, top - NODE_HEIGHT - 1),
      node(7, left, bottom + 1),
    ];
    expect(nodesInSight([...unseen, ...seen], view, SIZE)).toEqual(seen);
  });
});
