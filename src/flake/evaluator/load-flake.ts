import type { HelperLayout } from './expressions.ts';
import type { NixProgram } from './nix-command.ts';
import { loadingMode, type NixVersion } from './nix-version.ts';

/** The flake that evaluators load, and the Nix that does it. */
export interface FlakeSource {
  readonly nix: NixProgram;
  readonly version: NixVersion;
  /** Absolute reference, locked where it can be. */
  readonly url: string;
  /** Extra words for Nix, already split. */
  readonly nixArgs: readonly string[];
}

/** How a REPL that has the flake's outputs as variables is started. */
export interface ReplCall {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What has to be typed first. */
  readonly lines: readonly string[];
  readonly helperLayout: HelperLayout;
}

/** Collected memory fragments, and Nix holds some outside the collector's heap. */
const HEAP_SHARE = 0.85;
const LARGEST_INITIAL_HEAP_BYTES = 384 * 1024 * 1024;
/**
 * What `builtins.currentSystem` is where it can't be made to be missing, as it is in pure evaluation. An answer that holds it depends on
 * the machine, and is refused.
 */
export const IMPURE_SYSTEM = 'unknown-in-pure-evaluation';
/** Behind the user's words too: older versions choose another format for `--print-build-logs`. */
const LOG_FORMAT = ['--log-format', 'internal-json'];
const FETCHABLE = 'http:// https:// ssh:// git:// git+http:// git+https:// git+ssh:// github: gitlab:';

/** Builds the call, for the way of loading that the version has ({@link loadingMode}). */
export function repl(source: FlakeSource, maxMemoryBytes: number): ReplCall {
  const environment = { ...source.nix.environment, ...collectorLimits(maxMemoryBytes) };
  // The cache would only make evaluators wait for each other: each asks for every attribute once.
  const common = ['repl', ...LOG_FORMAT, '--option', 'eval-cache', 'false'];
  if (loadingMode(source.version) === 'argument') {
    const words = [...common, '--option', 'pure-eval', 'true', ...source.nixArgs, ...LOG_FORMAT, source.url];
    return { words, environment, lines: [], helperLayout: 'one-line' };
  }
  const isImpure = source.nixArgs.includes('--impure');
  const restrictions = [
    ['restrict-eval', 'true'],
    ['allowed-uris', FETCHABLE],
    ['system', IMPURE_SYSTEM],
    // Builds that evaluation needs still run here.
    ['extra-platforms', source.nix.platforms.join(' ')],
  ];
  const options = isImpure
    ? []
    : restrictions.flatMap(([name = '', value = '']) => ['--option', name, value]);
  // This REPL is impure by itself, and older ones refuse the flag.
  // Without it these versions show no place at all; newer ones show the outermost, and take seconds to show ten thousand.
  const words = [
    ...common,
    '--show-trace',
    ...options,
    ...source.nixArgs.filter((word) => word !== '--impure'),
    ...LOG_FORMAT,
  ];
  return {
    words,
    environment: isImpure ? environment : { ...environment, NIX_PATH: '' },
    lines: [`:load-flake ${source.url}`],
    helperLayout: 'lines',
  };
}

/** Variables of the Boehm collector that Nix uses; at its limit it collects, and fails only if that doesn't help. */
function collectorLimits(maxMemoryBytes: number): Record<string, string> {
  const heapBytes = Math.floor(maxMemoryBytes * HEAP_SHARE);
  return {
    GC_MAXIMUM_HEAP_SIZE: String(heapBytes),
    GC_INITIAL_HEAP_SIZE: String(Math.min(LARGEST_INITIAL_HEAP_BYTES, Math.floor(heapBytes / 4))),
  };
}
