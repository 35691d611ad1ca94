import { DispatchError } from '../../errors.ts';
import { isDerivationPath, parseStorePath } from '../store-path.ts';
import type { StorePath } from '../store-path.ts';
import type { Dialect } from './version.ts';

/** What to build or to make valid (protocol §6.2). */
export type DerivedPath =
  | { readonly kind: 'opaque'; readonly path: StorePath }
  | { readonly kind: 'built'; readonly drvPath: StorePath; readonly outputs: 'all' | readonly string[] };

/** From this minor version on a `.drv` by itself means the file and not its outputs. */
const EXPLICIT_OUTPUTS_MINOR = 30;

/** Writes the string that goes over the wire; its separator is always `!`. */
export function formatDerivedPath(derived: DerivedPath, dialect: Dialect): string {
  if (derived.kind === 'opaque') return derived.path;
  if (derived.outputs !== 'all') return `${derived.drvPath}!${[...derived.outputs].sort().join(',')}`;
  return dialect.minor < EXPLICIT_OUTPUTS_MINOR ? derived.drvPath : `${derived.drvPath}!*`;
}

/**
 * Reads such a string.
 *
 * @throws DispatchError `protocol` when it names no output or no store path
 */
export function parseDerivedPath(text: string, dialect: Dialect): DerivedPath {
  const bang = text.indexOf('!');
  if (bang === -1) {
    const path = parseStorePath(text);
    if (dialect.minor < EXPLICIT_OUTPUTS_MINOR && isDerivationPath(path)) {
      return { kind: 'built', drvPath: path, outputs: 'all' };
    }
    return { kind: 'opaque', path };
  }
  const outputs = text.slice(bang + 1);
  if (outputs === '') {
    throw new DispatchError(
      'protocol',
      `expected output names after "!" in ${JSON.stringify(text)}, got none`,
    );
  }
  const drvPath = parseStorePath(text.slice(0, bang));
  return { kind: 'built', drvPath, outputs: outputs === '*' ? 'all' : outputs.split(',') };
}
