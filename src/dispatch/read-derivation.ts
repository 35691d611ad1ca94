import { readFile } from 'node:fs/promises';

import { toDispatchError } from '../errors.ts';
import { buildOptions } from '../nix/derivation/build-options.ts';
import { knownOutputPath, type Derivation } from '../nix/derivation/derivation.ts';
import { parseDerivation } from '../nix/derivation/parse.ts';
import type { StorePath } from '../nix/store-path.ts';
import type { DerivationFacts } from './graph/graph.ts';

/** Reads a `.drv` from the runner's store. Throws a DispatchError that names the file. */
export async function readDerivation(drvPath: StorePath): Promise<Derivation> {
  try {
    return parseDerivation(await readFile(drvPath), drvPath);
  } catch (error) {
    throw toDispatchError(error, 'local', { hint: `${drvPath} should be in this machine's store.` });
  }
}

/** What the graph remembers of a derivation. */
export function factsOfDerivation(derivation: Derivation): DerivationFacts {
  const { requiredSystemFeatures, preferLocalBuild } = buildOptions(derivation);
  const isImpure = [...derivation.outputs.values()].some(({ kind }) => kind === 'impure');
  return {
    name: derivation.name,
    system: derivation.system,
    requiredFeatures: requiredSystemFeatures,
    preferLocalBuild,
    outputs: new Map([...derivation.outputs].map(([name, output]) => [name, knownOutputPath(output)])),
    inputDerivations: derivation.inputDerivations,
    inputSources: derivation.inputSources,
    needsClosure: derivation.isDynamic || isImpure,
    isImpure,
    isFetch: [...derivation.outputs.values()].every(({ kind }) => kind === 'fixed'),
  };
}
