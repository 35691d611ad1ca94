import type { StorePath } from '../nix/store-path.ts';
import type { NestedBuild } from './attempt-logs.ts';
import { factsOf, outputPaths, type DerivationFacts, type Graph } from './graph/graph.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { BuilderSession } from './session.ts';

/** An operation in which a daemon built more than the one derivation that it was asked for. */
export interface ClosureRun {
  readonly session: BuilderSession;
  readonly slot: number;
  /** The derivation that was asked for is valid now. */
  readonly isGood: boolean;
  readonly builds: readonly NestedBuild[];
}

/** Enters such builds into the books; resolves to the first one that failed, which is why the closure did. */
export type RecordNested = (run: ClosureRun) => Promise<StorePath | undefined>;

/**
 * No answer of the daemon says how each of them ended; their outputs do: they are valid, or the build failed. Where the paths are not
 * known beforehand, all were built if the whole was.
 */
export function createNestedRecorder(
  graph: Graph,
  ledger: Ledger,
  readFacts: (drvPath: StorePath) => Promise<DerivationFacts>,
): RecordNested {
  return async ({ session, slot, isGood, builds }) => {
    const nodes = builds.map(({ drvPath }) => graph.intern(drvPath));
    for (const node of nodes) node.facts ??= await readFacts(node.drvPath);
    const wanted = nodes.map((node) => outputPaths(factsOf(node), factsOf(node).outputs.keys()));
    const valid = await session.store.hold(wanted.flat());
    let culprit: StorePath | undefined;
    for (const [index, { drvPath, startedAtMs, log }] of builds.entries()) {
      const paths = wanted[index] ?? [];
      const isBuilt = paths.length === 0 ? isGood : paths.every((path) => valid.has(path));
      if (!isBuilt) culprit ??= drvPath;
      ledger.attempted(graph.intern(drvPath).id, {
        builder: session.name,
        slot,
        startedAtMs,
        finishedAtMs: Date.now(),
        end: isBuilt ? { kind: 'built' } : { kind: 'failed', message: log.tail.at(-1) ?? '' },
        outputs: new Map(),
        cpu: undefined,
        peakMemoryBytes: undefined,
        log,
      });
    }
    return culprit;
  };
}
