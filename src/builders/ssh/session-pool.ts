import type { ClientChannel } from 'ssh2';
import type { DispatchError } from '../../errors.ts';
import { isChannelRefused } from './connection.ts';
import type { SshConnection } from './connection.ts';
import { forwardSockets } from './forwarded-sockets.ts';
import type { ForwardedSocket, ForwardedSockets } from './forwarded-sockets.ts';
import type { SshLogin } from './login.ts';
import { connectPatiently } from './patient-login.ts';
import { createSeats } from './seats.ts';
import { allFull, closedBefore, connectionLost, noSessions } from './session-errors.ts';

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

/** What a pool may do. */
export interface SessionPoolOptions {
  /** Undefined: as many as the sessions need. */
  readonly maxConnections: number | undefined;
  /** What is sent as `env` requests with a session; undefined: nothing with any. Never rejects. */
  readonly environment: (() => Promise<Readonly<Record<string, string>>>) | undefined;
}

/** One connection of the pool, and what goes over it besides sessions. */
interface Line {
  readonly connection: SshConnection;
  readonly sockets: ForwardedSockets;
}

/**
 * Logs in to a host. sshd allows ten sessions in a connection unless told otherwise (MaxSessions), so further connections
 * are made when it refuses one, one after the other because it also limits logins going on at once (MaxStartups).
 *
 * @throws DispatchError `unreachable`, `host-key` or `authentication`
 */
export async function openSessionPool(login: SshLogin, options: SessionPoolOptions): Promise<SessionPool> {
  const { maxConnections = Number.POSITIVE_INFINITY, environment } = options;
  const seats = createSeats<Line>(isChannelRefused);
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
      const [line] = seats.connections;
      if (isClosed || line === undefined) throw ended();
      try {
        return await line.sockets.open(socketPath);
      } catch (error) {
        if (isChannelRefused(error)) return undefined;
        throw connectionLost(login, error);
      }
    },
    async exec(command) {
      const variables = await environment?.();
      for (;;) {
        const line = await lineWithRoom();
        try {
          const channel = await seats.open(line, () => line.connection.exec(command, variables));
          if (channel !== undefined) return channel;
        } catch (error) {
          throw isChannelRefused(error) ? noSessions(login, error) : connectionLost(login, error);
        }
      }
    },
    close() {
      isClosed = true;
      for (const { connection } of seats.connections) connection.close();
      end(undefined);
    },
  };

  async function lineWithRoom(): Promise<Line> {
    for (;;) {
      if (isClosed) throw ended();
      const line = seats.free();
      if (line !== undefined) return line;
      if (seats.connections.length === 0 && growing === undefined) throw ended();
      growing ??= grow().finally(() => {
        growing = undefined;
      });
      await growing;
    }
  }

  async function grow(): Promise<void> {
    if (seats.connections.length >= maxConnections) throw allFull(login, seats.limit, maxConnections);
    const connection = await connectPatiently(login);
    const line: Line = { connection, sockets: forwardSockets(connection) };
    seats.add(line);
    void connection.closed.then((reason) => {
      seats.remove(line);
      if (seats.connections.length === 0) end(reason);
    });
    if (isClosed) connection.close();
  }

  function ended(): DispatchError {
    return isClosed ? closedBefore(login) : connectionLost(login, undefined);
  }
}
