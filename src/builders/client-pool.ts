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
  /** Ends all conversations, acquired ones too. */
  close(): void;
}

/** Opens nothing by itself. */
export function createClientPool(host: BuilderHost, name: string, timeoutMs: number): ClientPool {
  const open = new Set<DaemonClient>();
  const idle: DaemonClient[] = [];
  const pids = new WeakMap<DaemonClient, () => number | undefined>();
  return {
    async acquire() {
      for (let client = idle.pop(); client !== undefined; client = idle.pop()) {
        if (open.has(client)) return client;
      }
      const channel = await host.openDaemonChannel();
      const { stream, stderrTail, clientPid } = channel;
      const client = await connectDaemon(stream, { host: name, timeoutMs, stderrTail });
      open.add(client);
      pids.set(client, clientPid);
      void client.closed.then(() => open.delete(client));
      return client;
    },
    release(client) {
      if (open.has(client) && !idle.includes(client)) idle.push(client);
    },
    clientPid: (client) => pids.get(client)?.(),
    close() {
      for (const client of open) client.close();
    },
  };
}
