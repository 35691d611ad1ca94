import { DispatchError } from '../errors.ts';
import { connectDaemon } from '../nix/client/connect.ts';
import type { DaemonClient } from '../nix/client/daemon-client.ts';
import type { BuilderHost } from './host.ts';

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

/** How long a daemon may take for its greeting. */
export interface ClientPoolOptions {
  /** For the first. */
  readonly timeoutMs: number;
  /** Silence after which the connection to the host would be given up. */
  readonly keepaliveMs: number;
}

interface OpenClient {
  readonly order: number;
  readonly clientPid: () => number | undefined;
}

/** Somebody who waits for a conversation to be given back. */
interface Waiting {
  readonly wake: () => void;
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
  { timeoutMs, keepaliveMs }: ClientPoolOptions,
): ClientPool {
  const open = new Map<DaemonClient, OpenClient>();
  const idle: DaemonClient[] = [];
  const waiting: Waiting[] = [];
  const listeners: FullListener[] = [];
  let opened = 0;
  let opening = 0;
  let isClosed = false;
  let unreported: DispatchError | undefined;
  let refusal: { readonly error: DispatchError; readonly atMs: number } | undefined;

  const pidOf = (client: DaemonClient): number | undefined => open.get(client)?.clientPid();

  const takeIdle = (): DaemonClient | undefined => {
    for (let client = idle.pop(); client !== undefined; client = idle.pop()) {
      if (open.has(client)) return client;
    }
    return undefined;
  };

  /** How many there are is known when nobody is about to open one. */
  const report = (): void => {
    if (unreported === undefined || opening > 0) return;
    for (const listener of listeners) listener(open.size, unreported);
    unreported = undefined;
  };

  const tryAgain = (): void => {
    refusal = undefined;
    waiting.shift()?.wake();
  };

  const openOne = async (): Promise<DaemonClient> => {
    const { stream, stderrTail, clientPid } = await host.openDaemonChannel();
    // Handshakes may end in another order than the channels were opened in.
    const order = opened++;
    // On a connection that has worked: silence that it survives must not end what has only just begun.
    const limitMs = order === 0 ? timeoutMs : timeoutMs + keepaliveMs;
    const client = await connectDaemon(stream, { host: name, timeoutMs: limitMs, stderrTail });
    open.set(client, { order, clientPid });
    void client.closed.then(() => {
      open.delete(client);
      if (refusal !== undefined) setTimeout(tryAgain, noticedAfterMs);
    });
    if (isClosed) client.close();
    return client;
  };

  /** Resolves when it is worth another try; rejects with the refusal when that takes too long. */
  const untilRoom = (error: DispatchError): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(one), 1);
        reject(error);
      }, longestWaitMs);
      const one: Waiting = {
        wake() {
          clearTimeout(timer);
          resolve();
        },
      };
      waiting.push(one);
    });

  return {
    async acquire() {
      for (;;) {
        const client = takeIdle();
        if (client !== undefined) return client;
        if (
          refusal !== undefined &&
          open.size + opening > 0 &&
          performance.now() - refusal.atMs < tryMoreAfterMs
        ) {
          const { error } = refusal;
          await untilRoom(error);
          if (isClosed) throw error;
          continue;
        }
        opening += 1;
        try {
          return await openOne();
        } catch (thrown) {
          waiting.shift()?.wake();
          const others = open.size + opening - 1;
          if (!isRefusal(thrown) || others === 0 || isClosed) throw thrown;
          refusal = { error: thrown, atMs: performance.now() };
          unreported = thrown;
        } finally {
          opening -= 1;
          report();
        }
      }
    },
    release(client) {
      if (open.has(client) && !idle.includes(client)) idle.push(client);
      waiting.shift()?.wake();
    },
    whenFull: (listener) => void listeners.push(listener),
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
      for (const { wake } of waiting.splice(0)) wake();
    },
  };
}

function isRefusal(thrown: unknown): thrown is DispatchError {
  return thrown instanceof DispatchError && thrown.code === 'unreachable';
}
