import type { StorePath } from '../../nix/store-path.ts';
import type { NestedBuild } from './attempt-logs.ts';
import { factsOf, outputPaths, type DerivationFacts, type Graph, type GraphNode } from '../graph/graph.ts';
import type { Attempt, AttemptEnd } from '../ledger/attempt.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { isGoodEnd } from '../ledger/outcome.ts';
import type { DispatchObserver } from '../observer.ts';
import type { BuilderSession } from '../fleet/session.ts';

/** An operation in which a daemon built more than the one derivation that it was asked for. */
export interface ClosureRun {
  readonly session: BuilderSession;
  readonly slot: number;
  /** How the operation ended. */
  readonly end: AttemptEnd;
  readonly builds: readonly NestedBuild[];
}

/** Enters such builds into the books; resolves to the one that failed, which is why the closure did. Never rejects. */
export type RecordNested = (run: ClosureRun) => Promise<StorePath | undefined>;

/** A build with its derivation; undefined for one that the daemon made itself (content-addressed), and for a lie. */
interface Known {
  readonly build: NestedBuild;
  readonly node: GraphNode | undefined;
}

/** No answer of the daemon says how each of them ended; their outputs do: they are valid, or the build came to nothing. */
export function createNestedRecorder(
  graph: Graph,
  ledger: Ledger,
  observer: DispatchObserver,
  readFacts: (drvPath: StorePath) => Promise<DerivationFacts>,
): RecordNested {
  const nodeOf = async (drvPath: StorePath): Promise<GraphNode | undefined> => {
    const known = graph.find(drvPath);
    if (known?.facts !== undefined) return known;
    const facts = await readFacts(drvPath).catch(() => undefined);
    if (facts === undefined) return undefined;
    const node = graph.intern(drvPath);
    node.facts ??= facts;
    return node;
  };

  return async ({ session, slot, end, builds }) => {
    const known: Known[] = [];
    for (const build of builds) known.push({ build, node: await nodeOf(build.build.drvPath) });
    const invalid = await withoutOutputs(session, end, known);
    const culprit = isFailure(end) ? firstToStop(invalid) : undefined;
    for (const { build, node } of known) {
      const attempt: Attempt = {
        builder: session.name,
        slot,
        startedAtMs: build.startedAtMs,
        finishedAtMs: build.finishedAtMs ?? Date.now(),
        end: invalid.includes(build) ? endOf(build, end, culprit) : { kind: 'built' },
        outputs: new Map(),
        outputBytes: undefined,
        cpu: undefined,
        peakMemoryBytes: undefined,
        log: build.log,
      };
      if (node !== undefined) ledger.attempted(node.id, attempt);
      observer.buildFinished(build.build, attempt);
    }
    return culprit?.build.drvPath;
  };
}

/** The builds that came to nothing, as far as can be told. */
async function withoutOutputs(
  { store }: BuilderSession,
  end: AttemptEnd,
  known: readonly Known[],
): Promise<readonly NestedBuild[]> {
  if (isGoodEnd(end)) return [];
  const pathsOf = ({ node }: Known): readonly StorePath[] =>
    node === undefined ? [] : outputPaths(factsOf(node), factsOf(node).outputs.keys());
  // After anything but an answer of the daemon the connection may be gone, or nobody wants to wait for it.
  const valid = isFailure(end) ? await store.hold(known.flatMap(pathsOf)).catch(() => undefined) : undefined;
  return known.flatMap((one) => {
    const paths = pathsOf(one);
    if (valid !== undefined && paths.length > 0)
      return paths.every((path) => valid.has(path)) ? [] : one.build;
    // The operation goes on only after builds that went well.
    const isBuilt = isFailure(end) ? one !== known.at(-1) : one.build.finishedAtMs !== undefined;
    return isBuilt ? [] : one.build;
  });
}

/** The others of them stopped because this one had failed. Where the daemon didn't say when, the first to start is as good as any. */
function firstToStop(builds: readonly NestedBuild[]): NestedBuild | undefined {
  const stop = (build: NestedBuild): number => build.finishedAtMs ?? Number.POSITIVE_INFINITY;
  return builds.reduce<NestedBuild | undefined>(
    (first, build) => (first !== undefined && stop(first) <= stop(build) ? first : build),
    undefined,
  );
}

function endOf(build: NestedBuild, end: AttemptEnd, culprit: NestedBuild | undefined): AttemptEnd {
  if (end.kind === 'infrastructure') return end;
  const isStopped = !isFailure(end) || (build !== culprit && build.finishedAtMs !== undefined);
  return isStopped ? { kind: 'cancelled' } : { kind: 'failed', message: build.log.tail.at(-1) ?? '' };
}

function isFailure(end: AttemptEnd): boolean {
  return end.kind === 'failed' || end.kind === 'dependency-failed';
}
