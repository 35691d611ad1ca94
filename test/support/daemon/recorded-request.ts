import type { BuildListener } from '../../../src/nix/client/build-listener.ts';
import type { DaemonClient, StoreItem } from '../../../src/nix/client/daemon-client.ts';
import { decodeBasicDerivation } from '../../../src/nix/protocol/basic-derivation.ts';
import { parseDerivedPath } from '../../../src/nix/protocol/derived-path.ts';
import { OP } from '../../../src/nix/protocol/numbers.ts';
import { parseBuildMode } from '../../../src/nix/protocol/operations/building.ts';
import {
  decodePathInfo,
  decodeStorePath,
  decodeStorePaths,
  decodeTexts,
} from '../../../src/nix/protocol/path-info.ts';
import type { StorePath } from '../../../src/nix/store-path.ts';
import { ByteQueue } from '../../../src/nix/wire/byte-queue.ts';
import { decodeBool, decodeMap, decodeText, decodeUint } from '../../../src/nix/wire/decode.ts';
import type { Decoder } from '../../../src/nix/wire/decode.ts';

import { cat, int, strs } from './bytes.ts';

/** Makes the client write a recorded request again. */
export type Call = (client: DaemonClient, listener: BuildListener) => Promise<unknown>;

/** A recorded request, taken apart. */
export interface RecordedRequest {
  readonly opcode: number;
  readonly call: Call;
  /** What the client has to write; frames may be cut in other places. */
  readonly recorded: Buffer;
  /** Bytes before the framed data; all of them where there are none. */
  readonly headLength: number;
}

const dialect = { minor: 38, features: new Set<never>() };

/** Reads a request back into a call. Throws on an operation that no recording has. */
export function readRecordedRequest(bytes: Buffer): RecordedRequest {
  const input = new ByteQueue();
  input.push(bytes);
  const opcode = read(input, decodeUint);
  const { call, framedBytes } = readCall(opcode, input);
  const recorded = opcode === OP.queryValidPaths ? withSortedPaths(bytes) : bytes;
  return { opcode, call, recorded, headLength: bytes.length - framedBytes };
}

/** The data of a framed stream. */
export function unframe(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at);
    parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts);
}

/** All bytes of a stream. */
export async function readAll(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function read<T>(input: ByteQueue, decoder: Decoder<T>): T {
  const step = decoder(input).next();
  if (step.done !== true) throw new Error('a recorded request is cut short');
  return step.value;
}

function readCall(opcode: number, input: ByteQueue): { call: Call; framedBytes: number } {
  const unframed = (call: Call) => ({ call, framedBytes: 0 });
  switch (opcode) {
    case OP.isValidPath: {
      // One recording asks for a path that is none, which only a cast brings past the types.
      const path = read(input, decodeText) as StorePath;
      return unframed((client) => client.isValidPath(path));
    }
    case OP.queryValidPaths: {
      const paths = read(input, decodeStorePaths);
      const substitute = read(input, decodeBool);
      return unframed((client) => client.queryValidPaths(paths, { substitute }));
    }
    case OP.queryMissing: {
      const paths = read(input, decodeDerivedPaths);
      return unframed((client) => client.queryMissing(paths));
    }
    case OP.buildPathsWithResults:
    case OP.buildPaths: {
      const paths = read(input, decodeDerivedPaths);
      const mode = parseBuildMode(read(input, decodeUint));
      return unframed((client, listener) =>
        opcode === OP.buildPaths
          ? client.buildPaths(paths, listener, mode)
          : client.buildPathsWithResults(paths, listener, mode),
      );
    }
    case OP.buildDerivation: {
      const drvPath = read(input, decodeStorePath);
      const derivation = read(input, decodeBasicDerivation);
      const mode = parseBuildMode(read(input, decodeUint));
      return unframed((client, listener) => client.buildDerivation(drvPath, derivation, listener, mode));
    }
    case OP.setOptions:
      return unframed(readSettings(input));
    case OP.addToStore:
    case OP.addToStoreNar:
    case OP.addMultipleToStore:
      return readFramed(opcode, input);
    default:
      return unframed(readPathCall(opcode, read(input, decodeStorePath)));
  }
}

/** The recorder wrote this set as it came; Nix and the client sort it. */
function withSortedPaths(bytes: Buffer): Buffer {
  const input = new ByteQueue();
  input.push(bytes);
  const opcode = read(input, decodeUint);
  const paths = read(input, decodeTexts).toSorted();
  return cat(int(opcode), strs(paths), input.takeAll());
}

function* decodeDerivedPaths(input: ByteQueue) {
  const texts = yield* decodeTexts(input);
  return texts.map((text) => parseDerivedPath(text, dialect));
}

function readPathCall(opcode: number, path: StorePath): Call {
  switch (opcode) {
    case OP.queryPathInfo:
      return (client) => client.queryPathInfo(path);
    case OP.queryDerivationOutputMap:
      return (client) => client.queryDerivationOutputMap(path);
    case OP.addTempRoot:
      return (client) => client.addTempRoots([path]);
    case OP.ensurePath:
      return (client, listener) => client.ensurePath(path, listener);
    case OP.narFromPath:
      return (client) => readAll(client.narFromPath(path));
    default:
      throw new Error(`no recording is known to have op ${opcode}`);
  }
}

function readFramed(opcode: number, input: ByteQueue): { call: Call; framedBytes: number } {
  if (opcode === OP.addToStore) {
    const name = read(input, decodeText);
    read(input, decodeText); // every recording adds a text
    const references = read(input, decodeStorePaths);
    read(input, decodeBool);
    const framedBytes = input.length;
    const data = unframe(input.takeAll());
    const what = { name, method: 'text:sha256', references } as const;
    return { framedBytes, call: (client) => client.addToStore(what, [data]) };
  }
  const info =
    opcode === OP.addToStoreNar ? read(input, (queue) => decodePathInfo(queue, dialect)) : undefined;
  read(input, decodeBool);
  const options = { dontCheckSignatures: read(input, decodeBool) };
  const framedBytes = input.length;
  const data = unframe(input.takeAll());
  if (info !== undefined) {
    return { framedBytes, call: (client) => client.addToStoreNar(info, [data], options) };
  }
  const items = readItems(data);
  return { framedBytes, call: (client) => client.addMultipleToStore(items, options) };
}

function readItems(data: Uint8Array): StoreItem[] {
  const input = new ByteQueue();
  input.push(data);
  const count = read(input, decodeUint);
  return Array.from({ length: count }, () => {
    const info = read(input, (queue) => decodePathInfo(queue, dialect));
    return { info, nar: [input.take(info.narSizeBytes)] };
  });
}

function readSettings(input: ByteQueue): Call {
  const settings = {
    keepFailed: read(input, decodeBool),
    keepGoing: read(input, decodeBool),
    fallback: read(input, decodeBool),
    verbosity: read(input, decodeUint),
    maxJobs: read(input, decodeUint),
    maxSilentSeconds: read(input, decodeUint),
  };
  read(input, decodeUint); // useBuildHook, always 1
  const buildVerbosity = read(input, decodeUint);
  read(input, decodeUint); // logType
  read(input, decodeUint); // printBuildTrace
  const cores = read(input, decodeUint);
  const useSubstitutes = read(input, decodeBool);
  const overrides = read(input, decodeMap(decodeText, decodeText));
  return (client) => client.setOptions({ ...settings, buildVerbosity, cores, useSubstitutes, overrides });
}
