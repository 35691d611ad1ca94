import { bestCpuTime, type CpuTime } from '../../accounting/cpu-time.ts';
import type { Attempt } from '../../dispatch/ledger/attempt.ts';
import { attemptReport, isGoodEnd, outcomeOfAttempt } from '../../dispatch/ledger/outcome.ts';
import { byteStringToText } from '../../nix/byte-string.ts';
import type { Derivation } from '../../nix/derivation/derivation.ts';
import { knownOutputPath } from '../../nix/derivation/derivation.ts';
import { storePathName, type StorePath } from '../../nix/store-path.ts';
import type { BuildReport } from '../../report/run-report.ts';
import type { SeenBuild } from './observe-builds.ts';

/** Everything that was seen to be built, derivation by derivation. */
export interface BuildBook {
  enter(build: SeenBuild): void;
  /** What a store said of a path; outputs are among them, since clients ask before they fetch. */
  sized(path: string, narSizeBytes: number): void;
  /**
   * Waits for figures that are still on their way. Never rejects.
   *
   * @param readDerivation resolves to undefined where the file isn't there
   */
  reports(
    readDerivation: (drvPath: StorePath) => Promise<Derivation | undefined>,
  ): Promise<readonly BuildReport[]>;
}

interface Entry extends Pick<SeenBuild, 'drvPath'> {
  derivation: SeenBuild['derivation'];
  copiedBytes: number;
  readonly attempts: { readonly attempt: Attempt; readonly cpu: SeenBuild['cpu'] }[];
}

/** Nobody reads the end of a log that ended well, and there can be thousands. */
function withoutIdleTail(attempt: Attempt): Attempt {
  return isGoodEnd(attempt.end) ? { ...attempt, log: { ...attempt.log, tail: [] } } : attempt;
}

/** Starts with nothing in it. */
export function createBuildBook(): BuildBook {
  const entries = new Map<StorePath, Entry>();
  const sizes = new Map<string, number>();
  return {
    enter({ drvPath, derivation, attempt, cpu, copiedBytes }) {
      const entry = entries.get(drvPath) ?? { drvPath, derivation, copiedBytes: 0, attempts: [] };
      entries.set(drvPath, entry);
      entry.derivation ??= derivation;
      entry.copiedBytes += copiedBytes;
      entry.attempts.push({ attempt: withoutIdleTail(attempt), cpu });
    },
    sized: (path, narSizeBytes) => void sizes.set(path, narSizeBytes),
    reports: (readDerivation) =>
      Promise.all(
        [...entries.values()].map(async (entry) => {
          const read = await readDerivation(entry.drvPath).catch(() => undefined);
          const cpu = await decisive(entry).cpu.catch(() => undefined);
          return reportOf(entry, read, cpu, (path) => entries.has(path), sizes);
        }),
      ),
  };
}

/** The attempt that the outcome follows from: a good one, else the last. */
function decisive({ attempts }: Entry): Entry['attempts'][number] {
  const found = attempts.findLast(({ attempt }) => isGoodEnd(attempt.end)) ?? attempts.at(-1);
  if (found === undefined) throw new Error('an entry has an attempt at least');
  return found;
}

function reportOf(
  entry: Entry,
  read: Derivation | undefined,
  cpu: CpuTime | undefined,
  isSeen: (drvPath: StorePath) => boolean,
  sizes: ReadonlyMap<string, number>,
): BuildReport {
  const { drvPath, derivation, copiedBytes } = entry;
  const { attempt } = decisive(entry);
  const outcome = outcomeOfAttempt(attempt);
  const outputs = { ...outputsOf(derivation, read), ...Object.fromEntries(attempt.outputs) };
  return {
    drvPath,
    name: storePathName(drvPath).replace(/\.drv$/u, ''),
    system: read?.system ?? (derivation === undefined ? '' : byteStringToText(derivation.platform)),
    outcome,
    startedAtMs: attempt.startedAtMs,
    finishedAtMs: attempt.finishedAtMs,
    cpu: bestCpuTime([cpu]),
    peakMemoryBytes: undefined,
    slot: attempt.slot,
    outputs,
    outputBytes: sumOf(Object.values(outputs).map((path) => sizes.get(path))),
    copiedBytes,
    attempts: entry.attempts.map((one) => attemptReport(one.attempt, outcome)),
    dependencies: [...(read?.inputDerivations.keys() ?? [])].filter(isSeen),
    logTail: attempt.log.tail,
    logLines: attempt.log.lines,
    logFile: attempt.log.file,
  };
}

function outputsOf(derivation: Entry['derivation'], read: Derivation | undefined): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [name, { path }] of derivation?.outputs ?? []) if (path !== '') outputs[name] = path;
  for (const [name, output] of read?.outputs ?? []) {
    const path = knownOutputPath(output);
    if (path !== undefined) outputs[name] = path;
  }
  return outputs;
}

/** Undefined unless all are known. */
function sumOf(sizes: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const size of sizes) {
    if (size === undefined) return undefined;
    sum += size;
  }
  return sizes.length === 0 ? undefined : sum;
}
