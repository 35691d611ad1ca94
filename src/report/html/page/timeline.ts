import { formatDuration, formatMoment } from '../../durations.ts';
import type { PageData } from '../page-data.ts';
import type { Palette } from './colours.ts';
import { buildDrawing } from './drawing.ts';
import { rowTitle } from './rows.ts';
import type { Store } from './store.ts';
import { drawTimeline } from './timeline-drawing.ts';
import { barAt, lanesOf } from './timeline-lanes.ts';
import type { Bar } from './timeline-lanes.ts';
import { panTimeline, revealTime, timeUnder, wholeTimeline, zoomTimeline } from './timeline-view.ts';
import type { TimelineView } from './timeline-view.ts';
import { spotOf, timelineNeighbour } from './timeline-walk.ts';

/** Builders and slots over time; bars can be selected with the mouse and the arrow keys. */
export function buildTimeline(
  data: PageData,
  store: Store,
  palette: () => Palette,
  openDetails: () => void,
): HTMLElement {
  const lanes = lanesOf(data);
  const extent = { seconds: Math.max(data.wallSeconds, 0.001), lanes: lanes.length };
  const critical = new Set(data.criticalPath);

  return buildDrawing<TimelineView>(
    {
      label: 'Timeline: arrow keys move between builds, plus and minus zoom, 0 shows all',
      empty: undefined,
      zoomStep: 1.4,
      draw(context, view, size) {
        const { selected } = store.choice;
        drawTimeline(context, { data, lanes, critical, view, palette: palette(), selected }, size);
      },
      whole: (size, before) => wholeTimeline(extent, size, before),
      pan: (view, by, size) => panTimeline(view, by, extent, size),
      zoom: (view, factor, at, size) => zoomTimeline(view, factor, at?.x, extent, size),
      reveal(view, place, size) {
        const spot = spotOf(lanes, place);
        if (spot === undefined) return view;
        const { start, end } = spot.bar.attempt;
        return revealTime(view, { lane: spot.lane, start, end }, extent, size);
      },
      under(at, view, size) {
        const found = timeUnder(view, at, size);
        const lane = found === undefined ? undefined : lanes[found.lane];
        if (found === undefined || lane === undefined) return undefined;
        const bar = barAt(lane, found.seconds, found.reach);
        return bar === undefined ? undefined : { place: bar.place, text: describeBar(data, bar) };
      },
      neighbour: (from, direction) => timelineNeighbour(lanes, from, direction)?.place,
    },
    store,
    openDetails,
  );
}

function describeBar(data: PageData, { place, attempt }: Bar): string {
  const row = data.rows[place];
  if (row === undefined) return '';
  const outcome = attempt.isFinal ? row.outcome : 'lost and tried again';
  return `${rowTitle(row)}: ${outcome}, ${formatDuration(attempt.end - attempt.start)}, from ${formatMoment(attempt.start)} on`;
}
