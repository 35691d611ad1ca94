import { formatExactMoment, formatMoment } from '../../durations.ts';
import type { PageData } from '../page-data.ts';
import type { Palette } from './colours.ts';
import type { Size } from './geometry.ts';
import { rowTitle } from './rows.ts';
import { axisStep } from './timeline-lanes.ts';
import type { Bar, Lane } from './timeline-lanes.ts';
import { AXIS_PIXELS, GUTTER_PIXELS, LANE_PIXELS, timelineScale } from './timeline-view.ts';
import type { TimelineView } from './timeline-view.ts';

const LABEL_PIXELS = 70;
/** Bars narrower than this have no room for a name. */
const NAMED_PIXELS = 40;

/** What a timeline is drawn from. */
export interface TimelineScene {
  readonly data: PageData;
  readonly lanes: readonly Lane[];
  /** Places of the critical path. */
  readonly critical: ReadonlySet<number>;
  readonly view: TimelineView;
  readonly palette: Palette;
  readonly selected: number | undefined;
}

interface Frame extends TimelineScene, Size {
  readonly context: CanvasRenderingContext2D;
  readonly secondsPerPixel: number;
}

/** Draws the lanes in sight and the axis above them. */
export function drawTimeline(context: CanvasRenderingContext2D, scene: TimelineScene, size: Size): void {
  const { lanes, view } = scene;
  const frame: Frame = {
    ...scene,
    ...size,
    context,
    secondsPerPixel: timelineScale(view.seconds, size.width),
  };
  const first = Math.floor(view.top / LANE_PIXELS);
  const last = Math.min(lanes.length, first + Math.ceil(size.height / LANE_PIXELS) + 1);
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  drawGrid(frame);
  for (const [index, lane] of lanes.slice(first, last).entries()) {
    drawLane(frame, lane, AXIS_PIXELS + (first + index) * LANE_PIXELS - view.top);
  }
  drawAxis(frame);
}

function drawLane(frame: Frame, lane: Lane, y: number): void {
  const { context, palette, width } = frame;
  const isFirst = lane.slot === 0;
  if (isFirst) {
    context.fillStyle = palette.line;
    context.fillRect(0, y, width, 1);
  }
  context.save();
  context.beginPath();
  context.rect(GUTTER_PIXELS, y, width - GUTTER_PIXELS, LANE_PIXELS);
  context.clip();
  for (const bar of lane.bars) drawBar(frame, bar, y);
  context.restore();
  context.fillStyle = isFirst ? palette.text : palette.muted;
  const label = isFirst ? lane.builder : `slot ${lane.slot + 1}`;
  context.fillText(label, isFirst ? 4 : 16, y + LANE_PIXELS / 2, GUTTER_PIXELS - 24);
}

function drawBar(frame: Frame, { place, attempt }: Bar, y: number): void {
  const { context, data, palette, critical, width } = frame;
  const row = data.rows[place];
  const from = pixelOf(frame, attempt.start);
  const length = Math.max(1.5, pixelOf(frame, attempt.end) - from);
  if (row === undefined || from + length < GUTTER_PIXELS || from > width) return;
  context.globalAlpha = attempt.isFinal ? 1 : 0.4;
  context.fillStyle = palette[attempt.isFinal ? row.state : 'trouble'];
  context.fillRect(from, y + 3, Math.max(1, length - 1), LANE_PIXELS - 6);
  context.globalAlpha = 1;
  if (critical.has(place) && attempt.isFinal) {
    context.fillStyle = palette.accent;
    context.fillRect(from, y + LANE_PIXELS - 4, Math.max(1, length - 1), 3);
  }
  if (place === frame.selected) {
    context.strokeStyle = palette.text;
    context.lineWidth = 2;
    context.strokeRect(from, y + 2, length, LANE_PIXELS - 4);
  }
  // What is faint takes the colour of plain text: that of the page would hardly be seen on it.
  const colour = attempt.isFinal ? palette.page : palette.text;
  if (length >= NAMED_PIXELS) drawName(frame, { name: rowTitle(row), colour, from, length, y });
}

interface BarName {
  readonly name: string;
  readonly colour: string;
  readonly from: number;
  readonly length: number;
  readonly y: number;
}

function drawName({ context }: Frame, { name, colour, from, length, y }: BarName): void {
  const start = Math.max(from, GUTTER_PIXELS) + 4;
  context.save();
  context.beginPath();
  context.rect(start, y, from + length - start - 4, LANE_PIXELS);
  context.clip();
  context.fillStyle = colour;
  context.fillText(name, start, y + LANE_PIXELS / 2);
  context.restore();
}

function drawGrid(frame: Frame): void {
  const { context, palette, height } = frame;
  context.fillStyle = palette.line;
  for (const at of axisTimes(frame)) context.fillRect(pixelOf(frame, at), AXIS_PIXELS - 4, 1, height);
}

function drawAxis(frame: Frame): void {
  const { context, palette, width } = frame;
  context.fillStyle = palette.page;
  context.fillRect(0, 0, width, AXIS_PIXELS);
  context.fillStyle = palette.muted;
  const format = axisStep(frame.secondsPerPixel, LABEL_PIXELS) < 1 ? formatExactMoment : formatMoment;
  for (const at of axisTimes(frame)) context.fillText(format(at), pixelOf(frame, at) + 3, AXIS_PIXELS / 2);
}

/** Seconds at which the axis has a mark. */
function axisTimes({ view, secondsPerPixel }: Frame): number[] {
  const step = axisStep(secondsPerPixel, LABEL_PIXELS);
  const first = Math.ceil(view.from / step);
  const last = Math.floor((view.from + view.seconds) / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

function pixelOf({ view, secondsPerPixel }: Frame, seconds: number): number {
  return GUTTER_PIXELS + (seconds - view.from) / secondsPerPixel;
}
