/** What tells when a session is over. */
interface Session {
  once(event: 'close', listener: () => void): unknown;
}

interface Count {
  /** Sessions that are being opened. */
  readonly opening: Set<Promise<unknown>>;
  /** How many are open. */
  open: number;
  /** A session was refused and it is not known yet how many there are. */
  isFull: boolean;
}

/** The connections to one host, and how many sessions each of them holds. */
export interface Seats<Connection> {
  /** Oldest first. */
  readonly connections: readonly Connection[];
  /** How many sessions a connection is known to hold: infinite until one is refused. */
  readonly limit: number;
  add(connection: Connection): void;
  remove(connection: Connection): void;
  /** A connection that has room for another session, as far as is known. */
  free(): Connection | undefined;
  /**
   * Opens a session on a connection, and counts it until it closes. Resolves to undefined where it is one too many:
   * `limit` is known then. Rejects with the refusal of a connection that holds none at all, and with any other error.
   */
  open<Opened extends Session>(
    connection: Connection,
    ask: () => Promise<Opened>,
  ): Promise<Opened | undefined>;
}

/**
 * Counts sessions, as nothing tells how many a server allows (MaxSessions of sshd) but its refusals.
 *
 * @param isRefusal whether an error says that there are too many
 */
export function createSeats<Connection extends object>(
  isRefusal: (error: unknown) => boolean,
): Seats<Connection> {
  const connections: Connection[] = [];
  const counts = new WeakMap<Connection, Count>();
  let limit = Number.POSITIVE_INFINITY;

  const countOf = (connection: Connection): Count => {
    const count = counts.get(connection) ?? { opening: new Set(), open: 0, isFull: false };
    counts.set(connection, count);
    return count;
  };
  /** What has been opened by the time that all answers are there is what a connection holds. */
  const learnLimit = async (count: Count, error: unknown): Promise<void> => {
    count.isFull = true;
    await Promise.allSettled(count.opening);
    if (count.open === 0) throw error;
    limit = count.open;
    count.isFull = false;
  };

  return {
    connections,
    get limit() {
      return limit;
    },
    add: (connection) => void connections.push(connection),
    remove: (connection) => void connections.splice(connections.indexOf(connection), 1),
    free: () =>
      connections.find((connection) => {
        const { isFull, open, opening } = countOf(connection);
        return !isFull && open + opening.size < limit;
      }),
    async open(connection, ask) {
      const count = countOf(connection);
      const asked = ask();
      count.opening.add(asked);
      try {
        const session = await asked;
        count.opening.delete(asked);
        count.open += 1;
        session.once('close', () => {
          count.open -= 1;
        });
        return session;
      } catch (error) {
        count.opening.delete(asked);
        if (!isRefusal(error)) throw error;
        await learnLimit(count, error);
        return undefined;
      }
    },
  };
}
