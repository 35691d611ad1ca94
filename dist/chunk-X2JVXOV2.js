import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  DEFAULT_PARAMETERS,
  formatAmount,
  formatMoney,
  nixConfigText,
  priceOfBuilder,
  priceOfTime,
  splitByWeight
} from "./chunk-3YZVXHF6.js";
import {
  CONNECT_TIMEOUT_MS,
  keepTail,
  mayBeTheWay,
  sha256
} from "./chunk-K6PN3WGO.js";
import {
  DispatchError,
  describeError,
  describeTrouble,
  encodeBase64,
  formatHash,
  parseHash,
  parseHashAlgorithm,
  toDispatchError
} from "./chunk-VJC32KD4.js";
import {
  __callDispose,
  __using
} from "./chunk-4NJ7PDOZ.js";

// src/builders/open-builder.ts
import { availableParallelism } from "node:os";

// src/nix/byte-string.ts
function toByteString(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
function fromByteString(text) {
  return Buffer.from(text, "latin1");
}
function byteStringToText(text) {
  return Buffer.from(text, "latin1").toString("utf8");
}

// src/nix/wire/limits.ts
var MAX_STRING_BYTES = 64 * 1024 * 1024;
var MAX_ITEMS = 1e6;
var MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
var MAX_FRAME_BYTES = 64 * 1024;

// src/nix/wire/decode.ts
function protocolError(expected, found) {
  return new DispatchError("protocol", `expected ${expected}, got ${found}`);
}
function* decodeUint(input) {
  while (input.length < 8) yield;
  const value = input.takeUint();
  if (value === void 0) throw protocolError("an integer below 2^53", "a larger one");
  return value;
}
function* decodeUint64(input) {
  while (input.length < 8) yield;
  return input.takeUint64();
}
function* decodeBool(input) {
  while (input.length < 8) yield;
  return input.takeUint() !== 0;
}
function* decodeBytes(input) {
  while (input.length < 8) yield;
  const length = input.takeUint();
  if (length === void 0 || length > MAX_STRING_BYTES) {
    throw protocolError(
      `a string of at most ${MAX_STRING_BYTES} bytes`,
      `one of ${length ?? "over 2^53"} bytes`
    );
  }
  const padding = paddingOf(length);
  while (input.length < length + padding) yield;
  const bytes = input.take(length);
  if (padding > 0 && !input.takeZeros(padding)) {
    throw protocolError("zero padding after a string", "other bytes");
  }
  return bytes;
}
function* decodeText(input) {
  return (yield* decodeBytes(input)).toString("utf8");
}
function* decodeByteString(input) {
  return toByteString(yield* decodeBytes(input));
}
function decodeParsed(parse) {
  return function* decodeAndParse(input) {
    return parse(yield* decodeText(input));
  };
}
function decodeOptional(parse) {
  return function* decodeAndParse(input) {
    const text = yield* decodeText(input);
    return text === "" ? void 0 : parse(text);
  };
}
function* decodeCount(input) {
  while (input.length < 8) yield;
  const count = input.takeUint();
  if (count === void 0 || count > MAX_ITEMS) {
    throw protocolError(`at most ${MAX_ITEMS} items`, `a count of ${count ?? "over 2^53"}`);
  }
  return count;
}
function decodeList(item) {
  return function* decodeItems(input) {
    const count = yield* decodeCount(input);
    const items = [];
    while (items.length < count) items.push(yield* item(input));
    return items;
  };
}
function decodeMap(key, value) {
  return function* decodeEntries(input) {
    const count = yield* decodeCount(input);
    const entries = /* @__PURE__ */ new Map();
    for (let index = 0; index < count; index += 1) {
      const name = yield* key(input);
      entries.set(name, yield* value(input));
    }
    return entries;
  };
}
function* decodeOptionalUint(input) {
  const tag = yield* decodeUint(input);
  if (tag === 0) return void 0;
  if (tag === 1) return yield* decodeUint(input);
  throw protocolError("0 or 1 before an optional number", String(tag));
}
function paddingOf(length) {
  return (8 - length % 8) % 8;
}

// src/nix/wire/encode.ts
var WireWriter = class {
  #buffer = Buffer.allocUnsafe(256);
  #length = 0;
  uint(value) {
    const at = this.#reserve(8);
    this.#buffer.writeUInt32LE(value >>> 0, at);
    this.#buffer.writeUInt32LE(Math.floor(value / 4294967296), at + 4);
    return this;
  }
  uint64(value) {
    const at = this.#reserve(8);
    this.#buffer.writeBigUInt64LE(value, at);
    return this;
  }
  bool(value) {
    return this.uint(value ? 1 : 0);
  }
  /** Text goes out as UTF-8, bytes as they are. */
  string(value) {
    const length = typeof value === "string" ? Buffer.byteLength(value) : value.byteLength;
    const padding = paddingOf(length);
    this.uint(length);
    const at = this.#reserve(length + padding);
    if (typeof value === "string") this.#buffer.write(value, at, "utf8");
    else this.#buffer.set(value, at);
    this.#buffer.fill(0, at + length, at + length + padding);
    return this;
  }
  byteString(value) {
    return this.string(fromByteString(value));
  }
  /** `undefined` is written as the empty string. */
  optionalString(value) {
    return this.string(value ?? "");
  }
  list(items, write) {
    this.uint(items.length);
    for (const item of items) write(this, item);
    return this;
  }
  strings(items) {
    return this.list(items, (writer, item) => writer.string(item));
  }
  /** A set: sorted and without duplicates, as Nix writes it. */
  set(items) {
    return this.strings([...new Set(items)].sort());
  }
  optionalUint(value) {
    return value === void 0 ? this.uint(0) : this.uint(1).uint(value);
  }
  /** What has been written, in one piece. The writer must not be used afterwards. */
  finish() {
    return this.#buffer.subarray(0, this.#length);
  }
  #reserve(byteCount) {
    const at = this.#length;
    this.#length = at + byteCount;
    if (this.#length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#length, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    return at;
  }
};

// src/nix/protocol/numbers.ts
var CLIENT_MAGIC = 1852405859;
var DAEMON_MAGIC = 1685612911;
var OP = {
  isValidPath: 1,
  addToStore: 7,
  buildPaths: 9,
  ensurePath: 10,
  addTempRoot: 11,
  addIndirectRoot: 12,
  findRoots: 14,
  setOptions: 19,
  collectGarbage: 20,
  queryPathInfo: 26,
  queryPathFromHashPart: 29,
  querySubstitutablePathInfos: 30,
  queryValidPaths: 31,
  querySubstitutablePaths: 32,
  buildDerivation: 36,
  addSignatures: 37,
  narFromPath: 38,
  addToStoreNar: 39,
  queryMissing: 40,
  queryDerivationOutputMap: 41,
  addMultipleToStore: 44,
  addBuildLog: 45,
  buildPathsWithResults: 46,
  addPermRoot: 47
};
var MESSAGE = {
  last: 1634497651,
  error: 1668838512,
  next: 1869376871,
  startActivity: 1398035028,
  stopActivity: 1398034256,
  result: 1381190740
};
var ACTIVITY = {
  copyPath: 100,
  build: 105,
  substitute: 108,
  postBuildHook: 110,
  buildWaiting: 111
};
var RESULT = {
  buildLogLine: 101,
  setPhase: 104,
  postBuildLogLine: 107
};

// src/nix/store-path.ts
var DEFAULT_STORE_DIR = "/nix/store";
var HASH_PART_LENGTH = 32;
var MAX_NAME_LENGTH = 211;
var HASH_PART = /^[0-9abcdfghijklmnpqrsvwxyz]{32}$/;
var NAME = /^[0-9a-zA-Z+\-._?=]+$/;
var DOT_NAME = /^\.\.?(?:-|$)/;
function parseStorePath(text, storeDir = DEFAULT_STORE_DIR) {
  const fault = storePathFault(text, storeDir);
  if (fault !== void 0) {
    throw new DispatchError(
      "protocol",
      `${JSON.stringify(text.slice(0, 300))} is not a store path: ${fault}`
    );
  }
  return text;
}
function isStorePath(text, storeDir = DEFAULT_STORE_DIR) {
  return storePathFault(text, storeDir) === void 0;
}
function storePathFromBaseName(base, storeDir = DEFAULT_STORE_DIR) {
  return parseStorePath(`${storeDir}/${base}`, storeDir);
}
function baseName(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}
function storePathHashPart(path) {
  return baseName(path).slice(0, HASH_PART_LENGTH);
}
function storePathName(path) {
  return baseName(path).slice(HASH_PART_LENGTH + 1);
}
function isDerivationPath(path) {
  return path.endsWith(".drv");
}
function storePathNameFault(name) {
  if (name.length === 0) return "its name is empty";
  if (name.length > MAX_NAME_LENGTH) {
    return `its name has ${name.length} characters, at most ${MAX_NAME_LENGTH} are allowed`;
  }
  if (!NAME.test(name)) return "its name has a character other than letters, digits and + - . _ ? =";
  if (DOT_NAME.test(name)) return 'its name begins with "." or ".." as a whole part';
  return void 0;
}
function storePathFault(text, storeDir) {
  if (!text.startsWith(storeDir) || text[storeDir.length] !== "/")
    return `it does not begin with ${storeDir}/`;
  const base = text.slice(storeDir.length + 1);
  if (!HASH_PART.test(base.slice(0, HASH_PART_LENGTH))) {
    return "its hash part is not 32 characters of 0-9 and a-z without e, o, t, u";
  }
  if (base[HASH_PART_LENGTH] !== "-") return "there is no dash after its hash part";
  return storePathNameFault(base.slice(HASH_PART_LENGTH + 1));
}

// src/nix/protocol/path-info.ts
var decodeStorePath = decodeParsed((text) => parseStorePath(text));
var decodeOptionalStorePath = decodeOptional((text) => parseStorePath(text));
var decodeStorePaths = decodeList(decodeStorePath);
var decodeTexts = decodeList(decodeText);
var decodeNarHash = decodeParsed(parseNarHash);
var decodeContentAddressText = decodeOptional((text) => text);
function* decodeUnkeyedPathInfo(input, dialect) {
  const base = {
    deriver: yield* decodeOptionalStorePath(input),
    narHash: yield* decodeNarHash(input),
    references: yield* decodeStorePaths(input),
    registrationTime: yield* decodeUint(input),
    narSizeBytes: yield* decodeUint(input)
  };
  if (dialect.minor < 16) return { ...base, ultimate: false, signatures: [], contentAddress: void 0 };
  return {
    ...base,
    ultimate: yield* decodeBool(input),
    signatures: yield* decodeTexts(input),
    contentAddress: yield* decodeContentAddressText(input)
  };
}
function* decodePathInfo(input, dialect) {
  const path = yield* decodeStorePath(input);
  return { path, ...yield* decodeUnkeyedPathInfo(input, dialect) };
}
function encodeUnkeyedPathInfo(writer, info, dialect) {
  writer.optionalString(info.deriver).string(info.narHash).set(info.references);
  writer.uint(info.registrationTime).uint(info.narSizeBytes);
  if (dialect.minor < 16) return;
  writer.bool(info.ultimate).set(info.signatures).optionalString(info.contentAddress);
}
function encodePathInfo(writer, info, dialect) {
  encodeUnkeyedPathInfo(writer.string(info.path), info, dialect);
}
function parseNarHash(text) {
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw protocolError("a NAR hash of 64 hexadecimal digits", JSON.stringify(text.slice(0, 100)));
  }
  return text;
}

// src/nix/protocol/version.ts
var CLIENT_VERSION = { major: 1, minor: 38 };
var OLDEST_VERSION = { major: 1, minor: 34 };
var FEATURES_MINOR = 38;
function versionNumber(version) {
  return version.major << 8 | version.minor;
}
function formatVersion(version) {
  return `${version.major}.${version.minor}`;
}
function parseVersionNumber(number) {
  return { major: Math.floor(number / 256), minor: number % 256 };
}
function negotiateVersion(daemon) {
  if (daemon.major !== CLIENT_VERSION.major || daemon.minor < OLDEST_VERSION.minor) {
    throw new DispatchError(
      "protocol",
      `expected a Nix daemon of protocol ${formatVersion(OLDEST_VERSION)} or newer, got ${formatVersion(daemon)}`,
      { hint: "Install Nix 2.8 or newer on this machine." }
    );
  }
  return { major: 1, minor: Math.min(daemon.minor, CLIENT_VERSION.minor) };
}
function plainDialect(version) {
  return { minor: version.minor, features: /* @__PURE__ */ new Set() };
}
function hasSafeAddMultiple(nixVersion) {
  const match = /^(\d+)\.(\d+)/.exec(nixVersion);
  if (match === null) return false;
  const major = Number(match[1]);
  return major > 2 || major === 2 && Number(match[2]) >= 18;
}

// src/nix/protocol/handshake.ts
var TRUST_BY_NUMBER = ["unknown", "trusted", "not-trusted"];
var NIX_VERSION_MINOR = 33;
var TRUST_MINOR = 35;
function encodeHello() {
  return new WireWriter().uint(CLIENT_MAGIC).uint(versionNumber(CLIENT_VERSION)).finish();
}
function encodeHelloEnd(version) {
  const writer = new WireWriter();
  if (version.minor >= FEATURES_MINOR) writer.uint(0);
  return writer.uint(0).uint(0).finish();
}
function* decodeHelloEnd(input, version) {
  if (version.minor >= FEATURES_MINOR) yield* decodeTexts(input);
  return yield* decodeIntroduction(input, version);
}
function* decodeIntroduction(input, version) {
  const nixVersion = version.minor >= NIX_VERSION_MINOR ? yield* decodeText(input) : "";
  const trust = version.minor >= TRUST_MINOR ? yield* decodeTrust(input) : "unknown";
  return { nixVersion, trust };
}
function* decodeTrust(input) {
  const number = yield* decodeUint(input);
  const trust = TRUST_BY_NUMBER[number];
  if (trust === void 0) throw protocolError("a trust flag of 0, 1 or 2", String(number));
  return trust;
}

// src/nix/protocol/operations/operation.ts
function* decodeDone(input) {
  yield* decodeUint(input);
}
function* decodeNothing() {
  return void 0;
}

// src/nix/protocol/operations/adding.ts
function addToStore(what, dialect) {
  const writer = new WireWriter().uint(OP.addToStore).string(what.name).string(what.method);
  return {
    purpose: `adding ${what.name}`,
    request: writer.set(what.references).bool(false).finish(),
    reply: (input) => decodePathInfo(input, dialect)
  };
}
function addToStoreNar(info, options, dialect) {
  const writer = new WireWriter().uint(OP.addToStoreNar).string(info.path);
  encodeUnkeyedPathInfo(writer, asForeign(info), dialect);
  return {
    purpose: `copying ${info.path} to it`,
    request: writer.bool(false).bool(options.dontCheckSignatures).finish(),
    reply: decodeNothing
  };
}
function addMultipleToStore(count, options) {
  const writer = new WireWriter().uint(OP.addMultipleToStore);
  return {
    purpose: `copying ${count} paths to it`,
    request: writer.bool(false).bool(options.dontCheckSignatures).finish(),
    reply: decodeNothing
  };
}
function encodeMultipleCount(count) {
  return new WireWriter().uint(count).finish();
}
function encodeMultipleItem(info) {
  const writer = new WireWriter();
  encodePathInfo(writer, asForeign(info), { minor: 16, features: /* @__PURE__ */ new Set() });
  return writer.finish();
}
function addBuildLog(drvPath) {
  return {
    purpose: `storing the log of ${drvPath}`,
    request: new WireWriter().uint(OP.addBuildLog).string(baseName(drvPath)).finish(),
    reply: decodeDone
  };
}
function addSignatures(path, signatures) {
  return {
    purpose: `adding signatures to ${path}`,
    request: new WireWriter().uint(OP.addSignatures).string(path).set(signatures).finish(),
    reply: decodeDone
  };
}
function narFromPath(path) {
  return {
    purpose: `copying ${path} from it`,
    request: new WireWriter().uint(OP.narFromPath).string(path).finish(),
    reply: decodeNothing
  };
}
function asForeign(info) {
  return { ...info, ultimate: false };
}

// src/nix/protocol/basic-derivation.ts
function encodeBasicDerivation(writer, derivation) {
  writer.list(
    sortedByKey(derivation.outputs),
    (out, [name, output]) => out.string(name).string(output.path).string(output.hashAlgo).string(output.hash)
  );
  writer.set(derivation.inputSrcs).byteString(derivation.platform).byteString(derivation.builder);
  writer.list(derivation.args, (out, arg) => out.byteString(arg));
  writer.list(sortedByKey(derivation.env), (out, [key, value]) => out.byteString(key).byteString(value));
}
var decodeByteStrings = decodeList(decodeByteString);
var decodeEnvironment = decodeMap(decodeByteString, decodeByteString);
var decodeOutputs = decodeMap(decodeText, function* decodeOutput(input) {
  return {
    path: yield* decodeText(input),
    hashAlgo: yield* decodeText(input),
    hash: yield* decodeText(input)
  };
});
function sortedByKey(map) {
  return [...map].sort(([one], [other]) => one < other ? -1 : 1);
}

// src/nix/protocol/build-status.ts
var BY_NUMBER = [
  "built",
  "substituted",
  "already-valid",
  "permanent-failure",
  "input-rejected",
  "output-rejected",
  "transient-failure",
  "cached-failure",
  "timed-out",
  "misc-failure",
  "dependency-failed",
  "log-limit-exceeded",
  "not-deterministic",
  "resolves-to-already-valid",
  "no-substituters",
  "hash-mismatch",
  "cancelled"
];
function parseBuildStatus(number) {
  return BY_NUMBER[number] ?? "unknown";
}

// src/nix/protocol/derived-path.ts
var EXPLICIT_OUTPUTS_MINOR = 30;
function formatDerivedPath(derived, dialect) {
  if (derived.kind === "opaque") return derived.path;
  if (derived.outputs !== "all") return `${derived.drvPath}!${[...derived.outputs].sort().join(",")}`;
  return dialect.minor < EXPLICIT_OUTPUTS_MINOR ? derived.drvPath : `${derived.drvPath}!*`;
}
function parseDerivedPath(text, dialect) {
  const bang = text.indexOf("!");
  if (bang === -1) {
    const path = parseStorePath(text);
    if (dialect.minor < EXPLICIT_OUTPUTS_MINOR && isDerivationPath(path)) {
      return { kind: "built", drvPath: path, outputs: "all" };
    }
    return { kind: "opaque", path };
  }
  const outputs = text.slice(bang + 1);
  if (outputs === "") {
    throw new DispatchError(
      "protocol",
      `expected output names after "!" in ${JSON.stringify(text)}, got none`
    );
  }
  const drvPath = parseStorePath(text.slice(0, bang));
  return { kind: "built", drvPath, outputs: outputs === "*" ? "all" : outputs.split(",") };
}

// src/nix/protocol/realisation.ts
function parseDrvOutput(text) {
  const bang = text.lastIndexOf("!");
  if (bang === -1) throw badRealisation(text, 'no "!" before the output name');
  return { drv: text.slice(0, bang), outputName: text.slice(bang + 1) };
}
function parseRealisation(text) {
  const json = parseObject(text);
  const { id, outPath, signatures, dependentRealisations } = json;
  if (typeof id !== "string" || typeof outPath !== "string")
    throw badRealisation(text, "id or outPath is missing");
  return {
    ...parseDrvOutput(id),
    outPath: storePathFromBaseName(outPath),
    signatures: Array.isArray(signatures) ? signatures.map((item) => joinSignature(item, text)) : [],
    dependentRealisations: parseDependencies(dependentRealisations, text)
  };
}
function* decodeUnkeyedRealisation(input) {
  return { outPath: yield* decodeStorePath(input), signatures: yield* decodeTexts(input) };
}
function parseObject(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badRealisation(text, "not JSON", cause);
  }
  if (!isRecord(json)) throw badRealisation(text, "not an object");
  return json;
}
function parseDependencies(json, text) {
  const dependencies = /* @__PURE__ */ new Map();
  if (json === void 0) return dependencies;
  if (!isRecord(json)) throw badRealisation(text, "dependentRealisations is not an object");
  for (const [id, base] of Object.entries(json)) {
    if (typeof base !== "string") throw badRealisation(text, "a dependent realisation is not a path");
    dependencies.set(id, storePathFromBaseName(base));
  }
  return dependencies;
}
function joinSignature(item, text) {
  if (typeof item === "string") return item;
  if (isRecord(item) && typeof item["keyName"] === "string" && typeof item["sig"] === "string") {
    return `${item["keyName"]}:${item["sig"]}`;
  }
  throw badRealisation(text, "a signature is neither text nor keyName and sig");
}
function isRecord(json) {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
function badRealisation(text, fault, cause) {
  const message = `expected a realisation, got ${JSON.stringify(text.slice(0, 200))}: ${fault}`;
  return new DispatchError("protocol", message, { cause });
}

// src/nix/protocol/build-result.ts
var TIMES_MINOR = 29;
var CPU_MINOR = 37;
var OUTPUTS_MINOR = 28;
var NO_DRV_HASH = `sha256:${"0".repeat(64)}`;
function* decodeBuildResult(input, dialect) {
  const status = parseBuildStatus(yield* decodeUint(input));
  const errorMessage = yield* decodeText(input);
  const hasTimes = dialect.minor >= TIMES_MINOR;
  const hasCpu = dialect.minor >= CPU_MINOR;
  return {
    status,
    errorMessage,
    timesBuilt: hasTimes ? yield* decodeUint(input) : 0,
    isNonDeterministic: hasTimes ? yield* decodeBool(input) : false,
    startTimeSeconds: hasTimes ? yield* decodeUint(input) : 0,
    stopTimeSeconds: hasTimes ? yield* decodeUint(input) : 0,
    cpuUserMicroseconds: hasCpu ? yield* decodeOptionalUint(input) : void 0,
    cpuSystemMicroseconds: hasCpu ? yield* decodeOptionalUint(input) : void 0,
    builtOutputs: yield* decodeBuiltOutputs(input, dialect)
  };
}
function* decodeKeyedBuildResult(input, dialect) {
  const path = parseDerivedPath(yield* decodeText(input), dialect);
  return { path, result: yield* decodeBuildResult(input, dialect) };
}
var decodeOutputsByName = decodeMap(
  decodeText,
  function* decodeOutput2(input) {
    return { ...yield* decodeUnkeyedRealisation(input), drvHash: void 0 };
  }
);
function* decodeBuiltOutputs(input, dialect) {
  if (dialect.features.has("realisation-with-path-not-hash")) return yield* decodeOutputsByName(input);
  const outputs = /* @__PURE__ */ new Map();
  if (dialect.minor < OUTPUTS_MINOR) return outputs;
  const count = yield* decodeCount(input);
  for (let index = 0; index < count; index += 1) {
    yield* decodeText(input);
    const { drv, outputName, outPath, signatures } = parseRealisation(yield* decodeText(input));
    outputs.set(outputName, { drvHash: drv === NO_DRV_HASH ? void 0 : drv, outPath, signatures });
  }
  return outputs;
}

// src/nix/protocol/operations/building.ts
var BUILD_MODES = ["normal", "repair", "check"];
function buildModeNumber(mode) {
  return BUILD_MODES.indexOf(mode);
}
function buildDerivation(drvPath, derivation, mode, dialect) {
  const writer = new WireWriter().uint(OP.buildDerivation).string(drvPath);
  encodeBasicDerivation(writer, derivation);
  return {
    purpose: `building ${drvPath}`,
    request: writer.uint(buildModeNumber(mode)).finish(),
    reply: (input) => decodeBuildResult(input, dialect)
  };
}
function buildPathsWithResults(paths, mode, dialect) {
  return {
    purpose: describeBuild(paths, dialect),
    request: encodeBuildRequest(OP.buildPathsWithResults, paths, mode, dialect),
    reply: decodeList((input) => decodeKeyedBuildResult(input, dialect))
  };
}
function buildPaths(paths, mode, dialect) {
  return {
    purpose: describeBuild(paths, dialect),
    request: encodeBuildRequest(OP.buildPaths, paths, mode, dialect),
    reply: decodeDone
  };
}
function ensurePath(path) {
  return {
    purpose: `making ${path} valid`,
    request: new WireWriter().uint(OP.ensurePath).string(path).finish(),
    reply: decodeDone
  };
}
function encodeBuildRequest(opcode, paths, mode, dialect) {
  const texts = paths.map((path) => formatDerivedPath(path, dialect));
  return new WireWriter().uint(opcode).strings(texts).uint(buildModeNumber(mode)).finish();
}
function describeBuild(paths, dialect) {
  const [first] = paths;
  if (first === void 0) return "building nothing";
  const others = paths.length === 1 ? "" : ` and ${paths.length - 1} more`;
  return `building ${formatDerivedPath(first, dialect)}${others}`;
}

// src/nix/protocol/operations/queries.ts
function isValidPath(path) {
  return {
    purpose: `asking whether ${path} is valid`,
    request: new WireWriter().uint(OP.isValidPath).string(path).finish(),
    reply: decodeBool
  };
}
function queryValidPaths(paths, options) {
  return {
    purpose: `asking which of ${paths.length} paths are valid`,
    request: new WireWriter().uint(OP.queryValidPaths).set(paths).bool(options.substitute).finish(),
    reply: decodeStorePaths
  };
}
function queryPathInfo(path, dialect) {
  return {
    purpose: `asking about ${path}`,
    request: new WireWriter().uint(OP.queryPathInfo).string(path).finish(),
    *reply(input) {
      const isValid = yield* decodeBool(input);
      return isValid ? { path, ...yield* decodeUnkeyedPathInfo(input, dialect) } : void 0;
    }
  };
}
function queryMissing(paths, dialect) {
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
        narSizeBytes: yield* decodeUint(input)
      };
    }
  };
}
function querySubstitutablePaths(paths) {
  return {
    purpose: `asking which of ${paths.length} paths a cache has`,
    request: new WireWriter().uint(OP.querySubstitutablePaths).set(paths).finish(),
    reply: decodeStorePaths
  };
}
function querySubstitutablePathInfos(paths) {
  const sorted = [...new Set(paths)].sort();
  const writer = new WireWriter().uint(OP.querySubstitutablePathInfos);
  return {
    purpose: `asking what caches know of ${paths.length} paths`,
    request: writer.list(sorted, (out, path) => out.string(path).optionalString(void 0)).finish(),
    reply: decodeSubstitutablePathInfos
  };
}
function queryDerivationOutputMap(drvPath) {
  return {
    purpose: `asking for the outputs of ${drvPath}`,
    request: new WireWriter().uint(OP.queryDerivationOutputMap).string(drvPath).finish(),
    reply: decodeOutputMap
  };
}
function queryPathFromHashPart(hashPart) {
  return {
    purpose: `looking for the path with hash ${hashPart}`,
    request: new WireWriter().uint(OP.queryPathFromHashPart).string(hashPart).finish(),
    reply: decodeOptionalStorePath
  };
}
var decodeOutputMap = decodeMap(decodeText, decodeOptionalStorePath);
var decodeSubstitutablePathInfos = decodeList(function* decodeInfo(input) {
  return {
    path: yield* decodeStorePath(input),
    deriver: yield* decodeOptionalStorePath(input),
    references: yield* decodeStorePaths(input),
    downloadSizeBytes: yield* decodeUint(input),
    narSizeBytes: yield* decodeUint(input)
  };
});

// src/nix/protocol/operations/roots.ts
var GC_ACTIONS = ["return-live", "return-dead", "delete-dead", "delete-specific"];
function addTempRoot(path) {
  return {
    purpose: `holding ${path}`,
    request: new WireWriter().uint(OP.addTempRoot).string(path).finish(),
    reply: decodeDone
  };
}
function addIndirectRoot(link2) {
  return {
    purpose: `registering the root ${link2}`,
    request: new WireWriter().uint(OP.addIndirectRoot).string(link2).finish(),
    reply: decodeDone
  };
}
function addPermRoot(path, link2) {
  return {
    purpose: `making ${link2} a root of ${path}`,
    request: new WireWriter().uint(OP.addPermRoot).string(path).string(link2).finish(),
    reply: decodeText
  };
}
function findRoots() {
  return {
    purpose: "listing its roots",
    request: new WireWriter().uint(OP.findRoots).finish(),
    reply: decodeList(function* decodeRoot(input) {
      return { link: yield* decodeText(input), target: yield* decodeStorePath(input) };
    })
  };
}
function collectGarbage(options) {
  const writer = new WireWriter().uint(OP.collectGarbage).uint(GC_ACTIONS.indexOf(options.action));
  writer.set(options.paths ?? []).bool(false);
  writer.uint64(options.maxFreedBytes === void 0 ? 2n ** 63n - 1n : BigInt(options.maxFreedBytes));
  return {
    purpose: "collecting its garbage",
    request: writer.uint(0).uint(0).uint(0).finish(),
    *reply(input) {
      const texts = yield* decodeTexts(input);
      const freedBytes = yield* decodeUint(input);
      yield* decodeUint(input);
      return { paths: texts.map((text) => parseStorePath(text)), freedBytes };
    }
  };
}

// src/nix/protocol/operations/settings.ts
function setOptions(settings) {
  const writer = new WireWriter().uint(OP.setOptions);
  writer.bool(settings.keepFailed ?? false).bool(settings.keepGoing ?? false).bool(settings.fallback ?? false);
  writer.uint(settings.verbosity ?? 3).uint(settings.maxJobs ?? 1).uint(settings.maxSilentSeconds ?? 0);
  writer.uint(1).uint(settings.buildVerbosity ?? 7).uint(0).uint(0);
  writer.uint(settings.cores ?? 0).bool(settings.useSubstitutes ?? true);
  const overrides = [...settings.overrides ?? []].sort(([one], [other]) => one < other ? -1 : 1);
  writer.list(overrides, (out, [name, value]) => out.string(name).string(value));
  return { purpose: "sending settings to it", request: writer.finish(), reply: decodeNothing };
}

// src/nix/protocol/daemon-error.ts
function* decodeDaemonError(input) {
  yield* decodeText(input);
  const level = yield* decodeUint(input);
  yield* decodeText(input);
  const message = yield* decodeText(input);
  yield* decodeUint(input);
  return { level, message, traces: yield* decodeTraces(input) };
}
function isSameDaemonError(one, other) {
  return one.message === other.message && one.level === other.level;
}
var decodeTraces = decodeList(function* decodeTrace(input) {
  yield* decodeUint(input);
  return yield* decodeText(input);
});

// src/nix/protocol/daemon-message.ts
var LAST = { kind: "last" };
function* decodeDaemonMessage(input) {
  const tag = yield* decodeUint(input);
  switch (tag) {
    case MESSAGE.last:
      return LAST;
    case MESSAGE.error:
      return { kind: "error", error: yield* decodeDaemonError(input) };
    case MESSAGE.next:
      return { kind: "next", text: yield* decodeText(input) };
    case MESSAGE.startActivity:
      return {
        kind: "start",
        id: yield* decodeUint64(input),
        level: yield* decodeUint(input),
        type: yield* decodeUint(input),
        text: yield* decodeText(input),
        fields: yield* decodeFields(input),
        parent: yield* decodeUint64(input)
      };
    case MESSAGE.stopActivity:
      return { kind: "stop", id: yield* decodeUint64(input) };
    case MESSAGE.result:
      return {
        kind: "result",
        id: yield* decodeUint64(input),
        type: yield* decodeUint(input),
        fields: yield* decodeFields(input)
      };
    default:
      throw protocolError("a message of the Nix daemon", `the int 0x${tag.toString(16)}`);
  }
}
function* decodeFields(input) {
  const count = yield* decodeCount(input);
  const fields = [];
  while (fields.length < count) {
    const tag = yield* decodeUint(input);
    if (tag === 0) fields.push(Number(yield* decodeUint64(input)));
    else if (tag === 1) fields.push(yield* decodeBytes(input));
    else throw protocolError("0 or 1 before a field", String(tag));
  }
  return fields;
}

// src/nix/client/exchange.ts
function decodeExchange(reply, listen) {
  return function* decodeLoop(input) {
    for (let isFirst = true; ; isFirst = false) {
      input.allow(MAX_MESSAGE_BYTES);
      const message = yield* decodeDaemonMessage(input);
      if (message.kind === "error") return { kind: "refused", error: message.error, isFirst };
      if (message.kind === "last") {
        input.allow(MAX_MESSAGE_BYTES);
        return { kind: "answered", value: yield* reply(input) };
      }
      listen(message);
    }
  };
}

// src/nix/client/message-handler.ts
var MAX_BUILDS = 1e5;
var MAX_LINE_BYTES = 1024 * 1024;
function createMessageHandler(listener) {
  const builds = /* @__PURE__ */ new Map();
  const started = (message) => {
    const [first, second] = message.fields;
    switch (message.type) {
      case ACTIVITY.build:
        if (builds.size >= MAX_BUILDS) throw protocolError(`at most ${MAX_BUILDS} builds`, "one more");
        builds.set(message.id, textOf(first));
        listener.onBuildStarted?.(textOf(first), textOf(second));
        return;
      case ACTIVITY.substitute:
        listener.onSubstitute?.(textOf(first), textOf(second));
        return;
      case ACTIVITY.buildWaiting:
        listener.onWaiting?.(message.text);
        return;
      default:
    }
  };
  const reported = (message) => {
    switch (message.type) {
      case RESULT.buildLogLine:
        listener.onLogLine?.(textOf(message.fields[0]), builds.get(message.id));
        return;
      case RESULT.setPhase:
        listener.onPhase?.(textOf(message.fields[0]), builds.get(message.id));
        return;
      case RESULT.postBuildLogLine:
        listener.onMessage?.(textOf(message.fields[0]));
        return;
      default:
    }
  };
  return (message) => {
    switch (message.kind) {
      case "result":
        return reported(message);
      case "start":
        return started(message);
      case "stop": {
        const drvPath = builds.get(message.id);
        if (drvPath !== void 0) listener.onBuildStopped?.(drvPath);
        return;
      }
      case "next":
        listener.onMessage?.(message.text);
        return;
      case "last":
      case "error":
    }
  };
}
function textOf(field) {
  if (field === void 0) return "";
  if (typeof field === "number") return String(field);
  const end = Math.min(field.byteLength, MAX_LINE_BYTES);
  return Buffer.from(field.buffer, field.byteOffset, end).toString("utf8");
}

// src/nix/client/nar-download.ts
import { createHash } from "node:crypto";

// src/nix/nar/limits.ts
var NAR_MAGIC = "nix-archive-1";
var MAX_DEPTH = 64;
var MAX_NAME_BYTES = 255;
var MAX_TARGET_BYTES = 4095;
var DAEMON_ERROR_TAG = 1668838512;
function paddingLength(lengthBytes) {
  return (8 - lengthBytes % 8) % 8;
}

// src/nix/nar/nar-path.ts
function createNarPath() {
  const names = [];
  const lastNames = [];
  return {
    enterDirectory() {
      if (lastNames.length >= MAX_DEPTH) throw bad2(`directories are nested deeper than ${MAX_DEPTH}`);
      lastNames.push(void 0);
    },
    leaveDirectory() {
      lastNames.pop();
    },
    enterEntry(name) {
      const fault = entryNameFault(name);
      if (fault !== void 0) throw bad2(`the entry ${JSON.stringify(name.slice(0, 300))} ${fault}`);
      const last = lastNames.at(-1);
      if (last !== void 0 && name <= last) {
        throw bad2(`the entry ${JSON.stringify(name)} does not come after ${JSON.stringify(last)}`);
      }
      lastNames[lastNames.length - 1] = name;
      names.push(name);
    },
    leaveEntry() {
      names.pop();
    },
    isRoot: () => names.length === 0,
    text: () => names.join("/")
  };
  function bad2(reason) {
    const where = names.length === 0 ? "its root" : JSON.stringify(names.join("/"));
    return new DispatchError("protocol", `malformed NAR at ${where}: ${reason}`);
  }
}
function entryNameFault(name) {
  if (name === "") return "is empty";
  if (name === "." || name === "..") return "leads elsewhere";
  if (name.includes("/") || name.includes("\0")) return "contains a slash or NUL";
  return name.length > MAX_NAME_BYTES ? `is longer than ${MAX_NAME_BYTES} bytes` : void 0;
}

// src/nix/nar/string-reader.ts
var WORD_BYTES = 8;
function createStringReader() {
  const held = new Uint8Array(MAX_TARGET_BYTES + 1 + WORD_BYTES);
  let heldCount = 0;
  let length;
  let payload;
  return {
    length: () => length,
    payload: () => payload,
    takeLength(chunk, offset) {
      if (heldCount === 0 && chunk.length - offset >= WORD_BYTES) {
        length = readLength(chunk, offset);
        return offset + WORD_BYTES;
      }
      const next = gather(chunk, offset, WORD_BYTES);
      if (heldCount === WORD_BYTES) {
        length = readLength(held, 0);
        heldCount = 0;
      }
      return next;
    },
    takePayload(chunk, offset) {
      const size = length ?? 0;
      const padded = size + paddingLength(size);
      if (heldCount === 0 && chunk.length - offset >= padded) {
        payload = checkedPayload(chunk.subarray(offset, offset + padded), size);
        return offset + padded;
      }
      const next = gather(chunk, offset, padded);
      if (heldCount === padded) {
        payload = checkedPayload(held.subarray(0, padded), size);
        heldCount = 0;
      }
      return next;
    },
    reset() {
      length = void 0;
      payload = void 0;
      heldCount = 0;
    }
  };
  function gather(chunk, offset, wanted) {
    const taken = Math.min(wanted - heldCount, chunk.length - offset);
    held.set(chunk.subarray(offset, offset + taken), heldCount);
    heldCount += taken;
    return offset + taken;
  }
}
function checkPadding(padding) {
  if (padding.some((byte) => byte !== 0)) {
    throw new DispatchError("protocol", "the padding after a string of a NAR is not zero");
  }
}
function checkedPayload(padded, size) {
  if (padded.length > size) checkPadding(padded.subarray(size));
  return padded.subarray(0, size);
}
function readLength(bytes, offset) {
  let value = 0;
  for (let index = WORD_BYTES - 1; index >= 0; index--) value = value * 256 + (bytes[offset + index] ?? 0);
  if (!Number.isSafeInteger(value)) {
    throw new DispatchError("protocol", "a length in a NAR is above 2^53");
  }
  return value;
}

// src/nix/nar/parser.ts
var FIXED_WORDS = {
  magic: [NAR_MAGIC, "node-open"],
  "node-open": ["(", "type-key"],
  "type-key": ["type", "type"],
  "executable-value": ["", "contents-key"],
  "contents-key": ["contents", "contents-length"],
  "target-key": ["target", "target"],
  "entry-open": ["(", "name-key"],
  "name-key": ["name", "name"],
  "node-key": ["node", "node-open"]
};
function createNarParser(visitor = {}, options = {}) {
  const reader = createStringReader();
  const path = createNarPath();
  let position = "magic";
  let isExecutable = false;
  let remaining = 0;
  let padding = 0;
  let total = 0;
  return {
    push(chunk) {
      let offset = 0;
      while (offset < chunk.length && position !== "done" && position !== "daemon-error") {
        offset = take(chunk, offset);
      }
      total += offset;
      return { consumed: offset, done: position === "done", daemonError: position === "daemon-error" };
    }
  };
  function take(chunk, offset) {
    if (position === "contents") return takeContents(chunk, offset);
    if (position === "contents-padding") return takePadding(chunk, offset);
    let next = offset;
    if (reader.length() === void 0) {
      next = reader.takeLength(chunk, offset);
      const length = reader.length();
      if (length === void 0) return next;
      if (position === "contents-length") {
        beginContents(length, total + next);
        return next;
      }
      if (length === DAEMON_ERROR_TAG) {
        position = "daemon-error";
        return next;
      }
      if (length > MAX_TARGET_BYTES) throw malformed2(`a string of ${length} bytes`);
    }
    next = reader.takePayload(chunk, next);
    const payload = reader.payload();
    if (payload !== void 0) {
      const word = toByteString(payload);
      reader.reset();
      accept(word);
    }
    return next;
  }
  function beginContents(length, consumed) {
    reader.reset();
    const available = (options.narSizeBytes ?? Number.POSITIVE_INFINITY) - consumed;
    if (length > available) {
      if (length !== DAEMON_ERROR_TAG)
        throw malformed2(`contents of ${length} bytes, beyond the archive's end`);
      position = "daemon-error";
      return;
    }
    visitor.file?.(path.text(), { isExecutable, sizeBytes: length });
    remaining = length;
    padding = paddingLength(length);
    position = "contents";
    if (remaining === 0) endContents();
  }
  function takeContents(chunk, offset) {
    const end = Math.min(chunk.length, offset + remaining);
    visitor.contents?.(chunk.subarray(offset, end));
    remaining -= end - offset;
    if (remaining === 0) endContents();
    return end;
  }
  function endContents() {
    visitor.endFile?.();
    position = padding === 0 ? "node-close" : "contents-padding";
  }
  function takePadding(chunk, offset) {
    const end = Math.min(chunk.length, offset + padding);
    checkPadding(chunk.subarray(offset, end));
    padding -= end - offset;
    if (padding === 0) position = "node-close";
    return end;
  }
  function accept(word) {
    if (isFixed(position)) {
      const [expected, next] = FIXED_WORDS[position];
      return expect(word, expected, next);
    }
    switch (position) {
      case "type":
        return acceptType(word);
      case "regular-field":
        isExecutable = word === "executable";
        if (isExecutable) position = "executable-value";
        else expect(word, "contents", "contents-length");
        return;
      case "target":
        if (word === "" || word.includes("\0")) throw malformed2("an empty or NUL-bearing symlink target");
        visitor.symlink?.(path.text(), word);
        position = "node-close";
        return;
      case "name":
        path.enterEntry(word);
        position = "node-key";
        return;
      case "entry-or-close":
        if (word === "entry") position = "entry-open";
        else {
          expect(word, ")", "entry-close");
          path.leaveDirectory();
          visitor.endDirectory?.();
          endNode();
        }
        return;
      case "node-close":
        expect(word, ")", "entry-close");
        return endNode();
      case "entry-close":
        path.leaveEntry();
        return expect(word, ")", "entry-or-close");
      case "contents-length":
      case "contents":
      case "contents-padding":
      case "done":
      case "daemon-error":
        throw malformed2("a word out of place");
    }
  }
  function acceptType(word) {
    if (word === "directory") {
      visitor.directory?.(path.text());
      path.enterDirectory();
      position = "entry-or-close";
    } else if (word === "regular") position = "regular-field";
    else if (word === "symlink") position = "target-key";
    else throw malformed2(`the node type ${JSON.stringify(word)}`);
  }
  function expect(word, expected, next) {
    if (word !== expected) {
      throw malformed2(`${JSON.stringify(word.slice(0, 100))} where ${JSON.stringify(expected)} belongs`);
    }
    position = next;
  }
  function endNode() {
    if (path.isRoot()) position = "done";
  }
  function malformed2(what) {
    const where = path.isRoot() ? "at its root" : `at ${JSON.stringify(path.text())}`;
    return new DispatchError("protocol", `malformed NAR ${where}: ${what}`);
  }
}
function isFixed(position) {
  return Object.hasOwn(FIXED_WORDS, position);
}

// src/nix/nar/scanner.ts
function createNarScanner(options = {}) {
  return createNarParser({}, options);
}

// src/nix/client/chunk-pipe.ts
var HIGH_WATER_BYTES = 1024 * 1024;
function createChunkPipe(producer) {
  const held = [];
  let heldBytes = 0;
  let isPaused = false;
  let isDiscarding = false;
  let ending;
  let waiter;
  const resumeProducer = () => {
    if (!isPaused) return;
    isPaused = false;
    producer.resume();
  };
  const finish = (how) => {
    if (ending !== void 0) return;
    ending = how;
    if (waiter === void 0) return;
    if ("reason" in how) waiter.reject(how.reason);
    else waiter.resolve({ done: true, value: void 0 });
    waiter = void 0;
  };
  return {
    get isEnded() {
      return ending !== void 0;
    },
    push(chunk) {
      if (isDiscarding || chunk.byteLength === 0) return;
      if (waiter !== void 0) {
        waiter.resolve({ done: false, value: chunk });
        waiter = void 0;
        return;
      }
      held.push(chunk);
      heldBytes += chunk.byteLength;
      if (heldBytes >= HIGH_WATER_BYTES && !isPaused) {
        isPaused = true;
        producer.pause();
      }
    },
    end: () => finish({}),
    fail: (reason) => finish({ reason }),
    discard() {
      isDiscarding = true;
      held.length = 0;
      heldBytes = 0;
      resumeProducer();
      waiter?.resolve({ done: true, value: void 0 });
      waiter = void 0;
    },
    next() {
      const chunk = held.shift();
      if (chunk !== void 0) {
        heldBytes -= chunk.byteLength;
        if (heldBytes < HIGH_WATER_BYTES / 2) resumeProducer();
        return Promise.resolve({ done: false, value: chunk });
      }
      if (isDiscarding) return Promise.resolve({ done: true, value: void 0 });
      if (ending !== void 0) {
        return "reason" in ending ? Promise.reject(ending.reason) : Promise.resolve({ done: true, value: void 0 });
      }
      return new Promise((resolve2, reject) => {
        waiter = { resolve: resolve2, reject };
      });
    }
  };
}

// src/nix/client/failures.ts
function withoutColours(text) {
  return text.replaceAll(/\u001B\[[0-9;]*m/g, "");
}
function refusal(host, purpose, error) {
  const lines = [error.message, ...error.traces].map((text) => withoutColours(text).trim());
  return new DispatchError("daemon", `${purpose}: ${lines.join("\n")}`, { host });
}
function during(host, purpose, fault) {
  return new DispatchError(fault.code, `${purpose}: ${fault.message}`, {
    host,
    hint: fault.hint,
    cause: fault
  });
}
function lost(host, purpose, details) {
  const { cause, stderr } = details;
  const why = cause instanceof Error ? ` (${cause.message})` : "";
  return new DispatchError(
    "connection-lost",
    `lost the connection to ${host} while ${purpose}${why}${quoteStderr(stderr)}`,
    {
      host,
      cause
    }
  );
}
function quoteStderr(stderr) {
  const text = withoutColours(stderr).trim().slice(-2e3);
  return text === "" ? "" : `; its stderr ends with: ${text}`;
}

// src/nix/client/nar-download.ts
var DISCARD_BYTES = 4 * 1024 * 1024;
var UNPAUSED = { pause: () => void 0, resume: () => void 0 };
function downloadNar(download) {
  return { [Symbol.asyncIterator]: () => openDownload(download, true) };
}
function openDownload(download, isBarrier) {
  const { conversation, host, path, expected } = download;
  const narSizeBytes = expected?.narSizeBytes ?? download.narSizeBytes;
  const pipe = createChunkPipe(isBarrier ? conversation : UNPAUSED);
  const { purpose, request } = narFromPath(path);
  let received = 0;
  let isAsked = false;
  function* decodeNar(input) {
    const scanner = createNarScanner(narSizeBytes === void 0 ? {} : { narSizeBytes });
    const hash = expected === void 0 ? void 0 : createHash("sha256");
    input.allow(Number.POSITIVE_INFINITY);
    for (; ; ) {
      while (input.length === 0) yield;
      const available = input.peek(input.length);
      const progress = scanner.push(available);
      input.take(progress.consumed);
      if (progress.daemonError) {
        input.allow(MAX_MESSAGE_BYTES);
        const { message } = yield* decodeDaemonError(input);
        throw new DispatchError("daemon", withoutColours(message));
      }
      received += progress.consumed;
      const chunk = available.subarray(0, progress.consumed);
      hash?.update(chunk);
      pipe.push(chunk);
      if (progress.done) break;
    }
    if (expected === void 0 || hash === void 0) return void 0;
    return mismatch(path, expected, { narSizeBytes: received, narHash: hash.digest("hex") });
  }
  const ask = () => {
    if (isAsked) return;
    isAsked = true;
    conversation.request({
      purpose,
      bytes: request,
      isBarrier,
      decode: decodeExchange(decodeNar, download.listen)
    }).then(
      (fault) => fault === void 0 ? pipe.end() : pipe.fail(during(host, purpose, fault)),
      pipe.fail
    );
  };
  return {
    ask,
    next() {
      ask();
      return pipe.next();
    },
    return() {
      const left = (narSizeBytes ?? Number.POSITIVE_INFINITY) - received;
      if (isAsked && !pipe.isEnded && left > DISCARD_BYTES) {
        conversation.end(new DispatchError("cancelled", "the rest of the NAR was not wanted"));
      }
      isAsked = true;
      pipe.discard();
      return Promise.resolve({ done: true, value: void 0 });
    }
  };
}
function mismatch(path, expected, found) {
  if (found.narSizeBytes === expected.narSizeBytes && found.narHash === expected.narHash) return void 0;
  return new DispatchError(
    "corrupt",
    `expected the NAR of ${path} to have ${expected.narSizeBytes} bytes and sha256 ${expected.narHash}, got ${found.narSizeBytes} bytes and ${found.narHash}`
  );
}

// src/nix/client/nar-series.ts
var AHEAD_BYTES = 4 * 1024 * 1024;
var AHEAD_COUNT = 256;
function downloadNarSeries(downloads) {
  const opened = /* @__PURE__ */ new Map();
  let asked = 0;
  const open = (index) => {
    const known = opened.get(index);
    const download = downloads[index];
    if (known !== void 0 || download === void 0) return known;
    const fresh = openDownload(download, download.narSizeBytes > AHEAD_BYTES);
    opened.set(index, fresh);
    return fresh;
  };
  const askFrom = (index) => {
    let aheadBytes = 0;
    for (let next = index; next < downloads.length && next < index + AHEAD_COUNT; next += 1) {
      const sizeBytes = downloads[next]?.narSizeBytes ?? 0;
      if (next > index) aheadBytes += sizeBytes;
      if (aheadBytes > AHEAD_BYTES) return;
      if (next < asked) continue;
      open(next)?.ask();
      asked = next + 1;
    }
  };
  return downloads.map((download, index) => ({
    [Symbol.asyncIterator]: () => {
      askFrom(index);
      const nar = open(index) ?? openDownload(download, true);
      opened.delete(index);
      return nar;
    }
  }));
}

// src/nix/client/client.ts
var PERM_ROOT_MINOR = 36;
function createDaemonClient(conversation, identity) {
  const { host, version, nixVersion, trust } = identity;
  const dialect = plainDialect(version);
  const supportsAddMultipleToStore = hasSafeAddMultiple(nixVersion);
  const quiet = listenerOf(identity.onMessage);
  const perform = (operation, how = {}) => conversation.request({
    purpose: operation.purpose,
    bytes: operation.request,
    decode: decodeExchange(operation.reply, createMessageHandler(how.listener ?? quiet)),
    body: how.body,
    isBarrier: how.isBarrier
  });
  const refuse = (message, hint) => Promise.reject(new DispatchError("daemon", message, { host, hint }));
  const build = (operation, listener) => perform(operation, { listener, isBarrier: true });
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
      conversation.end(new DispatchError("cancelled", `the connection to ${host} was closed`));
    },
    isValidPath: (path) => perform(isValidPath(path)),
    queryValidPaths: (paths, options = { substitute: false }) => perform(queryValidPaths(paths, options)),
    queryPathInfo: (path) => perform(queryPathInfo(path, dialect)),
    queryPathInfos: (paths) => Promise.all(paths.map((path) => perform(queryPathInfo(path, dialect)))),
    queryMissing: (paths) => perform(queryMissing(paths, dialect)),
    querySubstitutablePaths: (paths) => perform(querySubstitutablePaths(paths)),
    querySubstitutablePathInfos: (paths) => perform(querySubstitutablePathInfos(paths)),
    queryDerivationOutputMap: (drvPath) => perform(queryDerivationOutputMap(drvPath)),
    queryPathFromHashPart: (hashPart) => perform(queryPathFromHashPart(hashPart)),
    findRoots: () => perform(findRoots()),
    setOptions: (settings) => perform(setOptions(settings)),
    async addTempRoots(paths) {
      await Promise.all(paths.map((path) => perform(addTempRoot(path))));
    },
    addIndirectRoot: (link2) => perform(addIndirectRoot(link2)),
    addPermRoot(path, link2) {
      if (version.minor < PERM_ROOT_MINOR) {
        return refuse(
          `expected protocol 1.${PERM_ROOT_MINOR} to make a root, got ${formatVersion(version)}`,
          "Install Nix 2.20 or newer there."
        );
      }
      return perform(addPermRoot(path, link2));
    },
    collectGarbage: (options) => perform(collectGarbage(options), { isBarrier: true }),
    ensurePath: (path, listener) => build(ensurePath(path), listener),
    buildDerivation: (drvPath, derivation, listener, mode = "normal") => build(buildDerivation(drvPath, derivation, mode, dialect), listener),
    buildPathsWithResults: (paths, listener, mode = "normal") => build(buildPathsWithResults(paths, mode, dialect), listener),
    buildPaths: (paths, listener, mode = "normal") => build(buildPaths(paths, mode, dialect), listener),
    addToStore: (what, data) => perform(addToStore(what, dialect), { body: data }),
    addToStoreNar: (info, nar, options = { dontCheckSignatures: false }) => perform(addToStoreNar(info, options, dialect), { body: nar }),
    addMultipleToStore(items, options = { dontCheckSignatures: false }) {
      if (!supportsAddMultipleToStore) {
        return refuse(
          `expected Nix 2.18 to copy many paths at once, got ${nixVersion}`,
          "Copy path by path."
        );
      }
      return perform(addMultipleToStore(items.length, options), { body: concatItems(items) });
    },
    addSignatures: (path, signatures) => perform(addSignatures(path, signatures)),
    addBuildLog(drvPath, log) {
      if (trust === "not-trusted") {
        return refuse(
          `${host} does not trust us, so it takes no build logs`,
          "Make the user a trusted user there."
        );
      }
      return perform(addBuildLog(drvPath), { body: log });
    },
    narFromPath: (path, expected) => downloadNar({ conversation, host, path, expected, listen: createMessageHandler(quiet) }),
    narsFromPaths: (infos) => downloadNarSeries(
      infos.map((info) => ({
        conversation,
        host,
        path: info.path,
        expected: void 0,
        narSizeBytes: info.narSizeBytes,
        listen: createMessageHandler(quiet)
      }))
    )
  };
}
async function* concatItems(items) {
  yield encodeMultipleCount(items.length);
  for (const { info, nar } of items) {
    yield encodeMultipleItem(info);
    yield* nar;
  }
}
function listenerOf(onMessage) {
  return onMessage === void 0 ? {} : { onMessage };
}

// src/nix/wire/byte-queue.ts
var EMPTY = Buffer.alloc(0);
var TWO_POW_32 = 4294967296;
var ByteQueue = class {
  #buffer = EMPTY;
  #start = 0;
  #end = 0;
  #budget = MAX_MESSAGE_BYTES;
  /** Bytes ready to be taken. */
  get length() {
    return this.#end - this.#start;
  }
  /** Sets how many more bytes may be taken before the peer counts as hostile; `Infinity` for streams. */
  allow(byteCount) {
    this.#budget = byteCount;
  }
  push(chunk) {
    if (this.#start === this.#end) {
      this.#buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.#start = 0;
      this.#end = chunk.byteLength;
      return;
    }
    const needed = this.length + chunk.byteLength;
    if (this.#buffer.length - this.#end < chunk.byteLength) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed * 2, 512));
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#end = this.length;
      this.#start = 0;
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.byteLength;
  }
  /** The next 8 bytes as an unsigned number; `undefined` from 2^53 on, which no honest size, count or time reaches. */
  takeUint() {
    const at = this.#advance(8);
    const high = this.#buffer.readUInt32LE(at + 4);
    return high > 2097151 ? void 0 : high * TWO_POW_32 + this.#buffer.readUInt32LE(at);
  }
  /** The next 8 bytes as they are. */
  takeUint64() {
    return this.#buffer.readBigUInt64LE(this.#advance(8));
  }
  /** The next bytes, without a copy. */
  take(byteCount) {
    const at = this.#advance(byteCount);
    return this.#buffer.subarray(at, at + byteCount);
  }
  /** Everything that is queued, without a copy. */
  takeAll() {
    return this.take(this.length);
  }
  /** Steps over padding; false when a byte of it is not zero. */
  takeZeros(byteCount) {
    const at = this.#advance(byteCount);
    for (let index = at; index < at + byteCount; index += 1) {
      if (this.#buffer[index] !== 0) return false;
    }
    return true;
  }
  /** Looks at up to `byteCount` bytes without taking them. */
  peek(byteCount) {
    return this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + byteCount));
  }
  #advance(byteCount) {
    const at = this.#start;
    if (at + byteCount > this.#end) throw new RangeError(`took ${byteCount} of ${this.length} queued bytes`);
    this.#budget -= byteCount;
    if (this.#budget < 0) {
      throw new DispatchError("protocol", "expected the message to end, but it exceeds every sensible size");
    }
    this.#start = at + byteCount;
    return at;
  }
};

// src/nix/wire/framing.ts
var LAST_FRAME = new Uint8Array(8);
var TINY_CHUNK_BYTES = 2048;
var FrameGatherer = class {
  #pieces = [];
  #pieceBytes = 0;
  #tiny = Buffer.alloc(0);
  #tinyBytes = 0;
  /** Takes a chunk and returns the frames that are full now, each as the pieces to write in order. */
  add(chunk) {
    const frames = [];
    let rest = chunk;
    while (rest.byteLength > 0) {
      const piece = rest.subarray(0, MAX_FRAME_BYTES - this.#pieceBytes - this.#tinyBytes);
      if (piece.byteLength < TINY_CHUNK_BYTES) this.#addTiny(piece);
      else this.#addPiece(piece);
      rest = rest.subarray(piece.byteLength);
      if (this.#pieceBytes + this.#tinyBytes === MAX_FRAME_BYTES) frames.push(this.flush());
    }
    return frames;
  }
  /** The frame under way as the pieces to write; none when nothing is left. */
  flush() {
    this.#sealTiny();
    if (this.#pieceBytes === 0) return [];
    const header = new Uint8Array(8);
    new DataView(header.buffer).setUint32(0, this.#pieceBytes, true);
    const frame = [header, ...this.#pieces];
    this.#pieces = [];
    this.#pieceBytes = 0;
    return frame;
  }
  #addPiece(piece) {
    this.#sealTiny();
    this.#pieces.push(piece);
    this.#pieceBytes += piece.byteLength;
  }
  #addTiny(piece) {
    if (this.#tinyBytes + piece.byteLength > this.#tiny.byteLength) {
      this.#sealTiny();
      this.#tiny = Buffer.allocUnsafe(8 * TINY_CHUNK_BYTES);
    }
    this.#tiny.set(piece, this.#tinyBytes);
    this.#tinyBytes += piece.byteLength;
  }
  #sealTiny() {
    if (this.#tinyBytes === 0) return;
    this.#pieces.push(this.#tiny.subarray(0, this.#tinyBytes));
    this.#pieceBytes += this.#tinyBytes;
    this.#tiny = this.#tiny.subarray(this.#tinyBytes);
    this.#tinyBytes = 0;
  }
};

// src/nix/client/framed-body.ts
function sendFramed(link2, source) {
  const gatherer = new FrameGatherer();
  const iterator = openSource(source);
  let isStopped = false;
  let resumeSending;
  let failure;
  const pull = () => new Promise((resolve2, reject) => {
    resumeSending = () => {
      if (isStopped) resolve2(void 0);
    };
    iterator.next().then(resolve2, reject);
  });
  const room = async () => {
    for (; ; ) {
      if (!link2.isFull || isStopped) return;
      await new Promise((resolve2) => {
        resumeSending = resolve2;
      });
    }
  };
  const send = async () => {
    try {
      for (let step = await pull(); step !== void 0 && step.done !== true; step = await pull()) {
        for (const frame of gatherer.add(step.value)) {
          if (isStopped) break;
          link2.write(frame);
          if (link2.isFull) await room();
        }
        if (isStopped) break;
      }
      if (!isStopped) link2.write(gatherer.flush());
    } catch (thrown) {
      failure = { thrown };
    }
    link2.write([LAST_FRAME]);
  };
  return {
    sent: send(),
    stop() {
      if (isStopped) return;
      isStopped = true;
      resumeSending?.();
      iterator.return().catch(() => void 0);
    },
    wake: () => resumeSending?.(),
    get failure() {
      return failure;
    }
  };
}
function openSource(source) {
  if (Symbol.asyncIterator in source) {
    const iterator2 = source[Symbol.asyncIterator]();
    return { next: () => iterator2.next(), return: async () => iterator2.return?.() };
  }
  const iterator = source[Symbol.iterator]();
  return { next: async () => iterator.next(), return: async () => iterator.return?.() };
}

// src/nix/client/link.ts
var CLOSE_GRACE_MS = 250;
var SMALL_PIECE_BYTES = 4096;
var FLUSH_BYTES = 64 * 1024;
function openLink(duplex, events) {
  let isFull = false;
  let isOver = false;
  let failure;
  let grace;
  let outbox = [];
  let outboxBytes = 0;
  let turnEnd;
  const flush = () => {
    clearImmediate(turnEnd);
    turnEnd = void 0;
    const pieces = joinSmall(outbox);
    outbox = [];
    outboxBytes = 0;
    if (isOver || !duplex.writable) return;
    duplex.cork();
    for (const piece of pieces) isFull = !duplex.write(piece) || isFull;
    duplex.uncork();
  };
  const finish = () => {
    if (isOver) return;
    isOver = true;
    clearTimeout(grace);
    events.closed(failure);
    duplex.destroy();
  };
  const finishSoon = () => {
    grace ??= setTimeout(finish, CLOSE_GRACE_MS);
  };
  duplex.on("data", (chunk) => {
    if (!isOver) events.data(chunk);
  });
  duplex.on("drain", () => {
    isFull = false;
    if (!isOver) events.drained();
  });
  duplex.on("error", (error) => {
    failure ??= error;
    finishSoon();
  });
  duplex.on("end", finishSoon);
  duplex.on("close", finish);
  return {
    get isFull() {
      return isFull;
    },
    write(pieces) {
      if (isOver) return;
      for (const piece of pieces) {
        outbox.push(piece);
        outboxBytes += piece.byteLength;
      }
      if (outboxBytes >= FLUSH_BYTES) flush();
      else turnEnd ??= setImmediate(flush);
    },
    pause: () => {
      duplex.pause();
    },
    resume: () => {
      duplex.resume();
    },
    destroy() {
      isOver = true;
      clearTimeout(grace);
      clearImmediate(turnEnd);
      duplex.destroy();
    }
  };
}
function joinSmall(pieces) {
  const joined = [];
  let small = [];
  const seal = () => {
    const [first] = small;
    if (first !== void 0) joined.push(small.length === 1 ? first : Buffer.concat(small));
    small = [];
  };
  for (const piece of pieces) {
    if (piece.byteLength < SMALL_PIECE_BYTES) small.push(piece);
    else {
      seal();
      joined.push(piece);
    }
  }
  seal();
  return joined;
}

// src/nix/client/pending.ts
function createPending(request) {
  const { promise, resolve: resolve2, reject } = withResolvers();
  let decoding;
  let outcome;
  const pending = {
    purpose: request.purpose,
    bytes: request.bytes,
    isBarrier: request.isBarrier ?? false,
    body: request.body,
    framed: void 0,
    advance(input) {
      decoding ??= request.decode(input);
      const step = decoding.next();
      if (step.done === true) outcome = step.value;
      return outcome;
    },
    resolve() {
      if (outcome?.kind === "answered") resolve2(outcome.value);
    },
    reject
  };
  return { pending, promise };
}
function withResolvers() {
  let resolve2 = () => void 0;
  let reject = () => void 0;
  const promise = new Promise((onResolve, onReject) => {
    resolve2 = onResolve;
    reject = onReject;
  });
  return { promise, resolve: resolve2, reject };
}

// src/nix/client/unasked.ts
var unaskedRequest = {
  purpose: "waiting for the next request",
  bytes: new Uint8Array(),
  *decode(input) {
    const message = yield* decodeDaemonMessage(input);
    if (message.kind !== "error")
      throw protocolError("silence while nothing is asked", `a message "${message.kind}"`);
    const text = withoutColours(message.error.message);
    throw new DispatchError("connection-lost", `the daemon hung up after an error: ${text}`);
  }
};

// src/nix/client/conversation.ts
var WINDOW = 1024;
function startConversation(duplex, peer) {
  const input = new ByteQueue();
  const waiting = [];
  const inFlight = [];
  const closed = withResolvers();
  let ending;
  let sending;
  let unasked;
  let lastRefusal;
  let suspect;
  const link2 = openLink(duplex, {
    data(chunk) {
      input.push(chunk);
      settleSuspect();
      advance();
    },
    drained() {
      sending?.framed?.wake();
      pump();
    },
    closed(cause) {
      const details = { cause: cause ?? suspicion(), stderr: peer.stderrTail() };
      finish((purpose) => lost(peer.host, purpose, details));
    }
  });
  return {
    get isOpen() {
      return ending === void 0;
    },
    closed: closed.promise,
    request(request) {
      if (ending !== void 0) return Promise.reject(ending(request.purpose, false));
      const { pending, promise } = createPending(request);
      waiting.push(pending);
      pump();
      return promise;
    },
    pause: () => link2.pause(),
    resume: () => link2.resume(),
    end: (fault) => finish((purpose) => during(peer.host, purpose, fault)),
    unread: () => input.peek(300)
  };
  function pump() {
    while (mayWrite()) {
      const next = waiting.shift();
      if (next === void 0) return;
      inFlight.push(next);
      link2.write([next.bytes]);
      if (next.body !== void 0) startBody(next, next.body);
    }
  }
  function mayWrite() {
    if (ending !== void 0 || unasked !== void 0 || sending !== void 0) return false;
    return inFlight.length < WINDOW && inFlight.at(-1)?.isBarrier !== true && !link2.isFull;
  }
  function startBody(pending, body) {
    sending = pending;
    pending.framed = sendFramed(link2, body);
    void pending.framed.sent.then(() => {
      sending = void 0;
      pump();
    });
  }
  function advance() {
    for (; ; ) {
      if (ending !== void 0 || input.length === 0) return;
      unasked ??= inFlight.length === 0 ? createPending(unaskedRequest).pending : void 0;
      const current = unasked ?? inFlight[0];
      if (current === void 0) return;
      const outcome = readOn(current);
      if (outcome === void 0) return;
      inFlight.shift();
      conclude(current, outcome);
      pump();
    }
  }
  function readOn(current) {
    try {
      return current.advance(input);
    } catch (thrown) {
      const fault = toDispatchError(thrown, "protocol");
      finish(
        (purpose, isCulprit) => isCulprit ? during(peer.host, purpose, fault) : lost(peer.host, purpose, { cause: fault, stderr: "" }),
        current
      );
      return void 0;
    }
  }
  function conclude(pending, outcome) {
    if (outcome.kind === "answered") {
      lastRefusal = void 0;
      settle2(pending, void 0);
      return;
    }
    const isRepeated = outcome.isFirst && lastRefusal !== void 0 && isSameDaemonError(lastRefusal, outcome.error);
    lastRefusal = outcome.error;
    if (isRepeated && input.length === 0) suspect = pending;
    else settle2(pending, refusal(peer.host, pending.purpose, outcome.error));
    if (suspect !== void 0 && inFlight.length === 0 && waiting.length === 0) ping();
  }
  function settleSuspect() {
    if (suspect === void 0 || lastRefusal === void 0) return;
    settle2(suspect, refusal(peer.host, suspect.purpose, lastRefusal));
    suspect = void 0;
  }
  function suspicion() {
    if (suspect === void 0 || lastRefusal === void 0) return void 0;
    return refusal(peer.host, "the request before it", lastRefusal);
  }
  function ping() {
    const { purpose, request: bytes, reply } = queryValidPaths([], { substitute: false });
    const { pending, promise } = createPending({
      purpose,
      bytes,
      decode: decodeExchange(reply, () => void 0)
    });
    promise.catch(() => void 0);
    waiting.push(pending);
  }
  function settle2(pending, refused) {
    const { framed } = pending;
    const complete = () => {
      if (framed?.failure !== void 0) pending.reject(framed.failure.thrown);
      else if (refused !== void 0) pending.reject(refused);
      else pending.resolve();
    };
    if (framed === void 0) return complete();
    if (refused !== void 0) framed.stop();
    void framed.sent.then(complete);
  }
  function finish(how, culprit) {
    if (ending !== void 0) return;
    ending = how;
    link2.destroy();
    sending?.framed?.stop();
    const abandoned = [...suspect === void 0 ? [] : [suspect], ...inFlight, ...waiting];
    inFlight.length = 0;
    waiting.length = 0;
    for (const pending of abandoned) pending.reject(how(pending.purpose, pending === culprit));
    closed.resolve();
  }
}

// src/nix/client/connect.ts
var HANDSHAKE_MS = 3e4;
async function connectDaemon(duplex, options) {
  const { host, timeoutMs = HANDSHAKE_MS, stderrTail = () => "", onMessage } = options;
  const conversation = startConversation(duplex, { host, stderrTail });
  const timer = setTimeout(() => {
    conversation.end(
      new DispatchError("timed-out", `no answer within ${timeoutMs / 1e3} s${quoteStderr(stderrTail())}`)
    );
  }, timeoutMs);
  try {
    const version = await greet(conversation, host, stderrTail);
    const introduction = await introduce(conversation, version);
    return createDaemonClient(conversation, { host, version, ...introduction, onMessage });
  } catch (error) {
    conversation.end(new DispatchError("cancelled", "the handshake failed"));
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
async function greet(conversation, host, stderrTail) {
  const purpose = "greeting the Nix daemon";
  try {
    return await conversation.request({ purpose, bytes: encodeHello(), decode: decodeGreeting });
  } catch (error) {
    if (!(error instanceof DispatchError) || error.code !== "connection-lost") throw error;
    throw notNix(conversation.unread(), { host, stderr: stderrTail(), cause: error });
  }
  function* decodeGreeting(input) {
    while (input.length < 8) yield;
    if (input.peek(8).readBigUInt64LE() !== BigInt(DAEMON_MAGIC)) {
      throw notNix(input.peek(300), { host, stderr: stderrTail(), cause: void 0 });
    }
    input.take(8);
    const daemon = parseVersionNumber(yield* decodeUint(input));
    return { kind: "answered", value: negotiateVersion(daemon) };
  }
}
async function introduce(conversation, version) {
  return conversation.request({
    purpose: "shaking hands with the Nix daemon",
    bytes: encodeHelloEnd(version),
    *decode(input) {
      const introduction = yield* decodeHelloEnd(input, version);
      return yield* decodeExchange(
        () => done(introduction),
        () => void 0
      )(input);
    }
  });
}
function* done(value) {
  return value;
}
function notNix(bytes, { host, stderr, cause }) {
  const found = bytes.byteLength === 0 ? "nothing" : JSON.stringify(Buffer.from(bytes).toString("utf8"));
  return new DispatchError(
    "not-nix",
    `expected the greeting of a Nix daemon, got ${found}${quoteStderr(stderr)}`,
    {
      host,
      cause,
      hint: bytes.byteLength === 0 ? "Check that nix-daemon is in the PATH of non-interactive logins there and that the user is in allowed-users." : "Nothing but the daemon may write to standard output there: look at what the login shell prints."
    }
  );
}

// src/builders/client-pool.ts
function createClientPool(host, name, timeoutMs) {
  const open = /* @__PURE__ */ new Map();
  const idle = [];
  let opened = 0;
  let isClosed = false;
  const pidOf = (client) => open.get(client)?.clientPid();
  return {
    async acquire() {
      for (let client2 = idle.pop(); client2 !== void 0; client2 = idle.pop()) {
        if (open.has(client2)) return client2;
      }
      const { stream, stderrTail, clientPid } = await host.openDaemonChannel();
      const order = opened++;
      const client = await connectDaemon(stream, { host: name, timeoutMs, stderrTail });
      open.set(client, { order, clientPid });
      void client.closed.then(() => open.delete(client));
      if (isClosed) client.close();
      return client;
    },
    release(client) {
      if (open.has(client) && !idle.includes(client)) idle.push(client);
    },
    clientPid: pidOf,
    siblings(client) {
      const pid = pidOf(client);
      return [...open].filter(([other]) => pidOf(other) === pid).sort(([, one], [, other]) => one.order - other.order).map(([other]) => other);
    },
    close() {
      isClosed = true;
      for (const client of open.keys()) client.close();
    }
  };
}

// src/builders/local/local-host.ts
import { connect } from "node:net";
import { join } from "node:path";

// src/builders/local/spawn-command.ts
import { spawn } from "node:child_process";
import { Duplex } from "node:stream";

// src/builders/local/child-environment.ts
var SECRET = /^(?:INPUT_|ACTIONS_\w*TOKEN$|GITHUB_TOKEN$|GH_TOKEN$)/;
function childEnvironment(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !SECRET.test(name)));
}

// src/builders/local/spawn-command.ts
var KILL_AFTER_MS = 3e3;
async function spawnCommand(words2) {
  const [program = "", ...args] = words2;
  const child = spawn(program, args, { env: childEnvironment(process.env), stdio: "pipe" });
  const stderrTail = keepTail(child.stderr);
  const exited = new Promise((resolve2) => {
    child.once("close", (code) => resolve2(code ?? void 0));
  });
  await new Promise((resolve2, reject) => {
    child.once("spawn", resolve2);
    child.once("error", (cause) => {
      reject(
        new DispatchError("local", `${program} cannot be started on this machine: ${cause.message}`, {
          hint: "Is Nix installed here, and on the PATH?",
          cause
        })
      );
    });
  });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on("error", () => {
  });
  stream.once("close", () => {
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS).unref();
  });
  return { stream, stderrTail, exited, pid: child.pid ?? 0 };
}

// src/builders/local/local-host.ts
var STATE_DIR = "/nix/var/nix";
function daemonSocketPath(environment) {
  const { NIX_DAEMON_SOCKET_PATH: socket, NIX_STATE_DIR: stateDir = STATE_DIR } = environment;
  return socket ?? join(stateDir, "daemon-socket/socket");
}
function openLocalHost(name, socketPath) {
  let end = () => {
  };
  return {
    lost: new Promise((resolve2) => {
      end = resolve2;
    }),
    close: () => end(void 0),
    openCommand: spawnCommand,
    async openDaemonChannel() {
      const path = socketPath ?? daemonSocketPath(process.env);
      try {
        return { stream: await connectUnix(path), stderrTail: () => "", clientPid: () => process.pid };
      } catch (cause) {
        if (socketPath !== void 0) {
          throw new DispatchError("local", `no Nix daemon answers at ${socketPath}`, { host: name, cause });
        }
      }
      const { stream, stderrTail, pid } = await spawnCommand(["nix-daemon", "--stdio"]);
      return { stream, stderrTail, clientPid: () => pid };
    }
  };
}
function connectUnix(path) {
  return new Promise((resolve2, reject) => {
    const socket = connect(path);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.removeListener("error", reject);
      resolve2(socket);
    });
  });
}

// src/builders/machine-facts.ts
var UNAME_MARK = "nix-dispatch-uname";
var FACTS_SCRIPT = `
nix --extra-experimental-features nix-command config show --json 2>/dev/null ||
  nix --extra-experimental-features nix-command show-config --json 2>/dev/null
echo
echo ${UNAME_MARK} $(uname -sm)
`;
function parseMachineFacts(output) {
  const mark = output.lastIndexOf(UNAME_MARK);
  const settings = parseSettings(mark < 0 ? output : output.slice(0, mark));
  const system = settings && stringSetting(settings, "system");
  if (settings !== void 0 && system !== void 0) {
    return {
      systems: [.../* @__PURE__ */ new Set([system, ...listSetting(settings, "extra-platforms")])],
      systemFeatures: listSetting(settings, "system-features")
    };
  }
  const [kernel = "", machine = ""] = mark < 0 ? [] : output.slice(mark + UNAME_MARK.length).trim().split(/\s+/);
  const guessed = systemOfUname(kernel, machine);
  return guessed === void 0 ? void 0 : { systems: [guessed], systemFeatures: [] };
}
function systemOfUname(kernel, machine) {
  if (!/^[\w.-]+$/.test(machine) || !/^(Linux|Darwin|FreeBSD)$/.test(kernel)) return void 0;
  const cpu = machine === "arm64" ? "aarch64" : machine === "amd64" ? "x86_64" : machine.replace(/^i[3-6]86$/, "i686");
  return `${cpu}-${kernel.toLowerCase()}`;
}
function parseSettings(output) {
  const start2 = output.indexOf("{");
  if (start2 < 0) return void 0;
  try {
    const settings = JSON.parse(output.slice(start2));
    return isRecord2(settings) ? settings : void 0;
  } catch {
    return void 0;
  }
}
function settingValue(settings, name) {
  const setting = settings[name];
  return isRecord2(setting) ? setting["value"] : void 0;
}
function stringSetting(settings, name) {
  const value = settingValue(settings, name);
  return typeof value === "string" && value !== "" ? value : void 0;
}
function listSetting(settings, name) {
  const value = settingValue(settings, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
function isRecord2(value) {
  return typeof value === "object" && value !== null;
}

// src/builders/probe-trust.ts
async function probeTrust(client) {
  if (client.trust !== "unknown") return client.trust;
  const { path } = await client.addToStore(
    { name: "nix-dispatch-trust-probe", method: "text:sha256", references: [] },
    [new TextEncoder().encode("Written to see whether this daemon trusts its user.\n")]
  );
  try {
    await client.addSignatures(path, []);
    return "trusted";
  } catch (error) {
    if (error instanceof DispatchError && error.code === "daemon") return "not-trusted";
    throw error;
  }
}

// src/builders/run-command.ts
var TIMEOUT_MS = 3e4;
var MAX_STDOUT_BYTES = 16 * 1024 * 1024;
async function runCommand(host, name, words2, options = {}) {
  const { stdin = "", timeoutMs = TIMEOUT_MS } = options;
  const { stream, stderrTail, exited } = await host.openCommand(words2);
  const chunks = [];
  let length = 0;
  let timer;
  try {
    const limits = new Promise((_, reject) => {
      const fail = (code2, what) => reject(new DispatchError(code2, `${words2[0]} on ${name} ${what}`, { host: name }));
      timer = setTimeout(() => fail("timed-out", `did not end within ${timeoutMs / 1e3} s`), timeoutMs);
      stream.on("data", (chunk) => {
        length += chunk.length;
        if (length > MAX_STDOUT_BYTES) fail("protocol", "prints without end");
        else chunks.push(chunk);
      });
    });
    stream.end(stdin);
    const code = await Promise.race([exited, limits]);
    return { code, stdout: Buffer.concat(chunks).toString("utf8"), stderr: stderrTail() };
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}

// src/builders/open-builder.ts
async function openBuilder(builder, credentials) {
  const began = performance.now();
  const { host, tryAnotherWay } = await openHost(builder, credentials);
  const pool = createClientPool(host, builder.name, credentials.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  const close = () => {
    pool.close();
    host.close();
  };
  try {
    const [client, facts] = await Promise.all([firstClient(pool, tryAnotherWay), askFacts(builder, host)]);
    const connectSeconds = (performance.now() - began) / 1e3;
    const trust = await findTrust(builder, client);
    pool.release(client);
    return {
      builder,
      info: {
        nixVersion: client.nixVersion,
        protocolVersion: client.protocolVersion,
        trust,
        systems: facts.systems,
        supportedFeatures: facts.systemFeatures,
        maxJobs: builder.maxJobs ?? (builder.address.kind === "ssh" ? 1 : availableParallelism()),
        connectSeconds
      },
      acquire: () => pool.acquire(),
      release: (released) => pool.release(released),
      clientPid: (of) => pool.clientPid(of),
      siblings: (of) => pool.siblings(of),
      exec: (words2, options) => runCommand(host, builder.name, words2, options),
      openCommand: (words2) => host.openCommand(words2),
      lost: host.lost,
      close
    };
  } catch (error) {
    close();
    throw error;
  }
}
async function openHost(builder, credentials) {
  const { address, name } = builder;
  switch (address.kind) {
    case "local":
      return { host: openLocalHost(name, void 0), tryAnotherWay: () => false };
    case "unix":
      return { host: openLocalHost(name, address.socketPath), tryAnotherWay: () => false };
    case "ssh": {
      const { openSshHost } = await import("./chunk-KD3LQDU4.js");
      const host = await openSshHost(builder, address, credentials);
      return { host, tryAnotherWay: () => host.tryAnotherWay() };
    }
  }
}
async function firstClient(pool, tryAnotherWay) {
  for (; ; ) {
    try {
      return await pool.acquire();
    } catch (error) {
      if (!mayBeTheWay(error) || !tryAnotherWay()) throw error;
    }
  }
}
async function askFacts(builder, host) {
  const { systems, supportedFeatures } = builder;
  if (systems.length > 0) return { systems, systemFeatures: supportedFeatures };
  const answer = await runCommand(host, builder.name, ["sh", "-c", FACTS_SCRIPT]).catch(() => void 0);
  const facts = answer === void 0 ? void 0 : parseMachineFacts(answer.stdout);
  const ours = systemOfUname(
    process.platform === "darwin" ? "Darwin" : "Linux",
    process.arch === "arm64" ? "aarch64" : "x86_64"
  );
  return {
    // A host that answers nothing gets the systems that Nix would give it: ours.
    systems: facts?.systems ?? (ours === void 0 ? [] : [ours]),
    systemFeatures: supportedFeatures.length > 0 ? supportedFeatures : facts?.systemFeatures ?? []
  };
}
async function findTrust(builder, client) {
  const { trusted } = builder.parameters;
  if (client.trust !== "unknown" || trusted === void 0) return probeTrust(client);
  return trusted ? "trusted" : "not-trusted";
}

// src/dispatch/store.ts
function createStore(name, channels) {
  const held = /* @__PURE__ */ new Set();
  const known = /* @__PURE__ */ new Map();
  let control;
  const controlClient = () => {
    if (control !== void 0) return control;
    const opening = channels.acquire();
    const forget = () => {
      if (control !== opening) return;
      control = void 0;
      held.clear();
    };
    opening.then((client) => client.closed).then(forget, forget);
    control = opening;
    return opening;
  };
  const store = {
    name,
    held,
    incoming: /* @__PURE__ */ new Map(),
    bytesReceived: 0,
    bytesSent: 0,
    ask: async (question) => question(await controlClient()),
    async use(work) {
      const client = await channels.acquire();
      try {
        return await work(client);
      } finally {
        channels.release(client);
      }
    },
    async hold(paths) {
      const unknown = paths.filter((path) => !held.has(path));
      if (unknown.length > 0) {
        const client = await controlClient();
        const [, valid] = await Promise.all([
          client.addTempRoots(unknown),
          client.queryValidPaths(unknown, { substitute: false })
        ]);
        if (client.isOpen) for (const path of valid) held.add(path);
        const answered = new Set(valid);
        return new Set(paths.filter((path) => held.has(path) || answered.has(path)));
      }
      return new Set(paths);
    },
    keep(paths) {
      for (const path of paths) held.add(path);
      store.ask((client) => client.addTempRoots(paths)).catch(() => {
        for (const path of paths) held.delete(path);
      });
    },
    async infos(paths) {
      const unknown = paths.filter((path) => !known.has(path));
      if (unknown.length > 0) {
        const answers = store.ask((client) => client.queryPathInfos(unknown));
        for (const [index, path] of unknown.entries()) {
          const answer = answers.then((infos) => infos[index] ?? Promise.reject(notValid(path, name)));
          answer.catch(() => known.delete(path));
          known.set(path, answer);
        }
      }
      return Promise.all(paths.map((path) => known.get(path) ?? Promise.reject(notValid(path, name))));
    }
  };
  return store;
}
function notValid(path, store) {
  return new DispatchError("daemon", `${path} is not in the store of ${store} (any more)`, {
    host: store,
    hint: "A garbage collection may have removed it; the build is tried again."
  });
}

// src/dispatch/open-runner.ts
var runner = {
  name: "local",
  uri: "local",
  address: { kind: "local" },
  systems: [],
  keyFile: void 0,
  maxJobs: 1,
  speedFactor: 1,
  supportedFeatures: [],
  mandatoryFeatures: [],
  hostKey: void 0,
  parameters: DEFAULT_PARAMETERS
};
async function openRunner() {
  const opened = await openBuilder(runner, { privateKey: void 0, knownHosts: "" });
  return {
    store: createStore(runner.name, opened),
    [Symbol.asyncDispose]: async () => opened.close()
  };
}

// src/dispatch/proc-meter.ts
import { createInterface } from "node:readline";

// src/accounting/cpu-time.ts
function cgroupCpuTime(userMicroseconds, systemMicroseconds) {
  if (userMicroseconds === void 0 || systemMicroseconds === void 0) return void 0;
  return { seconds: (Number(userMicroseconds) + Number(systemMicroseconds)) / 1e6, source: "cgroup" };
}

// src/accounting/proc/stat.ts
var PARENT_PID = 1;
var CHILD_USER = 13;
var CHILD_SYSTEM = 14;
var START_TIME = 19;
function parseProcessStat(text) {
  const pid = /^(\d+) \(/.exec(text)?.[1];
  const commandEnd = text.lastIndexOf(") ");
  if (pid === void 0 || commandEnd < 0) return void 0;
  const fields = text.slice(commandEnd + 2).trim().split(" ");
  const [parentPid, user, system, start2] = [PARENT_PID, CHILD_USER, CHILD_SYSTEM, START_TIME].map(
    (index) => wholeNumber(fields[index])
  );
  if (parentPid === void 0 || user === void 0 || system === void 0 || start2 === void 0)
    return void 0;
  return { pid: Number(pid), parentPid, waitedChildTicks: user + system, startTicks: start2 };
}
function wholeNumber(text) {
  if (text === void 0 || !/^\d{1,15}$/.test(text)) return void 0;
  return Number(text);
}

// src/accounting/proc/probe.ts
var READY = /^nix-dispatch-probe (\d{1,6})$/;
var PROBE_END = "nix-dispatch-probe-end";
var ARGUMENT_END = "";
var PROBE_SCRIPT = `
echo "nix-dispatch-probe $(getconf CLK_TCK 2>/dev/null || echo 100)"
while read -r verb rest; do
  case $verb in
  scan)
    for dir in /proc/[0-9]*; do
      words=
      { read -r words < "$dir/cmdline"; } 2>/dev/null
      case $words in *nix-daemon*|*nixdaemon*|nix[0-9]*|*/nix[0-9]*) ;; *) continue ;; esac
      echo "argv \${dir#/proc/} $(tr '\\000\\n' '\\037 ' < "$dir/cmdline" 2>/dev/null)"
      { read -r words < "$dir/stat" && echo "stat $words"; } 2>/dev/null
    done ;;
  stat)
    for pid in $rest; do
      { read -r words < "/proc/$pid/stat" && echo "stat $words"; } 2>/dev/null
    done ;;
  esac
  echo ${PROBE_END}
done
`;
function statRequest(pids) {
  return `stat ${pids.join(" ")}
`;
}
var SCAN_REQUEST = "scan\n";
function parseReadyLine(line) {
  const ticks = Number(READY.exec(line)?.[1]);
  return ticks > 0 ? ticks : void 0;
}
function parseProbeAnswer(lines) {
  const processes = [];
  const stats = [];
  let argv;
  for (const line of lines) {
    const stat = line.startsWith("stat ") ? parseProcessStat(line.slice("stat ".length)) : void 0;
    if (stat !== void 0) {
      stats.push(stat);
      if (argv !== void 0) processes.push({ pid: stat.pid, argv, stat });
    }
    argv = parseArgv(line);
  }
  return { processes, stats };
}
function parseArgv(line) {
  const words2 = /^argv \d+ (.*)$/s.exec(line)?.[1];
  if (words2 === void 0) return void 0;
  return words2.split(ARGUMENT_END).filter((word, index) => index === 0 || word !== "");
}

// src/accounting/proc/worker.ts
function findWorker(processes, clientPid, place2 = { index: 0, of: 1 }) {
  const pid = String(clientPid);
  const workers = processes.filter((process2) => process2.pid !== clientPid && servesClient(process2.argv, pid)).sort((one, other) => one.stat.startTicks - other.stat.startTicks || one.pid - other.pid);
  if (workers.length > 0) return workers.length === place2.of ? workers[place2.index] : void 0;
  return processes.find((process2) => process2.pid === clientPid && isStdioDaemon(process2.argv));
}
function cpuBetween(before, after, ticksPerSecond) {
  const isSame = before === void 0 || before.pid === after.pid && before.startTicks === after.startTicks;
  const ticks = after.waitedChildTicks - (before?.waitedChildTicks ?? 0);
  return isSame && ticks >= 0 ? { seconds: ticks / ticksPerSecond, source: "proc" } : void 0;
}
function servesClient(argv, pid) {
  const [program = "", first = "", second = ""] = argv;
  const name = program.slice(program.lastIndexOf("/") + 1);
  switch (name) {
    case "nix-daemon":
      return first === pid || first === "--for" && second === pid;
    case "nix":
      return first === pid.slice(0, "daemon".length);
    default:
      return false;
  }
}
function isStdioDaemon(argv) {
  return argv.includes("--stdio");
}

// src/dispatch/proc-meter.ts
var patienceMs = 1e4;
var mostAnswerBytes = 16 * 2 ** 20;
function createCpuMeter(opened) {
  let probe;
  const workers = /* @__PURE__ */ new WeakMap();
  const find = async (client) => {
    probe ??= openProbe(opened).catch(() => void 0);
    const pid = opened.clientPid(client);
    const opening = await probe;
    if (pid === void 0 || opening === void 0) return void 0;
    const { processes } = await opening.ask(SCAN_REQUEST);
    const siblings = opened.siblings(client);
    const place2 = { index: siblings.indexOf(client), of: siblings.length };
    return findWorker(processes, pid, place2)?.stat;
  };
  const look = async (client, worker) => {
    if (worker.kind !== "known") return find(client);
    const opening = await probe;
    const answer = await opening?.ask(statRequest([worker.stat.pid]));
    return answer?.stats.find(({ pid }) => pid === worker.stat.pid);
  };
  const measure = async (client, worker) => {
    const stat = await look(client, worker);
    const opening = await probe;
    workers.set(client, stat === void 0 ? { kind: "unknown" } : { kind: "known", stat });
    if (stat === void 0 || opening === void 0 || worker.kind === "unknown") return void 0;
    return cpuBetween(worker.kind === "known" ? worker.stat : void 0, stat, opening.ticksPerSecond);
  };
  return {
    begin(client) {
      const worker = workers.get(client) ?? { kind: "fresh" };
      const before = worker.kind === "unknown" ? find(client).then(
        (stat) => stat === void 0 ? worker : { kind: "known", stat },
        () => worker
      ) : Promise.resolve(worker);
      return async (result) => {
        const told = cgroupCpuTime(result?.cpuUserMicroseconds, result?.cpuSystemMicroseconds);
        return told ?? measure(client, await before).catch(() => void 0);
      };
    }
  };
}
async function openProbe(opened) {
  const { stream } = await opened.openCommand(["sh", "-c", PROBE_SCRIPT]);
  const waiting = [];
  let lines = [];
  let ready = () => {
  };
  const isReady = new Promise((resolve2) => {
    ready = resolve2;
  });
  const end = () => {
    ready(void 0);
    for (const resolve2 of waiting.splice(0)) resolve2(parseProbeAnswer([]));
  };
  stream.on("error", end).on("close", end);
  let answerBytes = 0;
  stream.on("data", (chunk) => {
    answerBytes += chunk.byteLength;
    if (answerBytes > mostAnswerBytes) stream.destroy();
  });
  createInterface({ input: stream }).on("line", (line) => {
    const ticks = parseReadyLine(line);
    if (ticks !== void 0) ready(ticks);
    else if (line === PROBE_END) waiting.shift()?.(parseProbeAnswer(lines));
    else lines.push(line);
    if (line !== PROBE_END) return;
    lines = [];
    answerBytes = 0;
  });
  const timer = setTimeout(() => stream.destroy(), patienceMs);
  const ticksPerSecond = await isReady;
  clearTimeout(timer);
  if (ticksPerSecond === void 0) return void 0;
  return {
    ticksPerSecond,
    ask: (request) => new Promise((resolve2) => {
      if (stream.destroyed) {
        resolve2(parseProbeAnswer([]));
        return;
      }
      const late = setTimeout(() => stream.destroy(), patienceMs);
      waiting.push((answer) => {
        clearTimeout(late);
        resolve2(answer);
      });
      stream.write(request);
    })
  };
}

// src/dispatch/slots.ts
function createSlots() {
  const taken = /* @__PURE__ */ new Set();
  return {
    take() {
      let slot = 0;
      while (taken.has(slot)) slot += 1;
      taken.add(slot);
      return slot;
    },
    free: (slot) => void taken.delete(slot)
  };
}

// src/dispatch/open-session.ts
async function openSession(id, builder, credentials, runner2) {
  const opened = await openBuilder(builder, credentials);
  const isRunner = builder.address.kind === "local";
  const { trust, systems, supportedFeatures, maxJobs, nixVersion, connectSeconds } = opened.info;
  const granularity = builder.parameters.granularity ?? (trust === "trusted" ? "derivation" : "closure");
  return {
    id,
    name: builder.name,
    offer: {
      id,
      systems,
      supportedFeatures,
      mandatoryFeatures: builder.mandatoryFeatures,
      maxJobs,
      speedFactor: builder.speedFactor,
      granularity
    },
    store: isRunner ? runner2 : createStore(builder.name, opened),
    channels: opened,
    slots: createSlots(),
    cpuMeter: createCpuMeter(opened),
    nixVersion,
    connectSeconds,
    isRunner,
    lost: opened.lost,
    close: () => opened.close()
  };
}

// src/dispatch/run-dispatch.ts
import { once } from "node:events";

// src/dispatch/attempt-logs.ts
var mostNested = 4e3;
function createAttemptLogs(folder, observer, main) {
  const log = folder.open(main.drvPath);
  const nested = /* @__PURE__ */ new Map();
  let hasStarted = false;
  let bytes = 0;
  const placeOf = (drvPath) => (drvPath === void 0 ? void 0 : nested.get(drvPath)) ?? { build: main, log };
  return {
    listener: {
      onBuildStarted(text) {
        hasStarted = true;
        if (text === main.drvPath || nested.has(text) || nested.size >= mostNested) return;
        if (!isStorePath(text) || storePathName(text) === storePathName(main.drvPath)) return;
        const name = storePathName(text).replace(/\.drv$/u, "");
        const build = { drvPath: text, name, builder: main.builder };
        const startedAtMs = Date.now();
        nested.set(text, { build, startedAtMs, finishedAtMs: void 0, log: folder.open(text) });
        observer.buildStarted(build);
      },
      onBuildStopped(text) {
        const stopped = nested.get(text);
        if (stopped === void 0) return;
        stopped.finishedAtMs ??= Date.now();
        stopped.log.flush();
      },
      onLogLine(line, drvPath) {
        const place2 = placeOf(drvPath);
        const before = place2.log.bytes;
        place2.log.write(line);
        bytes += place2.log.bytes - before;
        observer.logLine(place2.build, line);
      },
      onPhase: (phase, drvPath) => observer.phase(placeOf(drvPath).build, phase)
    },
    hasStarted: () => hasStarted,
    bytes: () => bytes,
    close: () => ({
      log: log.close(),
      nested: [...nested.values()].map(({ build, startedAtMs, finishedAtMs, log: log2 }) => ({
        build,
        startedAtMs,
        finishedAtMs,
        log: log2.close()
      }))
    })
  };
}

// src/nix/hash/content-address.ts
var PREFIX = {
  text: "text:",
  flat: "",
  nar: "r:",
  git: "git:"
};
function parseContentAddressScheme(text) {
  const [method, word] = splitMethod(text);
  const algorithm = parseHashAlgorithm(word);
  if (algorithm === void 0) {
    throw new DispatchError(
      "protocol",
      `${JSON.stringify(text.slice(0, 200))} is not a known hash algorithm`
    );
  }
  return { method, algorithm };
}
function formatContentAddressScheme(scheme) {
  return PREFIX[scheme.method] + scheme.algorithm;
}
function splitMethod(text) {
  for (const method of ["nar", "git", "text"]) {
    if (text.startsWith(PREFIX[method])) return [method, text.slice(PREFIX[method].length)];
  }
  return ["flat", text];
}

// src/nix/derivation/output-fields.ts
var IMPURE = "impure";
var LOWER_HEX = /^[0-9a-f]+$/;
function parseOutputFields(fields, storeDir) {
  const { path, hashAlgo, hash } = fields;
  if (hashAlgo === "") {
    if (hash !== "") throw bad(fields, "a hash without an algorithm");
    return path === "" ? { kind: "deferred" } : { kind: "input-addressed", path: parseStorePath(path, storeDir) };
  }
  const scheme = parseContentAddressScheme(hashAlgo);
  if (hash === IMPURE) {
    if (path !== "") throw bad(fields, "an impure output with a path");
    return { kind: "impure", ...scheme };
  }
  if (hash === "") {
    if (path !== "") throw bad(fields, "a path and an algorithm without a hash");
    return { kind: "floating", ...scheme };
  }
  if (!LOWER_HEX.test(hash)) throw bad(fields, "a hash that is not lower-case hexadecimal");
  return {
    kind: "fixed",
    path: parseStorePath(path, storeDir),
    method: scheme.method,
    hash: parseHash(hash, scheme.algorithm)
  };
}
function formatOutputFields(output) {
  switch (output.kind) {
    case "input-addressed":
      return { path: output.path, hashAlgo: "", hash: "" };
    case "fixed": {
      const scheme = { method: output.method, algorithm: output.hash.algorithm };
      return {
        path: output.path,
        hashAlgo: formatContentAddressScheme(scheme),
        hash: formatHash(output.hash, "base16")
      };
    }
    case "floating":
      return { path: "", hashAlgo: formatContentAddressScheme(output), hash: "" };
    case "deferred":
      return { path: "", hashAlgo: "", hash: "" };
    case "impure":
      return { path: "", hashAlgo: formatContentAddressScheme(output), hash: IMPURE };
  }
}
function bad(fields, what) {
  return new DispatchError("protocol", `a derivation output has ${what}: ${JSON.stringify(fields)}`);
}

// src/nix/derivation/basic-derivation.ts
function toBasicDerivation(derivation, inputPaths) {
  return {
    outputs: new Map([...derivation.outputs].map(([name, output]) => [name, formatOutputFields(output)])),
    inputSrcs: [.../* @__PURE__ */ new Set([...derivation.inputSources, ...inputPaths])].sort(),
    platform: derivation.system,
    builder: derivation.builder,
    args: derivation.args,
    env: derivation.environment
  };
}

// src/dispatch/build-request.ts
async function buildOne(client, drvPath, derivation, inputPaths, listener) {
  return client.buildDerivation(drvPath, toBasicDerivation(derivation, inputPaths), listener);
}
async function buildWithClosure(client, drvPath, listener) {
  const results = await client.buildPathsWithResults([{ kind: "built", drvPath, outputs: "all" }], listener);
  return results.find(({ path }) => path.kind === "built" && path.drvPath === drvPath)?.result;
}

// src/dispatch/graph/graph.ts
function createGraph() {
  const nodes = [];
  const byPath = /* @__PURE__ */ new Map();
  const add = (node) => {
    const added = { ...node, id: nodes.length, successor: void 0 };
    nodes.push(added);
    return added;
  };
  const nodeOf = (id) => {
    const node = nodes[id];
    if (node === void 0) throw new DispatchError("protocol", `no derivation has the number ${id}`);
    return node;
  };
  return {
    nodes,
    intern(drvPath) {
      const known = byPath.get(drvPath);
      if (known !== void 0) return known;
      const node = add({ drvPath, facts: void 0, inputs: [] });
      byPath.set(drvPath, node);
      return node;
    },
    find: (drvPath) => byPath.get(drvPath),
    node: nodeOf,
    succeed(id) {
      const node = nodeOf(id);
      const next = add(node);
      node.successor = next.id;
      return next;
    },
    current(id) {
      const node = nodeOf(id);
      return node.successor === void 0 ? node : nodeOf(node.successor);
    }
  };
}
function factsOf(node) {
  if (node.facts === void 0) throw new DispatchError("local", `${node.drvPath} was not read yet`);
  return node.facts;
}
function outputPaths(facts, outputs) {
  const paths = [];
  for (const output of outputs) {
    const path = facts.outputs.get(output);
    if (path !== void 0) paths.push(path);
  }
  return paths;
}

// src/dispatch/ledger/attempt-end.ts
function endOfResult(result, hasStarted) {
  if (result === void 0) {
    return { kind: "infrastructure", message: "the daemon gave no result for this build" };
  }
  const message = result.errorMessage.trim();
  switch (result.status) {
    case "built":
    case "substituted":
      return { kind: result.status };
    case "already-valid":
    case "resolves-to-already-valid":
      return { kind: "already-valid" };
    case "dependency-failed":
      return { kind: "dependency-failed", drvPath: void 0, message };
    case "timed-out":
      return { kind: "timed-out", message };
    case "log-limit-exceeded":
      return { kind: "log-limit", message };
    case "no-substituters":
      return { kind: "infrastructure", message };
    // Nix says `transient` of every fixed-output build that fails, whatever the reason was.
    case "transient-failure":
    case "permanent-failure":
    case "input-rejected":
    case "misc-failure":
      if (!hasStarted) return { kind: "infrastructure", message: `it was refused: ${message}` };
      return { kind: "failed", message };
    case "output-rejected":
    case "cached-failure":
    case "not-deterministic":
    case "hash-mismatch":
    case "cancelled":
    case "unknown":
      return { kind: "failed", message: message === "" ? `the daemon says "${result.status}"` : message };
  }
}
function endOfError(error) {
  return {
    kind: "infrastructure",
    message: error.hint === void 0 ? error.message : `${error.message} ${error.hint}`
  };
}

// src/dispatch/ledger/outcome.ts
function outcomeOfAttempt(attempt) {
  const { end, builder } = attempt;
  switch (end.kind) {
    case "built":
      return { kind: "built", builder };
    case "substituted":
      return { kind: "substituted", where: builder };
    case "already-valid":
      return { kind: "already-valid", where: builder };
    case "dependency-failed":
      return end.drvPath === void 0 ? { kind: "failed", builder, message: end.message } : { kind: "dependency-failed", root: end.drvPath };
    case "failed":
    case "timed-out":
    case "log-limit":
    case "infrastructure":
      return { kind: end.kind, builder, message: end.message };
    case "cancelled":
      return { kind: "cancelled" };
  }
}
function isGoodEnd(end) {
  return end.kind === "built" || end.kind === "substituted" || end.kind === "already-valid";
}
function scheduleResultOf(end, narSizeBytes) {
  switch (end.kind) {
    case "built":
    case "substituted":
    case "already-valid":
      return { kind: "built", narSizeBytes };
    case "infrastructure":
      return { kind: "infrastructure" };
    case "failed":
    case "dependency-failed":
    case "timed-out":
    case "log-limit":
    case "cancelled":
      return { kind: "failed" };
  }
}
function attemptReport(attempt) {
  const { end } = attempt;
  return {
    builder: attempt.builder,
    startedAtMs: attempt.startedAtMs,
    finishedAtMs: attempt.finishedAtMs,
    result: resultWord(end.kind),
    message: "message" in end ? end.message : ""
  };
}
function resultWord(kind) {
  switch (kind) {
    case "built":
    case "substituted":
    case "already-valid":
      return "built";
    case "dependency-failed":
      return "failed";
    case "failed":
    case "timed-out":
    case "log-limit":
    case "infrastructure":
    case "cancelled":
      return kind;
  }
}

// src/dispatch/limits.ts
var longestTimerMs = 2 ** 31 - 1;
function watchLimits(limits, exceeded) {
  let silence;
  let isOver = false;
  const end = (kind, message) => {
    if (isOver) return;
    stop();
    exceeded({ kind, message });
  };
  const startSilence = () => {
    const { maxSilentMs } = limits;
    if (maxSilentMs === void 0) return;
    silence = setTimeout(
      () => end("timed-out", `printed nothing for ${seconds(maxSilentMs)} (max_silent_time)`),
      Math.min(maxSilentMs, longestTimerMs)
    );
  };
  const { timeoutMs } = limits;
  const whole = timeoutMs === void 0 ? void 0 : setTimeout(
    () => end("timed-out", `ran longer than ${seconds(timeoutMs)} (build_timeout)`),
    Math.min(timeoutMs, longestTimerMs)
  );
  const stop = () => {
    isOver = true;
    clearTimeout(silence);
    clearTimeout(whole);
  };
  startSilence();
  return {
    sawOutput(logBytes) {
      if (isOver) return;
      silence?.refresh();
      if (limits.maxLogBytes !== void 0 && logBytes > limits.maxLogBytes) {
        end("log-limit", `its log is larger than ${limits.maxLogBytes} bytes (max_log_size)`);
      }
    },
    stop
  };
}
function seconds(ms) {
  return `${Math.round(ms / 100) / 10} s`;
}

// src/dispatch/graph/copy-order.ts
function referencesFirst(infos) {
  const byPath = new Map(infos.map((info) => [info.path, info]));
  const ordered = [];
  const entered = /* @__PURE__ */ new Set();
  for (const info of infos) {
    const stack = [{ info, left: false }];
    for (let top = stack.pop(); top !== void 0; top = stack.pop()) {
      if (top.left) {
        ordered.push(top.info);
        continue;
      }
      if (entered.has(top.info.path)) continue;
      entered.add(top.info.path);
      stack.push({ info: top.info, left: true });
      for (const reference of top.info.references) {
        const below = byPath.get(reference);
        if (below !== void 0 && !entered.has(reference)) stack.push({ info: below, left: false });
      }
    }
  }
  return ordered;
}

// src/dispatch/send-paths.ts
async function sendPaths(sender, receiver, infos) {
  const nars = sender.narsFromPaths(infos);
  const items = infos.map((info, index) => ({ info: { ...info, ultimate: false }, nar: nars[index] ?? [] }));
  if (receiver.supportsAddMultipleToStore && items.length > 1) {
    await receiver.addMultipleToStore(items, { dontCheckSignatures: true });
    return;
  }
  await Promise.all(
    items.map(({ info, nar }) => receiver.addToStoreNar(info, nar, { dontCheckSignatures: true }))
  );
}

// src/dispatch/transfer.ts
async function copyClosure(from, to, paths) {
  const absent = await absentClosure(from, to, paths);
  const others = absent.flatMap(({ path }) => to.incoming.get(path) ?? []);
  const mine = referencesFirst(absent.filter(({ path }) => !to.incoming.has(path)));
  const sending = sendAfter(others, from, to, mine);
  for (const { path } of mine) to.incoming.set(path, sending);
  try {
    await sending;
  } finally {
    for (const { path } of mine) to.incoming.delete(path);
  }
  return mine.reduce((total, { narSizeBytes }) => total + narSizeBytes, 0);
}
async function sendAfter(others, from, to, infos) {
  await Promise.all(others);
  if (infos.length === 0) return;
  try {
    await to.use(
      (receiver) => from.use(async (sender) => {
        await sendPaths(sender, receiver, infos);
        to.keep(infos.map(({ path }) => path));
      })
    );
  } catch (error) {
    const cause = toDispatchError(error, "connection-lost");
    const what = infos.length === 1 ? infos[0]?.path : `${infos.length} paths`;
    throw new DispatchError(
      cause.code,
      `copying ${what} from ${from.name} to ${to.name} failed: ${cause.message}`,
      { host: cause.host ?? to.name, hint: cause.hint, cause }
    );
  }
  for (const { narSizeBytes } of infos) {
    from.bytesSent += narSizeBytes;
    to.bytesReceived += narSizeBytes;
  }
}
async function absentClosure(from, to, paths) {
  const absent = /* @__PURE__ */ new Map();
  const seen = new Set(paths);
  let level = [...seen];
  while (level.length > 0) {
    const valid = await to.hold(level);
    const infos = await from.infos(level.filter((path) => !valid.has(path)));
    level = [];
    for (const info of infos) {
      absent.set(info.path, info);
      for (const reference of info.references) {
        if (seen.has(reference)) continue;
        seen.add(reference);
        level.push(reference);
      }
    }
  }
  return [...absent.values()];
}

// src/dispatch/staging.ts
function inputPathsOf(graph, node) {
  const paths = [...factsOf(node).inputSources];
  for (const input of node.inputs) paths.push(...outputPaths(factsOf(graph.node(input.node)), input.outputs));
  return paths;
}
function createStaging(context) {
  const { graph, runner: runner2 } = context;
  const fetchablePaths = (node) => node.inputs.flatMap(
    (input) => context.substitutable(input.node) ? outputPaths(factsOf(graph.node(input.node)), input.outputs) : []
  );
  const originOf = async (node, to, absent) => {
    const wanted = new Set(absent);
    const origins = /* @__PURE__ */ new Map();
    const assign2 = (store, path) => {
      if (!wanted.delete(path)) return;
      const paths = origins.get(store);
      if (paths === void 0) origins.set(store, [path]);
      else paths.push(path);
    };
    for (const source of factsOf(node).inputSources) assign2(runner2, source);
    for (const input of node.inputs) {
      const paths = outputPaths(factsOf(graph.node(input.node)), input.outputs);
      for (const holder of context.holders(input.node)) {
        for (const path of paths) if (holder.held.has(path)) assign2(holder, path);
      }
    }
    for (const store of /* @__PURE__ */ new Set([runner2, ...context.builderStores()])) {
      if (wanted.size === 0) break;
      if (store === to) continue;
      const found = await store.hold([...wanted]).catch(() => []);
      for (const path of found) assign2(store, path);
    }
    const [lost2] = wanted;
    if (lost2 !== void 0) {
      throw new DispatchError("daemon", `no store has the input ${lost2} of ${node.drvPath}`, {
        hint: "It was there when the run began; a garbage collection or a cache may have dropped it."
      });
    }
    return origins;
  };
  return {
    async inputs(node, to) {
      const paths = inputPathsOf(graph, node);
      if (paths.every((path) => to.held.has(path))) return 0;
      let valid = await to.hold(paths);
      let absent = paths.filter((path) => !valid.has(path));
      if (absent.length === 0) return 0;
      const fetchable = fetchablePaths(node).filter((path) => !valid.has(path));
      if (fetchable.length > 0) {
        await to.use((client) => client.queryValidPaths(fetchable, { substitute: true }));
        valid = await to.hold(absent);
        absent = absent.filter((path) => !valid.has(path));
      }
      const origins = await originOf(node, to, absent);
      const copied = await Promise.all([...origins].map(([from, paths2]) => copyClosure(from, to, paths2)));
      return copied.reduce((total, bytes) => total + bytes, 0);
    },
    closure: (node, to) => to === runner2 ? Promise.resolve(0) : copyClosure(runner2, to, [node.drvPath])
  };
}

// src/dispatch/attempt.ts
async function runAttempt(context, node, session, signal) {
  const build = {
    drvPath: node.drvPath,
    name: factsOf(node).name,
    builder: session.name
  };
  const slot = session.slots.take();
  const startedAtMs = Date.now();
  const logs = createAttemptLogs(context.logs, context.observer, build);
  context.observer.buildStarted(build);
  const run2 = await execute(context, node, session, signal, logs);
  const finishedAtMs = Date.now();
  session.slots.free(slot);
  const { log, nested } = logs.close();
  const outputs = outputsOf(node, run2.result);
  if (isGoodEnd(run2.end)) session.store.keep([...outputs.values()]);
  const attempt = {
    builder: session.name,
    slot,
    startedAtMs,
    finishedAtMs,
    end: await nameCulprit(context, session, slot, run2.end, nested),
    outputs,
    outputBytes: void 0,
    cpu: void 0,
    peakMemoryBytes: void 0,
    log
  };
  const complete = async () => {
    const [cpu, outputBytes] = await Promise.all([run2.cpu, narSizeOf(session, attempt)]);
    const measured = { ...attempt, cpu, outputBytes };
    context.observer.buildFinished(build, measured);
    return measured;
  };
  return { attempt, complete: complete() };
}
async function narSizeOf(session, { end, outputs }) {
  if (!isGoodEnd(end) || outputs.size === 0) return void 0;
  const infos = await session.store.infos([...outputs.values()]).catch(() => void 0);
  return infos?.reduce((total, { narSizeBytes }) => total + narSizeBytes, 0);
}
async function nameCulprit(context, session, slot, end, builds) {
  if (builds.length === 0) return end;
  const drvPath = await context.recordNested({ session, slot, end, builds });
  if (drvPath === void 0 || end.kind !== "failed" && end.kind !== "dependency-failed") return end;
  return { kind: "dependency-failed", drvPath, message: end.message };
}
async function execute(context, node, session, signal, logs) {
  let isOver = false;
  let client;
  let giveUp = () => {
  };
  const early = new Promise((resolve2) => {
    giveUp = resolve2;
  });
  const endEarly = (end) => {
    isOver = true;
    giveUp({ end });
    client?.close();
  };
  const stop = () => endEarly(endOfStop(signal.reason, session.name));
  const work = async () => {
    let watch;
    try {
      const request = await prepare(context, node, session);
      client = await session.channels.acquire();
      if (isOver) return { end: { kind: "cancelled" } };
      watch = watchLimits(context.limits, endEarly);
      const finishMeter = session.cpuMeter?.begin(client);
      const result = await request(client, watchedBy(watch, logs));
      return { end: endOfResult(result, logs.hasStarted()), result, cpu: finishMeter?.(result) };
    } catch (thrown) {
      return { end: endOfError(toDispatchError(thrown, "connection-lost", { host: session.name })) };
    } finally {
      watch?.stop();
      if (client !== void 0) session.channels.release(client);
    }
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  const run2 = await Promise.race([early, work()]);
  signal.removeEventListener("abort", stop);
  return run2;
}
function watchedBy(watch, logs) {
  return {
    ...logs.listener,
    onLogLine(line, drvPath) {
      logs.listener.onLogLine?.(line, drvPath);
      watch.sawOutput(logs.bytes());
    }
  };
}
async function prepare(context, node, session) {
  if (context.isClosure(node)) {
    context.copied(node.id, await context.staging.closure(node, session.store));
    return (client, listener) => buildWithClosure(client, node.drvPath, listener);
  }
  context.copied(node.id, await context.staging.inputs(node, session.store));
  const derivation = await context.readDerivation(node.drvPath);
  const inputs = inputPathsOf(context.graph, node);
  return (client, listener) => buildOne(client, node.drvPath, derivation, inputs, listener);
}
function endOfStop(reason, builder) {
  return reason === "builder-lost" ? { kind: "infrastructure", message: `the connection to ${builder} was lost while it was building` } : { kind: "cancelled" };
}
function outputsOf(node, result) {
  const facts = factsOf(node);
  const outputs = /* @__PURE__ */ new Map();
  for (const name of facts.outputs.keys()) {
    const path = outputPaths(facts, [name])[0] ?? result?.builtOutputs.get(name)?.outPath;
    if (path !== void 0) outputs.set(name, path);
  }
  return outputs;
}

// src/dispatch/busy-time.ts
function withBusyTime(builds) {
  const busy = /* @__PURE__ */ new Map();
  for (const { builder, startedAtMs, finishedAtMs } of builds.flatMap(({ attempts }) => attempts)) {
    busy.set(builder, (busy.get(builder) ?? 0) + (finishedAtMs - startedAtMs) / 1e3);
  }
  return (report) => ({ ...report, busySeconds: busy.get(report.name) ?? 0 });
}

// src/dispatch/build-log.ts
import { mkdirSync, writeFileSync } from "node:fs";
import { join as join2 } from "node:path";

// src/report/escape/clean.ts
var REPLACEMENT = "\uFFFD";
var ESCAPE_STRING = /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u009c|\u001b\\)?/g;
var CONTROL_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g;
var SHORT_ESCAPE = /\u001b[ -/]*[0-~]?/g;
var UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Surrogate}\u{e0000}-\u{e007f}]/gu;
function cleanText(text) {
  return text.replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n").replace(ESCAPE_STRING, "").replace(CONTROL_SEQUENCE, "").replace(SHORT_ESCAPE, "").replace(UNSAFE, REPLACEMENT);
}
function cleanLine(text) {
  return cleanText(text).replace(/[\n\t]+/g, " ").trim();
}
function firstLine(text) {
  return cleanLine(cleanText(text.trimStart()).trim().split("\n", 1)[0] ?? "");
}

// src/dispatch/build-log.ts
var tailLines = 40;
var tailLineCharacters = 2e3;
var tailCharacters = 16e3;
var flushBytes = 16 * 1024;
function createLogFolder(directory) {
  const opened = /* @__PURE__ */ new Map();
  return {
    open(drvPath) {
      const name = fileBase(drvPath);
      const attempt = opened.get(name) ?? 0;
      opened.set(name, attempt + 1);
      const suffix = attempt === 0 ? "" : `.retry-${attempt}`;
      return openBuildLog(directory, `${name}${suffix}.log`);
    }
  };
}
function fileBase(drvPath) {
  const name = storePathName(drvPath).replace(/\.drv$/u, "").replaceAll("?", "_").replace(/^[.-]/u, "_");
  return `${name}-${storePathHashPart(drvPath).slice(0, 8)}`;
}
function openBuildLog(directory, file) {
  const tail = [];
  let kept = 0;
  let pending = [];
  let pendingBytes = 0;
  let bytes = 0;
  let lines = 0;
  let state = "empty";
  const flush = () => {
    const text = pending.join("");
    pending = [];
    pendingBytes = 0;
    if (text === "" || state === "broken") return;
    try {
      if (state === "empty") mkdirSync(directory, { recursive: true });
      writeFileSync(join2(directory, file), text, { flag: state === "empty" ? "w" : "a" });
      state = "begun";
    } catch (error) {
      state = "broken";
      keep(
        `(the log could not be written to its file: ${error instanceof Error ? error.message : "unknown"})`
      );
    }
  };
  const keep = (line) => {
    const text = line.length > tailLineCharacters ? cut(line) : line;
    tail.push(text);
    kept += text.length;
    while (tail.length > tailLines || kept > tailCharacters) kept -= tail.shift()?.length ?? kept;
  };
  return {
    get bytes() {
      return bytes;
    },
    write(line) {
      lines += 1;
      const size = Buffer.byteLength(line) + 1;
      bytes += size;
      pending.push(line, "\n");
      pendingBytes += size;
      keep(line);
      if (pendingBytes >= flushBytes) flush();
    },
    flush,
    close() {
      flush();
      return { tail: tail.map(cleanLine), lines, file: state === "begun" ? file : void 0 };
    }
  };
}
function cut(line) {
  return `${Buffer.from(line.slice(0, tailLineCharacters)).toString()}\u2026`;
}

// src/dispatch/dispatcher.ts
var nobodyLeft = "every builder that could build it, or that had its inputs, is gone";
function createDispatcher(context) {
  const { graph, ledger, observer, schedule, staging } = context;
  const sessions = /* @__PURE__ */ new Map();
  const active = /* @__PURE__ */ new Map();
  const open = /* @__PURE__ */ new Set();
  const queue = [];
  const total = /* @__PURE__ */ new Set();
  let isApplying = false;
  let isCancelled = false;
  let adding = 0;
  let building = 0;
  let measuring = 0;
  let settled = 0;
  let whenDrained;
  const settleIfDone = () => {
    const isAllKnown = isCancelled || adding === 0 && measuring === 0;
    if (open.size === 0 && building === 0 && isAllKnown) whenDrained?.();
  };
  const cancel2 = () => {
    if (isCancelled) return;
    isCancelled = true;
    tell({ kind: "cancelled" });
  };
  const tell = (event) => {
    queue.push(event);
    if (isApplying) return;
    isApplying = true;
    try {
      for (let next = queue.shift(); next !== void 0; next = queue.shift()) {
        for (const command of schedule.apply(next, performance.now() / 1e3)) perform(command);
      }
    } finally {
      isApplying = false;
    }
    settleIfDone();
  };
  const perform = (command) => {
    if (command.kind === "settle") {
      open.delete(command.node);
      settled += 1;
      const node = graph.node(command.node);
      const { kind } = command.settlement;
      const why = kind === "no-builder" ? context.explain(node) : nobodyLeft;
      ledger.settled(command.node, command.settlement, why);
      if (kind === "no-builder") observer.gaveUp(factsOf(node).name, why);
      if (context.failFast && kind !== "cancelled") cancel2();
      return;
    }
    const key = `${command.node} ${command.builder}`;
    if (command.kind === "stop") {
      active.get(key)?.controller.abort("not-needed");
      active.delete(key);
      return;
    }
    const session = sessions.get(command.builder);
    if (session === void 0) return;
    const controller = new AbortController();
    active.set(key, { builder: command.builder, controller });
    const work = command.kind === "stage" ? stage2 : build;
    if (command.kind === "start") open.add(command.node);
    void work(graph.node(command.node), session, controller.signal).then((event) => {
      if (active.get(key)?.controller === controller) active.delete(key);
      if (controller.signal.aborted) settleIfDone();
      else tell(event);
    });
  };
  const stage2 = async (node, session, signal) => {
    const place2 = { node: node.id, builder: session.id };
    try {
      const bytes = context.planner.isClosure(node.id) ? await staging.closure(node, session.store) : await staging.inputs(node, session.store);
      ledger.copied(node.id, bytes);
      return { kind: "staged", ...place2 };
    } catch (thrown) {
      const error = toDispatchError(thrown, "connection-lost", { host: session.name });
      if (!signal.aborted) {
        ledger.notStaged(node.id, session.name, error.message);
        observer.builderTrouble(error.host ?? session.name, describeTrouble(error));
      }
      return { kind: "stage-failed", ...place2 };
    }
  };
  const build = async (node, session, signal) => {
    building += 1;
    const { attempt, complete } = await context.attempt(node, session, signal);
    building -= 1;
    ledger.attempted(node.id, attempt);
    measuring += 1;
    void complete.then((measured) => {
      ledger.measured(node.id, measured);
      measuring -= 1;
      settleIfDone();
    });
    const result = scheduleResultOf(attempt.end, 0);
    if (result.kind === "built" && !signal.aborted) open.delete(node.id);
    return { kind: "finished", node: node.id, builder: session.id, result };
  };
  return {
    async add(roots) {
      if (isCancelled) return;
      adding += 1;
      try {
        await context.inventory.take(roots);
        const nodes = context.planner.plan(roots);
        for (const node of nodes) {
          if (node.kind !== "build") continue;
          open.add(node.id);
          total.add(node.id);
        }
        if (nodes.length > 0) tell({ kind: "nodes-added", nodes });
      } finally {
        adding -= 1;
        settleIfDone();
      }
    },
    join(session) {
      sessions.set(session.id, session);
      tell({ kind: "builder-joined", builder: session.offer });
    },
    lose(builder, mayReturn) {
      sessions.delete(builder);
      for (const [key, { builder: place2, controller }] of active) {
        if (place2 !== builder) continue;
        controller.abort("builder-lost");
        active.delete(key);
      }
      tell({ kind: "builder-lost", builder, mayReturn });
    },
    buildersComplete: () => tell({ kind: "builders-complete" }),
    cancel: cancel2,
    drained: () => new Promise((resolve2) => {
      whenDrained = resolve2;
      settleIfDone();
    }),
    get progress() {
      return { total: total.size, done: total.size - open.size, failed: settled };
    }
  };
}

// src/dispatch/fleet.ts
import { setTimeout as sleep } from "node:timers/promises";
var firstPauseMs = 500;
var longestPauseMs = 15e3;
var final = /* @__PURE__ */ new Set(["host-key", "authentication", "not-nix", "input", "local"]);
var finalOnReturn = /* @__PURE__ */ new Set(["host-key", "authentication"]);
function createFleet(members, options) {
  const { observer } = options;
  const seats = members.map((member, id) => ({
    member,
    id,
    session: void 0,
    last: void 0,
    bytesReceived: 0,
    bytesSent: 0,
    trouble: []
  }));
  let isClosed = false;
  const closing = new AbortController();
  const seated = (seat, session, dispatcher) => {
    seat.session = session;
    seat.last = session;
    const { offer, nixVersion } = session;
    const trusted = offer.granularity === "derivation" ? "" : ", whole closures only";
    observer.builderJoined(
      session.name,
      `Nix ${nixVersion}, ${offer.systems.join(" ")}, ${offer.maxJobs} slots${trusted}`
    );
    dispatcher.join(session);
    void session.lost.then((reason) => {
      if (isClosed || seat.session !== session) return;
      unseat(seat);
      note(seat, reason === void 0 ? "the connection was closed" : reason.message);
      dispatcher.lose(seat.id, true);
      void reconnect(seat, dispatcher);
    });
  };
  const note = (seat, message) => {
    seat.trouble.push(message);
    observer.builderTrouble(seat.member.name, message);
  };
  const reconnect = async (seat, dispatcher) => {
    const giveUpAt = performance.now() + options.reconnectMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await sleep(pauseMs * (0.5 + Math.random()), void 0, { signal: closing.signal }).catch(() => {
      });
      if (isClosed) return;
      try {
        const session = await seat.member.open(seat.id);
        if (isClosed) session.close();
        else seated(seat, session, dispatcher);
        return;
      } catch (thrown) {
        const error = toDispatchError(thrown, "unreachable", { host: seat.member.name });
        const isFinal = (seat.last === void 0 ? final : finalOnReturn).has(error.code);
        if (!isFinal && performance.now() < giveUpAt) continue;
        note(seat, `given up: ${error.message}`);
        dispatcher.lose(seat.id, false);
        return;
      }
    }
  };
  return {
    async connect(dispatcher) {
      const errors = [];
      const failed = [];
      await Promise.all(
        seats.map(async (seat) => {
          try {
            const session = await seat.member.open(seat.id);
            if (isClosed) session.close();
            else seated(seat, session, dispatcher);
          } catch (thrown) {
            const error = toDispatchError(thrown, "unreachable", { host: seat.member.name });
            errors.push(error);
            note(seat, describeTrouble(error));
            if (!final.has(error.code)) failed.push(seat);
          }
        })
      );
      const [first] = errors;
      if (first !== void 0 && errors.length === seats.length) throw noneUsable(errors, first);
      for (const seat of failed) void reconnect(seat, dispatcher);
      dispatcher.buildersComplete();
    },
    get sessions() {
      return seats.flatMap(({ session }) => session ?? []);
    },
    get offers() {
      return seats.flatMap(({ last }) => last === void 0 ? [] : [{ ...last.offer, name: last.name }]);
    },
    reports: () => seats.map(reportOf),
    close() {
      isClosed = true;
      closing.abort();
      for (const { session } of seats) session?.close();
    }
  };
}
function unseat(seat) {
  if (seat.session === void 0) return;
  seat.bytesReceived += seat.session.store.bytesReceived;
  seat.bytesSent += seat.session.store.bytesSent;
  seat.session.close();
  seat.session = void 0;
}
function reportOf(seat) {
  return {
    name: seat.member.name,
    systems: seat.last?.offer.systems ?? [],
    maxJobs: seat.last?.offer.maxJobs ?? 0,
    nixVersion: seat.last?.nixVersion,
    connectSeconds: seat.last?.connectSeconds,
    bytesReceived: seat.bytesReceived + (seat.session?.store.bytesReceived ?? 0),
    bytesSent: seat.bytesSent + (seat.session?.store.bytesSent ?? 0),
    trouble: seat.trouble
  };
}
function noneUsable(errors, first) {
  if (errors.length === 1) return first;
  const list = errors.map((error) => `- ${describeError(error)}`).join("\n");
  return new DispatchError(first.code, `none of the ${errors.length} builders can be used:
${list}`);
}

// src/dispatch/graph/plan.ts
function createPlanner(graph, context) {
  const planned = /* @__PURE__ */ new Map();
  const closureNeeded = /* @__PURE__ */ new Map();
  const isPlanned = (id) => {
    const kind = planned.get(id);
    return kind === "build" || kind === "existing" && isAvailable2(id) || graph.node(id).successor !== void 0;
  };
  const isAvailable2 = (id) => context.presence(id).kind === "existing";
  const missingInputs2 = (id) => graph.node(id).inputs.flatMap(({ node }) => context.presence(node).kind === "missing" ? [node] : []);
  const decideClosure = (id) => {
    const facts = factsOf(graph.node(id));
    const own = facts.needsClosure || !context.fitsByDerivation(facts) && context.fitsByClosure(facts);
    closureNeeded.set(id, own || missingInputs2(id).some((input) => closureNeeded.get(input) === true));
  };
  const scheduleNode = (derivation) => {
    const node = planned.has(derivation) ? graph.succeed(derivation) : graph.node(derivation);
    const { id } = node;
    const presence = context.presence(derivation);
    planned.set(id, presence.kind === "existing" ? "existing" : "build");
    if (presence.kind === "existing") {
      const { locations, substitutable, narSizeBytes } = presence;
      return { kind: "existing", id, locations, substitutable, narSizeBytes };
    }
    const facts = factsOf(node);
    const closure = closureNeeded.get(derivation) === true;
    closureNeeded.set(id, closure);
    return {
      kind: "build",
      id,
      dependencies: closure ? [] : node.inputs.map((input) => graph.current(input.node).id),
      system: facts.system,
      requiredFeatures: facts.requiredFeatures,
      preferLocalBuild: facts.preferLocalBuild,
      granularity: closure ? "closure" : "derivation",
      expectedSeconds: context.expectedSeconds(facts),
      sourceBytes: context.sourceBytes(id)
    };
  };
  return {
    isClosure: (node) => closureNeeded.get(node) === true,
    plan(roots) {
      const added = [];
      for (const root of roots) {
        if (context.presence(root).kind === "existing") continue;
        postOrder(root, missingInputs2, (id) => closureNeeded.has(id), decideClosure);
        const below = closureNeeded.get(root) === true ? () => [] : (id) => allInputs(graph, context, id);
        postOrder(root, below, isPlanned, (id) => added.push(scheduleNode(id)));
      }
      return added;
    }
  };
}
function allInputs(graph, context, id) {
  return context.presence(id).kind === "existing" ? [] : graph.node(id).inputs.map((input) => input.node);
}
function postOrder(root, below, isDone, visit2) {
  const stack = [{ id: root, entered: false }];
  for (let top = stack.pop(); top !== void 0; top = stack.pop()) {
    if (isDone(top.id)) continue;
    if (top.entered) {
      visit2(top.id);
      continue;
    }
    stack.push({ id: top.id, entered: true });
    for (const input of below(top.id)) if (!isDone(input)) stack.push({ id: input, entered: false });
  }
}

// src/dispatch/intake.ts
function createIntake(take) {
  let waiting = [];
  let isOpen2 = false;
  let work = Promise.resolve();
  let isWorking = false;
  const workOff = async () => {
    try {
      await new Promise(setImmediate);
      while (waiting.length > 0) {
        const batch = [...new Set(waiting)];
        waiting = [];
        await take(batch);
      }
    } finally {
      isWorking = false;
    }
  };
  const start2 = () => {
    if (!isOpen2 || isWorking || waiting.length === 0) return;
    isWorking = true;
    work = Promise.all([work, workOff()]).then(() => {
    });
    work.catch(() => {
    });
  };
  return {
    open() {
      isOpen2 = true;
      start2();
    },
    put(node) {
      waiting.push(node);
      start2();
    },
    emptied: () => work
  };
}

// src/dispatch/inventory.ts
var missing = { kind: "missing" };
var readsAtOnce = 64;
function createInventory(context) {
  const { graph } = context;
  const found = /* @__PURE__ */ new Map();
  const wanted = /* @__PURE__ */ new Map();
  const want = (node, outputs) => {
    const before = wanted.get(node.id) ?? /* @__PURE__ */ new Set();
    const isNews = outputs.some((output) => !before.has(output)) || !found.has(node.id);
    for (const output of outputs) before.add(output);
    wanted.set(node.id, before);
    return isNews && found.get(node.id)?.kind !== "missing";
  };
  const wantedPaths = (node) => {
    const outputs = wanted.get(node.id) ?? /* @__PURE__ */ new Set();
    const paths = outputPaths(factsOf(node), outputs);
    return paths.length === outputs.size && paths.length > 0 ? paths : void 0;
  };
  const expand = (node) => {
    const news = [];
    const inputs = [];
    for (const [drvPath, outputs] of factsOf(node).inputDerivations) {
      const input = graph.intern(drvPath);
      inputs.push({ node: input.id, outputs });
      if (want(input, outputs)) news.push(input);
    }
    node.inputs = inputs;
    return news;
  };
  const askLevel = async (level) => {
    const stores = context.stores();
    const pathsOf = /* @__PURE__ */ new Map();
    for (const node of level) {
      const paths = wantedPaths(node);
      if (paths !== void 0) pathsOf.set(node.id, paths);
    }
    const all = [...pathsOf.values()].flat();
    const valid = all.length === 0 ? [] : await Promise.all(stores.map((store) => store.validPaths(all)));
    const absent = [...pathsOf.values()].filter((paths) => !valid.some((set) => hasAll(set, paths))).flat();
    const fetchable = absent.length === 0 ? [] : await Promise.all(
      stores.map(
        async (store) => store.builder === void 0 ? none : store.substitutablePaths(absent)
      )
    );
    for (const node of level) {
      const paths = pathsOf.get(node.id);
      found.set(node.id, paths === void 0 ? missing : presenceOf(paths, stores, valid, fetchable));
    }
  };
  const measure = async (inputs) => {
    const stores = context.stores();
    const byStore = /* @__PURE__ */ new Map();
    for (const node of inputs) {
      const presence = found.get(node.id);
      if (presence?.kind !== "existing" || presence.narSizeBytes > 0) continue;
      const store = stores.find(
        ({ builder, isRunner }) => builder === void 0 ? isRunner && presence.onRunner : presence.locations.includes(builder)
      );
      if (store === void 0) continue;
      const asked = byStore.get(store) ?? [];
      asked.push(...wantedPaths(node) ?? []);
      byStore.set(store, asked);
    }
    const sizes = await Promise.all([...byStore].map(([store, paths]) => store.narSizes(paths)));
    const sizeOf = new Map(sizes.flatMap((map) => Array.from(map)));
    for (const node of inputs) {
      const presence = found.get(node.id);
      if (presence?.kind !== "existing") continue;
      const narSizeBytes = sum((wantedPaths(node) ?? []).map((path) => sizeOf.get(path) ?? 0));
      if (narSizeBytes > 0) found.set(node.id, { ...presence, narSizeBytes });
    }
  };
  return {
    async take(roots) {
      const existingInputs = [];
      let level = roots.map((id) => graph.node(id));
      await readAll(level, context.readFacts);
      level = level.filter((node) => want(node, [...factsOf(node).outputs.keys()]));
      for (let isTop = true; level.length > 0; isTop = false) {
        await askLevel(level);
        if (!isTop) existingInputs.push(...level.filter((node) => found.get(node.id)?.kind === "existing"));
        level = level.filter((node) => found.get(node.id)?.kind === "missing").flatMap(expand);
        level = [...new Set(level)];
        await readAll(level, context.readFacts);
      }
      await measure(existingInputs);
    },
    presence: (node) => found.get(node) ?? missing
  };
}
var none = /* @__PURE__ */ new Set();
function presenceOf(paths, stores, valid, fetchable) {
  const holders = stores.filter((_, index) => hasAll(valid[index] ?? none, paths));
  const substitutable = fetchable.some((set) => hasAll(set, paths));
  if (holders.length === 0 && !substitutable) return missing;
  return {
    kind: "existing",
    locations: holders.flatMap(({ builder }) => builder === void 0 ? [] : [builder]),
    onRunner: holders.some(({ isRunner }) => isRunner),
    substitutable,
    narSizeBytes: 0
  };
}
async function readAll(nodes, readFacts) {
  const unread = nodes.filter((node) => node.facts === void 0);
  const readNext = async () => {
    for (let node = unread.pop(); node !== void 0; node = unread.pop()) {
      node.facts = await readFacts(node.drvPath);
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, readNext));
}
function hasAll(set, paths) {
  return paths.every((path) => set.has(path));
}
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

// src/dispatch/inventory-stores.ts
function createInventoryStores(runner2, sessions) {
  const stores = sessions.map(({ id, isRunner, store }) => view(store, id, isRunner));
  return sessions.some(({ isRunner }) => isRunner) ? stores : [view(runner2, void 0, true), ...stores];
}
function view(store, builder, isRunner) {
  return {
    builder,
    isRunner,
    async validPaths(paths) {
      const valid = store.hold(paths);
      return isRunner ? valid : valid.catch(() => /* @__PURE__ */ new Set());
    },
    async substitutablePaths(paths) {
      const fetchable = store.ask((client) => client.querySubstitutablePaths(paths));
      return new Set(await fetchable.catch(() => []));
    },
    async narSizes(paths) {
      const infos = await store.infos(paths).catch(() => []);
      return new Map(infos.map(({ path, narSizeBytes }) => [path, narSizeBytes]));
    }
  };
}

// src/dispatch/ledger/record.ts
function outcomeOf(graph, record) {
  const { settlement, existedIn } = record;
  const decisive = decisiveAttempt(record);
  switch (settlement?.kind) {
    case "dependency-failed":
      return { kind: "dependency-failed", root: graph.node(settlement.root).drvPath };
    case "no-builder":
      return { kind: "infrastructure", builder: void 0, message: settlement.why };
    case "infrastructure":
      if (record.trouble !== void 0) return { kind: "infrastructure", ...record.trouble };
      return decisive?.end.kind === "infrastructure" ? outcomeOfAttempt(decisive) : { kind: "infrastructure", builder: void 0, message: settlement.why };
    case "failed":
      return decisive !== void 0 && isOwnFailure(decisive.end.kind) ? outcomeOfAttempt(decisive) : { kind: "failed", builder: decisive?.builder ?? "unknown", message: settlement.why };
    case "cancelled":
      return decisive !== void 0 && isGoodEnd(decisive.end) ? outcomeOfAttempt(decisive) : { kind: "cancelled" };
    case void 0:
      if (decisive !== void 0) return outcomeOfAttempt(decisive);
      return existedIn === void 0 ? void 0 : { kind: "already-valid", where: existedIn };
  }
}
function decisiveAttempt({ settlement, attempts }) {
  switch (settlement?.kind) {
    case "infrastructure":
      return attempts.findLast(({ end }) => end.kind === "infrastructure") ?? attempts.at(-1);
    case "failed":
      return attempts.findLast(({ end }) => isOwnFailure(end.kind)) ?? attempts.at(-1);
    case void 0:
    case "cancelled":
      return attempts.findLast(({ end }) => isGoodEnd(end)) ?? attempts.at(-1);
    case "dependency-failed":
    case "no-builder":
      return attempts.at(-1);
  }
}
function isOwnFailure(kind) {
  return kind === "failed" || kind === "dependency-failed" || kind === "timed-out" || kind === "log-limit";
}

// src/dispatch/ledger/ledger.ts
function createLedger(graph) {
  const records = /* @__PURE__ */ new Map();
  const selected = [];
  const notEvaluated = [];
  const recordOf2 = (id) => {
    const node = graph.current(id).id;
    const known = records.get(node);
    if (known !== void 0) return known;
    const record = {
      existedIn: void 0,
      settlement: void 0,
      trouble: void 0,
      attempts: [],
      copiedBytes: 0
    };
    records.set(node, record);
    return record;
  };
  const isReported = (id) => {
    const record = records.get(graph.current(id).id);
    return record !== void 0 && outcomeOf(graph, record) !== void 0;
  };
  return {
    jobSelected: (job, node) => void selected.push({ job, node }),
    jobNotEvaluated: (failure) => void notEvaluated.push(failure),
    existed(node, where) {
      recordOf2(node).existedIn = where;
    },
    copied(node, bytes) {
      recordOf2(node).copiedBytes += bytes;
    },
    notStaged(node, builder, message) {
      recordOf2(node).trouble = { builder, message };
    },
    attempted(node, attempt) {
      const record = recordOf2(node);
      record.trouble = void 0;
      record.attempts.push(withoutIdleTail(attempt));
      record.attempts.sort((one, other) => one.startedAtMs - other.startedAtMs);
    },
    measured(node, attempt) {
      const { attempts } = recordOf2(node);
      const index = attempts.findIndex((one) => isSameAttempt(one, attempt));
      if (index >= 0) attempts[index] = withoutIdleTail(attempt);
    },
    settled(node, settlement, why) {
      recordOf2(node).settlement = { ...settlement, why };
    },
    jobs: () => [
      ...selected.map(({ job, node }) => {
        const current = graph.current(node);
        return jobReport(graph, job, current, records.get(current.id));
      }),
      ...notEvaluated.map(failedJobReport)
    ],
    builds: () => graph.nodes.flatMap((node) => {
      const record = records.get(node.id);
      const outcome = record === void 0 ? void 0 : outcomeOf(graph, record);
      if (record === void 0 || outcome === void 0) return [];
      return [buildReport(graph, node, record, outcome, isReported)];
    })
  };
}
function isSameAttempt(one, other) {
  return one.builder === other.builder && one.slot === other.slot && one.startedAtMs === other.startedAtMs;
}
function withoutIdleTail(attempt) {
  return isGoodEnd(attempt.end) ? { ...attempt, log: { ...attempt.log, tail: [] } } : attempt;
}
function jobReport(graph, job, node, record) {
  const outcome = record === void 0 ? void 0 : outcomeOf(graph, record);
  return {
    topAttr: job.topAttr,
    system: job.system,
    attr: job.attr,
    path: job.path,
    label: job.label,
    name: job.name,
    description: job.description,
    drvPath: job.drvPath,
    outputs: outputsOf2(node, record),
    // What nobody came to before the run was ended.
    outcome: outcome ?? { kind: "cancelled" },
    evaluationSeconds: job.evaluation.seconds,
    warnings: job.warnings
  };
}
function failedJobReport(failure) {
  const { topAttr, system, attr, path, message, position, evaluation, warnings } = failure;
  return {
    topAttr,
    system,
    attr,
    path,
    label: path.join("."),
    name: "",
    description: "",
    drvPath: void 0,
    outputs: {},
    outcome: { kind: "evaluation-failed", message, position },
    evaluationSeconds: evaluation.seconds,
    warnings
  };
}
function buildReport(graph, node, record, outcome, isReported) {
  const facts = factsOf(node);
  const last = decisiveAttempt(record);
  return {
    drvPath: node.drvPath,
    name: facts.name,
    system: facts.system,
    outcome,
    startedAtMs: last?.startedAtMs,
    finishedAtMs: last?.finishedAtMs,
    cpu: last?.cpu,
    peakMemoryBytes: last?.peakMemoryBytes,
    slot: last?.slot,
    outputs: outputsOf2(node, record),
    outputBytes: last?.outputBytes,
    copiedBytes: record.copiedBytes,
    attempts: record.attempts.map(attemptReport),
    dependencies: node.inputs.flatMap(
      (input) => isReported(input.node) ? graph.node(input.node).drvPath : []
    ),
    logTail: last?.log.tail ?? [],
    logLines: last?.log.lines ?? 0,
    logFile: last?.log.file
  };
}
function outputsOf2(node, record) {
  const outputs = {};
  for (const [name, path] of node.facts?.outputs ?? []) if (path !== void 0) outputs[name] = path;
  const attempt = record === void 0 ? void 0 : decisiveAttempt(record);
  for (const [name, path] of attempt?.outputs ?? []) outputs[name] = path;
  return outputs;
}

// src/dispatch/nested-builds.ts
function createNestedRecorder(graph, ledger, observer, readFacts) {
  const nodeOf = async (drvPath) => {
    const known = graph.find(drvPath);
    if (known?.facts !== void 0) return known;
    const facts = await readFacts(drvPath).catch(() => void 0);
    if (facts === void 0) return void 0;
    const node = graph.intern(drvPath);
    node.facts ??= facts;
    return node;
  };
  return async ({ session, slot, end, builds }) => {
    const known = [];
    for (const build of builds) known.push({ build, node: await nodeOf(build.build.drvPath) });
    const invalid = await withoutOutputs(session, end, known);
    const culprit = isFailure(end) ? firstToStop(invalid) : void 0;
    for (const { build, node } of known) {
      const attempt = {
        builder: session.name,
        slot,
        startedAtMs: build.startedAtMs,
        finishedAtMs: build.finishedAtMs ?? Date.now(),
        end: invalid.includes(build) ? endOf(build, end, culprit) : { kind: "built" },
        outputs: /* @__PURE__ */ new Map(),
        outputBytes: void 0,
        cpu: void 0,
        peakMemoryBytes: void 0,
        log: build.log
      };
      if (node !== void 0) ledger.attempted(node.id, attempt);
      observer.buildFinished(build.build, attempt);
    }
    return culprit?.build.drvPath;
  };
}
async function withoutOutputs({ store }, end, known) {
  if (isGoodEnd(end)) return [];
  const pathsOf = ({ node }) => node === void 0 ? [] : outputPaths(factsOf(node), factsOf(node).outputs.keys());
  const valid = isFailure(end) ? await store.hold(known.flatMap(pathsOf)).catch(() => void 0) : void 0;
  return known.flatMap((one) => {
    const paths = pathsOf(one);
    if (valid !== void 0 && paths.length > 0)
      return paths.every((path) => valid.has(path)) ? [] : one.build;
    const isBuilt = isFailure(end) ? one !== known.at(-1) : one.build.finishedAtMs !== void 0;
    return isBuilt ? [] : one.build;
  });
}
function firstToStop(builds) {
  const stop = (build) => build.finishedAtMs ?? Number.POSITIVE_INFINITY;
  return builds.reduce(
    (first, build) => first !== void 0 && stop(first) <= stop(build) ? first : build,
    void 0
  );
}
function endOf(build, end, culprit) {
  if (end.kind === "infrastructure") return end;
  const isStopped = !isFailure(end) || build !== culprit && build.finishedAtMs !== void 0;
  return isStopped ? { kind: "cancelled" } : { kind: "failed", message: build.log.tail.at(-1) ?? "" };
}
function isFailure(end) {
  return end.kind === "failed" || end.kind === "dependency-failed";
}

// src/dispatch/read-derivation.ts
import { readFile } from "node:fs/promises";

// src/nix/derivation/build-options.ts
var STRUCTURED_ATTRIBUTES = "__json";
function buildOptions(derivation) {
  const json = derivation.environment.get(STRUCTURED_ATTRIBUTES);
  const attributes = json === void 0 ? void 0 : parseAttributes(derivation.name, byteStringToText(json));
  const features = attributes === void 0 ? words(derivation.environment.get("requiredSystemFeatures") ?? "") : stringList(derivation.name, attributes["requiredSystemFeatures"]);
  return {
    requiredSystemFeatures: needsContentAddressing(derivation) ? [...features, "ca-derivations"] : features,
    preferLocalBuild: flag("preferLocalBuild", false),
    allowSubstitutes: flag("allowSubstitutes", true)
  };
  function flag(name, fallback) {
    if (attributes !== void 0) {
      const value2 = attributes[name];
      return typeof value2 === "boolean" ? value2 : fallback;
    }
    const value = derivation.environment.get(name);
    return value === void 0 ? fallback : value === "1";
  }
}
function needsContentAddressing(derivation) {
  return [...derivation.outputs.values()].some(({ kind }) => kind === "floating" || kind === "deferred");
}
function words(text) {
  return text.split(/[ \t\n\r]+/).filter((word) => word !== "");
}
function parseAttributes(name, json) {
  let value;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new DispatchError("protocol", `the __json of derivation ${name} is not JSON`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DispatchError("protocol", `the __json of derivation ${name} is not an object`);
  }
  return value;
}
function stringList(name, value) {
  if (value === void 0) return [];
  if (Array.isArray(value)) {
    const strings2 = value.filter((item) => typeof item === "string");
    if (strings2.length === value.length) return strings2;
  }
  throw new DispatchError(
    "protocol",
    `requiredSystemFeatures of derivation ${name} is not a list of strings`
  );
}

// src/nix/derivation/derivation.ts
function knownOutputPath(output) {
  return output.kind === "input-addressed" || output.kind === "fixed" ? output.path : void 0;
}

// src/nix/derivation/aterm-reader.ts
var QUOTE = 34;
var BACKSLASH = 92;
var ESCAPED = { n: "\n", r: "\r", t: "	" };
function createAtermReader(bytes, name) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  const reader = {
    expect(text) {
      if (!reader.skip(text)) throw malformed2(`expected ${JSON.stringify(text)}`);
    },
    skip(text) {
      for (let index = 0; index < text.length; index++) {
        if (buffer[offset + index] !== text.charCodeAt(index)) return false;
      }
      offset += text.length;
      return true;
    },
    string() {
      reader.expect('"');
      const start2 = offset;
      let hasEscapes = false;
      for (; offset < buffer.length; offset++) {
        const byte = buffer[offset];
        if (byte === QUOTE) break;
        if (byte === BACKSLASH) {
          hasEscapes = true;
          offset++;
        }
      }
      if (offset >= buffer.length) throw malformed2("a string does not end");
      const text = buffer.toString("latin1", start2, offset);
      offset++;
      return hasEscapes ? unescape(text) : text;
    },
    list(item) {
      reader.expect("[");
      const items = [];
      if (reader.skip("]")) return items;
      do
        items.push(item());
      while (reader.skip(","));
      reader.expect("]");
      return items;
    },
    end() {
      if (offset < buffer.length) throw malformed2("something follows the end");
    }
  };
  return reader;
  function malformed2(what) {
    const found = JSON.stringify(buffer.toString("latin1", offset, offset + 40));
    return new DispatchError(
      "protocol",
      `malformed derivation ${name} at byte ${offset}: ${what}, found ${found}`
    );
  }
}
function unescape(text) {
  return text.replaceAll(/\\([\s\S])/g, (_, character) => ESCAPED[character] ?? character);
}

// src/nix/derivation/parse.ts
var MAX_DYNAMIC_DEPTH = 64;
var DRV_SUFFIX = ".drv";
function parseDerivation(bytes, drvPath, storeDir = DEFAULT_STORE_DIR) {
  const fileName = storePathName(drvPath);
  if (!fileName.endsWith(DRV_SUFFIX)) {
    throw new DispatchError(
      "protocol",
      `${drvPath} is no derivation: its name does not end in ${DRV_SUFFIX}`
    );
  }
  return parseNamedDerivation(bytes, fileName.slice(0, -DRV_SUFFIX.length), storeDir);
}
function parseNamedDerivation(bytes, name, storeDir = DEFAULT_STORE_DIR) {
  const reader = createAtermReader(bytes, name);
  const isDynamic = !reader.skip("Derive(");
  if (isDynamic) {
    reader.expect('DrvWithVersion("xp-dyn-drv",');
  }
  const outputs = readMap(reader, name, () => readOutput(reader, storeDir));
  reader.expect(",");
  const inputs = readInputs(reader, name, storeDir, isDynamic);
  reader.expect(",");
  const inputSources = reader.list(() => parseStorePath(reader.string(), storeDir));
  reader.expect(",");
  const system = reader.string();
  reader.expect(",");
  const builder = reader.string();
  reader.expect(",");
  const args = reader.list(() => reader.string());
  reader.expect(",");
  const environment = readMap(reader, name, () => reader.string());
  reader.expect(")");
  reader.end();
  return { name, outputs, ...inputs, inputSources, system, builder, args, environment, isDynamic };
}
function readOutput(reader, storeDir) {
  const path = reader.string();
  reader.expect(",");
  const hashAlgo = reader.string();
  reader.expect(",");
  return parseOutputFields({ path, hashAlgo, hash: reader.string() }, storeDir);
}
function readInputs(reader, name, storeDir, isDynamic) {
  const inputDerivations = /* @__PURE__ */ new Map();
  const dynamicInputs = /* @__PURE__ */ new Map();
  const inputs = readMap(reader, name, () => readDynamicInput(reader, name, isDynamic, 0));
  for (const [text, { outputs, dynamicOutputs }] of inputs) {
    const path = parseStorePath(text, storeDir);
    inputDerivations.set(path, outputs);
    if (dynamicOutputs.size > 0) dynamicInputs.set(path, dynamicOutputs);
  }
  return { inputDerivations, dynamicInputs };
}
var NO_DYNAMIC_OUTPUTS = /* @__PURE__ */ new Map();
function readDynamicInput(reader, name, isDynamic, depth) {
  const isNested = isDynamic && reader.skip("(");
  const outputs = reader.list(() => reader.string());
  if (!isNested) return { outputs, dynamicOutputs: NO_DYNAMIC_OUTPUTS };
  if (depth >= MAX_DYNAMIC_DEPTH) {
    throw new DispatchError("protocol", `the dynamic inputs of derivation ${name} are nested too deep`);
  }
  reader.expect(",");
  const dynamicOutputs = readMap(reader, name, () => readDynamicInput(reader, name, isDynamic, depth + 1));
  reader.expect(")");
  return { outputs, dynamicOutputs };
}
function readMap(reader, name, value) {
  const entries = /* @__PURE__ */ new Map();
  reader.list(() => {
    reader.expect("(");
    const key = reader.string();
    reader.expect(",");
    if (entries.has(key)) {
      throw new DispatchError("protocol", `derivation ${name} has ${JSON.stringify(key)} twice`);
    }
    entries.set(key, value());
    reader.expect(")");
  });
  return entries;
}

// src/dispatch/read-derivation.ts
async function readDerivation(drvPath) {
  try {
    return parseDerivation(await readFile(drvPath), drvPath);
  } catch (error) {
    throw toDispatchError(error, "local", { hint: `${drvPath} should be in this machine's store.` });
  }
}
function factsOfDerivation(derivation) {
  const { requiredSystemFeatures, preferLocalBuild } = buildOptions(derivation);
  return {
    name: derivation.name,
    system: derivation.system,
    requiredFeatures: requiredSystemFeatures,
    preferLocalBuild,
    outputs: new Map([...derivation.outputs].map(([name, output]) => [name, knownOutputPath(output)])),
    inputDerivations: derivation.inputDerivations,
    inputSources: derivation.inputSources,
    needsClosure: derivation.isDynamic || needsContentAddressing(derivation) || [...derivation.outputs.values()].some(({ kind }) => kind === "impure")
  };
}

// src/dispatch/schedule/constraints.ts
function canBuild(builder, needs) {
  const { systems, supportedFeatures, mandatoryFeatures } = builder;
  return (needs.system === "builtin" || systems.includes(needs.system)) && needs.requiredFeatures.every(
    (feature) => supportedFeatures.includes(feature) || mandatoryFeatures.includes(feature)
  ) && mandatoryFeatures.every((feature) => needs.requiredFeatures.includes(feature)) && (builder.granularity === "derivation" || needs.granularity === "closure");
}
function needsKey(needs) {
  return JSON.stringify([needs.granularity, needs.system, ...new Set(needs.requiredFeatures.toSorted())]);
}

// src/dispatch/schedule/heap.ts
function createHeap(isBefore, moved = () => {
}) {
  const items = [];
  const place2 = (item, index) => {
    items[index] = item;
    moved(item, index);
  };
  const forward = (item, start2) => {
    let index = start2;
    while (index > 0) {
      const parentIndex = index - 1 >> 1;
      const parent = items[parentIndex];
      if (parent === void 0 || !isBefore(item, parent)) break;
      place2(parent, index);
      index = parentIndex;
    }
    place2(item, index);
  };
  const back = (item, start2) => {
    let index = start2;
    for (; ; ) {
      let childIndex = 2 * index + 1;
      let child = items[childIndex];
      if (child === void 0) break;
      const right = items[childIndex + 1];
      if (right !== void 0 && isBefore(right, child)) {
        child = right;
        childIndex++;
      }
      if (!isBefore(child, item)) break;
      place2(child, index);
      index = childIndex;
    }
    place2(item, index);
  };
  const removeAt = (index) => {
    const removed = items[index];
    const last = items.pop();
    if (removed === void 0 || last === void 0) return;
    moved(removed, -1);
    if (index === items.length) return;
    const parent = items[index - 1 >> 1];
    if (index > 0 && parent !== void 0 && isBefore(last, parent)) forward(last, index);
    else back(last, index);
  };
  return {
    items,
    push: (item) => forward(item, items.length),
    pop: () => {
      const first = items[0];
      if (first !== void 0) removeAt(0);
      return first;
    },
    removeAt,
    moveForward: (index) => {
      const item = items[index];
      if (item !== void 0) forward(item, index);
    }
  };
}

// src/dispatch/schedule/node-record.ts
var WAITING = { kind: "waiting" };
var READY2 = { kind: "ready" };
var DONE = { kind: "done" };
function createRecord(node, order, dependencies, buildClass) {
  const changing = { dependants: [], unavailableInputs: 0, queueIndex: -1 };
  if (node.kind === "existing") {
    return {
      id: node.id,
      order,
      dependencies: [],
      buildClass: void 0,
      sourceBytes: 0,
      seconds: 0,
      isEverywhere: node.substitutable || node.locations.length === 0,
      isSubstitutable: node.substitutable,
      narSizeBytes: node.narSizeBytes,
      rank: 0,
      state: DONE,
      ...changing
    };
  }
  const seconds2 = node.expectedSeconds ?? guessedSeconds(node);
  return {
    id: node.id,
    order,
    dependencies,
    buildClass,
    sourceBytes: node.sourceBytes,
    seconds: seconds2,
    isEverywhere: false,
    isSubstitutable: false,
    narSizeBytes: 0,
    rank: seconds2,
    state: WAITING,
    ...changing
  };
}
function isOpen(record) {
  return record.state.kind !== "done" && record.state.kind !== "settled";
}
function guessedSeconds(node) {
  return node.preferLocalBuild ? 3 : 30;
}

// src/dispatch/schedule/rank.ts
function rankAdded(added) {
  const oldest = added[0]?.order ?? 0;
  const grown = grownNodes();
  for (const record of added.toReversed()) {
    if (!isOpen(record)) continue;
    for (const input of record.dependencies) {
      if (raise(input, record.rank) && input.order < oldest) grown.push(input);
    }
  }
  passDown(grown);
}
function rankReopened(record) {
  let above = 0;
  for (const dependant of record.dependants) {
    if (isOpen(dependant)) above = Math.max(above, dependant.rank);
  }
  record.rank = record.seconds + above;
  const grown = grownNodes();
  grown.push(record);
  passDown(grown);
}
function grownNodes() {
  return createHeap((one, other) => one.order > other.order);
}
function passDown(grown) {
  let previous;
  for (let record = grown.pop(); record !== void 0; record = grown.pop()) {
    if (record === previous) continue;
    previous = record;
    for (const input of record.dependencies) {
      if (raise(input, record.rank)) grown.push(input);
    }
  }
}
function raise(record, above) {
  if (!isOpen(record) || record.seconds + above <= record.rank) return false;
  record.rank = record.seconds + above;
  if (record.queueIndex >= 0) record.buildClass?.queue.moveForward(record.queueIndex);
  return true;
}

// src/dispatch/schedule/build-classes.ts
function isMoreUrgent(one, other) {
  if (one.rank !== other.rank) return one.rank > other.rank;
  if (one.dependants.length !== other.dependants.length) {
    return one.dependants.length > other.dependants.length;
  }
  return one.order < other.order;
}
function createBuildClasses() {
  const classes = /* @__PURE__ */ new Map();
  const builders = /* @__PURE__ */ new Map();
  return {
    all: () => classes.values(),
    of: (needs) => {
      const key = needsKey(needs);
      const known = classes.get(key);
      if (known !== void 0) return known;
      const { system, requiredFeatures, granularity } = needs;
      const eligible = [...builders.values()].filter((builder) => canBuild(builder, needs));
      const made = {
        needs: { system, requiredFeatures, granularity },
        eligible: new Set(eligible.map((builder) => builder.id)),
        queue: createHeap(isMoreUrgent, (record, index) => {
          record.queueIndex = index;
        })
      };
      classes.set(key, made);
      return made;
    },
    noteBuilder: (builder) => {
      builders.set(builder.id, builder);
      for (const { eligible, needs } of classes.values()) {
        if (canBuild(builder, needs)) eligible.add(builder.id);
        else eligible.delete(builder.id);
      }
    }
  };
}

// src/dispatch/schedule/holders.ts
var BUILDERS_IN_PLANE = 32;
var FIRST_NODES = 1024;
function createHolders() {
  const planes = [];
  const planeOf = (builder) => Math.floor(builder / BUILDERS_IN_PLANE);
  const bitOf = (builder) => 1 << builder % BUILDERS_IN_PLANE;
  const roomFor = (order, index) => {
    while (planes.length <= index) planes.push(new Uint32Array(FIRST_NODES));
    const plane = planes[index] ?? new Uint32Array(FIRST_NODES);
    if (order < plane.length) return plane;
    const grown = new Uint32Array(2 * order);
    grown.set(plane);
    planes[index] = grown;
    return grown;
  };
  return {
    add: (order, builder) => {
      const plane = roomFor(order, planeOf(builder));
      plane[order] = (plane[order] ?? 0) | bitOf(builder);
    },
    has: (order, builder) => ((planes[planeOf(builder)]?.[order] ?? 0) & bitOf(builder)) !== 0,
    isHeld: (order) => planes.some((plane) => (plane[order] ?? 0) !== 0),
    remove: (order, builder) => {
      const plane = planes[planeOf(builder)];
      if (plane !== void 0) plane[order] = (plane[order] ?? 0) & ~bitOf(builder);
    }
  };
}

// src/dispatch/schedule/state.ts
function createState(options) {
  return {
    options: {
      infraRetries: 3,
      retries: 0,
      linkBytesPerSecond: 1e8,
      linkLatencySeconds: 0.05,
      ...options
    },
    nodes: /* @__PURE__ */ new Map(),
    builders: /* @__PURE__ */ new Map(),
    classes: createBuildClasses(),
    holders: createHolders(),
    mishaps: /* @__PURE__ */ new Map(),
    absentHoldings: /* @__PURE__ */ new Map(),
    buildersComplete: false,
    cancelled: false,
    nowSeconds: 0,
    commands: []
  };
}
function recordOf(state, id) {
  const record = state.nodes.get(id);
  if (record === void 0) throw new RangeError(`Expected a node that was added, got ${id}.`);
  return record;
}
function isAvailable(state, record) {
  return record.state.kind === "done" && (record.isEverywhere || state.holders.isHeld(record.order));
}
function takesBuilds(builder) {
  return builder.presence === "present" && builder.slots > 0;
}
function mayCome(state, id) {
  const builder = state.builders.get(id);
  return builder === void 0 ? !state.buildersComplete : builder.presence === "away";
}
function mishapsOf(state, record) {
  const known = state.mishaps.get(record);
  if (known !== void 0) return known;
  const made = { lostAttempts: 0, failedAttempts: 0, avoided: /* @__PURE__ */ new Set() };
  state.mishaps.set(record, made);
  return made;
}
function noteAbsentHolding(state, record, builder) {
  const holdings = state.absentHoldings.get(builder) ?? /* @__PURE__ */ new Set();
  state.absentHoldings.set(builder, holdings.add(record));
}

// src/dispatch/schedule/transitions.ts
function awaitInputs(state, record) {
  leaveQueue(record);
  record.unavailableInputs = record.dependencies.filter((input) => !isAvailable(state, input)).length;
  record.state = WAITING;
  if (record.unavailableInputs === 0) enqueue(record);
}
function makeAvailable(state, record, builder) {
  const wasAvailable = isAvailable(state, record);
  record.state = DONE;
  state.holders.add(record.order, builder);
  if (wasAvailable) return;
  for (const dependant of record.dependants) {
    if (dependant.state.kind !== "waiting") continue;
    dependant.unavailableInputs--;
    if (dependant.unavailableInputs === 0) enqueue(dependant);
  }
}
function stage(state, record, builder, missing2, bytes) {
  leaveQueue(record);
  for (const input of missing2) builder.arriving.set(input, (builder.arriving.get(input) ?? 0) + 1);
  record.state = { kind: "staging", builder: builder.id, missing: missing2, bytes, sinceSeconds: state.nowSeconds };
  builder.staging.add(record);
  const ids = missing2.map((input) => input.id);
  state.commands.push({ kind: "stage", node: record.id, builder: builder.id, missing: ids });
}
function start(state, record, builder) {
  leaveQueue(record);
  builder.staged.delete(record);
  builder.running.add(record);
  record.state = { kind: "running", builder: builder.id, startedAtSeconds: state.nowSeconds };
  state.commands.push({ kind: "start", node: record.id, builder: builder.id });
}
function detach(state, record) {
  const where = record.state;
  if (where.kind !== "staging" && where.kind !== "staged" && where.kind !== "running") return void 0;
  const builder = state.builders.get(where.builder);
  if (builder === void 0) return void 0;
  builder[where.kind].delete(record);
  if (where.kind === "staging") {
    for (const input of where.missing) {
      const others = (builder.arriving.get(input) ?? 1) - 1;
      if (others === 0) builder.arriving.delete(input);
      else builder.arriving.set(input, others);
    }
  }
  return builder;
}
function withdraw(state, record) {
  const builder = detach(state, record);
  if (builder !== void 0) state.commands.push({ kind: "stop", node: record.id, builder: builder.id });
}
function settle(state, record, settlement) {
  const root = settlement.kind === "dependency-failed" ? settlement.root : record.id;
  settleOne(state, record, settlement, root);
  const above = [record];
  for (let next = above.pop(); next !== void 0; next = above.pop()) {
    for (const dependant of next.dependants) {
      if (dependant.state.kind !== "waiting") continue;
      settleOne(state, dependant, { kind: "dependency-failed", root }, root);
      above.push(dependant);
    }
  }
}
function settleOne(state, record, settlement, root) {
  if (!isOpen(record)) return;
  leaveQueue(record);
  record.state = { kind: "settled", root };
  state.mishaps.delete(record);
  state.commands.push({ kind: "settle", node: record.id, settlement });
}
function enqueue(record) {
  record.state = READY2;
  record.buildClass?.queue.push(record);
}
function leaveQueue(record) {
  if (record.queueIndex >= 0) record.buildClass?.queue.removeAt(record.queueIndex);
}

// src/dispatch/schedule/losses.ts
function loseOutputs(state, builder) {
  const held = [...state.nodes.values()].filter((record) => state.holders.has(record.order, builder));
  for (const record of held) {
    state.holders.remove(record.order, builder);
    if (record.buildClass === void 0) noteAbsentHolding(state, record, builder);
  }
  const gone = held.filter((record) => record.state.kind === "done" && !isAvailable(state, record));
  for (const dependant of new Set(gone.flatMap((record) => record.dependants))) {
    const { kind } = dependant.state;
    if (kind === "staging") withdraw(state, dependant);
    if (kind === "staging" || kind === "ready" || kind === "waiting") awaitInputs(state, dependant);
  }
  for (const record of gone) {
    if (isAwaited(record)) bringAbout(state, record);
  }
}
function bringAbout(state, record) {
  const wanted = [record];
  for (let next = wanted.pop(); next !== void 0; next = wanted.pop()) {
    if (next.state.kind === "settled") {
      settle(state, next, { kind: "dependency-failed", root: next.state.root });
    } else if (next.state.kind === "done" && !isAvailable(state, next)) {
      if (next.buildClass === void 0) settleIfStranded(state, next);
      else {
        rankReopened(next);
        awaitInputs(state, next);
        wanted.push(...next.dependencies);
      }
    }
  }
}
function settleStranded(state) {
  for (const record of state.nodes.values()) {
    if (record.buildClass === void 0 && isAwaited(record)) settleIfStranded(state, record);
  }
}
function settleIfStranded(state, record) {
  if (isAvailable(state, record)) return;
  for (const holdings of state.absentHoldings.values()) {
    if (holdings.has(record)) return;
  }
  for (const dependant of record.dependants) {
    if (dependant.state.kind === "waiting") settle(state, dependant, { kind: "infrastructure" });
  }
}
function isAwaited(record) {
  return record.dependants.some((dependant) => dependant.state.kind === "waiting");
}

// src/dispatch/schedule/attempts.ts
function attemptStaged(state, record, builder) {
  const where = record.state;
  if (where.kind !== "staging" || where.builder !== builder.id) return;
  builder.link.observe(where.bytes, state.nowSeconds - where.sinceSeconds);
  detach(state, record);
  for (const input of where.missing) state.holders.add(input.order, builder.id);
  record.state = { kind: "staged", builder: builder.id };
  builder.staged.add(record);
}
function attemptStageFailed(state, record, builder) {
  const { state: where } = record;
  if (where.kind !== "staging" && where.kind !== "staged" || where.builder !== builder.id) return;
  detach(state, record);
  loseAttempt(state, record, builder);
}
function attemptFinished(state, record, builder, result) {
  if (record.state.kind !== "running" || record.state.builder !== builder.id) return;
  detach(state, record);
  switch (result.kind) {
    case "built":
      record.narSizeBytes = result.narSizeBytes;
      state.mishaps.delete(record);
      makeAvailable(state, record, builder.id);
      return;
    case "failed":
      failAttempt(state, record, builder);
      return;
    case "infrastructure":
      loseAttempt(state, record, builder);
  }
}
function loseAttempt(state, record, builder) {
  const mishaps = mishapsOf(state, record);
  mishaps.lostAttempts++;
  mishaps.avoided.add(builder.id);
  if (mishaps.lostAttempts > state.options.infraRetries) settle(state, record, { kind: "infrastructure" });
  else queueAgain(state, record);
}
function failAttempt(state, record, builder) {
  const mishaps = mishapsOf(state, record);
  mishaps.failedAttempts++;
  mishaps.avoided.add(builder.id);
  if (mishaps.failedAttempts > state.options.retries) settle(state, record, { kind: "failed" });
  else queueAgain(state, record);
}
function queueAgain(state, record) {
  awaitInputs(state, record);
  for (const input of record.dependencies) {
    if (record.state.kind === "waiting" && !isAvailable(state, input)) bringAbout(state, input);
  }
}
function clearBuilder(state, builder) {
  const records = [...builder.running, ...builder.staged, ...builder.staging];
  for (const record of records) {
    detach(state, record);
    record.state = WAITING;
  }
  return records;
}

// src/dispatch/schedule/forecast.ts
var OVERRUN = 0.3;
function forecast(builder, nowSeconds) {
  const slots = createHeap((one, other) => one < other);
  const speed = speedOf(builder);
  for (const record of builder.running) slots.push(remainingSeconds(record, speed, nowSeconds));
  for (let idle = builder.running.size; idle < builder.slots; idle++) slots.push(0);
  while (slots.items.length > Math.max(1, builder.slots)) slots.pop();
  const occupy = (stageSeconds, buildSeconds) => {
    slots.push(Math.max(slots.pop() ?? 0, stageSeconds) + buildSeconds);
  };
  for (const record of builder.staged) occupy(0, record.seconds / speed);
  for (const record of builder.staging) occupy(0, record.seconds / speed);
  return { startOf: (stageSeconds) => Math.max(slots.items[0] ?? 0, stageSeconds), occupy };
}
function speedOf(builder) {
  return builder.offer.speedFactor > 0 ? builder.offer.speedFactor : 1;
}
function remainingSeconds(record, speed, nowSeconds) {
  if (record.state.kind !== "running") return 0;
  const elapsed = nowSeconds - record.state.startedAtSeconds;
  return Math.max(record.seconds / speed - elapsed, OVERRUN * elapsed);
}

// src/dispatch/schedule/placement.ts
var UNKNOWN_NAR_BYTES = 2e6;
function createPlacement(state) {
  const forecasts = /* @__PURE__ */ new Map();
  const forecastOf = (builder) => {
    const known = forecasts.get(builder) ?? forecast(builder, state.nowSeconds);
    forecasts.set(builder, known);
    return known;
  };
  return {
    best: (record) => {
      let best;
      for (const builder of candidates(state, record)) {
        const bytes = missingBytes(state, record, builder);
        const stageSeconds = bytes === 0 ? 0 : builder.link.secondsFor(bytes);
        const buildSeconds = record.seconds / speedOf(builder);
        const slots = forecastOf(builder);
        const endSeconds = slots.startOf(stageSeconds) + buildSeconds;
        if (best !== void 0 && endSeconds >= best.endSeconds) continue;
        best = { builder, forecast: slots, bytes, stageSeconds, buildSeconds, endSeconds };
      }
      return best;
    }
  };
}
function candidates(state, record) {
  const able = [];
  for (const id of record.buildClass?.eligible ?? []) {
    const builder = state.builders.get(id);
    if (builder !== void 0 && takesBuilds(builder)) able.push(builder);
  }
  const avoided = state.mishaps.get(record)?.avoided;
  if (avoided === void 0 || avoided.size === 0) return able;
  const others = able.filter((builder) => !avoided.has(builder.id));
  return others.length > 0 ? others : able;
}
function missingInputs(state, record, builder) {
  return record.dependencies.filter((input) => !state.holders.has(input.order, builder.id));
}
function missingBytes(state, record, builder) {
  let bytes = record.sourceBytes;
  for (const input of record.dependencies) {
    if (input.isSubstitutable || builder.arriving.has(input)) continue;
    if (!state.holders.has(input.order, builder.id)) bytes += input.narSizeBytes || UNKNOWN_NAR_BYTES;
  }
  return bytes;
}

// src/dispatch/schedule/assignment.ts
var AHEAD_PER_SLOT = 0.5;
var MOST_PASSED_OVER = 64;
function assign(state) {
  if (state.cancelled) return;
  handOut(state);
  for (const builder of state.builders.values()) startStaged(state, builder);
}
function startStaged(state, builder) {
  while (takesBuilds(builder) && builder.running.size < builder.slots) {
    let first;
    for (const record of builder.staged) {
      if (first === void 0 || isMoreUrgent(record, first)) first = record;
    }
    if (first === void 0) return;
    start(state, first, builder);
  }
}
function handOut(state) {
  const withRoom = new Set([...state.builders.values()].filter(hasRoom));
  if (withRoom.size === 0) return;
  const placement = createPlacement(state);
  const passedOver = [];
  while (withRoom.size > 0 && passedOver.length < MOST_PASSED_OVER) {
    const record = mostUrgent(state, withRoom)?.queue.pop();
    if (record === void 0) break;
    const place2 = placement.best(record);
    place2?.forecast.occupy(place2.stageSeconds, place2.buildSeconds);
    if (place2 === void 0 || !withRoom.has(place2.builder) || !give(state, record, place2)) {
      passedOver.push(record);
    } else if (!hasRoom(place2.builder)) withRoom.delete(place2.builder);
  }
  for (const record of passedOver) record.buildClass?.queue.push(record);
}
function give(state, record, { builder, bytes }) {
  const missing2 = missingInputs(state, record, builder);
  if (missing2.length > 0 || record.sourceBytes > 0) {
    stage(state, record, builder, missing2, bytes);
    return true;
  }
  let before = builder.running.size;
  for (const other of builder.staged) {
    if (isMoreUrgent(other, record)) before++;
  }
  if (before >= builder.slots) return false;
  start(state, record, builder);
  return true;
}
function mostUrgent(state, withRoom) {
  let best;
  let bestHead;
  for (const buildClass of state.classes.all()) {
    const head = buildClass.queue.items[0];
    if (head === void 0 || bestHead !== void 0 && !isMoreUrgent(head, bestHead)) continue;
    if (![...withRoom].some((builder) => buildClass.eligible.has(builder.id))) continue;
    best = buildClass;
    bestHead = head;
  }
  return best;
}
function hasRoom(builder) {
  const taken = builder.running.size + builder.staged.size + builder.staging.size;
  return takesBuilds(builder) && taken < builder.slots + Math.ceil(builder.slots * AHEAD_PER_SLOT) + 1;
}

// src/dispatch/schedule/link-estimate.ts
var WEIGHT_OF_SAMPLE = 0.2;
var SMALL_BYTES = 1e6;
var SLOWEST_BYTES_PER_SECOND = 1e4;
function createLinkEstimate(latencySeconds, bytesPerSecond) {
  let latency = latencySeconds;
  let speed = bytesPerSecond;
  const towards = (now, sample) => now + WEIGHT_OF_SAMPLE * (sample - now);
  return {
    secondsFor: (bytes) => latency + bytes / speed,
    observe: (bytes, seconds2) => {
      if (bytes <= SMALL_BYTES) latency = towards(latency, seconds2);
      else {
        const sample = bytes / Math.max(seconds2 - latency, seconds2 / 10, 1e-3);
        speed = Math.max(SLOWEST_BYTES_PER_SECOND, towards(speed, sample));
      }
    }
  };
}

// src/dispatch/schedule/membership.ts
function joinBuilder(state, offer) {
  const known = state.builders.get(offer.id);
  if (known === void 0) {
    const { linkLatencySeconds, linkBytesPerSecond } = state.options;
    state.builders.set(offer.id, {
      id: offer.id,
      offer,
      presence: "present",
      slots: offer.maxJobs,
      running: /* @__PURE__ */ new Set(),
      staged: /* @__PURE__ */ new Set(),
      staging: /* @__PURE__ */ new Set(),
      arriving: /* @__PURE__ */ new Map(),
      link: createLinkEstimate(linkLatencySeconds, linkBytesPerSecond)
    });
  } else {
    known.offer = offer;
    known.slots = offer.maxJobs;
    known.presence = "present";
  }
  state.classes.noteBuilder(offer);
  const holdings = state.absentHoldings.get(offer.id) ?? [];
  state.absentHoldings.delete(offer.id);
  for (const record of holdings) makeAvailable(state, record, offer.id);
}
function loseBuilder(state, id, mayReturn) {
  const builder = state.builders.get(id);
  if (builder?.presence === "present") {
    builder.presence = "away";
    const ran = new Set(builder.running);
    const records = clearBuilder(state, builder);
    loseOutputs(state, id);
    for (const record of records) {
      if (record.state.kind !== "waiting") continue;
      if (ran.has(record)) loseAttempt(state, record, builder);
      else queueAgain(state, record);
    }
  }
  if (mayReturn) return;
  if (builder !== void 0) builder.presence = "gone";
  state.absentHoldings.delete(id);
  settleStranded(state);
}
function changeSlots(state, id, slots) {
  const builder = state.builders.get(id);
  if (builder === void 0) return;
  builder.slots = slots;
  if (slots > 0) return;
  for (const record of [...builder.staged, ...builder.staging]) {
    withdraw(state, record);
    queueAgain(state, record);
  }
}
function completeBuilders(state) {
  state.buildersComplete = true;
  for (const id of state.absentHoldings.keys()) {
    if (!mayCome(state, id)) state.absentHoldings.delete(id);
  }
  settleStranded(state);
}
function settleHopeless(state) {
  if (!state.buildersComplete) return;
  const hopeless = new Set([...state.classes.all()].filter(({ eligible }) => !isHopeful(state, eligible)));
  if (hopeless.size === 0) return;
  for (const record of state.nodes.values()) {
    const { buildClass } = record;
    if (buildClass === void 0 || !hopeless.has(buildClass)) continue;
    if (record.state.kind !== "waiting" && record.state.kind !== "ready") continue;
    settle(state, record, { kind: buildClass.eligible.size === 0 ? "no-builder" : "infrastructure" });
  }
}
function isHopeful(state, eligible) {
  return [...eligible].some((id) => {
    const builder = state.builders.get(id);
    return builder !== void 0 && (takesBuilds(builder) || mayCome(state, id));
  });
}

// src/dispatch/schedule/create-schedule.ts
function createSchedule(options = {}) {
  const state = createState(options);
  return {
    apply: (event, atSeconds) => {
      state.nowSeconds = Math.max(state.nowSeconds, atSeconds);
      state.commands = [];
      takeIn(state, event);
      if (event.kind !== "staged") settleHopeless(state);
      assign(state);
      return state.commands;
    }
  };
}
function takeIn(state, event) {
  switch (event.kind) {
    case "nodes-added":
      addNodes(state, event.nodes);
      return;
    case "builder-joined":
      joinBuilder(state, event.builder);
      return;
    case "builder-lost":
      loseBuilder(state, event.builder, event.mayReturn);
      return;
    case "builders-complete":
      completeBuilders(state);
      return;
    case "slots-changed":
      changeSlots(state, event.builder, event.maxJobs);
      return;
    case "staged":
      attemptStaged(state, recordOf(state, event.node), builderOf(state, event.builder));
      return;
    case "stage-failed":
      attemptStageFailed(state, recordOf(state, event.node), builderOf(state, event.builder));
      return;
    case "finished":
      attemptFinished(state, recordOf(state, event.node), builderOf(state, event.builder), event.result);
      return;
    case "cancelled":
      cancel(state);
  }
}
function addNodes(state, nodes) {
  const added = nodes.map((node) => link(state, node));
  rankAdded(added);
  for (const record of added) {
    if (!isOpen(record)) continue;
    if (state.cancelled) settle(state, record, { kind: "cancelled" });
    else queueAgain(state, record);
  }
}
function link(state, node) {
  const order = state.nodes.size;
  if (state.nodes.has(node.id)) throw new RangeError(`Expected a new node, got ${node.id} a second time.`);
  const ids = node.kind === "build" ? new Set(node.dependencies) : [];
  const dependencies = [...ids].map((id) => recordOf(state, id));
  const buildClass = node.kind === "build" ? state.classes.of(node) : void 0;
  const record = createRecord(node, order, dependencies, buildClass);
  state.nodes.set(node.id, record);
  for (const input of dependencies) {
    input.dependants.push(record);
    if (input.queueIndex >= 0) input.buildClass?.queue.moveForward(input.queueIndex);
  }
  if (node.kind === "existing") {
    for (const builder of node.locations) {
      if (state.builders.get(builder)?.presence === "present") state.holders.add(order, builder);
      else if (mayCome(state, builder)) noteAbsentHolding(state, record, builder);
    }
  }
  return record;
}
function cancel(state) {
  state.cancelled = true;
  for (const record of [...state.nodes.values()].reverse()) {
    if (!isOpen(record)) continue;
    withdraw(state, record);
    settle(state, record, { kind: "cancelled" });
  }
}
function builderOf(state, id) {
  const builder = state.builders.get(id);
  if (builder === void 0) throw new RangeError(`Expected a builder that joined, got ${id}.`);
  return builder;
}

// src/dispatch/schedule/explain.ts
function explainNoBuilder(facts, builders) {
  const needs = withFeatures(facts.system, facts.requiredFeatures);
  if (builders.length === 0) {
    return `${facts.name} needs a builder for ${needs}, and no builder could be reached`;
  }
  const there = builders.map(({ name, systems, supportedFeatures, mandatoryFeatures }) => {
    const must = mandatoryFeatures.length === 0 ? "" : ` (only builds that require ${mandatoryFeatures.join(", ")})`;
    return `${name}: ${withFeatures(systems.join(", "), supportedFeatures)}${must}`;
  }).join("; ");
  return `${facts.name} needs a builder for ${needs}, and none offers that. There are ${there}. Add the system or feature to a machine line (columns 2 and 6), or leave the attribute out with filter_builds.`;
}
function withFeatures(systems, features) {
  return features.length === 0 ? systems : `${systems} with ${features.join(", ")}`;
}

// src/dispatch/whereabouts.ts
var cacheName = "binary cache";
var runnerName = "local";
function whereIs(presence, sessions) {
  if (presence.kind === "missing") return void 0;
  const holder = sessions.find(({ id }) => presence.locations.includes(id));
  return holder?.name ?? (presence.onRunner ? runnerName : cacheName);
}
function holdersOf(node, presence, sessions, runner2) {
  const facts = factsOf(node);
  const paths = outputPaths(facts, facts.outputs.keys());
  const stores = [runner2, ...sessions.map(({ store }) => store)];
  const certain = stores.filter((store) => paths.length > 0 && paths.every((path) => store.held.has(path)));
  if (presence.kind === "missing") return certain;
  const likely = sessions.filter(({ id }) => presence.locations.includes(id)).map(({ store }) => store);
  return [.../* @__PURE__ */ new Set([...certain, ...presence.onRunner ? [runner2] : [], ...likely])];
}

// src/dispatch/run-dispatch.ts
function createDispatchRun(options) {
  const { observer, runner: runner2 } = options;
  const graph = createGraph();
  const ledger = createLedger(graph);
  const fleet = createFleet(options.builders, options);
  const readFacts = async (drvPath) => factsOfDerivation(await readDerivation(drvPath));
  const inventory = createInventory({
    graph,
    stores: () => createInventoryStores(runner2, fleet.sessions),
    readFacts
  });
  const fits = (facts, granularity) => fleet.offers.some((offer) => canBuild(offer, { ...facts, granularity }));
  const planner = createPlanner(graph, {
    presence: (node) => inventory.presence(node),
    fitsByDerivation: (facts) => fits(facts, "derivation"),
    fitsByClosure: (facts) => fits(facts, "closure"),
    expectedSeconds: () => void 0,
    sourceBytes: () => 0
  });
  const staging = createStaging({
    graph,
    runner: runner2,
    holders: (node) => holdersOf(graph.node(node), inventory.presence(node), fleet.sessions, runner2),
    builderStores: () => fleet.sessions.map(({ store }) => store),
    substitutable: (node) => {
      const presence = inventory.presence(node);
      return presence.kind === "existing" && presence.substitutable;
    }
  });
  const attempts = {
    graph,
    staging,
    logs: createLogFolder(options.logDirectory),
    limits: options.limits,
    observer,
    isClosure: (node) => planner.isClosure(node.id),
    readDerivation,
    recordNested: createNestedRecorder(graph, ledger, observer, readFacts),
    copied: (node, bytes) => ledger.copied(node, bytes)
  };
  const dispatcher = createDispatcher({
    graph,
    inventory,
    planner,
    schedule: createSchedule({ infraRetries: options.infraRetries }),
    staging,
    ledger,
    observer,
    attempt: (node, session, signal) => runAttempt(attempts, node, session, signal),
    failFast: options.failFast,
    explain: (node) => explainNoBuilder(factsOf(node), fleet.offers)
  });
  const cancelled = new AbortController();
  const unlessCancelled = async (work) => {
    if (cancelled.signal.aborted) return;
    await Promise.race([work, once(cancelled.signal, "abort")]);
  };
  const intake = createIntake(async (roots) => {
    await dispatcher.add(roots);
    for (const root of roots) {
      const where = whereIs(inventory.presence(root), fleet.sessions);
      if (where !== void 0) ledger.existed(root, where);
    }
  });
  return {
    async connect() {
      await unlessCancelled(fleet.connect(dispatcher));
      intake.open();
    },
    select(job) {
      const node = graph.intern(job.drvPath);
      ledger.jobSelected(job, node.id);
      intake.put(node.id);
    },
    failed: (failure) => ledger.jobNotEvaluated(failure),
    async finish() {
      await unlessCancelled(intake.emptied());
      await dispatcher.drained();
    },
    cancel() {
      dispatcher.cancel();
      cancelled.abort();
    },
    close: () => fleet.close(),
    get progress() {
      return dispatcher.progress;
    },
    result: () => {
      const builds = ledger.builds();
      return { jobs: ledger.jobs(), builds, builders: fleet.reports().map(withBusyTime(builds)) };
    }
  };
}

// src/flake/batches.ts
import { setTimeout as delay } from "node:timers/promises";
var Batches = class {
  #handle;
  #pauseMs;
  #waiting = [];
  #running;
  constructor(pauseMs, handle) {
    this.#pauseMs = pauseMs;
    this.#handle = handle;
  }
  /** Resolves when the batch with this item has been handled; rejects with what the handler threw. */
  async add(item) {
    this.#waiting.push(item);
    this.#running ??= this.#drain().finally(() => {
      this.#running = void 0;
    });
    await this.#running;
  }
  async #drain() {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#handle(batch);
      await delay(this.#pauseMs);
    }
  }
};

// src/flake/tally.ts
var EMPTY_TALLY = { total: 0, evaluated: 0, failed: 0, selected: 0, pruned: 0 };
function addToTally(tally, change) {
  return {
    total: tally.total + (change.total ?? 0),
    evaluated: tally.evaluated + (change.evaluated ?? 0),
    failed: tally.failed + (change.failed ?? 0),
    selected: tally.selected + (change.selected ?? 0),
    pruned: tally.pruned + (change.pruned ?? 0)
  };
}
function progressOf(tally, elapsedMs) {
  return { ...tally, elapsedSeconds: elapsedMs / 1e3 };
}

// src/flake/collector.ts
var PROGRESS_INTERVAL_MS = 1e3;
var BATCH_PAUSE_MS = 40;
var Collector = class {
  #selector;
  #emit;
  #batches = new Batches(BATCH_PAUSE_MS, (batch) => this.#select(batch));
  #seenWarnings = /* @__PURE__ */ new Set();
  #startedAtMs = performance.now();
  #lastProgressMs = 0;
  #tally = EMPTY_TALLY;
  constructor(selector, emit) {
    this.#selector = selector;
    this.#emit = emit;
  }
  /** Counts attributes that will be evaluated, or were ruled out by their names. */
  expect(change) {
    this.#count(change);
  }
  /** Takes a derivation; resolves when it has been selected or not. Rejects when jq fails. */
  async found(found) {
    this.#count({ evaluated: 1 });
    const { place: place2, answer } = found;
    await this.#batches.add({
      ...found,
      attribute: {
        ...place2,
        system: place2.system === "" ? answer.system : place2.system,
        name: answer.name,
        description: answer.description,
        type: "derivation"
      }
    });
  }
  /** Takes an attribute that turned out to be nothing to build, and is not meant to be. */
  passed() {
    this.#count({ evaluated: 1 });
  }
  failed(failure) {
    this.#count({ evaluated: 1, failed: 1 });
    this.#emit({ kind: "failure", failure: { ...failure, warnings: this.#unseen(failure.warnings) } });
  }
  /** Warnings that belong to no attribute. */
  warn(messages) {
    for (const message of this.#unseen(messages)) this.#emit({ kind: "warning", message });
  }
  finish() {
    this.#emit({ kind: "finished", progress: progressOf(this.#tally, this.#elapsedMs()) });
  }
  async #select(batch) {
    const open = batch.filter((candidate) => !candidate.isSelected);
    const verdicts = await this.#selector.select(open.map(({ attribute: attribute2 }) => attribute2));
    const chosen = new Set(open.filter((_, index) => verdicts[index] === true));
    const selected = batch.filter((candidate) => candidate.isSelected || chosen.has(candidate));
    const labels = await this.#selector.label(selected.map(({ attribute: attribute2 }) => attribute2));
    this.#count({ selected: selected.length });
    for (const [index, candidate] of selected.entries()) {
      this.#emit({ kind: "job", job: this.#job(candidate, labels[index] ?? candidate.attribute.attr) });
    }
  }
  #job({ attribute: attribute2, answer, reply }, label) {
    return {
      ...attribute2,
      label,
      drvPath: answer.drvPath,
      outputs: answer.outputs,
      requiredFeatures: answer.requiredFeatures,
      evaluation: reply.cost,
      warnings: this.#unseen(reply.warnings)
    };
  }
  /** Every evaluator says the same thing once; people read it once. */
  #unseen(messages) {
    const fresh = [...new Set(messages)].filter((message) => !this.#seenWarnings.has(message));
    for (const message of fresh) this.#seenWarnings.add(message);
    return fresh;
  }
  #count(change) {
    this.#tally = addToTally(this.#tally, change);
    const elapsedMs = this.#elapsedMs();
    if (elapsedMs - this.#lastProgressMs < PROGRESS_INTERVAL_MS) return;
    this.#lastProgressMs = elapsedMs;
    this.#emit({ kind: "progress", progress: progressOf(this.#tally, elapsedMs) });
  }
  #elapsedMs() {
    return performance.now() - this.#startedAtMs;
  }
};

// src/flake/evaluator/nix-command.ts
import { spawn as spawn2 } from "node:child_process";

// src/flake/evaluator/nix-version.ts
function parseNixVersion(line) {
  const text = line.trim();
  const match = /^nix \((.+)\) (\d+)\.(\d+)/.exec(text);
  if (match === null) {
    throw new DispatchError("local", `\`nix --version\` printed ${JSON.stringify(text.slice(0, 200))}`, {
      hint: 'Expected a line such as "nix (Nix) 2.26.3". Is the nix on PATH really Nix?'
    });
  }
  const version = {
    major: Number(match[2]),
    minor: Number(match[3]),
    isLix: match[1]?.startsWith("Lix") ?? false,
    text
  };
  if (!isAtLeast(version, 2, 4)) {
    throw new DispatchError("local", `${text} cannot evaluate flakes`, {
      hint: "Install Nix 2.8 or newer."
    });
  }
  return version;
}
function loadingMode(version) {
  return isAtLeast(version, 2, 10) ? "argument" : "load-flake";
}
function experimentalFeatures(version) {
  const needsReplFlake = isAtLeast(version, 2, 10) && !isAtLeast(version, 2, 19) && !version.isLix;
  return ["nix-command", "flakes", ...needsReplFlake ? ["repl-flake"] : []];
}
function isAtLeast(version, major, minor) {
  return version.major > major || version.major === major && version.minor >= minor;
}

// src/flake/evaluator/nix-log.ts
var PREFIX2 = "@nix ";
var ACTIVITY_BUILD = 105;
var STORE_BUSY = /SQLite database .* is busy/;
var LEVEL_ERROR = 0;
var LEVEL_WARN = 1;
var MILD = /^(?:(?:evaluation )?warning|error \(ignored\)): /;
function parseNixLogLine(line) {
  const message = line.startsWith(PREFIX2) ? parseObject2(line.slice(PREFIX2.length)) : void 0;
  if (message === void 0) return { kind: "raw", text: plainText(line) };
  if (message["action"] === "start" && message["type"] === ACTIVITY_BUILD) {
    const drvPath = Array.isArray(message["fields"]) ? message["fields"][0] : void 0;
    return typeof drvPath === "string" ? { kind: "build-started", drvPath } : { kind: "activity" };
  }
  const text = message["msg"];
  if (message["action"] !== "msg" || typeof text !== "string") return { kind: "activity" };
  return messageLine(text, message["level"]);
}
function plainText(text) {
  return text.replace(/\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)/g, "").replace(/\u001B\[[0-?]*[ -/]*[@-~]/g, "").replaceAll("\r\n", "\n").replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "");
}
function messageLine(text, level) {
  if (level === LEVEL_ERROR && text.startsWith("trace: ")) {
    return { kind: "trace", text: text.slice("trace: ".length) };
  }
  const plain = plainText(text);
  if (STORE_BUSY.test(plain)) return { kind: "activity" };
  if (level === LEVEL_WARN || MILD.test(plain)) {
    return { kind: "warning", text: plain.replace(MILD, "") };
  }
  return level === LEVEL_ERROR ? { kind: "error", text: plain } : { kind: "notice", text: plain };
}
function parseObject2(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : void 0;
  } catch {
    return void 0;
  }
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/flake/evaluator/nix-command.ts
var MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
function nixEnvironment(environment, nixConfig, version) {
  const kept = Object.entries(environment).filter(([name]) => !/^(?:INPUT|ACTIONS)_/.test(name));
  const config = [
    environment["NIX_CONFIG"] ?? "",
    // A flake is not trusted to change settings, unless the user says so below.
    "accept-flake-config = false",
    nixConfig,
    `extra-experimental-features = ${experimentalFeatures(version).join(" ")}`
  ];
  return { ...Object.fromEntries(kept), NIX_CONFIG: config.filter((text) => text !== "").join("\n") };
}
function platformsOf(architecture, platform) {
  const kernel = platform === "darwin" ? "darwin" : "linux";
  switch (architecture) {
    case "x64":
      return kernel === "linux" ? ["x86_64-linux", "i686-linux"] : ["x86_64-darwin"];
    case "arm64":
      return [`aarch64-${kernel}`];
    default:
      return [`${architecture}-${kernel}`];
  }
}
async function runNix(nix, words2, signal) {
  const child = spawn2(nix.program, words2, {
    cwd: nix.directory,
    env: nix.environment,
    stdio: ["ignore", "pipe", "pipe"],
    ...signal === void 0 ? {} : { signal }
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const exitCode = await new Promise((resolve2, reject) => {
    child.on("error", (error) => {
      reject(startError(error, nix, signal));
    });
    child.on("close", resolve2);
  });
  return { exitCode, stdout: stdout(), stderr: plainText(stderr()) };
}
function startError(error, nix, signal) {
  if (signal?.aborted === true) return new DispatchError("cancelled", "evaluation was cancelled");
  return new DispatchError("local", `cannot run ${nix.program}: ${error.message}`, {
    hint: "Evaluation needs Nix 2.8 or newer on this machine, with its `nix` on PATH.",
    cause: error
  });
}
function collect(stream) {
  const chunks = [];
  let bytes = 0;
  stream.on("data", (chunk) => {
    bytes += chunk.length;
    if (bytes <= MAX_OUTPUT_BYTES) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

// src/flake/evaluator/error-text.ts
var MAX_LINES = 20;
var MAX_LENGTH = 4e3;
var POSITION = /^\s*at ((?:\/(?!\/)|«(?!nix-internal|string|none)).+?):(\d+):(\d+)/;
var FRAME = /^\s*(?:… |at (?:\/|«|<).*:\d+:\d+:?$|\(stack trace truncated)/;
function readError(text, roots) {
  const lines = text.split("\n");
  const start2 = messageStart(lines);
  const rest = lines.slice(start2);
  const frames = rest.findIndex((line) => FRAME.test(line));
  const message = dedent(frames === -1 ? rest : rest.slice(0, frames)).join("\n");
  const nearestFirst = [...rest, ...lines.slice(0, start2).reverse()];
  return { message: shorten(message), position: nearestPosition(nearestFirst, roots) };
}
function messageStart(lines) {
  if (lines[0]?.trim() !== "error:")
    return Math.max(
      0,
      lines.findIndex((line) => /^error: \S/.test(line))
    );
  return Math.max(
    0,
    lines.findIndex((line) => /^ {7}error: /.test(line))
  );
}
function dedent(lines) {
  const [first = "", ...rest] = lines;
  const body = rest.map((line) => line.replace(/^ {1,7}/, "").trimEnd());
  return [first.trim().replace(/^error: /, ""), ...body];
}
function shorten(message) {
  const lines = message.trim().split("\n");
  const kept = lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), "\u2026"] : lines;
  const text = kept.join("\n");
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}\u2026` : text;
}
function nearestPosition(lines, roots) {
  const positions = lines.flatMap((line) => {
    const [, file, lineNumber, column] = POSITION.exec(line) ?? [];
    return file === void 0 ? [] : [{ file, line: Number(lineNumber), column: Number(column) }];
  });
  for (const position of positions) {
    const root = roots.find((prefix) => position.file.startsWith(`${prefix}/`));
    if (root !== void 0) return { ...position, file: position.file.slice(root.length + 1) };
  }
  return positions[0];
}

// src/flake/evaluator/evaluator.ts
import { spawn as spawn3 } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface as createInterface2 } from "node:readline";

// src/flake/attribute-path.ts
var IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_'-]*$/;
function nixString(text) {
  const escaped = text.replace(/["\\]|\$(?=\{)/g, String.raw`\$&`);
  return `"${escaped.replaceAll("\n", String.raw`\n`).replaceAll("\r", String.raw`\r`).replaceAll("	", String.raw`\t`)}"`;
}
function joinAttributes(path) {
  const [only] = path;
  if (path.length === 1 && only !== void 0) return only;
  return path.map((name) => IDENTIFIER.test(name) ? name : nixString(name)).join(".");
}
function splitAttributes(text) {
  const names = [];
  const token = /(?:"((?:[^"\\]|\\.)*)"|([^".\s]+))(\.|$)/suy;
  let end = false;
  while (!end) {
    const match = token.exec(text);
    if (match === null) return void 0;
    const [, quoted, bare, separator] = match;
    names.push(quoted === void 0 ? bare ?? "" : quoted.replace(/\\(.)/gsu, "$1"));
    end = separator === "";
  }
  return names;
}

// src/flake/evaluator/expressions.ts
var HELPER = "__nixDispatch";
function helperDefinition(nonce) {
  return `${HELPER} = ${HELPER_SOURCE.replace("NONCE", nixString(nonce)).replace(/\s+/g, " ").trim()}`;
}
function visitLine(mode, path) {
  const [top = "", ...rest] = path;
  return `${HELPER}.${mode} ${[top, ...rest.map(nixString)].join(".")}`;
}
var END_LINE = `${HELPER}.end null`;
function isVariableName(name) {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !KEYWORDS.has(name);
}
var KEYWORDS = /* @__PURE__ */ new Set(["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"]);
var HELPER_SOURCE = String.raw`
  let
    nonce = NONCE;
    say = value: builtins.trace (nonce + builtins.toJSON value) null;
    text = value: if builtins.isString value then builtins.unsafeDiscardStringContext value else "";
    isDerivation = value: (value.type or null) == "derivation";
    derivation = value: if "${"${value.drvPath}"}" == "" then null else say {
      kind = "derivation";
      name = text (value.name or "");
      description = text (value.meta.description or "");
      system = text (value.system or "");
      drvPath = text value.drvPath;
      outputs = builtins.listToAttrs (map
        (name: { inherit name; value = text (value.${"${name}"} or value).outPath; })
        (value.outputs or [ "out" ]));
      features = let features = value.requiredSystemFeatures or [ ]; in
        if builtins.isList features then map text features else [ ];
    };
    other = value: if builtins.isAttrs value
      then say {
        kind = "set";
        names = builtins.attrNames value;
        recurse = (value.recurseForDerivations or false) == true;
      }
      else say { kind = "other"; type = builtins.typeOf value; };
    program = app:
      let
        context = builtins.getContext app.program;
        paths = builtins.attrNames context;
        drvPath = builtins.head paths;
        outputs = context.${"${drvPath}"}.outputs or [ ];
      in
        if builtins.length paths != 1 || builtins.length outputs != 1
        then say { kind = "other"; type = "program"; }
        else say {
          kind = "program";
          inherit drvPath;
          output = builtins.head outputs;
          program = text app.program;
          description = text (app.meta.description or "");
        };
  in {
    value = value: if isDerivation value then derivation value else other value;
    app = value: if isDerivation value then derivation value
      else if "${'${value.program or ""}'}" == "" then other value
      else program value;
    end = _: builtins.trace (nonce + "end") null;
  }`;

// src/flake/evaluator/load-flake.ts
var HEAP_SHARE = 0.85;
var LARGEST_INITIAL_HEAP_BYTES = 384 * 1024 * 1024;
var IMPURE_SYSTEM = "unknown-in-pure-evaluation";
var FETCHABLE = "http:// https:// ssh:// git:// git+http:// git+https:// git+ssh:// github: gitlab:";
function repl(source, maxMemoryBytes) {
  const environment = { ...source.nix.environment, ...collectorLimits(maxMemoryBytes) };
  const common = ["repl", "--log-format", "internal-json", "--option", "eval-cache", "false"];
  if (loadingMode(source.version) === "argument") {
    const words3 = [...common, "--option", "pure-eval", "true", ...source.nixArgs, source.url];
    return { words: words3, environment, lines: [] };
  }
  const isImpure = source.nixArgs.includes("--impure");
  const restrictions = [
    ["restrict-eval", "true"],
    ["allowed-uris", FETCHABLE],
    ["system", IMPURE_SYSTEM],
    // Builds that evaluation needs still run here.
    ["extra-platforms", source.nix.platforms.join(" ")]
  ];
  const options = isImpure ? [] : restrictions.flatMap(([name = "", value = ""]) => ["--option", name, value]);
  const words2 = [
    ...common,
    "--show-trace",
    ...options,
    ...source.nixArgs.filter((word) => word !== "--impure")
  ];
  return {
    words: words2,
    environment: isImpure ? environment : { ...environment, NIX_PATH: "" },
    lines: [`:load-flake ${source.url}`]
  };
}
function collectorLimits(maxMemoryBytes) {
  const heapBytes = Math.floor(maxMemoryBytes * HEAP_SHARE);
  return {
    GC_MAXIMUM_HEAP_SIZE: String(heapBytes),
    GC_INITIAL_HEAP_SIZE: String(Math.min(LARGEST_INITIAL_HEAP_BYTES, Math.floor(heapBytes / 4)))
  };
}

// src/flake/evaluator/resident-memory.ts
import { readFileSync } from "node:fs";
function residentMemoryBytes(pid) {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kilobytes === void 0 ? void 0 : Number(kilobytes) * 1024;
  } catch {
    return void 0;
  }
}

// src/flake/evaluator/evaluator.ts
var MEMORY_CHECK_MS = 250;
var Evaluator = class {
  #child;
  #nonce = randomBytes(16).toString("hex");
  #limits;
  #prelude;
  #question;
  #death;
  #ending;
  #lastMemoryBytes;
  #answered = 0;
  /** Starts the process; {@link Evaluator.load} has to come next. */
  constructor(source, limits) {
    this.#limits = limits;
    const { words: words2, environment, lines } = repl(source, limits.maxMemoryBytes);
    this.#prelude = [...lines, helperDefinition(this.#nonce)];
    this.#child = spawn3(source.nix.program, words2, {
      cwd: source.nix.directory,
      env: environment,
      // Standard output is the REPL's echo.
      stdio: ["pipe", "ignore", "pipe"]
    });
    this.#child.stdin.on("error", () => void 0);
    createInterface2({ input: this.#child.stderr, crlfDelay: Infinity }).on("line", (line) => {
      this.#read(parseNixLogLine(line));
    });
    this.#child.on("error", (error) => {
      this.#die("crashed", startError(error, source.nix).message);
    });
    this.#child.on("close", (code, signal) => {
      this.#die(this.#ending ?? "crashed", `the evaluator ended with ${signal ?? `exit code ${code}`}`);
    });
  }
  /** Loads the flake; the reply's outcome is `answered` when that worked. */
  load() {
    return this.#send(this.#prelude);
  }
  /** Nothing has been asked yet: what kills it now is to blame for it alone. */
  get isFresh() {
    return this.#answered === 0;
  }
  get isAlive() {
    return this.#death === void 0 && this.#ending === void 0;
  }
  get memoryBytes() {
    return this.#child.pid === void 0 ? void 0 : residentMemoryBytes(this.#child.pid);
  }
  /** Asks one question, a line for the REPL that has no newline. Never rejects. One question at a time. */
  async ask(line) {
    const reply = await this.#send([line]);
    this.#answered += 1;
    return reply;
  }
  /** Ends the process; a running question is replied to as died. */
  stop(reason = "stopped") {
    if (this.#death !== void 0 || this.#ending !== void 0) return;
    this.#ending = reason;
    this.#child.kill("SIGKILL");
  }
  #send(lines) {
    return new Promise((resolve2) => {
      const { timeoutMs } = this.#limits;
      const timeout = timeoutMs === void 0 ? void 0 : setTimeout(() => this.stop("timed-out"), timeoutMs);
      const watch = setInterval(() => {
        if ((this.memoryBytes ?? 0) > this.#limits.maxMemoryBytes) this.stop("out-of-memory");
      }, MEMORY_CHECK_MS);
      this.#question = {
        settle: (reply) => {
          clearTimeout(timeout);
          clearInterval(watch);
          this.#question = void 0;
          resolve2(reply);
        },
        startedAtMs: performance.now(),
        memoryBytes: this.#lastMemoryBytes,
        warnings: [],
        builds: [],
        errors: [],
        json: void 0
      };
      if (this.#death === void 0) this.#child.stdin.write(`${[...lines, END_LINE].join("\n")}
`);
      else this.#settle({ kind: "died", ...this.#death });
    });
  }
  #read(line) {
    const question = this.#question;
    if (question === void 0) return;
    switch (line.kind) {
      case "trace":
        if (line.text === `${this.#nonce}end`) this.#settleAnswered(question);
        else if (line.text.startsWith(this.#nonce)) question.json = line.text.slice(this.#nonce.length);
        else question.warnings.push(plainText(line.text));
        return;
      case "warning":
        question.warnings.push(line.text);
        return;
      case "error":
      case "raw":
        if (line.text.trim() !== "") question.errors.push(line.text);
        return;
      case "build-started":
        question.builds.push(line.drvPath);
        return;
      case "notice":
      case "activity":
    }
  }
  #settleAnswered(question) {
    const error = question.errors.at(-1);
    if (question.json === void 0 && error !== void 0) this.#settle({ kind: "refused", error });
    else this.#settle({ kind: "answered", json: question.json ?? "" });
  }
  #die(reason, fallback) {
    if (this.#death !== void 0) return;
    const said = this.#question?.errors.join("\n") ?? "";
    const isMemory = reason === "crashed" && /out of memory|bad_alloc|GC Warning/i.test(said);
    this.#death = { reason: isMemory ? "out-of-memory" : reason, error: said === "" ? fallback : said };
    this.#settle({ kind: "died", ...this.#death });
  }
  #settle(outcome) {
    const question = this.#question;
    if (question === void 0) return;
    const memory = this.memoryBytes;
    this.#lastMemoryBytes = memory;
    const before = question.memoryBytes;
    question.settle({
      outcome,
      warnings: question.warnings,
      builds: question.builds,
      cost: {
        seconds: (performance.now() - question.startedAtMs) / 1e3,
        memoryBytes: memory === void 0 || before === void 0 ? void 0 : Math.max(0, memory - before)
      }
    });
  }
};

// src/flake/evaluator/pool.ts
var RETIRE_SHARE = 0.75;
var EvaluatorPool = class {
  #options;
  #queue = [];
  #idle = [];
  #live = /* @__PURE__ */ new Set();
  #working = 0;
  #stopped;
  constructor(options) {
    this.#options = options;
  }
  /**
   * Asks a question as soon as an evaluator is free. Rejects only when the flake can't be loaded (DispatchError
   * `evaluation`) or the pool was stopped.
   */
  run(line) {
    return new Promise((resolve2, reject) => {
      if (this.#stopped !== void 0) {
        reject(this.#stopped);
        return;
      }
      this.#queue.push({ line, resolve: resolve2, reject });
      if (this.#working < this.#options.workers) void this.#work();
    });
  }
  /** Ends every evaluator; what waits or runs is rejected with `reason`. */
  stop(reason) {
    this.#stopped ??= reason;
    for (const task2 of this.#queue.splice(0)) task2.reject(this.#stopped);
    for (const evaluator of this.#live) evaluator.stop();
  }
  /** Takes questions until the queue is empty; the evaluator then waits for more. */
  async #work() {
    this.#working += 1;
    let evaluator = this.#idle.pop();
    for (let task2 = this.#queue.shift(); task2 !== void 0; task2 = this.#queue.shift()) {
      try {
        evaluator = await this.#ready(evaluator);
        const wasFresh = evaluator.isFresh;
        let reply = await evaluator.ask(task2.line);
        if (!wasFresh && mayBeInnocent(reply)) {
          evaluator = await this.#ready(void 0);
          reply = await evaluator.ask(task2.line);
        }
        if (this.#stopped === void 0) task2.resolve(reply);
        else task2.reject(this.#stopped);
      } catch (error) {
        task2.reject(error);
      }
    }
    this.#working -= 1;
    if (evaluator !== void 0) this.#idle.push(evaluator);
  }
  async #ready(current) {
    const { limits, source, onLoaded } = this.#options;
    const retireBytes = limits.maxMemoryBytes * RETIRE_SHARE;
    if (current?.isAlive === true && (current.isFresh || (current.memoryBytes ?? 0) <= retireBytes)) {
      return current;
    }
    if (current !== void 0) this.#retire(current);
    if (this.#stopped !== void 0) throw this.#stopped;
    const evaluator = new Evaluator(source, limits);
    this.#live.add(evaluator);
    const loaded = await evaluator.load();
    if (loaded.outcome.kind !== "answered") {
      this.#retire(evaluator);
      this.stop(loadFailure(source, loaded));
      throw this.#stopped;
    }
    onLoaded(loaded);
    return evaluator;
  }
  #retire(evaluator) {
    evaluator.stop();
    this.#live.delete(evaluator);
  }
};
function mayBeInnocent(reply) {
  const { outcome } = reply;
  return outcome.kind === "died" && (outcome.reason === "crashed" || outcome.reason === "out-of-memory");
}
function loadFailure(source, loaded) {
  const { outcome } = loaded;
  const said = outcome.kind === "answered" ? "" : outcome.error;
  const { message } = readError(said, []);
  return new DispatchError("evaluation", `cannot load the flake ${source.url}: ${message}`);
}

// src/flake/filter/filter-program.ts
function selectionProgram(filter) {
  return overEach(`any((${filter}
); .)`);
}
function labelProgram(label) {
  return overEach(`[limit(1; (${label}
))] | .[0]`);
}
function programInput(attributes) {
  return JSON.stringify(
    attributes.map(({ name, description, topAttr, system, attr, type }) => ({
      name,
      description,
      top_attr: topAttr,
      system,
      attr,
      type
    }))
  );
}
function programResults(input, stdout, count) {
  const lines = stdout.split("\n").filter((line) => line !== "");
  if (lines.length !== count) {
    throw new DispatchError(
      "filter",
      `${input} ended jq after ${lines.length} of ${count} attributes; expected one that gives a result for each`
    );
  }
  return lines.map((line) => {
    const [value, message] = JSON.parse(line);
    return typeof message === "string" ? { kind: "error", message } : { kind: "value", value };
  });
}
function labelText(value, attribute2) {
  if (typeof value === "string") return value;
  if (value !== null && value !== void 0) return JSON.stringify(value);
  return attribute2.system === "" ? attribute2.attr : `${attribute2.attr} [${attribute2.system}]`;
}
function invalidProgram(input, program, stderr) {
  const said = stderr.trim().replace(/\njq: \d+ compile errors?$/, "");
  return new DispatchError("filter", `${input} is not valid jq: ${said}
The expression is: ${program}`, {
    hint: 'Expected a jq expression such as .top_attr == "checks" and .system == "x86_64-linux".'
  });
}
function fruitlessProgram(input, program, error) {
  return new DispatchError("filter", `${input}: ${error.message}
The expression is: ${program}`, {
    hint: error.hint,
    cause: error
  });
}
function failedProgram(input, program, attribute2, message) {
  const where = joinAttributes(attribute2.path);
  return new DispatchError(
    "filter",
    `${input} failed on ${where}: jq: error: ${message}
The expression is: ${program}`
  );
}
function overEach(expression) {
  return `.[] | try [(${expression})] catch [null, if type == "string" then . else tojson end]`;
}

// src/flake/filter/jq.ts
import { once as once2 } from "node:events";
import { Worker } from "node:worker_threads";
var START_LIMIT_MS = 3e4;
var HEAP_LIMIT_MB = 256;
var Jq = class {
  #limitMs;
  #worker;
  #last = Promise.resolve();
  /** @param limitMs for one call */
  constructor(limitMs) {
    this.#limitMs = limitMs;
  }
  /**
   * Runs a program.
   *
   * @throws DispatchError `filter` when it takes longer than the limit, or more memory than there is
   */
  call(call) {
    const result = this.#last.then(() => this.#post(call));
    this.#last = result.catch(() => void 0);
    return result;
  }
  /** Ends the thread. */
  async stop() {
    const worker = this.#worker;
    this.#worker = void 0;
    await worker?.terminate();
  }
  async #post(call) {
    const limitMs = this.#worker === void 0 ? this.#limitMs + START_LIMIT_MS : this.#limitMs;
    const worker = this.#worker ??= startWorker();
    const done2 = new AbortController();
    const timer = setTimeout(() => {
      done2.abort(new Error(`it did not end within ${this.#limitMs / 1e3} s`));
    }, limitMs);
    try {
      const answer = answerOf(worker, done2.signal);
      worker.postMessage(call);
      return await answer;
    } catch (error) {
      await this.stop();
      const why = done2.signal.aborted ? done2.signal.reason : error;
      const said = why instanceof Error ? why.message : String(why);
      const message = /^Aborted\(|memory/i.test(said) ? "it ran out of memory" : said;
      throw new DispatchError("filter", `jq gave no result: ${message}`, {
        hint: "Simplify the jq expressions: each sees one small object at a time.",
        cause: error
      });
    } finally {
      clearTimeout(timer);
      done2.abort();
    }
  }
};
async function answerOf(worker, signal) {
  const exit = once2(worker, "exit", { signal }).then(([code]) => {
    throw new Error(`its thread ended with exit code ${String(code)}`);
  });
  const message = once2(worker, "message", { signal }).then(([result2]) => result2);
  const result = await Promise.race([message, exit]);
  if (result === void 0) throw new Error("it sent nothing");
  return result;
}
function startWorker() {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./filter-worker.${extension}`, import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
    env: {},
    stdout: true,
    stderr: true
  });
  worker.unref();
  return worker;
}

// src/flake/filter/place-condition.ts
function placeCondition(program, known) {
  const tokens = tokenize(program);
  if (tokens === void 0) return void 0;
  const fields = new Set(known.map((field) => `.${field}`));
  const isDecidable = (token) => fields.has(token.text) || HARMLESS.test(token.text);
  if (tokens.every(isDecidable)) return { kind: "decides", program };
  const top = tokens.filter((token) => token.depth === 0);
  if (top.some((token) => BINDS_LOOSER_THAN_AND.test(token.text))) return void 0;
  const leading = [];
  let start2 = 0;
  for (const conjunction of top.filter((token) => token.text === "and")) {
    const part = tokens.filter((token) => token.start >= start2 && token.start < conjunction.start);
    if (!part.every(isDecidable)) break;
    leading.push(program.slice(start2, conjunction.start));
    start2 = conjunction.start + conjunction.text.length;
  }
  return leading.length === 0 ? void 0 : { kind: "excludes", program: leading.join(" and ") };
}
var HARMLESS = /^(?:"(?:[^"\\]|\\[^(])*"|\d+|==|!=|<=?|>=?|\/\/|[|(),;?]|and|or|not|true|false|null|empty|select|if|then|elif|else|end|test|startswith|endswith|contains|inside|IN|length|ascii_downcase|ascii_upcase|ltrimstr|rtrimstr)$/s;
var BINDS_LOOSER_THAN_AND = /^(?:[|,;]|\/\/|or|\?\/\/|[-+*/%|]?=|\/\/=|def|as|if|then|elif|else|end|reduce|foreach|try|catch|label|import|include)$/;
var TOKEN = /"(?:[^"\\]|\\[^(])*"|\.?[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z0-9_]+)*|\?\/\/|\/\/=|[=!<>|+\-*/%]=|\/\/|\d+(?:\.\d+)?|\.\.|[|(),;?[\]{}<>=+\-*/%:$@.]/sy;
function tokenize(program) {
  const tokens = [];
  let depth = 0;
  let at = 0;
  while (at < program.length) {
    if (/\s/.test(program[at] ?? "")) {
      at += 1;
      continue;
    }
    TOKEN.lastIndex = at;
    const text = TOKEN.exec(program)?.[0];
    if (text === void 0) return void 0;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    tokens.push({ text, start: at, depth });
    if (/^[([{]$/.test(text)) depth += 1;
    at += text.length;
  }
  return tokens;
}

// src/flake/filter/selector.ts
var Selector = class _Selector {
  #options;
  #jq;
  constructor(options, jq) {
    this.#options = options;
    this.#jq = jq;
  }
  /** Compiles both programs. Throws DispatchError `filter` with jq's own message and the expression. */
  static async open(options) {
    const jq = new Jq(options.limitMs);
    const programs = [
      ["filter_builds", options.filter],
      ["label_builds", options.label]
    ];
    try {
      for (const [input, program] of programs) {
        const { exitCode, stderr } = await jq.call({ program, input: "" });
        if (exitCode !== 0) throw invalidProgram(input, program, stderr);
      }
    } catch (error) {
      await jq.stop();
      throw error;
    }
    return new _Selector(options, jq);
  }
  /**
   * Decides places before they are evaluated, as far as the filter allows.
   *
   * @param known what the places tell; their other fields are not looked at
   */
  async decideEarly(places, known) {
    const condition = placeCondition(this.#options.filter, known);
    if (condition === void 0) return places.map(() => "open");
    const attributes = places.map(unnamed);
    const results = await this.#run("filter_builds", selectionProgram(condition.program), attributes);
    return results.map((result, index) => {
      if (result.kind === "value" && result.value !== true) return "rejected";
      if (condition.kind === "excludes") return "open";
      if (result.kind === "error") throw this.#failed("filter_builds", attributes[index], result.message);
      return "selected";
    });
  }
  /** Runs the filter over whole attributes. */
  async select(attributes) {
    const program = selectionProgram(this.#options.filter);
    const results = await this.#run("filter_builds", program, attributes);
    return this.#values("filter_builds", results, attributes).map((value) => value === true);
  }
  /** Labels selected attributes. */
  async label(attributes) {
    const results = await this.#run("label_builds", labelProgram(this.#options.label), attributes);
    const values = this.#values("label_builds", results, attributes);
    return attributes.map((attribute2, index) => labelText(values[index], attribute2));
  }
  /** Ends the thread that jq runs in. */
  async close() {
    await this.#jq.stop();
  }
  async #run(input, program, attributes) {
    if (attributes.length === 0) return [];
    const call = this.#jq.call({ program, input: programInput(attributes) });
    const { stdout, stderr, exitCode } = await call.catch((error) => {
      throw fruitlessProgram(input, this.#source(input), toDispatchError(error, "filter"));
    });
    if (exitCode !== 0 && stdout === "") throw invalidProgram(input, this.#source(input), stderr);
    return programResults(input, stdout, attributes.length);
  }
  #values(input, results, attributes) {
    return results.map((result, index) => {
      if (result.kind === "error") throw this.#failed(input, attributes[index], result.message);
      return result.value;
    });
  }
  #failed(input, attribute2, message) {
    if (attribute2 === void 0) return new RangeError("jq gave more results than it was given attributes");
    return failedProgram(input, this.#source(input), attribute2, message);
  }
  #source(input) {
    return input === "filter_builds" ? this.#options.filter : this.#options.label;
  }
};
function unnamed(place2) {
  return { ...place2, name: "", description: "", type: "derivation" };
}

// src/flake/options.ts
import { availableParallelism as availableParallelism2, freemem } from "node:os";
var USEFUL_MEMORY_BYTES = 2 * 1024 ** 3;
var USABLE_SHARE = 0.85;
var MOST_WORKERS = 8;
function planEvaluators(options) {
  const memoryBytes = freemem() * USABLE_SHARE;
  const each = options.maxMemoryBytes ?? USEFUL_MEMORY_BYTES;
  const fitting = Math.floor(memoryBytes / each);
  const workers = options.workers ?? Math.max(1, Math.min(availableParallelism2(), fitting, MOST_WORKERS));
  return {
    workers,
    limits: {
      maxMemoryBytes: options.maxMemoryBytes ?? Math.max(USEFUL_MEMORY_BYTES, Math.floor(memoryBytes / workers)),
      timeoutMs: options.timeoutMs
    }
  };
}

// src/flake/resolve-flake.ts
async function findNix(nix, signal) {
  const { exitCode, stdout, stderr } = await runNix(nix, ["--version"], signal);
  if (exitCode !== 0) {
    throw new DispatchError("local", `\`${nix.program} --version\` failed: ${stderr.trim().slice(0, 500)}`);
  }
  return parseNixVersion(stdout);
}
async function resolveFlake(nix, version, reference, nixArgs, signal) {
  checkReference(reference);
  const words2 = ["flake", "metadata", "--json", ...nixArgs, "--", reference];
  const { exitCode, stdout, stderr } = await runNix(nix, words2, signal);
  if (exitCode !== 0) throw notFound(reference, stderr);
  const metadata = JSON.parse(stdout);
  if (!isObject2(metadata) || typeof metadata["path"] !== "string") {
    throw new DispatchError("evaluation", `\`nix flake metadata\` says nothing of where ${reference} is`);
  }
  const lockedUrl = lockedUrlOf(metadata);
  const localPath = localPathOf(metadata);
  const url = lockedUrl ?? (typeof metadata["resolvedUrl"] === "string" ? metadata["resolvedUrl"] : reference);
  const names = [metadata["path"], localPath ?? metadata["path"], `\xAB${url}\xBB`, `\xAB${withoutDirectory(url)}\xBB`];
  return {
    resolved: {
      reference,
      lockedUrl,
      sourcePath: metadata["path"],
      localPath,
      directory: directoryOf(metadata),
      nixVersion: version.text
    },
    url,
    roots: [...new Set(names)],
    warnings: warningsIn(stderr)
  };
}
function checkReference(reference) {
  const fault = /[\n\r]/.test(reference) ? "has a line break" : reference.includes("#") ? "has a fragment (#\u2026)" : reference.trim() === "" ? "is empty" : void 0;
  if (fault === void 0) return;
  throw new DispatchError("input", `the flake reference ${JSON.stringify(reference)} ${fault}`, {
    hint: 'Expected a reference such as ".", "./sub" or "github:owner/repo"; what is built of it is chosen by top_attrs and filter_builds.'
  });
}
function lockedUrlOf(metadata) {
  const { locked, url } = metadata;
  if (!isObject2(locked) || typeof url !== "string") return void 0;
  const isPath = locked["type"] === "path";
  const isLocked = isPath ? typeof locked["narHash"] === "string" : typeof locked["rev"] === "string" || isArchive(locked);
  return isLocked ? url : void 0;
}
function isArchive(locked) {
  return typeof locked["narHash"] === "string" && (locked["type"] === "tarball" || locked["type"] === "file");
}
function directoryOf(metadata) {
  const { locked, resolved } = metadata;
  for (const place2 of [locked, resolved]) {
    if (isObject2(place2) && typeof place2["dir"] === "string") return place2["dir"];
  }
  return "";
}
function localPathOf(metadata) {
  const { resolved } = metadata;
  if (!isObject2(resolved)) return void 0;
  const { type, path, url } = resolved;
  if (type === "path" && typeof path === "string") return path;
  if (type !== "git" || typeof url !== "string" || !url.startsWith("file:///")) return void 0;
  return decodeURIComponent(url.slice("file://".length).replace(/\?.*/s, ""));
}
function withoutDirectory(url) {
  return url.replace(/([?&])dir=[^&]*&?/, "$1").replace(/[?&]$/, "");
}
function notFound(reference, stderr) {
  const { message, position } = readError(stderr.trim(), []);
  if (position !== void 0) {
    const file = position.file.replace(SOURCE_FOLDER, "");
    const place2 = `${file}:${position.line}:${position.column}`;
    return new DispatchError(
      "evaluation",
      `the flake ${reference} does not evaluate: ${message} at ${place2}`
    );
  }
  return new DispatchError("evaluation", `cannot read the flake ${reference}: ${message}`, {
    hint: "Check the flake input; a relative reference starts at the directory that the step runs in."
  });
}
var SOURCE_FOLDER = /^(?:\/nix\/store\/[^/]+|«[^»]*»)\//;
function warningsIn(stderr) {
  const lines = stderr.split("\n").filter((line) => line.startsWith("warning: "));
  return lines.map((line) => line.slice("warning: ".length));
}
function isObject2(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/flake/evaluator/answer.ts
function parseAnswer(json) {
  if (json.includes(IMPURE_SYSTEM)) {
    throw new DispatchError("evaluation", "attribute 'currentSystem' missing: evaluation is pure");
  }
  const value = JSON.parse(json);
  if (!isObject3(value)) throw malformed("an object", value);
  switch (value["kind"]) {
    case "derivation":
      return derivationAnswer(value);
    case "program":
      return programAnswer(value);
    case "set":
      return { kind: "set", names: strings(value["names"]), recurse: value["recurse"] === true };
    case "other":
      return { kind: "other", type: string(value["type"]) };
    default:
      throw malformed("derivation, program, set or other", value["kind"]);
  }
}
function derivationAnswer(value) {
  const outputs = value["outputs"];
  if (!isObject3(outputs)) throw malformed("outputs", outputs);
  return {
    kind: "derivation",
    name: string(value["name"]),
    description: string(value["description"]),
    system: string(value["system"]),
    drvPath: derivationPath(value["drvPath"]),
    outputs: new Map(Object.entries(outputs).map(([name, path]) => [name, outputPath(path)])),
    requiredFeatures: strings(value["features"])
  };
}
function programAnswer(value) {
  const drvPath = derivationPath(value["drvPath"]);
  const directory = /^\/[^/]+\/[^/]+\/[^/]+/.exec(string(value["program"]))?.[0];
  return {
    kind: "derivation",
    name: drvPath.replace(/^.*?\/[a-z0-9]{32}-(.*)\.drv$/, "$1"),
    description: string(value["description"]),
    system: "",
    drvPath,
    outputs: /* @__PURE__ */ new Map([[string(value["output"]), outputPath(directory)]]),
    requiredFeatures: []
  };
}
function derivationPath(value) {
  const path = parseStorePath(string(value));
  if (!isDerivationPath(path)) throw malformed("a .drv path", path);
  return path;
}
function outputPath(value) {
  return typeof value === "string" && isStorePath(value) ? value : void 0;
}
function strings(value) {
  if (!Array.isArray(value)) throw malformed("a list", value);
  return value.map(string);
}
function string(value) {
  if (typeof value !== "string") throw malformed("a string", value);
  return value;
}
function malformed(expected, found) {
  return new DispatchError(
    "evaluation",
    `expected ${expected} in what Nix says of the derivation, found ${(JSON.stringify(found) ?? "nothing").slice(0, 200)}`
  );
}
function isObject3(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/flake/failure.ts
function failureOf(place2, reply, outcome, roots, limits) {
  const { message, position } = readError(outcome.error, roots);
  const reason = outcome.kind === "refused" ? refusalReason(outcome.error) : deathReason(outcome.reason);
  return {
    ...place2,
    kind: "evaluation-failed",
    reason,
    message: explain(reason, message, limits),
    position,
    evaluation: reply.cost,
    warnings: reply.warnings
  };
}
function unusable(place2, reply, message) {
  return {
    ...place2,
    kind: "evaluation-failed",
    reason: "error",
    message,
    position: void 0,
    evaluation: reply.cost,
    warnings: reply.warnings
  };
}
function refusalReason(error) {
  return /\bout of memory\b/.test(error) ? "out-of-memory" : "error";
}
function deathReason(reason) {
  return reason === "stopped" ? "crashed" : reason;
}
function explain(reason, message, limits) {
  switch (reason) {
    case "error":
      return withHint(message);
    case "crashed":
      return `the evaluator died of it: ${message}`;
    case "out-of-memory": {
      const mebibytes = Math.round(limits.maxMemoryBytes / 1024 ** 2);
      return `needs more memory than the ${mebibytes} MiB that an evaluator may use (input eval_max_memory)`;
    }
    case "timed-out": {
      const seconds2 = (limits.timeoutMs ?? 0) / 1e3;
      return `did not end within ${seconds2} s (input eval_timeout)`;
    }
  }
}
function withHint(message) {
  if (!/allow-import-from-derivation/.test(message)) return message;
  return `${message}
Set "allow-import-from-derivation = true" in nix_conf to let evaluation build what it needs.`;
}

// src/flake/shapes.ts
var MAX_DEPTH2 = 16;
var TREE = { kind: "tree" };
var SYSTEM_BUILD = ["config", "system", "build", "toplevel"];
var SHAPES = /* @__PURE__ */ new Map([
  ["checks", { kind: "by-system", mode: "value" }],
  ["packages", { kind: "by-system", mode: "value" }],
  ["devShells", { kind: "by-system", mode: "value" }],
  ["apps", { kind: "by-system", mode: "app" }],
  ["formatter", { kind: "one-a-system" }],
  ["defaultPackage", { kind: "one-a-system" }],
  ["devShell", { kind: "one-a-system" }],
  ["legacyPackages", { kind: "tree-by-system" }],
  ["nixosConfigurations", { kind: "configurations", below: SYSTEM_BUILD }],
  ["darwinConfigurations", { kind: "configurations", below: SYSTEM_BUILD }],
  ["homeConfigurations", { kind: "configurations", below: ["activationPackage"] }]
]);
function stepAt(path) {
  const shape = shapeOf(path);
  const depth = path.length;
  switch (shape.kind) {
    case "by-system":
      return depth < 3 ? { kind: "names" } : { kind: "visit", mode: shape.mode, path };
    case "one-a-system":
      return depth < 2 ? { kind: "names" } : { kind: "visit", mode: "value", path };
    case "tree-by-system":
      return depth < 3 ? { kind: "names" } : { kind: "walk", into: "marked-sets" };
    case "configurations":
      if (depth === 1) return { kind: "names" };
      return { kind: "visit", mode: "value", path: depth === 2 ? [...path, ...shape.below] : path };
    case "tree":
      return { kind: "walk", into: "every-set" };
  }
}
function systemAt(path) {
  switch (shapeOf(path).kind) {
    case "by-system":
    case "one-a-system":
    case "tree-by-system":
      return path[1];
    case "configurations":
      return void 0;
    case "tree":
      return [path[1], path.at(-1)].find((name) => name !== void 0 && SYSTEM_NAME.test(name));
  }
}
function fieldsKnownAt(path) {
  const { kind } = shapeOf(path);
  const isLeaf = stepAt(path).kind === "visit";
  if (kind === "tree" || path.length < 2) return ["top_attr"];
  if (kind === "configurations") return isLeaf ? ["top_attr", "attr"] : ["top_attr"];
  return isLeaf ? ["top_attr", "system", "attr"] : ["top_attr", "system"];
}
function placeAt(path) {
  const [topAttr = ""] = path;
  const system = systemAt(path);
  const shape = shapeOf(path);
  const isBySystem = shape.kind !== "configurations" && shape.kind !== "tree";
  const names = isBySystem ? path.slice(2) : path.slice(1).filter((name) => name !== system);
  const below = shape.kind === "configurations" ? shape.below.length : 0;
  const shown = below > 0 && names.length > below ? names.slice(0, names.length - below) : names;
  return {
    topAttr,
    system: system ?? "",
    attr: shown.length === 0 ? topAttr : joinAttributes(shown),
    path
  };
}
var SYSTEM_NAME = /^[a-z0-9_]+-(?:linux|darwin|freebsd|netbsd|openbsd|windows|cygwin|none|wasi)$/;
function shapeOf(path) {
  return SHAPES.get(path[0] ?? "") ?? TREE;
}

// src/flake/walk.ts
async function walkFlake(context, topAttrs) {
  await enter(context, topAttrs.map(startingPath), "open");
}
function startingPath(topAttr) {
  const path = splitAttributes(topAttr);
  if (path !== void 0 && isVariableName(path[0] ?? "")) return path;
  throw new DispatchError("input", `top_attrs: ${JSON.stringify(topAttr)} is no attribute path`, {
    hint: "Expected names such as checks, hydraJobs or legacyPackages.x86_64-linux.hello; odd names below the first go in quotes."
  });
}
async function enter(context, paths, inherited) {
  const verdicts = inherited === "selected" ? paths.map(() => inherited) : await decide(context, paths);
  const isLeaf = (path) => stepAt(path).kind !== "names";
  const entered = paths.filter((_, index) => verdicts[index] !== "rejected");
  const leaves = paths.filter(isLeaf).length;
  const enteredLeaves = entered.filter(isLeaf).length;
  context.collector.expect({ total: enteredLeaves, pruned: leaves - enteredLeaves });
  await Promise.all(
    paths.map(async (path, index) => {
      const verdict = verdicts[index] ?? "open";
      if (verdict !== "rejected") await visit(context, path, verdict);
    })
  );
}
async function decide(context, paths) {
  const [first] = paths;
  const known = paths.map((path) => fieldsKnownAt(path));
  const isUniform = known.every((fields) => fields.length === known[0]?.length);
  if (first === void 0 || isUniform) {
    return context.selector.decideEarly(paths.map(placeAt), known[0] ?? []);
  }
  const each = paths.map((path, index) => context.selector.decideEarly([placeAt(path)], known[index] ?? []));
  return (await Promise.all(each)).flat();
}
async function visit(context, path, verdict) {
  const { collector } = context;
  const step = stepAt(path);
  const target = step.kind === "visit" ? step.path : path;
  const place2 = placeAt(target);
  const reply = await context.ask(visitLine(step.kind === "visit" ? step.mode : "value", target));
  const { outcome } = reply;
  if (outcome.kind !== "answered") {
    if (!isAbsentOutput(outcome, path)) {
      if (step.kind === "names") collector.expect({ total: 1, pruned: 0 });
      collector.failed(failureOf(place2, reply, outcome, context.roots, context.limits));
    }
    return;
  }
  const answer = readAnswer(outcome.json);
  switch (answer.kind) {
    case "derivation":
      if (!isWanted(context, answer.system)) collector.passed();
      else await collector.found({ place: place2, answer, reply, isSelected: verdict === "selected" });
      return;
    case "set":
      if (step.kind === "visit") {
        collector.failed(unusable(place2, reply, "expected a derivation, found a set"));
        return;
      }
      if (step.kind === "walk") collector.passed();
      if (goesInto(path, step, answer.recurse))
        await enter(context, children(context, path, answer), verdict);
      return;
    case "other":
      if (step.kind === "visit" && answer.type !== "program") {
        collector.failed(unusable(place2, reply, `expected a derivation, found a ${answer.type}`));
      } else collector.passed();
      return;
    case "malformed":
      collector.failed(unusable(place2, reply, answer.message));
  }
}
function readAnswer(json) {
  try {
    return parseAnswer(json);
  } catch (error) {
    return { kind: "malformed", message: toDispatchError(error, "evaluation").message };
  }
}
function isAbsentOutput(outcome, path) {
  return path.length === 1 && outcome.error.includes(`undefined variable '${path[0]}'`);
}
function goesInto(path, step, isMarked) {
  if (step.kind !== "walk") return true;
  return path.length < MAX_DEPTH2 && (step.into === "every-set" || isMarked);
}
function children(context, path, set) {
  const paths = set.names.map((name) => [...path, name]);
  const members = paths.filter((child) => child.at(-1) !== "recurseForDerivations");
  return members.filter((child) => isWanted(context, systemAt(child) ?? ""));
}
function isWanted(context, system) {
  return system === "" || context.systems === void 0 || context.systems.includes(system);
}

// src/flake/evaluate.ts
var DEFAULT_FILTER_TIMEOUT_MS = 2e4;
function evaluateFlake(options) {
  const ending = new AbortController();
  return new ReadableStream({
    start(controller) {
      const emit = (event) => {
        if (!ending.signal.aborted) controller.enqueue(event);
      };
      const signal = AbortSignal.any([
        ending.signal,
        ...options.signal === void 0 ? [] : [options.signal]
      ]);
      void evaluate(options, emit, signal).then(
        () => controller.close(),
        (error) => {
          if (!ending.signal.aborted) controller.error(toDispatchError(error, "evaluation"));
        }
      );
    },
    cancel() {
      ending.abort();
    }
  });
}
async function evaluate(options, emit, signal) {
  const selecting = Selector.open({
    filter: options.filter,
    label: options.label,
    limitMs: options.filterTimeoutMs ?? DEFAULT_FILTER_TIMEOUT_MS
  });
  const environment = options.environment ?? process.env;
  const bare = {
    program: options.nixProgram ?? "nix",
    directory: options.directory ?? process.cwd(),
    environment,
    platforms: platformsOf(process.arch, process.platform)
  };
  const [selector, version] = await Promise.all([selecting, findNix(bare, signal)]);
  try {
    const nix = { ...bare, environment: nixEnvironment(environment, options.nixConf, version) };
    const flake = await resolveFlake(nix, version, options.flake, options.nixArgs, signal);
    emit({ kind: "resolved", flake: flake.resolved });
    const { workers, limits } = planEvaluators(options);
    const collector = new Collector(selector, emit);
    collector.warn(flake.warnings);
    const pool = new EvaluatorPool({
      source: { nix, version, url: flake.url, nixArgs: options.nixArgs },
      workers,
      limits,
      onLoaded: (reply) => {
        collector.warn(reply.warnings);
      }
    });
    const cancel2 = () => {
      pool.stop(new DispatchError("cancelled", "evaluation was cancelled"));
    };
    signal.addEventListener("abort", cancel2);
    try {
      const { systems } = options;
      const ask = (line) => pool.run(line);
      await walkFlake({ ask, selector, collector, limits, roots: flake.roots, systems }, options.topAttrs);
      collector.finish();
    } finally {
      signal.removeEventListener("abort", cancel2);
      pool.stop(new DispatchError("cancelled", "evaluation has ended"));
    }
  } finally {
    await selector.close();
  }
}

// src/github/artifact-folder.ts
import { randomBytes as randomBytes2 } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join as join3, resolve } from "node:path";

// src/report/file-name.ts
var MAX_CHARACTERS = 150;
function artifactName(prefix, rest) {
  const legal = (text) => text.replace(/["':<>|*?\\/\s\p{C}]/gu, "_").replace(/^\.+/, "_");
  const start2 = legal(prefix).slice(0, MAX_CHARACTERS);
  return start2 === "" ? legal(rest) : `${start2}-${legal(rest)}`;
}

// src/github/artifact-folder.ts
async function createArtifactFolder(environment, wanted) {
  const prefix = artifactName("", wanted ?? `nix-dispatch-${randomBytes2(4).toString("hex")}`);
  const base = baseFolder(environment);
  const root = join3(base, prefix);
  const folder = { prefix, root, logs: join3(root, "logs"), results: join3(root, "results") };
  await mkdir(folder.logs, { recursive: true });
  await mkdir(folder.results, { recursive: true });
  return folder;
}
function baseFolder(environment) {
  if (environment["ACT"] === "true") {
    return join3(environment["XDG_CACHE_HOME"] || join3(homedir(), ".cache"), "nix-dispatch");
  }
  if (environment["GITHUB_ACTIONS"] === "true") {
    return join3(environment["RUNNER_TEMP"] ?? tmpdir(), "nix-dispatch");
  }
  return resolve(".nix-dispatch");
}

// src/report/durations.ts
var MINUTE = 60;
var HOUR = 3600;
function formatDuration(seconds2) {
  const known = Number.isFinite(seconds2) && seconds2 > 0 ? seconds2 : 0;
  const tenths = Math.round(known * 10);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.round(known);
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor(whole % HOUR / MINUTE);
  const rest = twoDigits(whole % MINUTE);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${twoDigits(minutes)}:${rest}`;
}
function formatCpuHours(seconds2) {
  const hours = Math.max(0, seconds2) / HOUR;
  if (hours > 0 && hours < 0.01) return "< 0.01 CPU h";
  return `${hours.toFixed(2)} CPU h`;
}
function formatCpu(cpu) {
  if (cpu === void 0) return "\u2013";
  const bound = cpu.source === "estimate" ? "\u2264 " : "";
  return `${bound}${formatDuration(cpu.seconds)} (${cpu.source})`;
}
function formatBytes(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}
function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}
function twoDigits(value) {
  return String(value).padStart(2, "0");
}

// src/report/escape/clip.ts
var ELLIPSIS = "\u2026";
var encoder = new TextEncoder();
function utf8Length(text) {
  return encoder.encode(text).length;
}
function clip(text, maxCharacters) {
  if (text.length <= maxCharacters) return text;
  return withoutHalf(text.slice(0, Math.max(0, maxCharacters - 1))) + ELLIPSIS;
}
function clipStart(text, maxCharacters) {
  if (text.length <= maxCharacters) return text;
  const kept = text.slice(text.length - Math.max(0, maxCharacters - 1));
  return ELLIPSIS + (/^[\udc00-\udfff]/.test(kept) ? kept.slice(1) : kept);
}
function withoutHalf(text) {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

// src/report/escape/terminal.ts
var COLOUR = /(\u001b\[[0-9;:]*m)/;
var RESET = "\x1B[0m";
function terminalLine(line) {
  const shown = lastDrawn(line);
  if (!shown.includes("\x1B")) return cleanKeepingSpaces(shown);
  const parts = shown.split(COLOUR);
  const text = parts.map((part, index) => index % 2 === 1 ? part : cleanKeepingSpaces(part)).join("");
  return parts.length > 1 ? text + RESET : text;
}
function lastDrawn(line) {
  if (!line.includes("\r")) return line;
  const states = line.split("\r").filter((state) => state !== "");
  return states.at(-1) ?? "";
}
function cleanKeepingSpaces(text) {
  return cleanText(text).replaceAll("\n", " ");
}

// src/report/outcomes.ts
function classOf(outcome) {
  switch (outcome.kind) {
    case "built":
    case "already-valid":
    case "substituted":
      return "passed";
    case "failed":
    case "timed-out":
    case "log-limit":
      return "failed";
    case "dependency-failed":
      return "blocked";
    case "infrastructure":
      return "infrastructure";
    case "cancelled":
      return "cancelled";
    case "evaluation-failed":
      return "evaluation";
  }
}
function outcomeWords(outcome) {
  switch (outcome.kind) {
    case "already-valid":
      return "already valid";
    case "dependency-failed":
      return "dependency failed";
    case "timed-out":
      return "timed out";
    case "log-limit":
      return "too much log";
    case "infrastructure":
      return "builder trouble";
    case "evaluation-failed":
      return "evaluation failed";
    case "built":
    case "substituted":
    case "failed":
    case "cancelled":
      return outcome.kind;
  }
}
function outcomeSign(outcome) {
  switch (classOf(outcome)) {
    case "passed":
      return outcome.kind === "built" ? "\u2705" : "\u2611\uFE0F";
    case "failed":
    case "evaluation":
      return "\u274C";
    case "blocked":
      return "\u26D4";
    case "infrastructure":
      return "\u{1F50C}";
    case "cancelled":
      return "\u26AA";
  }
}
function outcomePlace(outcome) {
  switch (outcome.kind) {
    case "built":
    case "failed":
    case "timed-out":
    case "log-limit":
    case "infrastructure":
      return outcome.builder;
    case "already-valid":
    case "substituted":
      return outcome.where;
    case "dependency-failed":
    case "cancelled":
    case "evaluation-failed":
      return void 0;
  }
}
function outcomeMessage(outcome) {
  return "message" in outcome ? outcome.message : "";
}
function wallSecondsOf(build) {
  if (build?.startedAtMs === void 0 || build.finishedAtMs === void 0) return void 0;
  return Math.max(0, build.finishedAtMs - build.startedAtMs) / 1e3;
}

// src/report/log/lines.ts
var NAME_CHARACTERS = 80;
var LINE_CHARACTERS = 8192;
var SHOWN_RUNNING = 4;
var SHOWN_NEXT = 3;
function prefixedLine(name, line) {
  return `${shortName(name)}> ${terminalLine(clip(line, LINE_CHARACTERS))}`;
}
function startedLine(name, builder) {
  return `${shortName(name)}: building on ${cleanLine(builder)}`;
}
function finishedLine(name, outcome, wallSeconds, cpu) {
  const place2 = outcomePlace(outcome);
  const words2 = `${outcomeSign(outcome)} ${shortName(name)}: ${outcomeWords(outcome)}`;
  const where = place2 === void 0 ? "" : ` on ${cleanLine(place2)}`;
  const time = wallSeconds === void 0 ? "" : ` in ${formatDuration(wallSeconds)}`;
  const used = cpu === void 0 ? "" : `, CPU ${formatCpu(cpu)}`;
  const message = clip(cleanLine(outcomeMessage(outcome)), 500);
  return `${words2}${where}${time}${used}${message === "" ? "" : `: ${message}`}`;
}
function heartbeatLine(progress) {
  const total = `${progress.total}${progress.isTotalFinal ? "" : "+"}`;
  const failed = progress.failed === 0 ? "" : `, ${progress.failed} failed`;
  const parts = [`${progress.done} of ${total} done${failed}`];
  const longest = [...progress.running].sort((a, b) => b.runningSeconds - a.runningSeconds);
  if (longest.length > 0) {
    const shown = longest.slice(0, SHOWN_RUNNING).map(runningWords);
    parts.push(`${longest.length} running: ${withMore(shown, longest.length)}`);
  } else if (progress.done < progress.total) {
    parts.push("nothing running");
  }
  if (progress.next.length > 0) {
    parts.push(`next: ${withMore(progress.next.slice(0, SHOWN_NEXT).map(shortName), progress.next.length)}`);
  }
  return parts.join("; ");
}
function evaluatedLine(attributes, failed, seconds2) {
  const failures = failed === 0 ? "" : `, ${failed} failed`;
  return `evaluated ${plural(attributes, "attribute")} in ${formatDuration(seconds2)}${failures}`;
}
function runningWords(build) {
  return `${shortName(build.name)} on ${cleanLine(build.builder)} (${formatDuration(build.runningSeconds)})`;
}
function withMore(shown, count) {
  return count > shown.length ? `${shown.join(", ")}, ${count - shown.length} more` : shown.join(", ");
}
function shortName(name) {
  return clip(cleanLine(name), NAME_CHARACTERS);
}

// src/report/log/commands.ts
var TOKEN2 = /^[A-Za-z0-9_-]{16,}$/;
function stopCommands(token) {
  return `::stop-commands::${checkedToken(token)}`;
}
function resumeCommands(token) {
  return `::${checkedToken(token)}::`;
}
function withCommandsStopped(token, lines) {
  return [stopCommands(token), ...lines, resumeCommands(token)];
}
function checkedToken(token) {
  if (TOKEN2.test(token)) return token;
  throw new DispatchError(
    "local",
    "the token that stops workflow commands is shorter than 16 plain characters"
  );
}

// src/github/live-log.ts
var heartbeatMs = 3e4;
function createLiveLog(effects) {
  let lastPrintedAt = performance.now();
  let timer;
  const running = /* @__PURE__ */ new Map();
  const print = (line) => {
    lastPrintedAt = performance.now();
    effects.print(line);
  };
  const heartbeat = () => heartbeatLine({
    ...effects.progress(),
    running: [...running.values()].map(({ name, builder, startedAt }) => ({
      name,
      builder,
      runningSeconds: (performance.now() - startedAt) / 1e3
    })),
    next: []
  });
  const key = (build) => `${build.drvPath} ${build.builder}`;
  return {
    open() {
      effects.print(stopCommands(effects.token));
      timer = setInterval(() => {
        if (performance.now() - lastPrintedAt >= heartbeatMs) print(heartbeat());
      }, heartbeatMs / 6);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      effects.print(resumeCommands(effects.token));
    },
    say: (line) => print(terminalLine(line)),
    buildStarted(build) {
      running.set(key(build), { ...build, startedAt: performance.now() });
      print(startedLine(build.name, build.builder));
    },
    logLine: (build, line) => print(prefixedLine(build.name, line)),
    phase: (build, phase) => print(prefixedLine(build.name, `[${phase}]`)),
    buildFinished(build, attempt) {
      const startedAt = running.get(key(build))?.startedAt;
      running.delete(key(build));
      const wallSeconds = startedAt === void 0 ? void 0 : (performance.now() - startedAt) / 1e3;
      print(finishedLine(build.name, outcomeOfAttempt(attempt), wallSeconds, attempt.cpu));
    },
    gaveUp: (name, why) => print(terminalLine(`${name}: ${why}`)),
    builderJoined: (builder, detail) => print(terminalLine(`builder ${builder}: ${detail}`)),
    builderTrouble: (builder, message) => print(terminalLine(`builder ${builder}: ${message}`))
  };
}

// src/github/publish.ts
import { readdir, writeFile } from "node:fs/promises";
import { join as join4 } from "node:path";

// src/report/escape/shell.ts
var PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;
function shellWord(text) {
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

// src/report/attribute.ts
var IDENTIFIER2 = /^[A-Za-z_][A-Za-z0-9_'-]*$/;
var FRAGMENT_UNSAFE = /[^A-Za-z0-9._~"+=,@/-]/gu;
function attributePathOf(job) {
  return job.path.map((step) => IDENTIFIER2.test(step) ? step : `"${step}"`).join(".");
}
function reproduceCommand(job, flake) {
  if (job.path.some((step) => step === "" || step.includes('"'))) {
    return `nix build --impure --expr ${shellWord(selectExpression(job, flake))} -L`;
  }
  const fragment = attributePathOf(job).replace(FRAGMENT_UNSAFE, percent);
  return `nix build ${shellWord(`${flake}#${fragment}`)} -L`;
}
function reproducibleFlake(report) {
  const locked = report.lockedFlake;
  if (locked === void 0 || /^(?:\/|\.|path:|file:|git\+file:|tarball\+file:)/.test(locked))
    return report.flake;
  return locked;
}
function selectExpression(job, flake) {
  const isRelative = /^\.{0,2}(?:\/|$)/.test(flake) && !flake.startsWith("/");
  const source = isRelative ? `toString (./. + ${nixString2(`/${flake}`)})` : nixString2(flake);
  return `(builtins.getFlake (${source})).${job.path.map(nixString2).join(".")}`;
}
function nixString2(text) {
  return `"${text.replace(/["\\]|\$(?=\{)/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`)}"`;
}
function percent(char) {
  const text = new RegExp("\\p{Surrogate}", "u").test(char) ? "\uFFFD" : char;
  const encoded = encodeURIComponent(text);
  return encoded === text ? `%${text.charCodeAt(0).toString(16).toUpperCase()}` : encoded;
}

// src/accounting/costs.ts
function costsOf(run2, prices) {
  const ledger = {
    builds: /* @__PURE__ */ new Map(),
    builders: new Map(run2.builders.map(({ name }) => [name, { builds: 0n, idle: 0n }])),
    unpriced: 0
  };
  for (const build of run2.builds) chargeCpu(ledger, build, prices);
  for (const { name } of run2.builders) chargeHours(ledger, run2, name, prices);
  const builders = [...ledger.builders.values()];
  const idle = builders.reduce((sum2, cost) => sum2 + cost.idle, 0n);
  return {
    currency: prices.currency,
    total: builders.reduce((sum2, cost) => sum2 + cost.builds, idle),
    idle,
    isUpperBound: [...ledger.builds.values()].some((cost) => cost.isUpperBound),
    unpriced: ledger.unpriced,
    byBuild: ledger.builds,
    byBuilder: ledger.builders
  };
}
function chargeCpu(ledger, build, prices) {
  const builder = build.attempts.at(-1)?.builder;
  if (builder === void 0) return;
  const { perCpuHour } = priceOfBuilder(prices, builder);
  if (perCpuHour === void 0) return;
  if (build.cpu === void 0) ledger.unpriced += 1;
  else
    charge(
      ledger,
      build,
      builder,
      priceOfTime(perCpuHour, build.cpu.seconds),
      build.cpu.source === "estimate"
    );
}
function chargeHours(ledger, run2, builder, prices) {
  const { perHour } = priceOfBuilder(prices, builder);
  if (perHour === void 0) return;
  const ran = run2.builds.flatMap(
    (build) => build.attempts.filter((attempt) => attempt.builder === builder).map((attempt) => ({ build, attempt }))
  );
  const busyMs = unionMs(ran.map(({ attempt }) => attempt));
  const whole = priceOfTime(perHour, Math.max(busyMs, run2.finishedAtMs - run2.startedAtMs) / 1e3);
  const busy = priceOfTime(perHour, busyMs / 1e3);
  const shares = splitByWeight(
    busy,
    ran.map(({ attempt }) => attempt.finishedAtMs - attempt.startedAtMs)
  );
  for (const [index, { build }] of ran.entries()) charge(ledger, build, builder, shares[index] ?? 0n, false);
  const charged = shares.reduce((sum2, share) => sum2 + share, 0n);
  accountOf(ledger, builder).idle += whole - charged;
}
function charge(ledger, build, builder, amount, isUpperBound) {
  const known = ledger.builds.get(build.drvPath);
  ledger.builds.set(build.drvPath, {
    amount: (known?.amount ?? 0n) + amount,
    isUpperBound: isUpperBound || known?.isUpperBound === true
  });
  accountOf(ledger, builder).builds += amount;
}
function accountOf(ledger, builder) {
  const known = ledger.builders.get(builder);
  if (known !== void 0) return known;
  const account = { builds: 0n, idle: 0n };
  ledger.builders.set(builder, account);
  return account;
}
function unionMs(spans) {
  let covered = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const span of [...spans].sort((a, b) => a.startedAtMs - b.startedAtMs)) {
    covered += Math.max(0, span.finishedAtMs - Math.max(end, span.startedAtMs));
    end = Math.max(end, span.finishedAtMs);
  }
  return covered;
}

// src/accounting/shares.ts
var WORD_BITS = 32;
function shareCosts(jobs, builds, costOf) {
  const needed = neededBy(jobs, builds);
  const shares = jobs.map(() => ({ own: 0n, dependencies: 0n, isUpperBound: false }));
  for (const [drvPath, mask] of needed) {
    const cost = costOf(drvPath);
    if (cost === void 0) continue;
    const payers = membersOf(mask);
    const owners = payers.filter((job) => jobs[job] === drvPath);
    const debtors = owners.length > 0 ? owners : payers;
    const parts = splitByWeight(
      cost.amount,
      debtors.map(() => 1)
    );
    for (const [index, job] of debtors.entries()) {
      const share = shares[job];
      if (share === void 0) continue;
      share.isUpperBound ||= cost.isUpperBound;
      if (owners.length > 0) share.own += parts[index] ?? 0n;
      else share.dependencies += parts[index] ?? 0n;
    }
  }
  return shares;
}
function neededBy(jobs, builds) {
  const words2 = Math.ceil(jobs.length / WORD_BITS);
  const masks = new Map(builds.map((build) => [build.drvPath, new Uint32Array(words2)]));
  for (const [job, drvPath] of jobs.entries()) {
    const mask = drvPath === void 0 ? void 0 : masks.get(drvPath);
    const word = Math.floor(job / WORD_BITS);
    if (mask !== void 0) mask[word] = (mask[word] ?? 0) | 1 << job % WORD_BITS;
  }
  for (const build of dependantsFirst(builds)) {
    const mask = masks.get(build.drvPath);
    for (const dependency of build.dependencies) {
      const below = masks.get(dependency);
      if (mask === void 0 || below === void 0) continue;
      for (const [index, bits] of mask.entries()) below[index] = (below[index] ?? 0) | bits;
    }
  }
  return masks;
}
function dependantsFirst(builds) {
  const byPath = new Map(builds.map((build) => [build.drvPath, build]));
  const waiting = /* @__PURE__ */ new Map();
  for (const { dependencies } of builds) {
    for (const path of dependencies) waiting.set(path, (waiting.get(path) ?? 0) + 1);
  }
  const order = builds.filter((build) => !waiting.has(build.drvPath));
  for (let next = 0; next < order.length; next += 1) {
    for (const path of order[next]?.dependencies ?? []) {
      const left = (waiting.get(path) ?? 0) - 1;
      waiting.set(path, left);
      const build = byPath.get(path);
      if (left === 0 && build !== void 0) order.push(build);
    }
  }
  return order;
}
function membersOf(mask) {
  const members = [];
  for (const [word, bits] of mask.entries()) {
    for (let left = bits; left !== 0; left &= left - 1) {
      members.push(word * WORD_BITS + 31 - Math.clz32(left & -left));
    }
  }
  return members;
}

// src/report/costs.ts
function reportCosts(report) {
  if (report.prices === void 0 || report.prices.rules.length === 0) return void 0;
  const costs = costsOf(report, report.prices);
  const shares = shareCosts(
    report.jobs.map((job) => job.drvPath),
    report.builds,
    (drvPath) => costs.byBuild.get(drvPath)
  );
  const byJob = /* @__PURE__ */ new Map();
  for (const [index, job] of report.jobs.entries()) {
    const share = shares[index];
    if (share !== void 0) byJob.set(job, share);
  }
  return { ...costs, byJob };
}
function totalCostText(costs) {
  const bound = costs.isUpperBound ? "\u2264 " : "";
  const idle = costs.idle > 0n ? `, ${formatMoney(costs.idle, costs.currency)} of it idle` : "";
  const unpriced = costs.unpriced > 0 ? `, ${costs.unpriced} without a known CPU time not counted` : "";
  return `${bound}${formatMoney(costs.total, costs.currency)}${idle}${unpriced}`;
}
function buildCostText(costs, drvPath) {
  const cost = drvPath === void 0 ? void 0 : costs.byBuild.get(drvPath);
  if (cost === void 0) return "\u2013";
  return `${cost.isUpperBound ? "\u2264 " : ""}${formatMoney(cost.amount, costs.currency)}`;
}
function jobCostText(costs, job) {
  const share = costs.byJob.get(job);
  if (share === void 0 || share.own + share.dependencies === 0n) return "\u2013";
  return `${share.isUpperBound ? "\u2264 " : ""}${formatMoney(share.own + share.dependencies, costs.currency)}`;
}

// src/report/root-causes.ts
function rootCausesOf(report) {
  const builds = new Map(report.builds.map((build) => [build.drvPath, build]));
  const groups = /* @__PURE__ */ new Map();
  for (const build of report.builds) {
    if (isOwnFault(build.outcome)) groupOf(groups, build.drvPath);
  }
  for (const job of report.jobs) {
    if (job.outcome.kind === "dependency-failed") groupOf(groups, job.outcome.root).blocked.push(job);
    else if (isOwnFault(job.outcome)) groupOf(groups, job.drvPath ?? job.label).jobs.push(job);
  }
  return [...groups].map(([drvPath, group]) => rootCause(drvPath, group, builds.get(drvPath))).sort((a, b) => b.blocked.length - a.blocked.length || failedAt(a) - failedAt(b));
}
function isInfrastructure(cause) {
  return classOf(cause.outcome) === "infrastructure";
}
function derivationName(drvPath) {
  return drvPath.replace(/^.*\/[^/-]*-/, "").replace(/\.drv$/, "");
}
function isOwnFault(outcome) {
  const kind = classOf(outcome);
  return kind === "failed" || kind === "infrastructure";
}
function rootCause(drvPath, group, build) {
  const outcome = build !== void 0 && isOwnFault(build.outcome) ? build.outcome : group.jobs[0]?.outcome;
  return {
    drvPath,
    name: build?.name ?? group.jobs[0]?.name ?? derivationName(drvPath),
    outcome: outcome ?? build?.outcome ?? { kind: "cancelled" },
    build,
    ...group
  };
}
function groupOf(groups, drvPath) {
  const known = groups.get(drvPath);
  if (known !== void 0) return known;
  const group = { jobs: [], blocked: [] };
  groups.set(drvPath, group);
  return group;
}
function failedAt(cause) {
  return cause.build?.finishedAtMs ?? Number.MAX_SAFE_INTEGER;
}

// src/report/totals.ts
function totalsOf(report) {
  return { ...jobTotals(report), ...buildTotals(report), ...transferTotals(report) };
}
function jobTotals(report) {
  const counts2 = { passed: 0, failed: 0, blocked: 0, infrastructure: 0, cancelled: 0, evaluation: 0 };
  let built = 0;
  for (const job of report.jobs) {
    counts2[classOf(job.outcome)] += 1;
    if (job.outcome.kind === "built") built += 1;
  }
  return {
    jobs: report.jobs.length,
    built,
    cached: counts2.passed - built,
    failed: counts2.failed,
    blocked: counts2.blocked,
    infrastructure: counts2.infrastructure,
    cancelled: counts2.cancelled,
    evaluationFailed: counts2.evaluation,
    wallSeconds: Math.max(0, report.finishedAtMs - report.startedAtMs) / 1e3
  };
}
function buildTotals(report) {
  const cpuSources = { cgroup: 0, proc: 0, service: 0, estimate: 0, unknown: 0 };
  const totals = { buildsRun: 0, buildsFailed: 0, buildSeconds: 0, cpuSeconds: 0, cpuSources };
  for (const build of report.builds) {
    const seconds2 = wallSecondsOf(build);
    if (seconds2 === void 0) continue;
    totals.buildsRun += 1;
    totals.buildSeconds += seconds2;
    totals.cpuSeconds += build.cpu?.seconds ?? 0;
    cpuSources[build.cpu?.source ?? "unknown"] += 1;
    if (classOf(build.outcome) === "failed") totals.buildsFailed += 1;
  }
  return totals;
}
function transferTotals(report) {
  const totals = { bytesSent: 0, bytesReceived: 0 };
  for (const builder of report.builders) {
    totals.bytesSent += builder.bytesSent;
    totals.bytesReceived += builder.bytesReceived;
  }
  return totals;
}

// src/report/verdict.ts
function verdictOf(report, options) {
  const faults = [
    ...buildFaults(report, options),
    ...otherJobFaults(report, options),
    ...runFaults(report, options)
  ];
  return {
    success: faults.length === 0,
    exitCode: faults.every((fault) => fault.excused) ? 0 : 1,
    reasons: faults.map((fault) => fault.reason)
  };
}
function buildFaults(report, options) {
  const causes = rootCausesOf(report);
  const own = { failed: 0, blocked: 0, infrastructure: 0 };
  for (const cause of causes) {
    if (isInfrastructure(cause)) {
      own.infrastructure += Math.max(1, cause.jobs.length + cause.blocked.length);
    } else {
      own.failed += cause.jobs.length;
      own.blocked += cause.blocked.length;
      if (cause.jobs.length + cause.blocked.length === 0) own.failed += 1;
    }
  }
  const excused = options.ignoreBuildFailures;
  return [
    ...faultIf(own.failed, `${plural(own.failed, "build")} failed`, excused),
    ...faultIf(own.blocked, `${plural(own.blocked, "job")} blocked by a failed dependency`, excused),
    ...faultIf(own.infrastructure, `${plural(own.infrastructure, "job")} lost to builder trouble`, false)
  ];
}
function otherJobFaults(report, options) {
  const evaluation = report.jobs.filter((job) => classOf(job.outcome) === "evaluation").length;
  const cancelled = report.jobs.filter((job) => classOf(job.outcome) === "cancelled").length;
  const failures = plural(evaluation, "attribute");
  return [
    ...faultIf(evaluation, `${failures} failed to evaluate`, options.ignoreEvalFailures),
    ...faultIf(cancelled, `${plural(cancelled, "job")} cancelled`, false)
  ];
}
function runFaults(report, options) {
  const errors = report.notices.filter((notice) => notice.level === "error").length;
  const isEmpty = report.jobs.length === 0 && options.failOnEmpty;
  return [
    ...faultIf(report.cancelled ? 1 : 0, "the run was cancelled", false),
    ...faultIf(errors, `${plural(errors, "error")} outside of the builds`, false),
    ...faultIf(isEmpty ? 1 : 0, "nothing was selected and fail_on_empty is set", false)
  ];
}
function faultIf(count, reason, excused) {
  return count > 0 ? [{ reason, excused }] : [];
}

// src/report/view.ts
var NOTHING_EXCUSED = { ignoreBuildFailures: false, ignoreEvalFailures: false, failOnEmpty: false };
function viewOf(report) {
  return {
    report,
    totals: totalsOf(report),
    causes: rootCausesOf(report),
    builds: new Map(report.builds.map((build) => [build.drvPath, build])),
    notices: [...report.notices, ...emptySelectionNotice(report)],
    costs: reportCosts(report),
    isSuccess: verdictOf(report, NOTHING_EXCUSED).success
  };
}
function emptySelectionNotice({ jobs, cancelled, selection }) {
  if (jobs.length > 0 || cancelled) return [];
  const { topAttrs, filter, failOnEmpty } = selection;
  const places = cleanLine(topAttrs.join(" or "));
  return [
    {
      level: failOnEmpty ? "error" : "notice",
      title: "Nothing was selected",
      message: `Nothing in ${places} matches filter_builds, which is: ${cleanLine(filter)}`
    }
  ];
}

// src/report/annotations.ts
var ANNOTATIONS_PER_LEVEL = 10;
var ANNOTATION_CHARACTERS = 4096;
var TITLE_CHARACTERS = 250;
var TAIL_LINES = 15;
function allAnnotationsOf(report) {
  const { causes, notices } = viewOf(report);
  return [
    ...causes.map(causeAnnotation),
    ...report.jobs.flatMap(evaluationAnnotation),
    ...notices.map((notice) => annotation(notice.level, notice.title, notice.message)),
    ...report.builders.flatMap(
      (builder) => builder.trouble.map((trouble) => annotation("warning", `builder ${builder.name}`, trouble))
    ),
    ...warningAnnotations(report)
  ];
}
function annotationsOf(report) {
  const all = allAnnotationsOf(report);
  return ["error", "warning", "notice"].flatMap((level) => {
    const ofLevel = all.filter((one) => one.level === level);
    if (ofLevel.length <= ANNOTATIONS_PER_LEVEL) return ofLevel;
    const kept = ofLevel.slice(0, ANNOTATIONS_PER_LEVEL - 1);
    const more = plural(ofLevel.length - kept.length, `more ${level}`);
    return kept.concat(annotation(level, more, `${more} not shown here; the job summary lists them.`));
  });
}
function causeAnnotation(cause) {
  const place2 = outcomePlace(cause.outcome);
  const blocked = cause.blocked.length === 0 ? "" : `, blocks ${plural(cause.blocked.length, "job")}`;
  const headline3 = `${cause.name} ${outcomeWords(cause.outcome)}${place2 === void 0 ? "" : ` on ${place2}`}${blocked}`;
  const message = outcomeMessage(cause.outcome);
  const tail = cause.build?.logTail.slice(-TAIL_LINES) ?? [];
  return annotation("error", causeTitle(cause), [headline3, message, ...tail].filter(Boolean).join("\n"));
}
function causeTitle(cause) {
  const job = cause.jobs[0] ?? (cause.blocked.length === 1 ? cause.blocked[0] : void 0);
  return job === void 0 ? cause.name : attributePathOf(job);
}
function evaluationAnnotation(job) {
  if (job.outcome.kind !== "evaluation-failed") return [];
  const { message, position } = job.outcome;
  const text = clipStart(cleanText(message).trim(), ANNOTATION_CHARACTERS);
  return [{ ...annotation("error", attributePathOf(job), text), ...position }];
}
function warningAnnotations(report) {
  const seen = /* @__PURE__ */ new Set();
  return report.jobs.flatMap(
    (job) => job.warnings.filter((warning) => !seen.has(warning) && seen.add(warning)).map((warning) => annotation("warning", attributePathOf(job), warning))
  );
}
function annotation(level, title, message) {
  return {
    level,
    title: clip(cleanLine(title), TITLE_CHARACTERS),
    message: clip(cleanText(message).trim(), ANNOTATION_CHARACTERS)
  };
}

// src/report/full-results.ts
function fullResults(report) {
  const { totals, causes, notices, costs } = viewOf(report);
  return {
    schemaVersion: 1,
    flake: report.flake,
    lockedFlake: report.lockedFlake ?? null,
    startedAt: isoTime(report.startedAtMs),
    finishedAt: isoTime(report.finishedAtMs),
    evaluationSeconds: report.evaluationSeconds,
    evaluatedAttributes: report.evaluatedAttributes,
    cancelled: report.cancelled,
    totals,
    costs: costs === void 0 ? null : costResult(costs),
    jobs: report.jobs.map((job) => jobResult(job, costs)),
    builds: report.builds.map((build) => buildResult(build, costs)),
    builders: report.builders.map((builder) => builderResult(builder, costs)),
    rootCauses: causes.map((cause) => ({
      drvPath: cause.drvPath,
      name: cause.name,
      outcome: cause.outcome.kind,
      jobs: cause.jobs.map(attributePathOf),
      blockedJobs: cause.blocked.map(attributePathOf)
    })),
    notices
  };
}
function jobResult(job, costs) {
  const share = costs?.byJob.get(job);
  const { topAttr, system, attr, path, label, name, description, outputs, warnings } = job;
  return {
    topAttr,
    system,
    attr,
    path,
    label,
    name,
    description,
    outputs,
    warnings,
    attributePath: attributePathOf(job),
    cost: share === void 0 ? null : formatAmount(share.own + share.dependencies),
    drvPath: job.drvPath ?? null,
    evaluationSeconds: job.evaluationSeconds ?? null,
    ...flatOutcome(job.outcome)
  };
}
function buildResult(build, costs) {
  const { drvPath, name, system, outputs, copiedBytes, dependencies, logLines, attempts } = build;
  return {
    drvPath,
    name,
    system,
    outputs,
    copiedBytes,
    dependencies,
    logLines,
    attempts,
    ...flatOutcome(build.outcome),
    startedAt: build.startedAtMs === void 0 ? null : isoTime(build.startedAtMs),
    finishedAt: build.finishedAtMs === void 0 ? null : isoTime(build.finishedAtMs),
    wallSeconds: wallSecondsOf(build) ?? null,
    cost: amountOrNull(costs?.byBuild.get(build.drvPath)?.amount),
    cpu: build.cpu ?? null,
    peakMemoryBytes: build.peakMemoryBytes ?? null,
    slot: build.slot ?? null,
    outputBytes: build.outputBytes ?? null,
    logFile: build.logFile ?? null,
    logTail: classOf(build.outcome) === "passed" ? [] : build.logTail
  };
}
function builderResult(builder, costs) {
  return {
    ...builder,
    nixVersion: builder.nixVersion ?? null,
    connectSeconds: builder.connectSeconds ?? null,
    cost: amountOrNull(costs?.byBuilder.get(builder.name)?.builds),
    idleCost: amountOrNull(costs?.byBuilder.get(builder.name)?.idle)
  };
}
function costResult({ currency, total, idle, isUpperBound, unpriced }) {
  return { currency, total: formatAmount(total), idle: formatAmount(idle), isUpperBound, unpriced };
}
function amountOrNull(amount) {
  return amount === void 0 ? null : formatAmount(amount);
}
function flatOutcome(outcome) {
  return {
    outcome: outcome.kind,
    class: classOf(outcome),
    success: classOf(outcome) === "passed",
    builder: outcomePlace(outcome) ?? null,
    message: outcomeMessage(outcome) || null,
    root: outcome.kind === "dependency-failed" ? outcome.root : null
  };
}
function isoTime(epochMs) {
  return new Date(epochMs).toISOString();
}

// src/report/escape/markup.ts
var MARKDOWN_SPECIAL = /^[^\p{L}]|[&<>"'`*[\]|~\\$@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/)|(?<=www)\./giu;
var CLEANING_MARGIN = 8;
var HTML_SPECIAL = /[&<>"'`]/g;
function htmlText(text) {
  return cleanText(text).replace(HTML_SPECIAL, entity);
}
function markdownText(text, maxCharacters = 300) {
  return clip(cleanLine(text.slice(0, maxCharacters * CLEANING_MARGIN)), maxCharacters).replace(
    MARKDOWN_SPECIAL,
    entity
  );
}
function markdownCode(text, maxCharacters = 300) {
  const safe = markdownText(text, maxCharacters);
  return safe === "" ? "\u2013" : `<code>${safe}</code>`;
}
function preformatted(lines) {
  return `<pre>${lines.map((line) => htmlText(line).replaceAll("\n", " ")).join("\n")}</pre>`;
}
function entity(character) {
  switch (character) {
    case "&":
      return "&amp;";
    case "<":
      return "&lt;";
    case ">":
      return "&gt;";
    default:
      return `&#${character.codePointAt(0)};`;
  }
}

// src/report/critical-path.ts
function timedBuilds(builds) {
  return builds.flatMap((build) => {
    const { startedAtMs, finishedAtMs } = build;
    return startedAtMs === void 0 || finishedAtMs === void 0 ? [] : [{ build, startedAtMs, finishedAtMs }];
  }).sort((a, b) => a.startedAtMs - b.startedAtMs);
}
function criticalPath(timed) {
  const byPath = new Map(timed.map((one) => [one.build.drvPath, one]));
  const path = /* @__PURE__ */ new Set();
  let current = lastToFinish(timed);
  while (current !== void 0) {
    path.add(current);
    const { startedAtMs } = current;
    const below = [];
    for (const drvPath of current.build.dependencies) {
      const dependency = byPath.get(drvPath);
      const isBefore = dependency !== void 0 && dependency.finishedAtMs <= startedAtMs;
      if (isBefore && !path.has(dependency)) below.push(dependency);
    }
    current = lastToFinish(below);
  }
  return [...path].reverse();
}
function lastToFinish(timed) {
  let last;
  for (const one of timed) {
    if (last === void 0 || one.finishedAtMs > last.finishedAtMs) last = one;
  }
  return last;
}

// src/report/summary/headline.ts
function headlineText({ report, totals, isSuccess }) {
  if (report.cancelled)
    return `Cancelled after ${plural(totals.built + totals.cached, "job")} of ${totals.jobs}`;
  if (totals.jobs === 0) return "Nothing was selected";
  const wrong = wrongWords(totals);
  if (wrong.length > 0) return `${wrong.join(", ")} of ${plural(totals.jobs, "job")}`;
  if (!isSuccess) return `${plural(totals.jobs, "job")} done, with errors`;
  return totals.jobs === 1 ? "The job succeeded" : `All ${totals.jobs} jobs succeeded`;
}
function headlineSign({ report, isSuccess }) {
  if (report.cancelled) return "\u26AA";
  if (!isSuccess) return "\u274C";
  return report.jobs.length === 0 ? "\u2139\uFE0F" : "\u2705";
}
function figuresText({ report, totals, costs }) {
  const cpu = totals.cpuSeconds > 0 ? [`${formatCpuHours(totals.cpuSeconds)}${cpuRemark(totals)}`] : [];
  const copied = totals.bytesSent + totals.bytesReceived;
  return [
    `${totals.built} built, ${totals.cached} already there`,
    `${formatDuration(totals.wallSeconds)} in all`,
    `${plural(totals.buildsRun, "derivation")} ran for ${formatDuration(totals.buildSeconds)}`,
    ...cpu,
    ...costs === void 0 ? [] : [totalCostText(costs)],
    ...copied > 0 ? [`${formatBytes(copied)} copied`] : [],
    `${plural(report.evaluatedAttributes, "attribute")} evaluated in ${formatDuration(report.evaluationSeconds)}`
  ];
}
function headline(view2) {
  const { report } = view2;
  const flake = markdownCode(report.lockedFlake ?? report.flake);
  return [
    `## ${headlineSign(view2)} ${headlineText(view2)}`,
    "",
    `${flake} \xB7 ${figuresText(view2).map((text) => markdownText(text)).join(" \xB7 ")}`
  ].join("\n");
}
function wrongWords(totals) {
  const parts = [
    [totals.failed, "failed"],
    [totals.blocked, "blocked"],
    [totals.evaluationFailed, "not evaluated"],
    [totals.infrastructure, "lost to builder trouble"],
    [totals.cancelled, "cancelled"]
  ];
  return parts.filter(([count]) => count > 0).map(([count, words2]) => `${count} ${words2}`);
}
function cpuRemark(totals) {
  const { estimate, unknown } = totals.cpuSources;
  const remarks = [
    ...estimate > 0 ? [`${estimate} estimated`] : [],
    ...unknown > 0 ? [`${unknown} unknown`] : []
  ];
  return remarks.length === 0 ? "" : ` (${remarks.join(", ")})`;
}

// src/report/html/page-rows.ts
var TEXT_CHARACTERS = 300;
var MESSAGE_CHARACTERS = 8e3;
var LINE_CHARACTERS2 = 2e3;
function buildRow(build, context) {
  const { view: view2, places, flake } = context;
  const jobs = context.jobs.get(build.drvPath) ?? [];
  const [job] = jobs;
  const repeated = job ?? context.repeatedBy.get(build.drvPath);
  const cost = view2.costs?.byBuild.get(build.drvPath);
  return {
    ...ofOutcome(build.outcome, places),
    jobs: jobs.map((one) => shortText(one.label)),
    name: shortText(build.name),
    start: secondsInto(view2, build.startedAtMs),
    end: secondsInto(view2, build.finishedAtMs),
    cpu: build.cpu?.seconds ?? null,
    cpuText: formatCpu(build.cpu),
    cost: cost === void 0 ? null : Number(cost.amount),
    costText: view2.costs === void 0 ? "" : buildCostText(view2.costs, build.drvPath),
    attempts: build.attempts.map(
      (attempt, index) => attemptOf(attempt, index === build.attempts.length - 1, context)
    ),
    dependencies: build.dependencies.flatMap((path) => places.get(path) ?? []),
    reproduce: repeated === void 0 ? "" : reproduceCommand(repeated, flake),
    log: build.logTail.slice(-context.logLines).map((line) => clip(cleanText(line), LINE_CHARACTERS2)),
    logLines: build.logLines,
    logFile: shortText(build.logFile ?? ""),
    details: buildDetails(build, job, context)
  };
}
function jobRow(job, context) {
  const { view: view2, places, flake } = context;
  return {
    ...ofOutcome(job.outcome, places),
    jobs: [shortText(job.label)],
    name: shortText(job.name === "" ? job.label : job.name),
    start: null,
    end: null,
    cpu: null,
    cpuText: formatCpu(void 0),
    cost: null,
    costText: view2.costs === void 0 ? "" : jobCostText(view2.costs, job),
    attempts: [],
    dependencies: [],
    reproduce: reproduceCommand(job, flake),
    log: [],
    logLines: 0,
    logFile: "",
    details: jobDetails(job)
  };
}
function ofOutcome(outcome, places) {
  const root = outcome.kind === "dependency-failed" ? places.get(outcome.root) : void 0;
  return {
    state: stateOf(outcome),
    outcome: outcomeWords(outcome),
    builder: shortText(outcomePlace(outcome) ?? ""),
    root: root ?? null,
    message: clipStart(cleanText(outcomeMessage(outcome)).trim(), MESSAGE_CHARACTERS)
  };
}
function stateOf(outcome) {
  switch (classOf(outcome)) {
    case "passed":
      return outcome.kind === "built" ? "built" : "cached";
    case "failed":
    case "evaluation":
      return "failed";
    case "blocked":
      return "blocked";
    case "infrastructure":
      return "trouble";
    case "cancelled":
      return "cancelled";
  }
}
function attemptOf(attempt, isFinal, { view: view2, slots }) {
  return {
    builder: view2.report.builders.findIndex((builder) => builder.name === attempt.builder),
    slot: slots.get(attempt) ?? 0,
    start: secondsInto(view2, attempt.startedAtMs) ?? 0,
    end: secondsInto(view2, attempt.finishedAtMs) ?? 0,
    isFinal
  };
}
function buildDetails(build, job, { view: view2 }) {
  const { costs } = view2;
  const share = job === void 0 ? void 0 : costs?.byJob.get(job);
  const own = [
    ["Derivation", shortText(build.drvPath)],
    ["System", shortText(build.system)],
    ...Object.entries(build.outputs).map(
      ([name, path]) => [`Output ${shortText(name)}`, shortText(path)]
    )
  ];
  if (build.outputBytes !== void 0) own.push(["Output size", formatBytes(build.outputBytes)]);
  if (build.copiedBytes > 0) own.push(["Copied for it", formatBytes(build.copiedBytes)]);
  if (build.peakMemoryBytes !== void 0) own.push(["Peak memory", formatBytes(build.peakMemoryBytes)]);
  if (share !== void 0 && costs !== void 0 && share.dependencies > 0n) {
    own.push(["Part of shared dependencies", formatMoney(share.dependencies, costs.currency)]);
  }
  return job === void 0 ? own : [...jobDetails(job), ...own];
}
function jobDetails(job) {
  const description = shortText(job.description);
  return description === "" ? [] : [["Description", description]];
}
function secondsInto({ report }, epochMs) {
  return epochMs === void 0 ? null : Math.round(epochMs - report.startedAtMs) / 1e3;
}
function shortText(text) {
  return clip(cleanLine(text), TEXT_CHARACTERS);
}

// src/report/html/slots.ts
function slotsOf(builds) {
  const byBuilder = /* @__PURE__ */ new Map();
  for (const build of builds) {
    for (const [index, attempt] of build.attempts.entries()) {
      const recorded = index === build.attempts.length - 1 ? build.slot : void 0;
      const known = byBuilder.get(attempt.builder);
      if (known === void 0) byBuilder.set(attempt.builder, [{ attempt, recorded }]);
      else known.push({ attempt, recorded });
    }
  }
  const slots = /* @__PURE__ */ new Map();
  for (const attempts of byBuilder.values()) {
    const busyUntil = [];
    attempts.sort((a, b) => a.attempt.startedAtMs - b.attempt.startedAtMs);
    for (const { attempt, recorded } of attempts) {
      const isFree = (slot2) => (busyUntil[slot2] ?? Number.NEGATIVE_INFINITY) <= attempt.startedAtMs;
      const slot = recorded !== void 0 && isFree(recorded) ? recorded : firstSlot(isFree);
      busyUntil[slot] = attempt.finishedAtMs;
      slots.set(attempt, slot);
    }
  }
  return slots;
}
function firstSlot(isFree) {
  let slot = 0;
  while (!isFree(slot)) slot += 1;
  return slot;
}

// src/report/html/describe-run.ts
var PAGE_LOG_LINES = 6e4;
function describeRun(report, reproduceFlake) {
  const view2 = viewOf(report);
  const places = new Map(report.builds.map((build, place2) => [build.drvPath, place2]));
  const jobs = jobsByPath(report.jobs);
  const context = {
    view: view2,
    flake: reproduceFlake ?? reproducibleFlake(report),
    places,
    jobs,
    repeatedBy: new Map(
      view2.causes.flatMap(
        ({ drvPath, blocked: [job] }) => job === void 0 ? [] : [[drvPath, job]]
      )
    ),
    slots: slotsOf(report.builds),
    logLines: Math.max(1, Math.floor(PAGE_LOG_LINES / Math.max(1, report.builds.length)))
  };
  const rows = [
    ...report.builds.map(
      (build) => buildRow(build, isFailed(build.outcome.kind) ? { ...context, logLines: 1e3 } : context)
    ),
    ...report.jobs.filter((job) => !places.has(job.drvPath ?? "")).map((job) => jobRow(job, context))
  ];
  const shownLines = rows.reduce((sum2, row2) => sum2 + row2.log.length, 0);
  const knownLines = report.builds.reduce((sum2, build) => sum2 + build.logTail.length, 0);
  return {
    headline: `${headlineSign(view2)} ${headlineText(view2)}`,
    figures: figuresText(view2),
    flake: clip(cleanLine(report.lockedFlake ?? report.flake), 300),
    startedAtMs: report.startedAtMs,
    wallSeconds: view2.totals.wallSeconds,
    hasCosts: view2.costs !== void 0,
    builders: report.builders.map((builder) => describeBuilder(builder, view2)),
    rows,
    notices: view2.notices.map(({ level, title, message }) => ({
      level,
      title: clip(cleanLine(title), 300),
      message: clip(cleanText(message), 4e3)
    })),
    criticalPath: criticalPath(timedBuilds(report.builds)).flatMap(
      ({ build }) => places.get(build.drvPath) ?? []
    ),
    droppedLogLines: knownLines - shownLines
  };
}
function describeBuilder(builder, { costs }) {
  const cost = costs?.byBuilder.get(builder.name);
  const money = (amount) => formatMoney(amount, costs?.currency ?? "");
  return {
    name: clip(cleanLine(builder.name), 200),
    slots: builder.maxJobs,
    details: [
      ["Systems", clip(cleanLine(builder.systems.join(", ")), 300)],
      ["Nix", clip(cleanLine(builder.nixVersion ?? "\u2013"), 40)],
      ["Busy", formatDuration(builder.busySeconds)],
      ["Received", formatBytes(builder.bytesReceived)],
      ["Sent", formatBytes(builder.bytesSent)],
      ...cost === void 0 ? [] : [["Cost", money(cost.builds)], ["Idle", money(cost.idle)]]
    ],
    trouble: builder.trouble.map((text) => clip(cleanText(text), 1e3))
  };
}
function jobsByPath(jobs) {
  const byPath = /* @__PURE__ */ new Map();
  for (const job of jobs) {
    if (job.drvPath === void 0) continue;
    const known = byPath.get(job.drvPath);
    if (known === void 0) byPath.set(job.drvPath, [job]);
    else known.push(job);
  }
  return byPath;
}
function isFailed(kind) {
  return kind === "failed" || kind === "timed-out" || kind === "log-limit" || kind === "infrastructure";
}

// src/report/html/html-report.ts
function renderHtmlReport(report, assets, reproduceFlake) {
  const data = describeRun(report, reproduceFlake);
  const policy = [
    "default-src 'none'",
    `script-src '${digest(assets.script)}'`,
    `style-src '${digest(assets.style)}'`,
    "base-uri 'none'",
    "form-action 'none'"
  ].join("; ");
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${htmlText(data.headline)}</title>`,
    `<style>${assets.style}</style>`,
    "</head>",
    "<body>",
    `<header><h1>${htmlText(data.headline)}</h1>`,
    `<p class="flake">${htmlText(data.flake)}</p>`,
    `<ul class="figures">${data.figures.map((figure) => `<li>${htmlText(figure)}</li>`).join("")}</ul></header>`,
    "<noscript><p>The tables and the timeline of this report need scripts.</p></noscript>",
    `<script type="application/json" id="run">${jsonText(data)}</script>`,
    `<script>${assets.script}</script>`,
    "</body>",
    "</html>\n"
  ].join("\n");
}
function jsonText(value) {
  return JSON.stringify(value).replaceAll("<", String.raw`\u003c`);
}
function digest(text) {
  return `sha256-${encodeBase64(sha256(new TextEncoder().encode(text)))}`;
}

// src/report/junit.ts
var MESSAGE_CHARACTERS2 = 1e3;
function renderJunit(report) {
  const { builds, totals } = viewOf(report);
  const suites = /* @__PURE__ */ new Map();
  for (const job of report.jobs) {
    const name = `${job.topAttr}.${job.system}`;
    const known = suites.get(name);
    if (known === void 0) suites.set(name, [job]);
    else known.push(job);
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="nix-dispatch" ${counts(report.jobs)} time="${totals.wallSeconds.toFixed(3)}">`,
    ...[...suites].map(([name, jobs]) => suite(name, jobs, builds, report)),
    "</testsuites>\n"
  ].join("\n");
}
function suite(name, jobs, builds, report) {
  const build = (job) => builds.get(job.drvPath ?? "");
  const seconds2 = jobs.reduce((sum2, job) => sum2 + (wallSecondsOf(build(job)) ?? 0), 0);
  const timestamp = new Date(report.startedAtMs).toISOString().slice(0, 19);
  return [
    `<testsuite name="${attribute(name)}" ${counts(jobs)} time="${seconds2.toFixed(3)}" timestamp="${timestamp}">`,
    ...jobs.map((job) => testCase(name, job, build(job))),
    "</testsuite>"
  ].join("\n");
}
function testCase(suiteName, job, build) {
  const seconds2 = wallSecondsOf(build) ?? 0;
  const verdict = verdictOf2(job);
  const lines = [
    `<testcase classname="${attribute(suiteName)}" name="${attribute(job.attr)}" time="${seconds2.toFixed(3)}">`
  ];
  if (verdict !== "passed") {
    const message = attribute(clip(headline2(job), MESSAGE_CHARACTERS2));
    const text = xmlText(outcomeMessage(job.outcome));
    lines.push(`<${verdict} type="${job.outcome.kind}" message="${message}">${text}</${verdict}>`);
  }
  if (build !== void 0 && build.logTail.length > 0 && verdict !== "passed") {
    lines.push(`<system-out>${xmlText(build.logTail.join("\n"))}</system-out>`);
  }
  lines.push("</testcase>");
  return lines.join("\n");
}
function headline2(job) {
  const place2 = outcomePlace(job.outcome);
  return `${attributePathOf(job)} ${outcomeWords(job.outcome)}${place2 === void 0 ? "" : ` on ${place2}`}`;
}
function verdictOf2(job) {
  switch (classOf(job.outcome)) {
    case "passed":
      return "passed";
    case "failed":
    case "blocked":
      return "failure";
    case "infrastructure":
    case "cancelled":
    case "evaluation":
      return "error";
  }
}
function counts(jobs) {
  const of = (verdict) => jobs.filter((job) => verdictOf2(job) === verdict).length;
  return `tests="${jobs.length}" failures="${of("failure")}" errors="${of("error")}" skipped="0"`;
}
function attribute(text) {
  return xmlText(cleanLine(text));
}
function xmlText(text) {
  return htmlText(text).replace(/[\ufffe\uffff]/g, "\uFFFD");
}

// src/report/results.ts
function referenceResults(report) {
  const byTopAttr = /* @__PURE__ */ new Map();
  for (const job of report.jobs) {
    const bySystem = entryOf(byTopAttr, job.topAttr);
    entryOf(bySystem, job.system).set(job.attr, referenceResult(job));
  }
  return Object.fromEntries(
    [...byTopAttr].map(([topAttr, bySystem]) => [
      topAttr,
      Object.fromEntries([...bySystem].map(([system, byAttr]) => [system, Object.fromEntries(byAttr)]))
    ])
  );
}
function referenceResult(job) {
  const { name, description, label } = job;
  const success = classOf(job.outcome) === "passed";
  if (!success || job.drvPath === void 0) return { success, name, description, label };
  return { success, name, description, label, drvPath: job.drvPath, outputs: job.outputs };
}
function entryOf(map, key) {
  const known = map.get(key);
  if (known !== void 0) return known;
  const made = /* @__PURE__ */ new Map();
  map.set(key, made);
  return made;
}

// src/report/summary/section.ts
var EMPTY_SECTION = { text: "", dropped: [] };
function takeFitting(texts, budgetBytes) {
  let bytes = 0;
  let count = 0;
  for (const text of texts) {
    const next = bytes + utf8Length(text) + 1;
    if (next > budgetBytes) break;
    bytes = next;
    count += 1;
  }
  return { taken: texts.slice(0, count), left: texts.length - count, bytes };
}
function rowsSection(parts, what, budgetBytes) {
  const { head, rows, tail = "" } = parts;
  if (rows.length === 0) return EMPTY_SECTION;
  const frame = utf8Length(head) + utf8Length(tail) + 3;
  const { taken, left } = takeFitting(rows, budgetBytes - frame);
  const dropped = left === 0 ? [] : [what(left)];
  if (taken.length === 0) return { text: "", dropped };
  return { text: `${head}
${taken.join("\n")}
${tail}`.trimEnd(), dropped };
}

// src/report/summary/builder-table.ts
function builderSection(view2, budgetBytes) {
  const { report, costs } = view2;
  const used = usageByBuilder(report.builds);
  const rows = report.builders.map((builder) => builderRow(builder, used.get(builder.name), view2));
  const trouble = report.builders.flatMap(
    (builder) => builder.trouble.map((text) => `- \u{1F50C} ${markdownCode(builder.name, 100)}: ${markdownCode(text, 500)}`)
  );
  const columns = ["Builder", "Systems", "Nix", "Slots", "Builds", "Busy", "CPU", "Copied"];
  const money = costs === void 0 ? [] : ["Cost", "Idle"];
  const head = [
    `### Builders

| ${[...columns, ...money].join(" | ")} |`,
    `|---|---|---|--:|--:|--:|--:|--:|${money.map(() => "--:|").join("")}`
  ];
  const list = trouble.map((line, index) => index === 0 ? `
${line}` : line);
  return rowsSection(
    { head: head.join("\n"), rows: [...rows, ...list] },
    (left) => plural(left, "row of builders", "rows of builders"),
    budgetBytes
  );
}
function usageByBuilder(builds) {
  const used = /* @__PURE__ */ new Map();
  for (const build of builds) {
    const last = build.attempts.at(-1)?.builder;
    for (const builder of new Set(build.attempts.map((attempt) => attempt.builder))) {
      const usage = used.get(builder) ?? { builds: 0, cpuSeconds: 0 };
      usage.builds += 1;
      if (builder === last) usage.cpuSeconds += build.cpu?.seconds ?? 0;
      used.set(builder, usage);
    }
  }
  return used;
}
function builderRow(builder, usage, { totals, costs }) {
  const slotSeconds = totals.wallSeconds * builder.maxJobs;
  const share = slotSeconds > 0 ? ` (${Math.round(100 * builder.busySeconds / slotSeconds)} %)` : "";
  const cost = costs?.byBuilder.get(builder.name);
  const money = (amount) => markdownText(formatMoney(amount, costs?.currency ?? ""));
  const cells = [
    markdownCode(builder.name, 100),
    markdownText(builder.systems.join(", "), 200),
    builder.nixVersion === void 0 ? "\u2013" : markdownText(builder.nixVersion, 40),
    String(builder.maxJobs),
    String(usage?.builds ?? 0),
    `${formatDuration(builder.busySeconds)}${share}`,
    usage !== void 0 && usage.cpuSeconds > 0 ? formatCpuHours(usage.cpuSeconds) : "\u2013",
    formatBytes(builder.bytesReceived + builder.bytesSent),
    ...cost === void 0 ? [] : [money(cost.builds), money(cost.idle)]
  ];
  return `| ${cells.join(" | ")} |`;
}

// src/report/summary/failures.ts
var TAIL_LINES2 = 20;
var TAIL_LINE_CHARACTERS = 500;
var BLOCKED_SHOWN = 50;
var MESSAGE_CHARACTERS3 = 500;
var HEADING_BYTES = 20;
function failuresSection(causes, flake, budgetBytes) {
  if (causes.length === 0) return EMPTY_SECTION;
  const briefs = takeFitting(
    causes.map((cause) => `- ${causeLine(cause)}`),
    budgetBytes - HEADING_BYTES
  );
  let spent = briefs.bytes;
  const detailed = [];
  for (const cause of causes.slice(0, briefs.taken.length)) {
    const entry = `#### ${causeLine(cause)}

${causeDetails(cause, flake).join("\n\n")}
`;
    spent += utf8Length(entry);
    if (spent > budgetBytes - HEADING_BYTES) break;
    detailed.push(entry);
  }
  const undetailed = briefs.taken.slice(detailed.length);
  return {
    text: ["### Failures", "", ...detailed, ...undetailed].join("\n"),
    dropped: [
      ...briefs.left > 0 ? [plural(briefs.left, "failure")] : [],
      ...undetailed.length > 0 ? [`details of ${plural(undetailed.length, "failure")}`] : []
    ]
  };
}
function causeLine(cause) {
  const place2 = outcomePlace(cause.outcome);
  const where = place2 === void 0 ? "" : ` on ${markdownCode(place2, 100)}`;
  const blocks = cause.blocked.length === 0 ? "" : `: blocks ${plural(cause.blocked.length, "job")}`;
  const words2 = outcomeWords(cause.outcome);
  return `${outcomeSign(cause.outcome)} ${markdownCode(causeName(cause), 120)} ${words2}${where}${blocks}`;
}
function causeName(cause) {
  const job = cause.jobs[0];
  return job === void 0 ? cause.name : attributePathOf(job);
}
function causeDetails(cause, flake) {
  const message = firstLine(outcomeMessage(cause.outcome));
  const job = cause.jobs[0] ?? cause.blocked[0];
  return [
    ...message === "" ? [] : [markdownCode(message, MESSAGE_CHARACTERS3)],
    ...job === void 0 ? [] : ["Reproduce locally:", preformatted([reproduceCommand(job, flake)])],
    ...cause.build === void 0 ? [] : logTail(cause.build),
    ...blockedJobs(cause)
  ];
}
function logTail(build) {
  const lines = build.logTail.slice(-TAIL_LINES2).map((line) => clip(line, TAIL_LINE_CHARACTERS));
  if (lines.length === 0) return [];
  const file = build.logFile === void 0 ? "" : `, whole log: ${markdownCode(build.logFile)}`;
  const title = `Last ${plural(lines.length, "line")} of ${build.logLines}${file}`;
  return [folded(title, preformatted(lines))];
}
function blockedJobs(cause) {
  if (cause.blocked.length === 0) return [];
  const shown = cause.blocked.slice(0, BLOCKED_SHOWN).map((job) => markdownCode(job.label, 100));
  const more = cause.blocked.length - shown.length;
  const list = more > 0 ? [...shown, `${more} more`] : shown;
  return [folded(`Blocks ${plural(cause.blocked.length, "job")}`, `<p>${list.join(", ")}</p>`)];
}
function folded(title, html) {
  return `<details><summary>${title}</summary>

${html}

</details>`;
}

// src/report/escape/mermaid.ts
function mermaidLabel(text, maxCharacters = 60) {
  const label = clip(cleanLine(text), maxCharacters).replace(/[^\p{L}\p{M}\p{N} .…+/=@-]/gu, "_");
  return label === "" ? "_" : label;
}

// src/report/summary/gantt.ts
var DIAGRAM_CHARACTERS = 5e4;
var PATH_SHOWN = 25;
var BUSIEST_SHOWN = 40;
var NAME_CHARACTERS2 = 40;
function ganttSection({ report, totals }, budgetBytes) {
  const timed = timedBuilds(report.builds);
  if (timed.length < 2) return EMPTY_SECTION;
  const path = criticalPath(timed);
  const diagram = [
    "gantt",
    "  dateFormat x",
    "  axisFormat %H:%M:%S",
    ...section("Critical path", path.slice(-PATH_SHOWN), "crit, "),
    ...longestByBuilder(timed).flatMap(([builder, builds]) => section(builder, builds, ""))
  ].join("\n");
  const title = `Timeline: critical path of ${plural(path.length, "build")}, ${formatDuration(pathSeconds(path))} of ${formatDuration(totals.wallSeconds)}`;
  const text = `<details><summary>${title}</summary>

\`\`\`mermaid
${diagram}
\`\`\`

</details>`;
  const isFitting = utf8Length(text) <= budgetBytes && diagram.length <= DIAGRAM_CHARACTERS;
  return isFitting ? { text, dropped: [] } : { text: "", dropped: ["the timeline"] };
}
function section(title, builds, tags) {
  return [`  section ${mermaidLabel(title, NAME_CHARACTERS2)}`, ...builds.map((one) => task(one, tags))];
}
function task({ build, startedAtMs, finishedAtMs }, tags) {
  const isPassed = classOf(build.outcome) === "passed";
  const name = `${isPassed ? "\u2713" : "\u2717"} ${mermaidLabel(build.name, NAME_CHARACTERS2)}`;
  const state = isPassed ? tags : "crit, done, ";
  return `  ${name} :${state}${Math.round(startedAtMs)}, ${Math.round(Math.max(finishedAtMs, startedAtMs + 1))}`;
}
function longestByBuilder(timed) {
  const longest = [...timed].sort((a, b) => b.finishedAtMs - b.startedAtMs - (a.finishedAtMs - a.startedAtMs)).slice(0, BUSIEST_SHOWN).sort((a, b) => a.startedAtMs - b.startedAtMs);
  const byBuilder = /* @__PURE__ */ new Map();
  for (const one of longest) {
    const builder = one.build.attempts.at(-1)?.builder ?? "unknown builder";
    byBuilder.set(builder, [...byBuilder.get(builder) ?? [], one]);
  }
  return [...byBuilder].sort(([a], [b]) => a < b ? -1 : 1);
}
function pathSeconds(path) {
  return path.reduce((sum2, one) => sum2 + Math.max(0, one.finishedAtMs - one.startedAtMs), 0) / 1e3;
}

// src/report/summary/job-table.ts
function jobSection(view2, budgetBytes) {
  const { builds, costs } = view2;
  const jobs = view2.report.jobs.filter((job) => !isCached(job.outcome));
  const rows = sortedJobs(jobs, builds).map((job) => {
    const build = job.drvPath === void 0 ? void 0 : builds.get(job.drvPath);
    return row(
      job.label,
      job.outcome,
      build,
      costs === void 0 ? [] : [markdownText(jobCostText(costs, job))]
    );
  });
  return rowsSection(
    { head: `### Jobs

${tableHead("Job", view2)}`, rows },
    (left) => plural(left, "row of jobs", "rows of jobs"),
    budgetBytes
  );
}
function cachedSection(report, budgetBytes) {
  const jobs = report.jobs.filter((job) => isCached(job.outcome));
  const title = `${plural(jobs.length, "job")} already there`;
  return rowsSection(
    {
      head: `<details><summary>${title}</summary>

| | Job | Result | Where |
|---|---|---|---|`,
      rows: sortedByLabel(jobs).map(
        (job) => `| ${outcomeSign(job.outcome)} | ${markdownCode(job.label)} | ${outcomeWords(job.outcome)} | ${place(job.outcome)} |`
      ),
      tail: "\n</details>"
    },
    (left) => plural(left, "row of jobs that were already there", "rows of jobs that were already there"),
    budgetBytes
  );
}
function dependencySection(view2, budgetBytes) {
  const { report, costs } = view2;
  const ofJobs = new Set(report.jobs.map((job) => job.drvPath));
  const builds = report.builds.filter((build) => !ofJobs.has(build.drvPath) && wallSecondsOf(build) !== void 0).sort((a, b) => (wallSecondsOf(b) ?? 0) - (wallSecondsOf(a) ?? 0));
  const title = `${plural(builds.length, "dependency", "dependencies")} built for them`;
  return rowsSection(
    {
      head: `<details><summary>${title}</summary>

${tableHead("Derivation", view2)}`,
      rows: builds.map(
        (build) => row(
          build.name,
          build.outcome,
          build,
          costs === void 0 ? [] : [markdownText(buildCostText(costs, build.drvPath))]
        )
      ),
      tail: "\n</details>"
    },
    (left) => plural(left, "row of dependencies", "rows of dependencies"),
    budgetBytes
  );
}
function tableHead(what, { costs }) {
  const [title, line] = costs === void 0 ? ["", ""] : [" Cost |", "--:|"];
  return `| | ${what} | Result | Builder | Time | CPU time |${title}
|---|---|---|---|--:|--:|${line}`;
}
function row(name, outcome, build, money) {
  const seconds2 = wallSecondsOf(build);
  const cells = [
    outcomeSign(outcome),
    markdownCode(name),
    outcomeWords(outcome),
    place(outcome),
    seconds2 === void 0 ? "\u2013" : formatDuration(seconds2),
    formatCpu(build?.cpu),
    ...money
  ];
  return `| ${cells.join(" | ")} |`;
}
function place(outcome) {
  return markdownCode(outcomePlace(outcome) ?? "", 100);
}
function isCached(outcome) {
  return classOf(outcome) === "passed" && outcome.kind !== "built";
}
var ORDER = { failed: 0, evaluation: 1, infrastructure: 2, blocked: 3, cancelled: 4, passed: 5 };
function sortedJobs(jobs, builds) {
  const seconds2 = (job) => wallSecondsOf(builds.get(job.drvPath ?? "")) ?? 0;
  return sortedByLabel(jobs).sort(
    (a, b) => ORDER[classOf(a.outcome)] - ORDER[classOf(b.outcome)] || seconds2(b) - seconds2(a)
  );
}
function sortedByLabel(jobs) {
  return [...jobs].sort((a, b) => a.label < b.label ? -1 : Number(a.label > b.label));
}

// src/report/summary/other-sections.ts
var EVALUATION_MESSAGE_CHARACTERS = 4e3;
var SLOWEST_SHOWN = 5;
var NOTICE_SIGNS = { error: "\u274C", warning: "\u26A0\uFE0F", notice: "\u2139\uFE0F" };
function evaluationSection(report, budgetBytes) {
  const rows = report.jobs.flatMap((job) => {
    if (job.outcome.kind !== "evaluation-failed") return [];
    const { message, position } = job.outcome;
    const at = position === void 0 ? "" : ` at ${markdownCode(`${position.file}:${position.line}`)}`;
    const text = clipStart(cleanText(message).trim(), EVALUATION_MESSAGE_CHARACTERS);
    return [`#### ${markdownCode(attributePathOf(job))}${at}

${preformatted(text.split("\n"))}
`];
  });
  return rowsSection(
    { head: "### Evaluation failures\n", rows },
    (left) => plural(left, "evaluation failure"),
    budgetBytes
  );
}
function slowestEvaluations(report, budgetBytes) {
  const timed = report.jobs.flatMap((job) => job.evaluationSeconds === void 0 ? [] : [{ job, seconds: job.evaluationSeconds }]).sort((a, b) => b.seconds - a.seconds);
  return rowsSection(
    {
      head: "<details><summary>Slowest evaluations</summary>\n\n| Attribute | Time |\n|---|--:|",
      rows: timed.slice(0, SLOWEST_SHOWN).map(({ job, seconds: seconds2 }) => `| ${markdownCode(attributePathOf(job))} | ${formatDuration(seconds2)} |`),
      tail: "\n</details>"
    },
    () => "slowest evaluations",
    budgetBytes
  );
}
function noticesSection({ report, notices }, budgetBytes) {
  const warnings = new Set(report.jobs.flatMap((job) => job.warnings));
  const rows = [
    ...notices.map(
      ({ level, title, message }) => `- ${NOTICE_SIGNS[level]} **${markdownText(title)}**: ${markdownCode(message, 1e3)}`
    ),
    ...[...warnings].map((warning) => `- \u26A0\uFE0F ${markdownCode(warning, 1e3)}`)
  ];
  return rowsSection({ head: "### Notices\n", rows }, (left) => plural(left, "notice"), budgetBytes);
}

// src/report/summary/summary.ts
var SUMMARY_BUDGET_BYTES = 900 * 1024;
var CLAIMS = [
  { part: "failures", share: 0.5 },
  { part: "evaluation", share: 0.15 },
  { part: "notices", share: 0.05 },
  { part: "builders", share: 0.05 },
  { part: "timeline", share: 0.1 },
  { part: "slowest", share: 0.05 },
  { part: "jobs", share: 1 },
  { part: "dependencies", share: 1 },
  { part: "cached", share: 1 }
];
var PAGE_ORDER = [
  "failures",
  "evaluation",
  "notices",
  "jobs",
  "cached",
  "dependencies",
  "builders",
  "timeline",
  "slowest"
];
function renderSummary(report, links = {}, budgetBytes = SUMMARY_BUDGET_BYTES) {
  const view2 = viewOf(report);
  const renderers = partRenderers(view2, links);
  const head = headline(view2);
  const linksLine = linkLine(links);
  const sections = /* @__PURE__ */ new Map();
  let left = budgetBytes - utf8Length(head) - utf8Length(linksLine) - RESERVED_BYTES;
  for (const { part, share } of CLAIMS) {
    const section2 = renderers[part](Math.min(left, budgetBytes * share));
    sections.set(part, section2);
    left -= utf8Length(section2.text) + 2;
  }
  const dropped = [...sections.values()].flatMap((section2) => section2.dropped);
  const parts = PAGE_ORDER.map((part) => sections.get(part)?.text ?? "");
  return `${[head, linksLine, ...parts, droppedLine(dropped)].filter(Boolean).join("\n\n")}
`;
}
var RESERVED_BYTES = 1024;
function partRenderers(view2, links) {
  const { report, causes } = view2;
  const flake = links.reproduceFlake ?? reproducibleFlake(report);
  return {
    failures: (bytes) => failuresSection(causes, flake, bytes),
    evaluation: (bytes) => evaluationSection(report, bytes),
    notices: (bytes) => noticesSection(view2, bytes),
    builders: (bytes) => builderSection(view2, bytes),
    jobs: (bytes) => jobSection(view2, bytes),
    timeline: (bytes) => ganttSection(view2, bytes),
    slowest: (bytes) => slowestEvaluations(report, bytes),
    dependencies: (bytes) => dependencySection(view2, bytes),
    cached: (bytes) => cachedSection(report, bytes)
  };
}
function linkLine(links) {
  const named = [
    ["Build logs", links.logs],
    ["Report", links.htmlReport],
    ["Results", links.results]
  ];
  return named.flatMap(([name, url]) => url === void 0 ? [] : [`[${name}](${encodeURI(url)})`]).join(" \xB7 ");
}
function droppedLine(dropped) {
  if (dropped.length === 0) return "";
  return `> Left out to stay below GitHub's limit for summaries: ${dropped.join(", ")}. The artifacts have everything.`;
}

// src/report/text-summary.ts
var TAIL_LINES3 = 10;
var LABEL_CHARACTERS = 60;
var LINE_CHARACTERS3 = 300;
var EVALUATION_LINES = 12;
function renderTextSummary(report) {
  const view2 = viewOf(report);
  const flake = reproducibleFlake(report);
  const blocks = [
    [`${headlineSign(view2)} ${headlineText(view2)}`, `  ${figuresText(view2).join(", ")}`],
    ...view2.causes.map((cause) => causeBlock(cause, flake)),
    ...report.jobs.flatMap(evaluationBlock),
    jobRows(view2),
    builderRows(report),
    view2.notices.map((notice) => clipLine(`${notice.level}: ${notice.title}: ${notice.message}`))
  ];
  return `${blocks.filter((block) => block.length > 0).map((block) => block.join("\n")).join("\n\n")}
`;
}
function causeBlock(cause, flake) {
  const place2 = outcomePlace(cause.outcome);
  const job = cause.jobs[0];
  const name = clip(cleanLine(job === void 0 ? cause.name : attributePathOf(job)), 120);
  const where = place2 === void 0 ? "" : ` on ${cleanLine(place2)}`;
  const blocks = cause.blocked.length === 0 ? "" : `: blocks ${plural(cause.blocked.length, "job")}`;
  const message = firstLine(outcomeMessage(cause.outcome));
  const repeat = job ?? cause.blocked[0];
  return [
    `${outcomeSign(cause.outcome)} ${name} ${outcomeWords(cause.outcome)}${where}${blocks}`,
    ...message === "" ? [] : [clipLine(`    ${message}`)],
    ...(cause.build?.logTail ?? []).slice(-TAIL_LINES3).map((line) => clipLine(`    > ${line}`)),
    ...repeat === void 0 ? [] : [`    reproduce: ${cleanLine(reproduceCommand(repeat, flake))}`]
  ];
}
function evaluationBlock(job) {
  if (job.outcome.kind !== "evaluation-failed") return [];
  const lines = cleanText(job.outcome.message).trim().split("\n").slice(-EVALUATION_LINES);
  const title = `${outcomeSign(job.outcome)} ${clip(cleanLine(attributePathOf(job)), 120)} ${outcomeWords(job.outcome)}`;
  return [[title, ...lines.map((line) => clipLine(`    ${line}`))]];
}
function jobRows({ report, builds, costs }) {
  if (report.jobs.length === 0) return [];
  const rows = report.jobs.map((job) => jobCells(job, builds.get(job.drvPath ?? ""), costs));
  const money = costs === void 0 ? [] : ["cost"];
  return aligned([["job", "result", "builder", "time", "CPU time", ...money], ...rows]);
}
function jobCells(job, build, costs) {
  const seconds2 = wallSecondsOf(build);
  return [
    clip(cleanLine(job.label), LABEL_CHARACTERS),
    outcomeWords(job.outcome),
    clip(cleanLine(outcomePlace(job.outcome) ?? "\u2013"), LABEL_CHARACTERS),
    seconds2 === void 0 ? "\u2013" : formatDuration(seconds2),
    formatCpu(build?.cpu),
    ...costs === void 0 ? [] : [jobCostText(costs, job)]
  ];
}
function builderRows(report) {
  const rows = report.builders.map((builder) => [
    clip(cleanLine(builder.name), LABEL_CHARACTERS),
    cleanLine(builder.nixVersion ?? "\u2013"),
    String(builder.maxJobs),
    formatDuration(builder.busySeconds),
    builder.trouble.length === 0 ? "\u2013" : clip(cleanLine(builder.trouble.join("; ")), LINE_CHARACTERS3)
  ]);
  return rows.length === 0 ? [] : aligned([["builder", "Nix", "slots", "busy", "trouble"], ...rows]);
}
function aligned(rows) {
  const widths = (rows[0] ?? []).map(
    (_, column) => Math.max(...rows.map((row2) => (row2[column] ?? "").length))
  );
  return rows.map(
    (row2) => `  ${row2.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()
  );
}
function clipLine(text) {
  return clip(cleanText(text).replaceAll("\n", " "), LINE_CHARACTERS3);
}

// src/github/report-page.ts
import { readFile as readFile2 } from "node:fs/promises";
async function readReportPage() {
  try {
    const [script, style] = await Promise.all(
      ["report-page.js", "report-page.css"].map((name) => readFile2(new URL(name, import.meta.url), "utf8"))
    );
    return script === void 0 || style === void 0 ? void 0 : { script, style };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return void 0;
    throw error;
  }
}

// src/github/publish.ts
var mostOutputBytes = 9e5;
async function publish(runner2, folder, report, verdict, options) {
  const summary = renderSummary(report);
  await writeFile(join4(folder.root, "summary.md"), summary);
  await writeFile(join4(folder.results, "results.json"), JSON.stringify(fullResults(report), void 0, 2));
  await writeFile(join4(folder.results, "junit.xml"), renderJunit(report));
  const page = await readReportPage();
  if (page !== void 0) {
    await writeFile(join4(folder.results, "report.html"), renderHtmlReport(report, page));
  }
  for (const line of withCommandsStopped(options.token, renderTextSummary(report).split("\n")))
    runner2.print(line);
  for (const annotation2 of annotationsOf(report)) runner2.annotate(annotation2);
  if (options.wantsSummary) await runner2.writeSummary(summary);
  runner2.setOutput("success", String(verdict.success));
  const results = JSON.stringify(referenceResults(report));
  if (Buffer.byteLength(results) <= mostOutputBytes) runner2.setOutput("results", results);
  else {
    runner2.annotate({
      level: "warning",
      title: "The output results is too large",
      message: `GitHub takes 1 MB of outputs and results would be ${Buffer.byteLength(results)} bytes. It is in results.json of the artifact ${folder.prefix}-build-results.`
    });
  }
  const kept = [
    await upload(runner2, folder, "build-results", folder.results),
    await upload(runner2, folder, "build-logs", folder.logs)
  ];
  if (!kept.includes(true)) return;
  runner2.setOutput("artifact_dir", folder.root);
  runner2.print(`Logs and results are kept in ${folder.root}`);
}
async function upload(runner2, folder, name, directory) {
  const entries = await readdir(directory);
  if (entries.length === 0) return false;
  const files = entries.map((entry) => join4(directory, entry));
  const upload2 = await runner2.uploadArtifact(artifactName(folder.prefix, name), files, directory);
  if (upload2.kind === "kept-local" && upload2.isFault) {
    runner2.annotate({
      level: "warning",
      title: `The artifact ${name} was not uploaded`,
      message: `${upload2.reason}. Its files are in ${directory}.`
    });
  }
  return upload2.kind === "kept-local";
}

// src/report/recorder.ts
function createRecorder(flake, selection, startedAtMs) {
  const notices = [];
  let locked;
  let latest;
  let isEvaluationFinal = false;
  return {
    resolved(resolved) {
      locked = resolved;
    },
    evaluated(progress, isFinal) {
      latest = progress;
      isEvaluationFinal = isFinal;
    },
    notice: (level, title, message) => void notices.push({ level, title, message }),
    get isEvaluationFinal() {
      return isEvaluationFinal;
    },
    report: (parts, { cancelled, finishedAtMs }) => ({
      schemaVersion: 1,
      flake,
      lockedFlake: locked?.lockedUrl,
      selection,
      startedAtMs,
      finishedAtMs,
      evaluationSeconds: latest?.elapsedSeconds ?? 0,
      evaluatedAttributes: latest?.evaluated ?? 0,
      ...parts,
      notices,
      cancelled
    })
  };
}

// src/run.ts
var reconnectMs = 12e4;
async function run(inputs, builders, { runner: runner2, environment, token, signal }) {
  var _stack = [];
  try {
    const folder = await createArtifactFolder(environment, inputs.artifactPrefix);
    const recorder = createRecorder(inputs.flake, selectionOf(inputs), Date.now());
    const local = __using(_stack, await openRunner(), true);
    const log = createLiveLog({
      print: (line) => runner2.print(line),
      token,
      progress: () => ({ ...dispatch.progress, isTotalFinal: recorder.isEvaluationFinal })
    });
    const dispatch = createDispatchRun({
      builders: fleetMembers(builders, inputs, local.store),
      runner: local.store,
      logDirectory: folder.logs,
      limits: inputs.limits,
      infraRetries: inputs.limits.infraRetries,
      reconnectMs,
      failFast: inputs.failFast && !inputs.ignoreBuildFailures,
      observer: log
    });
    signal.addEventListener("abort", () => dispatch.cancel(), { once: true });
    log.open();
    const failed = new AbortController();
    try {
      const both = AbortSignal.any([signal, failed.signal]);
      await Promise.all([dispatch.connect(), evaluate2(inputs, environment, both, dispatch, recorder, log)]);
      await dispatch.finish();
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      failed.abort();
      dispatch.close();
      log.close();
    }
    const ending = { cancelled: signal.aborted, finishedAtMs: Date.now() };
    const report = { ...recorder.report(dispatch.result(), ending), prices: inputs.prices };
    const verdict = verdictOf(report, inputs);
    await publish(runner2, folder, report, verdict, { wantsSummary: inputs.generateBuildSummary, token });
    return verdict.exitCode;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function selectionOf({ topAttrs, filterBuilds, failOnEmpty }) {
  return { topAttrs, filter: filterBuilds, failOnEmpty };
}
function fleetMembers(builders, inputs, runner2) {
  const credentials = {
    privateKey: inputs.sshKey,
    knownHosts: inputs.knownHosts,
    keepaliveMs: inputs.limits.keepaliveMs
  };
  return builders.map((builder) => ({
    name: builder.name,
    open: (id) => openSession(id, builder, credentials, runner2)
  }));
}
async function evaluate2(inputs, environment, signal, dispatch, recorder, log) {
  const { workers, maxMemoryBytes, timeoutMs, systems } = inputs.evaluation;
  const events = evaluateFlake({
    flake: inputs.flake,
    topAttrs: inputs.topAttrs,
    systems,
    filter: inputs.filterBuilds,
    label: inputs.labelBuilds,
    nixArgs: inputs.nixArgs,
    nixConf: nixConfigText(inputs),
    workers,
    maxMemoryBytes,
    timeoutMs,
    environment,
    signal
  });
  for await (const event of events) {
    switch (event.kind) {
      case "resolved":
        recorder.resolved(event.flake);
        log.say(
          `evaluating ${event.flake.lockedUrl ?? event.flake.reference} with ${event.flake.nixVersion}`
        );
        break;
      case "job":
        dispatch.select(event.job);
        break;
      case "failure":
        dispatch.failed(event.failure);
        log.say(`${event.failure.path.join(".")} does not evaluate: ${event.failure.message}`);
        break;
      case "warning":
        recorder.notice("warning", "Warning of the evaluation", event.message);
        break;
      case "progress":
      case "finished": {
        const { evaluated, failed, elapsedSeconds } = event.progress;
        recorder.evaluated(event.progress, event.kind === "finished");
        if (event.kind === "finished") log.say(evaluatedLine(evaluated, failed, elapsedSeconds));
      }
    }
  }
}
export {
  run
};
