import { DispatchError } from '../../errors.ts';

/** Which Nix is installed, as `nix --version` tells. */
export interface NixVersion {
  /** Of the evaluator: for Determinate Nix that of the Nix it is made of. */
  readonly major: number;
  readonly minor: number;
  readonly isLix: boolean;
  /** The whole line, for people and cache keys. */
  readonly text: string;
}

/**
 * How an evaluator gets at a flake.
 *
 * - `argument`: as argument of `nix repl`, in pure evaluation (Nix 2.10 and newer, Lix).
 * - `load-flake`: by the REPL's own command; older versions set impure evaluation after reading their options, so there
 *   restricted evaluation stands in for pure evaluation.
 */
export type LoadingMode = 'argument' | 'load-flake';

/**
 * Parses the line of `nix --version`: `nix (Nix) 2.26.3`, `nix (Lix, like Nix) 2.91.1`, `nix (Determinate Nix 3.8.5) 2.30.2`.
 *
 * @throws DispatchError `local` when it is no such line, or the version has no flakes (older than 2.4)
 */
export function parseNixVersion(line: string): NixVersion {
  const text = line.trim();
  const match = /^nix \((.+)\) (\d+)\.(\d+)/.exec(text);
  if (match === null) {
    throw new DispatchError('local', `\`nix --version\` printed ${JSON.stringify(text.slice(0, 200))}`, {
      hint: 'Expected a line such as "nix (Nix) 2.26.3". Is the nix on PATH really Nix?',
    });
  }
  const version = {
    major: Number(match[2]),
    minor: Number(match[3]),
    isLix: match[1]?.startsWith('Lix') ?? false,
    text,
  };
  if (!isAtLeast(version, 2, 4)) {
    throw new DispatchError('local', `${text} cannot evaluate flakes`, {
      hint: 'Install Nix 2.8 or newer.',
    });
  }
  return version;
}

/** The way that this version loads a flake. */
export function loadingMode(version: NixVersion): LoadingMode {
  return isAtLeast(version, 2, 10) ? 'argument' : 'load-flake';
}

/** Experimental features that evaluation needs: `repl-flake` was one of its own before it became the rule in 2.19. */
export function experimentalFeatures(version: NixVersion): readonly string[] {
  const needsReplFlake = isAtLeast(version, 2, 10) && !isAtLeast(version, 2, 19) && !version.isLix;
  return ['nix-command', 'flakes', ...(needsReplFlake ? ['repl-flake'] : [])];
}

function isAtLeast(version: NixVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
