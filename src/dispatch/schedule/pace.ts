import { moveTowards } from './moving-estimate.ts';

/** How quickly builds follow each other on a builder: it decides how many have to be staged ahead of the slots. */
export interface Pace {
  /** Bringing the inputs of a build took so long. */
  observeStage(seconds: number): void;
  /** A build held its slot so long. */
  observeBuild(seconds: number): void;
  /** Builds, for each slot, that should be on their way or waiting there. */
  aheadPerSlot(): number;
}

// While a slot's build runs, the next one's inputs have to arrive, and some builds end early.
const MARGIN = 1.5;
// More would only bind builds too early to a builder.
const LEAST_AHEAD = 0.25;
const MOST_AHEAD = 3;
// Nothing is known yet: bringing and building may well take equally long.
const FIRST_AHEAD = 1;
const LEAST_SECONDS = 1e-3;

/** Supposes that staging takes as long as building until both were seen once; then follows moving estimates of both. */
export function createPace(): Pace {
  let stageSeconds: number | undefined;
  let buildSeconds: number | undefined;
  const next = (estimate: number | undefined, seconds: number): number => {
    const sample = Math.max(seconds, LEAST_SECONDS);
    return estimate === undefined ? sample : moveTowards(estimate, sample);
  };
  return {
    observeStage: (seconds) => {
      stageSeconds = next(stageSeconds, seconds);
    },
    observeBuild: (seconds) => {
      buildSeconds = next(buildSeconds, seconds);
    },
    aheadPerSlot: () => {
      if (stageSeconds === undefined || buildSeconds === undefined) return FIRST_AHEAD;
      return Math.min(MOST_AHEAD, Math.max(LEAST_AHEAD, (MARGIN * stageSeconds) / buildSeconds));
    },
  };
}
