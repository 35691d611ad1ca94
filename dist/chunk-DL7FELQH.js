import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  FACTS_SCRIPT,
  SETTINGS_SCRIPT,
  openLocalHost,
  parseMachineFacts,
  parseNixSettings,
  runCommand,
  systemOfUname
} from "./chunk-CGGEOQQ2.js";
import {
  markdownCode,
  markdownText,
  preformatted
} from "./chunk-HOZKPZFU.js";
import {
  formatBytes,
  plural,
  shellWord
} from "./chunk-ZR6O72JI.js";
import {
  utf8Length
} from "./chunk-7IZRAHNB.js";
import {
  mayBeTheWay
} from "./chunk-33DNL4A3.js";
import {
  CONNECT_TIMEOUT_MS,
  KEEPALIVE_MS
} from "./chunk-SXUCSHNG.js";
import {
  sha256
} from "./chunk-HXB6XSEK.js";
import {
  cleanLine,
  cleanText
} from "./chunk-WGX5D5BX.js";
import {
  SSH_PORT
} from "./chunk-B56HH6Z6.js";
import {
  encodeBase16,
  encodeNix32,
  formatHash,
  formatPrefixedHash,
  parseHash,
  parseHashAlgorithm
} from "./chunk-BER7XQ6C.js";
import {
  DispatchError,
  describeTrouble,
  toDispatchError
} from "./chunk-7AVBNTXI.js";

