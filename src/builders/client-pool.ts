import { DispatchError } from '../errors.ts';
import type { DaemonClient } from '../nix/client/daemon-client.ts';
import type { BuilderHost } from './host.ts';
import { createOpenClients } from './open-clients.ts';
import type { GreetingLimits } from './open-clients.ts';
import { createWaitingLine } from './waiting-line.ts';

/** Is told that a machine refused a further conversation while so many were open, and why. */
export type FullListener = (conversations: number, reason: DispatchError) => void;

/** Conversations with one builder's daemon, kept for the next who needs one. */
export interface ClientPool {
  /**
   * An idle conversation, or a new one. Where the machine allows no more than there are, the next that is given back.
   *
   * @throws DispatchError that names the host
   */
  acquire(): Promise<DaemonClient>;
  /** Takes it back; one that is over is forgotten. */
  release(client: DaemonClient): void;
  /** Calls back each time the machine turns out to allow fewer conversations than are wanted. */
  whenFull(listener: FullListener): void;
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

/** What a machine said when it refused a conversation. */
interface Refusal {
  readonly error: DispatchError;
  /** By `performance.now()`. */
  readonly atMs: number;
}

/** A conversation that has ended takes up room until its machine has noticed. */
const noticedAfterMs = 500;
/** What a machine did not allow once it may allow later: others may have logged out. */
const tryMoreAfterMs = 30_000;
/** Builds may take hours, but who waits for a conversation with one machine may hold one with another. */
const longestWaitMs = 120_000;

/** Opens nothing by itself. */
export function createClientPool(
  host: Pick<BuilderHost, 'openDaemonChannel'>,
  name: string,
  limits: GreetingLimits,
): ClientPool {
  const clients = createOpenClients(host, name, limits, () => {
    if (refusal !== undefined) setTimeout(tryAgain, noticedAfterMs);
  });
  const idle: DaemonClient[] = [];
  const line = createWaitingLine(longestWaitMs);
  const listeners: FullListener[] = [];
  let opening = 0;
  let isClosed = false;
  let unreported: DispatchError | undefined;
  let refusal: Refusal | undefined;

  const takeIdle = (): DaemonClient | undefined => {
    for (let client = idle.pop(); client !== undefined; client = idle.pop()) {
      if (clients.has(client)) return client;
    }
    return undefined;
  };

  /** Opens one. Resolves to undefined where the machine allows no more than the others. */
  const tryToOpen = async (): Promise<DaemonClient | undefined> => {
    opening += 1;
    try {
      return await clients.open();
    } catch (thrown) {
      line.wakeFirst();
      const others = clients.size + opening - 1;
      if (!isRefusal(thrown) || others === 0 || isClosed) throw thrown;
      refusal = { error: thrown, atMs: performance.now() };
      unreported = thrown;
      return undefined;
    } finally {
      opening -= 1;
      report();
    }
  };

  /** How many there are is known when nobody is about to open one. */
  const report = (): void => {
    if (unreported === undefined || opening > 0) return;
    for (const listener of listeners) listener(clients.size, unreported);
    unreported = undefined;
  };

  /** Why there is no use in asking for another one now. */
  const knownRefusal = (): DispatchError | undefined => {
    if (refusal === undefined || clients.size + opening === 0) return undefined;
    return performance.now() - refusal.atMs < tryMoreAfterMs ? refusal.error : undefined;
  };

  const tryAgain = (): void => {
    refusal = undefined;
    line.wakeFirst();
  };

  return {
    async acquire() {
      for (;;) {
        const idleClient = takeIdle();
        if (idleClient !== undefined) return idleClient;
        const full = knownRefusal();
        if (full === undefined) {
          const opened = await tryToOpen();
          if (opened !== undefined) return opened;
        } else {
          await line.wait(full);
          if (isClosed) throw full;
        }
      }
    },
    release(client) {
      if (clients.has(client) && !idle.includes(client)) idle.push(client);
      line.wakeFirst();
    },
    whenFull: (listener) => void listeners.push(listener),
    clientPid: (client) => clients.clientPid(client),
    siblings: (client) => clients.siblings(client),
    close() {
      isClosed = true;
      clients.close();
      line.close();
    },
  };
}

function isRefusal(thrown: unknown): thrown is DispatchError {
  return thrown instanceof DispatchError && thrown.code === 'unreachable';
}
