import type { FaultLog, MachinePlace } from './faults.ts';

/** Reads an included file; undefined when there is none, which is no fault (protocol §13.2). */
export type ReadInclude = (path: string) => string | undefined;

/** One machine's columns, blanks removed. */
export interface MachineEntry {
  readonly place: MachinePlace;
  readonly columns: readonly string[];
}

/**
 * Splits text into entries: newline or `;` ends one, `#` begins a comment, `@file` puts a file's entries in its place.
 *
 * @param readText called for text that is not in machine-line syntax; true: it was dealt with
 */
export function splitMachineLines(
  text: string,
  source: string,
  readInclude: ReadInclude,
  faults: FaultLog,
  readText: (text: string, source: string) => boolean = () => false,
  includedBy: readonly string[] = [],
): MachineEntry[] {
  if (readText(text, source)) return [];
  return text.split(/\r\n|\n|\r/).flatMap((lineText, index) => {
    const place = { source, line: index + 1 };
    // The comment goes first, so that a `;` in it ends nothing (Nix before 2.29 saw that the other way).
    return lineText
      .replace(/#.*$/, '')
      .split(';')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .flatMap((entry) => {
        if (!entry.startsWith('@')) return [{ place, columns: entry.split(/\s+/) }];
        const path = entry.slice(1).trim();
        if (path === source || includedBy.includes(path)) {
          faults.add(place, undefined, `${path} includes itself`);
          return [];
        }
        const included = readInclude(path);
        if (included === undefined) return [];
        return splitMachineLines(included, path, readInclude, faults, readText, [...includedBy, source]);
      });
  });
}
