import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** What a finished process left. `code` is null when a signal ended it. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

// A user's PATH often lacks the sbin folders, where ip and sshd live.
const EXTRA_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The PATH that provisioning uses: the caller's, and the sbin folders after it. */
export function searchPath(): string {
  return [...(process.env['PATH'] ?? '').split(':'), ...EXTRA_FOLDERS].filter(Boolean).join(':');
}

/** Absolute path of an executable, or undefined when no folder of the search path has it. */
export function findExecutable(name: string): string | undefined {
  for (const folder of searchPath().split(':')) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Runs a command to its end. Never rejects for a non-zero exit; rejects when it can't be started. */
export function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [file, ...args] = command;
  if (file === undefined) return Promise.reject(new TypeError('expected a command, got none'));
  const env = { ...(options.env ?? process.env), PATH: options.env?.['PATH'] ?? searchPath() };
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    // A command that exits without reading its input is no fault of the caller.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('close', (code) =>
      resolve({
        code,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}

/** As {@link runCommand}, but an exit code other than 0 is an error that shows the end of stderr. Returns stdout. */
export async function mustRun(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(command, options);
  if (result.code === 0) return result.stdout;
  const tail = result.stderr.trim().split('\n').slice(-12).join('\n');
  throw new Error(`expected "${command.join(' ')}" to succeed, it exited with ${result.code}:\n${tail}`);
}
