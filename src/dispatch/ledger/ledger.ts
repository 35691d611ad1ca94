import type { EvaluationFailure, Job } from '../../flake/job.ts';
import type { BuildReport, JobReport, Outcome } from '../../report/run-report.ts';
import { factsOf, type Graph, type GraphNode } from '../graph/graph.ts';
import type { NodeId, Settlement } from '../schedule/events.ts';
import type { Attempt } from './attempt.ts';
import { attemptReport, outcomeOfAttempt } from './outcome.ts';

/** Keeps the books of a run: what was asked for, what was tried, how each thing ended. Pure; everybody else only tells it. */
export interface Ledger {
  jobSelected(job: Job, node: NodeId): void;
  jobNotEvaluated(failure: EvaluationFailure): void;
  /** The outputs were there before anything was built; `where` is a builder, `local` or a cache. */
  existed(node: NodeId, where: string): void;
  /** Bytes that were brought to a builder for this build. */
  copied(node: NodeId, bytes: number): void;
  attempted(node: NodeId, attempt: Attempt): void;
  /** The scheduler gave the node up. `why` explains `no-builder` and `infrastructure`. */
  settled(node: NodeId, settlement: Settlement, why: string): void;
  outputSize(node: NodeId, narSizeBytes: number): void;
  /** Everything that ended in something other than a build or an existing output so far. */
  failures(): number;
  jobs(): JobReport[];
  builds(): BuildReport[];
}

interface NodeRecord {
  outcome: Outcome | undefined;
  readonly attempts: Attempt[];
  copiedBytes: number;
  outputBytes: number | undefined;
}

export function createLedger(graph: Graph): Ledger {
  const records = new Map<NodeId, NodeRecord>();
  const selected: { readonly job: Job; readonly node: NodeId }[] = [];
  const notEvaluated: EvaluationFailure[] = [];
  let failures = 0;

  const recordOf = (node: NodeId): NodeRecord => {
    const known = records.get(node);
    if (known !== undefined) return known;
    const record: NodeRecord = { outcome: undefined, attempts: [], copiedBytes: 0, outputBytes: undefined };
    records.set(node, record);
    return record;
  };

  return {
    jobSelected: (job, node) => void selected.push({ job, node }),
    jobNotEvaluated(failure) {
      failures += 1;
      notEvaluated.push(failure);
    },
    existed(node, where) {
      recordOf(node).outcome = { kind: 'already-valid', where };
    },
    copied(node, bytes) {
      recordOf(node).copiedBytes += bytes;
    },
    attempted(node, attempt) {
      const record = recordOf(node);
      record.attempts.push(attempt);
      record.outcome = outcomeOfAttempt(attempt);
    },
    settled(node, settlement, why) {
      failures += 1;
      const record = recordOf(node);
      record.outcome = outcomeOfSettlement(graph, settlement, record, why);
    },
    outputSize(node, narSizeBytes) {
      recordOf(node).outputBytes = narSizeBytes;
    },
    failures: () => failures,
    jobs: () => [
      ...selected.map(({ job, node }) => jobReport(job, graph.node(node), records.get(node))),
      ...notEvaluated.map(failedJobReport),
    ],
    builds: () =>
      graph.nodes.flatMap((node) => {
        const record = records.get(node.id);
        return record?.outcome === undefined ? [] : [buildReport(graph, node, record, record.outcome)];
      }),
  };
}

function outcomeOfSettlement(graph: Graph, settlement: Settlement, record: NodeRecord, why: string): Outcome {
  const last = record.attempts.at(-1);
  switch (settlement.kind) {
    case 'dependency-failed':
      return { kind: 'dependency-failed', root: graph.node(settlement.root).drvPath };
    case 'no-builder':
      return { kind: 'infrastructure', builder: undefined, message: why };
    case 'infrastructure':
      return {
        kind: 'infrastructure',
        builder: last?.builder,
        message: last?.end.kind === 'infrastructure' ? last.end.message : why,
      };
    case 'failed':
      // The attempt that failed has said more already.
      return record.outcome ?? { kind: 'failed', builder: last?.builder ?? 'unknown', message: why };
    case 'cancelled':
      return { kind: 'cancelled' };
  }
}

function jobReport(job: Job, node: GraphNode, record: NodeRecord | undefined): JobReport {
  return {
    topAttr: job.topAttr,
    system: job.system,
    attr: job.attr,
    path: job.path,
    label: job.label,
    name: job.name,
    description: job.description,
    drvPath: job.drvPath,
    outputs: outputsOf(node, record),
    outcome: record?.outcome ?? { kind: 'cancelled' },
    evaluationSeconds: job.evaluation.seconds,
    warnings: job.warnings,
  };
}

function failedJobReport(failure: EvaluationFailure): JobReport {
  const { topAttr, system, attr, path, message, position, evaluation, warnings } = failure;
  return {
    topAttr,
    system,
    attr,
    path,
    label: path.join('.'),
    name: '',
    description: '',
    drvPath: undefined,
    outputs: {},
    outcome: { kind: 'evaluation-failed', message, position },
    evaluationSeconds: evaluation.seconds,
    warnings,
  };
}

function buildReport(graph: Graph, node: GraphNode, record: NodeRecord, outcome: Outcome): BuildReport {
  const facts = factsOf(node);
  const last = record.attempts.at(-1);
  return {
    drvPath: node.drvPath,
    name: facts.name,
    system: facts.system,
    outcome,
    startedAtMs: last?.startedAtMs,
    finishedAtMs: last?.finishedAtMs,
    cpu: last?.cpu,
    peakMemoryBytes: last?.peakMemoryBytes,
    slot: last?.slot,
    outputs: outputsOf(node, record),
    outputBytes: record.outputBytes,
    copiedBytes: record.copiedBytes,
    attempts: record.attempts.map(attemptReport),
    dependencies: node.inputs.map((input) => graph.node(input.node).drvPath),
    logTail: last?.log.tail ?? [],
    logLines: last?.log.lines ?? 0,
    logFile: last?.log.file,
  };
}

/** Known paths, those that only the build told last. */
function outputsOf(node: GraphNode, record: NodeRecord | undefined): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [name, path] of node.facts?.outputs ?? []) if (path !== undefined) outputs[name] = path;
  for (const [name, path] of record?.attempts.at(-1)?.outputs ?? []) outputs[name] = path;
  return outputs;
}
