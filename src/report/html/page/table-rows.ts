import type { PageRow } from '../page-data.ts';
import type { Column } from './columns.ts';
import { button, element } from './elements.ts';
import { ROW_PIXELS } from './table-window.ts';

/** Which row of the table it is. */
export interface RowPosition {
  /** Place of the build. */
  readonly place: number;
  /** From the top of the table, as it is sorted and filtered, 0 for the first. */
  readonly index: number;
  readonly isSelected: boolean;
}

/** One build in the table. */
export function tableRow(
  row: PageRow,
  columns: readonly Column[],
  { place, index, isSelected }: RowPosition,
): HTMLElement {
  const cells = columns.map((column) => {
    const text = column.text(row);
    return element('td', { class: column.isNumber ? 'number' : column.key, title: text }, text);
  });
  return element(
    'tr',
    {
      id: rowId(place),
      class: `state-${row.state}`,
      'data-place': String(place),
      // The head is the first, and counting begins at 1.
      'aria-rowindex': String(index + 2),
      'aria-selected': String(isSelected),
    },
    ...cells,
  );
}

/** Id of the element of a build. */
export function rowId(place: number): string {
  return `row-${place}`;
}

/** The head of a column; its button sorts. */
export function heading(column: Column, sort: () => void): HTMLTableCellElement {
  const cell = element('th', { scope: 'col', class: column.isNumber ? `number ${column.key}` : column.key });
  cell.append(button(column.title, {}, sort));
  return cell;
}

/** Holds the room of so many rows that are not made. */
export function spacer(rows: number): HTMLElement {
  const made = element('tr', { class: 'spacer', 'aria-hidden': 'true' });
  made.style.height = `${rows * ROW_PIXELS}px`;
  return made;
}
