import type { PageData, PageState } from '../page-data.ts';
import { button, element } from './elements.ts';
import { STATE_NAMES, STATE_SIGNS, stateCounts } from './rows.ts';
import type { Store } from './store.ts';

/** The search field and a button for each state that occurs. */
export function buildFilter(data: PageData, store: Store): { readonly root: HTMLElement; focus(): void } {
  const search = element('input', {
    type: 'search',
    placeholder: 'Filter (press /)',
    'aria-label': 'Filter builds by name, builder or result',
  });
  search.addEventListener('input', () => {
    const words = search.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    store.change({ words });
  });
  const states = stateCounts(data.rows).map(([state, count]) => {
    const text = `${STATE_SIGNS[state]} ${STATE_NAMES[state]} ${count}`;
    const toggle = button(text, { class: `state state-${state}`, 'aria-pressed': 'false' }, () => {
      const states = toggled(store.choice.states, state);
      toggle.setAttribute('aria-pressed', String(states.includes(state)));
      store.change({ states });
    });
    return toggle;
  });
  return {
    root: element(
      'div',
      { class: 'filter' },
      search,
      element('div', { role: 'group', 'aria-label': 'States' }, ...states),
    ),
    focus: () => search.focus(),
  };
}

function toggled(states: readonly PageState[], state: PageState): readonly PageState[] {
  return states.includes(state) ? states.filter((other) => other !== state) : [...states, state];
}
