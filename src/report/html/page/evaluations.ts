import { formatBriefly } from '../../durations.ts';
import type { PageData, PageEvaluation } from '../page-data.ts';
import { button, element } from './elements.ts';
import type { Store } from './store.ts';

/** Attributes that took longest to evaluate, each with its share of the slowest one's time as a bar. */
export function buildEvaluations(data: PageData, store: Store): HTMLElement {
  const longest = data.evaluations[0]?.seconds ?? 0;
  const rows = data.evaluations.map((evaluation) => evaluationRow(evaluation, longest, store));
  const heads = ['Slowest attributes', 'Time', 'Memory', 'Beside the slowest'].map((title, index) =>
    element('th', { scope: 'col', class: index === 1 || index === 2 ? 'number' : '' }, title),
  );
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...rows),
  );
  const none = element(
    'p',
    { class: 'empty' },
    'No attribute was timed: an earlier evaluation was used again.',
  );
  return element(
    'section',
    { class: 'evaluations', tabindex: '0', 'aria-label': 'Evaluation' },
    element('p', { class: 'lead' }, data.evaluated),
    rows.length === 0 ? none : table,
  );
}

function evaluationRow({ attribute, seconds, memory, place }: PageEvaluation, longest: number, store: Store) {
  const name =
    place === null
      ? attribute
      : button(attribute, { class: 'link' }, () => {
          store.change({ selected: place });
        });
  const bar = element('meter', { min: '0', max: String(Math.max(longest, 0.001)), 'aria-hidden': 'true' });
  bar.value = seconds;
  return element(
    'tr',
    {},
    element('td', { class: 'name' }, name),
    element('td', { class: 'number' }, formatBriefly(seconds)),
    element('td', { class: 'number' }, memory),
    element('td', { class: 'bar' }, bar),
  );
}
