/** A stream of numbers that is the same for the same seed, everywhere. */
export interface RandomStream {
  /** Evenly spread over [0, 1). */
  uniform(): number;
  /** A log-normal variate: half of them lie below `median`; `sigma` is that of the logarithm. */
  logNormal(median: number, sigma: number): number;
}

/** Makes the stream of a seed (mulberry32, normal variates by Box and Muller). */
export function createRandomStream(seed: number): RandomStream {
  let word = seed | 0;
  const uniform = (): number => {
    word = (word + 0x6d2b79f5) | 0;
    let mixed = Math.imul(word ^ (word >>> 15), 1 | word);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, logNormal: (median, sigma) => median * Math.exp(sigma * normal()) };
}
