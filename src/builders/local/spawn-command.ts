import { spawn } from 'node:child_process';
import { DispatchError } from '../../errors.ts';
import type { CommandChannel } from '../host.ts';
import { keepTail } from '../stderr-tail.ts';
import { childEnvironment } from '../../child-environment.ts';
import { processStream } from './process-stream.ts';

const KILL_AFTER_MS = 3000;

/** A command on this machine. */
export interface LocalCommand extends CommandChannel {
  readonly pid: number;
}

/**
 * Starts a command on this machine. Destroying its stream ends it: SIGTERM, on which a Nix daemon kills its builds,
 * then SIGKILL.
 *
 * @param added variables that it gets besides ours
 * @throws DispatchError `local` when there is no such program
 */
export async function spawnCommand(
  words: readonly string[],
  added: Readonly<Record<string, string>> = {},
): Promise<LocalCommand> {
  const [program = '', ...args] = words;
  const env = { ...childEnvironment(process.env), ...added };
  const child = spawn(program, args, { env, stdio: 'pipe' });
  const stderrTail = keepTail(child.stderr);
  const exited = new Promise<number | undefined>((resolve) => {
    child.once('close', (code) => resolve(code ?? undefined));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      const isAbsent = 'code' in cause && cause.code === 'ENOENT';
      const why = isAbsent ? 'there is none on the PATH' : cause.message;
      reject(
        new DispatchError('local', `${program} cannot be started on this machine: ${why}`, {
          hint: 'Install Nix in a step before this one, for instance with nixbuild/nix-quick-install-action.',
          cause,
        }),
      );
    });
  });
  const stream = processStream(child.stdout, child.stdin, child.stderr);
  // Errors of the pipes come with the loss of the process, which is reported by its end.
  stream.on('error', () => {});
  stream.once('close', () => {
    // Who closed both sides in order is about to end, and a signal would hide its exit code.
    const endsByItself = stream.readableEnded && stream.writableFinished;
    if (!endsByItself) child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
  });
  return { stream, stderrTail, exited, pid: child.pid ?? 0 };
}
