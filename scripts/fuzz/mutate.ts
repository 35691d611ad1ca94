import type { Random } from './random.ts';

/** What inputs are made of. */
export interface Material {
  /** Inputs that led somewhere: valid ones, and those that ended in a new way. Never empty. */
  readonly corpus: readonly Uint8Array[];
  /** Pieces that mean something to the target. */
  readonly tokens: readonly Uint8Array[];
}

/** Longest input, bytes: beyond every length at which parsers of ours change their ways. */
export const MAX_INPUT_BYTES = 64 * 1024;

const USUAL_BYTES = 4096;
/** One input in this many is blown up, so that work that grows faster than its input is noticed. */
const RARELY = 512;

const INTERESTING_NUMBERS = [
  0n,
  1n,
  2n,
  7n,
  8n,
  255n,
  256n,
  4095n,
  4096n,
  65_536n,
  1_000_000n,
  0x63787470n,
  2n ** 31n - 1n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** Makes one input out of what there is: a few changes to one that led somewhere. */
export function makeInput(random: Random, { corpus, tokens }: Material): Uint8Array {
  let bytes = pick(random, corpus) ?? new Uint8Array();
  const changes = 1 + (random() % 5);
  for (let change = 0; change < changes; change += 1) bytes = changeOnce(random, bytes, corpus, tokens);
  return random() % RARELY === 0 ? blowUp(random, bytes) : bytes.subarray(0, USUAL_BYTES);
}

function changeOnce(
  random: Random,
  bytes: Uint8Array,
  corpus: readonly Uint8Array[],
  tokens: readonly Uint8Array[],
): Uint8Array {
  const at = bytes.length === 0 ? 0 : random() % (bytes.length + 1);
  const length = Math.min(bytes.length - at, random() % 32);
  switch (random() % 9) {
    case 0:
      return overwrite(bytes, at, [random() & 255]);
    case 1:
      return overwrite(bytes, at, [(bytes[at] ?? 0) ^ (1 << (random() & 7))]);
    case 2:
      return overwrite(bytes, at & ~7, littleEndian(random));
    case 3:
      return splice(bytes, at, 0, pick(random, tokens) ?? littleEndian(random));
    case 4:
      return splice(bytes, at, length, pick(random, tokens) ?? new Uint8Array());
    case 5:
      return splice(bytes, at, length, new Uint8Array());
    case 6:
      return splice(bytes, at, 0, bytes.subarray(at, at + length));
    case 7: {
      const other = pick(random, corpus) ?? bytes;
      const from = other.length === 0 ? 0 : random() % other.length;
      return splice(bytes, at, bytes.length - at, other.subarray(from));
    }
    default:
      return bytes.subarray(0, at);
  }
}

/** A slice of the input, over and over. */
function blowUp(random: Random, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = random() % bytes.length;
  const unit = bytes.subarray(at, at + 1 + (random() % 64));
  const total = random() % MAX_INPUT_BYTES;
  const blown = new Uint8Array(Math.max(total, bytes.length));
  blown.set(bytes.subarray(0, at));
  for (let offset = at; offset < blown.length; offset += unit.length) {
    blown.set(unit.subarray(0, blown.length - offset), offset);
  }
  return blown.subarray(0, MAX_INPUT_BYTES);
}

function overwrite(bytes: Uint8Array, at: number, values: ArrayLike<number>): Uint8Array {
  const changed = new Uint8Array(Math.max(bytes.length, at + values.length));
  changed.set(bytes);
  changed.set(values, at);
  return changed;
}

function splice(bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array {
  const changed = new Uint8Array(bytes.length - removed + added.length);
  changed.set(bytes.subarray(0, at));
  changed.set(added, at);
  changed.set(bytes.subarray(at + removed), at + added.length);
  return changed;
}

function littleEndian(random: Random): Uint8Array {
  const number = random() % 4 === 0 ? BigInt(random() % 64) : (pick(random, INTERESTING_NUMBERS) ?? 0n);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, number, true);
  return bytes;
}

function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items.length === 0 ? undefined : items[random() % items.length];
}
