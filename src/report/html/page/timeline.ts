import { formatDuration, formatMoment } from '../../durations.ts';
import type { PageData } from '../page-data.ts';
import type { Palette } from './colours.ts';
import { button, element } from './elements.ts';
import { rowTitle } from './rows.ts';
import type { Store } from './store.ts';
import { createSurface } from './surface.ts';
import type { Point, Surface } from './surface.ts';
import { AXIS_PIXELS, drawTimeline, GUTTER_PIXELS, LANE_PIXELS, timelineScale } from './timeline-drawing.ts';
import { barAt, lanesOf } from './timeline-lanes.ts';
import type { Bar } from './timeline-lanes.ts';

const ZOOM_STEP = 1.4;
const PICK_PIXELS = 4;

/** Builders and slots over time; bars can be selected with the mouse and the arrow keys. */
export function buildTimeline(
  data: PageData,
  store: Store,
  palette: () => Palette,
  openDetails: () => void,
): HTMLElement {
  const lanes = lanesOf(data);
  const whole = Math.max(data.wallSeconds, 0.001);
  const critical = new Set(data.criticalPath);
  const view = { from: 0, seconds: whole, top: 0 };
  const tip = element('p', { class: 'tip', 'aria-live': 'polite' });
  /** What was selected while nothing of this could be seen. */
  let isUnrevealed = false;

  const surface: Surface = createSurface(
    'Timeline: arrow keys move between builds, plus and minus zoom, 0 shows all',
    {
      draw: (context, width, height) =>
        drawTimeline(
          context,
          { data, lanes, critical, view, palette: palette(), selected: store.choice.selected },
          { width, height },
        ),
      pan(byX, byY) {
        view.from -= byX * secondsPerPixel();
        view.top -= byY;
        settle();
      },
      zoom,
      pick(at) {
        const bar = barUnder(at);
        store.change({ selected: bar?.place });
      },
      hover(at) {
        const bar = at === undefined ? undefined : barUnder(at);
        tip.textContent = bar === undefined ? '' : describeBar(bar);
      },
      key,
      shown: () => {
        if (isUnrevealed) reveal();
      },
    },
  );

  function secondsPerPixel(): number {
    return timelineScale(view.seconds, surface.size.width);
  }

  function zoom(factor: number, at: Point): void {
    const centre = view.from + (at.x - GUTTER_PIXELS) * secondsPerPixel();
    const seconds = Math.min(whole, Math.max(whole / 10_000, view.seconds / factor));
    view.from = centre - ((centre - view.from) * seconds) / view.seconds;
    view.seconds = seconds;
    settle();
  }

  function settle(): void {
    view.from = Math.max(0, Math.min(whole - view.seconds, view.from));
    const room = lanes.length * LANE_PIXELS + AXIS_PIXELS - surface.size.height;
    view.top = Math.max(0, Math.min(Math.max(0, room), view.top));
    surface.redraw();
  }

  function barUnder(at: Point): Bar | undefined {
    const lane = lanes[Math.floor((at.y - AXIS_PIXELS + view.top) / LANE_PIXELS)];
    if (lane === undefined || at.y < AXIS_PIXELS || at.x < GUTTER_PIXELS) return undefined;
    return barAt(
      lane,
      view.from + (at.x - GUTTER_PIXELS) * secondsPerPixel(),
      PICK_PIXELS * secondsPerPixel(),
    );
  }

  function key(name: string): boolean {
    const middle = { x: (GUTTER_PIXELS + surface.size.width) / 2, y: 0 };
    switch (name) {
      case '+':
      case '=':
        zoom(ZOOM_STEP, middle);
        return true;
      case '-':
        zoom(1 / ZOOM_STEP, middle);
        return true;
      case '0':
        zoom(1 / 10_000, middle);
        return true;
      case 'Enter':
        if (store.choice.selected !== undefined) openDetails();
        return true;
      case 'ArrowLeft':
        return moveInLane(-1);
      case 'ArrowRight':
        return moveInLane(1);
      case 'ArrowUp':
        return moveAcross(-1);
      case 'ArrowDown':
        return moveAcross(1);
      default:
        return false;
    }
  }

  function selectedSpot(): { readonly lane: number; readonly bar: number } | undefined {
    for (const [lane, { bars }] of lanes.entries()) {
      const bar = bars.findIndex(({ place, attempt }) => place === store.choice.selected && attempt.isFinal);
      if (bar >= 0) return { lane, bar };
    }
    return undefined;
  }

  function moveInLane(by: number): boolean {
    const spot = selectedSpot();
    const bars = lanes[spot?.lane ?? lanes.findIndex((lane) => lane.bars.length > 0)]?.bars;
    return select(spot === undefined ? bars?.[0] : bars?.[spot.bar + by]);
  }

  function moveAcross(by: number): boolean {
    const spot = selectedSpot();
    if (spot === undefined) return moveInLane(0);
    const at = lanes[spot.lane]?.bars[spot.bar]?.attempt.start ?? 0;
    for (let lane = spot.lane + by; lanes[lane] !== undefined; lane += by) {
      const bars = lanes[lane]?.bars ?? [];
      if (bars.length > 0) return select(bars.find((bar) => bar.attempt.end > at) ?? bars.at(-1));
    }
    return true;
  }

  function select(bar: Bar | undefined): boolean {
    if (bar !== undefined) store.change({ selected: bar.place });
    return true;
  }

  function reveal(): void {
    isUnrevealed = surface.size.width === 0;
    if (isUnrevealed) return;
    const spot = selectedSpot();
    const attempt = spot === undefined ? undefined : lanes[spot.lane]?.bars[spot.bar]?.attempt;
    if (spot === undefined || attempt === undefined) return;
    if (attempt.end < view.from || attempt.start > view.from + view.seconds) {
      view.from = (attempt.start + attempt.end - view.seconds) / 2;
    }
    const y = spot.lane * LANE_PIXELS;
    if (y < view.top) view.top = y;
    const room = surface.size.height - AXIS_PIXELS - LANE_PIXELS;
    if (y > view.top + room) view.top = y - room;
    settle();
  }

  function describeBar({ place, attempt }: Bar): string {
    const row = data.rows[place];
    if (row === undefined) return '';
    const outcome = attempt.isFinal ? row.outcome : 'lost and tried again';
    return `${rowTitle(row)}: ${outcome}, ${formatDuration(attempt.end - attempt.start)}, from ${formatMoment(attempt.start)} on`;
  }

  store.onChange((choice, before) => {
    if (choice.selected !== before.selected) reveal();
  });
  const zoomBy = (factor: number) => zoom(factor, { x: (GUTTER_PIXELS + surface.size.width) / 2, y: 0 });
  const buttons = element(
    'div',
    { class: 'tools' },
    button('+', { 'aria-label': 'Zoom in' }, () => zoomBy(ZOOM_STEP)),
    button('−', { 'aria-label': 'Zoom out' }, () => zoomBy(1 / ZOOM_STEP)),
    button('All', { 'aria-label': 'Show all' }, () => zoomBy(1 / 10_000)),
    tip,
  );
  return element('section', { class: 'drawing' }, buttons, surface.root);
}
