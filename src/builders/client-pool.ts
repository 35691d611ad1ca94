import { connectDaemon } from '../nix/client/connect.ts';
import type { DaemonClient } from '../nix/client/daemon-client.ts';
import type { BuilderHost } from './host.ts';

/** Conversations with one builder's daemon, kept for the next who needs one. */
export interface ClientPool {
  /** An idle conversation, or a new one. Throws DispatchError that names the host. */
  acquire(): Promise<DaemonClient>;
  /** Takes it back; one that is over is forgotten. */
  release(client: DaemonClient): void;
  /** The process that the daemon sees as this client, where that is known (protocol §12.2). */
  clientPid(client: DaemonClient): number | undefined;
  /**
   * All open clients that the daemon sees as the same process, in the order in which it met them: forwarded sockets are
   * all the one sshd's. It forked their workers in that order too.
   */
  siblings(client: DaemonClient): readonly DaemonClient[];
  /** Ends all conversations, acquired ones too. */
  close(): void;
}

interface OpenClient {
  readonly order: number;
  readonly clientPid: () => number | undefined;
}

/** Opens nothing by itself. */
export function createClientPool(host: BuilderHost, name: string, timeoutMs: number): ClientPool {
  const open = new Map<DaemonClient, OpenClient>();
  const idle: DaemonClient[] = [];
  let opened = 0;
  let isClosed = false;

  const pidOf = (client: DaemonClient): number | undefined => open.get(client)?.clientPid();

  return {
    async acquire() {
      for (let client = idle.pop(); client !== undefined; client = idle.pop()) {
        if (open.has(client)) return client;
      }
      const { stream, stderrTail, clientPid } = await host.openDaemonChannel();
      // Handshakes may end in another order than the channels were opened in.
      const order = opened++;
      const client = await connectDaemon(stream, { host: name, timeoutMs, stderrTail });
      open.set(client, { order, clientPid });
      void client.closed.then(() => open.delete(client));
      if (isClosed) client.close();
      return client;
    },
    release(client) {
      if (open.has(client) && !idle.includes(client)) idle.push(client);
    },
    clientPid: pidOf,
    siblings(client) {
      const pid = pidOf(client);
      return [...open]
        .filter(([other]) => pidOf(other) === pid)
        .sort(([, one], [, other]) => one.order - other.order)
        .map(([other]) => other);
    },
    close() {
      isClosed = true;
      for (const client of open.keys()) client.close();
    },
  };
}
