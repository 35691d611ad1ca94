import { formatDuration, formatMoment, logExtent } from '../../durations.ts';
import type { PageData, PageRow } from '../page-data.ts';
import { button, element, termList } from './elements.ts';
import { rowSeconds, rowTitle, STATE_SIGNS } from './rows.ts';
import type { Store } from './store.ts';

/** Links to other builds that are made at once; the rest is counted. */
const LINKS_SHOWN = 100;

/** The panel of the selected build: its figures, how to repeat it, the end of its log, what it needs and what needs it. */
export function buildDetails(
  data: PageData,
  dependants: readonly (readonly number[])[],
  store: Store,
): HTMLElement {
  const panel = element('aside', { class: 'details', tabindex: '-1', 'aria-label': 'Selected build' });

  function show(): void {
    const place = store.choice.selected;
    const row = place === undefined ? undefined : data.rows[place];
    panel.hidden = row === undefined;
    if (place === undefined || row === undefined) return;
    panel.replaceChildren(
      element(
        'header',
        {},
        element('h2', { class: `state-${row.state}` }, `${STATE_SIGNS[row.state]} ${rowTitle(row)}`),
        button('×', { class: 'close', 'aria-label': 'Close' }, () => store.change({ selected: undefined })),
      ),
      termList(figures(row, data)),
      ...rootLink(row),
      ...(row.message === '' ? [] : [element('pre', { class: 'message', tabindex: '0' }, row.message)]),
      ...(row.reproduce === '' ? [] : [reproduction(row.reproduce)]),
      ...logView(row),
      ...links('Needs', row.dependencies),
      ...links('Needed by', dependants[place] ?? []),
      termList(row.details),
    );
    panel.scrollTop = 0;
  }

  function rootLink(row: PageRow): HTMLElement[] {
    return row.root === null ? [] : [element('p', {}, 'Blocked by ', linkTo(row.root))];
  }

  function linkTo(place: number): HTMLElement {
    const row = data.rows[place];
    const text = row === undefined ? '' : `${STATE_SIGNS[row.state]} ${rowTitle(row)}`;
    return button(text, { class: `link state-${row?.state ?? 'built'}` }, () => {
      store.change({ selected: place });
      panel.focus();
    });
  }

  function links(title: string, places: readonly number[]): HTMLElement[] {
    if (places.length === 0) return [];
    const more = places.length - LINKS_SHOWN;
    const items = places.slice(0, LINKS_SHOWN).map((place) => element('li', {}, linkTo(place)));
    return [
      element('h3', {}, `${title} (${places.length})`),
      element('ul', { class: 'links' }, ...items, ...(more > 0 ? [element('li', {}, `${more} more`)] : [])),
    ];
  }

  store.onChange((choice, before) => {
    if (choice.selected !== before.selected) show();
  });
  show();
  return panel;
}

function figures(row: PageRow, data: PageData): (readonly [string, string])[] {
  const seconds = rowSeconds(row);
  return [
    ['Result', row.builder === '' ? row.outcome : `${row.outcome}, ${row.builder}`],
    ...(row.jobs.length > 1 ? [['Jobs', row.jobs.join(', ')] as const] : []),
    ...(rowTitle(row) === row.name ? [] : [['Name', row.name] as const]),
    ...(seconds === undefined
      ? []
      : [['Time', `${formatDuration(seconds)}, from ${formatMoment(row.start ?? 0)} on`] as const]),
    ...(row.cpu === null ? [] : [['CPU time', row.cpuText] as const]),
    ...(data.hasCosts ? [['Cost', row.costText] as const] : []),
    ...(row.attempts.length > 1 ? [['Attempts', String(row.attempts.length)] as const] : []),
  ];
}

function reproduction(command: string): HTMLElement {
  const text = element(
    'pre',
    { class: 'command', tabindex: '0', 'aria-label': 'Command to repeat the build' },
    command,
  );
  const copy = button('Copy', {}, () => {
    // Not every browser lets a file:// page write to the clipboard; then the command is at least selected.
    getSelection()?.selectAllChildren(text);
    navigator.clipboard?.writeText(command).then(
      () => (copy.textContent = 'Copied'),
      () => (copy.textContent = 'Selected'),
    );
  });
  return element('section', {}, element('h3', {}, 'Reproduce locally ', copy), text);
}

function logView(row: PageRow): HTMLElement[] {
  if (row.log.length === 0) return [];
  const file =
    row.logFile === ''
      ? []
      : [element('p', { class: 'file' }, 'Whole log: ', element('code', {}, row.logFile))];
  const log = element(
    'pre',
    { class: 'log', tabindex: '0', 'aria-label': 'End of the log' },
    row.log.join('\n'),
  );
  requestAnimationFrame(() => {
    log.scrollTop = log.scrollHeight;
  });
  return [element('h3', {}, `Log: ${logExtent(row.log.length, row.logLines).toLowerCase()}`), log, ...file];
}
