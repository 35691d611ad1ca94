import { spawn } from 'node:child_process';

import { childEnvironment } from '../../child-environment.ts';
import { keepTail } from '../../builders/stderr-tail.ts';
import { DispatchError } from '../../errors.ts';
import type { ToolTarget } from '../../inputs/push.ts';
import type { StorePath } from '../../nix/store-path.ts';
import { cleanLine } from '../../report/escape/clean.ts';

/** For one batch of paths, which may be large and the way slow. */
const TIMEOUT_MS = 60 * 60_000;
const LAST_LINES = 3;

/**
 * Lets the program of a cache service push paths of this machine's store, with all that they refer to. It has its login from its own
 * configuration or from this process's environment, such as `CACHIX_AUTH_TOKEN`: nothing secret is in its arguments.
 *
 * @throws DispatchError `local` where the program is missing or with what it said, `timed-out`, `cancelled`
 */
export async function runTool(
  { tool, cache }: ToolTarget,
  paths: readonly StorePath[],
  signal: AbortSignal,
): Promise<void> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const child = spawn(tool, ['push', cache, ...paths], {
    env: childEnvironment(process.env),
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: AbortSignal.any([signal, limit]),
  });
  const stderr = keepTail(child.stderr);
  const ending = await new Promise<Error | number>((resolve) => {
    child.once('error', resolve);
    child.once('close', (code) => resolve(code ?? -1));
  });
  if (ending === 0) return;
  if (signal.aborted) throw new DispatchError('cancelled', 'the run was ended before the push was done');
  if (limit.aborted) {
    throw new DispatchError('timed-out', `${tool} did not end within ${TIMEOUT_MS / 60_000} min`);
  }
  if (ending instanceof Error) {
    const isAbsent = 'code' in ending && ending.code === 'ENOENT';
    const why = isAbsent ? 'there is none on the PATH' : ending.message;
    throw new DispatchError('local', `${tool} cannot be started on this machine: ${why}`, {
      hint: `Install ${tool} in an earlier step of the job, so that it is on the PATH, and log it in there or by its variables.`,
      cause: ending,
    });
  }
  const said = stderr()
    .split('\n')
    .map(cleanLine)
    .filter((line) => line !== '');
  const words = said.slice(-LAST_LINES).join(' · ') || 'it said nothing';
  throw new DispatchError('local', `${tool} push ended with exit code ${ending}: ${words}`);
}
