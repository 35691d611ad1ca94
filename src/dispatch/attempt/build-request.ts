import type { Derivation } from '../../nix/derivation/derivation.ts';
import { toBasicDerivation } from '../../nix/derivation/basic-derivation.ts';
import type { BuildListener } from '../../nix/client/build-listener.ts';
import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import type { BuildResult } from '../../nix/protocol/build-result.ts';
import type { StorePath } from '../../nix/store-path.ts';

/** One derivation whose inputs are valid on the builder; needs a daemon that trusts us (protocol §9). */
export async function buildOne(
  client: DaemonClient,
  drvPath: StorePath,
  derivation: Derivation,
  inputPaths: readonly StorePath[],
  listener: BuildListener,
): Promise<BuildResult> {
  return client.buildDerivation(drvPath, toBasicDerivation(derivation, inputPaths), listener);
}

/**
 * A derivation with everything missing below it, whose `.drv` closure is on the builder. Undefined when the daemon left the answer out,
 * which it does for goals that never ran (protocol §10.1).
 */
export async function buildWithClosure(
  client: DaemonClient,
  drvPath: StorePath,
  listener: BuildListener,
): Promise<BuildResult | undefined> {
  const results = await client.buildPathsWithResults([{ kind: 'built', drvPath, outputs: 'all' }], listener);
  // Matched by what was asked for: versions differ in the order of the answers.
  return results.find(({ path }) => path.kind === 'built' && path.drvPath === drvPath)?.result;
}
