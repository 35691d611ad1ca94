import { OP } from '../protocol/numbers.ts';
import type { Dialect } from '../protocol/version.ts';
import type { Decoder } from '../wire/decode.ts';
import { skipAll, skipIfPresent, skipInt, skipList, skipString, skipStrings } from './skip.ts';

/** An operation that says nothing about builds: how it is stepped over. */
export interface OtherOperation {
  /** The request's fields, behind the opcode. */
  readonly fields: Decoder<void>;
  /** Data in frames follow the fields. */
  readonly isFramed?: true;
  /** What comes behind the message loop. */
  readonly reply: Decoder<void>;
}

const skipNothing = skipAll();
/** Deriver, references, sizes of the download and of the NAR. */
const skipSubstitutable = skipAll(skipString, skipStrings, skipInt, skipInt);
/** Deriver, hash, references, time, size, ultimate, signatures, content address. */
const skipPathInfo = skipAll(
  skipString,
  skipString,
  skipStrings,
  skipInt,
  skipInt,
  skipInt,
  skipStrings,
  skipString,
);
const skipPairs = skipList(skipString, skipString);

/** By opcode (protocol §7). */
const OPERATIONS: ReadonlyMap<number, OtherOperation> = new Map<number, OtherOperation>([
  [OP.isValidPath, { fields: skipString, reply: skipInt }],
  [OP.queryReferrers, { fields: skipString, reply: skipStrings }],
  [
    OP.addToStore,
    {
      fields: skipAll(skipString, skipString, skipStrings, skipInt),
      isFramed: true,
      reply: skipAll(skipString, skipPathInfo),
    },
  ],
  [OP.addTextToStore, { fields: skipAll(skipString, skipString, skipStrings), reply: skipString }],
  [OP.ensurePath, { fields: skipString, reply: skipInt }],
  [OP.addTempRoot, { fields: skipString, reply: skipInt }],
  [OP.addIndirectRoot, { fields: skipString, reply: skipInt }],
  [OP.findRoots, { fields: skipNothing, reply: skipPairs }],
  [OP.queryDeriver, { fields: skipString, reply: skipString }],
  [
    OP.setOptions,
    { fields: skipAll(...Array.from({ length: 12 }, () => skipInt), skipPairs), reply: skipNothing },
  ],
  [
    OP.collectGarbage,
    {
      fields: skipAll(skipInt, skipStrings, skipInt, skipInt, skipInt, skipInt, skipInt),
      reply: skipAll(skipStrings, skipInt, skipInt),
    },
  ],
  [OP.querySubstitutablePathInfo, { fields: skipString, reply: skipIfPresent(skipSubstitutable) }],
  [OP.queryDerivationOutputs, { fields: skipString, reply: skipStrings }],
  [OP.queryAllValidPaths, { fields: skipNothing, reply: skipStrings }],
  [OP.queryDerivationOutputNames, { fields: skipString, reply: skipStrings }],
  [OP.queryPathFromHashPart, { fields: skipString, reply: skipString }],
  [OP.querySubstitutablePathInfos, { fields: skipPairs, reply: skipList(skipString, skipSubstitutable) }],
  [OP.queryValidPaths, { fields: skipAll(skipStrings, skipInt), reply: skipStrings }],
  [OP.querySubstitutablePaths, { fields: skipStrings, reply: skipStrings }],
  [OP.queryValidDerivers, { fields: skipStrings, reply: skipStrings }],
  [OP.optimiseStore, { fields: skipNothing, reply: skipInt }],
  [OP.verifyStore, { fields: skipAll(skipInt, skipInt), reply: skipInt }],
  [OP.addSignatures, { fields: skipAll(skipString, skipStrings), reply: skipInt }],
  [
    OP.addToStoreNar,
    { fields: skipAll(skipString, skipPathInfo, skipInt, skipInt), isFramed: true, reply: skipNothing },
  ],
  [
    OP.queryMissing,
    { fields: skipStrings, reply: skipAll(skipStrings, skipStrings, skipStrings, skipInt, skipInt) },
  ],
  [OP.queryDerivationOutputMap, { fields: skipString, reply: skipPairs }],
  [OP.registerDrvOutput, { fields: skipString, reply: skipNothing }],
  [OP.queryRealisation, { fields: skipString, reply: skipStrings }],
  [OP.addMultipleToStore, { fields: skipAll(skipInt, skipInt), isFramed: true, reply: skipNothing }],
  [OP.addBuildLog, { fields: skipString, isFramed: true, reply: skipInt }],
  [OP.addPermRoot, { fields: skipAll(skipString, skipString), reply: skipString }],
]);

const skipDrvOutput = skipAll(skipString, skipString);
const skipRealisation = skipAll(skipString, skipStrings);

/** What the feature changes: realisations are no JSON any more (protocol §6.7). */
const WITH_PATHS_NOT_HASHES: ReadonlyMap<number, OtherOperation> = new Map([
  [OP.registerDrvOutput, { fields: skipAll(skipDrvOutput, skipRealisation), reply: skipNothing }],
  [OP.queryRealisation, { fields: skipDrvOutput, reply: skipIfPresent(skipRealisation) }],
]);

/** How the operation of this number is stepped over; undefined where it is not known, or says something about builds. */
export function otherOperation(opcode: number, { features }: Dialect): OtherOperation | undefined {
  const changed = features.has('realisation-with-path-not-hash')
    ? WITH_PATHS_NOT_HASHES.get(opcode)
    : undefined;
  return changed ?? OPERATIONS.get(opcode);
}
