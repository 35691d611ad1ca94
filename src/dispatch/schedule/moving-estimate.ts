// A fifth of the way to each new sample: follows a change within a dozen samples, and survives an outlier.
const WEIGHT_OF_SAMPLE = 0.2;

/** Moves an estimate towards what was seen, by factors: from 100 to 1 is as far as back. Both must be above 0. */
export function moveTowards(estimate: number, sample: number): number {
  return estimate * (sample / estimate) ** WEIGHT_OF_SAMPLE;
}
