import type { DispatchObserver, RunningBuild } from '../dispatch/observer.ts';
import { outcomeOfAttempt } from '../dispatch/ledger/outcome.ts';
import {
  finishedLine,
  heartbeatLine,
  prefixedLine,
  startedLine,
  type Progress,
} from '../report/log/lines.ts';
import { resumeCommands, stopCommands } from '../report/log/commands.ts';
import { terminalLine } from '../report/escape/terminal.ts';

/** Silence after which the log says what runs: long enough not to flood, short enough that nobody thinks it hangs. */
const heartbeatMs = 30_000;

/** The running commentary of a run. Everything between `open` and `close` is shown as text, whatever it says. */
export interface LiveLog extends DispatchObserver {
  open(): void;
  close(): void;
  /** A line of our own. */
  say(line: string): void;
}

export interface LiveLogEffects {
  readonly print: (line: string) => void;
  /** Random text that no build can know; ends the time in which commands are not obeyed. */
  readonly token: string;
  readonly progress: () => Omit<Progress, 'running' | 'next'>;
}

/** Build output is untrusted: on GitHub a line of it could be a workflow command (issue 5). */
export function createLiveLog(effects: LiveLogEffects): LiveLog {
  let lastPrintedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let isOpen = false;
  const running = new Map<string, RunningBuild & { readonly startedAt: number }>();

  // Builds that end with their connections still have something to say, which must not be obeyed.
  const print = (line: string): void => {
    if (!isOpen) return;
    lastPrintedAt = performance.now();
    effects.print(line);
  };
  const heartbeat = (): string =>
    heartbeatLine({
      ...effects.progress(),
      running: [...running.values()].map(({ name, builder, startedAt }) => ({
        name,
        builder,
        runningSeconds: (performance.now() - startedAt) / 1000,
      })),
      next: [],
    });
  const key = (build: RunningBuild): string => `${build.drvPath} ${build.builder}`;

  return {
    open() {
      effects.print(stopCommands(effects.token));
      isOpen = true;
      timer = setInterval(() => {
        if (performance.now() - lastPrintedAt >= heartbeatMs) print(heartbeat());
      }, heartbeatMs / 6);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      isOpen = false;
      effects.print(resumeCommands(effects.token));
    },
    say: (line) => print(terminalLine(line)),
    buildStarted(build) {
      running.set(key(build), { ...build, startedAt: performance.now() });
      print(startedLine(build.name, build.builder));
    },
    logLine: (build, line) => print(prefixedLine(build.name, line)),
    phase: (build, phase) => print(prefixedLine(build.name, `[${phase}]`)),
    buildFinished(build, attempt) {
      const startedAt = running.get(key(build))?.startedAt;
      running.delete(key(build));
      const wallSeconds = startedAt === undefined ? undefined : (performance.now() - startedAt) / 1000;
      print(finishedLine(build.name, outcomeOfAttempt(attempt), wallSeconds, attempt.cpu));
    },
    gaveUp: (name, why) => print(terminalLine(`${name}: ${why}`)),
    builderJoined: (builder, detail) => print(terminalLine(`builder ${builder}: ${detail}`)),
    builderTrouble: (builder, message) => print(terminalLine(`builder ${builder}: ${message}`)),
  };
}
