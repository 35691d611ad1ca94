import { utf8Length } from '../escape/clip.ts';

/** A part of the summary that fits the bytes it was given. */
export interface Section {
  readonly text: string;
  /** What did not fit, in words; empty when everything did. */
  readonly dropped: readonly string[];
}

/** Nothing to say. */
export const EMPTY_SECTION: Section = { text: '', dropped: [] };

/** As many of the texts, from the first, as fit; and how many were left. */
export function takeFitting(
  texts: readonly string[],
  budgetBytes: number,
): { readonly taken: readonly string[]; readonly left: number; readonly bytes: number } {
  let bytes = 0;
  let count = 0;
  for (const text of texts) {
    const next = bytes + utf8Length(text) + 1;
    if (next > budgetBytes) break;
    bytes = next;
    count += 1;
  }
  return { taken: texts.slice(0, count), left: texts.length - count, bytes };
}

/** A table or list: `head`, the rows that fit, `tail`; empty when no row fits or there is none. */
export function rowsSection(
  parts: { readonly head: string; readonly rows: readonly string[]; readonly tail?: string },
  what: (left: number) => string,
  budgetBytes: number,
): Section {
  const { head, rows, tail = '' } = parts;
  if (rows.length === 0) return EMPTY_SECTION;
  const frame = utf8Length(head) + utf8Length(tail) + 3;
  const { taken, left } = takeFitting(rows, budgetBytes - frame);
  const dropped = left === 0 ? [] : [what(left)];
  if (taken.length === 0) return { text: '', dropped };
  return { text: `${head}\n${taken.join('\n')}\n${tail}`.trimEnd(), dropped };
}
