import { availableParallelism, freemem } from 'node:os';
import type { EvaluatorLimits } from './evaluator/evaluator.ts';

/** What to evaluate, with which Nix, within which bounds. */
export interface EvaluateOptions {
  /** Flake reference as the user wrote it. */
  readonly flake: string;
  /** Where relative references start; the process's own directory by default. */
  readonly directory?: string | undefined;
  /** Top-level outputs, or longer attribute paths (`legacyPackages.x86_64-linux.hello`). */
  readonly topAttrs: readonly string[];
  /** Undefined: all. */
  readonly systems: readonly string[] | undefined;
  /** jq program that selects. */
  readonly filter: string;
  /** jq program that labels. */
  readonly label: string;
  /** Extra words for Nix, already split. */
  readonly nixArgs: readonly string[];
  /** Lines of nix.conf, tokens included: they reach Nix by its environment only. */
  readonly nixConf: string;
  /** Evaluators side by side; undefined: what cores and memory allow. */
  readonly workers?: number | undefined;
  /** For each evaluator; undefined: its share of the free memory. */
  readonly maxMemoryBytes?: number | undefined;
  /** For each attribute; undefined: none. */
  readonly timeoutMs?: number | undefined;
  /** For one call of jq. */
  readonly filterTimeoutMs?: number | undefined;
  /** Where results are kept, so that the same evaluation need not be done twice; undefined: they are not. */
  readonly cacheFolder?: string | undefined;
  /** `nix` by default. */
  readonly nixProgram?: string | undefined;
  /** The process's own by default. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How many evaluators, and what each may use. */
export interface EvaluatorPlan {
  readonly workers: number;
  readonly limits: EvaluatorLimits;
}

/** A worker that evaluates nixpkgs needs this much before it is worth its start. */
const USEFUL_MEMORY_BYTES = 2 * 1024 ** 3;
const USABLE_SHARE = 0.85;
/** Each evaluator loads the flake anew, which more of them only repeat. */
const MOST_WORKERS = 8;

/** Derives what the user left open from this machine's cores and free memory. */
export function planEvaluators(options: EvaluateOptions): EvaluatorPlan {
  const memoryBytes = freemem() * USABLE_SHARE;
  const each = options.maxMemoryBytes ?? USEFUL_MEMORY_BYTES;
  const fitting = Math.floor(memoryBytes / each);
  const workers = options.workers ?? Math.max(1, Math.min(availableParallelism(), fitting, MOST_WORKERS));
  return {
    workers,
    limits: {
      maxMemoryBytes:
        options.maxMemoryBytes ?? Math.max(USEFUL_MEMORY_BYTES, Math.floor(memoryBytes / workers)),
      timeoutMs: options.timeoutMs,
    },
  };
}
