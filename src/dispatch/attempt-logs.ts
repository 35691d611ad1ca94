import type { BuildListener } from '../nix/client/build-listener.ts';
import { parseStorePath, storePathName, type StorePath } from '../nix/store-path.ts';
import type { BuildLog, LogFolder } from './build-log.ts';
import type { LogExcerpt } from './ledger/attempt.ts';
import type { DispatchObserver, RunningBuild } from './observer.ts';

/** A build that a daemon ran by itself because something that we asked for needed it. */
export interface NestedBuild {
  readonly drvPath: StorePath;
  readonly startedAtMs: number;
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
  readonly log: BuildLog;
}

/** A daemon that lies about what it builds can't make us keep more than this. */
const mostNested = 10_000;

export function createAttemptLogs(
  folder: LogFolder,
  observer: DispatchObserver,
  main: RunningBuild,
): AttemptLogs {
  const log = folder.open(main.drvPath);
  const nested = new Map<string, Nested>();
  let hasStarted = false;

  /** A daemon that doesn't trust us builds under a `.drv` name of its own (protocol §10.1): unknown names are the main build. */
  const placeOf = (drvPath: string | undefined): { readonly build: RunningBuild; readonly log: BuildLog } =>
    (drvPath === undefined ? undefined : nested.get(drvPath)) ?? { build: main, log };

  return {
    listener: {
      onBuildStarted(text) {
        hasStarted = true;
        if (text === main.drvPath || nested.has(text) || nested.size >= mostNested) return;
        if (storePathName(parseStorePath(text)) === storePathName(main.drvPath)) return;
        const drvPath = parseStorePath(text);
        const name = storePathName(drvPath).replace(/\.drv$/u, '');
        const build = { drvPath, name, builder: main.builder };
        nested.set(text, { build, startedAtMs: Date.now(), log: folder.open(drvPath) });
        observer.buildStarted(build);
      },
      onLogLine(line, drvPath) {
        const place = placeOf(drvPath);
        place.log.write(line);
        observer.logLine(place.build, line);
      },
      onPhase: (phase, drvPath) => observer.phase(placeOf(drvPath).build, phase),
    },
    hasStarted: () => hasStarted,
    bytes: () => [...nested.values()].reduce((total, { log }) => total + log.bytes, log.bytes),
    close: () => ({
      log: log.close(),
      nested: [...nested.values()].map(({ build, startedAtMs, log }) => ({
        drvPath: build.drvPath,
        startedAtMs,
        log: log.close(),
      })),
    }),
  };
}
