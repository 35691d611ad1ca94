import { DispatchError } from '../errors.ts';

/** A full store path such as `/nix/store/<32 characters>-<name>`; only {@link parseStorePath} makes one. */
export type StorePath = string & { readonly __brand: 'StorePath' };

/** The store directory of every builder that can share outputs with others. */
export const DEFAULT_STORE_DIR = '/nix/store';

/** nix32 characters of a store path's hash part (20 bytes). */
const HASH_PART_LENGTH = 32;

const MAX_NAME_LENGTH = 211;
const HASH_PART = /^[0-9abcdfghijklmnpqrsvwxyz]{32}$/;
const NAME = /^[0-9a-zA-Z+\-._?=]+$/;
const DOT_NAME = /^\.\.?(?:-|$)/;

/**
 * Checks a full store path against the rules of Nix (protocol §15.2).
 *
 * @param text what came over the wire or out of a file
 * @param storeDir the store's directory without a trailing slash
 * @throws DispatchError `protocol` naming the text and the rule that it breaks
 */
export function parseStorePath(text: string, storeDir: string = DEFAULT_STORE_DIR): StorePath {
  const fault = storePathFault(text, storeDir);
  if (fault !== undefined) {
    throw new DispatchError(
      'protocol',
      `${JSON.stringify(text.slice(0, 300))} is not a store path: ${fault}`,
    );
  }
  return text as StorePath;
}

/** Whether the text is a well-formed path directly below `storeDir`. */
export function isStorePath(text: string, storeDir: string = DEFAULT_STORE_DIR): text is StorePath {
  return storePathFault(text, storeDir) === undefined;
}

/** Makes a store path of a base name (`<hash>-<name>`), the form that op 45 and realisation JSON use. Throws like {@link parseStorePath}. */
export function storePathFromBaseName(base: string, storeDir: string = DEFAULT_STORE_DIR): StorePath {
  return parseStorePath(`${storeDir}/${base}`, storeDir);
}

/** `<hash>-<name>`: the path less its store directory. */
export function baseName(path: StorePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The 32 nix32 characters that identify the path within its store. */
export function storePathHashPart(path: StorePath): string {
  return baseName(path).slice(0, HASH_PART_LENGTH);
}

/** The name after the hash, `hello-2.12.1.drv` for instance. */
export function storePathName(path: StorePath): string {
  return baseName(path).slice(HASH_PART_LENGTH + 1);
}

/** Whether the path is that of a derivation file. */
export function isDerivationPath(path: StorePath): boolean {
  return path.endsWith('.drv');
}

/** Why the name cannot stand in a store path, or undefined when it can. */
export function storePathNameFault(name: string): string | undefined {
  if (name.length === 0) return 'its name is empty';
  if (name.length > MAX_NAME_LENGTH) {
    return `its name has ${name.length} characters, at most ${MAX_NAME_LENGTH} are allowed`;
  }
  if (!NAME.test(name)) return 'its name has a character other than letters, digits and + - . _ ? =';
  // Nix 2.8 lets these through; newer versions refuse them, so a path of this kind could not travel.
  if (DOT_NAME.test(name)) return 'its name begins with "." or ".." as a whole part';
  return undefined;
}

function storePathFault(text: string, storeDir: string): string | undefined {
  if (!text.startsWith(storeDir) || text[storeDir.length] !== '/')
    return `it does not begin with ${storeDir}/`;
  const base = text.slice(storeDir.length + 1);
  if (!HASH_PART.test(base.slice(0, HASH_PART_LENGTH))) {
    return 'its hash part is not 32 characters of 0-9 and a-z without e, o, t, u';
  }
  if (base[HASH_PART_LENGTH] !== '-') return 'there is no dash after its hash part';
  return storePathNameFault(base.slice(HASH_PART_LENGTH + 1));
}
