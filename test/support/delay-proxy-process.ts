import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DelayProxy, DelayProxyOptions } from './delay-proxy.ts';

/** A delay proxy in a process of its own, so that a benchmark does not share its thread. Ends with this process. */
export async function startDelayProxyProcess(
  options: DelayProxyOptions,
): Promise<Pick<DelayProxy, 'host' | 'port'> & AsyncDisposable> {
  const program = join(import.meta.dirname, 'delay-proxy-main.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const [host, port] = String(first.value).split(' ');
  if (host === undefined || port === undefined) throw new Error('the delay proxy did not start');
  return {
    host,
    port: Number(port),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
