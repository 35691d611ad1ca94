import { byteStringToText } from '../../../../src/nix/byte-string.ts';
import type {
  Derivation,
  DerivationOutput,
  DynamicInput,
} from '../../../../src/nix/derivation/derivation.ts';
import { formatHash } from '../../../../src/nix/hash/hash.ts';
import { baseName } from '../../../../src/nix/store-path.ts';

/** A derivation in the JSON that Nix's own tests state it in (format 4). */
export function toNixJson(derivation: Derivation): Record<string, unknown> {
  const environment = Object.fromEntries(
    [...derivation.environment].map(([key, value]) => [key, byteStringToText(value)]),
  );
  const { __json: structured, ...env } = environment;
  return {
    name: derivation.name,
    version: 4,
    outputs: Object.fromEntries([...derivation.outputs].map(([name, output]) => [name, outputJson(output)])),
    inputs: {
      drvs: Object.fromEntries(
        [...derivation.inputDerivations].map(([path, outputs]) => [
          baseName(path),
          dynamicJson({ outputs, dynamicOutputs: derivation.dynamicInputs.get(path) ?? new Map() }),
        ]),
      ),
      srcs: derivation.inputSources.map(baseName),
    },
    system: derivation.system,
    builder: derivation.builder,
    args: derivation.args,
    env,
    ...(structured === undefined ? {} : { structuredAttrs: JSON.parse(structured) }),
  };
}

/** One output in that JSON. */
export function outputJson(output: DerivationOutput): Record<string, unknown> {
  switch (output.kind) {
    case 'input-addressed':
      return { path: baseName(output.path) };
    case 'fixed':
      return { method: output.method, hash: formatHash(output.hash, 'sri') };
    case 'floating':
      return { method: output.method, hashAlgo: output.algorithm };
    case 'deferred':
      return {};
    case 'impure':
      return { method: output.method, hashAlgo: output.algorithm, impure: true };
  }
}

function dynamicJson(input: DynamicInput): Record<string, unknown> {
  return {
    outputs: input.outputs,
    dynamicOutputs: Object.fromEntries(
      [...input.dynamicOutputs].map(([name, nested]) => [name, dynamicJson(nested)]),
    ),
  };
}
