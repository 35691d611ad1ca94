import { DispatchError } from '../errors.ts';
import { runNix, type NixProgram } from './evaluator/nix-command.ts';
import { parseNixVersion, type NixVersion } from './evaluator/nix-version.ts';
import { flakeError } from './flake-error.ts';
import { readMetadata, type FlakeMetadata } from './flake-metadata.ts';

/** A flake that was found. */
export interface FoundFlake extends FlakeMetadata {
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
  if (exitCode !== 0) throw flakeError(reference, stderr);
  const metadata = readMetadata(reference, stdout, version.text);
  return { ...metadata, warnings: warningsIn(stderr) };
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

function warningsIn(stderr: string): readonly string[] {
  const lines = stderr.split('\n').filter((line) => line.startsWith('warning: '));
  return lines.map((line) => line.slice('warning: '.length));
}
