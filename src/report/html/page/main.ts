import type { PageData } from '../page-data.ts';
import { paletteReader } from './colours.ts';
import { buildDetails } from './details.ts';
import { button, element } from './elements.ts';
import { buildEvaluations } from './evaluations.ts';
import { buildFilter } from './filter.ts';
import { buildGraph } from './graph.ts';
import { buildBuilders, buildNotices } from './lists.ts';
import { dependantsOf } from './rows.ts';
import { createStore } from './store.ts';
import { buildTable } from './table.ts';
import { buildTabs } from './tabs.ts';
import { buildTimeline } from './timeline.ts';

const SCHEMES = ['auto', 'light', 'dark'] as const;

/** Builds the page around the data in the document. */
function start(): void {
  const data: PageData = JSON.parse(document.getElementById('run')?.textContent ?? '');
  const store = createStore();
  const dependants = dependantsOf(data.rows);
  const palette = paletteReader();
  const details = buildDetails(data, dependants, store);
  const openDetails = () => details.focus();
  const filter = buildFilter(data, store);
  const builds = element('div', { class: 'builds' }, filter.root, buildTable(data, store, openDetails));
  const tabs = buildTabs([
    { id: 'builds', title: 'Builds', content: builds },
    { id: 'timeline', title: 'Timeline', content: buildTimeline(data, store, palette, openDetails) },
    { id: 'graph', title: 'Graph', content: buildGraph(data, dependants, store, palette, openDetails) },
    { id: 'builders', title: `Builders (${data.builders.length})`, content: buildBuilders(data) },
    { id: 'evaluation', title: 'Evaluation', content: buildEvaluations(data, store) },
    { id: 'notices', title: `Notices (${data.notices.length})`, content: buildNotices(data) },
  ]);
  document.querySelector('body > header')?.append(schemeButton());
  document.body.append(element('main', {}, tabs, details));
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === '/' && !isTyping) {
      document.getElementById('tab-builds')?.click();
      filter.focus();
      event.preventDefault();
    } else if (event.key === 'Escape' && store.choice.selected !== undefined) {
      store.change({ selected: undefined });
    }
  });
}

function schemeButton(): HTMLElement {
  let shown = 0;
  const made = button('Colours: auto', { class: 'scheme' }, () => {
    shown = (shown + 1) % SCHEMES.length;
    const scheme = SCHEMES[shown] ?? 'auto';
    document.documentElement.dataset['scheme'] = scheme;
    made.textContent = `Colours: ${scheme}`;
    // Drawings read their colours when they are drawn; nothing else would make them draw.
    dispatchEvent(new Event('scheme'));
  });
  return made;
}

start();
