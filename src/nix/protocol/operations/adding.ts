import { baseName } from '../../store-path.ts';
import type { StorePath } from '../../store-path.ts';
import { WireWriter } from '../../wire/encode.ts';
import { OP } from '../numbers.ts';
import { decodePathInfo, encodePathInfo, encodeUnkeyedPathInfo } from '../path-info.ts';
import type { PathInfo } from '../path-info.ts';
import type { Dialect } from '../version.ts';
import { decodeDone, decodeNothing } from './operation.ts';
import type { Operation } from './operation.ts';

/**
 * How the daemon computes the path of what it is given (protocol §7.4): `text:sha256` for `.drv` files and texts,
 * `fixed:sha256` for a flat file, `fixed:r:sha256` for a NAR. Any other word would cost the connection.
 */
export type AddMethod = 'text:sha256' | 'fixed:sha256' | 'fixed:r:sha256';

/** What op 7 needs besides the data. */
export interface AddToStoreRequest {
  /** The name after the hash in the path to be, `hello.drv` for instance. */
  readonly name: string;
  readonly method: AddMethod;
  /** Paths that the data mention; they must be valid already. */
  readonly references: readonly StorePath[];
}

/** How ops 39 and 44 treat what they are given. */
export interface ImportOptions {
  /** Take paths without a signature; heeded only where we are trusted. */
  readonly dontCheckSignatures: boolean;
}

/** Op 7; the data follow in frames. The answer says which path it became. */
export function addToStore(what: AddToStoreRequest, dialect: Dialect): Operation<PathInfo> {
  const writer = new WireWriter().uint(OP.addToStore).string(what.name).string(what.method);
  return {
    purpose: `adding ${what.name}`,
    request: writer.set(what.references).bool(false).finish(),
    reply: (input) => decodePathInfo(input, dialect),
  };
}

/** Op 39; the NAR follows in frames. */
export function addToStoreNar(info: PathInfo, options: ImportOptions, dialect: Dialect): Operation<void> {
  const writer = new WireWriter().uint(OP.addToStoreNar).string(info.path);
  encodeUnkeyedPathInfo(writer, asForeign(info), dialect);
  return {
    purpose: `copying ${info.path} to it`,
    request: writer.bool(false).bool(options.dontCheckSignatures).finish(),
    reply: decodeNothing,
  };
}

/** Op 44; in frames follow the number of paths and, for each, {@link encodeMultipleItem} and its NAR. */
export function addMultipleToStore(count: number, options: ImportOptions): Operation<void> {
  const writer = new WireWriter().uint(OP.addMultipleToStore);
  return {
    purpose: `copying ${count} paths to it`,
    request: writer.bool(false).bool(options.dontCheckSignatures).finish(),
    reply: decodeNothing,
  };
}

/** Starts the framed stream of op 44. */
export function encodeMultipleCount(count: number): Buffer {
  return new WireWriter().uint(count).finish();
}

/** Stands before each NAR within the framed stream of op 44, in the encoding of 1.16 whatever the version. */
export function encodeMultipleItem(info: PathInfo): Buffer {
  const writer = new WireWriter();
  encodePathInfo(writer, asForeign(info), { minor: 16, features: new Set() });
  return writer.finish();
}

/** Op 45; the log follows in frames, uncompressed. Only for trusted clients: others lose the connection. */
export function addBuildLog(drvPath: StorePath): Operation<void> {
  return {
    purpose: `storing the log of ${drvPath}`,
    request: new WireWriter().uint(OP.addBuildLog).string(baseName(drvPath)).finish(),
    reply: decodeDone,
  };
}

/** Op 37. */
export function addSignatures(path: StorePath, signatures: readonly string[]): Operation<void> {
  return {
    purpose: `adding signatures to ${path}`,
    request: new WireWriter().uint(OP.addSignatures).string(path).set(signatures).finish(),
    reply: decodeDone,
  };
}

/** Op 38; instead of a reply, the raw NAR follows. */
export function narFromPath(path: StorePath): Operation<void> {
  return {
    purpose: `copying ${path} from it`,
    request: new WireWriter().uint(OP.narFromPath).string(path).finish(),
    reply: decodeNothing,
  };
}

/** Whoever built it, it was not the store that it goes to. */
function asForeign(info: PathInfo): PathInfo {
  return { ...info, ultimate: false };
}
