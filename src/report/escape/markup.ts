import { cleanLine, cleanText } from './clean.ts';
import { clip } from './clip.ts';

// Everything that CommonMark, GitHub's extensions (tables, strikethrough, links found in text, math) or HTML give a
// meaning within a line. `_` within a word means nothing, and `:` only begins a link before a slash. An entity is text to
// all of them.
const MARKDOWN_SPECIAL = /[&<>"'`*[\]|~\\$@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/)|(?<=www)\./gi;
// Cleaning only shortens; what lies this far behind the cut is never looked at, however long the text is.
const CLEANING_MARGIN = 8;
const HTML_SPECIAL = /[&<>"'`]/g;

/** Untrusted text for HTML, element content or quoted attribute; line breaks are kept. */
export function htmlText(text: string): string {
  return cleanText(text).replace(HTML_SPECIAL, entity);
}

/**
 * Untrusted text within a Markdown paragraph, list or table cell: one line, nothing in it is markup. It must not be first
 * in its block, where `#`, `-` or `1.` begin something.
 */
export function markdownText(text: string, maxCharacters = 300): string {
  return clip(cleanLine(text.slice(0, maxCharacters * CLEANING_MARGIN)), maxCharacters).replace(
    MARKDOWN_SPECIAL,
    entity,
  );
}

/**
 * Like {@link markdownText}, in `<code>`: also keeps GitHub from turning names into mentions. For names and labels;
 * empty text gives a dash, so that a table cell is never blank.
 */
export function markdownCode(text: string, maxCharacters = 300): string {
  const safe = markdownText(text, maxCharacters);
  return safe === '' ? '–' : `<code>${safe}</code>`;
}

/** A block of preformatted lines. An HTML block: no Markdown is looked for in it, so only HTML needs escaping. */
export function preformatted(lines: readonly string[]): string {
  // A blank first line would be swallowed by the HTML parser, as it drops the newline after <pre>.
  return `<pre>${lines.map((line) => htmlText(line).replaceAll('\n', ' ')).join('\n')}</pre>`;
}

function entity(character: string): string {
  switch (character) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    default:
      return `&#${character.charCodeAt(0)};`;
  }
}
