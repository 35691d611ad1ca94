/** Chunks that are held for a slow consumer before the producer is paused. */
const HIGH_WATER_BYTES = 1024 * 1024;

/** Hands chunks from a producer that calls to a consumer that asks, and pauses the producer when it runs ahead. */
export interface ChunkPipe {
  readonly push: (chunk: Uint8Array) => void;
  /** No more chunks come. Pending and later asks get what is left, then the end. */
  readonly end: () => void;
  /** Like {@link end}, with an error in the end's place. */
  readonly fail: (reason: unknown) => void;
  /** The consumer has gone: what is held and what comes is dropped. */
  readonly discard: () => void;
  readonly next: () => Promise<IteratorResult<Uint8Array, undefined>>;
  readonly isEnded: boolean;
}

interface Waiter {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(reason: unknown): void;
}

/** Makes an empty pipe for one producer, which `pause` and `resume` act upon, and one consumer. */
export function createChunkPipe(producer: {
  readonly pause: () => void;
  readonly resume: () => void;
}): ChunkPipe {
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  let isPaused = false;
  let isDiscarding = false;
  let ending: { readonly reason?: unknown } | undefined;
  let waiter: Waiter | undefined;

  const resumeProducer = (): void => {
    if (!isPaused) return;
    isPaused = false;
    producer.resume();
  };

  const finish = (how: { readonly reason?: unknown }): void => {
    if (ending !== undefined) return;
    ending = how;
    if (waiter === undefined) return;
    if ('reason' in how) waiter.reject(how.reason);
    else waiter.resolve({ done: true, value: undefined });
    waiter = undefined;
  };

  return {
    get isEnded() {
      return ending !== undefined;
    },
    push(chunk) {
      if (isDiscarding || chunk.byteLength === 0) return;
      if (waiter !== undefined) {
        waiter.resolve({ done: false, value: chunk });
        waiter = undefined;
        return;
      }
      held.push(chunk);
      heldBytes += chunk.byteLength;
      if (heldBytes >= HIGH_WATER_BYTES && !isPaused) {
        isPaused = true;
        producer.pause();
      }
    },
    end: () => finish({}),
    fail: (reason) => finish({ reason }),
    discard() {
      isDiscarding = true;
      held.length = 0;
      heldBytes = 0;
      resumeProducer();
      waiter?.resolve({ done: true, value: undefined });
      waiter = undefined;
    },
    next() {
      const chunk = held.shift();
      if (chunk !== undefined) {
        heldBytes -= chunk.byteLength;
        if (heldBytes < HIGH_WATER_BYTES / 2) resumeProducer();
        return Promise.resolve({ done: false, value: chunk });
      }
      if (isDiscarding) return Promise.resolve({ done: true, value: undefined });
      if (ending !== undefined) {
        return 'reason' in ending
          ? Promise.reject(ending.reason)
          : Promise.resolve({ done: true, value: undefined });
      }
      return new Promise((resolve, reject) => {
        waiter = { resolve, reject };
      });
    },
  };
}
