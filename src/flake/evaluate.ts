import { childEnvironment } from '../child-environment.ts';
import { DispatchError, toDispatchError } from '../errors.ts';
import { eventsOf, recall } from './cache/reuse.ts';
import { Collector } from './collector.ts';
import type { Reply } from './evaluator/evaluator.ts';
import type { FlakeSource } from './evaluator/load-flake.ts';
import { nixEnvironment, platformsOf, type NixProgram } from './evaluator/nix-command.ts';
import { EvaluatorPool } from './evaluator/pool.ts';
import { Selector } from './filter/selector.ts';
import type { EvaluationEvent } from './job.ts';
import { planEvaluators, type EvaluateOptions } from './options.ts';
import { findNix, resolveFlake } from './resolve-flake.ts';
import { walkFlake } from './walk.ts';

const DEFAULT_FILTER_TIMEOUT_MS = 20_000;

/**
 * Evaluates a flake and selects jobs. Events come while it goes on: `resolved` first, `finished` last; a job's `.drv` file lies in the
 * store of this machine when its event comes. A broken attribute is an event; ending the iteration early ends the evaluators.
 *
 * @throws DispatchError `evaluation` (no such flake, does not parse), `filter` (jq), `local` (no Nix), `cancelled`
 */
export function evaluateFlake(options: EvaluateOptions): AsyncIterable<EvaluationEvent> {
  const ending = new AbortController();
  return new ReadableStream<EvaluationEvent>({
    start(controller) {
      const emit = (event: EvaluationEvent): void => {
        if (!ending.signal.aborted) controller.enqueue(event);
      };
      const signal = AbortSignal.any([
        ending.signal,
        ...(options.signal === undefined ? [] : [options.signal]),
      ]);
      void evaluate(options, emit, signal).then(
        () => controller.close(),
        (error: unknown) => {
          if (!ending.signal.aborted) controller.error(toDispatchError(error, 'evaluation'));
        },
      );
    },
    cancel() {
      ending.abort();
    },
  });
}

async function evaluate(
  options: EvaluateOptions,
  emit: (event: EvaluationEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const beganAtMs = performance.now();
  // jq is checked first: nothing of a run with a wrong filter is worth its time.
  const selecting = Selector.open({
    filter: options.filter,
    label: options.label,
    limitMs: options.filterTimeoutMs ?? DEFAULT_FILTER_TIMEOUT_MS,
  });
  const environment = options.environment ?? process.env;
  const bare = {
    program: options.nixProgram ?? 'nix',
    directory: options.directory ?? process.cwd(),
    environment: childEnvironment(environment),
    platforms: platformsOf(process.arch, process.platform),
  };
  const [selector, version] = await Promise.all([selecting, findNix(bare, signal)]);
  try {
    const nix: NixProgram = { ...bare, environment: nixEnvironment(environment, options.nixConf, version) };
    const flake = await resolveFlake(nix, version, options.flake, options.nixArgs, signal);
    const { lockedUrl, nixVersion } = flake.resolved;
    const memory = await recall({ lockedUrl, nixVersion, locks: flake.locks }, options, nix, signal);
    const { earlier } = memory;
    emit({ kind: 'resolved', flake: flake.resolved, reusedFromMs: earlier?.evaluatedAtMs });
    if (earlier !== undefined) {
      for (const event of eventsOf(earlier, performance.now() - beganAtMs)) emit(event);
      return;
    }
    const tell = (event: EvaluationEvent): void => {
      memory.watch(event);
      emit(event);
    };
    const source: FlakeSource = { nix, version, url: flake.url, nixArgs: options.nixArgs };
    const collector = new Collector(selector, tell, beganAtMs);
    collector.warn(flake.warnings);
    await evaluateAfresh(options, source, flake.roots, selector, collector, signal);
    await memory.keep();
  } finally {
    await selector.close();
  }
}

async function evaluateAfresh(
  options: EvaluateOptions,
  source: FlakeSource,
  roots: readonly string[],
  selector: Selector,
  collector: Collector,
  signal: AbortSignal,
): Promise<void> {
  const { workers, limits } = planEvaluators(options);
  const note = ({ warnings, builds }: Reply): void => {
    collector.warn(warnings);
    collector.built(builds);
  };
  const pool = new EvaluatorPool({ source, workers, limits, onLoaded: note });
  const cancel = (): void => {
    pool.stop(new DispatchError('cancelled', 'evaluation was cancelled'));
  };
  signal.addEventListener('abort', cancel);
  try {
    const ask = async (line: string): Promise<Reply> => {
      const reply = await pool.run(line);
      collector.built(reply.builds);
      return reply;
    };
    const { topAttrs, systems } = options;
    await walkFlake({ ask, selector, collector, limits, roots, systems }, topAttrs);
    collector.finish();
  } finally {
    signal.removeEventListener('abort', cancel);
    pool.stop(new DispatchError('cancelled', 'evaluation has ended'));
  }
}
