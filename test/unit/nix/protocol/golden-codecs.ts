import { expect } from 'vitest';
import { formatContentAddress, parseContentAddress } from '../../../../src/nix/hash/content-address.ts';
import { decodeBuildResult, encodeBuildResult } from '../../../../src/nix/protocol/build-result.ts';
import { formatDerivedPath, parseDerivedPath } from '../../../../src/nix/protocol/derived-path.ts';
import type { DerivedPath } from '../../../../src/nix/protocol/derived-path.ts';
import { decodeIntroduction, encodeIntroduction } from '../../../../src/nix/protocol/handshake.ts';
import type { DaemonIntroduction } from '../../../../src/nix/protocol/handshake.ts';
import { decodeOptionalStorePath, decodeStorePath } from '../../../../src/nix/protocol/path-info.ts';
import {
  decodeDrvOutput,
  decodeUnkeyedRealisation,
  encodeDrvOutput,
  encodeUnkeyedRealisation,
  formatRealisation,
  parseRealisation,
} from '../../../../src/nix/protocol/realisation.ts';
import type {
  DrvOutput,
  Realisation,
  RealisationStyle,
  UnkeyedRealisation,
} from '../../../../src/nix/protocol/realisation.ts';
import type { Dialect } from '../../../../src/nix/protocol/version.ts';
import {
  decodeList,
  decodeOptional,
  decodeParsed,
  decodeText,
  decodeUint,
} from '../../../../src/nix/wire/decode.ts';
import type { Decoder } from '../../../../src/nix/wire/decode.ts';
import { WireWriter } from '../../../../src/nix/wire/encode.ts';
import { cuttings, decodeChunks } from '../../../support/decoding.ts';

/** Both directions of one encoding. */
export interface Codec<T> {
  readonly decode: Decoder<T>;
  readonly encode: (writer: WireWriter, item: T) => void;
}

export const text: Codec<string> = { decode: decodeText, encode: (writer, item) => writer.string(item) };
export const uint: Codec<number> = { decode: decodeUint, encode: (writer, item) => writer.uint(item) };

export function parsed<T>(parse: (text: string) => T, format: (item: T) => string): Codec<T> {
  return { decode: decodeParsed(parse), encode: (writer, item) => writer.string(format(item)) };
}

/** A tuple of three lists of strings and one list of lists. */
export const lists: Codec<readonly [readonly string[][], readonly string[][]]> = {
  *decode(input) {
    const flat = [yield* texts(input), yield* texts(input), yield* texts(input)];
    return [flat, yield* decodeList(texts)(input)];
  },
  encode(writer, [flat, nested]) {
    for (const items of flat) writer.strings(items);
    writer.list(nested, (out, items) => out.strings(items));
  },
};
const texts = decodeList(decodeText);

/** An int with a name for each value. */
export function named<T>(
  parse: (number: number) => T | undefined,
  format: (item: T) => number,
): Codec<T | undefined> {
  return {
    *decode(input) {
      return parse(yield* decodeUint(input));
    },
    encode: (writer, item) => writer.uint(item === undefined ? 99 : format(item)),
  };
}

export const plain = (minor: number): Dialect => ({ minor, features: new Set() });
export const feature: Dialect = { minor: 38, features: new Set(['realisation-with-path-not-hash']) };

export const derivedPath = (minor: number): Codec<DerivedPath> =>
  parsed(
    (item) => parseDerivedPath(item, plain(minor)),
    (item) => formatDerivedPath(item, plain(minor)),
  );
export const realisation = (style: RealisationStyle): Codec<Realisation> =>
  parsed(parseRealisation, (item) => formatRealisation(item, style));
export const storePath = { decode: decodeStorePath, encode: text.encode };
export const optionalPath: Codec<string | undefined> = {
  decode: decodeOptionalStorePath,
  encode: (writer, item) => writer.optionalString(item),
};
export const contentAddress = parsed(
  (item) => formatContentAddress(parseContentAddress(item)),
  (item) => item,
);
export const optionalContentAddress: Codec<string | undefined> = {
  decode: decodeOptional((item) => formatContentAddress(parseContentAddress(item))),
  encode: (writer, item) => writer.optionalString(item),
};
export const introduction = (minor: number): Codec<DaemonIntroduction> => ({
  decode: (input) => decodeIntroduction(input, { major: 1, minor }),
  encode: (writer, item) => encodeIntroduction(writer, item, { major: 1, minor }),
});
export const keyedRealisation: Codec<readonly [DrvOutput, UnkeyedRealisation]> = {
  *decode(input) {
    return [yield* decodeDrvOutput(input), yield* decodeUnkeyedRealisation(input)];
  },
  encode(writer, [key, value]) {
    encodeDrvOutput(writer, key);
    encodeUnkeyedRealisation(writer, value);
  },
};

export function dialectCodec<T>(
  dialect: Dialect,
  decode: (input: Parameters<Decoder<T>>[0], dialect: Dialect) => ReturnType<Decoder<T>>,
  encode: (writer: WireWriter, item: T, dialect: Dialect) => void,
): Codec<T> {
  return {
    decode: (input) => decode(input, dialect),
    encode: (writer, item) => encode(writer, item, dialect),
  };
}

export const result = (dialect: Dialect) => dialectCodec(dialect, decodeBuildResult, encodeBuildResult);
/** One file of values that all have the same codec. */
export function golden<T>(file: string, codec: Codec<T>, items: readonly NoInfer<T>[]) {
  return {
    file,
    check: (bytes: Uint8Array): void => {
      for (const chunks of cuttings(bytes)) {
        const decoded = decodeChunks(chunks, function* decodeAll(input) {
          const found: T[] = [];
          for (const _ of items) found.push(yield* codec.decode(input));
          return found;
        });
        expect(decoded).toEqual({ value: items, isComplete: true, rest: 0 });
      }
      const writer = new WireWriter();
      for (const item of items) codec.encode(writer, item);
      expect(writer.finish().toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
    },
  };
}
