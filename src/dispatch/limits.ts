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

/** What the watch needs besides time. */
export interface LimitEffects {
  /** Asks the machine: one that can't be heard does not make its build late. False when it is being lost. Never rejects. */
  readonly isThere: () => Promise<boolean>;
  readonly exceeded: (end: AttemptEnd) => void;
}

/** Until a machine that was not there is asked again. */
const askAgainMs = 1000;
/** A machine that takes longer than this part of a limit to answer could not be heard for a part of the time that counts. */
const promptPart = 0.1;
/** Timers can't wait any longer (24 days); asked to, they don't wait at all. */
const longestTimerMs = 2 ** 31 - 1;

/** Calls `exceeded` once, at the first limit that is passed. */
export function watchLimits(limits: AttemptLimits, { isThere, exceeded }: LimitEffects): LimitWatch {
  const { maxSilentMs, timeoutMs } = limits;
  let silence: NodeJS.Timeout | undefined;
  let whole: NodeJS.Timeout | undefined;
  let outputs = 0;
  let isOver = false;

  const end = (kind: 'timed-out' | 'log-limit', message: string): void => {
    if (isOver) return;
    stop();
    exceeded({ kind, message });
  };
  const answer = async (limitMs: number): Promise<'prompt' | 'slow' | 'none'> => {
    const askedAtMs = performance.now();
    if (!(await isThere())) return 'none';
    return performance.now() - askedAtMs <= limitMs * promptPart ? 'prompt' : 'slow';
  };
  const endSilent = async (limitMs: number): Promise<void> => {
    silence = undefined;
    const heard = outputs;
    const isConfirmed = (await answer(limitMs)) === 'prompt' && outputs === heard;
    if (isConfirmed) end('timed-out', `printed nothing for ${seconds(limitMs)} (max_silent_time)`);
    else startSilence();
  };
  const startSilence = (): void => {
    if (maxSilentMs === undefined || isOver) return;
    silence = setTimeout(() => void endSilent(maxSilentMs), Math.min(maxSilentMs, longestTimerMs));
  };
  const endLate = async (limitMs: number): Promise<void> => {
    const how = await answer(limitMs);
    if (how === 'prompt') end('timed-out', `ran longer than ${seconds(limitMs)} (build_timeout)`);
    else startWhole(limitMs, how === 'slow' ? limitMs : askAgainMs);
  };
  const startWhole = (limitMs: number, waitMs: number): void => {
    if (!isOver) whole = setTimeout(() => void endLate(limitMs), Math.min(waitMs, longestTimerMs));
  };
  if (timeoutMs !== undefined) startWhole(timeoutMs, timeoutMs);
  const stop = (): void => {
    isOver = true;
    clearTimeout(silence);
    clearTimeout(whole);
  };
  startSilence();

  return {
    sawOutput(logBytes) {
      if (isOver) return;
      outputs += 1;
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
