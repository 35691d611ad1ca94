import { fromByteString } from '../byte-string.ts';
import type { ByteString } from '../byte-string.ts';
import { paddingOf } from './decode.ts';

/** Builds one request; every method returns the writer. Encodings as in protocol §1. */
export class WireWriter {
  #buffer = Buffer.allocUnsafe(256);
  #length = 0;

  uint(value: number): this {
    const at = this.#reserve(8);
    this.#buffer.writeUInt32LE(value >>> 0, at);
    this.#buffer.writeUInt32LE(Math.floor(value / 0x1_0000_0000), at + 4);
    return this;
  }

  uint64(value: bigint): this {
    const at = this.#reserve(8);
    this.#buffer.writeBigUInt64LE(value, at);
    return this;
  }

  bool(value: boolean): this {
    return this.uint(value ? 1 : 0);
  }

  /** Text goes out as UTF-8, bytes as they are. */
  string(value: string | Uint8Array): this {
    const length = typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength;
    const padding = paddingOf(length);
    this.uint(length);
    const at = this.#reserve(length + padding);
    if (typeof value === 'string') this.#buffer.write(value, at, 'utf8');
    else this.#buffer.set(value, at);
    this.#buffer.fill(0, at + length, at + length + padding);
    return this;
  }

  byteString(value: ByteString): this {
    return this.string(fromByteString(value));
  }

  /** `undefined` is written as the empty string. */
  optionalString(value: string | undefined): this {
    return this.string(value ?? '');
  }

  list<T>(items: readonly T[], write: (writer: this, item: T) => void): this {
    this.uint(items.length);
    for (const item of items) write(this, item);
    return this;
  }

  strings(items: readonly string[]): this {
    return this.list(items, (writer, item) => writer.string(item));
  }

  /** A set: sorted and without duplicates, as Nix writes it. */
  set(items: Iterable<string>): this {
    return this.strings([...new Set(items)].sort());
  }

  optionalUint(value: number | undefined): this {
    return value === undefined ? this.uint(0) : this.uint(1).uint(value);
  }

  /** What has been written, in one piece. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(byteCount: number): number {
    const at = this.#length;
    this.#length = at + byteCount;
    if (this.#length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#length, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    return at;
  }
}
