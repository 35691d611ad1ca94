import { DEFAULT_PARAMETERS, type Builder } from '../builders/builder.ts';
import { openBuilder } from '../builders/open-builder.ts';
import { createStore, type Store } from './stores/store.ts';

/** The Nix of the machine that runs us: sources and `.drv` files are read from its store. */
export interface RunnerNix extends AsyncDisposable {
  readonly store: Store;
}

const runner: Builder = {
  name: 'local',
  uri: 'local',
  address: { kind: 'local' },
  systems: [],
  keyFile: undefined,
  maxJobs: 1,
  speedFactor: 1,
  supportedFeatures: [],
  mandatoryFeatures: [],
  hostKey: undefined,
  parameters: DEFAULT_PARAMETERS,
};

/**
 * @param nixConf lines of nix.conf
 * @throws DispatchError `local` when there is no Nix here
 */
export async function openRunner(nixConf: string): Promise<RunnerNix> {
  const opened = await openBuilder(runner, { privateKey: undefined, knownHosts: '', nixConf });
  return {
    store: createStore(runner.name, opened),
    [Symbol.asyncDispose]: async () => opened.close(),
  };
}
