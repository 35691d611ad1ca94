import { once } from 'node:events';

import { toDispatchError } from '../../errors.ts';
import type { CpuTime } from '../../accounting/cpu-time.ts';
import type { BuildListener } from '../../nix/client/build-listener.ts';
import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import type { Derivation } from '../../nix/derivation/derivation.ts';
import type { BuildResult } from '../../nix/protocol/build-result.ts';
import type { StorePath } from '../../nix/store-path.ts';
import { createAttemptLogs, type AttemptLogs, type NestedBuild } from './attempt-logs.ts';
import type { LogFolder } from './build-log.ts';
import { buildOne, buildWithClosure } from './build-request.ts';
import { factsOf, type Graph, type GraphNode } from '../graph/graph.ts';
import { learnOutputs, outputsOf, resolveInputs } from './late-outputs.ts';
import type { Attempt, AttemptEnd } from '../ledger/attempt.ts';
import { endOfError, endOfResult } from '../ledger/attempt-end.ts';
import { isGoodEnd } from '../ledger/outcome.ts';
import { askForOutputs } from './proven-outputs.ts';
import { hear } from '../machine/is-there.ts';
import { watchLimits, type AttemptLimits, type LimitWatch } from './limits.ts';
import { endWithInputs, MissingInput } from '../stores/missing-input.ts';
import type { MachineWatch } from '../machine/machine-watch.ts';
import type { RecordNested } from './nested-builds.ts';
import type { DispatchObserver, RunningBuild } from '../observer.ts';
import type { NodeId } from '../schedule/events.ts';
import type { BuilderSession } from '../fleet/session.ts';
import { inputPathsOf, type Staging } from '../stores/staging.ts';

/** What an attempt works with, and who is told of it. */
export interface AttemptContext {
  readonly graph: Graph;
  readonly staging: Pick<Staging, 'inputs' | 'closure'>;
  readonly logs: LogFolder;
  readonly limits: AttemptLimits;
  readonly observer: DispatchObserver;
  readonly isClosure: (node: GraphNode) => boolean;
  readonly readDerivation: (drvPath: StorePath) => Promise<Derivation>;
  readonly recordNested: RecordNested;
  /** Takes the blame from the build where the machine is at fault. */
  readonly judge: MachineWatch['judge'];
  /** Is told the bytes that had to be brought to the builder first. */
  readonly copied: (node: NodeId, bytes: number) => void;
}

/** An attempt that is over: the scheduler can go on, while the last figures are still being fetched. */
export interface AttemptRun {
  readonly attempt: Attempt;
  /** The same with all figures. Never rejects. */
  readonly complete: Promise<Attempt>;
}

/**
 * Runs one build in one slot of one builder. Never rejects: whatever happens is the attempt's end. When `signal` is aborted it resolves at
 * once, whatever it was waiting for.
 */
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
  if (isGoodEnd(run.end)) {
    learnOutputs(node, outputs);
    session.store.keep([...outputs.values()]);
  }
  const tail = [...nested.flatMap((one) => one.log.tail), ...log.tail];
  const end = signal.aborted
    ? run.end
    : await unlessStopped(signal, session, context.judge(session, node.id, run.end, tail));
  const attempt: Attempt = {
    builder: session.name,
    slot,
    startedAtMs,
    finishedAtMs,
    end: await nameCulprit(context, session, slot, end, nested),
    outputs,
    outputBytes: run.outputBytes,
    cpu: undefined,
    peakMemoryBytes: undefined,
    log,
  };
  const complete = async (): Promise<Attempt> => {
    const [cpu, outputBytes] = await Promise.all([run.cpu, run.outputBytes ?? narSizeOf(session, attempt)]);
    const measured = { ...attempt, cpu, outputBytes };
    context.observer.buildFinished(build, measured);
    return measured;
  };
  context.observer.buildEnded(build, attempt);
  return { attempt, complete: complete() };
}

