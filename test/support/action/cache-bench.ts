import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFarm, type Farm } from '../farm/farm.ts';
import type { HostOptions } from '../farm/host-options.ts';
import { makeCacheKey, type CacheKey } from './cache-key.ts';
import { farmInputs } from './farm-inputs.ts';
import type { StepOptions } from './step.ts';
import type { StepResult } from './step-result.ts';
import type { ActionInputs, Workspace } from './workspace.ts';

/** What tests of caches share: builders, a key that signs, and folders that go with them. */
export interface CacheBench<HostName extends string> extends AsyncDisposable {
  readonly farm: Farm;
  readonly key: CacheKey;
  newFolder(): Promise<string>;
  /** Runs the action on these hosts alone, as if there were no others. */
  runOn(
    names: readonly HostName[],
    workspace: Workspace,
    inputs: ActionInputs,
    options?: StepOptions,
  ): Promise<StepResult>;
}

/** Starts a farm; `hosts` are told the key `test-cache-1`, which they may trust. */
export async function startCacheBench<HostName extends string>(
  hosts: (key: CacheKey) => readonly (HostOptions & { readonly name: HostName })[],
): Promise<CacheBench<HostName>> {
  const key = await makeCacheKey('test-cache-1');
  const farm = await startFarm(hosts(key));
  const scratch = await mkdtemp(join(tmpdir(), 'nix-dispatch-cache-'));
  return {
    farm,
    key,
    newFolder: () => mkdtemp(join(scratch, 'folder-')),
    runOn(names, workspace, inputs, options) {
      const builders = names.map((name) => farm.host(name));
      return workspace.run({ ...farmInputs(farm, builders), ...inputs }, options);
    },
    async [Symbol.asyncDispose]() {
      await farm[Symbol.asyncDispose]();
      await rm(scratch, { recursive: true });
    },
  };
}
