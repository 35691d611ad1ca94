import { connectDaemon } from '../nix/client/connect.ts';
import type { DaemonClient } from '../nix/client/daemon-client.ts';
import type { BuilderHost } from './host.ts';

/** How long a daemon may take for its greeting. */
export interface GreetingLimits {
  /** For the first. */
  readonly timeoutMs: number;
  /** Silence after which the connection to the host would be given up. */
  readonly keepaliveMs: number;
}

/** The conversations with one builder's daemon that are open, and whom the daemon takes them for. */
export interface OpenClients {
  readonly size: number;
  has(client: DaemonClient): boolean;
  /** Begins another one. Throws DispatchError that names the host. */
  open(): Promise<DaemonClient>;
  /** The process that the daemon sees as this client, where that is known (protocol §12.2). */
  clientPid(client: DaemonClient): number | undefined;
  /** All that the daemon sees as the same process, in the order in which it met them. */
  siblings(client: DaemonClient): readonly DaemonClient[];
  /** Ends all of them, and those that are just being opened. */
  close(): void;
}

interface OpenClient {
  readonly order: number;
  readonly clientPid: () => number | undefined;
}

/**
 * Opens nothing by itself.
 *
 * @param name of the builder, for errors
 * @param onEnd called after each that is over
 */
export function createOpenClients(
  host: Pick<BuilderHost, 'openDaemonChannel'>,
  name: string,
  { timeoutMs, keepaliveMs }: GreetingLimits,
  onEnd: () => void,
): OpenClients {
  const clients = new Map<DaemonClient, OpenClient>();
  let opened = 0;
  let isClosed = false;

  const pidOf = (client: DaemonClient): number | undefined => clients.get(client)?.clientPid();

  return {
    get size() {
      return clients.size;
    },
    has: (client) => clients.has(client),
    async open() {
      const { stream, stderrTail, clientPid } = await host.openDaemonChannel();
      // Handshakes may end in another order than the channels were opened in.
      const order = opened++;
      // On a connection that has worked: silence that it survives must not end what has only just begun.
      const limitMs = order === 0 ? timeoutMs : timeoutMs + keepaliveMs;
      const client = await connectDaemon(stream, { host: name, timeoutMs: limitMs, stderrTail });
      clients.set(client, { order, clientPid });
      void client.closed.then(() => {
        clients.delete(client);
        onEnd();
      });
      if (isClosed) client.close();
      return client;
    },
    clientPid: pidOf,
    siblings(client) {
      const pid = pidOf(client);
      return [...clients]
        .filter(([other]) => pidOf(other) === pid)
        .sort(([, one], [, other]) => one.order - other.order)
        .map(([other]) => other);
    },
    close() {
      isClosed = true;
      for (const client of clients.keys()) client.close();
    },
  };
}
