import { DispatchError } from '../../errors.ts';
import type { ByteString } from '../byte-string.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Steps through the bytes of an ATerm. Every method throws DispatchError `protocol` when something else stands there. */
export interface AtermReader {
  /** Takes exactly this ASCII text. */
  expect(text: string): void;
  /** Takes this ASCII text if it stands there, and tells whether it did. */
  skip(text: string): boolean;
  /** Takes a quoted string and resolves its escapes. */
  string(): ByteString;
  /** Takes `[…]`, calling `item` for each item. */
  list<T>(item: () => T): T[];
  /** Nothing may follow. */
  end(): void;
}

/** Makes an {@link AtermReader}. `name` is the derivation's, for messages. */
export function createAtermReader(bytes: Uint8Array, name: string): AtermReader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;

  const reader: AtermReader = {
    expect(text) {
      if (!reader.skip(text)) throw malformed(`expected ${JSON.stringify(text)}`);
    },
    skip(text) {
      for (let index = 0; index < text.length; index++) {
        if (buffer[offset + index] !== text.charCodeAt(index)) return false;
      }
      offset += text.length;
      return true;
    },
    string() {
      reader.expect('"');
      const start = offset;
      let hasEscapes = false;
      for (; offset < buffer.length; offset++) {
        const byte = buffer[offset];
        if (byte === QUOTE) break;
        if (byte === BACKSLASH) {
          hasEscapes = true;
          offset++;
        }
      }
      if (offset >= buffer.length) throw malformed('a string does not end');
      // Copied out of the bytes: a slice of one big string would keep the whole file in memory.
      const text = buffer.toString('latin1', start, offset);
      offset++;
      return hasEscapes ? unescape(text) : text;
    },
    list(item) {
      reader.expect('[');
      const items: ReturnType<typeof item>[] = [];
      if (reader.skip(']')) return items;
      do items.push(item());
      while (reader.skip(','));
      reader.expect(']');
      return items;
    },
    end() {
      if (offset < buffer.length) throw malformed('something follows the end');
    },
  };
  return reader;

  function malformed(what: string): DispatchError {
    const found = JSON.stringify(buffer.toString('latin1', offset, offset + 40));
    return new DispatchError(
      'protocol',
      `malformed derivation ${name} at byte ${offset}: ${what}, found ${found}`,
    );
  }
}

function unescape(text: string): string {
  return text.replaceAll(/\\([\s\S])/g, (_, character: string) => ESCAPED[character] ?? character);
}
