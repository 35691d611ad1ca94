import type { EvaluationFailure, SourcePosition } from './job.ts';

/** Undefined when the file is not in the repository, for instance because the flake was fetched from elsewhere. */
function repositoryPosition(
  position: SourcePosition | undefined,
  localPath: string | undefined,
  workspace: string,
): SourcePosition | undefined {
  if (position === undefined || localPath === undefined || position.file.startsWith('«')) return undefined;
  const root = withoutSlash(localPath);
  const file = position.file.startsWith('/') ? position.file : `${root}/${position.file}`;
  const folder = `${withoutSlash(workspace)}/`;
  return file.startsWith(folder) ? { ...position, file: file.slice(folder.length) } : undefined;
}

/**
 * The failure with its position in the repository, its file relative to it, as annotations want it. A place elsewhere goes into the
 * message: nothing in this repository can be marked.
 *
 * @param localPath the tree that the flake's source was made from, when it lies on this machine
 * @param workspace the repository's folder on this machine, absolute
 */
export function placeInRepository(
  failure: EvaluationFailure,
  localPath: string | undefined,
  workspace: string,
): EvaluationFailure {
  const { position, message } = failure;
  const here = repositoryPosition(position, localPath, workspace);
  if (position === undefined || here !== undefined) return { ...failure, position: here };
  const place = `${position.file}:${position.line}:${position.column}`;
  return { ...failure, position: undefined, message: `${message}\nat ${place}` };
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
