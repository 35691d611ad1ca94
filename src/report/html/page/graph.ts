import type { PageData } from '../page-data.ts';
import type { Palette } from './colours.ts';
import { buildDrawing } from './drawing.ts';
import { drawGraph } from './graph-drawing.ts';
import { layoutGraph } from './graph-layout.ts';
import { centreOn, nodeUnder, panGraph, wholeGraph, zoomGraph } from './graph-view.ts';
import type { GraphView } from './graph-view.ts';
import { graphNeighbour, relatedTo } from './graph-walk.ts';
import { rowTitle } from './rows.ts';
import type { Store } from './store.ts';

/** The dependency graph: what a build needs stands left of it, what needs it right. */
export function buildGraph(
  { rows }: PageData,
  dependants: readonly (readonly number[])[],
  store: Store,
  palette: () => Palette,
  openDetails: () => void,
): HTMLElement {
  const layout = layoutGraph(rows, dependants);
  const graph = { rows, dependants };
  /** For the build that was selected last: following its edges for every frame would take too long. */
  let related: { readonly of: number; readonly places: ReadonlySet<number> } | undefined;

  const relatedToSelected = (): ReadonlySet<number> | undefined => {
    const { selected } = store.choice;
    if (selected === undefined || !layout.byPlace.has(selected)) return undefined;
    if (related?.of !== selected) related = { of: selected, places: relatedTo(graph, selected) };
    return related.places;
  };

  return buildDrawing<GraphView>(
    {
      label:
        'Dependency graph: left to what a build needs, right to what needs it, up and down to neighbours',
      empty: layout.nodes.length === 0 ? 'No build of this run depends on another one.' : undefined,
      zoomStep: 1.3,
      draw(context, view, size) {
        const { selected } = store.choice;
        const scene = { rows, layout, view, palette: palette(), selected, related: relatedToSelected() };
        drawGraph(context, scene, size);
      },
      whole: (size) => wholeGraph(layout, size),
      pan: panGraph,
      zoom: (view, factor, at, { width, height }) =>
        zoomGraph(view, factor, at ?? { x: width / 2, y: height / 2 }),
      reveal(view, place, size) {
        const node = layout.byPlace.get(place);
        return node === undefined ? view : centreOn(view, node, size);
      },
      under(at, view) {
        const place = nodeUnder(layout.nodes, view, at)?.place;
        const row = place === undefined ? undefined : rows[place];
        if (place === undefined || row === undefined) return undefined;
        return { place, text: `${rowTitle(row)}: ${row.outcome}` };
      },
      neighbour: (from, direction) => graphNeighbour(graph, layout, from, direction),
    },
    store,
    openDetails,
  );
}
