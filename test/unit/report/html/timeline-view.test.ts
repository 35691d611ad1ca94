import { describe, expect, test } from 'vitest';
import {
  AXIS_PIXELS,
  GUTTER_PIXELS,
  LANE_PIXELS,
  panTimeline,
  revealTime,
  timelineScale,
  timeUnder,
  wholeTimeline,
  zoomTimeline,
} from '../../../../src/report/html/page/timeline-view.ts';

/** 100 pixels for bars, and for four lanes. */
const SIZE = { width: 260, height: AXIS_PIXELS + 4 * LANE_PIXELS };
const EXTENT = { seconds: 1000, lanes: 10 };
const MOST_TOP = 6 * LANE_PIXELS;

describe('the view of the timeline', () => {
  test('is the whole run, scrolled down as it was', () => {
    const whole = { from: 0, seconds: 1000, top: 0 };
    expect(wholeTimeline(EXTENT, SIZE, undefined)).toEqual(whole);
    const before = { from: 300, seconds: 10, top: 40 };
    expect(wholeTimeline(EXTENT, SIZE, before)).toEqual({ ...whole, top: 40 });
  });

  test.each([
    { name: 'back in time', by: { x: 10, y: 0 }, from: 390, top: 40 },
    { name: 'on in time', by: { x: -10, y: 0 }, from: 410, top: 40 },
    { name: 'up', by: { x: 0, y: 10 }, from: 400, top: 30 },
    { name: 'to the start and the top', by: { x: 9999, y: 9999 }, from: 0, top: 0 },
    { name: 'to the end and the bottom', by: { x: -9999, y: -9999 }, from: 900, top: MOST_TOP },
  ])('moves $name', ({ by, from, top }) => {
    expect(panTimeline({ from: 400, seconds: 100, top: 40 }, by, EXTENT, SIZE)).toEqual({
      from,
      seconds: 100,
      top,
    });
  });

  test('scrolls nowhere where all lanes have room', () => {
    const view = { from: 0, seconds: 1000, top: 0 };
    expect(panTimeline(view, { x: 0, y: -50 }, { ...EXTENT, lanes: 3 }, SIZE).top).toBe(0);
  });

  test.each([
    { name: 'at the mouse', atX: GUTTER_PIXELS + 20, factor: 2, from: 410, seconds: 50 },
    { name: 'in the middle unless told where', atX: undefined, factor: 2, from: 427.5, seconds: 50 },
    { name: 'away', atX: GUTTER_PIXELS, factor: 0.5, from: 400, seconds: 200 },
    { name: 'away until all is in sight', atX: GUTTER_PIXELS, factor: 1e-6, from: 0, seconds: 1000 },
    { name: 'no closer than a ten thousandth', atX: GUTTER_PIXELS, factor: 1e9, from: 400, seconds: 0.1 },
  ])('zooms $name', ({ atX, factor, from, seconds }) => {
    const view = zoomTimeline({ from: 400, seconds: 100, top: 40 }, factor, atX, EXTENT, SIZE);
    expect(view.from).toBeCloseTo(from, 6);
    expect(view.seconds).toBeCloseTo(seconds, 6);
    expect(view.top).toBe(40);
  });

  test.each([
    { name: 'what is in sight', spot: { lane: 3, start: 450, end: 460 }, from: 400, top: 40 },
    { name: 'what reaches into sight', spot: { lane: 3, start: 0, end: 400 }, from: 400, top: 40 },
    { name: 'what was before', spot: { lane: 3, start: 100, end: 120 }, from: 60, top: 40 },
    { name: 'what comes after', spot: { lane: 3, start: 600, end: 620 }, from: 560, top: 40 },
    { name: 'a lane further up', spot: { lane: 1, start: 450, end: 460 }, from: 400, top: 20 },
    { name: 'a lane further down', spot: { lane: 7, start: 450, end: 460 }, from: 400, top: 80 },
  ])('moves no further than needed to show $name', ({ spot, from, top }) => {
    const view = { from: 400, seconds: 100, top: 40 };
    expect(revealTime(view, spot, EXTENT, SIZE)).toEqual({ from, seconds: 100, top });
  });

  test('tells lane and time under a point, and nothing beside the lanes', () => {
    const view = { from: 400, seconds: 100, top: 30 };
    const at = { x: GUTTER_PIXELS + 10, y: AXIS_PIXELS + 15 };
    expect(timeUnder(view, at, SIZE)).toEqual({ lane: 2, seconds: 410, reach: 4 });
    expect(timeUnder(view, { ...at, x: GUTTER_PIXELS - 1 }, SIZE)).toBeUndefined();
    expect(timeUnder(view, { ...at, y: AXIS_PIXELS - 1 }, SIZE)).toBeUndefined();
  });

  test('has a scale even where there is no room for bars', () => {
    expect(timelineScale(100, 0)).toBe(100);
  });
});
