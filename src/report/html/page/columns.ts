import { formatDuration, formatMoment } from '../../durations.ts';
import type { PageData, PageRow } from '../page-data.ts';
import { rowSeconds, rowTitle, stateRank, STATE_SIGNS } from './rows.ts';

/** A column of the table of builds. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly isNumber: boolean;
  text(row: PageRow): string;
  /** For sorting; undefined sorts last either way. */
  value(row: PageRow): string | number | undefined;
}

/** A sorting of the table. */
export interface Order {
  readonly column: Column;
  readonly isDescending: boolean;
}

const STATE: Column = {
  key: 'state',
  title: 'Result',
  isNumber: false,
  text: (row) => `${STATE_SIGNS[row.state]} ${row.outcome}`,
  value: (row) => stateRank(row.state),
};

const COLUMNS: readonly Column[] = [
  {
    key: 'name',
    title: 'Build',
    isNumber: false,
    text: rowTitle,
    value: (row) => rowTitle(row).toLowerCase(),
  },
  STATE,
  {
    key: 'builder',
    title: 'Builder',
    isNumber: false,
    text: (row) => row.builder || '–',
    value: (row) => row.builder || undefined,
  },
  {
    key: 'start',
    title: 'Start',
    isNumber: true,
    text: (row) => (row.start === null ? '–' : formatMoment(row.start)),
    value: (row) => row.start ?? undefined,
  },
  {
    key: 'time',
    title: 'Time',
    isNumber: true,
    text: (row) => durationOrDash(rowSeconds(row)),
    value: rowSeconds,
  },
  {
    key: 'cpu',
    title: 'CPU time',
    isNumber: true,
    text: (row) => row.cpuText,
    value: (row) => row.cpu ?? undefined,
  },
];

const COST: Column = {
  key: 'cost',
  title: 'Cost',
  isNumber: true,
  text: (row) => row.costText,
  value: (row) => row.cost ?? undefined,
};

/** The columns that a run has something to say in. */
export function columnsOf(data: PageData): readonly Column[] {
  return data.hasCosts ? [...COLUMNS, COST] : COLUMNS;
}

/** Worst results first. */
export const FIRST_ORDER: Order = { column: STATE, isDescending: false };

/** Places in the given order; equal ones keep theirs. */
export function sortedPlaces(rows: readonly PageRow[], places: readonly number[], order: Order): number[] {
  const { column, isDescending } = order;
  const keyed = places.map((place) => {
    const row = rows[place];
    return { place, value: row === undefined ? undefined : column.value(row) };
  });
  const sign = isDescending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.value === undefined || b.value === undefined)
      return Number(a.value === undefined) - Number(b.value === undefined);
    if (a.value === b.value) return a.place - b.place;
    return a.value < b.value ? -sign : sign;
  });
  return keyed.map(({ place }) => place);
}

function durationOrDash(seconds: number | undefined): string {
  return seconds === undefined ? '–' : formatDuration(seconds);
}
