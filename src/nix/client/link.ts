import type { Duplex } from 'node:stream';

/** What a {@link Link} reports. Nothing comes after `closed`. */
export interface LinkEvents {
  data(chunk: Uint8Array): void;
  /** What was written before has gone out: there is room for more. */
  drained(): void;
  /** The peer is gone, with the error that said so if there was one. */
  closed(cause: unknown): void;
}

/** The two directions of a stream: reading never stops unless told to, writing says when to wait. */
export interface Link {
  /** Writes the pieces one after the other; big ones without a copy, small ones gathered until the end of the turn. */
  write(pieces: readonly Uint8Array[]): void;
  /** Whether more should be written only after `drained`. */
  readonly isFull: boolean;
  /** Stops and resumes reading; the peer feels it as back-pressure. */
  pause(): void;
  resume(): void;
  /** Ends both directions at once; nothing is reported any more. */
  destroy(): void;
}

/** How long after the peer's last byte its stream may take to close: what it wrote to stderr arrives in the meantime. */
const CLOSE_GRACE_MS = 250;

/** Pieces below this are gathered: each write is a system call or an SSH packet. */
const SMALL_PIECE_BYTES = 4096;

/** This many gathered bytes go out without waiting for the turn's end. */
const FLUSH_BYTES = 64 * 1024;

/** Takes over a duplex stream: a socket, an SSH channel, or a child's pipes. */
export function openLink(duplex: Duplex, events: LinkEvents): Link {
  let isFull = false;
  let isOver = false;
  let failure: unknown;
  let grace: NodeJS.Timeout | undefined;
  let outbox: Uint8Array[] = [];
  let outboxBytes = 0;
  let turnEnd: NodeJS.Immediate | undefined;

  const flush = (): void => {
    clearImmediate(turnEnd);
    turnEnd = undefined;
    const pieces = joinSmall(outbox);
    outbox = [];
    outboxBytes = 0;
    if (isOver || !duplex.writable) return;
    duplex.cork();
    for (const piece of pieces) isFull = !duplex.write(piece) || isFull;
    duplex.uncork();
  };

  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(grace);
    events.closed(failure);
    duplex.destroy();
  };
  const finishSoon = (): void => {
    grace ??= setTimeout(finish, CLOSE_GRACE_MS);
  };

  duplex.on('data', (chunk: Uint8Array) => {
    if (!isOver) events.data(chunk);
  });
  duplex.on('drain', () => {
    isFull = false;
    if (!isOver) events.drained();
  });
  duplex.on('error', (error: unknown) => {
    failure ??= error;
    finishSoon();
  });
  duplex.on('end', finishSoon);
  duplex.on('close', finish);

  return {
    get isFull() {
      return isFull;
    },
    write(pieces) {
      if (isOver) return;
      for (const piece of pieces) {
        outbox.push(piece);
        outboxBytes += piece.byteLength;
      }
      if (outboxBytes >= FLUSH_BYTES) flush();
      else turnEnd ??= setImmediate(flush);
    },
    pause: () => {
      duplex.pause();
    },
    resume: () => {
      duplex.resume();
    },
    destroy() {
      isOver = true;
      clearTimeout(grace);
      clearImmediate(turnEnd);
      duplex.destroy();
    },
  };
}

/** Puts neighbours that are small into one piece. */
function joinSmall(pieces: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const seal = (): void => {
    const [first] = small;
    if (first !== undefined) joined.push(small.length === 1 ? first : Buffer.concat(small));
    small = [];
  };
  for (const piece of pieces) {
    if (piece.byteLength < SMALL_PIECE_BYTES) small.push(piece);
    else {
      seal();
      joined.push(piece);
    }
  }
  seal();
  return joined;
}
