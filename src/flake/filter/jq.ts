import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DispatchError } from '../../errors.ts';
import type { JqCall, JqResult } from './filter-worker.ts';

const START_LIMIT_MS = 30_000;
const HEAP_LIMIT_MB = 256;

/**
 * jq in a thread of its own, because a program that never ends blocks its thread. A thread that faulted is never used
 * again: after a fault inside WebAssembly the next call would hang. Calls are answered one after the other.
 */
export class Jq {
  readonly #limitMs: number;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param limitMs for one call */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /**
   * Runs a program.
   *
   * @throws DispatchError `filter` when it takes longer than the limit, or more memory than there is
   */
  call(call: JqCall): Promise<JqResult> {
    const result = this.#last.then(() => this.#post(call));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #post(call: JqCall): Promise<JqResult> {
    const limitMs = this.#worker === undefined ? this.#limitMs + START_LIMIT_MS : this.#limitMs;
    const worker = (this.#worker ??= startWorker());
    const done = new AbortController();
    const timer = setTimeout(() => {
      done.abort(new Error(`it did not end within ${this.#limitMs / 1000} s`));
    }, limitMs);
    try {
      const answer = answerOf(worker, done.signal);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(call);
      return await answer;
    } catch (error) {
      await this.stop();
      const why: unknown = done.signal.aborted ? done.signal.reason : error;
      const said = why instanceof Error ? why.message : String(why);
      // WebAssembly that gets no more memory aborts.
      const message = /^Aborted\(|memory/i.test(said) ? 'it ran out of memory' : said;
      throw new DispatchError('filter', `jq gave no result: ${message}`, {
        hint: 'Simplify the jq expressions: each sees one small object at a time.',
        cause: error,
      });
    } finally {
      clearTimeout(timer);
      done.abort();
    }
  }
}

/** Rejects when the thread throws or ends, for instance because it used too much memory. */
async function answerOf(worker: Worker, signal: AbortSignal): Promise<JqResult> {
  const exit = once(worker, 'exit', { signal }).then(([code]: unknown[]) => {
    throw new Error(`its thread ended with exit code ${String(code)}`);
  });
  const message = once(worker, 'message', { signal }).then(([result]: JqResult[]) => result);
  const result = await Promise.race([message, exit]);
  if (result === undefined) throw new Error('it sent nothing');
  return result;
}

/** In the bundle the worker is a file of its own beside the one with this module; both keep their extension. */
function startWorker(): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./filter-worker.${extension}`, import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
    env: {},
    stdout: true,
    stderr: true,
  });
  // Waiting for a filter is what keeps the process alive, not the thread.
  worker.unref();
  return worker;
}
