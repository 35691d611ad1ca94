import { VersionedNix, type Evaluated } from '../../test/support/flake/nix-version.ts';
import type { NixVersion } from '../provision/trees.ts';
import type { EvaluateOptions } from '../../src/flake/options.ts';
import type { Claim } from './eval.ts';
import {
  attributeName,
  BENCH_SYSTEM,
  failureAt,
  hungryFlake,
  mixedFlake,
  sharedFlake,
  slowFlake,
} from './eval-flakes.ts';
import { watchMemory } from './peak-memory.ts';

const ATTRIBUTES = 1000;
const SAMPLE = 100;
/** Other work on the machine only ever makes a run slower, so the fastest of a few is the one to compare. */
const ROUNDS = 3;
const MIB = 1024 ** 2;
const FLAKE = 'path:/mnt/flake';

/** A thousand attributes of which a hundred fail, against one `nix eval` of the good ones, with each version. */
export async function measureMixed(versions: readonly NixVersion[]): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  const results = new Map<NixVersion, string>();
  for (const version of versions) {
    const { evaluated, claim } = await measureMixedWith(version);
    claims.push(claim);
    results.set(
      version,
      evaluated.jobs
        .map((job) => `${job.attr} ${job.drvPath}`)
        .sort()
        .join('\n'),
    );
  }
  const isSame = new Set(results.values()).size === 1;
  return [
    ...claims,
    { bench: 'eval-versions', holds: isSame, versions: versions.join(' '), sameResults: isSame },
  ];
}

async function measureMixedWith(version: NixVersion): Promise<{ evaluated: Evaluated; claim: Claim }> {
  const text = mixedFlake(ATTRIBUTES);
  const indexes = Array.from({ length: ATTRIBUTES }, (_, index) => index);
  const good = indexes.filter((index) => failureAt(index) === undefined).map(attributeName);
  const select = `set: builtins.map (name: set.\${name}.drvPath) [ ${good.map((name) => `"${name}"`).join(' ')} ]`;
  const single: number[] = [];
  const ours: number[] = [];
  let evaluated: Evaluated | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    single.push(
      await timed(version, text, async (nix) => {
        await nix.run('eval', '--json', `${FLAKE}#checks.${BENCH_SYSTEM}`, '--apply', select);
      }),
    );
    ours.push(
      await timed(version, text, async (nix) => {
        evaluated = await evaluate(nix, {});
      }),
    );
  }
  if (evaluated === undefined) throw new Error('no round was run');
  const attributed = evaluated.failures.filter(({ attr, message }) => {
    const failure = failureAt(Number(attr.slice(-4)));
    return failure?.says.test(message) === true;
  }).length;
  const sampleEqual = await compareSample(version, text, evaluated);
  const seconds = Math.min(...ours);
  const singleProcessSeconds = Math.min(...single);
  const ratio = round(seconds / singleProcessSeconds);
  return {
    evaluated,
    claim: {
      bench: 'eval-mixed',
      holds:
        evaluated.jobs.length === good.length &&
        attributed === ATTRIBUTES - good.length &&
        sampleEqual === SAMPLE &&
        // What the oldest version fails of kills it, and each death is tried again.
        (version === '2.8.0' || ratio <= 1.2),
      nix: version,
      attributes: ATTRIBUTES,
      jobs: evaluated.jobs.length,
      failuresAttributed: attributed,
      sampleEqual,
      workers: 2,
      seconds: round(seconds),
      singleProcessSeconds: round(singleProcessSeconds),
      ratio,
    },
  };
}

/** A sample's `.drv` paths against those that `nix eval` gives for each attribute alone. */
async function compareSample(version: NixVersion, text: string, evaluated: Evaluated): Promise<number> {
  await using nix = await withFlake(version, text);
  const step = evaluated.jobs.length / SAMPLE;
  let equal = 0;
  for (let index = 0; index < SAMPLE; index += 1) {
    const job = evaluated.jobs[Math.floor(index * step)];
    if (job === undefined) continue;
    const alone = await nix.run('eval', '--raw', `${FLAKE}#checks.${BENCH_SYSTEM}.${job.attr}.drvPath`);
    if (alone === job.drvPath) equal += 1;
  }
  return equal;
}

