import { spawn } from 'node:child_process';
import { childEnvironment } from '../../child-environment.ts';
import { DispatchError } from '../../errors.ts';
import { experimentalFeatures, type NixVersion } from './nix-version.ts';
import { plainText } from './nix-log.ts';

/** How this machine's Nix is called. */
export interface NixProgram {
  /** `nix`, or a path to it. */
  readonly program: string;
  /** Where relative flake references start. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Systems that this machine runs, as Nix names them. */
  readonly platforms: readonly string[];
}

/** What a finished Nix left. */
export interface NixResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** Colours and control characters removed. */
  readonly stderr: string;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * The environment of every Nix that evaluates. Settings go this way and not by argv, because they may hold tokens.
 *
 * @param nixConfig lines of nix.conf that the user asked for
 */
export function nixEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  nixConfig: string,
  version: NixVersion,
): Record<string, string | undefined> {
  const config = [
    environment['NIX_CONFIG'] ?? '',
    // A flake is not trusted to change settings, unless the user says so below.
    'accept-flake-config = false',
    nixConfig,
    `extra-experimental-features = ${experimentalFeatures(version).join(' ')}`,
  ];
  return { ...childEnvironment(environment), NIX_CONFIG: config.filter((text) => text !== '').join('\n') };
}

/** The systems that a machine of this architecture and platform (as Node names them) runs by itself. */
export function platformsOf(architecture: string, platform: string): readonly string[] {
  const kernel = platform === 'darwin' ? 'darwin' : 'linux';
  switch (architecture) {
    case 'x64':
      return kernel === 'linux' ? ['x86_64-linux', 'i686-linux'] : ['x86_64-darwin'];
    case 'arm64':
      return [`aarch64-${kernel}`];
    default:
      return [`${architecture}-${kernel}`];
  }
}

/**
 * Runs Nix to its end.
 *
 * @throws DispatchError `local` when it can't be started, `cancelled` when the signal fired
 */
export async function runNix(
  nix: NixProgram,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<NixResult> {
  const child = spawn(nix.program, words, {
    cwd: nix.directory,
    env: nix.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => {
      reject(startError(error, nix, signal));
    });
    child.on('close', resolve);
  });
  return { exitCode, stdout: stdout(), stderr: plainText(stderr()) };
}

/** Why Nix could not be started, for a person. */
export function startError(error: Error, nix: NixProgram, signal?: AbortSignal): DispatchError {
  if (signal?.aborted === true) return new DispatchError('cancelled', 'evaluation was cancelled');
  return new DispatchError('local', `cannot run ${nix.program}: ${error.message}`, {
    hint: 'Evaluation needs Nix 2.8 or newer on this machine, with its `nix` on PATH.',
    cause: error,
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_OUTPUT_BYTES) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
