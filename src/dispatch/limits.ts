import type { AttemptEnd } from './ledger/attempt.ts';

/** Limits on one build. The daemon may ignore settings, so they are kept here (protocol §2). Undefined: none. */
export interface AttemptLimits {
  readonly maxSilentMs: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly maxLogBytes: number | undefined;
}

/** Watches one attempt. */
export interface LimitWatch {
  /** The build printed something; `logBytes` is its log's size by now. */
  sawOutput(logBytes: number): void;
  stop(): void;
}

/** Timers can't wait any longer (24 days); asked to, they don't wait at all. */
const longestTimerMs = 2 ** 31 - 1;

/** Calls `exceeded` once, at the first limit that is passed. */
export function watchLimits(limits: AttemptLimits, exceeded: (end: AttemptEnd) => void): LimitWatch {
  let silence: NodeJS.Timeout | undefined;
  let isOver = false;

  const end = (kind: 'timed-out' | 'log-limit', message: string): void => {
    if (isOver) return;
    stop();
    exceeded({ kind, message });
  };
  const startSilence = (): void => {
    const { maxSilentMs } = limits;
    if (maxSilentMs === undefined) return;
    silence = setTimeout(
      () => end('timed-out', `printed nothing for ${seconds(maxSilentMs)} (max_silent_time)`),
      Math.min(maxSilentMs, longestTimerMs),
    );
  };
  const { timeoutMs } = limits;
  const whole =
    timeoutMs === undefined
      ? undefined
      : setTimeout(
          () => end('timed-out', `ran longer than ${seconds(timeoutMs)} (build_timeout)`),
          Math.min(timeoutMs, longestTimerMs),
        );
  const stop = (): void => {
    isOver = true;
    clearTimeout(silence);
    clearTimeout(whole);
  };
  startSilence();

  return {
    sawOutput(logBytes) {
      if (isOver) return;
      silence?.refresh();
      if (limits.maxLogBytes !== undefined && logBytes > limits.maxLogBytes) {
        end('log-limit', `its log is larger than ${limits.maxLogBytes} bytes (max_log_size)`);
      }
    },
    stop,
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
