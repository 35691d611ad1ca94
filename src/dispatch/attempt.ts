import { toDispatchError } from '../errors.ts';
import type { CpuTime } from '../accounting/cpu-time.ts';
import type { BuildListener } from '../nix/client/build-listener.ts';
import type { DaemonClient } from '../nix/client/daemon-client.ts';
import type { Derivation } from '../nix/derivation/derivation.ts';
import type { BuildResult } from '../nix/protocol/build-result.ts';
import type { StorePath } from '../nix/store-path.ts';
import { createAttemptLogs, type AttemptLogs, type NestedBuild } from './attempt-logs.ts';
import type { LogFolder } from './build-log.ts';
import { buildOne, buildWithClosure } from './build-request.ts';
import { factsOf, outputPaths, type Graph, type GraphNode } from './graph/graph.ts';
import type { Attempt, AttemptEnd } from './ledger/attempt.ts';
import { endOfError, endOfResult } from './ledger/attempt-end.ts';
import { isGoodEnd } from './ledger/outcome.ts';
import { watchLimits, type AttemptLimits } from './limits.ts';
import type { RecordNested } from './nested-builds.ts';
import type { DispatchObserver, RunningBuild } from './observer.ts';
import type { BuilderSession } from './session.ts';
import { inputPathsOf, type Staging } from './staging.ts';

export interface AttemptContext {
  readonly graph: Graph;
  readonly staging: Staging;
  readonly logs: LogFolder;
  readonly limits: AttemptLimits;
  readonly observer: DispatchObserver;
  readonly isClosure: (node: GraphNode) => boolean;
  readonly readDerivation: (drvPath: StorePath) => Promise<Derivation>;
  readonly recordNested: RecordNested;
}

/** An attempt that is over: the scheduler can go on, while the last figures are still being fetched. */
export interface AttemptRun {
  readonly end: AttemptEnd;
  /** Never rejects. */
  readonly complete: Promise<Attempt>;
}

/** Runs one build in one slot of one builder. Never rejects: whatever happens is the attempt's end. */
export async function runAttempt(
  context: AttemptContext,
  node: GraphNode,
  session: BuilderSession,
  signal: AbortSignal,
): Promise<AttemptRun> {
  const build: RunningBuild = {
    drvPath: node.drvPath,
    name: factsOf(node).name,
    builder: session.name,
  };
  const slot = session.slots.take();
  const startedAtMs = Date.now();
  const logs = createAttemptLogs(context.logs, context.observer, build);
  context.observer.buildStarted(build);
  const run = await execute(context, node, session, signal, logs);
  const finishedAtMs = Date.now();
  session.slots.free(slot);
  const { log, nested } = logs.close();
  const outputs = outputsOf(node, run.result);
  if (isGoodEnd(run.end)) session.store.keep([...outputs.values()]);
  const end = await nameCulprit(context, session, slot, run.end, nested);
  const complete = async (): Promise<Attempt> => {
    const attempt: Attempt = {
      builder: session.name,
      slot,
      startedAtMs,
      finishedAtMs,
      end,
      outputs,
      cpu: await run.cpu,
      peakMemoryBytes: undefined,
      log,
    };
    context.observer.buildFinished(build, attempt);
    return attempt;
  };
  return { end, complete: complete() };
}

/** A closure failed because of something below it: that is the failure, and the closure's is a consequence. */
async function nameCulprit(
  context: AttemptContext,
  session: BuilderSession,
  slot: number,
  end: AttemptEnd,
  builds: readonly NestedBuild[],
): Promise<AttemptEnd> {
  if (builds.length === 0) return end;
  const run = { session, slot, isGood: isGoodEnd(end), builds };
  // A connection that is lost now has been the attempt's end already.
  const drvPath = await context.recordNested(run).catch(() => undefined);
  if (drvPath === undefined || (end.kind !== 'failed' && end.kind !== 'dependency-failed')) return end;
  return { kind: 'dependency-failed', drvPath, message: end.message };
}

interface Run {
  readonly end: AttemptEnd;
  readonly result?: BuildResult | undefined;
  readonly cpu?: Promise<CpuTime | undefined> | undefined;
}

async function execute(
  context: AttemptContext,
  node: GraphNode,
  session: BuilderSession,
  signal: AbortSignal,
  logs: AttemptLogs,
): Promise<Run> {
  const { listener } = logs;
  let early: AttemptEnd | undefined;
  let client: DaemonClient | undefined;
  /** Closing the conversation is the one way to end a build that every daemon obeys (protocol §8). */
  const endEarly = (end: AttemptEnd): void => {
    early ??= end;
    client?.close();
  };
  const stop = (): void => endEarly(endOfStop(signal.reason, session.name));
  signal.addEventListener('abort', stop, { once: true });
  const watch = watchLimits(context.limits, endEarly);
  try {
    const request = await prepare(context, node, session);
    client = await session.channels.acquire();
    if (early !== undefined) return { end: early };
    const finishMeter = session.cpuMeter?.begin(client);
    const watched: BuildListener = {
      ...listener,
      onLogLine(line, drvPath) {
        listener.onLogLine?.(line, drvPath);
        watch.sawOutput(logs.bytes());
      },
    };
    const result = await request(client, watched);
    watch.stop();
    return { end: endOfResult(result, logs.hasStarted()), result, cpu: finishMeter?.(result) };
  } catch (thrown) {
    return { end: early ?? endOfError(toDispatchError(thrown, 'connection-lost', { host: session.name })) };
  } finally {
    watch.stop();
    signal.removeEventListener('abort', stop);
    if (client !== undefined) session.channels.release(client);
  }
}

type Request = (client: DaemonClient, listener: BuildListener) => Promise<BuildResult | undefined>;

async function prepare(context: AttemptContext, node: GraphNode, session: BuilderSession): Promise<Request> {
  if (context.isClosure(node)) {
    await context.staging.closure(node, session.store);
    return (client, listener) => buildWithClosure(client, node.drvPath, listener);
  }
  // Usually a look at what is known: the scheduler has had it staged.
  await context.staging.inputs(node, session.store);
  const derivation = await context.readDerivation(node.drvPath);
  const inputs = inputPathsOf(context.graph, node);
  return (client, listener) => buildOne(client, node.drvPath, derivation, inputs, listener);
}

function endOfStop(reason: unknown, builder: string): AttemptEnd {
  return reason === 'builder-lost'
    ? { kind: 'infrastructure', message: `the connection to ${builder} was lost while it was building` }
    : { kind: 'cancelled' };
}

function outputsOf(node: GraphNode, result: BuildResult | undefined): ReadonlyMap<string, StorePath> {
  const facts = factsOf(node);
  const outputs = new Map<string, StorePath>();
  for (const name of facts.outputs.keys()) {
    const path = result?.builtOutputs.get(name)?.outPath ?? outputPaths(facts, [name])[0];
    if (path !== undefined) outputs.set(name, path);
  }
  return outputs;
}
