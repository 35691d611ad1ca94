import { clip } from '../escape/clip.ts';
import { preformatted } from '../escape/markup.ts';

const mostCharacters = 20_000;

/** The job summary of a run that an error ended before there was anything to report; `message` is untrusted and may have several lines. */
export function renderEndedByError(message: string): string {
  return `## ❌ Ended by an error\n\n${preformatted(clip(message, mostCharacters).split('\n'))}\n`;
}
