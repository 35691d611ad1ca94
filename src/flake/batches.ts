import { setTimeout as delay } from 'node:timers/promises';

/**
 * Hands items on in batches: the first at once, then at most one batch a pause, with whatever came in meanwhile. A call of jq costs a few
 * milliseconds however many objects it is given, and evaluators need the processor.
 */
export class Batches<T> {
  readonly #handle: (batch: readonly T[]) => Promise<void>;
  readonly #pauseMs: number;
  #waiting: T[] = [];
  #running: Promise<void> | undefined;

  constructor(pauseMs: number, handle: (batch: readonly T[]) => Promise<void>) {
    this.#pauseMs = pauseMs;
    this.#handle = handle;
  }

  /** Resolves when the batch with this item has been handled; rejects with what the handler threw. */
  async add(item: T): Promise<void> {
    this.#waiting.push(item);
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#handle(batch);
      await delay(this.#pauseMs);
    }
  }
}
