import type { CpuTime } from '../cpu-time.ts';
import type { ProcessEntry } from './probe.ts';
import type { ProcessStat } from './stat.ts';

/** What a look at all processes says of a connection's worker; `unclear`: there are others than there should be, for a moment at least. */
export type WorkerSought =
  | { readonly kind: 'found'; readonly worker: ProcessEntry }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'absent' };

/**
 * Finds the process under which the daemon builds for one of our connections (protocol §12.2).
 *
 * - Nix and Lix to 2.93: the daemon forks a worker and writes the client's pid over its own first argument, cut to that
 *   argument's length (`nix-daemon --daemon`: 8 characters, `nix daemon`: 6).
 * - Lix from 2.94: `nix-daemon --for <pid>`.
 * - Without a daemon (root with a local store) the client itself builds.
 *
 * What a worker forks bears its command line until it becomes a builder, which takes a while for a sandbox, and for ever where Nix itself
 * builds (`builtin:fetchurl`).
 *
 * @param clientPid the pid that the daemon sees: of `nix-daemon --stdio`, of sshd for a forwarded socket, or our own
 * @param place the how-manieth of our connections it is among those that the daemon sees as this client, oldest first: workers are forked in
 *   that order
 */
export function findWorker(
  processes: readonly ProcessEntry[],
  clientPid: number,
  place: { readonly index: number; readonly of: number } = { index: 0, of: 1 },
): WorkerSought {
  const pid = String(clientPid);
  const serving = processes.filter((one) => one.pid !== clientPid && servesClient(one.argv, pid));
  const servingPids = new Set(serving.map((one) => one.pid));
  const workers = serving
    .filter(({ stat }) => !servingPids.has(stat.parentPid))
    .sort((one, other) => one.stat.startTicks - other.stat.startTicks || one.pid - other.pid);
  const worker =
    workers.length === 0
      ? processes.find((one) => one.pid === clientPid && isStdioDaemon(one.argv))
      : workers[workers.length === place.of ? place.index : -1];
  if (worker !== undefined) return { kind: 'found', worker };
  return { kind: workers.length === 0 ? 'absent' : 'unclear' };
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
