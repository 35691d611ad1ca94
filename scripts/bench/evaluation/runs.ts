import type { EvaluateOptions } from '../../../src/flake/options.ts';
import { VersionedNix, type Evaluated } from '../../../test/support/flake/nix-version.ts';
import type { NixVersion } from '../../provision/trees.ts';

/** Reference of the flake that {@link withFlake} writes. */
export const FLAKE = 'path:/mnt/flake';

/** Other work on the machine only ever makes a run slower, so the fastest of a few is the one to compare. */
const ROUNDS = 3;

/** A Nix with an empty store and one flake. */
export async function withFlake(version: NixVersion, text: string): Promise<VersionedNix> {
  const nix = await VersionedNix.create(version);
  await nix.write('flake/flake.nix', text);
  return nix;
}

/** Seconds that each of some ways takes, with a store that has nothing in it yet. Rounds go from way to way. */
export async function fastest(
  version: NixVersion,
  text: string,
  ways: readonly ((nix: VersionedNix) => Promise<unknown>)[],
): Promise<readonly number[]> {
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const seconds: number[] = [];
    for (const run of ways) {
      await using nix = await withFlake(version, text);
      const startedAtMs = performance.now();
      await run(nix);
      seconds.push((performance.now() - startedAtMs) / 1000);
    }
    rounds.push(seconds);
  }
  return ways.map((_, way) => Math.min(...rounds.map((seconds) => seconds[way] ?? Number.NaN)));
}

/** Evaluates the checks of the flake, as this action does by default. */
export function evaluate(
  nix: VersionedNix,
  options: Partial<EvaluateOptions>,
  onEvent?: Parameters<VersionedNix['evaluate']>[2],
): Promise<Evaluated> {
  return nix.evaluate(FLAKE, { topAttrs: ['checks'], filter: '.top_attr == "checks"', ...options }, onEvent);
}
