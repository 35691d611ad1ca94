import { readNixSettings } from './builders/local/nix-settings.ts';
import type { RunnerCaches } from './delivery/caches/caches.ts';
import { readFlakeCaches } from './flake/flake-caches.ts';
import type { Inputs } from './inputs/inputs.ts';
import { nixConfigText } from './inputs/nix-conf.ts';

/**
 * The substituters of this machine's Nix with the keys that it trusts, and those of the flake where the user accepts its settings. Never
 * rejects: a flake that can't be read is the evaluation's to tell.
 */
export async function readRunnerCaches(
  inputs: Inputs,
  environment: NodeJS.ProcessEnv,
): Promise<RunnerCaches> {
  const nixConf = nixConfigText(inputs);
  const { flake, nixArgs } = inputs;
  const accepts = /^accept-flake-config = true$/m.test(nixConf) || nixArgs.includes('--accept-flake-config');
  const [settings, ofFlake] = await Promise.all([
    readNixSettings(nixConf),
    accepts ? readFlakeCaches({ flake, nixArgs, nixConf, environment }).catch(() => undefined) : undefined,
  ]);
  const substituters = settings?.flag('substitute') === false ? [] : (settings?.list('substituters') ?? []);
  return {
    substituters: [...new Set([...substituters, ...(ofFlake?.substituters ?? [])])],
    keys: [...new Set([...(settings?.list('trusted-public-keys') ?? []), ...(ofFlake?.keys ?? [])])],
    believesAll: settings?.flag('require-sigs') === false,
  };
}
