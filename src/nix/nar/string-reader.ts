import { DispatchError } from '../../errors.ts';
import { MAX_TARGET_BYTES, paddingLength } from './limits.ts';

const WORD_BYTES = 8;

/** Reads lengths and short padded strings from chunks that may be cut anywhere. */
export interface StringReader {
  /** Takes bytes of a length word; `length` is set once all eight are there. Returns the offset after them. */
  takeLength(chunk: Uint8Array, offset: number): number;
  /** Takes bytes of the string that `length` announced; `payload` is set once its padding is there too. */
  takePayload(chunk: Uint8Array, offset: number): number;
  /** The announced length in bytes, or undefined while its word is incomplete. */
  length(): number | undefined;
  /** The string, valid until the next call, or undefined while it is incomplete. */
  payload(): Uint8Array | undefined;
  /** Forgets length and payload: the next bytes are a length again. */
  reset(): void;
}

/** Makes a {@link StringReader}. It throws DispatchError `protocol` on non-zero padding and lengths above 2^53. */
export function createStringReader(): StringReader {
  // A string cut by a chunk border is gathered here; no caller asks for a longer one.
  const held = new Uint8Array(MAX_TARGET_BYTES + 1 + WORD_BYTES);
  let heldCount = 0;
  let length: number | undefined;
  let payload: Uint8Array | undefined;

  return {
    length: () => length,
    payload: () => payload,
    takeLength(chunk, offset) {
      if (heldCount === 0 && chunk.length - offset >= WORD_BYTES) {
        length = readLength(chunk, offset);
        return offset + WORD_BYTES;
      }
      const next = gather(chunk, offset, WORD_BYTES);
      if (heldCount === WORD_BYTES) {
        length = readLength(held, 0);
        heldCount = 0;
      }
      return next;
    },
    takePayload(chunk, offset) {
      const size = length ?? 0;
      const padded = size + paddingLength(size);
      if (heldCount === 0 && chunk.length - offset >= padded) {
        payload = checkedPayload(chunk.subarray(offset, offset + padded), size);
        return offset + padded;
      }
      const next = gather(chunk, offset, padded);
      if (heldCount === padded) {
        payload = checkedPayload(held.subarray(0, padded), size);
        heldCount = 0;
      }
      return next;
    },
    reset() {
      length = undefined;
      payload = undefined;
      heldCount = 0;
    },
  };

  function gather(chunk: Uint8Array, offset: number, wanted: number): number {
    const taken = Math.min(wanted - heldCount, chunk.length - offset);
    held.set(chunk.subarray(offset, offset + taken), heldCount);
    heldCount += taken;
    return offset + taken;
  }
}

/** Throws DispatchError `protocol` unless every byte is zero. */
export function checkPadding(padding: Uint8Array): void {
  if (padding.some((byte) => byte !== 0)) {
    throw new DispatchError('protocol', 'the padding after a string of a NAR is not zero');
  }
}

function checkedPayload(padded: Uint8Array, size: number): Uint8Array {
  if (padded.length > size) checkPadding(padded.subarray(size));
  return padded.subarray(0, size);
}

function readLength(bytes: Uint8Array, offset: number): number {
  // By hand: a DataView per length would cost more than the rest of the parser.
  let value = 0;
  for (let index = WORD_BYTES - 1; index >= 0; index--) value = value * 256 + (bytes[offset + index] ?? 0);
  if (!Number.isSafeInteger(value)) {
    throw new DispatchError('protocol', 'a length in a NAR is above 2^53');
  }
  return value;
}
