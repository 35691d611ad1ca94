/** How many requests may be written ahead of their answers. */
const WINDOW = 1024;

/** Requests of one conversation in the order in which they were made: a daemon answers in that order too (protocol §8). */
export interface RequestQueue<Request> {
  /** Whose answer comes next; undefined when nothing is asked. */
  readonly current: Request | undefined;
  /** Nothing waits to be written and nothing to be answered. */
  readonly isEmpty: boolean;
  add(request: Request): void;
  /** Takes the next one to write; undefined when there is none, or when answers have to come first. */
  next(): Request | undefined;
  /** The answer of `current` is complete. */
  answered(): void;
  /** Empties it. Returns whatever had no answer, in order. */
  clear(): Request[];
}

/** Starts empty. Nothing is taken past a request that is a barrier, or more than 1024 ahead of the answers. */
export function createRequestQueue<Request extends { readonly isBarrier: boolean }>(): RequestQueue<Request> {
  const waiting: Request[] = [];
  const inFlight: Request[] = [];

  return {
    get current() {
      return inFlight[0];
    },
    get isEmpty() {
      return inFlight.length === 0 && waiting.length === 0;
    },
    add: (request) => void waiting.push(request),
    next() {
      if (inFlight.length >= WINDOW || inFlight.at(-1)?.isBarrier === true) return undefined;
      const request = waiting.shift();
      if (request !== undefined) inFlight.push(request);
      return request;
    },
    answered: () => void inFlight.shift(),
    clear: () => [...inFlight.splice(0), ...waiting.splice(0)],
  };
}
