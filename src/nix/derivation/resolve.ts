import { DispatchError } from '../../errors.ts';
import type { ByteString } from '../byte-string.ts';
import type { Sha256 } from '../hash/hash.ts';
import { encodeNix32 } from '../hash/nix32.ts';
import { outputPathOf } from '../hash/store-path-of.ts';
import { storePathHashPart, storePathName, type StorePath } from '../store-path.ts';
import { outputPathName, type Derivation, type DerivationOutput } from './derivation.ts';
import { formatDerivation } from './format.ts';

/** Gives the path that an output of an input turned out to have; undefined where nobody knows it. */
export type InputPath = (drvPath: StorePath, output: string) => StorePath | undefined;

/** What stands in a derivation for an input's output whose path was not known yet (`downstreamPlaceholder` of Nix). */
export function placeholderOf(sha256: Sha256, drvPath: StorePath, output: string): string {
  const name = outputPathName(storePathName(drvPath).replace(/\.drv$/, ''), output);
  const text = `nix-upstream-output:${storePathHashPart(drvPath)}:${name}`;
  return `/${encodeNix32(sha256(new TextEncoder().encode(text)))}`;
}

/**
 * The derivation that this one becomes once its inputs are built: it names their paths and needs no other derivation. Outputs whose paths
 * depended on theirs have paths from then on (`tryResolve` of Nix).
 *
 * @throws DispatchError `daemon` when the path of an input is not known
 */
export function resolveDerivation(sha256: Sha256, derivation: Derivation, pathOf: InputPath): Derivation {
  const paths = new Set(derivation.inputSources);
  const rewrites = new Map<ByteString, ByteString>();
  for (const [drvPath, outputs] of derivation.inputDerivations) {
    for (const output of outputs) {
      const path = pathOf(drvPath, output);
      if (path === undefined) {
        throw new DispatchError('daemon', `no builder has told the path of output ${output} of ${drvPath}`);
      }
      paths.add(path);
      rewrites.set(placeholderOf(sha256, drvPath, output), path);
    }
  }
  const rewrite = (text: ByteString): ByteString => {
    let rewritten = text;
    for (const [placeholder, path] of rewrites) rewritten = rewritten.replaceAll(placeholder, path);
    return rewritten;
  };
  return withOutputPaths(sha256, {
    ...derivation,
    inputDerivations: new Map(),
    dynamicInputs: new Map(),
    inputSources: [...paths].sort(),
    builder: rewrite(derivation.builder),
    args: derivation.args.map(rewrite),
    environment: new Map([...derivation.environment].map(([name, value]) => [rewrite(name), rewrite(value)])),
  });
}

/** Names the outputs that are addressed by what the derivation is, now that it says all of it. */
function withOutputPaths(sha256: Sha256, derivation: Derivation): Derivation {
  const { outputs, environment, name } = derivation;
  if (![...outputs.values()].some(({ kind }) => kind === 'deferred')) return derivation;
  const masked = new Map(environment);
  for (const output of outputs.keys()) if (masked.has(output)) masked.set(output, '');
  const digest = sha256(formatDerivation({ ...derivation, environment: masked }));
  const named = new Map<string, DerivationOutput>();
  const filled = new Map(environment);
  for (const [output, what] of outputs) {
    if (what.kind === 'deferred') {
      const path = outputPathOf(sha256, digest, output, { name: outputPathName(name, output) });
      named.set(output, { kind: 'input-addressed', path });
      filled.set(output, path);
    } else named.set(output, what);
  }
  return { ...derivation, outputs: named, environment: filled };
}
