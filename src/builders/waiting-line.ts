/** Callers who wait for their turn, first come first served. */
export interface WaitingLine {
  /** Resolves when it is this caller's turn, and at once when nobody waits any more. Rejects with `reason` after too long. */
  wait(reason: unknown): Promise<void>;
  /** It is the first one's turn, if there is one. */
  wakeFirst(): void;
  /** Wakes all of them; nobody waits any more. */
  close(): void;
}

/** Empty. @param longestMs how long one waits at the most */
export function createWaitingLine(longestMs: number): WaitingLine {
  const waiting: (() => void)[] = [];
  let isClosed = false;

  return {
    wait(reason) {
      if (isClosed) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(wake), 1);
          reject(reason);
        }, longestMs);
        const wake = (): void => {
          clearTimeout(timer);
          resolve();
        };
        waiting.push(wake);
      });
    },
    wakeFirst: () => waiting.shift()?.(),
    close() {
      isClosed = true;
      for (const wake of waiting.splice(0)) wake();
    },
  };
}
