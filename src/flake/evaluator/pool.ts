import { DispatchError } from '../../errors.ts';
import { readError } from './error-text.ts';
import { Evaluator, type EvaluatorLimits, type Outcome, type Reply } from './evaluator.ts';
import type { FlakeSource } from './load-flake.ts';

/** How a pool is run. */
export interface PoolOptions {
  readonly source: FlakeSource;
  readonly workers: number;
  readonly limits: EvaluatorLimits;
  /** A freshly loaded flake's warnings; they belong to no attribute. */
  readonly onLoaded: (reply: Reply) => void;
}

interface Task {
  readonly line: string;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/** Beyond this share of its limit an evaluator is replaced between two questions, so that the next one has room. */
const RETIRE_SHARE = 0.75;

/**
 * Evaluators of one flake that take questions from one queue. A question that kills its evaluator is asked once more of a
 * new one that has done nothing else; only then it is to blame.
 */
export class EvaluatorPool {
  readonly #options: PoolOptions;
  readonly #queue: Task[] = [];
  readonly #idle: Evaluator[] = [];
  readonly #live = new Set<Evaluator>();
  #working = 0;
  #stopped: DispatchError | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * Asks a question as soon as an evaluator is free. Rejects only when the flake can't be loaded (DispatchError
   * `evaluation`) or the pool was stopped.
   */
  run(line: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) {
        reject(this.#stopped);
        return;
      }
      this.#queue.push({ line, resolve, reject });
      if (this.#working < this.#options.workers) void this.#work();
    });
  }

  /** Ends every evaluator; what waits or runs is rejected with `reason`. */
  stop(reason: DispatchError): void {
    this.#stopped ??= reason;
    for (const task of this.#queue.splice(0)) task.reject(this.#stopped);
    for (const evaluator of this.#live) evaluator.stop();
  }

  /** Takes questions until the queue is empty; the evaluator then waits for more. */
  async #work(): Promise<void> {
    this.#working += 1;
    let evaluator = this.#idle.pop();
    for (let task = this.#queue.shift(); task !== undefined; task = this.#queue.shift()) {
      try {
        evaluator = await this.#ready(evaluator);
        const wasFresh = evaluator.isFresh;
        let reply = await evaluator.ask(task.line);
        if (!wasFresh && mayBeInnocent(reply)) {
          evaluator = await this.#ready(undefined);
          reply = await evaluator.ask(task.line);
        }
        if (this.#stopped === undefined) task.resolve(reply);
        else task.reject(this.#stopped);
      } catch (error) {
        task.reject(error);
      }
    }
    this.#working -= 1;
    if (evaluator !== undefined) this.#idle.push(evaluator);
  }

  async #ready(current: Evaluator | undefined): Promise<Evaluator> {
    const { limits, source, onLoaded } = this.#options;
    const retireBytes = limits.maxMemoryBytes * RETIRE_SHARE;
    if (current?.isAlive === true && (current.isFresh || (current.memoryBytes ?? 0) <= retireBytes)) {
      return current;
    }
    if (current !== undefined) this.#retire(current);
    if (this.#stopped !== undefined) throw this.#stopped;
    const evaluator = new Evaluator(source, limits);
    this.#live.add(evaluator);
    const loaded = await evaluator.load();
    if (loaded.outcome.kind !== 'answered') {
      this.#retire(evaluator);
      this.stop(loadFailure(source, loaded));
      throw this.#stopped;
    }
    onLoaded(loaded);
    return evaluator;
  }

  #retire(evaluator: Evaluator): void {
    evaluator.stop();
    this.#live.delete(evaluator);
  }
}

/** The evaluator died of a question, but what earlier ones left behind may be the reason. */
function mayBeInnocent(reply: Reply): boolean {
  const { outcome } = reply;
  return outcome.kind === 'died' && (outcome.reason === 'crashed' || outcome.reason === 'out-of-memory');
}

function loadFailure(source: FlakeSource, loaded: Reply): DispatchError {
  const { outcome } = loaded;
  const message = outcome.kind === 'answered' ? 'no answer' : loadFault(outcome);
  return new DispatchError('evaluation', `cannot load the flake ${source.url}: ${message}`);
}

function loadFault(outcome: Exclude<Outcome, { readonly kind: 'answered' }>): string {
  if (outcome.kind === 'died') {
    if (outcome.reason === 'out-of-memory')
      return 'it needs more memory than an evaluator may use (input eval_max_memory)';
    if (outcome.reason === 'timed-out') return 'it took longer than one attribute may (input eval_timeout)';
  }
  return readError(outcome.error, []).message;
}