async function narSizeOf(session: BuilderSession, { end, outputs }: Attempt): Promise<number | undefined> {
  if (!isGoodEnd(end) || outputs.size === 0) return undefined;
  const infos = await session.store.infos([...outputs.values()]).catch(() => undefined);
  return infos?.reduce((total, { narSizeBytes }) => total + narSizeBytes, 0);
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
  const drvPath = await context.recordNested({ session, slot, end, builds });
  if (drvPath === undefined || (end.kind !== 'failed' && end.kind !== 'dependency-failed')) return end;
  return { kind: 'dependency-failed', drvPath, message: end.message };
}

interface Run {
  readonly end: AttemptEnd;
  /** Undefined where the builder did not tell. */
  readonly outputBytes?: number | undefined;
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
  let isOver = false;
  let client: DaemonClient | undefined;
  let giveUp: (run: Run) => void = () => {};
  const early = new Promise<Run>((resolve) => {
    giveUp = resolve;
  });
  /** Closing the conversation is the one way to end a build that every daemon obeys (protocol §8). */
  const endEarly = (end: AttemptEnd): void => {
    isOver = true;
    giveUp({ end });
    client?.close();
  };
  const stop = (): void => endEarly(endOfStop(signal.reason, session.name));

  const work = async (): Promise<Run> => {
    let watch: LimitWatch | undefined;
    try {
      const request = await prepare(context, node, session);
      client = await session.channels.acquire();
      if (isOver) return { end: { kind: 'cancelled' } };
      // Limits are the build's: what has to be copied first may take its time.
      watch = watchLimits(context.limits, { hear: () => hear(session), exceeded: endEarly });
      const finishMeter = session.cpuMeter?.begin(client);
      const building = request(client, watchedBy(watch, logs));
      const prove = askForOutputs(client, session.store, node);
      const result = await building;
      const inputs = context.isClosure(node) ? [] : inputPathsOf(context.graph, node);
      const end = await endWithInputs(client, endOfResult(result, logs.hasStarted()), inputs);
      return { ...(await prove(end, result)), result, cpu: finishMeter?.(result) };
    } catch (thrown) {
      const end = endOfError(toDispatchError(thrown, 'connection-lost', { host: session.name }));
      return { end: thrown instanceof MissingInput ? { ...end, missing: thrown.paths } : end };
    } finally {
      watch?.stop();
      if (client !== undefined) session.channels.release(client);
    }
  };

  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  // Who closes the connection has said why before that makes the work fail.
  const run = await Promise.race([early, work()]);
  signal.removeEventListener('abort', stop);
  return run;
}

function watchedBy(watch: LimitWatch, logs: AttemptLogs): BuildListener {
  return {
    ...logs.listener,
    onLogLine(line, drvPath) {
      logs.listener.onLogLine?.(line, drvPath);
      watch.sawOutput(logs.bytes());
    },
  };
}

type Request = (client: DaemonClient, listener: BuildListener) => Promise<BuildResult | undefined>;

async function prepare(context: AttemptContext, node: GraphNode, session: BuilderSession): Promise<Request> {
  if (context.isClosure(node)) {
    context.copied(node.id, await context.staging.closure(node, session.store));
    return (client, listener) => buildWithClosure(client, node.drvPath, listener);
  }
  // Usually a look at what is known: the scheduler has had it staged.
  context.copied(node.id, await context.staging.inputs(node, session.store));
  const derivation = resolveInputs(context.graph, node, await context.readDerivation(node.drvPath));
  const inputs = inputPathsOf(context.graph, node);
  return (client, listener) => buildOne(client, node.drvPath, derivation, inputs, listener);
}

/** A machine that is looked at may not answer: who stops the attempt does not wait for it. */
async function unlessStopped(
  signal: AbortSignal,
  session: BuilderSession,
  judging: Promise<AttemptEnd>,
): Promise<AttemptEnd> {
  const stopped = once(signal, 'abort');
  return Promise.race([judging, stopped.then(() => endOfStop(signal.reason, session.name))]);
}

function endOfStop(reason: unknown, builder: string): AttemptEnd {
  return reason === 'builder-lost'
    ? { kind: 'infrastructure', message: `the connection to ${builder} was lost while it was building` }
    : { kind: 'cancelled' };
}
