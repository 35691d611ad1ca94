import type { Evaluated } from '../../../test/support/flake/nix-version.ts';
import type { NixVersion } from '../../provision/trees.ts';
import { atMost, type BenchCase } from '../case-report.ts';
import { attributeName, BENCH_SYSTEM, failureAt, mixedFlake } from './flakes.ts';
import { evaluate, fastest, FLAKE, withFlake } from './runs.ts';

const ATTRIBUTES = 1000;
const SAMPLE = 100;
/** There each stack overflow kills the evaluator, and is tried again alone. */
const DIES_OF_FAILURES: NixVersion = '2.8.0';

const GOOD = Array.from({ length: ATTRIBUTES }, (_, index) => index)
  .filter((index) => failureAt(index) === undefined)
  .map(attributeName);

/** A thousand attributes of which a hundred fail, against one `nix eval` of the good ones; and whether versions agree. */
export async function mixedCases(versions: readonly NixVersion[]): Promise<readonly BenchCase[]> {
  const cases: BenchCase[] = [];
  const results = new Set<string>();
  for (const version of versions) {
    const { evaluated, seconds, singleSeconds } = await measure(version);
    cases.push(...(await correctness(version, evaluated)), speed(version, seconds, singleSeconds));
    results.add(
      evaluated.jobs
        .map((job) => `${job.attr} ${job.drvPath}`)
        .sort()
        .join('\n'),
    );
  }
  const details = { versions: versions.join(' ') };
  const measured = {
    bench: 'eval',
    case: 'different results of versions',
    value: results.size,
    unit: '',
    details,
  };
  return [...cases, atMost(1, measured)];
}

async function measure(
  version: NixVersion,
): Promise<{ evaluated: Evaluated; seconds: number; singleSeconds: number }> {
  const names = GOOD.map((name) => `"${name}"`).join(' ');
  const select = `set: builtins.map (name: set.\${name}.drvPath) [ ${names} ]`;
  let evaluated: Evaluated | undefined;
  const [singleSeconds = Number.NaN, seconds = Number.NaN] = await fastest(version, mixedFlake(ATTRIBUTES), [
    (nix) => nix.run('eval', '--json', `${FLAKE}#checks.${BENCH_SYSTEM}`, '--apply', select),
    async (nix) => {
      evaluated = await evaluate(nix, { workers: 2 });
    },
  ]);
  if (evaluated === undefined) throw new Error('no round was run');
  return { evaluated, seconds, singleSeconds };
}

function speed(version: NixVersion, seconds: number, singleSeconds: number): BenchCase {
  const measured = {
    bench: 'eval',
    case: `Nix ${version}: two workers, 900 good and 100 bad ÷ one nix eval of the good`,
    value: seconds / singleSeconds,
    unit: '×',
    details: { seconds, singleSeconds },
  };
  return version === DIES_OF_FAILURES ? measured : atMost(1.2, measured);
}

async function correctness(version: NixVersion, evaluated: Evaluated): Promise<readonly BenchCase[]> {
  const attributed = evaluated.failures.filter(({ attr, message }) =>
    failureAt(Number(attr.slice(-4)))?.says.test(message),
  );
  const bench = 'eval';
  const bad = ATTRIBUTES - GOOD.length;
  return [
    atMost(0, {
      bench,
      case: `Nix ${version}: good attributes lost`,
      value: GOOD.length - evaluated.jobs.length,
      unit: '',
    }),
    atMost(0, {
      bench,
      case: `Nix ${version}: failures not attributed`,
      value: bad - attributed.length,
      unit: '',
    }),
    atMost(0, {
      bench,
      case: `Nix ${version}: .drv paths of ${SAMPLE} that differ from nix eval alone`,
      value: SAMPLE - (await equalInSample(version, evaluated)),
      unit: '',
    }),
  ];
}

async function equalInSample(version: NixVersion, evaluated: Evaluated): Promise<number> {
  await using nix = await withFlake(version, mixedFlake(ATTRIBUTES));
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
