import type { BuildListener } from '../../nix/client/build-listener.ts';
import { isStorePath, storePathName } from '../../nix/store-path.ts';
import type { BuildLog, LogFolder } from './build-log.ts';
import type { LogExcerpt } from '../ledger/attempt.ts';
import type { DispatchObserver, RunningBuild } from '../observer.ts';

/** A build that a daemon ran by itself because something that we asked for needed it. */
export interface NestedBuild {
  readonly build: RunningBuild;
  readonly startedAtMs: number;
  /** Undefined when the daemon didn't say that it ended (before Nix 2.27 it says so only at the very end). */
  readonly finishedAtMs: number | undefined;
  readonly log: LogExcerpt;
}

/** Sorts what a daemon says during one operation to the builds that it is about. */
export interface AttemptLogs {
  readonly listener: BuildListener;
  /** The daemon started a builder at least once: whatever failed then is not a refusal. */
  hasStarted(): boolean;
  /** Bytes of all logs together. */
  bytes(): number;
  close(): { readonly log: LogExcerpt; readonly nested: readonly NestedBuild[] };
}

interface Nested {
  readonly build: RunningBuild;
  readonly startedAtMs: number;
  finishedAtMs: number | undefined;
  readonly log: BuildLog;
}

/** A daemon that lies about what it builds can't make us keep more than this. */
const mostNested = 4_000;

/** Opens each log when its build has something to say. */
export function createAttemptLogs(
  folder: LogFolder,
  observer: DispatchObserver,
  main: RunningBuild,
): AttemptLogs {
  const log = folder.open(main.drvPath);
  const nested = new Map<string, Nested>();
  let hasStarted = false;
  let bytes = 0;

  /** A daemon that doesn't trust us builds under a `.drv` name of its own (protocol §10.1): unknown names are the main build. */
  const placeOf = (drvPath: string | undefined): { readonly build: RunningBuild; readonly log: BuildLog } =>
    (drvPath === undefined ? undefined : nested.get(drvPath)) ?? { build: main, log };

  return {
    listener: {
      onBuildStarted(text) {
        hasStarted = true;
        if (text === main.drvPath || nested.has(text) || nested.size >= mostNested) return;
        if (!isStorePath(text) || storePathName(text) === storePathName(main.drvPath)) return;
        const name = storePathName(text).replace(/\.drv$/u, '');
        const build = { drvPath: text, name, builder: main.builder };
        const startedAtMs = Date.now();
        nested.set(text, { build, startedAtMs, finishedAtMs: undefined, log: folder.open(text) });
        observer.buildStarted(build);
      },
      onBuildStopped(text) {
        const stopped = nested.get(text);
        if (stopped === undefined) return;
        stopped.finishedAtMs ??= Date.now();
        stopped.log.flush();
      },
      onLogLine(line, drvPath) {
        const place = placeOf(drvPath);
        const before = place.log.bytes;
        place.log.write(line);
        bytes += place.log.bytes - before;
        observer.logLine(place.build, line);
      },
      onPhase: (phase, drvPath) => observer.phase(placeOf(drvPath).build, phase),
    },
    hasStarted: () => hasStarted,
    bytes: () => bytes,
    close: () => ({
      log: log.close(),
      nested: [...nested.values()].map(({ build, startedAtMs, finishedAtMs, log }) => ({
        build,
        startedAtMs,
        finishedAtMs,
        log: log.close(),
      })),
    }),
  };
}
