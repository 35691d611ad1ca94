import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { artifactName } from '../report/file-name.ts';

/** Where a run writes what it keeps: `logs/`, `results/`, and the summary beside them. */
export interface ArtifactFolder {
  /** Distinguishes the artifacts of several invocations in one workflow run. */
  readonly prefix: string;
  readonly root: string;
  readonly logs: string;
  readonly results: string;
}

/**
 * Makes the folder. On GitHub it lies in the runner's temporary folder, since its contents are uploaded; under act and in a terminal, which
 * keep nothing, in the working tree.
 */
export async function createArtifactFolder(
  environment: NodeJS.ProcessEnv,
  wanted: string | undefined,
): Promise<ArtifactFolder> {
  const prefix = artifactName('', wanted ?? `nix-dispatch-${randomBytes(4).toString('hex')}`);
  const isKept = environment['GITHUB_ACTIONS'] === 'true' && environment['ACT'] !== 'true';
  const base = isKept
    ? join(environment['RUNNER_TEMP'] ?? tmpdir(), 'nix-dispatch')
    : resolve(environment['GITHUB_WORKSPACE'] ?? '.', '.nix-dispatch');
  const root = join(base, prefix);
  const folder = { prefix, root, logs: join(root, 'logs'), results: join(root, 'results') };
  await mkdir(folder.logs, { recursive: true });
  await mkdir(folder.results, { recursive: true });
  return folder;
}
