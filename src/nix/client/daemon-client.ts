import type { BasicDerivation } from '../protocol/basic-derivation.ts';
import type { BuildResult, KeyedBuildResult } from '../protocol/build-result.ts';
import type { DerivedPath } from '../protocol/derived-path.ts';
import type { Trust } from '../protocol/handshake.ts';
import type { AddToStoreRequest, ImportOptions } from '../protocol/operations/adding.ts';
import type { BuildMode } from '../protocol/operations/building.ts';
import type { MissingPaths, SubstitutablePathInfo } from '../protocol/operations/queries.ts';
import type { Garbage, GarbageOptions, GcRoot } from '../protocol/operations/roots.ts';
import type { DaemonSettings } from '../protocol/operations/settings.ts';
import type { PathInfo } from '../protocol/path-info.ts';
import type { ProtocolVersion } from '../protocol/version.ts';
import type { StorePath } from '../store-path.ts';
import type { BuildListener } from './build-listener.ts';

/** Bytes to send, in chunks of any size. Nothing is read from it before its turn has come. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What a NAR has to be, from its path info; the stream fails with `corrupt` where it is not. */
export type ExpectedNar = Pick<PathInfo, 'narHash' | 'narSizeBytes'>;

/** One path of a batch. */
export interface StoreItem {
  readonly info: PathInfo;
  readonly nar: ByteSource;
}

/**
 * A conversation with one Nix daemon.
 *
 * Requests made at the same time go out in the order of the calls, ahead of earlier answers; only what follows a NAR
 * or a garbage collection waits for its end. Every promise may reject with a DispatchError that names the host: `daemon` when the
 * daemon refused (the conversation goes on), `connection-lost`, `protocol` or `cancelled` when the conversation is over.
 */
export interface DaemonClient {
  readonly host: string;
  /** The version that both sides speak. */
  readonly protocolVersion: ProtocolVersion;
  /** What the daemon calls itself, `2.34.8` for instance. */
  readonly nixVersion: string;
  readonly trust: Trust;
  /** Whether {@link addMultipleToStore} may be used. */
  readonly supportsAddMultipleToStore: boolean;
  /** False as soon as the conversation is over. */
  readonly isOpen: boolean;
  /** Resolves once the conversation is over, whoever ended it; never rejects. */
  readonly closed: Promise<void>;
  /** Ends the conversation at once: running builds are killed by the daemon, pending calls reject with `cancelled`. */
  close(): void;

  isValidPath(path: StorePath): Promise<boolean>;
  /** The valid ones of the paths, after fetching from caches what can be with `substitute`. */
  queryValidPaths(
    paths: readonly StorePath[],
    options?: { readonly substitute: boolean },
  ): Promise<StorePath[]>;
  queryPathInfo(path: StorePath): Promise<PathInfo | undefined>;
  /** One answer for each path, in their order, `undefined` for those not valid; costs one round trip, not one each. */
  queryPathInfos(paths: readonly StorePath[]): Promise<(PathInfo | undefined)[]>;
  queryMissing(paths: readonly DerivedPath[]): Promise<MissingPaths>;
  querySubstitutablePaths(paths: readonly StorePath[]): Promise<StorePath[]>;
  querySubstitutablePathInfos(paths: readonly StorePath[]): Promise<SubstitutablePathInfo[]>;
  queryDerivationOutputMap(drvPath: StorePath): Promise<ReadonlyMap<string, StorePath | undefined>>;
  queryPathFromHashPart(hashPart: string): Promise<StorePath | undefined>;
  findRoots(): Promise<GcRoot[]>;

  setOptions(settings: DaemonSettings): Promise<void>;
  addTempRoots(paths: readonly StorePath[]): Promise<void>;
  addIndirectRoot(link: string): Promise<void>;
  /** Rejects with `daemon` where the daemon is older than protocol 1.36 or does not trust us. */
  addPermRoot(path: StorePath, link: string): Promise<string>;
  collectGarbage(options: GarbageOptions): Promise<Garbage>;

  ensurePath(path: StorePath, listener?: BuildListener): Promise<void>;
  buildDerivation(
    drvPath: StorePath,
    derivation: BasicDerivation,
    listener?: BuildListener,
    mode?: BuildMode,
  ): Promise<BuildResult>;
  buildPathsWithResults(
    paths: readonly DerivedPath[],
    listener?: BuildListener,
    mode?: BuildMode,
  ): Promise<KeyedBuildResult[]>;
  buildPaths(paths: readonly DerivedPath[], listener?: BuildListener, mode?: BuildMode): Promise<void>;

  /** Adds data whose path the daemon computes; `.drv` files go in as `text:sha256`. */
  addToStore(what: AddToStoreRequest, data: ByteSource): Promise<PathInfo>;
  addToStoreNar(info: PathInfo, nar: ByteSource, options?: ImportOptions): Promise<void>;
  /** All paths in one stream, each after those it refers to. Rejects with `daemon` where it is not supported. */
  addMultipleToStore(items: readonly StoreItem[], options?: ImportOptions): Promise<void>;
  addSignatures(path: StorePath, signatures: readonly string[]): Promise<void>;
  /** Rejects with `daemon` where we are not trusted. */
  addBuildLog(drvPath: StorePath, log: ByteSource): Promise<void>;
  /**
   * The NAR of a path, asked for when the first chunk is. Slow reading slows the daemon. The iteration ends where the
   * NAR does by its own grammar; with `expected` its SHA-256 and size are checked too, after the last chunk. Leaving
   * the iteration early costs the conversation unless little of the NAR is left.
   */
  narFromPath(path: StorePath, expected?: ExpectedNar): AsyncIterable<Uint8Array>;
  /**
   * The NARs of several paths, to be read once and in this order; small ones cost one round trip together. Hashes are left to whoever
   * receives them.
   */
  narsFromPaths(infos: readonly PathInfo[]): readonly AsyncIterable<Uint8Array>[];
}
