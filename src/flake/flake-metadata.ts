import { DispatchError } from '../errors.ts';
import type { ResolvedFlake } from './job.ts';

/** What `nix flake metadata` says of a flake, as far as evaluation needs it. */
export interface FlakeMetadata {
  readonly resolved: ResolvedFlake;
  /** What evaluators load: locked where possible, else absolute. */
  readonly url: string;
  /** What the names of files in its source begin with, in errors: newer versions do not name the store path. */
  readonly roots: readonly string[];
  /** The contents of its lock file, as Nix has them; unlike the file they are never out of date. */
  readonly locks: unknown;
}

/**
 * Reads the answer of `nix flake metadata --json`.
 *
 * @param reference as the user wrote it
 * @throws DispatchError `evaluation` when it is no such answer
 */
export function readMetadata(reference: string, json: string, nixVersion: string): FlakeMetadata {
  const metadata = parseObject(json);
  const sourcePath = metadata?.['path'];
  if (metadata === undefined || typeof sourcePath !== 'string') {
    throw new DispatchError('evaluation', `\`nix flake metadata\` does not say where ${reference} is`, {
      hint: 'Expected JSON with a "path". Is the nix on PATH really Nix?',
    });
  }
  const { resolvedUrl, locks } = metadata;
  const lockedUrl = lockedUrlOf(metadata);
  const localPath = localPathOf(metadata);
  const url = lockedUrl ?? (typeof resolvedUrl === 'string' ? resolvedUrl : reference);
  const names = [sourcePath, localPath ?? sourcePath, `«${url}»`, `«${withoutDirectory(url)}»`];
  return {
    resolved: { reference, lockedUrl, sourcePath, localPath, directory: directoryOf(metadata), nixVersion },
    url,
    roots: [...new Set(names)],
    locks,
  };
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

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
