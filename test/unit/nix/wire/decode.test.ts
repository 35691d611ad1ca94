import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DispatchError } from '../../../../src/errors.ts';
import { ByteQueue } from '../../../../src/nix/wire/byte-queue.ts';
import {
  decodeBool,
  decodeByteString,
  decodeBytes,
  decodeCount,
  decodeList,
  decodeMap,
  decodeOptionalUint,
  decodeText,
  decodeUint,
  decodeUint64,
} from '../../../../src/nix/wire/decode.ts';
import type { Decoder } from '../../../../src/nix/wire/decode.ts';
import { WireWriter } from '../../../../src/nix/wire/encode.ts';
import { MAX_ITEMS, MAX_STRING_BYTES } from '../../../../src/nix/wire/limits.ts';
import { cat, int, str, strs } from '../../../support/daemon/bytes.ts';
import { cuttings, decodeChunks } from '../../../support/decoding.ts';

interface Case {
  readonly name: string;
  readonly bytes: Buffer;
  readonly decoder: Decoder<unknown>;
  readonly value: unknown;
}

const texts = decodeList(decodeText);

const cases: readonly Case[] = [
  { name: 'int 0', bytes: int(0), decoder: decodeUint, value: 0 },
  { name: 'int 2^53 - 1', bytes: int(2n ** 53n - 1n), decoder: decodeUint, value: Number.MAX_SAFE_INTEGER },
  { name: 'int of 64 bits', bytes: int(2n ** 64n - 1n), decoder: decodeUint64, value: 2n ** 64n - 1n },
  { name: 'bool of any other number', bytes: int(2n ** 63n), decoder: decodeBool, value: true },
  { name: 'bool of 0', bytes: int(0), decoder: decodeBool, value: false },
  { name: 'empty string', bytes: str(''), decoder: decodeText, value: '' },
  { name: 'string of 7 bytes', bytes: str('seventy'), decoder: decodeText, value: 'seventy' },
  { name: 'string of 8 bytes', bytes: str('eight888'), decoder: decodeText, value: 'eight888' },
  { name: 'string of 9 bytes', bytes: str('nine99999'), decoder: decodeText, value: 'nine99999' },
  {
    name: 'text that is not UTF-8',
    bytes: str(Buffer.from([0x61, 0xe9])),
    decoder: decodeText,
    value: 'a\uFFFD',
  },
  {
    name: 'the same, bytes kept',
    bytes: str(Buffer.from([0x61, 0xe9])),
    decoder: decodeByteString,
    value: 'aé',
  },
  { name: 'list', bytes: strs(['a', '', 'ccc']), decoder: texts, value: ['a', '', 'ccc'] },
  { name: 'empty list', bytes: int(0), decoder: texts, value: [] },
  {
    name: 'map with a key twice',
    bytes: cat(int(2), str('k'), int(1), str('k'), int(2)),
    decoder: decodeMap(decodeText, decodeUint),
    value: new Map([['k', 2]]),
  },
  { name: 'absent number', bytes: int(0), decoder: decodeOptionalUint, value: undefined },
  { name: 'number present', bytes: cat(int(1), int(7)), decoder: decodeOptionalUint, value: 7 },
];

describe('decoding', () => {
  it.each(cases)('$name, cut anywhere', ({ bytes, decoder, value }) => {
    for (const chunks of cuttings(bytes)) {
      expect(decodeChunks(chunks, decoder)).toEqual({ value, isComplete: true, rest: 0 });
    }
  });

  it.each(cases)('$name is incomplete without its last byte', ({ bytes, decoder }) => {
    expect(decodeChunks([bytes.subarray(0, -1)], decoder).isComplete).toBe(false);
  });

  it.each(cases)('$name leaves what follows', ({ bytes, decoder, value }) => {
    const decoded = decodeChunks([cat(bytes, Buffer.from('next'))], decoder);
    expect(decoded).toEqual({ value, isComplete: true, rest: 4 });
  });

  const hostile: readonly { name: string; bytes: Buffer; decoder: Decoder<unknown>; says: string }[] = [
    { name: 'an int of 2^53', bytes: int(2n ** 53n), decoder: decodeUint, says: 'below 2^53' },
    { name: 'a string of 2^63 bytes', bytes: int(2n ** 63n), decoder: decodeBytes, says: 'over 2^53' },
    {
      name: 'a string just too long',
      bytes: int(MAX_STRING_BYTES + 1),
      decoder: decodeBytes,
      says: `${MAX_STRING_BYTES}`,
    },
    {
      name: 'a count of 2^40',
      bytes: int(2n ** 40n),
      decoder: decodeCount,
      says: 'a count of 1099511627776',
    },
    { name: 'a count just too high', bytes: int(MAX_ITEMS + 1), decoder: texts, says: `${MAX_ITEMS} items` },
    {
      name: 'padding',
      bytes: cat(int(1), Buffer.from('a\0\0\0\0\0\0!')),
      decoder: decodeText,
      says: 'zero padding',
    },
    { name: 'an optional tag of 2', bytes: int(2), decoder: decodeOptionalUint, says: '0 or 1' },
  ];

  it.each(hostile)('$name is refused before anything is set aside', ({ bytes, decoder, says }) => {
    for (const chunks of cuttings(bytes)) {
      const decode = () => decodeChunks(chunks, decoder);
      expect(decode).toThrow(DispatchError);
      expect(decode).toThrow(says);
    }
  });

  it('ends a message that exceeds its budget', () => {
    const queue = new ByteQueue();
    queue.allow(20);
    queue.push(strs(['a', 'b', 'c']));
    expect(() => texts(queue).next()).toThrow('exceeds every sensible size');
  });
});

test('whatever is written is read again, however it is cut', () => {
  const item = fc.record({
    id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    text: fc.string(),
    size: fc.maxSafeNat(),
  });
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 8 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (items, sizes) => {
        const bytes = new WireWriter()
          .list(items, (writer, { id, text, size }) => writer.uint64(id).string(text).uint(size))
          .finish();
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length;) {
          const size = sizes.next().value ?? 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        const decoded = decodeChunks(
          chunks,
          decodeList(function* decodeItem(input) {
            return {
              id: yield* decodeUint64(input),
              text: yield* decodeText(input),
              size: yield* decodeUint(input),
            };
          }),
        );
        expect(decoded).toEqual({ value: items, isComplete: true, rest: 0 });
      },
    ),
  );
});
