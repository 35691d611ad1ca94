import type { Point, Size } from './geometry.ts';
import { NODE_HEIGHT, NODE_WIDTH } from './graph-layout.ts';
import type { Layout, Node } from './graph-layout.ts';

/** Which part of the graph is in sight: where its upper left corner is, in pixels, and pixels per unit of the layout. */
export interface GraphView extends Point {
  readonly scale: number;
}

/** Below this scale names could not be read. */
export const NAMED_SCALE = 0.45;
const CLOSEST = 2;
const FARTHEST = 0.01;
/** For a build that is brought into sight from too far away. */
const READING_SCALE = 0.8;
const MARGIN_PIXELS = 20;

/** All of the graph in the middle of the surface, never larger than life. */
export function wholeGraph(layout: Pick<Layout, 'width' | 'height'>, size: Size): GraphView {
  const room = 2 * MARGIN_PIXELS;
  const wanted = Math.min((size.width - room) / layout.width, (size.height - room) / layout.height, 1);
  const scale = wanted > 0 ? wanted : 1;
  return {
    x: (size.width - layout.width * scale) / 2,
    y: (size.height - layout.height * scale) / 2,
    scale,
  };
}

/** Moves along with the mouse. */
export function panGraph(view: GraphView, by: Point): GraphView {
  return { ...view, x: view.x + by.x, y: view.y + by.y };
}

/** Comes closer by a factor, or goes away from it below 1; `at` stays where it is. */
export function zoomGraph(view: GraphView, factor: number, at: Point): GraphView {
  const scale = Math.min(CLOSEST, Math.max(FARTHEST, view.scale * factor));
  return {
    x: at.x - ((at.x - view.x) * scale) / view.scale,
    y: at.y - ((at.y - view.y) * scale) / view.scale,
    scale,
  };
}

/** Puts a node into the middle, close enough to read its name. */
export function centreOn(view: GraphView, node: Node, size: Size): GraphView {
  const scale = view.scale < NAMED_SCALE ? READING_SCALE : view.scale;
  return {
    x: size.width / 2 - (node.x + NODE_WIDTH / 2) * scale,
    y: size.height / 2 - (node.y + NODE_HEIGHT / 2) * scale,
    scale,
  };
}

/** The node under a point. */
export function nodeUnder(nodes: readonly Node[], view: GraphView, at: Point): Node | undefined {
  const x = (at.x - view.x) / view.scale;
  const y = (at.y - view.y) / view.scale;
  return nodes.find(
    (node) => x >= node.x && x <= node.x + NODE_WIDTH && y >= node.y && y <= node.y + NODE_HEIGHT,
  );
}

/** The nodes of which at least a part is in sight. */
export function nodesInSight(nodes: readonly Node[], view: GraphView, size: Size): Node[] {
  const left = -view.x / view.scale - NODE_WIDTH;
  const top = -view.y / view.scale - NODE_HEIGHT;
  return nodes.filter(
    (node) =>
      node.x >= left &&
      node.x <= left + NODE_WIDTH + size.width / view.scale &&
      node.y >= top &&
      node.y <= top + NODE_HEIGHT + size.height / view.scale,
  );
}
