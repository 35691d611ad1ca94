import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import { DispatchError, toDispatchError } from '../../errors.ts';
import { connectSsh, isChannelRefused } from './connection.ts';
import type { SshConnection } from './connection.ts';
import { isWorthRetrying } from './login-errors.ts';
import type { SshLogin } from './login.ts';
import { findServerPid } from './server-pid.ts';

/** Sessions on one host, over as many SSH connections as its sshd wants them spread over. */
export interface SessionPool {
  /** Runs a command in a session of its own. Throws DispatchError that names the host. */
  exec(command: string): Promise<ClientChannel>;
  /**
   * Connects to a unix socket on the host, or undefined when it is not there or may not be forwarded. Counts as no
   * session. Throws DispatchError `connection-lost`.
   */
  openSocket(socketPath: string): Promise<ForwardedSocket | undefined>;
  /** Resolves when the last connection is gone: its reason, or undefined when we closed it. Never rejects. */
  readonly lost: Promise<DispatchError | undefined>;
  close(): void;
}

/** A unix socket of the host. */
export interface ForwardedSocket {
  readonly channel: ClientChannel;
  /** The process of sshd that is its client there, once that is known. */
  readonly serverPid: () => number | undefined;
}

/** What a pool may do. */
export interface SessionPoolOptions {
  /** Undefined: as many as the sessions need. */
  readonly maxConnections: number | undefined;
  /** What is sent as `env` requests with a session; undefined: nothing with any. Never rejects. */
  readonly environment: (() => Promise<Readonly<Record<string, string>>>) | undefined;
}

interface Seat {
  readonly connection: SshConnection;
  /** Sessions that are being opened. */
  readonly opening: Set<Promise<unknown>>;
  /** How many are open. */
  open: number;
  /** A session was refused and it is not known yet how many there are. */
  isFull: boolean;
  /** Asked for with the first socket. */
  serverPid: { pid: number | undefined } | undefined;
}

const CONNECT_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 200;

/**
 * Logs in to a host. sshd allows ten sessions in a connection unless told otherwise (MaxSessions), so further connections
 * are made when it refuses one, one after the other because it also limits logins going on at once (MaxStartups).
 *
 * @throws DispatchError `unreachable`, `host-key` or `authentication`
 */
export async function openSessionPool(login: SshLogin, options: SessionPoolOptions): Promise<SessionPool> {
  const seats: Seat[] = [];
  /** What a connection is known to hold; every refusal tells. */
  let limit = Number.POSITIVE_INFINITY;
  let growing: Promise<void> | undefined;
  let isClosed = false;
  let end: (reason: DispatchError | undefined) => void = () => {};
  const lost = new Promise<DispatchError | undefined>((resolve) => {
    end = resolve;
  });
  await grow();

  return {
    lost,
    async openSocket(socketPath) {
      const [seat] = seats;
      if (isClosed || seat === undefined) throw ended();
      try {
        const channel = await seat.connection.openSocket(socketPath);
        seat.serverPid ??= askServerPid(seat.connection);
        const { serverPid } = seat;
        return { channel, serverPid: () => serverPid.pid };
      } catch (error) {
        if (isChannelRefused(error)) return undefined;
        throw connectionLost(error);
      }
    },
    async exec(command) {
      const environment = await options.environment?.();
      for (;;) {
        const seat = await seatWithRoom();
        const opening = seat.connection.exec(command, environment);
        seat.opening.add(opening);
        try {
          const channel = await opening;
          seat.open += 1;
          channel.once('close', () => {
            seat.open -= 1;
          });
          return channel;
        } catch (error) {
          if (!isChannelRefused(error)) throw connectionLost(error);
          await learnLimit(seat, opening, error);
        } finally {
          seat.opening.delete(opening);
        }
      }
    },
    close() {
      isClosed = true;
      for (const { connection } of seats) connection.close();
      end(undefined);
    },
  };

  /** What has been opened by the time that all answers are there is what a connection holds. */
  async function learnLimit(seat: Seat, refused: Promise<unknown>, cause: unknown): Promise<void> {
    seat.isFull = true;
    seat.opening.delete(refused);
    await Promise.allSettled(seat.opening);
    if (seat.open === 0) throw noSessions(cause);
    limit = seat.open;
    seat.isFull = false;
  }

  async function seatWithRoom(): Promise<Seat> {
    for (;;) {
      if (isClosed) throw ended();
      const seat = seats.find(({ isFull, open, opening }) => !isFull && open + opening.size < limit);
      if (seat !== undefined) return seat;
      if (seats.length === 0 && growing === undefined) throw ended();
      growing ??= grow().finally(() => {
        growing = undefined;
      });
      await growing;
    }
  }

  async function grow(): Promise<void> {
    const { maxConnections = Number.POSITIVE_INFINITY } = options;
    if (seats.length >= maxConnections) {
      throw new DispatchError(
        'unreachable',
        `${login.host} allows ${limit} sessions in a connection, and max-connections=${maxConnections} allows no further one`,
        { host: login.name, hint: 'Lower max jobs, or raise max-connections or MaxSessions of its sshd.' },
      );
    }
    const connection = await connectPatiently(login);
    const seat: Seat = { connection, opening: new Set(), open: 0, isFull: false, serverPid: undefined };
    seats.push(seat);
    void connection.closed.then((reason) => {
      seats.splice(seats.indexOf(seat), 1);
      if (seats.length === 0) end(reason);
    });
    if (isClosed) connection.close();
  }

  function ended(): DispatchError {
    if (!isClosed) return connectionLost(undefined);
    return new DispatchError('cancelled', `${login.name} was closed`, { host: login.name });
  }

  function connectionLost(cause: unknown): DispatchError {
    return new DispatchError('connection-lost', `the SSH connection to ${login.host} was lost`, {
      host: login.name,
      cause,
    });
  }

  function noSessions(cause: unknown): DispatchError {
    return new DispatchError('unreachable', `${login.host} lets ${login.user} in but opens no session`, {
      host: login.name,
      hint: 'MaxSessions of its sshd may be 0, or the machine is out of processes.',
      cause,
    });
  }
}

function askServerPid(connection: SshConnection): { pid: number | undefined } {
  const answer: { pid: number | undefined } = { pid: undefined };
  void findServerPid((command) => connection.exec(command)).then((pid) => {
    answer.pid = pid;
  });
  return answer;
}

/** A server that drops us before it looks at us has too many logins going on: wait a little, by chance longer. */
async function connectPatiently(login: SshLogin): Promise<SshConnection> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connectSsh(login);
    } catch (thrown) {
      const error = toDispatchError(thrown, 'unreachable', { host: login.name });
      if (attempt >= CONNECT_ATTEMPTS || !isWorthRetrying(error)) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
