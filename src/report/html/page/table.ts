import type { PageData } from '../page-data.ts';
import { columnsOf, FIRST_ORDER, sortedPlaces } from './columns.ts';
import type { Column, Order } from './columns.ts';
import { button, element } from './elements.ts';
import { shownRows } from './rows.ts';
import type { Store } from './store.ts';

/** Fixed, so that only the rows in sight need elements. Must agree with the style. */
const ROW_PIXELS = 30;
/** Rows made above and below those in sight. */
const MARGIN_ROWS = 12;

/** The table of builds: sorted by its headings, filtered by the store, moved through with the keyboard. */
export function buildTable(data: PageData, store: Store, openDetails: () => void): HTMLElement {
  const columns = columnsOf(data);
  let order: Order = FIRST_ORDER;
  let places: number[] = [];

  const body = element('tbody');
  const count = element('p', { class: 'count', 'aria-live': 'polite' });
  const headings = columns.map((column) => heading(column, () => sortBy(column)));
  const table = element(
    'table',
    { role: 'grid', 'aria-label': 'Builds' },
    element('thead', {}, element('tr', {}, ...headings)),
    body,
  );
  const scroller = element(
    'div',
    { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': 'Builds, arrow keys move' },
    table,
  );
  let isDrawing = false;

  function sortBy(column: Column): void {
    const isSame = order.column.key === column.key;
    order = { column, isDescending: isSame ? !order.isDescending : column.isNumber };
    arrange();
  }

  function arrange(): void {
    places = sortedPlaces(data.rows, shownRows(data, store.choice), order);
    for (const [index, cell] of headings.entries()) {
      const isSorted = columns[index]?.key === order.column.key;
      cell.setAttribute('aria-sort', isSorted ? (order.isDescending ? 'descending' : 'ascending') : 'none');
    }
    table.setAttribute('aria-rowcount', String(places.length + 1));
    count.textContent = `${places.length} of ${data.rows.length}`;
    draw();
  }

  function draw(): void {
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW_PIXELS) - MARGIN_ROWS);
    const inSight = Math.ceil(scroller.clientHeight / ROW_PIXELS) + 2 * MARGIN_ROWS;
    const last = Math.min(places.length, first + inSight);
    const rows = places.slice(first, last).map((place, index) => tableRow(place, first + index));
    body.replaceChildren(spacer(first), ...rows, spacer(places.length - last));
    const selected = store.choice.selected;
    if (selected === undefined) scroller.removeAttribute('aria-activedescendant');
    else scroller.setAttribute('aria-activedescendant', `row-${selected}`);
  }

  function tableRow(place: number, index: number): HTMLElement {
    const row = data.rows[place];
    const cells = columns.map((column) => {
      const text = row === undefined ? '' : column.text(row);
      return element('td', { class: column.isNumber ? 'number' : column.key, title: text }, text);
    });
    return element(
      'tr',
      {
        id: `row-${place}`,
        class: `state-${row?.state ?? 'built'}`,
        'data-place': String(place),
        'aria-rowindex': String(index + 2),
        'aria-selected': String(place === store.choice.selected),
      },
      ...cells,
    );
  }

  function moveTo(index: number): void {
    const place = places[Math.max(0, Math.min(places.length - 1, index))];
    if (place !== undefined) store.change({ selected: place });
  }

  function reveal(): void {
    const index = store.choice.selected === undefined ? -1 : places.indexOf(store.choice.selected);
    if (index < 0) return;
    // The head of the table covers the first row of what is in sight.
    const top = index * ROW_PIXELS;
    const room = scroller.clientHeight - 2 * ROW_PIXELS;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
  }

  scroller.addEventListener('keydown', (event) => {
    const at = store.choice.selected === undefined ? -1 : places.indexOf(store.choice.selected);
    const page = Math.max(1, Math.floor(scroller.clientHeight / ROW_PIXELS) - 2);
    const target = new Map([
      ['ArrowDown', at + 1],
      ['ArrowUp', at - 1],
      ['PageDown', at + page],
      ['PageUp', at - page],
      ['Home', 0],
      ['End', places.length - 1],
    ]).get(event.key);
    if (event.target !== scroller) return;
    if (target !== undefined) moveTo(target);
    else if (event.key === 'Enter' && at >= 0) openDetails();
    else return;
    event.preventDefault();
  });
  body.addEventListener('click', (event) => {
    const place = event.target instanceof Element ? event.target.closest('tr')?.dataset['place'] : undefined;
    if (place !== undefined) store.change({ selected: Number(place) });
  });
  scroller.addEventListener('scroll', () => {
    if (isDrawing) return;
    isDrawing = true;
    requestAnimationFrame(() => {
      isDrawing = false;
      draw();
    });
  });
  store.onChange((choice, before) => {
    if (choice.words !== before.words || choice.states !== before.states) arrange();
    else draw();
    if (choice.selected !== before.selected) reveal();
  });
  new ResizeObserver(() => draw()).observe(scroller);
  arrange();
  return element('section', { class: 'table' }, count, scroller);
}

function heading(column: Column, sort: () => void): HTMLTableCellElement {
  const cell = element('th', { scope: 'col', class: column.isNumber ? `number ${column.key}` : column.key });
  cell.append(button(column.title, {}, sort));
  return cell;
}

function spacer(rows: number): HTMLElement {
  const made = element('tr', { class: 'spacer', 'aria-hidden': 'true' });
  made.style.height = `${rows * ROW_PIXELS}px`;
  return made;
}
