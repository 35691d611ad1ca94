import { Batches } from './batches.ts';
import type { DerivationAnswer } from './evaluator/answer.ts';
import type { Reply } from './evaluator/evaluator.ts';
import type { Selector } from './filter/selector.ts';
import type {
  Attribute,
  AttributePlace,
  EvaluationBuild,
  EvaluationEvent,
  EvaluationFailure,
  Job,
} from './job.ts';
import { addToTally, EMPTY_TALLY, progressOf, type Tally } from './tally.ts';

/** A derivation that was found at a place. */
export interface Found {
  readonly place: AttributePlace;
  readonly answer: DerivationAnswer;
  readonly reply: Reply;
  /** The names alone selected it; the filter need not be asked again. */
  readonly isSelected: boolean;
}

interface Candidate extends Found {
  readonly attribute: Attribute;
}

const PROGRESS_INTERVAL_MS = 1000;
const BATCH_PAUSE_MS = 40;

/** Takes what evaluators find, and hands on jobs, failures, warnings and progress as events. */
export class Collector {
  readonly #selector: Selector;
  readonly #emit: (event: EvaluationEvent) => void;
  readonly #batches = new Batches<Candidate>(BATCH_PAUSE_MS, (batch) => this.#select(batch));
  readonly #seenWarnings = new Set<string>();
  readonly #startedAtMs: number;
  #lastProgressMs = 0;
  #tally: Tally = EMPTY_TALLY;

  /** `startedAtMs`: when evaluation began, finding and locking the flake included. */
  constructor(
    selector: Selector,
    emit: (event: EvaluationEvent) => void,
    startedAtMs: number = performance.now(),
  ) {
    this.#startedAtMs = startedAtMs;
    this.#selector = selector;
    this.#emit = emit;
  }

  /** Counts attributes that will be evaluated, or were ruled out by their names. */
  expect(change: Pick<Tally, 'total' | 'pruned'>): void {
    this.#count(change);
  }

  /** Takes a derivation; resolves when it has been selected or not. Rejects when jq fails. */
  async found(found: Found): Promise<void> {
    this.#count({ evaluated: 1 });
    const { place, answer } = found;
    await this.#batches.add({
      ...found,
      attribute: {
        ...place,
        system: place.system === '' ? answer.system : place.system,
        name: answer.name,
        description: answer.description,
        type: 'derivation',
      },
    });
  }

  /** Takes an attribute that turned out to be nothing to build, and is not meant to be. */
  passed(): void {
    this.#count({ evaluated: 1 });
  }

  failed(failure: EvaluationFailure): void {
    this.#count({ evaluated: 1, failed: 1 });
    this.#emit({ kind: 'failure', failure: { ...failure, warnings: this.#unseen(failure.warnings) } });
  }

  /** Takes what evaluation had to build. */
  built(builds: readonly EvaluationBuild[]): void {
    for (const build of builds) this.#emit({ kind: 'evaluation-build', build });
  }

  /** Warnings that belong to no attribute. */
  warn(messages: readonly string[]): void {
    for (const message of this.#unseen(messages)) this.#emit({ kind: 'warning', message });
  }

  finish(): void {
    this.#emit({ kind: 'finished', progress: progressOf(this.#tally, this.#elapsedMs()) });
  }

  async #select(batch: readonly Candidate[]): Promise<void> {
    const open = batch.filter((candidate) => !candidate.isSelected);
    const verdicts = await this.#selector.select(open.map(({ attribute }) => attribute));
    const chosen = new Set(open.filter((_, index) => verdicts[index] === true));
    const selected = batch.filter((candidate) => candidate.isSelected || chosen.has(candidate));
    const labels = await this.#selector.label(selected.map(({ attribute }) => attribute));
    this.#count({ selected: selected.length });
    for (const [index, candidate] of selected.entries()) {
      this.#emit({ kind: 'job', job: this.#job(candidate, labels[index] ?? candidate.attribute.attr) });
    }
  }

  #job({ attribute, answer, reply }: Candidate, label: string): Job {
    return {
      ...attribute,
      label,
      drvPath: answer.drvPath,
      outputs: answer.outputs,
      requiredFeatures: answer.requiredFeatures,
      evaluation: reply.cost,
      warnings: this.#unseen(reply.warnings),
    };
  }

  /** Every evaluator says the same thing once; people read it once. */
  #unseen(messages: readonly string[]): readonly string[] {
    const fresh = [...new Set(messages)].filter((message) => !this.#seenWarnings.has(message));
    for (const message of fresh) this.#seenWarnings.add(message);
    return fresh;
  }

  #count(change: Partial<Tally>): void {
    this.#tally = addToTally(this.#tally, change);
    const elapsedMs = this.#elapsedMs();
    if (elapsedMs - this.#lastProgressMs < PROGRESS_INTERVAL_MS) return;
    this.#lastProgressMs = elapsedMs;
    this.#emit({ kind: 'progress', progress: progressOf(this.#tally, elapsedMs) });
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedAtMs;
  }
}
