import { DispatchError } from '../../errors.ts';

/** Takes the fields of an SSH message or key one after the other (RFC 4251 §5). Each throws `host-key` when the bytes end too early. */
export interface SshFields {
  /** Bytes with their length before them. Not copied. */
  bytes(): Uint8Array;
  /** The same as text; what is no UTF-8 becomes U+FFFD. */
  text(): string;
  uint32(): number;
  uint64(): bigint;
  /** How many bytes were taken so far. */
  taken(): number;
  isAtEnd(): boolean;
}

const LENGTH_BYTES = 4;
const UINT64_BYTES = 8;

/** Begins at the start of some bytes; `what` names them in errors: `the host certificate`. */
export function sshFields(source: Uint8Array, what: string): SshFields {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  let at = 0;
  const advance = (count: number): number => {
    if (count > source.length - at) {
      throw new DispatchError(
        'host-key',
        `${what} ends too early: expected ${count} more bytes after byte ${at} of ${source.length}`,
      );
    }
    at += count;
    return at - count;
  };
  const bytes = (): Uint8Array => {
    const length = view.getUint32(advance(LENGTH_BYTES));
    const start = advance(length);
    return source.subarray(start, start + length);
  };
  return {
    bytes,
    text: () => new TextDecoder().decode(bytes()),
    uint32: () => view.getUint32(advance(LENGTH_BYTES)),
    uint64: () => view.getBigUint64(advance(UINT64_BYTES)),
    taken: () => at,
    isAtEnd: () => at === source.length,
  };
}

/** Everything that is left, as a list of texts. */
export function allTexts(fields: SshFields): string[] {
  const texts: string[] = [];
  while (!fields.isAtEnd()) texts.push(fields.text());
  return texts;
}

/** Writes fields, each with its length before it. */
export function joinFields(...fields: readonly (Uint8Array | string)[]): Uint8Array {
  const parts = fields.map((field) => (typeof field === 'string' ? new TextEncoder().encode(field) : field));
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + LENGTH_BYTES + part.length, 0));
  const view = new DataView(joined.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    joined.set(part, at + LENGTH_BYTES);
    at += LENGTH_BYTES + part.length;
  }
  return joined;
}
