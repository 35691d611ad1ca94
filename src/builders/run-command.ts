import { DispatchError } from '../errors.ts';
import type { BuilderHost } from './host.ts';

/** What a command needs besides its words. */
export interface CommandOptions {
  readonly stdin?: string | Uint8Array;
  /** 30 s unless said. */
  readonly timeoutMs?: number;
}

/** What a command did. */
export interface CommandResult {
  /** Undefined when a signal or the loss of the connection ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** Its last 64 KiB. */
  readonly stderr: string;
}

const TIMEOUT_MS = 30_000;
const MAX_STDOUT_BYTES = 16 * 1024 * 1024;

/**
 * Runs a command on a builder's machine to its end.
 *
 * @param name the builder's, for errors
 * @throws DispatchError `timed-out`, or `protocol` when it prints more than 16 MiB
 */
export async function runCommand(
  host: Pick<BuilderHost, 'openCommand'>,
  name: string,
  words: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { stdin = '', timeoutMs = TIMEOUT_MS } = options;
  const { stream, stderrTail, exited } = await host.openCommand(words);
  const chunks: Buffer[] = [];
  let length = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    const limits = new Promise<never>((_, reject) => {
      const fail = (code: 'timed-out' | 'protocol', what: string): void =>
        reject(new DispatchError(code, `${words[0]} on ${name} ${what}`, { host: name }));
      timer = setTimeout(() => fail('timed-out', `did not end within ${timeoutMs / 1000} s`), timeoutMs);
      stream.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MAX_STDOUT_BYTES) fail('protocol', 'prints without end');
        else chunks.push(chunk);
      });
    });
    // It can be known to have ended before all that it printed has come through.
    const printed = new Promise((resolve) => stream.once('end', resolve).once('close', resolve));
    stream.end(stdin);
    const [code] = await Promise.race([Promise.all([exited, printed]), limits]);
    return { code, stdout: Buffer.concat(chunks).toString('utf8'), stderr: stderrTail() };
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}
