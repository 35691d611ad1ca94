import type { PageData } from '../page-data.ts';
import type { Palette } from './colours.ts';
import { button, element } from './elements.ts';
import { layoutGraph, NODE_HEIGHT, NODE_WIDTH, reachable } from './graph-layout.ts';
import type { Node } from './graph-layout.ts';
import { rowTitle, STATE_SIGNS } from './rows.ts';
import type { Store } from './store.ts';
import { createSurface } from './surface.ts';
import type { Point, Surface } from './surface.ts';

const ZOOM_STEP = 1.3;
const CLOSEST = 2;
/** Below this scale names could not be read. */
const NAMED_SCALE = 0.45;
const MARGIN_PIXELS = 20;

/** The dependency graph: what a build needs stands left of it, what needs it right. */
export function buildGraph(
  data: PageData,
  dependants: readonly (readonly number[])[],
  store: Store,
  palette: () => Palette,
  openDetails: () => void,
): HTMLElement {
  const layout = layoutGraph(data.rows, dependants);
  const view = { x: 0, y: 0, scale: 1, isFitted: false };
  let related: ReadonlySet<number> | undefined;
  /** Something was selected while nothing of this could be seen. */
  let isUnrevealed = false;
  const tip = element('p', { class: 'tip', 'aria-live': 'polite' });

  const surface: Surface = createSurface(
    'Dependency graph: left to what a build needs, right to what needs it, up and down to neighbours',
    {
      draw,
      pan(byX, byY) {
        view.x += byX;
        view.y += byY;
        surface.redraw();
      },
      zoom,
      pick: (at) => store.change({ selected: nodeUnder(at)?.place }),
      hover(at) {
        const row = at === undefined ? undefined : data.rows[nodeUnder(at)?.place ?? -1];
        tip.textContent = row === undefined ? '' : `${rowTitle(row)}: ${row.outcome}`;
      },
      key,
      shown: () => {
        if (isUnrevealed) reveal();
      },
    },
  );

  function fit(): void {
    const { width, height } = surface.size;
    const room = 2 * MARGIN_PIXELS;
    const scale = Math.min((width - room) / layout.width, (height - room) / layout.height, 1);
    view.scale = Number.isFinite(scale) && scale > 0 ? scale : 1;
    view.x = (width - layout.width * view.scale) / 2;
    view.y = (height - layout.height * view.scale) / 2;
    surface.redraw();
  }

  function zoom(factor: number, at: Point): void {
    const scale = Math.min(CLOSEST, Math.max(0.01, view.scale * factor));
    view.x = at.x - ((at.x - view.x) * scale) / view.scale;
    view.y = at.y - ((at.y - view.y) * scale) / view.scale;
    view.scale = scale;
    surface.redraw();
  }

  function nodeUnder(at: Point): Node | undefined {
    const x = (at.x - view.x) / view.scale;
    const y = (at.y - view.y) / view.scale;
    return layout.nodes.find(
      (node) => x >= node.x && x <= node.x + NODE_WIDTH && y >= node.y && y <= node.y + NODE_HEIGHT,
    );
  }

  function key(name: string): boolean {
    const middle = { x: surface.size.width / 2, y: surface.size.height / 2 };
    const selected = store.choice.selected;
    const node = selected === undefined ? undefined : layout.byPlace.get(selected);
    switch (name) {
      case '+':
      case '=':
        zoom(ZOOM_STEP, middle);
        return true;
      case '-':
        zoom(1 / ZOOM_STEP, middle);
        return true;
      case '0':
        fit();
        return true;
      case 'Enter':
        if (node !== undefined) openDetails();
        return true;
      case 'ArrowLeft':
        return select(node === undefined ? layout.nodes[0]?.place : data.rows[node.place]?.dependencies[0]);
      case 'ArrowRight':
        return select(node === undefined ? layout.nodes[0]?.place : dependants[node.place]?.[0]);
      case 'ArrowUp':
        return select(neighbour(node, -1));
      case 'ArrowDown':
        return select(neighbour(node, 1));
      default:
        return false;
    }
  }

  function neighbour(node: Node | undefined, by: number): number | undefined {
    const index = node === undefined ? -1 : layout.nodes.indexOf(node);
    return layout.nodes[index < 0 ? 0 : index + by]?.place;
  }

  function select(place: number | undefined): boolean {
    if (place !== undefined) store.change({ selected: place });
    return true;
  }

  function reveal(): void {
    const selected = store.choice.selected;
    const node = selected === undefined ? undefined : layout.byPlace.get(selected);
    related = node === undefined ? undefined : relatedTo(node.place);
    isUnrevealed = surface.size.width === 0;
    if (node === undefined || !view.isFitted || isUnrevealed) {
      surface.redraw();
      return;
    }
    if (view.scale < NAMED_SCALE) view.scale = 0.8;
    view.x = surface.size.width / 2 - (node.x + NODE_WIDTH / 2) * view.scale;
    view.y = surface.size.height / 2 - (node.y + NODE_HEIGHT / 2) * view.scale;
    surface.redraw();
  }

  function relatedTo(place: number): ReadonlySet<number> {
    const below = reachable(place, (other) => data.rows[other]?.dependencies ?? []);
    return new Set([...below, ...reachable(place, (other) => dependants[other] ?? [])]);
  }

  function draw(context: CanvasRenderingContext2D, width: number, height: number): void {
    if (!view.isFitted) {
      view.isFitted = true;
      fit();
      reveal();
    }
    const colours = palette();
    context.save();
    context.translate(view.x, view.y);
    context.scale(view.scale, view.scale);
    const left = -view.x / view.scale - NODE_WIDTH;
    const top = -view.y / view.scale - NODE_HEIGHT;
    const inSight = layout.nodes.filter(
      (node) =>
        node.x >= left &&
        node.x <= left + NODE_WIDTH + width / view.scale &&
        node.y >= top &&
        node.y <= top + NODE_HEIGHT + height / view.scale,
    );
    drawEdges(context, (place) => related === undefined || !related.has(place), colours.line);
    if (related !== undefined) drawEdges(context, (place) => related?.has(place) === true, colours.accent);
    for (const node of inSight) drawNode(context, node, colours);
    context.restore();
  }

  function drawEdges(
    context: CanvasRenderingContext2D,
    wants: (place: number) => boolean,
    colour: string,
  ): void {
    context.beginPath();
    for (const node of layout.nodes) {
      if (!wants(node.place)) continue;
      for (const dependency of data.rows[node.place]?.dependencies ?? []) {
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

  function drawNode(context: CanvasRenderingContext2D, { place, x, y }: Node, colours: Palette): void {
    const row = data.rows[place];
    if (row === undefined) return;
    const isSelected = place === store.choice.selected;
    context.globalAlpha = related === undefined || related.has(place) ? 1 : 0.3;
    context.fillStyle = colours[row.state];
    context.fillRect(x, y, NODE_WIDTH, NODE_HEIGHT);
    if (isSelected) {
      context.strokeStyle = colours.text;
      context.lineWidth = 3 / Math.min(1, view.scale);
      context.strokeRect(x, y, NODE_WIDTH, NODE_HEIGHT);
    }
    if (view.scale >= NAMED_SCALE) {
      context.font = '12px system-ui, sans-serif';
      context.textBaseline = 'middle';
      context.fillStyle = colours.page;
      const name = `${STATE_SIGNS[row.state]} ${rowTitle(row)}`;
      context.fillText(
        name.length > 28 ? `${name.slice(0, 27)}…` : name,
        x + 6,
        y + NODE_HEIGHT / 2,
        NODE_WIDTH - 12,
      );
    }
    context.globalAlpha = 1;
  }

  store.onChange((choice, before) => {
    if (choice.selected !== before.selected) reveal();
  });
  const middle = () => ({ x: surface.size.width / 2, y: surface.size.height / 2 });
  const tools = element(
    'div',
    { class: 'tools' },
    button('+', { 'aria-label': 'Zoom in' }, () => zoom(ZOOM_STEP, middle())),
    button('−', { 'aria-label': 'Zoom out' }, () => zoom(1 / ZOOM_STEP, middle())),
    button('All', { 'aria-label': 'Show all' }, fit),
    tip,
  );
  const empty = element('p', { class: 'empty' }, 'No build of this run depends on another one.');
  return element('section', { class: 'drawing' }, tools, layout.nodes.length === 0 ? empty : surface.root);
}
