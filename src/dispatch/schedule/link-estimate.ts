import { moveTowards } from './moving-estimate.ts';

/** What bringing inputs to a builder is believed to cost; made better by every stage that ends. */
export interface LinkEstimate {
  /** Seconds until `bytes` have arrived. */
  secondsFor(bytes: number): number;
  /** A stage of so many bytes took so long. */
  observe(bytes: number, seconds: number): void;
}

// Below this the time says something of the latency, above it of the bandwidth.
const SMALL_BYTES = 1_000_000;
const SLOWEST_BYTES_PER_SECOND = 10_000;
const LEAST_SECONDS = 1e-3;

/**
 * Begins with a guess: what a stage of nothing takes, and how fast bytes come after that. Small stages correct the one, large
 * stages the other.
 */
export function createLinkEstimate(latencySeconds: number, bytesPerSecond: number): LinkEstimate {
  let latency = latencySeconds;
  let speed = bytesPerSecond;
  return {
    secondsFor: (bytes) => latency + bytes / speed,
    observe: (bytes, seconds) => {
      if (bytes <= SMALL_BYTES) latency = moveTowards(latency, Math.max(seconds, LEAST_SECONDS));
      else {
        const sample = bytes / Math.max(seconds - latency, seconds / 10, LEAST_SECONDS);
        speed = Math.max(SLOWEST_BYTES_PER_SECOND, moveTowards(speed, sample));
      }
    },
  };
}
