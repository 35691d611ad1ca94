import { split } from 'shlex';
import { fault, value, type Parsed } from './parsed.ts';

/**
 * Splits arguments as a POSIX shell splits words: quotes and backslashes group, nothing is expanded, `#` starts no
 * comment. No shell ever sees the text.
 */
export function parseArguments(text: string): Parsed<readonly string[]> {
  try {
    return value(split(text));
  } catch {
    return fault('arguments with every quote closed', 'an open quote or a backslash at the end');
  }
}

function unique(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))];
}

const attributeName = String.raw`(?:[a-zA-Z_][\w'-]*|"[^"\\]+")`;
const attributePath = new RegExp(`^${attributeName}(?:\\.${attributeName})*$`);

/**
 * Attribute paths of flake outputs, such as `checks` or `legacyPackages.x86_64-linux."a.b"`, separated by blanks or
 * commas, without duplicates. Names with blanks can't be written.
 */
export function parseTopAttrs(text: string): Parsed<readonly string[]> {
  const paths = unique(text);
  const odd = paths.find((path) => !attributePath.test(path));
  if (odd !== undefined) {
    return fault('names of flake outputs such as checks packages devShells', JSON.stringify(odd));
  }
  return paths.length > 0 ? value(paths) : fault('at least one name of a flake output');
}

/** Systems such as `x86_64-linux`, separated by blanks or commas; empty is every system that the flake has. */
export function parseSystems(text: string): Parsed<readonly string[] | undefined> {
  const systems = unique(text);
  const odd = systems.find((system) => !/^\w+-\w+$/.test(system));
  if (odd !== undefined) return fault('systems such as x86_64-linux aarch64-darwin', JSON.stringify(odd));
  return value(systems.length > 0 ? systems : undefined);
}
