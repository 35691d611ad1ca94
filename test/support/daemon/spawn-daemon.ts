import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { connectDaemon } from '../../../src/nix/client/connect.ts';
import type { DaemonClient } from '../../../src/nix/client/daemon-client.ts';

/** A client of a daemon that is a child of ours, over its pipes. Disposing of it ends both. */
export interface SpawnedDaemon extends Disposable {
  readonly client: DaemonClient;
}

/** Starts a command that talks the worker protocol on its standard input and output. */
export async function spawnDaemon(
  host: string,
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<SpawnedDaemon> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const duplex = Duplex.from({ readable: child.stdout, writable: child.stdin });
  const client = await connectDaemon(duplex, { host, timeoutMs: 20_000, stderrTail: () => stderr });
  return {
    client,
    [Symbol.dispose]() {
      client.close();
      child.kill();
    },
  };
}
