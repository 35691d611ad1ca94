import type { EvaluationFailure, Job } from '../../flake/job.ts';
import type { BuildReport, JobReport, Outcome } from '../../report/run-report.ts';
import { factsOf, type Graph, type GraphNode } from '../graph/graph.ts';
import type { NodeId, Settlement } from '../schedule/events.ts';
import type { Attempt } from './attempt.ts';
import { attemptReport, isGoodEnd } from './outcome.ts';
import { decisiveAttempt, outcomeOf, type NodeRecord } from './record.ts';

/** Keeps the books of a run: what was asked for, what was tried, how each thing ended. Pure; everybody else only tells it. */
export interface Ledger {
  jobSelected(job: Job, node: NodeId): void;
  jobNotEvaluated(failure: EvaluationFailure): void;
  /** The outputs were there before anything was built; `where` is a builder, `local` or a cache. */
  existed(node: NodeId, where: string): void;
  /** Bytes that were brought to a builder for this build. */
  copied(node: NodeId, bytes: number): void;
  /** Its inputs could not be brought to the builder. */
  notStaged(node: NodeId, builder: string, message: string): void;
  /** In any order: an attempt on a builder that was lost may end after another one has been successful elsewhere. */
  attempted(node: NodeId, attempt: Attempt): void;
  /** Nix built it because evaluation had to read it (import from derivation). */
  neededByEvaluation(node: NodeId): void;
  /** The same attempt, with the figures that came after its end. */
  measured(node: NodeId, attempt: Attempt): void;
  /** The scheduler gave the node up. `why` explains it where no attempt does. */
  settled(node: NodeId, settlement: Settlement, why: string): void;
  jobs(): JobReport[];
  builds(): BuildReport[];
}

/** Nothing has been built yet. */
export function createLedger(graph: Graph): Ledger {
  const records = new Map<NodeId, NodeRecord>();
  const selected: { readonly job: Job; readonly node: NodeId }[] = [];
  const notEvaluated: EvaluationFailure[] = [];

  const recordOf = (id: NodeId): NodeRecord => {
    const node = graph.current(id).id;
    const known = records.get(node);
    if (known !== undefined) return known;
    const record: NodeRecord = {
      existedIn: undefined,
      settlement: undefined,
      trouble: undefined,
      attempts: [],
      copiedBytes: 0,
      isForEvaluation: false,
    };
    records.set(node, record);
    return record;
  };
  const isReported = (id: NodeId): boolean => {
    const record = records.get(graph.current(id).id);
    return record !== undefined && outcomeOf(graph, record) !== undefined;
  };

  return {
    jobSelected: (job, node) => void selected.push({ job, node }),
    jobNotEvaluated: (failure) => void notEvaluated.push(failure),
    existed(node, where) {
      recordOf(node).existedIn = where;
    },
    copied(node, bytes) {
      recordOf(node).copiedBytes += bytes;
    },
    notStaged(node, builder, message) {
      recordOf(node).trouble = { builder, message };
    },
    neededByEvaluation(node) {
      recordOf(node).isForEvaluation = true;
    },
    attempted(node, attempt) {
      const record = recordOf(node);
      record.trouble = undefined;
      record.attempts.push(withoutIdleTail(attempt));
      record.attempts.sort((one, other) => one.startedAtMs - other.startedAtMs);
    },
    measured(node, attempt) {
      const { attempts } = recordOf(node);
      const index = attempts.findIndex((one) => isSameAttempt(one, attempt));
      if (index >= 0) attempts[index] = withoutIdleTail(attempt);
    },
    settled(node, settlement, why) {
      recordOf(node).settlement = { ...settlement, why };
    },
    jobs: () => [
      ...selected.map(({ job, node }) => {
        const current = graph.current(node);
        return jobReport(graph, job, current, records.get(current.id));
      }),
      ...notEvaluated.map(failedJobReport),
    ],
    builds: () =>
      graph.nodes.flatMap((node) => {
        const record = records.get(node.id);
        const outcome = record === undefined ? undefined : outcomeOf(graph, record);
        if (record === undefined || outcome === undefined) return [];
        return [buildReport(graph, node, record, outcome, isReported)];
      }),
  };
}

function isSameAttempt(one: Attempt, other: Attempt): boolean {
  return one.builder === other.builder && one.slot === other.slot && one.startedAtMs === other.startedAtMs;
}

/** Nobody reads the end of a log that ended well, and there can be thousands. */
function withoutIdleTail(attempt: Attempt): Attempt {
  return isGoodEnd(attempt.end) ? { ...attempt, log: { ...attempt.log, tail: [] } } : attempt;
}

function jobReport(graph: Graph, job: Job, node: GraphNode, record: NodeRecord | undefined): JobReport {
  const outcome = record === undefined ? undefined : outcomeOf(graph, record);
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
    // What nobody came to before the run was ended.
    outcome: outcome ?? { kind: 'cancelled' },
    requiredFeatures: job.requiredFeatures,
    evaluationSeconds: job.evaluation.seconds,
    evaluationMemoryBytes: job.evaluation.memoryBytes,
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
    requiredFeatures: [],
    evaluationSeconds: evaluation.seconds,
    evaluationMemoryBytes: evaluation.memoryBytes,
    warnings,
  };
}

function buildReport(
  graph: Graph,
  node: GraphNode,
  record: NodeRecord,
  outcome: Outcome,
  isReported: (node: NodeId) => boolean,
): BuildReport {
  const facts = factsOf(node);
  const last = decisiveAttempt(record);
  return {
    ...(record.isForEvaluation ? { isForEvaluation: true } : {}),
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
    outputBytes: last?.outputBytes,
    copiedBytes: record.copiedBytes,
    attempts: record.attempts.map((attempt) => attemptReport(attempt, outcome)),
    dependencies: node.inputs.flatMap((input) =>
      isReported(input.node) ? graph.node(input.node).drvPath : [],
    ),
    logTail: last?.log.tail ?? [],
    logLines: last?.log.lines ?? 0,
    logFile: last?.log.file,
  };
}

/** Known paths, those that only the build told last. */
function outputsOf(node: GraphNode, record: NodeRecord | undefined): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [name, path] of node.facts?.outputs ?? []) if (path !== undefined) outputs[name] = path;
  const attempt = record === undefined ? undefined : decisiveAttempt(record);
  for (const [name, path] of attempt?.outputs ?? []) outputs[name] = path;
  return outputs;
}
