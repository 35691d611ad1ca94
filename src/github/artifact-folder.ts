import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { artifactName } from '../report/file-name.ts';

/** Where a run writes what it keeps: `logs/`, `results/`, what is uploaded of outputs, and the summary beside them. */
export interface ArtifactFolder {
  /** Distinguishes the artifacts of several invocations in one workflow run. */
  readonly prefix: string;
  readonly root: string;
  readonly logs: string;
  readonly results: string;
  /** Archives of outputs; only there when there are any. */
  readonly outputs: string;
  /** A binary cache of them; likewise. */
  readonly cache: string;
  /** Where large files grow. */
  readonly partial: string;
}

/**
 * Makes the folder. On GitHub it lies in the runner's temporary folder, since its contents are uploaded; in a terminal, in
 * the working tree; under act, whose working tree and temporary folder are thrown away, in the user's cache.
 */
export async function createArtifactFolder(
  environment: NodeJS.ProcessEnv,
  wanted: string | undefined,
): Promise<ArtifactFolder> {
  const prefix = artifactName('', wanted ?? `nix-dispatch-${randomBytes(4).toString('hex')}`);
  const base = baseFolder(environment);
  const root = join(base, prefix);
  const folder = {
    prefix,
    root,
    logs: join(root, 'logs'),
    results: join(root, 'results'),
    outputs: join(root, 'outputs'),
    cache: join(root, 'cache'),
    partial: join(root, 'partial'),
  };
  await mkdir(folder.logs, { recursive: true });
  await mkdir(folder.results, { recursive: true });
  return folder;
}

function baseFolder(environment: NodeJS.ProcessEnv): string {
  if (environment['ACT'] === 'true') {
    return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'nix-dispatch');
  }
  if (environment['GITHUB_ACTIONS'] === 'true') {
    return join(environment['RUNNER_TEMP'] ?? tmpdir(), 'nix-dispatch');
  }
  return resolve('.nix-dispatch');
}
