import type { PageRow } from '../page-data.ts';
import type { Palette } from './colours.ts';
import type { Size } from './geometry.ts';
import { NODE_HEIGHT, NODE_WIDTH } from './graph-layout.ts';
import type { Layout, Node } from './graph-layout.ts';
import { NAMED_SCALE, nodesInSight } from './graph-view.ts';
import type { GraphView } from './graph-view.ts';
import { rowTitle, STATE_SIGNS } from './rows.ts';

/** Characters of a name that fit into a node. */
const NAME_LENGTH = 28;

/** What the graph is drawn from. */
export interface GraphScene {
  readonly rows: readonly PageRow[];
  readonly layout: Layout;
  readonly view: GraphView;
  readonly palette: Palette;
  readonly selected: number | undefined;
  /** Places of what the selected build hangs together with; undefined to show all alike. */
  readonly related: ReadonlySet<number> | undefined;
}

/** Draws the edges, those of related builds above the others, and the nodes in sight. */
export function drawGraph(context: CanvasRenderingContext2D, scene: GraphScene, size: Size): void {
  const { layout, view, palette, related } = scene;
  context.save();
  context.translate(view.x, view.y);
  context.scale(view.scale, view.scale);
  drawEdges(context, scene, (place) => related === undefined || !related.has(place), palette.line);
  if (related !== undefined) drawEdges(context, scene, (place) => related.has(place), palette.accent);
  for (const node of nodesInSight(layout.nodes, view, size)) drawNode(context, scene, node);
  context.restore();
}

function drawEdges(
  context: CanvasRenderingContext2D,
  { rows, layout, view, related }: GraphScene,
  wants: (place: number) => boolean,
  colour: string,
): void {
  context.beginPath();
  for (const node of layout.nodes) {
    if (!wants(node.place)) continue;
    for (const dependency of rows[node.place]?.dependencies ?? []) {
      const from = layout.byPlace.get(dependency);
      if (from === undefined || (related?.has(node.place) === true && !wants(dependency))) continue;
      context.moveTo(from.x + NODE_WIDTH, from.y + NODE_HEIGHT / 2);
      context.lineTo(node.x, node.y + NODE_HEIGHT / 2);
    }
  }
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, 0.6 / view.scale);
  context.stroke();
}

function drawNode(context: CanvasRenderingContext2D, scene: GraphScene, { place, x, y }: Node): void {
  const { rows, view, palette, selected, related } = scene;
  const row = rows[place];
  if (row === undefined) return;
  context.globalAlpha = related === undefined || related.has(place) ? 1 : 0.3;
  context.fillStyle = palette[row.state];
  context.fillRect(x, y, NODE_WIDTH, NODE_HEIGHT);
  if (place === selected) {
    context.strokeStyle = palette.text;
    context.lineWidth = 3 / Math.min(1, view.scale);
    context.strokeRect(x, y, NODE_WIDTH, NODE_HEIGHT);
  }
  if (view.scale >= NAMED_SCALE) {
    context.font = '12px system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.fillStyle = palette.page;
    context.fillText(nameOf(row), x + 6, y + NODE_HEIGHT / 2, NODE_WIDTH - 12);
  }
  context.globalAlpha = 1;
}

function nameOf(row: PageRow): string {
  const name = `${STATE_SIGNS[row.state]} ${rowTitle(row)}`;
  return name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name;
}
