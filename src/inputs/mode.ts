import { fault, value, type Parsed } from './parsed.ts';

/** What the action does: build, only say what there is to build, look at the builders and say what is wrong with
 * them, or offer them to the Nix commands of later steps. */
export type Mode = (typeof MODES)[number];

const MODES = ['build', 'evaluate', 'doctor', 'setup'] as const;

/** One of the words. */
export function parseMode(text: string): Parsed<Mode> {
  const mode = MODES.find((word) => word === text);
  return mode === undefined ? fault(MODES.join(', ')) : value(mode);
}
