import { element } from './elements.ts';

/** One view of the page. */
export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly content: HTMLElement;
}

/** Tabs in the way assistive technology knows them: one of them takes the focus, arrow keys move among them. */
export function buildTabs(tabs: readonly Tab[]): HTMLElement {
  const buttons = tabs.map(({ id, title }) =>
    element(
      'button',
      { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` },
      title,
    ),
  );
  const panels = tabs.map(({ id, content }) =>
    element('div', { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}` }, content),
  );

  function show(shown: number): void {
    for (const [index, tab] of buttons.entries()) {
      tab.setAttribute('aria-selected', String(index === shown));
      tab.tabIndex = index === shown ? 0 : -1;
    }
    for (const [index, panel] of panels.entries()) panel.hidden = index !== shown;
  }

  for (const [index, tab] of buttons.entries()) {
    tab.addEventListener('click', () => show(index));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step === undefined) return;
      const next = (index + step + tabs.length) % tabs.length;
      show(next);
      buttons[next]?.focus();
      event.preventDefault();
    });
  }
  show(0);
  return element(
    'div',
    { class: 'tabs' },
    element('div', { role: 'tablist', 'aria-label': 'Views' }, ...buttons),
    ...panels,
  );
}
