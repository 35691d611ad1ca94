import { setTimeout as sleep } from 'node:timers/promises';
import { DispatchError } from '../../errors.ts';
import type { DaemonChannel } from '../host.ts';
import { shellCommand } from '../shell-words.ts';
import { commandChannel } from './command-channel.ts';
import type { SessionPool } from './session-pool.ts';

/**
 * How the daemon is reached, best first. Its socket forwarded by sshd costs 1 ms where a process costs 40 and counts
 * as no session; a process that tells its pid lets CPU time be measured; some accounts allow nothing but the plain one.
 */
const WAYS = ['socket', 'announced', 'plain'] as const;

/** Where Nix's daemon listens (protocol §2). */
const DAEMON_SOCKET = '/nix/var/nix/daemon-socket/socket';

const PID_LINE = /^nix-dispatch client (\d{1,9})\n/m;

/** Tells its own pid, which becomes the daemon's, and does not print to stdout, which is the daemon's too. */
const ANNOUNCE_PID = 'echo "nix-dispatch client $$" >&2 && exec "$@"';

/** Refusals of a socket that has worked before come from a daemon that restarts, or from too many at once. */
const SOCKET_PAUSES_MS = [20, 80, 300, 1000];

/** The daemon of a host, by the best way that works there. */
export interface DaemonWays {
  /** Throws DispatchError that names the host. */
  open(): Promise<DaemonChannel>;
  /** Gives up the way used so far, as it led to no daemon; false when there is no other. */
  tryNext(): boolean;
}

/**
 * @param command words of the daemon's command
 * @param isPlain neither its usual socket nor a shell around the command may be used
 */
export function createDaemonWays(
  pool: SessionPool,
  command: readonly string[],
  isPlain: boolean,
): DaemonWays {
  let way = isPlain ? WAYS.indexOf('plain') : 0;
  let socketWorks = false;

  return {
    tryNext() {
      way += 1;
      return way < WAYS.length;
    },
    async open() {
      const socket = WAYS[way] === 'socket' ? await openSocket() : undefined;
      if (socket !== undefined) return socket;
      return WAYS[way] === 'plain'
        ? openProcess(command)
        : openProcess(['sh', '-c', ANNOUNCE_PID, 'sh', ...command]);
    },
  };

  async function openSocket(): Promise<DaemonChannel | undefined> {
    for (let attempt = 0; ; attempt++) {
      const opened = await pool.openSocket(DAEMON_SOCKET);
      if (opened !== undefined) {
        socketWorks = true;
        return { stream: opened.channel, stderrTail: () => '', clientPid: opened.serverPid };
      }
      const pauseMs = SOCKET_PAUSES_MS[attempt];
      if (!socketWorks) way = WAYS.indexOf('announced');
      if (!socketWorks || pauseMs === undefined) return undefined;
      await sleep(pauseMs * (0.5 + Math.random()));
    }
  }

  async function openProcess(words: readonly string[]): Promise<DaemonChannel> {
    const { stream, stderrTail } = commandChannel(await pool.exec(shellCommand(words)));
    let pid: string | undefined;
    return {
      stream,
      stderrTail: () => stderrTail().replace(PID_LINE, ''),
      clientPid() {
        pid ??= PID_LINE.exec(stderrTail())?.[1];
        return pid === undefined ? undefined : Number(pid);
      },
    };
  }
}

/** Whether another way to the daemon may work where this error came of one. */
export function mayBeTheWay(error: unknown): boolean {
  return error instanceof DispatchError && (error.code === 'not-nix' || error.code === 'connection-lost');
}
