import { cleanLine } from './clean.ts';
import { clip } from './clip.ts';

/**
 * Untrusted text as part of a label in a Mermaid diagram. Mermaid has no quoting that holds in a gantt chart (`:`, `#`,
 * `;`, `%%` and newlines end a name), so what is no letter, digit or plain sign becomes `_`.
 *
 * A label must not stand first on its line: `section`, `title` and dates are keywords there.
 */
export function mermaidLabel(text: string, maxCharacters = 60): string {
  const label = clip(cleanLine(text), maxCharacters).replace(/[^\p{L}\p{M}\p{N} .…+/=@-]/gu, '_');
  return label === '' ? '_' : label;
}
