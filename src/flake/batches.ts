/**
 * Hands items on in batches: the first at once, then whatever came in while the last batch was being handled. So a slow
 * handler (one call of jq, however many objects) costs little, and nothing waits for company.
 */
export class Batches<T> {
  readonly #handle: (batch: readonly T[]) => Promise<void>;
  #waiting: T[] = [];
  #running: Promise<void> | undefined;

  constructor(handle: (batch: readonly T[]) => Promise<void>) {
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
    }
  }
}
