const MINUTE_MS = 60_000;

/** Keeps requests below so many in any minute: the first ones go at once, later ones when earlier ones are a minute old. */
export interface RequestPace {
  /** How many may be sent now. */
  readonly free: number;
  /** Time until the next one may be sent. */
  readonly waitMs: number;
  sent(): void;
}

/** @param nowMs a clock that never goes back */
export function createRequestPace(perMinute: number, nowMs: () => number): RequestPace {
  const recent: number[] = [];
  const forgetOld = (): void => {
    while (recent[0] !== undefined && nowMs() - recent[0] >= MINUTE_MS) recent.shift();
  };
  return {
    get free() {
      forgetOld();
      return Math.max(0, perMinute - recent.length);
    },
    get waitMs() {
      forgetOld();
      const [first] = recent;
      return first === undefined || recent.length < perMinute ? 0 : first + MINUTE_MS - nowMs();
    },
    sent: () => void recent.push(nowMs()),
  };
}
