/** What bringing inputs to a builder is believed to cost; made better by every stage that ends. */
export interface LinkEstimate {
  /** Seconds until `bytes` have arrived. */
  secondsFor(bytes: number): number;
  /** A stage of so many bytes took so long. */
  observe(bytes: number, seconds: number): void;
}

// A fifth of the way to each new sample: follows a change within a dozen stages, and survives an outlier.
const WEIGHT_OF_SAMPLE = 0.2;
// Below this the time says something of the latency, above it of the bandwidth.
const SMALL_BYTES = 1_000_000;
const SLOWEST_BYTES_PER_SECOND = 10_000;
const LEAST_SECONDS = 1e-3;

export function createLinkEstimate(latencySeconds: number, bytesPerSecond: number): LinkEstimate {
  let latency = latencySeconds;
  let speed = bytesPerSecond;
  // By factors: from 100 MB/s to 1 MB/s is as far as back.
  const towards = (now: number, sample: number): number => now * (sample / now) ** WEIGHT_OF_SAMPLE;
  return {
    secondsFor: (bytes) => latency + bytes / speed,
    observe: (bytes, seconds) => {
      if (bytes <= SMALL_BYTES) latency = towards(latency, Math.max(seconds, LEAST_SECONDS));
      else {
        const sample = bytes / Math.max(seconds - latency, seconds / 10, LEAST_SECONDS);
        speed = Math.max(SLOWEST_BYTES_PER_SECOND, towards(speed, sample));
      }
    },
  };
}
