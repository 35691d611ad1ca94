import { button, element } from './elements.ts';
import type { Direction, Point, Size } from './geometry.ts';
import type { Store } from './store.ts';
import { createSurface } from './surface.ts';
import type { Surface } from './surface.ts';

/** What is under a point of a drawing. */
export interface Spotted {
  /** Place of the build's row. */
  readonly place: number;
  readonly text: string;
}

/** A picture of the builds. `View` is the part of it that is in sight; whatever moves makes a new one of it. */
export interface Drawing<View> {
  /** What it is and which keys it knows, for who does not see it. */
  readonly label: string;
  /** What stands in its place; undefined where there is something to draw. */
  readonly empty: string | undefined;
  /** How much closer one press of a key or button comes. */
  readonly zoomStep: number;
  draw(context: CanvasRenderingContext2D, view: View, size: Size): void;
  /** Everything in sight; `before` is undefined when it is shown for the first time. */
  whole(size: Size, before: View | undefined): View;
  pan(view: View, by: Point, size: Size): View;
  /** `factor` above 1 comes closer; `at` stays where it is, the middle unless given. */
  zoom(view: View, factor: number, at: Point | undefined, size: Size): View;
  /** Moves as far as needed to bring a build into sight; one that is not in the picture moves nothing. */
  reveal(view: View, place: number, size: Size): View;
  under(at: Point, view: View, size: Size): Spotted | undefined;
  /** Place of the build that an arrow key leads to; `from` is undefined when none is selected. */
  neighbour(from: number | undefined, direction: Direction): number | undefined;
}

const ARROWS: ReadonlyMap<string, Direction> = new Map([
  ['ArrowLeft', 'left'],
  ['ArrowRight', 'right'],
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
]);

/** Builds a drawing with its buttons. Mouse and keyboard move it and select builds; it follows what is selected elsewhere. */
export function buildDrawing<View>(
  drawing: Drawing<View>,
  store: Store,
  openDetails: () => void,
): HTMLElement {
  const tip = element('p', { class: 'tip', 'aria-live': 'polite' });
  /** Undefined until it is shown for the first time. */
  let view: View | undefined;
  /** Something was selected while nothing of this could be seen. */
  let isUnrevealed = false;

  const surface: Surface = createSurface(drawing.label, {
    draw(context) {
      if (view !== undefined) drawing.draw(context, view, surface.size);
    },
    pan: (byX, byY) => move((from, size) => drawing.pan(from, { x: byX, y: byY }, size)),
    zoom,
    pick: (at) => store.change({ selected: under(at)?.place }),
    hover(at) {
      tip.textContent = (at === undefined ? undefined : under(at)?.text) ?? '';
    },
    key,
    shown() {
      view ??= drawing.whole(surface.size, undefined);
      if (isUnrevealed) reveal();
    },
  });

  function move(next: (from: View, size: Size) => View): void {
    if (view !== undefined) view = next(view, surface.size);
    surface.redraw();
  }

  function zoom(factor: number, at?: Point): void {
    move((from, size) => drawing.zoom(from, factor, at, size));
  }

  function showAll(): void {
    move((from, size) => drawing.whole(size, from));
  }

  function under(at: Point): Spotted | undefined {
    return view === undefined ? undefined : drawing.under(at, view, surface.size);
  }

  function reveal(): void {
    const { selected } = store.choice;
    isUnrevealed = surface.size.width === 0;
    if (!isUnrevealed) {
      move((from, size) => (selected === undefined ? from : drawing.reveal(from, selected, size)));
    }
  }

  function key(name: string): boolean {
    const { selected } = store.choice;
    const direction = ARROWS.get(name);
    if (direction !== undefined) {
      const place = drawing.neighbour(selected, direction);
      if (place !== undefined) store.change({ selected: place });
    } else if (name === '+' || name === '=') zoom(drawing.zoomStep);
    else if (name === '-') zoom(1 / drawing.zoomStep);
    else if (name === '0') showAll();
    else if (name === 'Enter') {
      if (selected !== undefined) openDetails();
    } else return false;
    return true;
  }

  store.onChange((choice, before) => {
    if (choice.selected !== before.selected) reveal();
  });
  const tools = element(
    'div',
    { class: 'tools' },
    button('+', { 'aria-label': 'Zoom in' }, () => zoom(drawing.zoomStep)),
    button('−', { 'aria-label': 'Zoom out' }, () => zoom(1 / drawing.zoomStep)),
    button('All', { 'aria-label': 'Show all' }, showAll),
    tip,
  );
  const picture =
    drawing.empty === undefined ? surface.root : element('p', { class: 'empty' }, drawing.empty);
  return element('section', { class: 'drawing' }, tools, picture);
}
