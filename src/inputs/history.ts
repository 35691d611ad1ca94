import { value, type Parsed } from './parsed.ts';

/** Where durations of builds are kept from one run to the next. */
export type HistoryPlace =
  /** With the other things that this machine keeps. */
  | { readonly kind: 'automatic' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'nowhere' };

/** `auto`, `false`, or a path. */
export function parseHistory(text: string): Parsed<HistoryPlace> {
  if (text === 'auto' || text === 'true') return value({ kind: 'automatic' });
  if (text === 'false' || text === '') return value({ kind: 'nowhere' });
  return value({ kind: 'file', path: text });
}
