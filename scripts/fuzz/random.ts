/** The next unsigned 32-bit number. */
export type Random = () => number;

/** Numbers that follow from the seed alone (sfc32): the same seed gives the same run on every machine. */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed >>> 0;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  // The first numbers of close seeds are alike.
  for (let round = 0; round < 15; round += 1) next();
  return next;
}

/** A seed for each name under one seed: a target's inputs do not depend on which others run beside it. */
export function seedFor(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
