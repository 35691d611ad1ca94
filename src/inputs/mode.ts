import { fault, value, type Parsed } from './parsed.ts';

/** What the action does: build, only say what there is to build, or look at the builders and say what is wrong with them. */
export type Mode = (typeof MODES)[number];

const MODES = ['build', 'evaluate', 'doctor'] as const;

/** One of the words. */
export function parseMode(text: string): Parsed<Mode> {
  const mode = MODES.find((word) => word === text);
  return mode === undefined ? fault(MODES.join(', ')) : value(mode);
}
