import { cleanText } from './clean.ts';

// Select Graphic Rendition: colours and weight, the only sequences that GitHub's log viewer draws.
const COLOUR = /(\u001b\[[0-9;:]*m)/;
const RESET = '\u001b[0m';

/**
 * One line of build output for a log or a terminal: colours stay and end with the line, all other control is removed.
 * Of a line redrawn by carriage returns the last state stays, as a terminal would show it.
 */
export function terminalLine(line: string): string {
  const shown = lastDrawn(line);
  if (!shown.includes('\u001b')) return cleanKeepingSpaces(shown);
  const parts = shown.split(COLOUR);
  const text = parts.map((part, index) => (index % 2 === 1 ? part : cleanKeepingSpaces(part))).join('');
  return parts.length > 1 ? text + RESET : text;
}

function lastDrawn(line: string): string {
  if (!line.includes('\r')) return line;
  const states = line.split('\r').filter((state) => state !== '');
  return states.at(-1) ?? '';
}

function cleanKeepingSpaces(text: string): string {
  return cleanText(text).replaceAll('\n', ' ');
}
