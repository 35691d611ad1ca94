import { DispatchError } from '../../errors.ts';
import { formatContentAddressScheme, parseContentAddressScheme } from '../hash/content-address.ts';
import { formatHash, parseHash } from '../hash/hash.ts';
import type { WireOutput } from '../protocol/basic-derivation.ts';
import { parseStorePath } from '../store-path.ts';
import type { DerivationOutput } from './derivation.ts';

const IMPURE = 'impure';
const LOWER_HEX = /^[0-9a-f]+$/;

/** Tells what kind of output three strings stand for. Throws DispatchError `protocol` when they fit none. */
export function parseOutputFields(fields: WireOutput, storeDir: string): DerivationOutput {
  const { path, hashAlgo, hash } = fields;
  if (hashAlgo === '') {
    if (hash !== '') throw bad(fields, 'a hash without an algorithm');
    return path === ''
      ? { kind: 'deferred' }
      : { kind: 'input-addressed', path: parseStorePath(path, storeDir) };
  }
  const scheme = parseContentAddressScheme(hashAlgo);
  if (hash === IMPURE) {
    if (path !== '') throw bad(fields, 'an impure output with a path');
    return { kind: 'impure', ...scheme };
  }
  if (hash === '') {
    if (path !== '') throw bad(fields, 'a path and an algorithm without a hash');
    return { kind: 'floating', ...scheme };
  }
  // Other spellings of the hash would not survive being written again.
  if (!LOWER_HEX.test(hash)) throw bad(fields, 'a hash that is not lower-case hexadecimal');
  return {
    kind: 'fixed',
    path: parseStorePath(path, storeDir),
    method: scheme.method,
    hash: parseHash(hash, scheme.algorithm),
  };
}

/** The three strings of an output. */
export function formatOutputFields(output: DerivationOutput): WireOutput {
  switch (output.kind) {
    case 'input-addressed':
      return { path: output.path, hashAlgo: '', hash: '' };
    case 'fixed': {
      const scheme = { method: output.method, algorithm: output.hash.algorithm };
      return {
        path: output.path,
        hashAlgo: formatContentAddressScheme(scheme),
        hash: formatHash(output.hash, 'base16'),
      };
    }
    case 'floating':
      return { path: '', hashAlgo: formatContentAddressScheme(output), hash: '' };
    case 'deferred':
      return { path: '', hashAlgo: '', hash: '' };
    case 'impure':
      return { path: '', hashAlgo: formatContentAddressScheme(output), hash: IMPURE };
  }
}

function bad(fields: WireOutput, what: string): DispatchError {
  return new DispatchError('protocol', `a derivation output has ${what}: ${JSON.stringify(fields)}`);
}