// src/doctor/finding.ts
var CHECKS = [
  "resolve",
  "connect",
  "host key",
  "login",
  "daemon",
  "trust",
  "systems",
  "features",
  "slots",
  "disk",
  "clock",
  "caches",
  "link",
  "build"
];
function good(check, detail) {
  return { check, verdict: "good", detail, remedies: [] };
}
function unknown(check, detail) {
  return { check, verdict: "unknown", detail, remedies: [] };
}
function warning(check, detail, remedies) {
  return { check, verdict: "warning", detail, remedies };
}
function fault(check, detail, remedies) {
  return { check, verdict: "fault", detail, remedies };
}
function verdictOf({ findings }) {
  const has = (verdict) => findings.some((finding) => finding.verdict === verdict);
  if (has("fault")) return "fault";
  return has("warning") ? "warning" : "good";
}

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
var MAX_SHOWN_BYTES = 1024 * 1024;
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
  const length = takeLength(input, MAX_STRING_BYTES);
  const padding = paddingOf(length);
  while (input.length < length + padding) yield;
  const bytes = input.take(length);
  takePadding(input, padding);
  return bytes;
}
function* decodeShown(input) {
  while (input.length < 8) yield;
  const length = takeLength(input, MAX_MESSAGE_BYTES);
  const kept = Math.min(length, MAX_SHOWN_BYTES);
  while (input.length < kept) yield;
  const shown = input.take(kept);
  for (let rest = length - kept; rest > 0; ) {
    while (input.length === 0) yield;
    rest -= input.take(Math.min(rest, input.length)).length;
  }
  const padding = paddingOf(length);
  while (input.length < padding) yield;
  takePadding(input, padding);
  return shown;
}
function takeLength(input, most) {
  const length = input.takeUint();
  if (length !== void 0 && length <= most) return length;
  throw protocolError(`a string of at most ${most} bytes`, `one of ${length ?? "over 2^53"} bytes`);
}
function takePadding(input, padding) {
  if (padding > 0 && !input.takeZeros(padding)) {
    throw protocolError("zero padding after a string", "other bytes");
  }
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
  const fault2 = storePathFault(text, storeDir);
  if (fault2 !== void 0) {
    throw new DispatchError(
      "protocol",
      `${JSON.stringify(text.slice(0, 300))} is not a store path: ${fault2}`
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
function* decodeBasicDerivation(input) {
  return {
    outputs: yield* decodeOutputs(input),
    inputSrcs: yield* decodeStorePaths(input),
    platform: yield* decodeByteString(input),
    builder: yield* decodeByteString(input),
    args: yield* decodeByteStrings(input),
    env: yield* decodeEnvironment(input)
  };
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
function badRealisation(text, fault2, cause) {
  const message = `expected a realisation, got ${JSON.stringify(text.slice(0, 200))}: ${fault2}`;
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
function addIndirectRoot(link) {
  return {
    purpose: `registering the root ${link}`,
    request: new WireWriter().uint(OP.addIndirectRoot).string(link).finish(),
    reply: decodeDone
  };
}
function addPermRoot(path, link) {
  return {
    purpose: `making ${link} a root of ${path}`,
    request: new WireWriter().uint(OP.addPermRoot).string(path).string(link).finish(),
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
      return { kind: "next", text: (yield* decodeShown(input)).toString("utf8") };
    case MESSAGE.startActivity:
      return {
        kind: "start",
        id: yield* decodeUint64(input),
        level: yield* decodeUint(input),
        type: yield* decodeUint(input),
        text: (yield* decodeShown(input)).toString("utf8"),
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
    else if (tag === 1) fields.push(yield* decodeShown(input));
    else throw protocolError("0 or 1 before a field", String(tag));
  }
  return fields;
}

// src/nix/client/exchange.ts
function decodeExchange(reply2, listen) {
  return function* decodeLoop(input) {
    for (let isFirst = true; ; isFirst = false) {
      input.allow(MAX_MESSAGE_BYTES);
      const message = yield* decodeDaemonMessage(input);
      if (message.kind === "error") return { kind: "refused", error: message.error, isFirst };
      if (message.kind === "last") {
        input.allow(MAX_MESSAGE_BYTES);
        return { kind: "answered", value: yield* reply2(input) };
      }
      listen(message);
    }
  };
}

// src/nix/client/message-handler.ts
var MAX_BUILDS = 1e5;
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
  return Buffer.from(field.buffer, field.byteOffset, field.byteLength).toString("utf8");
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
      const fault2 = entryNameFault(name);
      if (fault2 !== void 0) throw bad2(`the entry ${JSON.stringify(name.slice(0, 300))} ${fault2}`);
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

// src/nix/nar/grammar.ts
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
function createNarGrammar(visitor) {
  const path = createNarPath();
  let position = "magic";
  let isExecutable = false;
  return {
    accept(word) {
      if (isFixed(position)) {
        const [expected, next] = FIXED_WORDS[position];
        expect(word, expected, next);
      } else choose(position, word);
      return position === "contents-length" || position === "done" ? position : "word";
    },
    beginFile(sizeBytes) {
      visitor.file?.(path.text(), { isExecutable, sizeBytes });
      position = "node-close";
    },
    malformed
  };
  function choose(at, word) {
    switch (at) {
      case "type":
        return acceptType(word);
      case "regular-field":
        isExecutable = word === "executable";
        if (isExecutable) position = "executable-value";
        else expect(word, "contents", "contents-length");
        return;
      case "target":
        if (word === "" || word.includes("\0")) throw malformed("an empty or NUL-bearing symlink target");
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
      case "done":
        throw malformed("a word out of place");
    }
  }
  function acceptType(word) {
    if (word === "directory") {
      visitor.directory?.(path.text());
      path.enterDirectory();
      position = "entry-or-close";
    } else if (word === "regular") position = "regular-field";
    else if (word === "symlink") position = "target-key";
    else throw malformed(`the node type ${JSON.stringify(word)}`);
  }
  function expect(word, expected, next) {
    if (word !== expected) {
      throw malformed(`${JSON.stringify(word.slice(0, 100))} where ${JSON.stringify(expected)} belongs`);
    }
    position = next;
  }
  function endNode() {
    if (path.isRoot()) position = "done";
  }
  function malformed(what) {
    const where = path.isRoot() ? "at its root" : `at ${JSON.stringify(path.text())}`;
    return new DispatchError("protocol", `malformed NAR ${where}: ${what}`);
  }
}
function isFixed(position) {
  return Object.hasOwn(FIXED_WORDS, position);
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
function createNarParser(visitor = {}, { narSizeBytes = Number.POSITIVE_INFINITY } = {}) {
  const reader = createStringReader();
  const grammar = createNarGrammar(visitor);
  let remaining = 0;
  let padding = 0;
  let total = 0;
  let expected = "word";
  return {
    push(chunk) {
      let offset = 0;
      while (offset < chunk.length && !isOver()) offset = take(chunk, offset);
      total += offset;
      return { consumed: offset, done: expected === "done", daemonError: expected === "daemon-error" };
    }
  };
  function isOver() {
    return expected === "done" || expected === "daemon-error";
  }
  function take(chunk, offset) {
    if (remaining > 0) return takeContents(chunk, offset);
    if (padding > 0) return takePadding2(chunk, offset);
    if (reader.length() === void 0) return takeLength2(chunk, offset);
    return takeWord(chunk, offset);
  }
  function takeLength2(chunk, offset) {
    const next = reader.takeLength(chunk, offset);
    const length = reader.length();
    if (length === void 0) return next;
    if (expected === "contents-length") {
      reader.reset();
      beginContents(length, total + next);
    } else if (length === DAEMON_ERROR_TAG) expected = "daemon-error";
    else if (length > MAX_TARGET_BYTES) throw grammar.malformed(`a string of ${length} bytes`);
    else return takeWord(chunk, next);
    return next;
  }
  function takeWord(chunk, offset) {
    const next = reader.takePayload(chunk, offset);
    const payload = reader.payload();
    if (payload !== void 0) {
      const word = toByteString(payload);
      reader.reset();
      expected = grammar.accept(word);
    }
    return next;
  }
  function beginContents(length, consumed) {
    if (length > narSizeBytes - consumed) {
      if (length !== DAEMON_ERROR_TAG) {
        throw grammar.malformed(`contents of ${length} bytes, beyond the archive's end`);
      }
      expected = "daemon-error";
      return;
    }
    grammar.beginFile(length);
    expected = "word";
    remaining = length;
    padding = paddingLength(length);
    if (remaining === 0) visitor.endFile?.();
  }
  function takeContents(chunk, offset) {
    const end = Math.min(chunk.length, offset + remaining);
    visitor.contents?.(chunk.subarray(offset, end));
    remaining -= end - offset;
    if (remaining === 0) visitor.endFile?.();
    return end;
  }
  function takePadding2(chunk, offset) {
    const end = Math.min(chunk.length, offset + padding);
    checkPadding(chunk.subarray(offset, end));
    padding -= end - offset;
    return end;
  }
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
      return new Promise((resolve, reject) => {
        waiter = { resolve, reject };
      });
    }
  };
}

// src/nix/client/failures.ts
function withoutColours(text) {
  return text.replaceAll(/\u001B\[[0-9;]*m/g, "");
}
function refusal(host, purpose2, error) {
  const lines = [error.message, ...error.traces].map((text) => withoutColours(text).trim());
  return new DispatchError("daemon", `${purpose2}: ${lines.join("\n")}`, { host });
}
function hasLostItsStore({ message }) {
  return /opening a connection to remote store '.*' previously failed|cannot connect to (?:daemon|socket) at '/.test(
    withoutColours(message)
  );
}
function during(host, purpose2, fault2) {
  return new DispatchError(fault2.code, `${purpose2}: ${fault2.message}`, {
    host,
    hint: fault2.hint,
    cause: fault2
  });
}
function lost(host, purpose2, details) {
  const { cause, stderr } = details;
  const why = cause instanceof Error ? ` (${cause.message})` : "";
  return new DispatchError(
    "connection-lost",
    `lost the connection to ${host} while ${purpose2}${why}${quoteStderr(stderr)}`,
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
  const { purpose: purpose2, request: request2 } = narFromPath(path);
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
      purpose: purpose2,
      bytes: request2,
      isBarrier,
      decode: decodeExchange(decodeNar, download.listen)
    }).then(
      (fault2) => fault2 === void 0 ? pipe.end() : pipe.fail(during(host, purpose2, fault2)),
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
    isBarrier: how.isBarrier,
    isLong: how.isLong
  });
  const refuse = (message, hint) => Promise.reject(new DispatchError("daemon", message, { host, hint }));
  const build = (operation, listener) => perform(operation, { listener, isLong: true });
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
    queryValidPaths: (paths, options = { substitute: false }) => perform(queryValidPaths(paths, options), { isLong: options.substitute }),
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
    addIndirectRoot: (link) => perform(addIndirectRoot(link)),
    addPermRoot(path, link) {
      if (version.minor < PERM_ROOT_MINOR) {
        return refuse(
          `expected protocol 1.${PERM_ROOT_MINOR} to make a root, got ${formatVersion(version)}`,
          "Install Nix 2.20 or newer there."
        );
      }
      return perform(addPermRoot(path, link));
    },
    collectGarbage: (options) => perform(collectGarbage(options), { isBarrier: true, isLong: true }),
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

// src/nix/client/endings.ts
function endedBy(host, fault2) {
  return (purpose2) => during(host, purpose2, fault2);
}
function endedInside(host, fault2) {
  return (purpose2, isCulprit) => isCulprit ? during(host, purpose2, fault2) : lost(host, purpose2, { cause: fault2, stderr: "" });
}
function endedByLoss(host, details) {
  return (purpose2) => lost(host, purpose2, details);
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
function createPending(request2) {
  const { promise, resolve, reject } = withResolvers();
  let decoding;
  let outcome;
  const pending = {
    purpose: request2.purpose,
    bytes: request2.bytes,
    isBarrier: request2.isBarrier ?? false,
    isLong: request2.isLong ?? false,
    body: request2.body,
    framed: void 0,
    advance(input) {
      decoding ??= request2.decode(input);
      const step = decoding.next();
      if (step.done === true) outcome = step.value;
      return outcome;
    },
    resolve() {
      if (outcome?.kind === "answered") resolve(outcome.value);
    },
    reject
  };
  return { pending, promise };
}
function settle(pending, refused) {
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
function withResolvers() {
  let resolve = () => void 0;
  let reject = () => void 0;
  const promise = new Promise((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

// src/nix/client/ping.ts
var { purpose, request, reply } = queryValidPaths([], { substitute: false });
var pingRequest = {
  purpose,
  bytes: request,
  decode: decodeExchange(reply, () => void 0)
};

// src/nix/client/repeated-refusal.ts
function createRefusalWatch() {
  let last;
  let held;
  return {
    get held() {
      return held;
    },
    hold(refused, { isFirst, isLast }) {
      const isRepeated = isFirst && last !== void 0 && isSameDaemonError(last, refused.error);
      last = refused.error;
      held = isRepeated && isLast ? refused : void 0;
      return held !== void 0;
    },
    release() {
      const released = held;
      held = void 0;
      return released;
    },
    answered() {
      last = void 0;
    }
  };
}

// src/nix/client/request-queue.ts
var WINDOW = 1024;
function createRequestQueue() {
  const waiting = [];
  const inFlight = [];
  return {
    get current() {
      return inFlight[0];
    },
    get isEmpty() {
      return inFlight.length === 0 && waiting.length === 0;
    },
    add: (request2) => void waiting.push(request2),
    next() {
      if (inFlight.length >= WINDOW || inFlight.at(-1)?.isBarrier === true) return void 0;
      const request2 = waiting.shift();
      if (request2 !== void 0) inFlight.push(request2);
      return request2;
    },
    answered: () => void inFlight.shift(),
    clear: () => [...inFlight.splice(0), ...waiting.splice(0)]
  };
}

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
function sendFramed(link, source) {
  const gatherer = new FrameGatherer();
  const iterator = openSource(source);
  let isStopped = false;
  let resumeSending;
  let failure;
  const pull = () => new Promise((resolve, reject) => {
    resumeSending = () => {
      if (isStopped) resolve(void 0);
    };
    iterator.next().then(resolve, reject);
  });
  const room = async () => {
    for (; ; ) {
      if (!link.isFull || isStopped) return;
      await new Promise((resolve) => {
        resumeSending = resolve;
      });
    }
  };
  const send = async () => {
    try {
      for (let step = await pull(); step !== void 0 && step.done !== true; step = await pull()) {
        for (const frame of gatherer.add(step.value)) {
          if (isStopped) break;
          link.write(frame);
          if (link.isFull) await room();
        }
        if (isStopped) break;
      }
      if (!isStopped) link.write(gatherer.flush());
    } catch (thrown) {
      failure = { thrown };
    }
    link.write([LAST_FRAME]);
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

// src/nix/client/request-writer.ts
function createRequestWriter(link, requests, events) {
  let sending;
  return {
    get isSending() {
      return sending !== void 0;
    },
    pump,
    drained() {
      sending?.framed?.wake();
      pump();
    },
    stop: () => sending?.framed?.stop()
  };
  function pump() {
    while (sending === void 0 && !link.isFull && !events.isHalted()) {
      const next = requests.next();
      if (next === void 0) return;
      if (requests.current === next) events.asked();
      link.write([next.bytes]);
      if (next.body !== void 0) startBody(next, next.body);
    }
  }
  function startBody(pending, body) {
    sending = pending;
    pending.framed = sendFramed(link, body);
    void pending.framed.sent.then(() => {
      sending = void 0;
      pump();
    });
  }
}

// src/nix/client/silence.ts
var LOOKS_PER_LIMIT = 8;
function watchSilence(limitMs, owes, onSilence) {
  let heardAt = performance.now();
  const timer = setInterval(() => {
    if (!owes()) heardAt = performance.now();
    if (performance.now() - heardAt < limitMs) return;
    clearInterval(timer);
    onSilence();
  }, limitMs / LOOKS_PER_LIMIT);
  timer.unref();
  return {
    heard() {
      heardAt = performance.now();
    },
    stop: () => clearInterval(timer)
  };
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
var SILENCE_MS = 6e5;
function startConversation(duplex, peer) {
  const input = new ByteQueue();
  const requests = createRequestQueue();
  const refusals = createRefusalWatch();
  const closed = withResolvers();
  let ending;
  let unasked;
  let isPaused = false;
  const { host, silenceMs = SILENCE_MS } = peer;
  const link = openLink(duplex, {
    data(chunk) {
      silence.heard();
      input.push(chunk);
      const answered = refusals.release();
      if (answered !== void 0) settle(answered.request, refusalOf(answered));
      advance();
    },
    drained() {
      silence.heard();
      writer.drained();
    },
    closed(cause) {
      finish(endedByLoss(host, { cause: cause ?? suspicion(), stderr: peer.stderrTail() }));
    }
  });
  const writer = createRequestWriter(link, requests, {
    isHalted: () => ending !== void 0 || unasked !== void 0,
    asked: () => silence.heard()
  });
  const silence = watchSilence(silenceMs, owesAnswer, () => {
    const what = `it has sent nothing for ${Math.round(silenceMs / 1e3)} s`;
    finish(endedBy(host, new DispatchError("connection-lost", what)));
  });
  return {
    get isOpen() {
      return ending === void 0;
    },
    closed: closed.promise,
    request(request2) {
      if (ending !== void 0) return Promise.reject(ending(request2.purpose, false));
      const { pending, promise } = createPending(request2);
      requests.add(pending);
      writer.pump();
      return promise;
    },
    pause() {
      isPaused = true;
      link.pause();
    },
    resume() {
      isPaused = false;
      link.resume();
    },
    end: (fault2) => finish(endedBy(host, fault2)),
    unread: () => input.peek(300)
  };
  function owesAnswer() {
    if (writer.isSending) return link.isFull;
    const { current } = requests;
    return current !== void 0 && !isPaused && !current.isLong && current.body === void 0;
  }
  function advance() {
    for (; ; ) {
      if (ending !== void 0 || input.length === 0) return;
      const current = unasked ?? requests.current ?? hearUnasked();
      const outcome = readOn(current);
      if (outcome === void 0) return;
      conclude(current, outcome);
      writer.pump();
    }
  }
  function hearUnasked() {
    unasked = createPending(unaskedRequest).pending;
    return unasked;
  }
  function readOn(current) {
    try {
      return current.advance(input);
    } catch (thrown) {
      finish(endedInside(host, toDispatchError(thrown, "protocol")), current);
      return void 0;
    }
  }
  function conclude(request2, outcome) {
    if (outcome.kind === "answered") {
      requests.answered();
      refusals.answered();
      return settle(request2);
    }
    const { error, isFirst } = outcome;
    if (hasLostItsStore(error)) {
      const cause = refusal(host, "the daemon behind it is gone", error);
      return finish(endedByLoss(host, { cause, stderr: "" }));
    }
    requests.answered();
    const refused = { request: request2, error };
    const isInDoubt = refusals.hold(refused, { isFirst, isLast: input.length === 0 });
    if (!isInDoubt) settle(request2, refusalOf(refused));
    else if (requests.isEmpty) ping();
  }
  function ping() {
    const { pending, promise } = createPending(pingRequest);
    promise.catch(() => void 0);
    requests.add(pending);
  }
  function refusalOf({ request: request2, error }) {
    return refusal(host, request2.purpose, error);
  }
  function suspicion() {
    const { held } = refusals;
    return held === void 0 ? void 0 : refusal(host, "the request before it", held.error);
  }
  function finish(how, culprit) {
    if (ending !== void 0) return;
    ending = how;
    silence.stop();
    link.destroy();
    writer.stop();
    const inDoubt = refusals.release()?.request;
    for (const pending of [...inDoubt === void 0 ? [] : [inDoubt], ...requests.clear()]) {
      pending.reject(how(pending.purpose, pending === culprit));
    }
    closed.resolve();
  }
}

// src/nix/client/connect.ts
var HANDSHAKE_MS = 3e4;
async function connectDaemon(duplex, options) {
  const { host, timeoutMs = HANDSHAKE_MS, stderrTail = () => "", onMessage } = options;
  const conversation = startConversation(duplex, { host, stderrTail, silenceMs: options.silenceMs });
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
  const purpose2 = "greeting the Nix daemon";
  try {
    return await conversation.request({ purpose: purpose2, bytes: encodeHello(), decode: decodeGreeting });
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

// src/builders/open-clients.ts
function createOpenClients(host, name, { timeoutMs, keepaliveMs }, onEnd) {
  const clients = /* @__PURE__ */ new Map();
  let opened = 0;
  let isClosed = false;
  const pidOf = (client) => clients.get(client)?.clientPid();
  return {
    get size() {
      return clients.size;
    },
    has: (client) => clients.has(client),
    async open() {
      const { stream, stderrTail, clientPid } = await host.openDaemonChannel();
      const order = opened++;
      const limitMs = order === 0 ? timeoutMs : timeoutMs + keepaliveMs;
      const client = await connectDaemon(stream, { host: name, timeoutMs: limitMs, stderrTail });
      clients.set(client, { order, clientPid });
      void client.closed.then(() => {
        clients.delete(client);
        onEnd();
      });
      if (isClosed) client.close();
      return client;
    },
    clientPid: pidOf,
    siblings(client) {
      const pid = pidOf(client);
      return [...clients].filter(([other]) => pidOf(other) === pid).sort(([, one], [, other]) => one.order - other.order).map(([other]) => other);
    },
    close() {
      isClosed = true;
      for (const client of clients.keys()) client.close();
    }
  };
}

// src/builders/waiting-line.ts
function createWaitingLine(longestMs) {
  const waiting = [];
  let isClosed = false;
  return {
    wait(reason) {
      if (isClosed) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(wake), 1);
          reject(reason);
        }, longestMs);
        const wake = () => {
          clearTimeout(timer);
          resolve();
        };
        waiting.push(wake);
      });
    },
    wakeFirst: () => waiting.shift()?.(),
    close() {
      isClosed = true;
      for (const wake of waiting.splice(0)) wake();
    }
  };
}

// src/builders/client-pool.ts
var noticedAfterMs = 500;
var tryMoreAfterMs = 3e4;
var longestWaitMs = 12e4;
function createClientPool(host, name, limits) {
  const clients = createOpenClients(host, name, limits, () => {
    if (refusal2 !== void 0) setTimeout(tryAgain, noticedAfterMs);
  });
  const idle = [];
  const line = createWaitingLine(longestWaitMs);
  const listeners = [];
  let opening = 0;
  let isClosed = false;
  let unreported;
  let refusal2;
  const takeIdle = () => {
    for (let client = idle.pop(); client !== void 0; client = idle.pop()) {
      if (clients.has(client)) return client;
    }
    return void 0;
  };
  const tryToOpen = async () => {
    opening += 1;
    try {
      return await clients.open();
    } catch (thrown) {
      line.wakeFirst();
      const others = clients.size + opening - 1;
      if (!isRefusal(thrown) || others === 0 || isClosed) throw thrown;
      refusal2 = { error: thrown, atMs: performance.now() };
      unreported = thrown;
      return void 0;
    } finally {
      opening -= 1;
      report();
    }
  };
  const report = () => {
    if (unreported === void 0 || opening > 0) return;
    for (const listener of listeners) listener(clients.size, unreported);
    unreported = void 0;
  };
  const knownRefusal = () => {
    if (refusal2 === void 0 || clients.size + opening === 0) return void 0;
    return performance.now() - refusal2.atMs < tryMoreAfterMs ? refusal2.error : void 0;
  };
  const tryAgain = () => {
    refusal2 = void 0;
    line.wakeFirst();
  };
  return {
    async acquire() {
      for (; ; ) {
        const idleClient = takeIdle();
        if (idleClient !== void 0) return idleClient;
        const full = knownRefusal();
        if (full === void 0) {
          const opened = await tryToOpen();
          if (opened !== void 0) return opened;
        } else {
          await line.wait(full);
          if (isClosed) throw full;
        }
      }
    },
    release(client) {
      if (clients.has(client) && !idle.includes(client)) idle.push(client);
      line.wakeFirst();
    },
    whenFull: (listener) => void listeners.push(listener),
    clientPid: (client) => clients.clientPid(client),
    siblings: (client) => clients.siblings(client),
    close() {
      isClosed = true;
      clients.close();
      line.close();
    }
  };
}
function isRefusal(thrown) {
  return thrown instanceof DispatchError && thrown.code === "unreachable";
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

// src/builders/open-builder.ts
async function openBuilder(builder, credentials) {
  const began = performance.now();
  const { host, tryAnotherWay } = await openHost(builder, credentials);
  const pool = createClientPool(host, builder.name, {
    timeoutMs: credentials.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    keepaliveMs: credentials.keepaliveMs ?? KEEPALIVE_MS
  });
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
      whenFull: (listener) => pool.whenFull(listener),
      exec: (words, options) => runCommand(host, builder.name, words, options),
      openCommand: (words) => host.openCommand(words),
      openDaemonChannel: () => host.openDaemonChannel(),
      lost: host.lost,
      close
    };
  } catch (error) {
    close();
    throw builder.address.kind === "local" ? aboutThisMachine(error) : error;
  }
}
async function openHost(builder, credentials) {
  const { address, name } = builder;
  switch (address.kind) {
    case "local":
      return { host: openLocalHost(name, void 0, credentials.nixConf), tryAnotherWay: () => false };
    case "unix":
      return { host: openLocalHost(name, address.socketPath), tryAnotherWay: () => false };
    case "ssh": {
      const { openSshHost } = await import("./chunk-4TAOPRXS.js");
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
function aboutThisMachine(error) {
  if (!(error instanceof DispatchError) || error.code !== "not-nix") return error;
  return new DispatchError(error.code, error.message, {
    host: error.host,
    hint: "Is nix_conf right? Where it is, start the Nix daemon of this machine, or run as the user whom its store belongs to.",
    cause: error
  });
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

// src/doctor/remedies.ts
function inWorkflow(text, code) {
  return remedy("workflow", text, code);
}
function onBuilder(text, code) {
  return remedy("builder", text, code);
}
function onEither(nixos, elsewhere) {
  return [
    remedy("NixOS", "Add to its NixOS configuration and switch to it:", nixos),
    remedy("elsewhere", elsewhere.text, elsewhere.code)
  ];
}
function nixList(name, all, added) {
  return onEither(`nix.settings.${name} = ${nixStrings(all)};`, {
    text: "Add to /etc/nix/nix.conf and restart the daemon (systemctl restart nix-daemon):",
    code: `extra-${name} = ${added.join(" ")}`
  });
}
function sshdSetting(name, value) {
  return onEither(`services.openssh.settings.${name} = ${value};`, {
    text: "Set in /etc/ssh/sshd_config and reload it (systemctl reload ssh):",
    code: `${name} ${value}`
  });
}
function nixStrings(items) {
  const texts = items.map((item) => JSON.stringify(item).replaceAll("${", "\\${"));
  return `[ ${texts.join(" ")} ]`;
}
function fitting(remedies, system) {
  if (system === void 0) return remedies;
  const [its, other] = system === "nixos" ? ["NixOS", "elsewhere"] : ["elsewhere", "NixOS"];
  return remedies.filter(({ where }) => where !== other).map(
    (remedy2) => remedy2.where === its ? Object.assign({}, remedy2, { where: "builder" }) : remedy2
  );
}
function remedy(where, text, code) {
  return code === void 0 ? { where, text } : { where, text, code };
}

// src/doctor/checks/build.ts
function buildFinding(probes) {
  if (probes.length === 0) return unknown("build", "its machine line names no system that it builds");
  const failed = probes.filter(({ failure }) => failure !== void 0);
  if (failed.length > 0) {
    const text = failed.map(({ system, failure }) => `${system}: ${failure}`).join("; ");
    return fault("build", text, remediesOf(text));
  }
  const done2 = probes.map(({ system, seconds }) => `${system} in ${seconds.toFixed(1)} s`).join(", ");
  if (probes.every(({ hasLog }) => hasLog)) return good("build", done2);
  return warning("build", `${done2}, but what it printed did not arrive`, [
    onBuilder("Builds will have no logs. Its Nix may be too old, or something between changes the protocol.")
  ]);
}
function remediesOf(text) {
  if (/no space left|disk is full/i.test(text)) {
    return [onBuilder("Make room:", "nix-collect-garbage --delete-older-than 14d")];
  }
  if (/build users group|nixbld/i.test(text)) {
    return onEither("nix.nrBuildUsers = 32;", {
      text: "Give it users to build as, in the group that build-users-group names:",
      code: "groupadd -r nixbld\nfor n in $(seq 1 10); do useradd -r -g nixbld -G nixbld -d /var/empty -s /sbin/nologin nixbld$n; done"
    });
  }
  if (/operation not permitted|cloning builder process|unshare|pivot_root|namespace/i.test(text)) {
    return onEither("nix.settings.sandbox-fallback = true;", {
      text: "Its kernel forbids the sandbox. Allow user namespaces, or in /etc/nix/nix.conf let Nix do without:",
      code: "sandbox-fallback = true"
    });
  }
  if (/exec format error/i.test(text)) {
    return [
      onBuilder(
        "It can\u2019t run programs of that system: install the emulator, or take the system out of column 2."
      )
    ];
  }
  return [onBuilder("The daemon\u2019s own log may say more:", "journalctl -u nix-daemon -n 50")];
}

// src/doctor/checks/caches.ts
var CACHE_NIXOS_KEY = "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";
function cachesFinding(settings, probes) {
  if (settings === void 0) return unknown("caches", "its own settings can't be read");
  const substituters = settings.list("substituters");
  if (substituters.length === 0 || settings.flag("substitute") === false) {
    return good("caches", "none; everything is built or copied there");
  }
  const broken = probes.filter(({ failure }) => failure !== void 0);
  const keys = settings.list("trusted-public-keys");
  const distrusted = settings.flag("require-sigs") === false ? [] : substituters.filter((url) => lacksKey(url, keys));
  if (broken.length === 0 && distrusted.length === 0) {
    return good(
      "caches",
      `${substituters.join(", ")}; trusted keys: ${keys.map(keyName).join(", ") || "none"}`
    );
  }
  const details = [
    ...broken.map(({ url, failure }) => `${url} can't be used there: ${failure}`),
    ...distrusted.map((url) => `no trusted key for ${url}, so nothing is taken from it`)
  ];
  return warning("caches", details.join("; "), [
    ...broken.map(
      ({ url }) => onBuilder("See what it says there:", `nix store info --store ${shellWord(url)}`)
    ),
    ...broken.length === 0 ? [] : [UNREACHABLE],
    ...distrusted.flatMap((url) => keyRemedies(url, keys))
  ]);
}
function lacksKey(url, keys) {
  if (/[?&]trusted=(?:1|true)\b/.test(url)) return false;
  const host = hostOf(url);
  const isKnown = host === "cache.nixos.org" || host?.endsWith(".cachix.org") === true;
  if (keys.length === 0) return true;
  return isKnown && !keys.some((key) => keyName(key).startsWith(host ?? ""));
}
function keyName(key) {
  return key.split(":")[0] ?? key;
}
function hostOf(url) {
  return /^https?:\/\/([^/:?]+)/.exec(url)?.[1]?.toLowerCase();
}
var UNREACHABLE = onBuilder(
  "Open the way to it (proxy, firewall, name server), or take it out of substituters in /etc/nix/nix.conf."
);
function keyRemedies(url, keys) {
  if (hostOf(url) === "cache.nixos.org") {
    return nixList("trusted-public-keys", [...keys, CACHE_NIXOS_KEY], [CACHE_NIXOS_KEY]);
  }
  return [
    ...onEither('nix.settings.trusted-public-keys = [ "NAME:KEY" ];', {
      text: "Add the public key that the cache names to /etc/nix/nix.conf, and restart the daemon:",
      code: "extra-trusted-public-keys = NAME:KEY"
    }),
    inWorkflow(`The key of ${url} is on its web page, or with whoever runs it.`)
  ];
}

// src/doctor/checks/link.ts
var slowBytesPerSecond = 1024 ** 2;
function linkFinding({ roundTripMs, upBytesPerSecond, downBytesPerSecond }) {
  if (roundTripMs === void 0) return unknown("link", "not measured");
  const rate = (bytes, way) => bytes === void 0 ? [] : [`${formatBytes(bytes)}/s ${way}`];
  const detail = [
    `round trip ${roundTripMs.toFixed(roundTripMs < 10 ? 1 : 0)} ms`,
    ...rate(upBytesPerSecond, "up"),
    ...rate(downBytesPerSecond, "down")
  ].join(", ");
  const slowest = Math.min(upBytesPerSecond ?? Infinity, downBytesPerSecond ?? Infinity);
  if (slowest >= slowBytesPerSecond) return good("link", detail);
  return warning("link", `${detail}: copies take long`, [
    inWorkflow("Let SSH compress, by the URI of the machine line:", "ssh-ng://user@host?compress=true"),
    onBuilder("Give it substituters, so that it fetches by itself what a cache has.")
  ]);
}

// src/doctor/checks/login.ts
var STAGES = ["resolve", "connect", "host key", "login", "daemon"];
function loginFindings(target, error) {
  const failed = error === void 0 ? void 0 : stageOf(error);
  const reached = failed === void 0 ? STAGES.length : STAGES.indexOf(failed);
  const passed = error !== void 0 && isBeforehand(error) ? [] : STAGES.slice(0, reached);
  const findings = passed.flatMap((stage) => passedStage(target, stage));
  if (error === void 0 || failed === void 0) return findings;
  return [...findings, fault(failed, error.message, remediesOf2(target, failed, error))];
}
function isBeforehand({ code, cause }) {
  return code === "input" || code === "authentication" && cause === void 0;
}
function localFindings(error) {
  if (error === void 0) return [];
  return [
    fault("daemon", error.message, [
      inWorkflow("Install Nix in a step before this one, for instance with:", NIX_STEP)
    ])
  ];
}
var NIX_STEP = "- uses: nixbuild/nix-quick-install-action@v35";
function passedStage({ addresses, host, port, user, publicKey, usesAgent, isChecked }, stage) {
  const detail = {
    resolve: addresses === void 0 ? void 0 : addresses.join(", "),
    connect: `${host} port ${port}`,
    "host key": isChecked ? "the expected one" : "any would do (host_key_checking: off)",
    login: `${user}, ${publicKey?.split(" ")[0] ?? (usesAgent ? "a key of the agent" : "without a key")}`,
    daemon: void 0
  };
  const text = detail[stage];
  return text === void 0 ? [] : [good(stage, text)];
}
function stageOf(error) {
  const { code, message } = error;
  if (code === "host-key") return "host key";
  if (code === "authentication" || code === "input") return "login";
  if (code !== "unreachable" || message.includes("opens no session")) return "daemon";
  return NAME_CODES.has(systemCode(error)) ? "resolve" : "connect";
}
var NAME_CODES = /* @__PURE__ */ new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_NODATA"]);
function systemCode({ cause }) {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
var JOIN_NETWORK = inWorkflow(
  "Where the builder is in a private network (Tailscale, WireGuard, a VPN), join it in a step before this one."
);
function remediesOf2(target, stage, error) {
  const remedies = {
    resolve: () => [
      inWorkflow("Correct the host name in the machine line, or write its address."),
      JOIN_NETWORK
    ],
    connect: () => connectRemedies(target, error),
    "host key": () => hostKeyRemedies(error),
    login: () => loginRemedies(target, error),
    daemon: () => daemonRemedies(target, error)
  };
  return remedies[stage]();
}
function hostKeyRemedies({ hint }) {
  const place = hint?.includes("ssh-keygen -s ") === true ? onBuilder : inWorkflow;
  return [
    ...hint === void 0 ? [] : [place(hint)],
    onBuilder(
      "It shows its own fingerprints with:",
      'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done'
    )
  ];
}
function connectRemedies({ port }, error) {
  const code = systemCode(error);
  if (/ cannot reach /.test(error.message)) {
    return [
      onBuilder("Is it switched on, and does its firewall let the jump host in?"),
      inWorkflow("On the jump host, in /etc/ssh/sshd_config, allow it to lead on:", "AllowTcpForwarding yes")
    ];
  }
  if (code === "ECONNREFUSED") {
    const ports = port === 22 ? "" : ` services.openssh.ports = [ ${port} ];`;
    return [
      ...onEither(`services.openssh.enable = true;${ports}`, {
        text: `Start its SSH server, and let it listen on port ${port}:`,
        code: "systemctl enable --now ssh"
      }),
      inWorkflow("Or name another port in the machine line, as in ssh-ng://user@host:2222.")
    ];
  }
  if (code === "ECONNRESET" || /before handshake|dropped|too busy/i.test(`${error.message} ${error.hint}`)) {
    return onEither('services.openssh.settings.MaxStartups = "100:30:200";', {
      text: "Let more logins go on at once in /etc/ssh/sshd_config, and reload it (systemctl reload ssh):",
      code: "MaxStartups 100:30:200"
    });
  }
  return [
    onBuilder("Is it switched on, and in the network?"),
    ...onEither(`networking.firewall.allowedTCPPorts = [ ${port} ];`, {
      text: "Open the port in its firewall, for instance:",
      code: `ufw allow ${port}/tcp`
    }),
    JOIN_NETWORK
  ];
}
function loginRemedies({ user, publicKey, usesAgent }, error) {
  if (error.code === "input" && error.hint !== void 0) return [inWorkflow(error.hint)];
  if (publicKey === void 0 && usesAgent) {
    return [
      inWorkflow("Give the agent a key that the builder knows; what it holds is shown by:", "ssh-add -L"),
      onBuilder(`Or add one of those lines to ~${user}/.ssh/authorized_keys, which only ${user} may write.`),
      inWorkflow(
        "Certificates that an agent holds (\u2026-cert-v01@openssh.com) are not sent: give the key by ssh_key, and in ssh_config:",
        "CertificateFile FILE"
      )
    ];
  }
  if (error.code === "input" || publicKey === void 0) {
    return [
      inWorkflow(
        "Give the action a private key; pull requests from forks have no secrets:",
        "ssh_key: ${{ secrets.BUILDER_SSH_KEY }}"
      )
    ];
  }
  const option = `users.users.${/^[\w-]+$/.test(user) ? user : JSON.stringify(user)}`;
  return [
    ...onEither(`${option}.openssh.authorizedKeys.keys = ${nixStrings([publicKey])};`, {
      text: `Add this line to ~${user}/.ssh/authorized_keys, which only ${user} may write:`,
      code: publicKey
    }),
    inWorkflow("Or name another user in the machine line.")
  ];
}
function daemonRemedies({ user }, error) {
  const { message } = error;
  if (message.includes("opens no session")) {
    return onEither("services.openssh.settings.MaxSessions = 10;", {
      text: "Allow sessions in /etc/ssh/sshd_config, and reload it (systemctl reload ssh):",
      code: "MaxSessions 10"
    });
  }
  if (error.code === "protocol") return [onBuilder("Install Nix 2.8 or newer, or Lix.")];
  if (/got "/.test(message)) {
    return [
      onBuilder(
        "Let the login shell print nothing where nobody types; at the start of ~/.bashrc for instance:",
        "case $- in *i*) ;; *) return ;; esac"
      )
    ];
  }
  if (/not found|no such file|unknown command/i.test(message)) {
    return onEither("nix.enable = true;", {
      text: "Install Nix, or put nix-daemon where logins without a terminal find it:",
      code: "ln -s /nix/var/nix/profiles/default/bin/nix-daemon /usr/local/bin/nix-daemon"
    });
  }
  return [
    onBuilder("See whether the daemon runs, and what it says:", "systemctl status nix-daemon"),
    onBuilder(`See whether its allowed-users in /etc/nix/nix.conf has ${user} in it.`)
  ];
}

// src/dispatch/machine/free-disk.ts
var DISK_SPACE_SCRIPT = 'df -P -k /nix/store "${TMPDIR:-/tmp}" /nix/var/nix 2>/dev/null';
var minimumBytes = 16 * 1024 ** 2;
function parseDiskSpace(output) {
  const rows = output.split("\n").flatMap((line) => {
    const match = /^.*\s(\d+)\s+\d+\s+(-?\d+)\s+\d+%\s+(\/.*)$/u.exec(line);
    if (match === null) return [];
    const [, total = "", free = "", mountPoint = ""] = match;
    return [{ mountPoint, totalBytes: Number(total) * 1024, freeBytes: Number(free) * 1024 }];
  });
  return rows.sort((one, other) => shareOf(one) - shareOf(other))[0];
}
function isDiskFull({ totalBytes, freeBytes }) {
  return freeBytes < Math.max(minimumBytes, totalBytes / 100);
}
function hasRoomAgain({ totalBytes, freeBytes }) {
  return freeBytes >= 2 * Math.max(minimumBytes, totalBytes / 100);
}
function describeFullDisk({ mountPoint, totalBytes, freeBytes }) {
  const mebibytes = (bytes) => `${Math.floor(bytes / 1024 ** 2)} MiB`;
  return `its disk is full: ${mebibytes(freeBytes)} of ${mebibytes(totalBytes)} are free in ${mountPoint}`;
}
function shareOf({ totalBytes, freeBytes }) {
  return totalBytes === 0 ? 1 : freeBytes / totalBytes;
}

// src/doctor/checks/machine.ts
var lowShare = 0.05;
var lowBytes = 2 * 1024 ** 3;
var lowInodes = 0.02;
function diskFinding(disk, freeInodes) {
  if (disk === void 0) return unknown("disk", "how much is free is not known");
  if (isDiskFull(disk)) return fault("disk", describeFullDisk(disk), DISK_REMEDIES);
  const room = `${formatBytes(disk.freeBytes)} of ${formatBytes(disk.totalBytes)} free in ${disk.mountPoint}`;
  if (freeInodes !== void 0 && freeInodes < lowInodes) {
    return warning("disk", `${room}, but only ${percent(freeInodes)} of its files`, DISK_REMEDIES);
  }
  const isLow = disk.freeBytes < lowBytes && disk.freeBytes < disk.totalBytes * lowShare;
  return isLow ? warning("disk", `only ${room}`, DISK_REMEDIES) : good("disk", room);
}
var DISK_REMEDIES = [
  onBuilder("Make room now:", "nix-collect-garbage --delete-older-than 14d"),
  ...onEither(
    "nix.gc.automatic = true; nix.settings.min-free = 5368709120; nix.settings.max-free = 21474836480;",
    {
      text: "Keep room from now on; add to /etc/nix/nix.conf and restart the daemon (systemctl restart nix-daemon):",
      code: "min-free = 5368709120\nmax-free = 21474836480"
    }
  )
];
function slotsFinding({ maxJobs, tried, held, reason }, sshd, cores) {
  if (held < tried) {
    const slots = Math.max(1, held - 1);
    return warning(
      "slots",
      `${slots} of ${maxJobs} can be used: ${reason ?? "it allows no more connections"}`,
      [
        ...sshdSetting("MaxSessions", maxJobs + 2),
        ...onEither('services.openssh.settings.AllowStreamLocalForwarding = "yes";', {
          text: "Or let the daemon be reached without a session each, in /etc/ssh/sshd_config:",
          code: "AllowStreamLocalForwarding yes"
        }),
        inWorkflow("Or make column 4 of the machine line:", String(slots))
      ]
    );
  }
  const ofCores = cores === void 0 ? "" : ` on ${cores} ${cores === 1 ? "core" : "cores"}`;
  const ways = sshd === void 0 || sshd.forwardsSockets ? "" : `, over ${plural(Math.ceil((maxJobs + 2) / Math.max(1, sshd.maxSessions)), "connection")} of ${plural(sshd.maxSessions, "session")}`;
  const all = tried > maxJobs ? "" : `; ${held} connections were tried`;
  return good("slots", `${maxJobs}${ofCores}${ways}${all}`);
}
var toleratedSeconds = 5;
var fatalSeconds = 300;
function clockFinding(skew) {
  if (skew === void 0) return unknown("clock", "its time is not known");
  const { lowSeconds, highSeconds } = skew;
  const least = lowSeconds > 0 ? lowSeconds : highSeconds < 0 ? -highSeconds : 0;
  if (least <= toleratedSeconds) return good("clock", "as ours");
  const off = `${Math.round(least)} s ${lowSeconds > 0 ? "ahead of" : "behind"} ours`;
  const remedies = onEither("services.timesyncd.enable = true;", {
    text: "Let it set its clock by the network:",
    code: "timedatectl set-ntp true"
  });
  return least > fatalSeconds ? warning("clock", `${off}: caches with TLS or signed requests may refuse it`, remedies) : warning("clock", off, remedies);
}
function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}

// src/doctor/checks/offer.ts
function refusedSystems(systems, settings) {
  const own = settings?.text("system");
  if (settings === void 0 || own === void 0) return [];
  const accepted = /* @__PURE__ */ new Set([own, ...settings.list("extra-platforms")]);
  return systems.filter((system) => !accepted.has(system));
}
function systemsFinding(builder, settings) {
  const own = settings?.text("system");
  if (settings === void 0 || own === void 0) return notTold("systems", builder.systems);
  const accepted = [own, ...settings.list("extra-platforms")];
  if (builder.systems.length === 0) return good("systems", accepted.join(", "));
  const refused = refusedSystems(builder.systems, settings);
  if (refused.length > 0) {
    return fault(
      "systems",
      `${listed(refused)} in the machine line, but it builds ${listed(accepted)} only`,
      [
        inWorkflow(
          "Make column 2 of the machine line:",
          builder.systems.filter((system) => accepted.includes(system)).join(",") || own
        ),
        ...emulation(refused)
      ]
    );
  }
  const unused = accepted.filter((system) => !builder.systems.includes(system) && !/-v\d-/.test(system));
  const more = unused.length === 0 ? "" : `; it could build ${listed(unused)} too`;
  return good("systems", `${builder.systems.join(", ")}${more}`);
}
function featuresFinding(builder, settings) {
  if (settings === void 0) return notTold("features", builder.supportedFeatures);
  const accepted = settings.list("system-features");
  const missing = builder.supportedFeatures.filter((feature) => !accepted.includes(feature));
  if (missing.length > 0) {
    const rest = builder.supportedFeatures.filter((feature) => accepted.includes(feature));
    return fault("features", `its Nix does not have ${listed(missing)}, which the machine line promises`, [
      ...nixList("system-features", [...accepted, ...missing], missing),
      ...missing.includes("kvm") ? [onBuilder("Only where it has /dev/kvm:", "ls -l /dev/kvm")] : [],
      inWorkflow("Or make column 6 of the machine line:", rest.join(",") || "-")
    ]);
  }
  const isSilent = builder.systems.length === 0 && builder.supportedFeatures.length === 0;
  const unused = isSilent ? [] : accepted.filter((feature) => !builder.supportedFeatures.includes(feature));
  const named = (isSilent ? accepted : builder.supportedFeatures).join(", ") || "none";
  if (unused.length === 0) return good("features", named);
  return good("features", `${named}; it has ${listed(unused)} too, for column 6 of the machine line`);
}
function trustFinding(trust, user, granularity) {
  if (granularity === "closure") return good("trust", "not needed: it is given whole jobs");
  if (trust === "trusted") return good("trust", `${user} is a trusted user`);
  if (trust === "unknown") return unknown("trust", "the daemon does not say");
  return warning("trust", `${user} is no trusted user: each job goes as a whole to one builder`, [
    ...nixList("trusted-users", ["root", user], [user])
  ]);
}
function emulation(systems) {
  const linux = systems.filter((system) => system.endsWith("-linux"));
  if (linux.length === 0) return [];
  return onEither(`boot.binfmt.emulatedSystems = [ ${linux.map((system) => `"${system}"`).join(" ")} ];`, {
    text: "Or emulate it: install qemu-user-static, add to /etc/nix/nix.conf and restart the daemon:",
    code: `extra-platforms = ${linux.join(" ")}`
  });
}
function notTold(check, named) {
  return unknown(check, `${named.join(", ") || "none named"}; its own settings can't be read`);
}
function listed(items) {
  return items.join(", ");
}

// src/doctor/machine-state.ts
var MARK = "nix-dispatch-section";
var STATE_SCRIPT = `
section() { echo; echo "${MARK} $1"; }
section settings${SETTINGS_SCRIPT}section system
(. /etc/os-release 2>/dev/null && echo "$ID") || uname -s
section disk
df -P -k /nix/store "\${TMPDIR:-/tmp}" /nix/var/nix 2>/dev/null
section inodes
df -P -i /nix/store 2>/dev/null
section sshd
cat /etc/ssh/sshd_config.d/*.conf /etc/ssh/sshd_config 2>/dev/null
section cores
getconf _NPROCESSORS_ONLN 2>/dev/null
section end
`;
function parseMachineState(output) {
  const sections = /* @__PURE__ */ new Map();
  for (const part of output.split(new RegExp(`^${MARK} `, "m")).slice(1)) {
    const end = part.indexOf("\n");
    sections.set(part.slice(0, end), part.slice(end + 1).trim());
  }
  if (!sections.has("cores")) return void 0;
  const section = (name) => sections.get(name) ?? "";
  const cores = Number(section("cores"));
  return {
    system: /^[\w.-]+$/.exec(section("system"))?.[0].toLowerCase(),
    settings: parseNixSettings(section("settings")),
    disk: parseDiskSpace(section("disk")),
    freeInodes: parseFreeInodes(section("inodes")),
    sshd: parseSshd(section("sshd")),
    cores: Number.isInteger(cores) && cores > 0 ? cores : void 0
  };
}
function parseFreeInodes(output) {
  const [, total, free] = /\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s+\/[^\n]*$/.exec(output) ?? [];
  return total === void 0 || Number(total) === 0 ? void 0 : Number(free) / Number(total);
}
function parseSshd(text) {
  if (text === "") return void 0;
  const global = text.split(/^\s*Match\s/im)[0] ?? "";
  const find = (keyword) => new RegExp(`^\\s*${keyword}[\\s=]+"?([\\w-]+)`, "im").exec(global)?.[1]?.toLowerCase();
  const isOff = ["no", "remote"].includes(find("AllowStreamLocalForwarding") ?? "yes");
  return {
    maxSessions: Number(find("MaxSessions") ?? 10),
    forwardsSockets: !isOff && find("DisableForwarding") !== "yes"
  };
}

// src/doctor/probe/dummy-build.ts
import { randomBytes } from "node:crypto";

// src/nix/hash/content-address.ts
var PREFIX = {
  text: "text:",
  flat: "",
  nar: "r:",
  git: "git:"
};
function methodPrefix(method) {
  return PREFIX[method];
}
function formatContentAddress(address) {
  const hash = formatPrefixedHash(address.hash);
  return address.method === "text" ? `text:${hash}` : `fixed:${PREFIX[address.method]}${hash}`;
}
function parseContentAddress(text) {
  if (text.startsWith("text:")) {
    return { method: "text", hash: parseHash(text.slice("text:".length), "sha256") };
  }
  if (text.startsWith("fixed:")) {
    const [method, rest] = splitMethod(text.slice("fixed:".length));
    if (method !== "text") return { method, hash: parseHash(rest) };
  }
  throw new DispatchError(
    "protocol",
    `${JSON.stringify(text.slice(0, 200))} is not a content address: expected text:\u2026 or fixed:\u2026`
  );
}
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

// src/nix/derivation/format.ts
var ESCAPES = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "	": "\\t"
};
function formatDerivation(derivation) {
  const head = derivation.isDynamic ? 'DrvWithVersion("xp-dyn-drv",' : "Derive(";
  const fields = [
    formatOutputs(derivation),
    formatInputs(derivation),
    quoteList(derivation.inputSources),
    quote(derivation.system),
    quote(derivation.builder),
    quoteList(derivation.args),
    list([...derivation.environment].map(([key, value]) => `(${quote(key)},${quote(value)})`))
  ];
  return fromByteString(`${head}${fields.join(",")})`);
}
function formatOutputs(derivation) {
  return list(
    [...derivation.outputs].map(([name, output]) => {
      const { path, hashAlgo, hash } = formatOutputFields(output);
      return `(${[name, path, hashAlgo, hash].map(quote).join(",")})`;
    })
  );
}
function formatInputs(derivation) {
  return list(
    [...derivation.inputDerivations].map(([path, outputs]) => {
      const dynamicOutputs = derivation.dynamicInputs.get(path);
      const value = dynamicOutputs === void 0 ? quoteList(outputs) : formatDynamicInput({ outputs, dynamicOutputs });
      return `(${quote(path)},${value})`;
    })
  );
}
function formatDynamicInput({ outputs, dynamicOutputs }) {
  if (dynamicOutputs.size === 0) return quoteList(outputs);
  const nested = [...dynamicOutputs].map(([name, input]) => `(${quote(name)},${formatDynamicInput(input)})`);
  return `(${quoteList(outputs)},${list(nested)})`;
}
function quote(text) {
  return `"${text.replaceAll(/["\\\n\r\t]/g, (character) => ESCAPES[character] ?? character)}"`;
}
function quoteList(items) {
  return list(items.map(quote));
}
function list(items) {
  return `[${items.join(",")}]`;
}

// src/nix/hash/store-path-of.ts
var COMPRESSED_BYTES = 20;
function compressHash(digest) {
  const compressed = new Uint8Array(COMPRESSED_BYTES);
  for (const [index, byte] of digest.entries()) {
    const at = index % COMPRESSED_BYTES;
    compressed[at] = (compressed[at] ?? 0) ^ byte;
  }
  return compressed;
}
function storePathOf(sha2562, address, parts) {
  const references = [...parts.references ?? []].sort();
  const self = parts.selfReference === true;
  const { method, hash } = address;
  if (method === "text") {
    if (self) throw new DispatchError("protocol", `the text ${parts.name} cannot refer to itself`);
    return makeStorePath(sha2562, typeWithReferences("text", references, false), hash.bytes, parts);
  }
  if (method === "nar" && hash.algorithm === "sha256") {
    return makeStorePath(sha2562, typeWithReferences("source", references, self), hash.bytes, parts);
  }
  if (references.length > 0 || self) {
    throw new DispatchError(
      "protocol",
      `the fixed output ${parts.name} cannot have references: only NARs hashed with sha256 can`
    );
  }
  const inner = `fixed:out:${methodPrefix(method)}${hash.algorithm}:${encodeBase16(hash.bytes)}:`;
  return makeStorePath(sha2562, "output:out", sha2562(new TextEncoder().encode(inner)), parts);
}
function outputPathOf(sha2562, digest, output, parts) {
  return makeStorePath(sha2562, `output:${output}`, digest, parts);
}
function typeWithReferences(type, references, self) {
  return [type, ...references, ...self ? ["self"] : []].join(":");
}
function makeStorePath(sha2562, type, digest, parts) {
  const storeDir = parts.storeDir ?? DEFAULT_STORE_DIR;
  const fault2 = storePathNameFault(parts.name);
  if (fault2 !== void 0) {
    throw new DispatchError(
      "protocol",
      `no store path can be called ${JSON.stringify(parts.name)}: ${fault2}`
    );
  }
  const preimage = `${type}:sha256:${encodeBase16(digest)}:${storeDir}:${parts.name}`;
  const hashPart = encodeNix32(compressHash(sha2562(new TextEncoder().encode(preimage))));
  return parseStorePath(`${storeDir}/${hashPart}-${parts.name}`, storeDir);
}

// src/doctor/dummy-derivation.ts
var DUMMY_LINE = "BUILDING";
function dummyDerivation(system, nonce) {
  const name = "nix-dispatch-doctor";
  const environment = {
    allowSubstitutes: "",
    builder: "/bin/sh",
    name,
    nonce,
    preferLocalBuild: "1",
    system
  };
  const make = (output, out) => ({
    name,
    outputs: output,
    inputDerivations: /* @__PURE__ */ new Map(),
    dynamicInputs: /* @__PURE__ */ new Map(),
    inputSources: [],
    system,
    builder: "/bin/sh",
    args: ["-c", `echo ${DUMMY_LINE}; : > $out`],
    environment: new Map(
      Object.entries({ ...environment, out }).sort(([one], [other]) => one < other ? -1 : 1)
    ),
    isDynamic: false
  });
  const masked = formatDerivation(make(/* @__PURE__ */ new Map([["out", { kind: "deferred" }]]), ""));
  const path = outputPathOf(sha256, sha256(masked), "out", { name });
  const derivation = make(/* @__PURE__ */ new Map([["out", { kind: "input-addressed", path }]]), path);
  const drv = formatDerivation(derivation);
  const hash = { algorithm: "sha256", bytes: sha256(drv) };
  return { drv, derivation, drvPath: storePathOf(sha256, { method: "text", hash }, { name: `${name}.drv` }) };
}

// src/doctor/probe/dummy-build.ts
var patienceMs = 6e4;
async function probeBuild(opened, system) {
  const dummy = dummyDerivation(system, randomBytes(16).toString("hex"));
  const began = performance.now();
  let hasLog = false;
  const listener = {
    onLogLine: (line) => {
      hasLog ||= line.trim() === DUMMY_LINE;
    }
  };
  const probe = (failure) => ({
    system,
    seconds: (performance.now() - began) / 1e3,
    hasLog,
    failure
  });
  const isClosure = opened.builder.parameters.granularity === "closure" || opened.info.trust !== "trusted";
  let timer;
  try {
    const client = await opened.acquire();
    timer = setTimeout(() => client.close(), patienceMs);
    let result;
    if (isClosure) {
      const request2 = { name: "nix-dispatch-doctor.drv", method: "text:sha256", references: [] };
      await client.addToStore(request2, [dummy.drv]);
      const path = { kind: "built", drvPath: dummy.drvPath, outputs: "all" };
      [{ result } = { result: void 0 }] = await client.buildPathsWithResults([path], listener);
    } else {
      result = await client.buildDerivation(dummy.drvPath, toBasicDerivation(dummy.derivation, []), listener);
    }
    opened.release(client);
    if (result?.status === "built") return probe(void 0);
    return probe(result?.errorMessage || `it ended as ${result?.status ?? "nothing"}`);
  } catch (thrown) {
    const { message } = toDispatchError(thrown, "daemon");
    const isLate = performance.now() - began >= patienceMs;
    return probe(isLate ? `not done after ${patienceMs / 1e3} s` : message);
  } finally {
    clearTimeout(timer);
  }
}

// src/doctor/probe/caches.ts
var mostCaches = 8;
var patienceMs2 = 15e3;
async function probeCaches(opened, substituters) {
  return Promise.all(substituters.slice(0, mostCaches).map((url) => probeCache(opened, url)));
}
async function probeCache(opened, url) {
  const [major = 0, minor = 0] = opened.info.nixVersion.split(".").map(Number);
  const verb = major === 2 && minor < 19 ? "ping" : "info";
  const words = ["nix", "--extra-experimental-features", "nix-command", "store", verb, "--store", url];
  const limits = ["--option", "connect-timeout", "5", "--option", "download-attempts", "1"];
  try {
    const { code, stderr } = await opened.exec([...words, ...limits], { timeoutMs: patienceMs2 });
    return { url, failure: code === 0 ? void 0 : lastError(stderr) };
  } catch (thrown) {
    return { url, failure: describeTrouble(toDispatchError(thrown, "local")) };
  }
}
function lastError(stderr) {
  const lines = stderr.split("\n").filter((line2) => line2.trim() !== "");
  const line = lines.findLast((text) => /error/i.test(text)) ?? lines.at(-1) ?? "no reason is given";
  return cleanLine(line).replace(/^error:\s*/i, "");
}

// src/doctor/probe/clock.ts
async function probeClock(opened) {
  const askedAt = Date.now() / 1e3;
  const answer = await opened.exec(["date", "+%s"]).catch(() => void 0);
  const answeredAt = Date.now() / 1e3;
  const [, seconds] = /(?:^|\n)(\d{9,11})\s*$/.exec(answer?.stdout ?? "") ?? [];
  if (seconds === void 0) return void 0;
  return { lowSeconds: Number(seconds) - answeredAt, highSeconds: Number(seconds) + 1 - askedAt };
}

// src/doctor/probe/conversations.ts
var mostTried = 64;
async function probeConversations(opened) {
  const { maxJobs } = opened.info;
  const tried = Math.min(maxJobs + 1, mostTried);
  const held = [];
  let isOver = false;
  const take = async () => {
    const client = await opened.acquire();
    if (isOver) opened.release(client);
    else held.push(client);
  };
  let refuse = () => {
  };
  const refused = new Promise((resolve) => {
    refuse = resolve;
  });
  opened.whenFull(
    (conversations, reason) => refuse({ maxJobs, tried, held: conversations, reason: reason.message })
  );
  const all = Promise.all(Array.from({ length: tried }, take)).then(
    () => ({ maxJobs, tried, held: held.length, reason: void 0 }),
    (thrown) => ({
      maxJobs,
      tried,
      held: Math.max(1, held.length),
      reason: toDispatchError(thrown, "unreachable").message
    })
  );
  const probe = await Promise.race([refused, all]);
  isOver = true;
  for (const client of held) opened.release(client);
  return probe;
}

// src/doctor/probe/link.ts
var rounds = 9;
var firstBytes = 256 * 1024;
var mostBytes = 16 * 1024 ** 2;
var wantedSeconds = 0.5;
var patienceMs3 = 2e4;
var nowhere = parseStorePath(`/nix/store/${"0".repeat(32)}-nowhere`);
async function measureLink(opened, client) {
  const roundTripMs = await measureRoundTrip(client).catch(() => void 0);
  const send = (bytes) => sendSeconds(opened, bytes);
  const fetch = (bytes) => fetchSeconds(opened, bytes);
  const upBytesPerSecond = await measureRate(send).catch(() => void 0);
  const downBytesPerSecond = await measureRate(fetch).catch(() => void 0);
  return { roundTripMs, upBytesPerSecond, downBytesPerSecond };
}
async function measureRoundTrip(client) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await client.isValidPath(nowhere);
    times.push(performance.now() - began);
  }
  return times.sort((one, other) => one - other)[Math.floor(rounds / 2)];
}
async function measureRate(secondsFor) {
  const first = await secondsFor(firstBytes);
  if (first === void 0) return void 0;
  const bytes = Math.min(mostBytes, Math.floor(firstBytes * wantedSeconds / first));
  if (bytes <= 2 * firstBytes) return firstBytes / first;
  const second = await secondsFor(bytes);
  if (second === void 0) return void 0;
  return second > first * 1.5 ? (bytes - firstBytes) / (second - first) : bytes / second;
}
async function sendSeconds(opened, bytes) {
  const stdin = crypto.getRandomValues(Buffer.alloc(Math.min(bytes, 65536)));
  const copies = Math.ceil(bytes / stdin.length);
  const began = performance.now();
  const { stdout } = await opened.exec(["wc", "-c"], {
    stdin: Buffer.concat(
      Array.from({ length: copies }, () => stdin),
      bytes
    ),
    timeoutMs: patienceMs3
  });
  return stdout.trim() === String(bytes) ? (performance.now() - began) / 1e3 : void 0;
}
async function fetchSeconds(opened, bytes) {
  const { stream } = await opened.openCommand(["head", "-c", String(bytes), "/dev/urandom"]);
  const timer = setTimeout(() => stream.destroy(), patienceMs3);
  try {
    const began = performance.now();
    let received = 0;
    for await (const chunk of stream) if (chunk instanceof Uint8Array) received += chunk.byteLength;
    return received === bytes ? (performance.now() - began) / 1e3 : void 0;
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}

// src/doctor/probe/login-target.ts
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { userInfo } from "node:os";
async function findTarget(builder, credentials) {
  const { address } = builder;
  if (address.kind !== "ssh") return void 0;
  const login = await loginOf(builder, credentials);
  const { host, port = SSH_PORT, user = currentUser() } = login ?? address;
  const isLookedUp = isIP(host) === 0 && login?.via === void 0;
  return {
    host,
    port,
    user,
    addresses: isLookedUp ? await addressesOf(host) : void 0,
    publicKey: login?.identities.flatMap((one) => one.kind === "key" ? [one.key.publicLine] : [])[0],
    usesAgent: login?.identities.some(({ kind }) => kind === "agent") === true,
    isChecked: builder.hostKey !== void 0 || credentials.hostKeyChecking !== "off"
  };
}
async function loginOf(builder, credentials) {
  if (builder.address.kind !== "ssh") return void 0;
  try {
    const { prepareLogin } = await import("./chunk-C6CZK44Z.js");
    return (await prepareLogin(builder, builder.address, credentials)).login;
  } catch {
    return void 0;
  }
}
async function addressesOf(host) {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.length === 0 ? void 0 : [...new Set(found.map(({ address }) => address))];
}
function currentUser() {
  try {
    return userInfo().username;
  } catch {
    return "nobody";
  }
}

// src/doctor/examine.ts
var mostSystems = 8;
var STATE_COMMAND = ["sh", "-c", STATE_SCRIPT];
async function examine(builder, credentials) {
  const target = await findTarget(builder, credentials);
  let opened;
  try {
    opened = await openBuilder(builder, credentials);
  } catch (thrown) {
    return examineFailure(builder, credentials, toDispatchError(thrown, "unreachable"));
  }
  try {
    const state = await askState(opened);
    const findings = await examineOpened(opened, target, state);
    return describe(builder, [...targetFindings(target, void 0), ...findings], state);
  } catch (thrown) {
    const error = toDispatchError(thrown, "connection-lost");
    return describe(
      builder,
      [...targetFindings(target, void 0), fault("daemon", error.message, [])],
      void 0
    );
  } finally {
    opened.close();
  }
}
async function examineFailure(builder, credentials, error) {
  const findings = targetFindings(await findTarget(builder, credentials), error);
  const isLoggedIn = findings.some(({ check, verdict }) => check === "login" && verdict === "good");
  const state = isLoggedIn ? await askStateAlone(builder, credentials) : void 0;
  const room = state === void 0 ? [] : [diskFinding(state.disk, state.freeInodes)];
  return describe(builder, [...findings, ...room], state);
}
async function askStateAlone(builder, credentials) {
  if (builder.address.kind !== "ssh") return void 0;
  try {
    const { openSshHost } = await import("./chunk-4TAOPRXS.js");
    const host = await openSshHost(builder, builder.address, credentials);
    try {
      return parseMachineState((await runCommand(host, builder.name, STATE_COMMAND)).stdout);
    } finally {
      host.close();
    }
  } catch {
    return void 0;
  }
}
function targetFindings(target, error) {
  return target === void 0 ? localFindings(error) : loginFindings(target, error);
}
function describe({ name, uri }, findings, state) {
  return {
    builder: name,
    uri,
    findings: findings.map((finding) => ({
      ...finding,
      remedies: fitting(finding.remedies, state?.system)
    }))
  };
}
async function askState(opened) {
  const answer = await opened.exec(STATE_COMMAND).catch(() => void 0);
  return answer === void 0 ? void 0 : parseMachineState(answer.stdout);
}
async function examineOpened(opened, target, state) {
  const { builder, info } = opened;
  const settings = state?.settings;
  const client = await opened.acquire();
  const link = await measureLink(opened, client);
  opened.release(client);
  const clock = await probeClock(opened);
  const caches = await probeCaches(opened, settings?.list("substituters") ?? []);
  const refused = new Set(refusedSystems(info.systems, settings));
  const systems = info.systems.filter((system) => !refused.has(system)).slice(0, mostSystems);
  const builds = await Promise.all(systems.map((system) => probeBuild(opened, system)));
  const slots = await probeConversations(opened);
  const { nixVersion, protocolVersion, connectSeconds } = info;
  return [
    good(
      "daemon",
      `Nix ${nixVersion}, protocol ${formatVersion(protocolVersion)}, reached in ${connectSeconds.toFixed(1)} s`
    ),
    trustFinding(info.trust, target?.user ?? "the user of this job", builder.parameters.granularity),
    systemsFinding(builder, settings),
    featuresFinding(builder, settings),
    slotsFinding(slots, state?.sshd, state?.cores),
    diskFinding(state?.disk, state?.freeInodes),
    clockFinding(clock),
    cachesFinding(settings, caches),
    ...target === void 0 ? [] : [linkFinding(link)],
    buildFinding(builds)
  ];
}

// src/doctor/render/words.ts
var PLACE_WORDS = {
  workflow: "In the workflow",
  builder: "On the builder",
  NixOS: "On NixOS",
  elsewhere: "On other systems"
};
function headline(examinations) {
  const count = (verdict) => examinations.filter((examination) => verdictOf(examination) === verdict).length;
  const faulty = count("fault");
  const imperfect = count("warning");
  const all = plural(examinations.length, "builder");
  if (faulty + imperfect === 0)
    return examinations.length === 1 ? "The builder is good" : `All ${all} are good`;
  const parts = [
    ...faulty === 0 ? [] : [`${faulty} can't be used as the machine line says`],
    ...imperfect === 0 ? [] : [`${imperfect} could be better`],
    ...count("good") === 0 ? [] : [`${count("good")} good`]
  ];
  return `Of ${all}, ${parts.join(", ")}`;
}

// src/doctor/render/log.ts
var WORDS = {
  good: "good",
  warning: "WARNING",
  fault: "FAULT",
  unknown: "-"
};
var wordWidth = 8;
var checkWidth = 1 + Math.max(...CHECKS.map((check) => check.length));
function renderLog(examinations) {
  const lines = examinations.flatMap(({ builder, uri, findings }) => [
    "",
    uri === builder ? builder : `${builder} (${uri})`,
    ...findings.flatMap(findingLines)
  ]);
  return [`${headline(examinations)}.`, ...lines].map((line) => cleanText(line).replaceAll("\n", " "));
}
function findingLines({ verdict, check, detail, remedies }) {
  const margin = " ".repeat(2 + wordWidth + checkWidth);
  const [first = "", ...more] = detail.split("\n");
  return [
    `  ${WORDS[verdict].padEnd(wordWidth)}${check.padEnd(checkWidth)}${first}`,
    ...more.map((line) => `${margin}${line}`),
    ...remedies.flatMap(({ where, text, code }) => [
      `${margin}${PLACE_WORDS[where]}: ${text}`,
      ...code === void 0 ? [] : code.split("\n").map((line) => `${margin}  ${line}`)
    ])
  ];
}

// src/doctor/render/summary.ts
var SYMBOLS = {
  good: "\u2705",
  warning: "\u26A0\uFE0F",
  fault: "\u274C",
  unknown: "\u2796"
};
var mostBytes2 = 9e5;
var detailCharacters = 1e3;
function renderSummary(examinations, title = headline(examinations)) {
  const parts = [
    `## \u{1FA7A} ${markdownText(title)}`,
    overview(examinations),
    changes(examinations),
    everything(examinations)
  ].filter((part) => part !== "");
  while (parts.length > 1 && utf8Length(parts.join("\n\n")) > mostBytes2) parts.pop();
  return `${parts.join("\n\n")}
`;
}
function overview(examinations) {
  const used = CHECKS.filter(
    (check) => examinations.some(({ findings }) => findings.some((finding) => finding.check === check))
  );
  const rows = examinations.map(({ builder, findings }) => {
    const symbol = (check) => {
      const finding = findings.find((finding2) => finding2.check === check);
      return finding === void 0 ? "" : SYMBOLS[finding.verdict];
    };
    return `| ${[markdownCode(builder, 100), ...used.map(symbol)].join(" | ")} |`;
  });
  return [`| Builder | ${used.join(" | ")} |`, `|---|${used.map(() => ":-:|").join("")}`, ...rows].join("\n");
}
function changes(examinations) {
  const sections = examinations.flatMap(({ builder, findings }) => {
    const wrong = findings.filter(({ verdict }) => verdict === "fault" || verdict === "warning");
    return wrong.length === 0 ? [] : [`#### ${markdownCode(builder, 100)}`, ...wrong.map(change)];
  });
  return sections.length === 0 ? "" : ["### What to change", ...sections].join("\n\n");
}
function change({ check, verdict, detail, remedies }) {
  const steps = remedies.map(({ where, text, code }) => {
    const step = `${PLACE_WORDS[where]}: ${markdownText(text, detailCharacters)}`;
    return code === void 0 ? step : `${step}

${preformatted(code.split("\n"))}`;
  });
  return [`${SYMBOLS[verdict]} **${check}**: ${markdownText(detail, detailCharacters)}`, ...steps].join(
    "\n\n"
  );
}
function everything(examinations) {
  const sections = examinations.map(({ builder, findings }) => {
    const rows = findings.map(
      ({ check, verdict, detail }) => `| ${SYMBOLS[verdict]} | ${check} | ${markdownText(detail, detailCharacters)} |`
    );
    return [
      `#### ${markdownCode(builder, 100)}`,
      ["| | Check | Found |", "|---|---|---|", ...rows].join("\n")
    ].join("\n\n");
  });
  return `<details><summary>Everything that was found</summary>

${sections.join("\n\n")}

</details>`;
}

export {
  fromByteString,
  byteStringToText,
  MAX_MESSAGE_BYTES,
  protocolError,
  decodeUint,
  decodeText,
  decodeCount,
  decodeList,
  paddingOf,
  CLIENT_MAGIC,
  DAEMON_MAGIC,
  OP,
  DEFAULT_STORE_DIR,
  parseStorePath,
  isStorePath,
  baseName,
  storePathHashPart,
  storePathName,
  isDerivationPath,
  decodeTexts,
  FEATURES_MINOR,
  parseVersionNumber,
  decodeIntroduction,
  decodeBasicDerivation,
  decodeBuildResult,
  decodeKeyedBuildResult,
  decodeExchange,
  createMessageHandler,
  createNarParser,
  createNarScanner,
  ByteQueue,
  connectDaemon,
  createClientPool,
  probeTrust,
  openBuilder,
  verdictOf,
  DISK_SPACE_SCRIPT,
  parseDiskSpace,
  isDiskFull,
  hasRoomAgain,
  describeFullDisk,
  formatContentAddress,
  parseContentAddress,
  parseOutputFields,
  toBasicDerivation,
  formatDerivation,
  outputPathOf,
  examine,
  examineFailure,
  PLACE_WORDS,
  headline,
  renderLog,
  renderSummary
};
