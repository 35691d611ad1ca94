import {
  decodeBool,
  decodeList,
  decodeOptional,
  decodeParsed,
  decodeText,
  decodeUint,
  protocolError,
} from '../wire/decode.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import type { Decoding } from '../wire/decode.ts';
import type { WireWriter } from '../wire/encode.ts';
import { parseStorePath } from '../store-path.ts';
import type { StorePath } from '../store-path.ts';
import type { Dialect } from './version.ts';

/** What a store knows of a valid path (protocol §6.1). */
export interface PathInfo {
  readonly path: StorePath;
  /** The derivation that made it, where known. */
  readonly deriver: StorePath | undefined;
  /** SHA-256 of the NAR, 64 lower-case hexadecimal digits and no prefix. */
  readonly narHash: string;
  /** Paths that its contents mention, itself included where it does. */
  readonly references: readonly StorePath[];
  /** When it came into that store, Unix seconds; 0 where unknown. */
  readonly registrationTime: number;
  readonly narSizeBytes: number;
  /** That store built it itself. */
  readonly ultimate: boolean;
  /** Each `keyname:base64`. */
  readonly signatures: readonly string[];
  /** The content address string, where the path follows from its contents (protocol §15.3). */
  readonly contentAddress: string | undefined;
}

/** A path info whose path is known from elsewhere. */
export type UnkeyedPathInfo = Omit<PathInfo, 'path'>;

/** Reads one store path. */
export const decodeStorePath = decodeParsed((text) => parseStorePath(text));
/** Reads a store path, `""` for none. */
export const decodeOptionalStorePath = decodeOptional((text) => parseStorePath(text));
/** Reads a list or set of store paths. */
export const decodeStorePaths = decodeList(decodeStorePath);
/** Reads a list or set of strings. */
export const decodeTexts = decodeList(decodeText);

const decodeNarHash = decodeParsed(parseNarHash);
const decodeContentAddressText = decodeOptional((text) => text);

/** Reads UnkeyedValidPathInfo. */
export function* decodeUnkeyedPathInfo(input: ByteQueue, dialect: Dialect): Decoding<UnkeyedPathInfo> {
  const base = {
    deriver: yield* decodeOptionalStorePath(input),
    narHash: yield* decodeNarHash(input),
    references: yield* decodeStorePaths(input),
    registrationTime: yield* decodeUint(input),
    narSizeBytes: yield* decodeUint(input),
  };
  if (dialect.minor < 16) return { ...base, ultimate: false, signatures: [], contentAddress: undefined };
  return {
    ...base,
    ultimate: yield* decodeBool(input),
    signatures: yield* decodeTexts(input),
    contentAddress: yield* decodeContentAddressText(input),
  };
}

/** Reads ValidPathInfo. */
export function* decodePathInfo(input: ByteQueue, dialect: Dialect): Decoding<PathInfo> {
  const path = yield* decodeStorePath(input);
  return { path, ...(yield* decodeUnkeyedPathInfo(input, dialect)) };
}

/** Writes UnkeyedValidPathInfo. */
export function encodeUnkeyedPathInfo(writer: WireWriter, info: UnkeyedPathInfo, dialect: Dialect): void {
  writer.optionalString(info.deriver).string(info.narHash).set(info.references);
  writer.uint(info.registrationTime).uint(info.narSizeBytes);
  if (dialect.minor < 16) return;
  writer.bool(info.ultimate).set(info.signatures).optionalString(info.contentAddress);
}

/** Writes ValidPathInfo. */
export function encodePathInfo(writer: WireWriter, info: PathInfo, dialect: Dialect): void {
  encodeUnkeyedPathInfo(writer.string(info.path), info, dialect);
}

function parseNarHash(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw protocolError('a NAR hash of 64 hexadecimal digits', JSON.stringify(text.slice(0, 100)));
  }
  return text;
}
