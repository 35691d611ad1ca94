import type { CpuTime } from '../../accounting/cpu-time.ts';
import { cgroupCpuTime } from '../../accounting/cpu-time.ts';
import type { BuildLog, LogFolder } from '../../dispatch/attempt/build-log.ts';
import type { Attempt, AttemptEnd } from '../../dispatch/ledger/attempt.ts';
import type { Slots } from '../../dispatch/fleet/slots.ts';
import type { BuildListener } from '../../nix/client/build-listener.ts';
import { createMessageHandler } from '../../nix/client/message-handler.ts';
import type { WireListener } from '../../nix/observe/observer.ts';
import type { BuildRequest } from '../../nix/observe/requests.ts';
import type { BasicDerivation } from '../../nix/protocol/basic-derivation.ts';
import type { BuildResult } from '../../nix/protocol/build-result.ts';
import { isStorePath, type StorePath } from '../../nix/store-path.ts';
import { endOfDerivation, endOfNested, resultOf, type OperationEnd } from './operation-ends.ts';

/** One build that was seen from its start to its end. */
export interface SeenBuild {
  readonly drvPath: StorePath;
  /** Undefined where it was named only. */
  readonly derivation: BasicDerivation | undefined;
  readonly attempt: Attempt;
  /** What the CPU time turns out to be. Never rejects. */
  readonly cpu: Promise<CpuTime | undefined>;
  /** Bytes that the client sent for it. */
  readonly copiedBytes: number;
}

/** Whose builds are watched, and who is told of them. */
export interface ObserveOptions {
  readonly builder: string;
  readonly logs: LogFolder;
  readonly slots: Slots;
  /** Begins to measure what the conversation uses; undefined where that can't be measured. */
  readonly measure: (() => (result: BuildResult | undefined) => Promise<CpuTime | undefined>) | undefined;
  readonly seen: (build: SeenBuild) => void;
}

/** The builds of one conversation. */
export interface BuildObserver extends Required<
  Pick<WireListener, 'onBuild' | 'onMessage' | 'onBuildEnd' | 'onUploaded'>
> {
  /** The conversation is over: what runs in it has come to nothing. */
  hungUp(by: 'client' | 'daemon'): void;
}

interface Running {
  readonly drvPath: StorePath;
  readonly startedAtMs: number;
  readonly slot: number;
  readonly log: BuildLog;
  /** The daemon said that it started a builder. */
  readonly hasStarted: boolean;
  stoppedAtMs: number | undefined;
}

interface Operation {
  readonly request: BuildRequest;
  readonly startedAtMs: number;
  readonly builds: Map<string, Running>;
  readonly listen: ReturnType<typeof createMessageHandler>;
  readonly measured: ReturnType<NonNullable<ObserveOptions['measure']>> | undefined;
  readonly copiedBytes: number;
}

/** A daemon that lies about what it builds can't make us keep more than this. */
const mostBuilds = 20_000;

/** Makes builds of what is said in one conversation. */
export function observeBuilds(options: ObserveOptions): BuildObserver {
  const { logs, slots } = options;
  let current: Operation | undefined;
  let uploadedBytes = 0;

  const enter = (builds: Map<string, Running>, drvPath: StorePath, startedAtMs?: number): void => {
    builds.set(drvPath, {
      drvPath,
      startedAtMs: startedAtMs ?? Date.now(),
      slot: slots.take(),
      log: logs.open(drvPath),
      hasStarted: startedAtMs === undefined,
      stoppedAtMs: undefined,
    });
  };

  const end = (how: OperationEnd): void => {
    if (current === undefined) return;
    const operation = current;
    current = undefined;
    const { request, builds } = operation;
    // Only asked for, never run: known where the request names it alone.
    if (request.kind === 'derivation' && builds.size === 0 && isStorePath(request.drvPath)) {
      enter(builds, request.drvPath, operation.startedAtMs);
    }
    const isAlone = builds.size === 1;
    const result = isAlone ? [...builds.keys()].map((drvPath) => resultOf(drvPath, how))[0] : undefined;
    const cpu = operation.measured?.(result);
    for (const running of builds.values()) {
      options.seen(seenBuild(running, operation, how, isAlone ? cpu : undefined, options.builder));
      slots.free(running.slot);
    }
  };

  return {
    onUploaded(byteCount) {
      uploadedBytes += byteCount;
    },
    onBuild(request) {
      end({ kind: 'done' });
      const builds = new Map<string, Running>();
      current = {
        request,
        builds,
        startedAtMs: Date.now(),
        listen: createMessageHandler(listenerFor(request, builds, (drvPath) => enter(builds, drvPath))),
        measured: options.measure?.(),
        copiedBytes: uploadedBytes,
      };
      uploadedBytes = 0;
    },
    onMessage: (message) => current?.listen(message),
    onBuildEnd: end,
    hungUp: (by) => end({ kind: 'hung-up', by }),
  };
}

/** A daemon that doesn't trust its client builds under a `.drv` name of its own (protocol §10.1), but builds nothing else then. */
function listenerFor(
  request: BuildRequest,
  builds: Map<string, Running>,
  enter: (drvPath: StorePath) => void,
): BuildListener {
  const nameOf = (drvPath: string): string => (request.kind === 'derivation' ? request.drvPath : drvPath);
  return {
    onBuildStarted(told) {
      const drvPath = nameOf(told);
      if (isStorePath(drvPath) && !builds.has(drvPath) && builds.size < mostBuilds) enter(drvPath);
    },
    onBuildStopped(told) {
      const running = builds.get(nameOf(told));
      if (running === undefined) return;
      running.stoppedAtMs ??= Date.now();
      running.log.flush();
    },
    onLogLine(line, told) {
      const only = builds.size === 1 ? [...builds.values()][0] : undefined;
      (told === undefined ? only : builds.get(nameOf(told)))?.log.write(line);
    },
  };
}

function seenBuild(
  running: Running,
  operation: Operation,
  how: OperationEnd,
  cpu: Promise<CpuTime | undefined> | undefined,
  builder: string,
): SeenBuild {
  const { drvPath, startedAtMs, slot, log, hasStarted, stoppedAtMs } = running;
  const { request, copiedBytes } = operation;
  const isOnly = request.kind === 'derivation';
  const result = resultOf(drvPath, how);
  // Before Nix 2.27 the end of a build is told only with that of the operation.
  const finishedAtMs = isOnly ? Date.now() : (stoppedAtMs ?? Date.now());
  const attemptEnd: AttemptEnd = isOnly
    ? endOfDerivation(how, hasStarted)
    : endOfNested(drvPath, how, stoppedAtMs !== undefined);
  const outputs = new Map<string, StorePath>();
  for (const [name, { outPath }] of result?.builtOutputs ?? []) outputs.set(name, outPath);
  return {
    drvPath,
    derivation: isOnly ? request.derivation : undefined,
    copiedBytes: operation.builds.size === 1 ? copiedBytes : 0,
    cpu: Promise.resolve(cpu).then(
      (measured) => measured ?? cgroupCpuTime(result?.cpuUserMicroseconds, result?.cpuSystemMicroseconds),
      () => undefined,
    ),
    attempt: {
      builder,
      slot,
      startedAtMs,
      finishedAtMs,
      end: attemptEnd,
      outputs,
      outputBytes: undefined,
      cpu: undefined,
      peakMemoryBytes: undefined,
      log: log.close(),
    },
  };
}
