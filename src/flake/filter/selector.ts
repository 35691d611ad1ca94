import { toDispatchError } from '../../errors.ts';
import type { Attribute, AttributePlace } from '../job.ts';
import {
  failedProgram,
  fruitlessProgram,
  invalidProgram,
  labelProgram,
  labelText,
  programInput,
  programResults,
  selectionProgram,
  type ProgramInput,
  type ProgramResult,
} from './filter-program.ts';
import { Jq } from './jq.ts';
import { placeCondition, type PlaceField } from './place-condition.ts';

/** The user's two jq programs. */
export interface SelectorOptions {
  readonly filter: string;
  readonly label: string;
  /** For one call of jq, over however many attributes. */
  readonly limitMs: number;
}

/** What the names of an attribute say about its selection. */
export type EarlyVerdict = 'selected' | 'rejected' | 'open';

/** Selects and labels attributes with jq, many in one call: calls cost far more than objects. */
export class Selector {
  readonly #options: SelectorOptions;
  readonly #jq: Jq;

  private constructor(options: SelectorOptions, jq: Jq) {
    this.#options = options;
    this.#jq = jq;
  }

  /** Compiles both programs. Throws DispatchError `filter` with jq's own message and the expression. */
  static async open(options: SelectorOptions): Promise<Selector> {
    const jq = new Jq(options.limitMs);
    const programs = [
      ['filter_builds', options.filter],
      ['label_builds', options.label],
    ] as const;
    try {
      for (const [input, program] of programs) {
        const { exitCode, stderr } = await jq.call({ program, input: '' });
        if (exitCode !== 0) throw invalidProgram(input, program, stderr);
      }
    } catch (error) {
      await jq.stop();
      throw error;
    }
    return new Selector(options, jq);
  }

  /**
   * Decides places before they are evaluated, as far as the filter allows.
   *
   * @param known what the places tell; their other fields are not looked at
   */
  async decideEarly(
    places: readonly AttributePlace[],
    known: readonly PlaceField[],
  ): Promise<readonly EarlyVerdict[]> {
    const condition = placeCondition(this.#options.filter, known);
    if (condition === undefined) return places.map(() => 'open');
    const attributes = places.map(unnamed);
    const results = await this.#run('filter_builds', selectionProgram(condition.program), attributes);
    return results.map((result, index) => {
      if (result.kind === 'value' && result.value !== true) return 'rejected';
      if (condition.kind === 'excludes') return 'open';
      if (result.kind === 'error') throw this.#failed('filter_builds', attributes[index], result.message);
      return 'selected';
    });
  }

  /** Runs the filter over whole attributes. */
  async select(attributes: readonly Attribute[]): Promise<readonly boolean[]> {
    const program = selectionProgram(this.#options.filter);
    const results = await this.#run('filter_builds', program, attributes);
    return this.#values('filter_builds', results, attributes).map((value) => value === true);
  }

  /** Labels selected attributes. */
  async label(attributes: readonly Attribute[]): Promise<readonly string[]> {
    const results = await this.#run('label_builds', labelProgram(this.#options.label), attributes);
    const values = this.#values('label_builds', results, attributes);
    return attributes.map((attribute, index) => labelText(values[index], attribute));
  }

  /** Ends the thread that jq runs in. */
  async close(): Promise<void> {
    await this.#jq.stop();
  }

  async #run(
    input: ProgramInput,
    program: string,
    attributes: readonly Attribute[],
  ): Promise<readonly ProgramResult[]> {
    if (attributes.length === 0) return [];
    const call = this.#jq.call({ program, input: programInput(attributes) });
    const { stdout, stderr, exitCode } = await call.catch((error: unknown) => {
      throw fruitlessProgram(input, this.#source(input), toDispatchError(error, 'filter'));
    });
    if (exitCode !== 0 && stdout === '') throw invalidProgram(input, this.#source(input), stderr);
    return programResults(input, stdout, attributes.length);
  }

  #values(
    input: ProgramInput,
    results: readonly ProgramResult[],
    attributes: readonly Attribute[],
  ): readonly unknown[] {
    return results.map((result, index) => {
      if (result.kind === 'error') throw this.#failed(input, attributes[index], result.message);
      return result.value;
    });
  }

  #failed(input: ProgramInput, attribute: Attribute | undefined, message: string): Error {
    if (attribute === undefined) return new RangeError('jq gave more results than it was given attributes');
    return failedProgram(input, this.#source(input), attribute, message);
  }

  #source(input: ProgramInput): string {
    return input === 'filter_builds' ? this.#options.filter : this.#options.label;
  }
}

function unnamed(place: AttributePlace): Attribute {
  return { ...place, name: '', description: '', type: 'derivation' };
}
