import { spawn } from 'node:child_process';

import { childEnvironment } from '../child-environment.ts';
import { keepTail } from '../builders/stderr-tail.ts';
import { DispatchError } from '../errors.ts';
import { cleanLine, cleanText } from '../report/escape/clean.ts';
import type { SigningKey } from '../inputs/push.ts';
import type { StorePath } from '../nix/store-path.ts';

/** One run of `nix copy`. */
export interface NixCopy {
  /** The store that has the paths; undefined: this machine's. */
  readonly from: string | undefined;
  readonly to: string;
  readonly paths: readonly StorePath[];
  readonly key: SigningKey | undefined;
  /** Lines of nix.conf. */
  readonly nixConf: string;
  readonly signal: AbortSignal;
}

/**
 * Nix reads the key from its standard input. It has to be a pipe, which it can open by name; what Node gives a child is a socket, so `cat`
 * stands in between.
 */
const WITH_KEY = 'cat | exec nix "$@"';

/**
 * Copies paths with all that they refer to by this machine's Nix. The key passes through a pipe: it is in no file, argument or variable.
 *
 * @throws DispatchError `local` with what Nix said, `cancelled`
 */
export async function nixCopy({ from, to, paths, key, nixConf, signal }: NixCopy): Promise<void> {
  const words = [
    '--extra-experimental-features',
    'nix-command',
    'copy',
    '--no-check-sigs',
    ...(from === undefined ? [] : ['--from', from]),
    '--to',
    key === undefined ? to : withParameter(to, 'secret-key=/dev/stdin'),
    '--',
    ...paths,
  ];
  const [program, args] = key === undefined ? ['nix', words] : ['sh', ['-c', WITH_KEY, 'nix', ...words]];
  const environment = childEnvironment(process.env);
  const child = spawn(program, args, {
    env: { ...environment, NIX_CONFIG: [environment['NIX_CONFIG'] ?? '', nixConf].join('\n') },
    stdio: ['pipe', 'ignore', 'pipe'],
    signal,
  });
  const stderr = keepTail(child.stderr);
  // Nix may end before it has read anything.
  child.stdin.on('error', () => {});
  child.stdin.end(key === undefined ? '' : `${key.text}\n`);
  const failure = await new Promise<Error | undefined>((resolve) => {
    child.once('error', resolve);
    child.once('close', (code) => {
      resolve(code === 0 ? undefined : new Error(reasonOf(stderr()) || `exit code ${code}`));
    });
  });
  if (failure === undefined) return;
  if (signal.aborted) throw new DispatchError('cancelled', 'the run was ended before the push was done');
  throw new DispatchError('local', failure.message, { cause: failure });
}

function withParameter(uri: string, parameter: string): string {
  return `${uri}${uri.includes('?') ? '&' : '?'}${parameter}`;
}

/** Nix's last error and what follows it. */
function reasonOf(stderr: string): string {
  const lines = cleanText(stderr).split('\n');
  const last = lines.findLastIndex((line) => line.startsWith('error:'));
  return cleanLine(
    lines
      .slice(Math.max(0, last))
      .join('\n')
      .replace(/^error:\s*/, ''),
  );
}
