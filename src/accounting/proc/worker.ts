import type { CpuTime } from '../cpu-time.ts';
import type { ProcessEntry } from './probe.ts';
import type { ProcessStat } from './stat.ts';

/**
 * Finds the process under which the daemon builds for one of our connections (protocol §12.2).
 *
 * - Nix and Lix to 2.93: the daemon forks a worker and writes the client's pid over its own first argument, cut to that
 *   argument's length (`nix-daemon --daemon`: 8 characters, `nix daemon`: 6).
 * - Lix from 2.94: `nix-daemon --for <pid>`.
 * - Without a daemon (root with a local store) the client itself builds.
 *
 * @param clientPid the pid that the daemon sees: of `nix-daemon --stdio`, of sshd for a forwarded socket, or our own
 * @param place the how-manieth of our connections it is among those that the daemon sees as this client, oldest first: workers are forked in
 *   that order
 * @returns undefined when there are not as many workers as connections
 */
export function findWorker(
  processes: readonly ProcessEntry[],
  clientPid: number,
  place: { readonly index: number; readonly of: number } = { index: 0, of: 1 },
): ProcessEntry | undefined {
  const pid = String(clientPid);
  const workers = processes
    .filter((process) => process.pid !== clientPid && servesClient(process.argv, pid))
    .sort((one, other) => one.stat.startTicks - other.stat.startTicks || one.pid - other.pid);
  if (workers.length > 0) return workers.length === place.of ? workers[place.index] : undefined;
  return processes.find((process) => process.pid === clientPid && isStdioDaemon(process.argv));
}

/**
 * CPU time of what a worker waited for between two looks at it (`before` undefined: since it was forked), which is one build when a connection builds one thing
 * at a time. Undefined when the two are not of one process.
 */
export function cpuBetween(
  before: ProcessStat | undefined,
  after: ProcessStat,
  ticksPerSecond: number,
): CpuTime | undefined {
  const isSame = before === undefined || (before.pid === after.pid && before.startTicks === after.startTicks);
  const ticks = after.waitedChildTicks - (before?.waitedChildTicks ?? 0);
  return isSame && ticks >= 0 ? { seconds: ticks / ticksPerSecond, source: 'proc' } : undefined;
}

function servesClient(argv: readonly string[], pid: string): boolean {
  const [program = '', first = '', second = ''] = argv;
  const name = program.slice(program.lastIndexOf('/') + 1);
  switch (name) {
    case 'nix-daemon':
      return first === pid || (first === '--for' && second === pid);
    case 'nix':
      return first === pid.slice(0, 'daemon'.length);
    default:
      return false;
  }
}

function isStdioDaemon(argv: readonly string[]): boolean {
  return argv.includes('--stdio');
}
