import type { EvaluationBuild } from '../flake/job.ts';
import { isStorePath, parseStorePath, type StorePath } from '../nix/store-path.ts';
import { factsOf, outputPaths, type DerivationFacts, type Graph } from './graph/graph.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Store } from './stores/store.ts';

/**
 * Enters into the books what Nix built so that evaluation could read it. Nix doesn't say how such a build ended; its outputs do, which it
 * copied home.
 */
export function createEvaluationRecorder(
  graph: Graph,
  ledger: Ledger,
  runner: Store,
  readFacts: (drvPath: StorePath) => Promise<DerivationFacts>,
): (build: EvaluationBuild, builder: string) => Promise<void> {
  return async ({ drvPath, startedAtMs }, builder) => {
    if (!isStorePath(drvPath)) return;
    const finishedAtMs = Date.now();
    const node = graph.intern(parseStorePath(drvPath));
    node.facts ??= await readFacts(node.drvPath);
    const facts = factsOf(node);
    const paths = outputPaths(facts, facts.outputs.keys());
    const isBuilt = (await runner.hold(paths)).size === paths.length;
    ledger.neededByEvaluation(node.id);
    ledger.attempted(node.id, {
      builder,
      slot: 0,
      startedAtMs,
      finishedAtMs,
      end: isBuilt
        ? { kind: 'built' }
        : { kind: 'failed', message: 'its log is part of the error of the attribute that needed it' },
      outputs: new Map(),
      outputBytes: undefined,
      cpu: undefined,
      peakMemoryBytes: undefined,
      log: { tail: [], lines: 0, file: undefined },
    });
  };
}
