import type { BasicDerivation } from '../protocol/basic-derivation.ts';
import type { StorePath } from '../store-path.ts';
import type { Derivation } from './derivation.ts';
import { formatOutputFields } from './output-fields.ts';

/**
 * The form in which op 36 takes a derivation (protocol §6.4): input derivations are replaced by the paths that they
 * gave.
 *
 * @param inputPaths every used output of the input derivations
 */
export function toBasicDerivation(derivation: Derivation, inputPaths: Iterable<StorePath>): BasicDerivation {
  return {
    outputs: new Map([...derivation.outputs].map(([name, output]) => [name, formatOutputFields(output)])),
    inputSrcs: [...new Set([...derivation.inputSources, ...inputPaths])].sort(),
    platform: derivation.system,
    builder: derivation.builder,
    args: derivation.args,
    env: derivation.environment,
  };
}
