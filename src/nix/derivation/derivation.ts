import type { ByteString } from '../byte-string.ts';
import type { ContentAddressScheme } from '../hash/content-address.ts';
import type { Hash } from '../hash/hash.ts';
import type { StorePath } from '../store-path.ts';

/** What is known of an output before it is built (protocol §6.3). */
export type DerivationOutput =
  | { readonly kind: 'input-addressed'; readonly path: StorePath }
  | ({ readonly kind: 'fixed'; readonly path: StorePath; readonly hash: Hash } & Pick<
      ContentAddressScheme,
      'method'
    >)
  | ({ readonly kind: 'floating' } & ContentAddressScheme)
  | { readonly kind: 'deferred' }
  | ({ readonly kind: 'impure' } & ContentAddressScheme);

/** Which outputs are used of a derivation that is itself an output of another, and of the ones that those make. */
export interface DynamicInput {
  readonly outputs: readonly string[];
  readonly dynamicOutputs: ReadonlyMap<string, DynamicInput>;
}

/** A `.drv` file (protocol §17). Strings that need not be UTF-8 are byte strings. */
export interface Derivation {
  /** Name of its store path less `.drv`. */
  readonly name: string;
  readonly outputs: ReadonlyMap<string, DerivationOutput>;
  /** The derivations that it depends on and which of their outputs it uses. */
  readonly inputDerivations: ReadonlyMap<StorePath, readonly string[]>;
  /** Those of them whose outputs are derivations that are built and used in turn. Empty but for dynamic derivations. */
  readonly dynamicInputs: ReadonlyMap<StorePath, ReadonlyMap<string, DynamicInput>>;
  readonly inputSources: readonly StorePath[];
  /** `x86_64-linux` for instance, or `builtin`. */
  readonly system: string;
  readonly builder: ByteString;
  readonly args: readonly ByteString[];
  readonly environment: ReadonlyMap<ByteString, ByteString>;
  /** Written with the `xp-dyn-drv` version tag. */
  readonly isDynamic: boolean;
}

/** The path that an output is known to have before anything is built, if any. */
export function knownOutputPath(output: DerivationOutput): StorePath | undefined {
  return output.kind === 'input-addressed' || output.kind === 'fixed' ? output.path : undefined;
}

/** Name of an output's store path: the derivation's, with `-<output>` unless the output is `out` (protocol §15.2). */
export function outputPathName(derivationName: string, output: string): string {
  return output === 'out' ? derivationName : `${derivationName}-${output}`;
}
