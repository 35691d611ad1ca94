import type { PageData } from '../page-data.ts';
import { element, termList } from './elements.ts';

/** A card for each builder: its figures, and what went wrong with it. */
export function buildBuilders(data: PageData): HTMLElement {
  const cards = data.builders.map(({ name, slots, details, trouble }) =>
    element(
      'article',
      {},
      element('h2', {}, name),
      termList([['Slots', String(slots)], ...details]),
      ...(trouble.length === 0
        ? []
        : [element('ul', { class: 'trouble' }, ...trouble.map((text) => element('li', {}, text)))]),
    ),
  );
  return element('section', { class: 'cards', tabindex: '0', 'aria-label': 'Builders' }, ...cards);
}

/** The notices of the run. */
export function buildNotices(data: PageData): HTMLElement {
  const items = data.notices.map(({ level, title, message }) =>
    element('article', { class: `notice ${level}` }, element('h2', {}, title), element('p', {}, message)),
  );
  return element('section', { class: 'cards', tabindex: '0', 'aria-label': 'Notices' }, ...items);
}
