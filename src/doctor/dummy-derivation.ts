import type { Derivation } from '../nix/derivation/derivation.ts';
import { formatDerivation } from '../nix/derivation/format.ts';
import { sha256 } from '../nix/hash/sha256.ts';
import { outputPathOf, storePathOf } from '../nix/hash/store-path-of.ts';
import type { StorePath } from '../nix/store-path.ts';

/** What the dummy build prints. */
export const DUMMY_LINE = 'BUILDING';

/** A derivation that needs nothing but /bin/sh. */
export interface DummyDerivation {
  readonly drvPath: StorePath;
  /** The `.drv` file. */
  readonly drv: Uint8Array;
  readonly derivation: Derivation;
}

/**
 * A derivation that prints {@link DUMMY_LINE} and makes an empty output. It is in no cache: nobody else has this nonce.
 *
 * @param nonce letters and digits that were never used before
 */
export function dummyDerivation(system: string, nonce: string): DummyDerivation {
  const name = 'nix-dispatch-doctor';
  const environment = {
    allowSubstitutes: '',
    builder: '/bin/sh',
    name,
    nonce,
    preferLocalBuild: '1',
    system,
  };
  const make = (output: Derivation['outputs'], out: string): Derivation => ({
    name,
    outputs: output,
    inputDerivations: new Map(),
    dynamicInputs: new Map(),
    inputSources: [],
    system,
    builder: '/bin/sh',
    args: ['-c', `echo ${DUMMY_LINE}; : > $out`],
    environment: new Map(
      Object.entries({ ...environment, out }).sort(([one], [other]) => (one < other ? -1 : 1)),
    ),
    isDynamic: false,
  });
  const masked = formatDerivation(make(new Map([['out', { kind: 'deferred' }]]), ''));
  const path = outputPathOf(sha256, sha256(masked), 'out', { name });
  const derivation = make(new Map([['out', { kind: 'input-addressed', path }]]), path);
  const drv = formatDerivation(derivation);
  const hash = { algorithm: 'sha256', bytes: sha256(drv) } as const;
  return { drv, derivation, drvPath: storePathOf(sha256, { method: 'text', hash }, { name: `${name}.drv` }) };
}
