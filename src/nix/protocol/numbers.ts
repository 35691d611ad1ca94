/** First int of the client's side of the handshake (protocol §3). */
export const CLIENT_MAGIC = 0x6e_69_78_63;
/** First int of the daemon's side. */
export const DAEMON_MAGIC = 0x64_78_69_6f;

/** Opcodes (protocol §7): those that are sent, and those that are only heard from other clients. */
export const OP = {
  isValidPath: 1,
  queryReferrers: 6,
  addToStore: 7,
  addTextToStore: 8,
  buildPaths: 9,
  ensurePath: 10,
  addTempRoot: 11,
  addIndirectRoot: 12,
  findRoots: 14,
  queryDeriver: 18,
  setOptions: 19,
  collectGarbage: 20,
  querySubstitutablePathInfo: 21,
  queryDerivationOutputs: 22,
  queryAllValidPaths: 23,
  queryPathInfo: 26,
  queryDerivationOutputNames: 28,
  queryPathFromHashPart: 29,
  querySubstitutablePathInfos: 30,
  queryValidPaths: 31,
  querySubstitutablePaths: 32,
  queryValidDerivers: 33,
  optimiseStore: 34,
  verifyStore: 35,
  buildDerivation: 36,
  addSignatures: 37,
  narFromPath: 38,
  addToStoreNar: 39,
  queryMissing: 40,
  queryDerivationOutputMap: 41,
  registerDrvOutput: 42,
  queryRealisation: 43,
  addMultipleToStore: 44,
  addBuildLog: 45,
  buildPathsWithResults: 46,
  addPermRoot: 47,
} as const;

/** First int of each message of the daemon (protocol §4). */
export const MESSAGE = {
  last: 0x61_6c_74_73,
  error: 0x63_78_74_70,
  next: 0x6f_6c_6d_67,
  startActivity: 0x53_54_52_54,
  stopActivity: 0x53_54_4f_50,
  result: 0x52_53_4c_54,
} as const;

/** Activity types that mean something to us (protocol §4.3); others are passed over. */
export const ACTIVITY = {
  copyPath: 100,
  build: 105,
  substitute: 108,
  postBuildHook: 110,
  buildWaiting: 111,
} as const;

/** Result types that mean something to us (protocol §4.4); others are passed over. */
export const RESULT = {
  buildLogLine: 101,
  setPhase: 104,
  postBuildLogLine: 107,
} as const;
