/**
 * Bytes of the worker protocol made by hand, sharing no code with the implementation: what the tests that need no
 * golden vectors compare with.
 */

/** An int: eight bytes, little endian. */
export function int(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  let rest = BigInt(value);
  for (let index = 0; index < 8; index += 1) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** A string: its length, its bytes, zeros up to a multiple of eight. */
export function str(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int(bytes.length), bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

/** A list of strings. */
export function strs(values: readonly string[]): Buffer {
  return Buffer.concat([int(values.length), ...values.map((value) => str(value))]);
}

export function cat(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts);
}

export const LAST = int(0x616c7473);

/** An ERROR message. */
export function error(message: string, traces: readonly string[] = []): Buffer {
  const hints = traces.map((trace) => cat(int(0), str(trace)));
  return cat(int(0x63787470), errorRecord(message, traces.length), ...hints);
}

/** What follows the ERROR int, less the traces. */
function errorRecord(message: string, traceCount: number): Buffer {
  return cat(str('Error'), int(0), str('Error'), str(message), int(0), int(traceCount));
}

/** A log line of an activity. */
export function logLine(activity: number | bigint, line: string | Uint8Array): Buffer {
  return cat(int(0x52534c54), int(activity), int(101), int(1), int(1), str(line));
}

/** The start of an activity with text fields. */
export function start(activity: number | bigint, type: number, fields: readonly string[], text = ''): Buffer {
  const encoded = fields.map((field) => cat(int(1), str(field)));
  return cat(
    int(0x53545254),
    int(activity),
    int(3),
    int(type),
    str(text),
    int(fields.length),
    ...encoded,
    int(0),
  );
}

export function stop(activity: number | bigint): Buffer {
  return cat(int(0x53544f50), int(activity));
}

export function next(text: string): Buffer {
  return cat(int(0x6f6c6d67), str(text));
}

/** The NAR of one regular file. */
export function fileNar(contents: string | Uint8Array): Buffer {
  const words = ['nix-archive-1', '(', 'type', 'regular', 'contents'];
  return cat(...words.map((word) => str(word)), str(contents), str(')'));
}

/** A daemon's side of the handshake up to its version. */
export function greeting(minor: number): Buffer {
  return cat(int(0x6478696f), int(256 + minor));
}

/** The rest of a daemon's side of the handshake. */
export function introduction(minor: number, nixVersion: string, trust = 1): Buffer {
  return cat(minor >= 38 ? int(0) : cat(), str(nixVersion), minor >= 35 ? int(trust) : cat(), LAST);
}
