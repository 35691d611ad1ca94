import type { StorePath } from '../../store-path.ts';
import type { ByteQueue } from '../../wire/byte-queue.ts';
import { decodeBool, decodeList, decodeMap, decodeText, decodeUint } from '../../wire/decode.ts';
import type { Decoding } from '../../wire/decode.ts';
import { WireWriter } from '../../wire/encode.ts';
import { formatDerivedPath } from '../derived-path.ts';
import type { DerivedPath } from '../derived-path.ts';
import { OP } from '../numbers.ts';
import {
  decodeOptionalStorePath,
  decodeStorePath,
  decodeStorePaths,
  decodeUnkeyedPathInfo,
} from '../path-info.ts';
import type { PathInfo } from '../path-info.ts';
import type { Dialect } from '../version.ts';
import type { Operation } from './operation.ts';

/** What a builder would have to do to make some paths valid (op 40). */
export interface MissingPaths {
  readonly willBuild: readonly StorePath[];
  readonly willSubstitute: readonly StorePath[];
  readonly unknown: readonly StorePath[];
  readonly downloadSizeBytes: number;
  readonly narSizeBytes: number;
}

/** What a substituter has to say of a path (op 30). */
export interface SubstitutablePathInfo {
  readonly path: StorePath;
  readonly deriver: StorePath | undefined;
  readonly references: readonly StorePath[];
  /** 0 where the substituter does not say. */
  readonly downloadSizeBytes: number;
  readonly narSizeBytes: number;
}

/** Op 1. */
export function isValidPath(path: StorePath): Operation<boolean> {
  return {
    purpose: `asking whether ${path} is valid`,
    request: new WireWriter().uint(OP.isValidPath).string(path).finish(),
    reply: decodeBool,
  };
}

/** Op 31: which of the paths are valid; with `substitute` the daemon fetches what its substituters have first. */
export function queryValidPaths(
  paths: readonly StorePath[],
  options: { readonly substitute: boolean },
): Operation<StorePath[]> {
  return {
    purpose: `asking which of ${paths.length} paths are valid`,
    request: new WireWriter().uint(OP.queryValidPaths).set(paths).bool(options.substitute).finish(),
    reply: decodeStorePaths,
  };
}

/** Op 26; `undefined` for a path that is not valid. */
export function queryPathInfo(path: StorePath, dialect: Dialect): Operation<PathInfo | undefined> {
  return {
    purpose: `asking about ${path}`,
    request: new WireWriter().uint(OP.queryPathInfo).string(path).finish(),
    *reply(input) {
      const isValid = yield* decodeBool(input);
      return isValid ? { path, ...(yield* decodeUnkeyedPathInfo(input, dialect)) } : undefined;
    },
  };
}

/** Op 40. */
export function queryMissing(paths: readonly DerivedPath[], dialect: Dialect): Operation<MissingPaths> {
  const writer = new WireWriter().uint(OP.queryMissing);
  return {
    purpose: `asking what ${paths.length} builds are missing`,
    request: writer.strings(paths.map((path) => formatDerivedPath(path, dialect))).finish(),
    *reply(input) {
      return {
        willBuild: yield* decodeStorePaths(input),
        willSubstitute: yield* decodeStorePaths(input),
        unknown: yield* decodeStorePaths(input),
        downloadSizeBytes: yield* decodeUint(input),
        narSizeBytes: yield* decodeUint(input),
      };
    },
  };
}

/** Op 32: which of the paths the daemon's substituters have. */
export function querySubstitutablePaths(paths: readonly StorePath[]): Operation<StorePath[]> {
  return {
    purpose: `asking which of ${paths.length} paths a cache has`,
    request: new WireWriter().uint(OP.querySubstitutablePaths).set(paths).finish(),
    reply: decodeStorePaths,
  };
}

/** Op 30; paths that no substituter has are left out of the answer. Content addresses are not sent along. */
export function querySubstitutablePathInfos(paths: readonly StorePath[]): Operation<SubstitutablePathInfo[]> {
  const sorted = [...new Set(paths)].sort();
  const writer = new WireWriter().uint(OP.querySubstitutablePathInfos);
  return {
    purpose: `asking what caches know of ${paths.length} paths`,
    request: writer.list(sorted, (out, path) => out.string(path).optionalString(undefined)).finish(),
    reply: decodeSubstitutablePathInfos,
  };
}

/** Op 41: output names to paths, `undefined` while a path is not known. The `.drv` must be valid there. */
export function queryDerivationOutputMap(
  drvPath: StorePath,
): Operation<ReadonlyMap<string, StorePath | undefined>> {
  return {
    purpose: `asking for the outputs of ${drvPath}`,
    request: new WireWriter().uint(OP.queryDerivationOutputMap).string(drvPath).finish(),
    reply: decodeOutputMap,
  };
}

/** Op 29: the valid path with this hash part (32 nix32 characters). */
export function queryPathFromHashPart(hashPart: string): Operation<StorePath | undefined> {
  return {
    purpose: `looking for the path with hash ${hashPart}`,
    request: new WireWriter().uint(OP.queryPathFromHashPart).string(hashPart).finish(),
    reply: decodeOptionalStorePath,
  };
}

const decodeOutputMap = decodeMap(decodeText, decodeOptionalStorePath);

const decodeSubstitutablePathInfos = decodeList(function* decodeInfo(
  input: ByteQueue,
): Decoding<SubstitutablePathInfo> {
  return {
    path: yield* decodeStorePath(input),
    deriver: yield* decodeOptionalStorePath(input),
    references: yield* decodeStorePaths(input),
    downloadSizeBytes: yield* decodeUint(input),
    narSizeBytes: yield* decodeUint(input),
  };
});
