import { DispatchError } from '../../errors.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';

const EMPTY = Buffer.alloc(0);
const TWO_POW_32 = 0x1_0000_0000;

/**
 * Bytes that have arrived and were not yet read, always in one piece.
 *
 * A chunk that arrives while nothing waits is taken over without a copy. Only a chunk behind an incomplete value is
 * copied, into a buffer that doubles, so that bytes arriving one by one cost no more than their number. Memory that was
 * handed out is never written again.
 */
export class ByteQueue {
  #buffer: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  #budget = MAX_MESSAGE_BYTES;

  /** Bytes ready to be taken. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Sets how many more bytes may be taken before the peer counts as hostile; `Infinity` for streams. */
  allow(byteCount: number): void {
    this.#budget = byteCount;
  }

  push(chunk: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.#start = 0;
      this.#end = chunk.byteLength;
      return;
    }
    // A buffer that was taken over is full by itself, so only buffers of our own are ever written to.
    const needed = this.length + chunk.byteLength;
    if (this.#buffer.length - this.#end < chunk.byteLength) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed * 2, 512));
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#end = this.length;
      this.#start = 0;
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.byteLength;
  }

  /** The next 8 bytes as an unsigned number; `undefined` from 2^53 on, which no honest size, count or time reaches. */
  takeUint(): number | undefined {
    const at = this.#advance(8);
    const high = this.#buffer.readUInt32LE(at + 4);
    return high > 0x1f_ffff ? undefined : high * TWO_POW_32 + this.#buffer.readUInt32LE(at);
  }

  /** The next 8 bytes as they are. */
  takeUint64(): bigint {
    return this.#buffer.readBigUInt64LE(this.#advance(8));
  }

  /** The next bytes, without a copy. */
  take(byteCount: number): Buffer {
    const at = this.#advance(byteCount);
    return this.#buffer.subarray(at, at + byteCount);
  }

  /** Everything that is queued, without a copy. */
  takeAll(): Buffer {
    return this.take(this.length);
  }

  /** Steps over padding; false when a byte of it is not zero. */
  takeZeros(byteCount: number): boolean {
    const at = this.#advance(byteCount);
    for (let index = at; index < at + byteCount; index += 1) {
      if (this.#buffer[index] !== 0) return false;
    }
    return true;
  }

  /** Looks at up to `byteCount` bytes without taking them. */
  peek(byteCount: number): Buffer {
    return this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + byteCount));
  }

  #advance(byteCount: number): number {
    const at = this.#start;
    if (at + byteCount > this.#end) throw new RangeError(`took ${byteCount} of ${this.length} queued bytes`);
    this.#budget -= byteCount;
    if (this.#budget < 0) {
      throw new DispatchError('protocol', 'expected the message to end, but it exceeds every sensible size');
    }
    this.#start = at + byteCount;
    return at;
  }
}
