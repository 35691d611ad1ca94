import { makeInput, type Material } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** What a run of one target found out. */
export interface CampaignResult {
  readonly inputs: number;
  readonly seconds: number;
  /** Ways in which inputs ended, each different. */
  readonly endings: number;
  /** Longest that one input took, processor time. */
  readonly slowestMs: number;
}

/** An input that did what none may do. */
export class Finding extends Error {
  override readonly name = 'Finding';
  readonly input: Uint8Array;

  constructor(message: string, input: Uint8Array, cause?: unknown) {
    super(message, { cause });
    this.input = input;
  }
}

/** Processor time that one input of at most 64 KiB may take. */
const LIMIT_MS = 250;
/** Wall time after which it is worth measuring processor time. */
const SUSPICIOUS_MS = 100;
const MOST_KEPT = 2000;
const LONGEST_KEPT_BYTES = 4096;

/**
 * Gives a target so many inputs, keeping those that end in a way not seen before, and making further ones of them.
 *
 * @param before called with each input before it is taken
 * @throws Finding
 */
export async function runCampaign(
  target: FuzzTarget,
  random: Random,
  inputs: number,
  before: (input: Uint8Array) => void = () => undefined,
): Promise<CampaignResult> {
  const corpus = [...target.samples];
  const material: Material = { corpus, tokens: target.tokens };
  const endings = new Set<string>();
  const began = performance.now();
  let slowestMs = 0;
  for (let count = 0; count < inputs; count += 1) {
    const input = target.samples[count] ?? makeInput(random, material);
    before(input);
    const startedAt = performance.now();
    const ending = await takeInput(target, input);
    if (performance.now() - startedAt > SUSPICIOUS_MS) {
      slowestMs = Math.max(slowestMs, await processorMs(target, input));
      if (slowestMs > LIMIT_MS) throw new Finding(`it took ${Math.round(slowestMs)} ms`, input);
    }
    if (endings.has(ending) || endings.size >= MOST_KEPT) continue;
    endings.add(ending);
    if (input.length <= LONGEST_KEPT_BYTES) corpus.push(input.slice());
  }
  return { inputs, seconds: (performance.now() - began) / 1000, endings: endings.size, slowestMs };
}

/** Gives a target one input. Throws Finding. */
export async function takeInput(target: FuzzTarget, input: Uint8Array): Promise<string> {
  try {
    const ending = target.take(input);
    return typeof ending === 'string' ? ending : await ending;
  } catch (error) {
    throw new Finding(error instanceof Error ? (error.stack ?? error.message) : String(error), input, error);
  }
}

/** Of three tries the least: others use the processor too, and collecting garbage is nobody's fault. */
async function processorMs(target: FuzzTarget, input: Uint8Array): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const before = process.threadCpuUsage();
    await takeInput(target, input);
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
