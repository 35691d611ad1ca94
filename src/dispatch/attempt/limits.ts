import type { Hearing } from '../machine/is-there.ts';
import type { AttemptEnd } from '../ledger/attempt.ts';
import { formatBytes } from '../../report/durations.ts';

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
  /** Asks the machine something. Never rejects. */
  readonly hear: () => Promise<Hearing>;
  readonly exceeded: (end: AttemptEnd) => void;
}

/** The machine is asked so often within a limit; one that takes longer to answer could not be heard in between. */
const questionsPerLimit = 10;
/** What a machine that can't be heard makes longer becomes no longer than so many times the limit: a hostile one could do so for ever. */
const mostTimes = 6;
/** Timers can't wait any longer (24 days); asked to, they don't wait at all. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Calls `exceeded` once, at the first limit that is passed. Time counts only while the machine can be heard: when it can't, the build may
 * not even have been asked for yet, or have ended long ago.
 */
export function watchLimits(limits: AttemptLimits, { hear, exceeded }: LimitEffects): LimitWatch {
  const { maxSilentMs, timeoutMs, maxLogBytes } = limits;
  const timers = new Set<NodeJS.Timeout>();
  let heardSinceMs = performance.now();
  const startedAtMs = heardSinceMs;
  let outputAtMs = startedAtMs;
  let isOver = false;

  const end = (kind: 'timed-out' | 'log-limit' | 'infrastructure', message: string): void => {
    if (isOver) return;
    stop();
    exceeded({ kind, message });
  };

  const ask = async (promptMs: number): Promise<void> => {
    const askedAtMs = performance.now();
    const heard = await hear();
    if (heard === 'hangs') end('infrastructure', 'its daemon does not answer any more');
    const isPrompt = heard === 'answers' && performance.now() - askedAtMs <= promptMs;
    if (!isPrompt) heardSinceMs = performance.now();
  };

  const later = (waitMs: number, act: () => Promise<void>): void => {
    if (isOver) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        void act();
      },
      Math.min(waitMs, longestTimerMs),
    );
    timers.add(timer);
  };

  const watchSpan = (limitMs: number, beganAtMs: () => number, message: string): void => {
    const promptMs = limitMs / questionsPerLimit;
    const leftMs = (): number => {
      const endsAtMs = Math.max(beganAtMs(), heardSinceMs) + limitMs;
      return Math.round(Math.min(endsAtMs, beganAtMs() + limitMs * mostTimes) - performance.now());
    };
    const look = async (): Promise<void> => {
      if (leftMs() <= 0) await ask(promptMs);
      if (leftMs() <= 0) end('timed-out', message);
      else later(leftMs(), look);
    };
    const listen = async (): Promise<void> => {
      await ask(promptMs);
      later(promptMs, listen);
    };
    later(limitMs, look);
    later(promptMs, listen);
  };

  const stop = (): void => {
    isOver = true;
    for (const timer of timers) clearTimeout(timer);
  };

  if (maxSilentMs !== undefined) {
    const message = `printed nothing for ${limitText(maxSilentMs)} (max_silent_time)`;
    watchSpan(maxSilentMs, () => outputAtMs, message);
  }
  if (timeoutMs !== undefined) {
    const message = `ran longer than ${limitText(timeoutMs)} (build_timeout)`;
    watchSpan(timeoutMs, () => startedAtMs, message);
  }

  return {
    sawOutput(logBytes) {
      outputAtMs = performance.now();
      if (maxLogBytes === undefined || logBytes <= maxLogBytes) return;
      end('log-limit', `its log is larger than ${formatBytes(maxLogBytes)} (max_log_size)`);
    },
    stop,
  };
}

/** A limit in the words of whoever set it: `2.5 s`, `30 min`, `1 h 30 min`. */
function limitText(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`;
  const whole = Math.round(ms / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`])).join(' ');
}