/** Expensive thunks that every attribute shares: more evaluators must not make it slower. */
export async function measureShared(version: NixVersion): Promise<Claim> {
  const text = sharedFlake(200, 1200);
  const measure = async (workers: number): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      times.push(await timed(version, text, (nix) => evaluate(nix, { workers })));
    }
    return Math.min(...times);
  };
  const one = await measure(1);
  const two = await measure(2);
  const ratio = round(two / one);
  return {
    bench: 'eval-shared',
    holds: ratio <= 1.2,
    nix: version,
    oneWorkerSeconds: round(one),
    twoWorkersSeconds: round(two),
    ratio,
  };
}

/** A flake that would outgrow the limit: no evaluator does, and everything is evaluated. */
export async function measureMemory(version: NixVersion): Promise<Claim> {
  const count = 60;
  const limitBytes = 512 * MIB;
  const workers = 2;
  const text = hungryFlake(count);
  await using free = await withFlake(version, text);
  const unlimited = watchMemory(free.program);
  await evaluate(free, { workers: 1, maxMemoryBytes: 64 * 1024 * MIB });
  const freePeakBytes = unlimited.stop();
  await using nix = await withFlake(version, text);
  const watch = watchMemory(nix.program);
  const { jobs } = await evaluate(nix, { workers, maxMemoryBytes: limitBytes });
  const peakBytes = watch.stop();
  return {
    bench: 'eval-memory',
    holds: jobs.length === count && peakBytes <= workers * limitBytes && freePeakBytes > limitBytes,
    nix: version,
    workers,
    limitMib: limitBytes / MIB,
    peakOfAllMib: Math.round(peakBytes / MIB),
    oneUnlimitedMib: Math.round(freePeakBytes / MIB),
    jobs: jobs.length,
  };
}

/** How long the first build waits for evaluation, on a flake that takes long in all. */
export async function measureStreaming(version: NixVersion): Promise<Claim> {
  await using nix = await withFlake(version, slowFlake(300, 250_000));
  const startedAtMs = performance.now();
  let firstMs: number | undefined;
  await evaluate(nix, {
    onEvent: (event) => {
      if (event.kind === 'job') firstMs ??= performance.now() - startedAtMs;
    },
  });
  const endSeconds = (performance.now() - startedAtMs) / 1000;
  const firstSeconds = (firstMs ?? Infinity) / 1000;
  return {
    bench: 'eval-streaming',
    holds: firstSeconds < endSeconds / 5,
    nix: version,
    firstJobSeconds: round(firstSeconds),
    lastJobSeconds: round(endSeconds),
  };
}

async function withFlake(version: NixVersion, text: string): Promise<VersionedNix> {
  const nix = await VersionedNix.create(version);
  await nix.write('flake/flake.nix', text);
  return nix;
}

/** Seconds that something takes with a store that has nothing in it yet. */
async function timed(
  version: NixVersion,
  text: string,
  run: (nix: VersionedNix) => Promise<unknown>,
): Promise<number> {
  await using nix = await withFlake(version, text);
  const startedAtMs = performance.now();
  await run(nix);
  return (performance.now() - startedAtMs) / 1000;
}

function evaluate(
  nix: VersionedNix,
  options: Partial<EvaluateOptions> & { readonly onEvent?: Parameters<VersionedNix['evaluate']>[2] },
): Promise<Evaluated> {
  const { onEvent, ...rest } = options;
  return nix.evaluate(FLAKE, { topAttrs: ['checks'], filter: '.top_attr == "checks"', ...rest }, onEvent);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
