/** Height of a row: fixed, so that only the rows in sight need elements. Must agree with the style. */
export const ROW_PIXELS = 30;
/** Rows made above and below those in sight. */
const MARGIN_ROWS = 12;

/** What of a table is in sight, in CSS pixels: how far it is scrolled down, and how high its frame is. */
export interface TableWindow {
  readonly top: number;
  readonly height: number;
}

/** Which rows are made, from `first` until before `last`. */
export function rowsToMake(
  { top, height }: TableWindow,
  rowCount: number,
): { readonly first: number; readonly last: number } {
  const first = Math.max(0, Math.floor(top / ROW_PIXELS) - MARGIN_ROWS);
  const last = Math.min(rowCount, first + Math.ceil(height / ROW_PIXELS) + 2 * MARGIN_ROWS);
  return { first, last };
}

/** How far down to scroll, no further than needed, to have a row in sight below the head of the table. */
export function topThatShows(index: number, { top, height }: TableWindow): number {
  const rowTop = index * ROW_PIXELS;
  // The head covers the first row of what is in sight.
  const room = height - 2 * ROW_PIXELS;
  if (rowTop < top) return rowTop;
  return rowTop > top + room ? rowTop - room : top;
}

/**
 * The row that a key leads to, one of those that there are.
 *
 * @param from the selected row, -1 for none
 * @returns undefined for a key that leads nowhere
 */
export function rowAfterKey(
  key: string,
  from: number,
  rowCount: number,
  { height }: TableWindow,
): number | undefined {
  const page = Math.max(1, Math.floor(height / ROW_PIXELS) - 2);
  const target = new Map([
    ['ArrowDown', from + 1],
    ['ArrowUp', from - 1],
    ['PageDown', from + page],
    ['PageUp', from - page],
    ['Home', 0],
    ['End', rowCount - 1],
  ]).get(key);
  return target === undefined ? undefined : Math.max(0, Math.min(rowCount - 1, target));
}
