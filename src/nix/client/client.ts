import { DispatchError } from '../../errors.ts';
import type { DaemonIntroduction } from '../protocol/handshake.ts';
import * as adding from '../protocol/operations/adding.ts';
import * as building from '../protocol/operations/building.ts';
import type { Operation } from '../protocol/operations/operation.ts';
import * as queries from '../protocol/operations/queries.ts';
import * as roots from '../protocol/operations/roots.ts';
import { setOptions } from '../protocol/operations/settings.ts';
import { formatVersion, hasSafeAddMultiple, plainDialect } from '../protocol/version.ts';
import type { ProtocolVersion } from '../protocol/version.ts';
import type { BuildListener } from './build-listener.ts';
import type { Conversation } from './conversation.ts';
import type { DaemonClient, StoreItem } from './daemon-client.ts';
import { decodeExchange } from './exchange.ts';
import type { Request } from './exchange.ts';
import { createMessageHandler } from './message-handler.ts';
import { downloadNar } from './nar-download.ts';
import { downloadNarSeries } from './nar-series.ts';

/** What is known once the handshake is over. */
export interface DaemonIdentity extends DaemonIntroduction {
  readonly host: string;
  readonly version: ProtocolVersion;
  readonly onMessage: ((text: string) => void) | undefined;
}

const PERM_ROOT_MINOR = 36;

/** Puts the operations of the protocol on top of a conversation whose handshake is over. */
export function createDaemonClient(conversation: Conversation, identity: DaemonIdentity): DaemonClient {
  const { host, version, nixVersion, trust } = identity;
  const dialect = plainDialect(version);
  const supportsAddMultipleToStore = hasSafeAddMultiple(nixVersion);
  const quiet = listenerOf(identity.onMessage);

  const perform = <T>(
    operation: Operation<T>,
    how: Partial<Request<T>> & { listener?: BuildListener | undefined } = {},
  ) =>
    conversation.request({
      purpose: operation.purpose,
      bytes: operation.request,
      decode: decodeExchange(operation.reply, createMessageHandler(how.listener ?? quiet)),
      body: how.body,
      isBarrier: how.isBarrier,
      isLong: how.isLong,
    });
  const refuse = (message: string, hint: string): Promise<never> =>
    Promise.reject(new DispatchError('daemon', message, { host, hint }));
  // No barrier: what is asked behind a build is answered with it, without a round trip of its own.
  const build = <T>(operation: Operation<T>, listener: BuildListener | undefined): Promise<T> =>
    perform(operation, { listener, isLong: true });

  return {
    host,
    protocolVersion: version,
    nixVersion,
    trust,
    supportsAddMultipleToStore,
    closed: conversation.closed,
    get isOpen() {
      return conversation.isOpen;
    },
    close() {
      conversation.end(new DispatchError('cancelled', `the connection to ${host} was closed`));
    },

    isValidPath: (path) => perform(queries.isValidPath(path)),
    queryValidPaths: (paths, options = { substitute: false }) =>
      perform(queries.queryValidPaths(paths, options), { isLong: options.substitute }),
    queryPathInfo: (path) => perform(queries.queryPathInfo(path, dialect)),
    queryPathInfos: (paths) =>
      Promise.all(paths.map((path) => perform(queries.queryPathInfo(path, dialect)))),
    queryMissing: (paths) => perform(queries.queryMissing(paths, dialect)),
    querySubstitutablePaths: (paths) => perform(queries.querySubstitutablePaths(paths)),
    querySubstitutablePathInfos: (paths) => perform(queries.querySubstitutablePathInfos(paths)),
    queryDerivationOutputMap: (drvPath) => perform(queries.queryDerivationOutputMap(drvPath)),
    queryPathFromHashPart: (hashPart) => perform(queries.queryPathFromHashPart(hashPart)),
    findRoots: () => perform(roots.findRoots()),

    setOptions: (settings) => perform(setOptions(settings)),
    async addTempRoots(paths) {
      await Promise.all(paths.map((path) => perform(roots.addTempRoot(path))));
    },
    addIndirectRoot: (link) => perform(roots.addIndirectRoot(link)),
    addPermRoot(path, link) {
      if (version.minor < PERM_ROOT_MINOR) {
        return refuse(
          `expected protocol 1.${PERM_ROOT_MINOR} to make a root, got ${formatVersion(version)}`,
          'Install Nix 2.20 or newer there.',
        );
      }
      return perform(roots.addPermRoot(path, link));
    },
    collectGarbage: (options) => perform(roots.collectGarbage(options), { isBarrier: true, isLong: true }),

    ensurePath: (path, listener) => build(building.ensurePath(path), listener),
    buildDerivation: (drvPath, derivation, listener, mode = 'normal') =>
      build(building.buildDerivation(drvPath, derivation, mode, dialect), listener),
    buildPathsWithResults: (paths, listener, mode = 'normal') =>
      build(building.buildPathsWithResults(paths, mode, dialect), listener),
    buildPaths: (paths, listener, mode = 'normal') =>
      build(building.buildPaths(paths, mode, dialect), listener),

    addToStore: (what, data) => perform(adding.addToStore(what, dialect), { body: data }),
    addToStoreNar: (info, nar, options = { dontCheckSignatures: false }) =>
      perform(adding.addToStoreNar(info, options, dialect), { body: nar }),
    addMultipleToStore(items, options = { dontCheckSignatures: false }) {
      if (!supportsAddMultipleToStore) {
        return refuse(
          `expected Nix 2.18 to copy many paths at once, got ${nixVersion}`,
          'Copy path by path.',
        );
      }
      return perform(adding.addMultipleToStore(items.length, options), { body: concatItems(items) });
    },
    addSignatures: (path, signatures) => perform(adding.addSignatures(path, signatures)),
    addBuildLog(drvPath, log) {
      // Asked for without trust, the daemon would hang up (protocol §5).
      if (trust === 'not-trusted') {
        return refuse(
          `${host} does not trust us, so it takes no build logs`,
          'Make the user a trusted user there.',
        );
      }
      return perform(adding.addBuildLog(drvPath), { body: log });
    },
    narFromPath: (path, expected) =>
      downloadNar({ conversation, host, path, expected, listen: createMessageHandler(quiet) }),
    narsFromPaths: (infos) =>
      downloadNarSeries(
        infos.map((info) => ({
          conversation,
          host,
          path: info.path,
          expected: undefined,
          narSizeBytes: info.narSizeBytes,
          listen: createMessageHandler(quiet),
        })),
      ),
  };
}

async function* concatItems(items: readonly StoreItem[]): AsyncGenerator<Uint8Array> {
  yield adding.encodeMultipleCount(items.length);
  for (const { info, nar } of items) {
    yield adding.encodeMultipleItem(info);
    yield* nar;
  }
}

function listenerOf(onMessage: ((text: string) => void) | undefined): BuildListener {
  return onMessage === undefined ? {} : { onMessage };
}
