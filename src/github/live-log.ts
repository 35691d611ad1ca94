import type { DispatchObserver, RunningBuild } from '../dispatch/observer.ts';
import type { Attempt } from '../dispatch/ledger/attempt.ts';
import { outcomeOfAttempt } from '../dispatch/ledger/outcome.ts';
import { createBuildBlocks } from '../report/log/build-blocks.ts';
import { resumeCommands, stopCommands } from '../report/log/commands.ts';
import { finishedLine, heartbeatLine, type Progress } from '../report/log/lines.ts';
import { createOrderedLines } from '../report/log/ordered-lines.ts';
import { terminalLine } from '../report/escape/terminal.ts';
import { classOf } from '../report/outcomes.ts';

/** Silence after which the log says what runs: long enough not to flood, short enough that nobody thinks it hangs. */
const heartbeatMs = 30_000;
/** Among many builds that end, what runs and what comes next is said this often. */
const overviewMs = 120_000;
/** How long the line that a build has ended may wait for its CPU time, and what depends on it behind it. */
const figuresMs = 2000;

/** The running commentary of a run. Everything between `open` and `close` is shown as text, whatever it says. */
export interface LiveLog extends DispatchObserver {
  open(): void;
  close(): void;
  /** A line of our own. */
  say(line: string): void;
}

/** Where lines go, and what the reader's log can do. */
export interface LiveLogEffects {
  readonly print: (line: string) => void;
  /** Random text that no build can know; ends the time in which commands are not obeyed. */
  readonly token: string;
  /** Whether blocks can be folded, as in GitHub's log viewer. */
  readonly folds: boolean;
  readonly progress: () => Omit<Progress, 'running'>;
}

/** Prints how a build ended, once its figures are known. */
type Ending = (figures: Pick<Attempt, 'cpu'>) => void;

/** Build output is untrusted: on GitHub a line of it could be a workflow command (issue 5). */
export function createLiveLog(effects: LiveLogEffects): LiveLog {
  const blocks = createBuildBlocks(effects.folds);
  const running = new Map<string, RunningBuild & { readonly startedAt: number }>();
  const ending = new Map<RunningBuild, Ending>();
  let lastPrintedAt = performance.now();
  let lastOverviewAt = lastPrintedAt;
  let timer: NodeJS.Timeout | undefined;
  let isOpen = false;

  // Builds that end with their connections still have something to say, which must not be obeyed.
  const lines = createOrderedLines(
    (line) => {
      if (!isOpen) return;
      lastPrintedAt = performance.now();
      effects.print(line);
    },
    figuresMs,
    () => performance.now(),
  );
  const say = (line: string): void => lines.print([terminalLine(line)]);
  const beat = (): void => {
    lines.flush();
    const now = performance.now();
    const isDue = running.size > 1 && now - lastOverviewAt >= overviewMs;
    if (!isDue && now - lastPrintedAt < heartbeatMs) return;
    lastOverviewAt = now;
    const builds = [...running.values()].map(({ name, builder, startedAt }) => ({
      name,
      builder,
      runningSeconds: (now - startedAt) / 1000,
    }));
    say(heartbeatLine({ ...effects.progress(), running: builds }));
  };
  const key = (build: RunningBuild): string => `${build.drvPath} ${build.builder}`;
  const ended = (build: RunningBuild, attempt: Attempt): Ending => {
    running.delete(key(build));
    const fill = lines.reserve();
    const outcome = outcomeOfAttempt(attempt);
    const isFailure = classOf(outcome) === 'failed';
    const block = blocks.ended(key(build), { isFailure, logFile: attempt.log.file });
    const seconds = (attempt.finishedAtMs - attempt.startedAtMs) / 1000;
    return ({ cpu }) => fill([finishedLine(build.name, outcome, seconds, cpu), ...block]);
  };

  return {
    open() {
      effects.print(stopCommands(effects.token));
      isOpen = true;
      timer = setInterval(beat, heartbeatMs / 6);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      for (const finish of ending.values()) finish({ cpu: undefined });
      ending.clear();
      isOpen = false;
      effects.print(resumeCommands(effects.token));
    },
    say,
    buildStarted(build) {
      running.set(key(build), { ...build, startedAt: performance.now() });
      lines.print(blocks.started(key(build), build.name, build.builder));
    },
    logLine: (build, line) => lines.print(blocks.said(key(build), line)),
    phase: (build, phase) => lines.print(blocks.said(key(build), `[${phase}]`)),
    buildEnded: (build, attempt) => void ending.set(build, ended(build, attempt)),
    buildFinished(build, attempt) {
      const finish = ending.get(build) ?? ended(build, attempt);
      ending.delete(build);
      finish(attempt);
    },
    gaveUp: (name, why) => say(why.startsWith(`${name} `) ? why : `${name}: ${why}`),
    builderJoined: (builder, detail) => say(`builder ${builder}: ${detail}`),
    builderTrouble: (builder, message) => say(`builder ${builder}: ${message}`),
  };
}
