import { createHash } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';

import { DispatchError } from '../../errors.ts';
import type { ExpectedNar } from '../../nix/client/daemon-client.ts';
import type { StorePath } from '../../nix/store-path.ts';
import { spawnCommand } from './spawn-command.ts';

/** Which store, and how a process that opens it has to be set up. */
export interface DumpedStore {
  /** For errors. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The NAR of a path, out of whatever store Nix is set up for: a daemon that serves a binary cache answers everything but this, for which it
 * looks into its own file system. Starts a process when the first chunk is asked for, and ends it when nobody wants the rest.
 *
 * @param expected checked at the end, where given
 * @throws DispatchError `daemon` with what Nix said, `corrupt`
 */
export async function* dumpPath(
  { name, environment }: DumpedStore,
  path: StorePath,
  expected?: ExpectedNar,
): AsyncGenerator<Uint8Array, undefined> {
  const words = ['nix', '--extra-experimental-features', 'nix-command', 'store', 'dump-path', path];
  const { stream, stderrTail, exited } = await spawnCommand(words, environment);
  const hash = createHash('sha256');
  let length = 0;
  try {
    stream.end();
    for await (const chunk of stream) {
      if (!(chunk instanceof Uint8Array)) continue;
      length += chunk.length;
      if (expected !== undefined) hash.update(chunk);
      yield chunk;
    }
    const code = await exited;
    if (code !== 0) {
      const why = nixError(stderrTail()) ?? `exit code ${code}`;
      throw new DispatchError('daemon', `reading ${path} from it: ${why}`, { host: name });
    }
  } finally {
    stream.destroy();
  }
  if (expected === undefined) return undefined;
  if (length === expected.narSizeBytes && hash.digest('hex') === expected.narHash) return undefined;
  throw new DispatchError('corrupt', `the NAR of ${path} is not what ${name} says it is`, { host: name });
}

/** The last error that Nix wrote, as one line without colours; undefined when it wrote none. */
export function nixError(stderr: string): string | undefined {
  const lines = stripVTControlCharacters(stderr).split('\n');
  const last = lines.findLastIndex((line) => line.startsWith('error:'));
  if (last < 0) return undefined;
  const text = lines.slice(last).join(' ').replaceAll(/\s+/g, ' ');
  return text.replace(/^error: ?/, '').trim();
}
