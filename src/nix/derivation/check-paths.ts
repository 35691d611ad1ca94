import { DispatchError } from '../../errors.ts';
import type { Sha256 } from '../hash/hash.ts';
import { storePathOf } from '../hash/store-path-of.ts';
import { DEFAULT_STORE_DIR } from '../store-path.ts';
import { outputPathName } from './derivation.ts';
import type { Derivation } from './derivation.ts';

/**
 * Checks that every fixed output lies where its hash says.
 *
 * @throws DispatchError `protocol` naming the derivation, the path that it states and the right one
 */
export function checkFixedOutputPaths(
  derivation: Derivation,
  sha256: Sha256,
  storeDir: string = DEFAULT_STORE_DIR,
): void {
  for (const [outputName, output] of derivation.outputs) {
    if (output.kind !== 'fixed') continue;
    const expected = storePathOf(sha256, output, {
      name: outputPathName(derivation.name, outputName),
      storeDir,
    });
    if (output.path !== expected) {
      throw new DispatchError(
        'protocol',
        `derivation ${derivation.name} puts its output ${outputName} at ${output.path}, but its hash gives ${expected}`,
      );
    }
  }
}
