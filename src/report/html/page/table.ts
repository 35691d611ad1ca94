import type { PageData } from '../page-data.ts';
import { columnsOf, FIRST_ORDER, sortedPlaces } from './columns.ts';
import type { Column, Order } from './columns.ts';
import { element } from './elements.ts';
import { shownRows } from './rows.ts';
import type { Store } from './store.ts';
import { heading, rowId, spacer, tableRow } from './table-rows.ts';
import { rowAfterKey, rowsToMake, topThatShows } from './table-window.ts';
import type { TableWindow } from './table-window.ts';

/** The table of builds: sorted by its headings, filtered by the store, moved through with the keyboard. */
export function buildTable(data: PageData, store: Store, openDetails: () => void): HTMLElement {
  const columns = columnsOf(data);
  let order: Order = FIRST_ORDER;
  let places: number[] = [];
  let isDrawing = false;

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
    const { selected } = store.choice;
    const { first, last } = rowsToMake(inSight(), places.length);
    const rows = places.slice(first, last).flatMap((place, offset) => {
      const row = data.rows[place];
      const position = { place, index: first + offset, isSelected: place === selected };
      return row === undefined ? [] : [tableRow(row, columns, position)];
    });
    body.replaceChildren(spacer(first), ...rows, spacer(places.length - last));
    if (selected === undefined) scroller.removeAttribute('aria-activedescendant');
    else scroller.setAttribute('aria-activedescendant', rowId(selected));
  }

  function inSight(): TableWindow {
    return { top: scroller.scrollTop, height: scroller.clientHeight };
  }

  /** Of the selected build among those that are shown; -1 for none. */
  function selectedIndex(): number {
    const { selected } = store.choice;
    return selected === undefined ? -1 : places.indexOf(selected);
  }

  function reveal(): void {
    const index = selectedIndex();
    if (index >= 0) scroller.scrollTop = topThatShows(index, inSight());
  }

  scroller.addEventListener('keydown', (event) => {
    if (event.target !== scroller) return;
    const from = selectedIndex();
    const target = rowAfterKey(event.key, from, places.length, inSight());
    if (target !== undefined) {
      const place = places[target];
      if (place !== undefined) store.change({ selected: place });
    } else if (event.key === 'Enter' && from >= 0) openDetails();
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
