import { decodeCount, decodeShown, decodeUint, decodeUint64, protocolError } from '../wire/decode.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import type { Decoding } from '../wire/decode.ts';
import type { WireWriter } from '../wire/encode.ts';
import { decodeDaemonError, encodeDaemonError } from './daemon-error.ts';
import type { DaemonError } from './daemon-error.ts';
import { MESSAGE } from './numbers.ts';

/** A field of an activity or a result: a number, or a string's bytes (a log line may hold anything). */
export type Field = number | Uint8Array;

/** One message of the daemon's message loop (protocol §4). */
export type DaemonMessage =
  /** The loop has ended, the reply follows. */
  | { readonly kind: 'last' }
  /** The loop has ended, no reply follows. */
  | { readonly kind: 'error'; readonly error: DaemonError }
  | { readonly kind: 'next'; readonly text: string }
  | {
      readonly kind: 'start';
      readonly id: bigint;
      readonly level: number;
      readonly type: number;
      readonly text: string;
      readonly fields: readonly Field[];
      readonly parent: bigint;
    }
  | { readonly kind: 'stop'; readonly id: bigint }
  | {
      readonly kind: 'result';
      readonly id: bigint;
      readonly type: number;
      readonly fields: readonly Field[];
    };

const LAST: DaemonMessage = { kind: 'last' };

/** Reads one message. Throws DispatchError `protocol` on an unknown one, whose length nobody could know. */
export function* decodeDaemonMessage(input: ByteQueue): Decoding<DaemonMessage> {
  const tag = yield* decodeUint(input);
  switch (tag) {
    case MESSAGE.last:
      return LAST;
    case MESSAGE.error:
      return { kind: 'error', error: yield* decodeDaemonError(input) };
    case MESSAGE.next:
      return { kind: 'next', text: (yield* decodeShown(input)).toString('utf8') };
    case MESSAGE.startActivity:
      return {
        kind: 'start',
        id: yield* decodeUint64(input),
        level: yield* decodeUint(input),
        type: yield* decodeUint(input),
        text: (yield* decodeShown(input)).toString('utf8'),
        fields: yield* decodeFields(input),
        parent: yield* decodeUint64(input),
      };
    case MESSAGE.stopActivity:
      return { kind: 'stop', id: yield* decodeUint64(input) };
    case MESSAGE.result:
      return {
        kind: 'result',
        id: yield* decodeUint64(input),
        type: yield* decodeUint(input),
        fields: yield* decodeFields(input),
      };
    default:
      throw protocolError('a message of the Nix daemon', `the int 0x${tag.toString(16)}`);
  }
}

/** Writes one message, as a daemon would. */
export function encodeDaemonMessage(writer: WireWriter, message: DaemonMessage): void {
  switch (message.kind) {
    case 'last':
      writer.uint(MESSAGE.last);
      return;
    case 'error':
      encodeDaemonError(writer.uint(MESSAGE.error), message.error);
      return;
    case 'next':
      writer.uint(MESSAGE.next).string(message.text);
      return;
    case 'start':
      writer.uint(MESSAGE.startActivity).uint64(message.id).uint(message.level).uint(message.type);
      encodeFields(writer.string(message.text), message.fields);
      writer.uint64(message.parent);
      return;
    case 'stop':
      writer.uint(MESSAGE.stopActivity).uint64(message.id);
      return;
    case 'result':
      encodeFields(writer.uint(MESSAGE.result).uint64(message.id).uint(message.type), message.fields);
  }
}

function* decodeFields(input: ByteQueue): Decoding<Field[]> {
  const count = yield* decodeCount(input);
  const fields: Field[] = [];
  while (fields.length < count) {
    const tag = yield* decodeUint(input);
    if (tag === 0) fields.push(Number(yield* decodeUint64(input)));
    else if (tag === 1) fields.push(yield* decodeShown(input));
    else throw protocolError('0 or 1 before a field', String(tag));
  }
  return fields;
}

function encodeFields(writer: WireWriter, fields: readonly Field[]): void {
  writer.list(fields, (out, field) =>
    typeof field === 'number' ? out.uint(0).uint(field) : out.uint(1).string(field),
  );
}
