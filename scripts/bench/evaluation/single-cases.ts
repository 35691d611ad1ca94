import type { NixVersion } from '../../provision/trees.ts';
import { atMost, type BenchCase } from '../case-report.ts';
import { hungryFlake, sharedFlake } from './flakes.ts';
import { watchMemory } from './peak-memory.ts';
import { evaluate, fastest, withFlake } from './runs.ts';

const MIB = 1024 ** 2;
const HUNGRY = 60;
const LIMIT_MIB = 512;
const WORKERS = 2;

/** Expensive thunks that every attribute shares: a second evaluator, which repeats them, must not make it slower. */
export async function sharedCases(version: NixVersion): Promise<readonly BenchCase[]> {
  const [one = Number.NaN, two = Number.NaN] = await fastest(version, sharedFlake(200, 1200), [
    (nix) => evaluate(nix, { workers: 1 }),
    (nix) => evaluate(nix, { workers: 2 }),
  ]);
  const details = { nix: version, oneSeconds: one, twoSeconds: two };
  return [
    atMost(1.2, {
      bench: 'eval',
      case: 'shared thunks: two workers ÷ one',
      value: two / one,
      unit: '×',
      details,
    }),
  ];
}

/** A flake that outgrows the limit in one evaluator: with the limit none does, and nothing is lost. */
export async function memoryCases(version: NixVersion): Promise<readonly BenchCase[]> {
  const free = await peakOf(version, { workers: 1, maxMemoryBytes: 64 * 1024 * MIB });
  const held = await peakOf(version, { workers: WORKERS, maxMemoryBytes: LIMIT_MIB * MIB });
  const details = { nix: version, workers: WORKERS, limitMib: LIMIT_MIB };
  const bench = 'eval';
  return [
    { bench, case: 'memory: one worker, no limit', value: free.peakBytes / MIB, unit: 'MiB', details },
    atMost(WORKERS * LIMIT_MIB, {
      bench,
      case: `memory: ${WORKERS} workers of ${LIMIT_MIB} MiB`,
      value: held.peakBytes / MIB,
      unit: 'MiB',
      details,
    }),
    atMost(0, {
      bench,
      case: 'memory: attributes lost by the limit',
      value: HUNGRY - held.jobs,
      unit: '',
      details,
    }),
  ];
}

async function peakOf(
  version: NixVersion,
  limits: { readonly workers: number; readonly maxMemoryBytes: number },
): Promise<{ readonly peakBytes: number; readonly jobs: number }> {
  await using nix = await withFlake(version, hungryFlake(HUNGRY));
  const watch = watchMemory(nix.program);
  const { jobs } = await evaluate(nix, limits);
  return { peakBytes: watch.stop(), jobs: jobs.length };
}
