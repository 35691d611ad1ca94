import { decodeList, decodeText, decodeUint } from '../wire/decode.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import type { Decoding } from '../wire/decode.ts';
import type { WireWriter } from '../wire/encode.ts';

/** The ERROR record of the daemon (protocol §4.1, version 1.26 and later). */
export interface DaemonError {
  readonly level: number;
  /** As it came: several lines, ANSI colours. */
  readonly message: string;
  /** Context lines ("while …"), outermost last. */
  readonly traces: readonly string[];
}

/** Reads the record that follows the ERROR int. */
export function* decodeDaemonError(input: ByteQueue): Decoding<DaemonError> {
  yield* decodeText(input); // type, always "Error"
  const level = yield* decodeUint(input);
  yield* decodeText(input); // name, obsolete
  const message = yield* decodeText(input);
  yield* decodeUint(input); // havePos, always 0
  return { level, message, traces: yield* decodeTraces(input) };
}

/** Writes the record that follows the ERROR int. */
export function encodeDaemonError(writer: WireWriter, error: DaemonError): void {
  writer.string('Error').uint(error.level).string('Error').string(error.message).uint(0);
  writer.list(error.traces, (out, trace) => out.uint(0).string(trace));
}

/** Whether two records say the same: after a request it could not read the daemon sends its ERROR twice (protocol §8). */
export function isSameDaemonError(one: DaemonError, other: DaemonError): boolean {
  return one.message === other.message && one.level === other.level;
}

const decodeTraces = decodeList(function* decodeTrace(input: ByteQueue): Decoding<string> {
  yield* decodeUint(input); // havePos, always 0
  return yield* decodeText(input);
});
