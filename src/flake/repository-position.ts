import type { ResolvedFlake, SourcePosition } from './job.ts';

/**
 * A position as annotations want it: its file relative to the repository. Undefined when the file is not in it, for instance because
 * the flake was fetched from elsewhere.
 *
 * @param workspace the repository's folder on this machine, absolute
 */
export function repositoryPosition(
  position: SourcePosition | undefined,
  flake: Pick<ResolvedFlake, 'localPath'>,
  workspace: string,
): SourcePosition | undefined {
  if (position === undefined || flake.localPath === undefined || position.file.startsWith('«'))
    return undefined;
  const root = withoutSlash(flake.localPath);
  const file = position.file.startsWith('/') ? position.file : `${root}/${position.file}`;
  const folder = `${withoutSlash(workspace)}/`;
  return file.startsWith(folder) ? { ...position, file: file.slice(folder.length) } : undefined;
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
