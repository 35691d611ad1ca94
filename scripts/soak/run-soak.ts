import { createRandomStream } from '../../src/dispatch/simulate/random.ts';
import type { FullResults } from '../../src/report/full-results.ts';
import { farmInputs } from '../../test/support/action/farm-inputs.ts';
import { hostSystem } from '../../test/support/action/flake.ts';
import { createWorkspace } from '../../test/support/action/workspace.ts';
import { startFarm } from '../../test/support/farm/farm.ts';
import { resultsOf } from '../../test/support/faults/run-results.ts';
import { createLogReader } from './log-reader.ts';
import { quarterMedians, watchMemory } from './resident-memory.ts';
import { drawBuilds, silenceSeconds } from './soak-builds.ts';
import { strikeAgainAndAgain } from './soak-faults.ts';
import { soakTable, tallyStrikes, wrongEnds, type WrongEnd } from './soak-verdict.ts';

export interface SoakOptions {
  readonly seed: number;
  readonly builds: number;
  /** From one fault to the next. */
  readonly everySeconds: number;
  /** As the action takes it. */
  readonly keepalive: string;
  /** After that the run is killed and counts as failed. */
  readonly timeoutMs: number;
  readonly bundleFolder: string;
  /** Takes a line about how far it is, every half minute. */
  readonly tell: (line: string) => void;
}

const readEveryMs = 250;
const readsPerLine = 120;

/** What came of a soak run. */
export interface SoakResult {
  readonly results: FullResults;
  /** Everything that the action printed. */
  readonly printed: string;
  readonly seconds: number;
  readonly builds: number;
  readonly attempts: number;
  readonly faults: number;
  /** The longest time in which no attempt ended. */
  readonly longestQuietSeconds: number;
  /** Builds that nobody did. */
  readonly lost: readonly WrongEnd[];
  /** Builds that ended, but not as they had to. */
  readonly misjudged: readonly WrongEnd[];
  /** MiB that were resident: medians of the quarters of the run, and the most there ever was. */
  readonly quarterMebibytes: readonly number[];
  readonly peakMebibytes: number;
  /** What came of each kind of fault, in markdown. */
  readonly table: string;
}

/** Builds a great many derivations on three real hosts while one of them after the other breaks. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { seed, builds, everySeconds, keepalive, timeoutMs, bundleFolder } = options;
  const { checks, expected } = drawBuilds(builds, createRandomStream(seed));
  await using farm = await startFarm([
    { name: 'b1', nix: '2.34.8', maxJobs: 4 },
    { name: 'b2', nix: '2.26.3', maxJobs: 4 },
    { name: 'b3', nix: '2.8.0', maxJobs: 4, diskMib: 512 },
  ]);
  await using workspace = await createWorkspace({ checks: { [hostSystem]: checks } });
  const inputs = {
    ...farmInputs(farm),
    keepalive,
    max_silent_time: `${silenceSeconds}s`,
    // A fault every 2 s hits each of three machines every 6 s: by chance alone some builds are hit more often than 3 times.
    infra_retries: '20',
  };
  const step = await workspace.start(inputs, { bundleFolder, timeoutMs });
  const memory = watchMemory(step.pid);
  await step.untilPrinted('building on');
  const over = new AbortController();
  const striking = strikeAgainAndAgain(farm.hosts, everySeconds, createRandomStream(seed + 1), over.signal);
  const startedAtMs = performance.now();
  const log = createLogReader();
  let reads = 0;
  const reading = setInterval(() => {
    const now = performance.now();
    log.read(step.printed, now);
    if (++reads % readsPerLine === 0)
      options.tell(`${Math.round((now - startedAtMs) / 1000)} s: ${log.describe()}`);
  }, readEveryMs);
  const ended = await step.finished.finally(() => {
    over.abort();
    clearInterval(reading);
    memory.stop();
  });
  const strikes = await striking;

  const results = resultsOf(ended);
  const wrong = wrongEnds(results, expected);
  const isLost = ({ outcome }: WrongEnd): boolean =>
    ['unknown', 'cancelled', 'infrastructure'].includes(outcome);
  return {
    results,
    printed: ended.printed,
    seconds: ended.seconds,
    builds: expected.size,
    attempts: results.builds.reduce((sum, build) => sum + build.attempts.length, 0),
    faults: strikes.length,
    longestQuietSeconds: log.longestQuietMs / 1000,
    lost: wrong.filter(isLost),
    misjudged: wrong.filter((end) => !isLost(end)),
    quarterMebibytes: quarterMedians(memory.samples),
    peakMebibytes: memory.peak,
    table: soakTable(tallyStrikes(results, strikes, wrong)),
  };
}
