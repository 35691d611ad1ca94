import type { PageData, PageRow, PageState } from '../page-data.ts';
import type { Choice } from './store.ts';

/** Worst first. */
const STATE_ORDER: readonly PageState[] = ['failed', 'trouble', 'blocked', 'cancelled', 'built', 'cached'];

/** What each state is called on its button. */
export const STATE_NAMES: Readonly<Record<PageState, string>> = {
  failed: 'Failed',
  trouble: 'Builder trouble',
  blocked: 'Blocked',
  cancelled: 'Cancelled',
  built: 'Built',
  cached: 'Already there',
};

/** Sign in front of a row, so that its state does not hang on its colour. */
export const STATE_SIGNS: Readonly<Record<PageState, string>> = {
  failed: '✗',
  trouble: '⚡',
  blocked: '⊘',
  cancelled: '○',
  built: '✓',
  cached: '=',
};

/** The states that occur, worst first, with how many rows each has. */
export function stateCounts(rows: readonly PageRow[]): readonly (readonly [PageState, number])[] {
  return STATE_ORDER.map(
    (state) => [state, rows.filter((row) => row.state === state).length] as const,
  ).filter(([, count]) => count > 0);
}

/** Where a state stands among the others, worst first. */
export function stateRank(state: PageState): number {
  return STATE_ORDER.indexOf(state);
}

/** The name under which a row is shown: its job's label, else the derivation's name. */
export function rowTitle(row: PageRow): string {
  return row.jobs[0] ?? row.name;
}

/** Wall seconds; undefined when it never ran. */
export function rowSeconds(row: PageRow): number | undefined {
  return row.start === null || row.end === null ? undefined : Math.max(0, row.end - row.start);
}

/** Places of the rows that the choice shows. */
export function shownRows(data: PageData, choice: Choice): number[] {
  const places: number[] = [];
  for (const [place, row] of data.rows.entries()) {
    if (isShown(row, choice)) places.push(place);
  }
  return places;
}

/** For each row the rows that need it directly. */
export function dependantsOf(rows: readonly PageRow[]): readonly (readonly number[])[] {
  const dependants: number[][] = rows.map(() => []);
  for (const [place, row] of rows.entries()) {
    for (const dependency of row.dependencies) dependants[dependency]?.push(place);
  }
  return dependants;
}

function isShown(row: PageRow, { words, states }: Choice): boolean {
  if (states.length > 0 && !states.includes(row.state)) return false;
  if (words.length === 0) return true;
  const text = `${row.jobs.join(' ')} ${row.name} ${row.builder} ${row.outcome}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
