import { parseStorePath } from '../../store-path.ts';
import type { StorePath } from '../../store-path.ts';
import type { ByteQueue } from '../../wire/byte-queue.ts';
import { decodeList, decodeText, decodeUint } from '../../wire/decode.ts';
import type { Decoding } from '../../wire/decode.ts';
import { WireWriter } from '../../wire/encode.ts';
import { OP } from '../numbers.ts';
import { decodeStorePath, decodeTexts } from '../path-info.ts';
import { decodeDone } from './operation.ts';
import type { Operation } from './operation.ts';

/** A garbage collector root (op 14). */
export interface GcRoot {
  /** The symlink, or a word in braces for a root that is none, a running process for instance. */
  readonly link: string;
  readonly target: StorePath;
}

const GC_ACTIONS = ['return-live', 'return-dead', 'delete-dead', 'delete-specific'] as const;

/** What to collect (op 20). */
export interface GarbageOptions {
  readonly action: (typeof GC_ACTIONS)[number];
  /** For `delete-specific` only. */
  readonly paths?: readonly StorePath[];
  /** Stop after this many bytes; unlimited when left out. */
  readonly maxFreedBytes?: number;
}

/** What was collected, or what would be. */
export interface Garbage {
  readonly paths: readonly StorePath[];
  readonly freedBytes: number;
}

/** Op 11: keeps the path from the garbage collector for as long as the connection lives. */
export function addTempRoot(path: StorePath): Operation<void> {
  return {
    purpose: `holding ${path}`,
    request: new WireWriter().uint(OP.addTempRoot).string(path).finish(),
    reply: decodeDone,
  };
}

/** Op 12: registers a symlink of the daemon's file system that points to a store path. */
export function addIndirectRoot(link: string): Operation<void> {
  return {
    purpose: `registering the root ${link}`,
    request: new WireWriter().uint(OP.addIndirectRoot).string(link).finish(),
    reply: decodeDone,
  };
}

/** Op 47, from protocol 1.36 on and for trusted clients only: makes the symlink too. The answer is its place. */
export function addPermRoot(path: StorePath, link: string): Operation<string> {
  return {
    purpose: `making ${link} a root of ${path}`,
    request: new WireWriter().uint(OP.addPermRoot).string(path).string(link).finish(),
    reply: decodeText,
  };
}

/** Op 14. */
export function findRoots(): Operation<GcRoot[]> {
  return {
    purpose: 'listing its roots',
    request: new WireWriter().uint(OP.findRoots).finish(),
    reply: decodeList(function* decodeRoot(input: ByteQueue): Decoding<GcRoot> {
      return { link: yield* decodeText(input), target: yield* decodeStorePath(input) };
    }),
  };
}

/** Op 20. */
export function collectGarbage(options: GarbageOptions): Operation<Garbage> {
  const writer = new WireWriter().uint(OP.collectGarbage).uint(GC_ACTIONS.indexOf(options.action));
  writer.set(options.paths ?? []).bool(false);
  // No number of ours reaches the greatest one, which stands for no limit.
  writer.uint64(options.maxFreedBytes === undefined ? 2n ** 63n - 1n : BigInt(options.maxFreedBytes));
  return {
    purpose: 'collecting its garbage',
    request: writer.uint(0).uint(0).uint(0).finish(),
    *reply(input) {
      const texts = yield* decodeTexts(input);
      const freedBytes = yield* decodeUint(input);
      yield* decodeUint(input); // obsolete
      return { paths: texts.map((text) => parseStorePath(text)), freedBytes };
    },
  };
}
