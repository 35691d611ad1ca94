import { element } from './elements.ts';
import type { Point, Size } from './geometry.ts';

/** What a drawing does with what the reader does; all of it is optional to a mouse: keys reach everything. */
export interface SurfaceHandlers {
  /** Draws everything. */
  draw(context: CanvasRenderingContext2D): void;
  pan(byX: number, byY: number): void;
  /** `factor` above 1 comes closer; `at` stays where it is. */
  zoom(factor: number, at: Point): void;
  pick(at: Point): void;
  hover(at: Point | undefined): void;
  /** It came into sight, for the first time or again. */
  shown(): void;
  /** Whether the key meant something here. */
  key(key: string): boolean;
}

/** A canvas that redraws itself at most once a frame. */
export interface Surface {
  readonly root: HTMLElement;
  readonly size: Size;
  redraw(): void;
}

/** A mouse that moved less than this between down and up has clicked. */
const CLICK_PIXELS = 4;

/**
 * Makes a canvas as large as its parent lets it be; its pixels are those of the screen. Nothing is drawn while it is hidden.
 *
 * @param label what it is and which keys it knows, for who does not see it
 */
export function createSurface(label: string, handlers: SurfaceHandlers): Surface {
  const canvas = element('canvas', { tabindex: '0', role: 'application', 'aria-label': label });
  const root = element('div', { class: 'surface' }, canvas);
  const context = canvas.getContext('2d');
  const size = { width: 0, height: 0 };
  let isScheduled = false;

  function redraw(): void {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      if (context === null || size.width === 0) return;
      const ratio = devicePixelRatio;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size.width, size.height);
      handlers.draw(context);
    });
  }

  new ResizeObserver(() => {
    const wasHidden = size.width === 0;
    size.width = root.clientWidth;
    size.height = root.clientHeight;
    canvas.width = Math.round(size.width * devicePixelRatio);
    canvas.height = Math.round(size.height * devicePixelRatio);
    if (wasHidden && size.width > 0) handlers.shown();
    redraw();
  }).observe(root);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  addEventListener('scheme', redraw);
  listenToPointer(canvas, handlers);
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !handlers.key(event.key)) return;
    event.preventDefault();
  });
  return { root, size, redraw };
}

function listenToPointer(canvas: HTMLCanvasElement, handlers: SurfaceHandlers): void {
  let last: Point | undefined;
  let moved = 0;
  canvas.addEventListener('pointerdown', (event) => {
    last = { x: event.offsetX, y: event.offsetY };
    moved = 0;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const at = { x: event.offsetX, y: event.offsetY };
    if (last === undefined) {
      handlers.hover(at);
      return;
    }
    moved += Math.abs(at.x - last.x) + Math.abs(at.y - last.y);
    handlers.pan(at.x - last.x, at.y - last.y);
    last = at;
  });
  canvas.addEventListener('pointerup', (event) => {
    if (last !== undefined && moved < CLICK_PIXELS) handlers.pick({ x: event.offsetX, y: event.offsetY });
    last = undefined;
  });
  canvas.addEventListener('pointercancel', () => {
    last = undefined;
  });
  canvas.addEventListener('pointerleave', () => handlers.hover(undefined));
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) {
        handlers.zoom(Math.exp(-event.deltaY / 200), { x: event.offsetX, y: event.offsetY });
      } else handlers.pan(-event.deltaX, -event.deltaY);
    },
    { passive: false },
  );
}
