import { createHash } from 'node:crypto';
import type { DerivationFacts } from '../../../src/dispatch/graph/graph.ts';
import type { Derivation } from '../../../src/nix/derivation/derivation.ts';
import { parseStorePath, type StorePath } from '../../../src/nix/store-path.ts';

/** A store path of that name; the same for the same name. */
export function storePath(name: string): StorePath {
  // nix32 has no e.
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32).replaceAll('e', 'g');
  return parseStorePath(`/nix/store/${hash}-${name}`);
}

/** The `.drv` of that name. */
export function drv(name: string): StorePath {
  return storePath(`${name}.drv`);
}

/** An output of the derivation of that name. */
export function output(name: string, of = 'out'): StorePath {
  return storePath(of === 'out' ? name : `${name}-${of}`);
}

/** What the graph knows of a derivation; an input is `name`, or `name!out,dev`. */
export function facts(
  name: string,
  inputs: readonly string[] = [],
  more: Partial<DerivationFacts> & { readonly outputNames?: readonly string[] } = {},
): DerivationFacts {
  const { outputNames = ['out'], ...others } = more;
  return {
    name,
    system: 'x86_64-linux',
    requiredFeatures: [],
    preferLocalBuild: false,
    outputs: new Map(outputNames.map((one) => [one, output(name, one)])),
    inputDerivations: new Map(
      inputs.map((input) => {
        const [of = '', outputs = 'out'] = input.split('!');
        return [drv(of), outputs.split(',')];
      }),
    ),
    inputSources: [],
    needsClosure: false,
    isImpure: false,
    isFetch: false,
    ...others,
  };
}

/** Derivations by their paths, as a runner's store would give them; those that were read are noted. */
export function shelf(all: readonly DerivationFacts[]): {
  readonly read: string[];
  readonly readFacts: (drvPath: StorePath) => Promise<DerivationFacts>;
} {
  const byPath = new Map(all.map((one) => [drv(one.name), one]));
  const read: string[] = [];
  return {
    read,
    async readFacts(drvPath) {
      const found = byPath.get(drvPath);
      if (found === undefined) throw new Error(`${drvPath} is not on the shelf`);
      read.push(found.name);
      return found;
    },
  };
}

/** The smallest derivation there is. */
export function derivation(name: string): Derivation {
  return {
    name,
    outputs: new Map([['out', { kind: 'input-addressed', path: output(name) }]]),
    inputDerivations: new Map(),
    dynamicInputs: new Map(),
    inputSources: [],
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: [],
    environment: new Map(),
    isDynamic: false,
  };
}
