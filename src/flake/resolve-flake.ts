import { DispatchError } from '../errors.ts';
import { readError } from './evaluator/error-text.ts';
import { runNix, type NixProgram } from './evaluator/nix-command.ts';
import { parseNixVersion, type NixVersion } from './evaluator/nix-version.ts';
import type { ResolvedFlake } from './job.ts';

/** A flake that was found, and the reference that evaluators load. */
export interface FoundFlake {
  readonly resolved: ResolvedFlake;
  /** Locked where possible, else absolute. */
  readonly url: string;
  /** What the names of files in its source begin with, in errors: newer versions do not name the store path. */
  readonly roots: readonly string[];
  /** The contents of its lock file, as Nix has them; unlike the file they are never out of date. */
  readonly locks: unknown;
  readonly warnings: readonly string[];
}

/** Asks the installed Nix for its version. Throws DispatchError `local` when there is none, or one without flakes. */
export async function findNix(nix: NixProgram, signal?: AbortSignal): Promise<NixVersion> {
  const { exitCode, stdout, stderr } = await runNix(nix, ['--version'], signal);
  if (exitCode !== 0) {
    throw new DispatchError('local', `\`${nix.program} --version\` failed: ${stderr.trim().slice(0, 500)}`);
  }
  return parseNixVersion(stdout);
}

/**
 * Fetches a flake, locks its inputs as `nix build` does, and says where it is.
 *
 * @param reference as the user wrote it: `.`, `./sub`, `path:`, `github:` …
 * @throws DispatchError `evaluation` with Nix's own message when there is no such flake or it does not parse
 */
export async function resolveFlake(
  nix: NixProgram,
  version: NixVersion,
  reference: string,
  nixArgs: readonly string[],
  signal?: AbortSignal,
): Promise<FoundFlake> {
  checkReference(reference);
  const words = ['flake', 'metadata', '--json', ...nixArgs, '--', reference];
  const { exitCode, stdout, stderr } = await runNix(nix, words, signal);
  if (exitCode !== 0) throw notFound(reference, stderr);
  const metadata: unknown = JSON.parse(stdout);
  if (!isObject(metadata) || typeof metadata['path'] !== 'string') {
    throw new DispatchError('evaluation', `\`nix flake metadata\` says nothing of where ${reference} is`);
  }
  const lockedUrl = lockedUrlOf(metadata);
  const localPath = localPathOf(metadata);
  const url =
    lockedUrl ?? (typeof metadata['resolvedUrl'] === 'string' ? metadata['resolvedUrl'] : reference);
  const names = [metadata['path'], localPath ?? metadata['path'], `«${url}»`, `«${withoutDirectory(url)}»`];
  return {
    resolved: {
      reference,
      lockedUrl,
      sourcePath: metadata['path'],
      localPath,
      directory: directoryOf(metadata),
      nixVersion: version.text,
    },
    url,
    roots: [...new Set(names)],
    locks: metadata['locks'],
    warnings: warningsIn(stderr),
  };
}

function checkReference(reference: string): void {
  const fault = /[\n\r]/.test(reference)
    ? 'has a line break'
    : reference.includes('#')
      ? 'has a fragment (#…)'
      : reference.trim() === ''
        ? 'is empty'
        : undefined;
  if (fault === undefined) return;
  throw new DispatchError('input', `the flake reference ${JSON.stringify(reference)} ${fault}`, {
    hint: 'Expected a reference such as ".", "./sub" or "github:owner/repo"; what is built of it is chosen by top_attrs and filter_builds.',
  });
}

/** A dirty tree has neither revision nor content hash that another process could ask for. */
function lockedUrlOf(metadata: Record<string, unknown>): string | undefined {
  const { locked, url } = metadata;
  if (!isObject(locked) || typeof url !== 'string') return undefined;
  const isPath = locked['type'] === 'path';
  // Git trees are pinned by revision, archives by hash. A path is read again: its hash makes Nix check it.
  const isLocked = isPath
    ? typeof locked['narHash'] === 'string'
    : typeof locked['rev'] === 'string' || isArchive(locked);
  return isLocked ? url : undefined;
}

function isArchive(locked: Record<string, unknown>): boolean {
  return typeof locked['narHash'] === 'string' && (locked['type'] === 'tarball' || locked['type'] === 'file');
}

function directoryOf(metadata: Record<string, unknown>): string {
  const { locked, resolved } = metadata;
  for (const place of [locked, resolved]) {
    if (isObject(place) && typeof place['dir'] === 'string') return place['dir'];
  }
  return '';
}

/** A git tree or a path on this machine. */
function localPathOf(metadata: Record<string, unknown>): string | undefined {
  const { resolved } = metadata;
  if (!isObject(resolved)) return undefined;
  const { type, path, url } = resolved;
  if (type === 'path' && typeof path === 'string') return path;
  if (type !== 'git' || typeof url !== 'string' || !url.startsWith('file:///')) return undefined;
  // Nix 2.8 leaves its parameters in.
  return decodeURIComponent(url.slice('file://'.length).replace(/\?.*/s, ''));
}

function withoutDirectory(url: string): string {
  return url.replace(/([?&])dir=[^&]*&?/, '$1').replace(/[?&]$/, '');
}

function notFound(reference: string, stderr: string): DispatchError {
  const { message, position } = readError(stderr.trim(), []);
  if (position !== undefined) {
    const file = position.file.replace(SOURCE_FOLDER, '');
    const place = `${file}:${position.line}:${position.column}`;
    return new DispatchError(
      'evaluation',
      `the flake ${reference} does not evaluate: ${message} at ${place}`,
    );
  }
  return new DispatchError('evaluation', `cannot read the flake ${reference}: ${message}`, {
    hint: 'Check the flake input; a relative reference starts at the directory that the step runs in.',
  });
}

/** What the names of a flake's files begin with: their copy in the store, or what newer versions show in its place. */
const SOURCE_FOLDER = /^(?:\/nix\/store\/[^/]+|«[^»]*»)\//;

function warningsIn(stderr: string): readonly string[] {
  const lines = stderr.split('\n').filter((line) => line.startsWith('warning: '));
  return lines.map((line) => line.slice('warning: '.length));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
