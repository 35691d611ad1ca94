import type { Point, Size } from './geometry.ts';

/** Height of one slot of one builder. */
export const LANE_PIXELS = 20;
/** Room for the times, above the lanes. */
export const AXIS_PIXELS = 24;
/** Room for the names of builders, left of the bars. */
export const GUTTER_PIXELS = 150;
const RIGHT_PIXELS = 10;
/** How far beside a bar the mouse still means it. */
const PICK_PIXELS = 4;
/** Closest, this part of the run fills the surface. */
const CLOSEST_PART = 1 / 10_000;

/** Which part of the timeline is in sight. */
export interface TimelineView {
  /** Seconds at the left edge. */
  readonly from: number;
  /** How many seconds are in sight. */
  readonly seconds: number;
  /** Pixels scrolled down. */
  readonly top: number;
}

/** What there is to see. */
export interface TimelineExtent {
  /** Of the whole run, above 0. */
  readonly seconds: number;
  readonly lanes: number;
}

/** Seconds that a pixel stands for. */
export function timelineScale(seconds: number, width: number): number {
  return seconds / Math.max(1, width - GUTTER_PIXELS - RIGHT_PIXELS);
}

/** The whole run, scrolled down as it was before. */
export function wholeTimeline(
  extent: TimelineExtent,
  size: Size,
  before: TimelineView | undefined,
): TimelineView {
  return settle({ from: 0, seconds: extent.seconds, top: before?.top ?? 0 }, extent, size);
}

/** Moves along with the mouse, as far as there is something to see. */
export function panTimeline(view: TimelineView, by: Point, extent: TimelineExtent, size: Size): TimelineView {
  const from = view.from - by.x * timelineScale(view.seconds, size.width);
  return settle({ ...view, from, top: view.top - by.y }, extent, size);
}

/** Shows less time by a factor, or more of it below 1; what is at `atX` stays there, the middle unless given. */
export function zoomTimeline(
  view: TimelineView,
  factor: number,
  atX: number | undefined,
  extent: TimelineExtent,
  size: Size,
): TimelineView {
  const x = atX ?? (GUTTER_PIXELS + size.width) / 2;
  const centre = view.from + (x - GUTTER_PIXELS) * timelineScale(view.seconds, size.width);
  const seconds = Math.min(extent.seconds, Math.max(extent.seconds * CLOSEST_PART, view.seconds / factor));
  const from = centre - ((centre - view.from) * seconds) / view.seconds;
  return settle({ ...view, from, seconds }, extent, size);
}

/** Moves no further than needed for a time of a lane to be in sight. */
export function revealTime(
  view: TimelineView,
  { lane, start, end }: { readonly lane: number; readonly start: number; readonly end: number },
  extent: TimelineExtent,
  size: Size,
): TimelineView {
  const isInSight = end >= view.from && start <= view.from + view.seconds;
  const from = isInSight ? view.from : (start + end - view.seconds) / 2;
  const y = lane * LANE_PIXELS;
  const room = size.height - AXIS_PIXELS - LANE_PIXELS;
  const top = Math.max(Math.min(view.top, y), y - room);
  return settle({ ...view, from, top }, extent, size);
}

/** The lane and the time under a point, with how many seconds beside it count as there; undefined beside the lanes. */
export function timeUnder(
  view: TimelineView,
  at: Point,
  size: Size,
): { readonly lane: number; readonly seconds: number; readonly reach: number } | undefined {
  if (at.y < AXIS_PIXELS || at.x < GUTTER_PIXELS) return undefined;
  const secondsPerPixel = timelineScale(view.seconds, size.width);
  return {
    lane: Math.floor((at.y - AXIS_PIXELS + view.top) / LANE_PIXELS),
    seconds: view.from + (at.x - GUTTER_PIXELS) * secondsPerPixel,
    reach: PICK_PIXELS * secondsPerPixel,
  };
}

/** Leaves no empty room: neither before the run nor after it, nor below the last lane. */
function settle(view: TimelineView, extent: TimelineExtent, size: Size): TimelineView {
  const room = extent.lanes * LANE_PIXELS + AXIS_PIXELS - size.height;
  return {
    seconds: view.seconds,
    from: Math.max(0, Math.min(extent.seconds - view.seconds, view.from)),
    top: Math.max(0, Math.min(room, view.top)),
  };
}
