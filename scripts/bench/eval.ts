// Measures evaluation against stock Nix, on flakes that it generates. Prints one JSON line for each claim; exits with 1 when one
// does not hold. Needs root and the farm's trees (npm test makes them). Arguments: names of the parts to run; all by default.
import { provisionFarm } from '../provision/provision.ts';
import { NIX_VERSIONS } from '../provision/trees.ts';
import { rerunAsRoot } from '../provision/elevate.ts';
import { measureMemory, measureMixed, measureShared, measureStreaming } from './eval-parts.ts';

/** One measured claim. */
export interface Claim {
  readonly bench: string;
  readonly holds: boolean;
  readonly [figure: string]: string | number | boolean;
}

await rerunAsRoot();
const farm = await provisionFarm(console.error);
if (!farm.ok) throw new Error(`this benchmark runs several versions of Nix: ${farm.reason}`);

const parts: Readonly<Record<string, () => Promise<readonly Claim[]>>> = {
  mixed: () => measureMixed(NIX_VERSIONS),
  shared: async () => [await measureShared('2.34.8')],
  memory: async () => [await measureMemory('2.34.8')],
  streaming: async () => [await measureStreaming('2.34.8')],
};

const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const claim of await measure()) {
    console.log(JSON.stringify(claim));
    if (!claim.holds) process.exitCode = 1;
  }
}
