import type { PageState } from '../page-data.ts';
import { element } from './elements.ts';

/** The style's colours as a canvas needs them. */
export type Palette = Readonly<Record<PageState | 'text' | 'muted' | 'line' | 'accent' | 'page', string>>;

/**
 * Gives a function that reads the colours of the scheme that is shown at the moment. An element wears each: the custom
 * property alone would give the words of its definition.
 */
export function paletteReader(): () => Palette {
  const probe = element('span', { hidden: '' });
  document.body.append(probe);
  const worn = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  return () => ({
    built: worn('built'),
    cached: worn('cached'),
    failed: worn('failed'),
    blocked: worn('blocked'),
    trouble: worn('trouble'),
    cancelled: worn('cancelled'),
    text: worn('text'),
    muted: worn('muted'),
    line: worn('line'),
    accent: worn('accent'),
    page: worn('page'),
  });
}
