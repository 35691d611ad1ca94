import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  parseHostKeyLine,
  split
} from "./chunk-KYHKDAB5.js";
import {
  asServiceBuilder,
  fault,
  isServiceBuilder,
  parseNixConf,
  servicePrices,
  value
} from "./chunk-B322B4MD.js";
import {
  parsePriceLines,
  priceForAll,
  priceOfBuilder
} from "./chunk-OPTAAB63.js";
import {
  DEFAULT_PARAMETERS,
  addressText
} from "./chunk-B56HH6Z6.js";
import {
  decodeBase64
} from "./chunk-BER7XQ6C.js";
import {
  DispatchError,
  toDispatchError
} from "./chunk-7AVBNTXI.js";

// src/inputs/choices.ts
var WITHOUT_SECRETS = ["fail", "skip", "evaluate", "local"];
var HOST_KEY_CHECKING = ["strict", "off"];
var parseWithoutSecrets = choice(WITHOUT_SECRETS);
var parseHostKeyChecking = choice(HOST_KEY_CHECKING);
function choice(words2) {
  return (text) => {
    const word = words2.find((one) => one === text);
    return word === void 0 ? fault(words2.join(", ")) : value(word);
  };
}

// src/inputs/mode.ts
var MODES = ["build", "evaluate", "doctor", "setup"];
function parseMode(text) {
  const mode = MODES.find((word) => word === text);
  return mode === void 0 ? fault(MODES.join(", ")) : value(mode);
}

// src/nixbuild/environment.ts
var TAGGED = [
  "GITHUB_ACTOR",
  "GITHUB_JOB",
  "GITHUB_REF",
  "GITHUB_REPOSITORY",
  "GITHUB_RUN_ATTEMPT",
  "GITHUB_RUN_ID",
  "GITHUB_RUN_NUMBER",
  "GITHUB_SHA",
  "GITHUB_WORKFLOW"
];
var INVOCATION_TAG = "GITHUB_INVOCATION_ID";
var TAG_PREFIX = "NIXBUILDNET_TAG_";
function sessionEnvironment({ token, settings, tags }, { id, environment, idToken }) {
  const automatic = TAGGED.flatMap((name) => {
    const text = environment[name] ?? "";
    return text === "" ? [] : [[name, text]];
  });
  const allTags = new Map([...automatic, ...tags, [INVOCATION_TAG, id]]);
  return {
    ...token === void 0 ? {} : { token },
    ...idToken === void 0 ? {} : { NIXBUILDNET_OIDC_ID_TOKEN: idToken },
    ...Object.fromEntries([...settings].map(([name, text]) => [settingVariable(name), text])),
    ...Object.fromEntries([...allTags].map(([name, text]) => [`${TAG_PREFIX}${name}`, text]))
  };
}
function settingVariable(name) {
  return `NIXBUILDNET_${name.toUpperCase().replaceAll("-", "_")}`;
}
function parsePairs(text) {
  const pairs = /* @__PURE__ */ new Map();
  const odd = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) continue;
    const [, name, value2 = ""] = /^([A-Za-z_][\w-]*)\s*=\s*(.*)$/.exec(content) ?? [];
    if (name === void 0) odd.push(index + 1);
    else pairs.set(name, /^(["'])(.*)\1$/.exec(value2)?.[2] ?? value2);
  }
  return { pairs, odd };
}

// src/inputs/nixbuild.ts
function parseHostAndPort(text) {
  const [, bracketed, plain, digits = "22"] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = (bracketed ?? plain)?.toLowerCase();
  const port = Number(digits);
  if (host === void 0 || port < 1 || port > 65535)
    return fault("a host such as eu.nixbuild.net, or host:port");
  return value({ host, port });
}
function parseHostKey(text) {
  const key = parseHostKeyLine(text);
  return typeof key === "string" ? fault("a public key line such as ssh-ed25519 AAAA\u2026", key) : value(key);
}
function parseApiUrl(text) {
  const expected2 = "an address such as https://api.nixbuild.net";
  if (!URL.canParse(text)) return fault(expected2);
  const { protocol, hostname, username, search, hash } = new URL(text);
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isHere)) return fault(`${expected2}, with https`);
  if (`${username}${search}${hash}` !== "") return fault(`${expected2}, without user, ? or #`);
  return value(text.replace(/\/+$/, ""));
}
function parseSettings(text) {
  const { pairs, odd } = parsePairs(text);
  if (odd.length === 0) return value(pairs);
  return fault("lines such as: max-cpu = 2", `something else in line ${odd.join(", ")}`);
}
function serviceOf({ host, port }, service) {
  if (service.token === void 0 && service.privateKey === void 0) return void 0;
  return { host, port, ...service };
}
function withService(builders, service) {
  if (service === void 0) return builders;
  return builders.map(
    (builder) => isServiceBuilder(service, builder) ? asServiceBuilder(service, builder) : builder
  );
}
function withServicePrices(prices, service) {
  if (service === void 0) return prices;
  const { perCpuHour, perHour } = priceOfBuilder(prices, service.host);
  if (perCpuHour !== void 0 || perHour !== void 0) return prices;
  return { ...prices, rules: [...prices.rules, ...servicePrices(service, prices.currency)] };
}

// src/inputs/history.ts
function parseHistory(text) {
  if (text === "auto" || text === "true") return value({ kind: "automatic" });
  if (text === "false" || text === "") return value({ kind: "nowhere" });
  return value({ kind: "file", path: text });
}

// src/inputs/prices.ts
function parsePriceForAll(unit) {
  return (text) => {
    if (text === "") return value([]);
    const rule = priceForAll(text, unit);
    return rule === void 0 ? fault("an amount such as 0.12") : value([rule]);
  };
}
function parsePrices(text) {
  const { rules, faults } = parsePriceLines(text);
  return faults.length === 0 ? value(rules) : fault("lines such as: *.example.org 0.05 cpu-hour", faults.join("; "));
}
function parseCurrency(text) {
  return /^[\p{L}\p{Sc}]{1,8}$/u.test(text) ? value(text) : fault("a currency such as EUR or $");
}

// src/builders/machine-lines/faults.ts
var COLUMN_NAMES = [
  "store URI",
  "systems",
  "SSH key file",
  "max jobs",
  "speed factor",
  "supported features",
  "mandatory features",
  "host key"
];
function faultText(fault2) {
  const { column } = fault2;
  const name = column === void 0 ? void 0 : COLUMN_NAMES[column - 1];
  const where = column === void 0 ? "" : `, column ${column}${name === void 0 ? "" : ` (${name})`}`;
  return `${fault2.source} line ${fault2.line}${where}: ${fault2.message}`;
}
function createFaultLog() {
  const faults = [];
  return {
    faults,
    add: ({ source, line }, column, message) => faults.push({ source, line, column, message })
  };
}

// src/builders/machine-lines/parameters.ts
var WITHOUT_EFFECT = /* @__PURE__ */ new Set([
  "log-fd",
  "max-connection-age",
  "path-info-cache-size",
  "priority",
  "system-features",
  "want-mass-query"
]);
function applyParameter(settings, name, value2, fault2, isServeScheme) {
  const flag = () => {
    if (value2 !== "true" && value2 !== "false") {
      fault2(`expected ${name}=true or ${name}=false, got ${JSON.stringify(value2)}`);
    }
    return value2 === "true";
  };
  switch (name) {
    case "ssh-key":
      return { ...settings, keyFile: value2 };
    case "base64-ssh-public-host-key":
      return { ...settings, hostKeyBase64: value2 };
    case "compress":
      return { ...settings, compress: flag() };
    case "trusted":
      return { ...settings, trusted: flag() };
    case "remote-program":
      return { ...settings, remoteProgram: programWords(value2, isServeScheme) };
    case "remote-store":
      return { ...settings, remoteStore: value2 === "" ? void 0 : value2 };
    case "max-connections":
      if (!/^[1-9]\d{0,4}$/.test(value2)) {
        fault2(`expected max-connections to be a number from 1, got ${JSON.stringify(value2)}`);
      }
      return { ...settings, maxConnections: Number(value2) };
    case "granularity":
      if (value2 === "derivation" || value2 === "closure") return { ...settings, granularity: value2 };
      fault2(`expected granularity=derivation or granularity=closure, got ${JSON.stringify(value2)}`);
      return settings;
    case "store":
      if (value2 !== "/nix/store")
        fault2("builders with a store directory other than /nix/store cannot share paths");
      return settings;
    default:
      if (!WITHOUT_EFFECT.has(name)) fault2(`no store has a parameter called ${JSON.stringify(name)}`);
      return settings;
  }
}
function programWords(value2, isServeScheme) {
  const words2 = value2.split(/\s+/).filter((word) => word !== "");
  if (words2.length === 0) return void 0;
  return isServeScheme ? words2.map((word) => word.replace(/(^|\/)nix-store$/, "$1nix-daemon")) : words2;
}

// src/builders/machine-lines/store-uri.ts
var LOCAL_WORDS = /* @__PURE__ */ new Set(["local", "auto", "daemon"]);
var UNIX_SOCKET = "/nix/var/nix/daemon-socket/socket";
function parseStoreUri(text, fault2) {
  const [, body = "", query = ""] = /^([^?]*)(?:\?(.*))?$/s.exec(text) ?? [];
  const settings = { ...DEFAULT_PARAMETERS, keyFile: void 0, hostKeyBase64: void 0 };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(body)?.[1]?.toLowerCase();
  const settled = readQuery(query, settings, fault2, scheme === void 0 || scheme === "ssh");
  const address = readAddress(body, scheme, fault2);
  if (address === void 0) return void 0;
  const { keyFile, hostKeyBase64, ...parameters } = settled;
  return {
    address: isThisMachine(address, parameters) ? { kind: "local" } : address,
    parameters,
    keyFile,
    hostKeyBase64
  };
}
function isThisMachine(address, { remoteProgram, remoteStore }) {
  if (address.kind !== "ssh" || remoteProgram !== void 0 || remoteStore !== void 0) return false;
  return address.host === "localhost" && address.user === void 0 && address.port === void 0;
}
function readAddress(body, scheme, fault2) {
  if (LOCAL_WORDS.has(body)) return { kind: "local" };
  const rest = scheme === void 0 ? body : body.slice(scheme.length + "://".length);
  switch (scheme) {
    case void 0:
      if (!body.includes("/")) return readAuthority(body, fault2);
      break;
    case "ssh":
    case "ssh-ng":
      return readAuthority(rest.replace(/\/$/, ""), fault2);
    case "unix":
      return { kind: "unix", socketPath: rest === "" ? UNIX_SOCKET : decode(rest) };
    case "daemon":
    case "local":
    case "auto":
      if (rest === "") return { kind: "local" };
      break;
    default:
      break;
  }
  fault2(`expected ssh-ng://[user@]host[:port], ssh://\u2026, unix://\u2026 or local, got ${JSON.stringify(body)}`);
  return void 0;
}
function readAuthority(authority, fault2) {
  const at = authority.lastIndexOf("@");
  const user = at < 0 ? void 0 : decode(authority.slice(0, at));
  const hostAndPort = authority.slice(at + 1);
  const [, bracketed, bracketedPort] = /^\[([^\]]*)\](?::(.*))?$/.exec(hostAndPort) ?? [];
  const [, plain = hostAndPort, plainPort] = /^([^:]*):([^:]*)$/.exec(hostAndPort) ?? [];
  const host = decode(bracketed ?? plain);
  const port = readPort(bracketed === void 0 ? plainPort : bracketedPort, fault2);
  if (!/^[^\s/[\]]+$/.test(host) || user === "" || host.startsWith("-")) {
    fault2(`expected [user@]host[:port], got ${JSON.stringify(authority)}`);
    return void 0;
  }
  return port === "wrong" ? void 0 : { kind: "ssh", user, host, port };
}
function readPort(text, fault2) {
  if (text === void 0) return void 0;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65535) return port;
  fault2(`expected a port from 1 to 65535 after the host, got ${JSON.stringify(text)}`);
  return "wrong";
}
function readQuery(query, settings, fault2, isServeScheme) {
  let settled = settings;
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value2 = equals < 0 ? "" : decode(pair.slice(equals + 1));
    settled = applyParameter(settled, name, value2, fault2, isServeScheme);
  }
  return settled;
}
function decode(text) {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, "%25"));
  } catch {
    return text;
  }
}

// src/builders/machine-lines/make-builder.ts
var URI_COLUMN = 1;
var HOST_KEY_COLUMN = 8;
function makeBuilder(description, fault2) {
  const uri = parseStoreUri(description.uri, (message) => fault2(URI_COLUMN, message));
  if (uri === void 0) return void 0;
  const hostKeyLine = description.hostKeyLine ?? decodeKeyLine(uri.hostKeyBase64, URI_COLUMN, fault2);
  const column = description.hostKeyLine === void 0 ? URI_COLUMN : HOST_KEY_COLUMN;
  return {
    name: addressText(uri.address),
    uri: description.uri,
    address: uri.address,
    systems: description.systems,
    keyFile: description.keyFile ?? uri.keyFile,
    maxJobs: description.maxJobs,
    speedFactor: description.speedFactor === 0 ? 1 : description.speedFactor,
    supportedFeatures: [.../* @__PURE__ */ new Set([...description.supportedFeatures, ...description.mandatoryFeatures])],
    mandatoryFeatures: description.mandatoryFeatures,
    hostKey: readHostKey(hostKeyLine, (message) => fault2(column, message)),
    parameters: uri.parameters
  };
}
function decodeKeyLine(base64, column, fault2) {
  if (base64 === void 0) return void 0;
  const bytes = decodeBase64(base64);
  if (bytes === void 0) {
    fault2(column, "expected base64 of a public host key line (base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub)");
    return void 0;
  }
  return new TextDecoder().decode(bytes);
}
function readHostKey(line, fault2) {
  if (line === void 0) return void 0;
  const key = parseHostKeyLine(line);
  if (typeof key !== "string") return key;
  fault2(key);
  return void 0;
}

// src/builders/machine-lines/machine-line.ts
var DEFAULT = "-";
var MAX_JOBS_COLUMN = 4;
var SPEED_COLUMN = 5;
var LIST_COLUMNS = [2, 6, 7];
var SYSTEM = /^(?:x86_64|i686|aarch64|armv[67]l|riscv64|powerpc64le)-(?:linux|darwin)$/;
function parseMachineEntry({ place, columns }, faults) {
  const before = faults.faults.length;
  const fault2 = (column2, message) => faults.add(place, column2, message);
  if (columns.length > COLUMN_NAMES.length) {
    const extra = columns[COLUMN_NAMES.length] ?? "";
    fault2(
      COLUMN_NAMES.length + 1,
      `a machine line has at most ${COLUMN_NAMES.length} columns, got ${columns.length} (${JSON.stringify(extra)}); lists have commas and no blanks`
    );
  }
  for (const number of LIST_COLUMNS) {
    const [list = "", next = DEFAULT] = columns.slice(number - 1, number + 1);
    if (list.endsWith(",") && next !== DEFAULT || next.startsWith(",") || number === 2 && SYSTEM.test(next)) {
      fault2(
        number,
        `lists have commas and no blanks, got ${JSON.stringify(list)} and then ${JSON.stringify(next)}`
      );
    }
  }
  const column = (number) => {
    const text = columns[number - 1];
    return text === void 0 || text === DEFAULT ? void 0 : text;
  };
  const uri = column(1);
  if (uri === void 0) {
    fault2(1, "a machine line has to name a store URI, such as ssh-ng://builder@host");
    return void 0;
  }
  const builder = makeBuilder(
    {
      uri,
      systems: words(column(2)),
      keyFile: column(3),
      maxJobs: readNumber(
        column(MAX_JOBS_COLUMN),
        /^\d{1,6}$/,
        "a whole number",
        (message) => fault2(MAX_JOBS_COLUMN, message)
      ),
      speedFactor: readNumber(
        column(SPEED_COLUMN),
        /^(?:\d+\.?\d*|\.\d+)$/,
        "a number not below 0",
        (message) => fault2(SPEED_COLUMN, message)
      ) ?? 1,
      supportedFeatures: words(column(6)),
      mandatoryFeatures: words(column(7)),
      hostKeyLine: decodeKeyLine(column(HOST_KEY_COLUMN), HOST_KEY_COLUMN, fault2)
    },
    fault2
  );
  return faults.faults.length > before ? void 0 : builder;
}
function words(list) {
  return [...new Set((list ?? "").split(",").filter((word) => word !== ""))];
}
function readNumber(text, pattern, expected2, fault2) {
  if (text === void 0) return void 0;
  if (!pattern.test(text)) fault2(`expected ${expected2}, got ${JSON.stringify(text)}`);
  return Number(text);
}

// src/builders/machine-lines/split-lines.ts
function splitMachineLines(text, source, readInclude, faults, readText = () => false, includedBy = []) {
  if (readText(text, source)) return [];
  return text.split(/\r\n|\n|\r/).flatMap((lineText, index) => {
    const place = { source, line: index + 1 };
    return lineText.replace(/#.*$/, "").split(";").map((entry) => entry.trim()).filter((entry) => entry !== "").flatMap((entry) => {
      if (!entry.startsWith("@")) return [{ place, columns: entry.split(/\s+/) }];
      const path = entry.slice(1).trim();
      if (path === source || includedBy.includes(path)) {
        faults.add(place, void 0, `${path} includes itself`);
        return [];
      }
      const included = readInclude(path);
      if (included === void 0) return [];
      return splitMachineLines(included, path, readInclude, faults, readText, [...includedBy, source]);
    });
  });
}

// node_modules/smol-toml/dist/error.js
function getLineColFromPtr(string, ptr) {
  let lines = string.slice(0, ptr).split(/\r?\n/);
  return [lines.length, lines.pop().length + 1];
}
function makeCodeBlock(string, line, column) {
  let lines = string.split(/\r?\n/);
  let codeblock = "";
  let numberLen = (Math.log10(line + 1) | 0) + 1;
  for (let i = line - 1; i <= line + 1; i++) {
    let l = lines[i - 1];
    if (!l)
      continue;
    codeblock += i.toString().padEnd(numberLen, " ");
    codeblock += ":  ";
    codeblock += l;
    codeblock += "\n";
    if (i === line) {
      codeblock += " ".repeat(numberLen + column + 2);
      codeblock += "^\n";
    }
  }
  return codeblock;
}
var TomlError = class _TomlError extends Error {
  line;
  column;
  codeblock;
  constructor(message, options) {
    const [line, column] = getLineColFromPtr(options.toml, options.ptr);
    const codeblock = makeCodeBlock(options.toml, line, column);
    super(`Invalid TOML document: ${message}

${codeblock}`, options);
    this.line = line;
    this.column = column;
    this.codeblock = codeblock;
  }
  /** @internal */
  static x(message, ctx, ptr) {
    throw new _TomlError(message, { toml: ctx.s, ptr: ptr ?? ctx.p });
  }
};

// node_modules/smol-toml/dist/primitive.js
function parseString(ctx) {
  let startPtr = ctx.p;
  let c = ctx.s.charCodeAt(ctx.p++);
  let first = c;
  let isLiteral = c === 39;
  let isMultiline = c === ctx.s.charCodeAt(ctx.p) && c === ctx.s.charCodeAt(ctx.p + 1);
  if (isMultiline) {
    if ((c = ctx.s.charCodeAt(ctx.p += 2)) === 10)
      ctx.p++;
    else if (c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10)
      ctx.p += 2;
  }
  let parsed = "";
  let sliceStart = ctx.p;
  let state = 0;
  for (; ctx.p < ctx.s.length; ctx.p++) {
    c = ctx.s.charCodeAt(ctx.p);
    if (isMultiline && (c === 10 || c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10)) {
      state = state && 3;
    } else if (c < 32 && c !== 9 || c === 127) {
      TomlError.x("control characters are not allowed in strings", ctx);
    } else if ((!state || state === 3) && c === first && (!isMultiline || ctx.s.charCodeAt(ctx.p + 1) === first && ctx.s.charCodeAt(ctx.p + 2) === first)) {
      if (isMultiline) {
        if (ctx.s.charCodeAt(ctx.p + 3) === first)
          ctx.p++;
        if (ctx.s.charCodeAt(ctx.p + 3) === first)
          ctx.p++;
      }
      if (!state) {
        let s = ctx.s.slice(sliceStart, ctx.p);
        parsed = parsed ? parsed + s : s;
      }
      ctx.p += isMultiline ? 3 : 1;
      return parsed;
    } else if (!state) {
      if (!isLiteral && c === 92) {
        parsed += ctx.s.slice(sliceStart, sliceStart = ctx.p);
        state = 1;
      }
    } else if (state === 1) {
      if (c === 120 || c === 117 || c === 85) {
        let errPtr = ctx.p++ - 1;
        let value2 = 0;
        let len = c === 120 ? 2 : c === 117 ? 4 : 8;
        for (let j = 0; j < len; j++, ctx.p++) {
          let hex = ctx.s.charCodeAt(ctx.p);
          let digit = (
            /* 0-9 */
            hex >= 48 && hex <= 57 ? hex - 48 : (
              /* A-F */
              hex >= 65 && hex <= 70 ? hex - 65 + 10 : (
                /* a-f */
                hex >= 97 && hex <= 102 ? hex - 97 + 10 : -1
              )
            )
          );
          if (digit < 0)
            TomlError.x("invalid non-hex character in unicode escape", ctx);
          value2 = value2 << 4 | digit;
        }
        if (value2 < 0 || value2 > 1114111 || value2 >= 55296 && value2 <= 57343) {
          TomlError.x("invalid unicode escape", ctx, errPtr);
        }
        parsed += String.fromCodePoint(value2);
        sliceStart = ctx.p--;
        state = 0;
      } else if (isMultiline && (c === 32 || c === 9)) {
        state = 2;
      } else {
        if (c === 98)
          parsed += "\b";
        else if (c === 116)
          parsed += "	";
        else if (c === 110)
          parsed += "\n";
        else if (c === 102)
          parsed += "\f";
        else if (c === 114)
          parsed += "\r";
        else if (c === 101)
          parsed += "\x1B";
        else if (c === 34)
          parsed += '"';
        else if (c === 92)
          parsed += "\\";
        else
          TomlError.x("unrecognised escape sequence", ctx);
        sliceStart = ctx.p + 1;
        state = 0;
      }
    } else if (c !== 32 && c !== 9) {
      if (state === 2)
        TomlError.x("invalid escape: only line-ending whitespace may be escaped", ctx, sliceStart);
      state = !isLiteral && c === 92 ? 1 : 0;
      sliceStart = ctx.p;
    }
  }
  TomlError.x("unfinished string", ctx, startPtr);
}

// node_modules/smol-toml/dist/date.js
var DATE_TIME_RE = /^(\d{4}-\d{2}-\d{2})?[Tt ]?(?:(\d{2}):\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|z|[-+]\d{2}:\d{2})?$/i;
var TomlDate = class _TomlDate extends Date {
  #hasDate = false;
  #hasTime = false;
  #offset = null;
  constructor(date, fasttype, unsafeDelim) {
    let hasDate = true;
    let hasTime = true;
    let offset = "Z";
    let c;
    if (typeof date === "string") {
      if (fasttype)
        prep: {
          if (fasttype < 3) {
            if (+date.slice(11, 13) > 23) {
              date = "";
              break prep;
            }
            if (fasttype === 2) {
              offset = null;
              date += "Z";
            } else if ((c = date.charCodeAt(date.length - 1)) !== 90 && c !== 122) {
              offset = date.slice(date.length - 6);
            }
            if (unsafeDelim)
              date = date.slice(0, 10) + "T" + date.slice(11);
          } else if (fasttype === 4) {
            date = +date.slice(0, 2) > 23 ? "" : `0000-01-01T${date}Z`;
          }
          hasDate = fasttype !== 4;
          hasTime = fasttype !== 3;
        }
      else {
        let match = date.match(DATE_TIME_RE);
        if (match) {
          if (!match[1]) {
            hasDate = false;
            date = `0000-01-01T${date}`;
          }
          hasTime = !!match[2];
          hasTime && date[10] === " " && (date = date.replace(" ", "T"));
          if (match[2] && +match[2] > 23) {
            date = "";
          } else {
            offset = match[3] || null;
            if (!offset && hasTime)
              date += "Z";
          }
        } else {
          date = "";
        }
      }
    }
    super(date);
    if (!isNaN(this.getTime())) {
      this.#hasDate = hasDate;
      this.#hasTime = hasTime;
      this.#offset = offset;
    }
  }
  isDateTime() {
    return this.#hasDate && this.#hasTime;
  }
  isLocal() {
    return !this.#hasDate || !this.#hasTime || !this.#offset;
  }
  isDate() {
    return this.#hasDate && !this.#hasTime;
  }
  isTime() {
    return this.#hasTime && !this.#hasDate;
  }
  isValid() {
    return this.#hasDate || this.#hasTime;
  }
  toISOString() {
    let iso = super.toISOString();
    if (this.isDate())
      return iso.slice(0, 10);
    if (this.isTime())
      return iso.slice(11, 23);
    if (this.#offset === null)
      return iso.slice(0, -1);
    if (this.#offset === "Z" || this.#offset === "z")
      return iso;
    let offset = +this.#offset.slice(1, 3) * 60 + +this.#offset.slice(4, 6);
    offset = this.#offset[0] === "-" ? offset : -offset;
    let offsetDate = new Date(this.getTime() - offset * 6e4);
    return offsetDate.toISOString().slice(0, -1) + this.#offset;
  }
  static wrapAsOffsetDateTime(jsDate, offset = "Z") {
    let date = new _TomlDate(jsDate);
    date.#offset = offset;
    return date;
  }
  static wrapAsLocalDateTime(jsDate) {
    let date = new _TomlDate(jsDate);
    date.#offset = null;
    return date;
  }
  static wrapAsLocalDate(jsDate) {
    let date = new _TomlDate(jsDate);
    date.#hasTime = false;
    date.#offset = null;
    return date;
  }
  static wrapAsLocalTime(jsDate) {
    let date = new _TomlDate(jsDate);
    date.#hasDate = false;
    date.#offset = null;
    return date;
  }
};

// node_modules/smol-toml/dist/extract.js
function isDigit(char, base = 10) {
  return base === 16 ? char > 47 && char < 58 || char > 64 && char < 71 || char > 96 && char < 103 : char > 47 && char < 48 + base;
}
function isEndOfValue(char, delim) {
  return char === 32 || char === 9 || char === 10 || char === 13 || // Structure end or next value delimiter
  delim && (char === delim || char === 44) || // Comment
  char === 35;
}
function extractValue(ctx, end) {
  let errPtr = ctx.p;
  let c = ctx.s.charCodeAt(ctx.p);
  if (c === 91 || c === 123) {
    ctx.d-- || TomlError.x("document contains excessively nested structures. aborting.", ctx);
    let value2 = c === 91 ? parseArray(ctx) : parseInlineTable(ctx);
    ctx.d++;
    return value2;
  }
  if (c === 34 || c === 39) {
    return parseString(ctx);
  }
  if (c === 116) {
    if (ctx.s.charCodeAt(++ctx.p) !== 114 || ctx.s.charCodeAt(++ctx.p) !== 117 || ctx.s.charCodeAt(++ctx.p) !== 101)
      TomlError.x("invalid value", ctx, errPtr);
    return ctx.p++, true;
  }
  if (c === 102) {
    if (ctx.s.charCodeAt(++ctx.p) !== 97 || ctx.s.charCodeAt(++ctx.p) !== 108 || ctx.s.charCodeAt(++ctx.p) !== 115 || ctx.s.charCodeAt(++ctx.p) !== 101)
      TomlError.x("invalid value", ctx, errPtr);
    return ctx.p++, false;
  }
  if (c === 43 || c === 45) {
    return parseNumber(ctx, ctx.p, ctx.s.charCodeAt(++ctx.p), 44 - c, end);
  }
  if (ctx.s.charCodeAt(ctx.p + 4) === 45 && ctx.s.charCodeAt(ctx.p + 7) === 45) {
    return parseDate(ctx, c, end);
  }
  if (ctx.s.charCodeAt(ctx.p + 2) === 58) {
    return parseTime(ctx, c, end);
  }
  return parseNumber(ctx, ctx.p, c, 0, end);
}
function parseNumber(ctx, startPtr, startChr, sign, endChr) {
  let c = startChr;
  let state = 0;
  let hasUnderscores = false;
  if (c === 105) {
    if (ctx.s.charCodeAt(++ctx.p) !== 110 || ctx.s.charCodeAt(++ctx.p) !== 102)
      TomlError.x("invalid value", ctx, startPtr);
    return ctx.p++, (sign || 1) / 0;
  }
  if (c === 110) {
    if (ctx.s.charCodeAt(++ctx.p) !== 97 || ctx.s.charCodeAt(++ctx.p) !== 110)
      TomlError.x("invalid value", ctx, startPtr);
    return ctx.p++, NaN;
  }
  if (c === 48) {
    if (++ctx.p >= ctx.s.length || isEndOfValue(c = ctx.s.charCodeAt(ctx.p), endChr))
      return ctx.bi === true ? 0n : 0;
    if (!sign) {
      if (c === 120)
        return parseIntegerBaseN(ctx, startPtr, 16, endChr);
      else if (c === 98)
        return parseIntegerBaseN(ctx, startPtr, 2, endChr);
      else if (c === 111)
        return parseIntegerBaseN(ctx, startPtr, 8, endChr);
    }
    if (c === 46)
      state = 2;
    else if (c === 101 || c === 69)
      state = 4;
    else
      TomlError.x("illegal leading zero", ctx, startPtr);
  } else if (!isDigit(c))
    TomlError.x("invalid value", ctx, startPtr);
  while (++ctx.p < ctx.s.length && (c = ctx.s.charCodeAt(ctx.p), !isEndOfValue(c, endChr))) {
    if (!state)
      state = 1;
    if (c === 95) {
      if (!(state & 1))
        TomlError.x("illegal underscore", ctx);
      state += 11;
      hasUnderscores = true;
    } else if (state === 1 && c === 46)
      state = 2;
    else if ((state === 1 || state === 3) && (c === 101 || c === 69))
      state = 4;
    else if (state === 4 && (c === 43 || c === 45)) {
      state = 6;
    } else if (!isDigit(c))
      TomlError.x(`illegal character in numeric literal`, ctx);
    else if (state > 9)
      state -= 11;
    else if (!(state & 1))
      state++;
  }
  if (!state) {
    let val = (startChr - 48) * (sign || 1);
    return ctx.bi === true ? BigInt(val) : val;
  }
  if (!(state & 1))
    TomlError.x("unfinished numeric value", ctx, startPtr);
  let str = ctx.s.slice(startPtr, ctx.p);
  if (hasUnderscores)
    str = str.replaceAll("_", "");
  return state > 1 ? parseFloat(str) : parseInteger(ctx, str, 10, startPtr);
}
function parseIntegerBaseN(ctx, startPtr, base, endChr) {
  let c, underscore = 1;
  while (++ctx.p < ctx.s.length && (c = ctx.s.charCodeAt(ctx.p), !isEndOfValue(c, endChr))) {
    if (c === 95) {
      if (underscore & 1)
        TomlError.x("illegal underscore", ctx);
      underscore = 3;
    } else if (!isDigit(c, base))
      TomlError.x(`illegal character in numeric literal`, ctx);
    else if (underscore & 1)
      underscore--;
  }
  if (underscore & 1)
    TomlError.x("unfinished numeric value", ctx);
  let str = ctx.s.slice(startPtr + 2, ctx.p);
  if (underscore)
    str = str.replaceAll("_", "");
  return parseInteger(ctx, str, base, startPtr);
}
function parseInteger(ctx, str, base, startPtr) {
  if (ctx.bi !== true)
    int: {
      let val = parseInt(str, base);
      if (!Number.isSafeInteger(val)) {
        if (ctx.bi)
          break int;
        TomlError.x("integer value cannot be represented losslessly", ctx, startPtr);
      }
      return val;
    }
  return base === 10 ? BigInt(str) : BigInt((base === 2 ? "0b" : base === 8 ? "0o" : "0x") + str);
}
function parseDate(ctx, c, endChr) {
  let startPtr = ctx.p++, unsafeSeparator;
  if (!isDigit(c) || !isDigit(ctx.s.charCodeAt(ctx.p++)) || !isDigit(ctx.s.charCodeAt(ctx.p++)) || !isDigit(ctx.s.charCodeAt(ctx.p++))) {
    return parseNumber(ctx, ctx.p = startPtr, c, 0, endChr);
  }
  ctx.p += 5;
  if (!isDigit(ctx.s.charCodeAt(ctx.p++)))
    TomlError.x("invalid date-time: date part is malformed", ctx, startPtr);
  if (ctx.p >= ctx.s.length || ((c = ctx.s.charCodeAt(ctx.p)) !== 32 || (unsafeSeparator = true, !isDigit(ctx.s.charCodeAt(ctx.p + 1)))) && c !== 84 && c !== 116) {
    let t2 = ctx.s.slice(startPtr, ctx.p);
    return readDate(ctx, t2, 3, false, startPtr);
  }
  if (ctx.s.charCodeAt(ctx.p += 3) !== 58)
    TomlError.x("invalid date-time: time part is malformed", ctx, startPtr);
  if (ctx.s.charCodeAt(ctx.p += 3) === 58)
    ctx.p += 3;
  if (ctx.s.charCodeAt(ctx.p) === 46)
    while (isDigit(ctx.s.charCodeAt(++ctx.p)))
      ;
  if (c = ctx.s.charCodeAt(ctx.p)) {
    if (c === 90 || c === 122) {
      let t2 = ctx.s.slice(startPtr, ++ctx.p);
      return readDate(ctx, t2, 1, unsafeSeparator, startPtr, "[+00:00]");
    }
    if (c === 43 || c === 45) {
      let t2 = ctx.s.slice(startPtr, ctx.p += 6);
      return readDate(ctx, t2, 1, unsafeSeparator, startPtr, !ctx.ld && "[" + ctx.s.slice(ctx.p - 6, ctx.p) + "]");
    }
  }
  let t = ctx.s.slice(startPtr, ctx.p);
  return readDate(ctx, t, 2, unsafeSeparator, startPtr);
}
function parseTime(ctx, c, endChr) {
  let start = ctx.p;
  if (!isDigit(c) || !isDigit(ctx.s.charCodeAt(++ctx.p))) {
    return parseNumber(ctx, --ctx.p, c, 0, endChr);
  }
  if (ctx.s.charCodeAt(ctx.p += 4) === 58)
    ctx.p += 3;
  if (ctx.s.charCodeAt(ctx.p) === 46)
    while (isDigit(ctx.s.charCodeAt(++ctx.p)))
      ;
  let t = ctx.s.slice(start, ctx.p);
  return readDate(ctx, t, 4, false, start);
}
function readDate(ctx, str, type, unsafeDelim, errPtr, temporalSuffix) {
  if (ctx.ld) {
    let date = new TomlDate(str, type, unsafeDelim);
    if (!date.isValid())
      TomlError.x("invalid date", ctx, errPtr);
    return date;
  }
  try {
    if (temporalSuffix)
      str += temporalSuffix;
    switch (type) {
      case 1:
        return Temporal.ZonedDateTime.from(str);
      case 2:
        return Temporal.PlainDateTime.from(str);
      case 3:
        return Temporal.PlainDate.from(str);
      case 4:
        return Temporal.PlainTime.from(str);
    }
  } catch (e) {
    TomlError.x(e instanceof Error ? e.message : "" + e, ctx, errPtr);
  }
}

// node_modules/smol-toml/dist/util.js
function skipComment(ctx) {
  for (; ctx.p < ctx.s.length; ctx.p++) {
    let c = ctx.s.charCodeAt(ctx.p);
    if (c === 10)
      break;
    if (c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10) {
      ctx.p++;
      break;
    }
    if (c < 32 && c !== 9 || c === 127) {
      TomlError.x("control characters are not allowed in comments", ctx);
    }
  }
}
function skipVoid(ctx, banNewLines, banComments) {
  let c;
  while (ctx.p < ctx.s.length) {
    while (ctx.p < ctx.s.length && ((c = ctx.s.charCodeAt(ctx.p)) === 32 || c === 9 || !banNewLines && (c === 10 || c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10)))
      ctx.p++;
    if (banComments || c !== 35)
      break;
    skipComment(ctx);
  }
}

// node_modules/smol-toml/dist/struct.js
function parseKey(ctx, end = 61) {
  let startPtr;
  let state = 0;
  let parsed = [];
  let sliceStart;
  let c = ctx.s.charCodeAt(startPtr = ctx.p);
  do {
    if (c === end) {
      if (!state)
        TomlError.x("unexpected end of key", ctx);
      if (state === 1)
        parsed.push(ctx.s.slice(sliceStart, ctx.p));
      return ctx.p++, parsed;
    } else if (c === 46) {
      if (!state)
        TomlError.x("illegal empty bare key", ctx);
      if (state === 1)
        parsed.push(ctx.s.slice(sliceStart, ctx.p));
      state = 0;
    } else if (!state && (c === 34 || c === 39)) {
      if (c === ctx.s.charCodeAt(ctx.p + 1) && c === ctx.s.charCodeAt(ctx.p + 2))
        TomlError.x("illegal quoted key: multiline strings are not allowed", ctx);
      parsed.push(parseString(ctx));
      state = 2;
      ctx.p--;
    } else if (c === 32 || c === 9) {
      if (state === 1) {
        parsed.push(ctx.s.slice(sliceStart, ctx.p));
        state = 2;
      }
    } else if (state === 2 || c < 48 && c !== 45 || c > 57 && c < 65 || c > 90 && c < 97 && c !== 95 || c > 122) {
      TomlError.x("illegal character in key", ctx);
    } else if (!state) {
      state = 1;
      sliceStart = ctx.p;
    }
  } while (c = ctx.s.charCodeAt(++ctx.p));
  TomlError.x("incomplete key-value: cannot find end of key", ctx, startPtr);
}
function parseInlineTable(ctx) {
  let startPtr = ctx.p++;
  let res = /* @__PURE__ */ Object.create(null);
  let seen = /* @__PURE__ */ new Set();
  let c;
  while (ctx.p < ctx.s.length) {
    skipVoid(ctx);
    if ((c = ctx.s.charCodeAt(ctx.p)) === 125) {
      ctx.p++;
      return res;
    }
    let k;
    let t = res;
    let hasOwn = false;
    let errPtr = ctx.p;
    let key = parseKey(ctx);
    for (let i = 0; i < key.length; i++) {
      if (i)
        t = hasOwn ? t[k] : t[k] = /* @__PURE__ */ Object.create(null);
      k = key[i];
      if ((hasOwn = Object.hasOwn(t, k)) && (typeof t[k] !== "object" || seen.has(t[k]))) {
        TomlError.x("trying to redefine an already defined value", ctx, errPtr);
      }
      let unsafe = k === "__proto__";
      if (ctx.uk && (unsafe || k === "constructor")) {
        t = ctx.uk !== 1 && TomlError.x("document contains an unsafe property", ctx, errPtr);
        break;
      }
      if (!hasOwn && unsafe) {
        Object.defineProperty(t, k, { enumerable: true, configurable: true, writable: true });
      }
    }
    if (hasOwn) {
      TomlError.x("trying to redefine an already defined value", ctx, errPtr);
    }
    skipVoid(ctx, true, true);
    let value2 = extractValue(
      ctx,
      125
      /* } */
    );
    if (t && typeof (t[k] = value2) === "object")
      seen.add(value2);
    skipVoid(ctx);
    if ((c = ctx.s.charCodeAt(ctx.p++)) === 125) {
      return res;
    }
    if (c !== 44)
      TomlError.x("expected comma or end of structure", ctx, ctx.p - 1);
  }
  TomlError.x("unfinished table", ctx, startPtr);
}
function parseArray(ctx) {
  let startPtr = ctx.p++;
  let res = [];
  let c;
  while (ctx.p < ctx.s.length) {
    skipVoid(ctx);
    if ((c = ctx.s.charCodeAt(ctx.p)) === 93) {
      ctx.p++;
      return res;
    }
    res.push(extractValue(
      ctx,
      93
      /* ] */
    ));
    skipVoid(ctx);
    if ((c = ctx.s.charCodeAt(ctx.p++)) === 93) {
      return res;
    }
    if (c !== 44)
      TomlError.x("expected comma or end of structure", ctx, ctx.p - 1);
  }
  TomlError.x("unfinished array", ctx, startPtr);
}

// node_modules/smol-toml/dist/parse.js
function peekTable(ctx, key, table, meta, type) {
  let t = table;
  let m = meta;
  let k;
  let hasOwn = false;
  let state;
  for (let i = 0; i < key.length; i++) {
    if (i) {
      t = hasOwn ? t[k] : t[k] = /* @__PURE__ */ Object.create(null);
      m = (state = m[k]).c;
      if (type === 0 && (state.t === 1 || state.t === 2)) {
        return null;
      }
      if (state.t === 2) {
        let l = t.length - 1;
        t = t[l];
        m = m[l].c;
      }
    }
    k = key[i];
    if ((hasOwn = Object.hasOwn(t, k)) && m[k]?.t === 0 && m[k]?.d) {
      return null;
    }
    if (!hasOwn) {
      let unsafe = k === "__proto__";
      if (ctx.uk && (unsafe || k === "constructor"))
        return false;
      if (unsafe) {
        Object.defineProperty(t, k, { enumerable: true, configurable: true, writable: true });
        Object.defineProperty(m, k, { enumerable: true, configurable: true, writable: true });
      }
      m[k] = {
        t: i < key.length - 1 && type === 2 ? 3 : type,
        d: false,
        i: 0,
        c: /* @__PURE__ */ Object.create(null)
      };
    }
  }
  state = m[k];
  if (state.t !== type && !(type === 1 && state.t === 3)) {
    return null;
  }
  if (type === 2) {
    if (!state.d) {
      state.d = true;
      t[k] = [];
    }
    t[k].push(t = /* @__PURE__ */ Object.create(null));
    state.c[state.i++] = state = { t: 1, d: false, i: 0, c: /* @__PURE__ */ Object.create(null) };
  }
  if (state.d) {
    return null;
  }
  state.d = true;
  if (type === 1) {
    t = hasOwn ? t[k] : t[k] = /* @__PURE__ */ Object.create(null);
  } else if (type === 0 && hasOwn) {
    return null;
  }
  return [k, t, state.c];
}
function validateTablePeek(ctx, peek, ptr) {
  if (peek === null || ctx.uk === 2)
    TomlError.x(peek === null ? "trying to redefine an already defined table or value" : "document contains an unsafe property", ctx, ptr);
}
function parse(toml, options = {}) {
  let ctx = {
    s: toml,
    p: 0,
    d: options.maxDepth ?? 1e3,
    bi: options.integersAsBigInt ?? false,
    ld: options.useLegacyDate ?? true,
    uk: options.unsafeKeyBehaviour === "throw" ? 2 : options.unsafeKeyBehaviour === "drop" ? 1 : 0
  };
  let res = /* @__PURE__ */ Object.create(null);
  let meta = /* @__PURE__ */ Object.create(null);
  let tmp;
  let skipping = false;
  let tbl = res;
  let m = meta;
  if (toml.charCodeAt(0) === 65279)
    ctx.p++;
  skipVoid(ctx);
  while (ctx.p < toml.length) {
    if (toml.charCodeAt(ctx.p) === 91) {
      let isTableArray = toml.charCodeAt(++ctx.p) === 91;
      tmp = ctx.p += +isTableArray;
      skipping = false;
      let k = parseKey(
        ctx,
        93
        /* ] */
      );
      if (isTableArray) {
        if (toml.charCodeAt(ctx.p) !== 93) {
          TomlError.x("expected end of table array declaration", ctx);
        }
        ctx.p++;
      }
      let p = peekTable(
        ctx,
        k,
        res,
        meta,
        isTableArray ? 2 : 1
        /* Type.EXPLICIT */
      );
      if (!p) {
        validateTablePeek(ctx, p, tmp);
        skipping = true;
      } else {
        m = p[2];
        tbl = p[1];
      }
    } else {
      tmp = ctx.p;
      let k = parseKey(ctx);
      let p = peekTable(
        ctx,
        k,
        tbl,
        m,
        0
        /* Type.DOTTED */
      );
      if (!p && !skipping)
        validateTablePeek(ctx, p, tmp);
      skipVoid(ctx, true, true);
      let v = extractValue(ctx, void 0);
      if (p && !skipping)
        p[1][p[0]] = v;
    }
    skipVoid(ctx, true);
    if (ctx.p < toml.length && (tmp = toml.charCodeAt(ctx.p)) !== 10 && (tmp !== 13 || toml.charCodeAt(ctx.p + 1) !== 10)) {
      TomlError.x("each key-value declaration must be followed by an end-of-line", ctx);
    }
    skipVoid(ctx);
  }
  return res;
}

// node_modules/smol-toml/dist/stringify.js
var HAS_WELLFORMED = !!"".isWellFormed;

// src/builders/machine-lines/toml-machines.ts
var KEY_TYPES = {
  uri: "string",
  "system-types": "strings",
  "ssh-key": "string",
  jobs: "number",
  "speed-factor": "number",
  "supported-features": "strings",
  "mandatory-features": "strings",
  "ssh-public-host-key": "string",
  enable: "boolean"
};
function looksLikeToml(text) {
  return /^[ \t]*(?:\[[ \t]*machines\b|version[ \t]*=|machines\b[^\n]*=)/m.test(text);
}
function parseTomlMachines(text, source, faults) {
  const document = readToml(text, source, faults);
  if (document === void 0) return [];
  const lineOf = (needle) => {
    const at = text.indexOf(needle);
    return at < 0 ? 1 : text.slice(0, at).split("\n").length;
  };
  const fault2 = (needle, message) => faults.add({ source, line: lineOf(needle) }, void 0, message);
  if (document["version"] !== 1) fault2("version", "expected version = 1, the only one there is");
  for (const key of Object.keys(document)) {
    if (key !== "version" && key !== "machines") fault2(key, `unknown key ${key}: expected version, machines`);
  }
  const machines = document["machines"];
  if (!isTable(machines)) {
    fault2("machines", "expected tables [machines.NAME]");
    return [];
  }
  return Object.entries(machines).flatMap(([name, machine]) => {
    const builder = readMachine(
      machine,
      (key, message) => fault2(key === void 0 ? name : key, `machine ${name}: ${message}`)
    );
    return builder === void 0 ? [] : [builder];
  });
}
function readMachine(machine, fault2) {
  if (!isTable(machine)) {
    fault2(void 0, "expected a table");
    return void 0;
  }
  let isSound = true;
  const report = (key, message) => {
    isSound = false;
    fault2(key, message);
  };
  for (const [key, value2] of Object.entries(machine)) checkEntry(key, value2, report);
  const { uri } = machine;
  if (typeof uri !== "string") {
    if (uri === void 0) report(void 0, "has no uri");
    return void 0;
  }
  const builder = makeBuilder(
    {
      uri,
      systems: stringsOf(machine, "system-types"),
      keyFile: stringOf(machine, "ssh-key"),
      maxJobs: numberOf(machine, "jobs"),
      speedFactor: numberOf(machine, "speed-factor") ?? 1,
      supportedFeatures: stringsOf(machine, "supported-features"),
      mandatoryFeatures: stringsOf(machine, "mandatory-features"),
      hostKeyLine: stringOf(machine, "ssh-public-host-key")
    },
    (_, message) => report("uri", message)
  );
  return isSound && machine["enable"] !== false ? builder : void 0;
}
function checkEntry(key, value2, report) {
  if (!isMachineKey(key)) {
    report(key, `unknown key ${key}: expected one of ${Object.keys(KEY_TYPES).join(", ")}`);
    return;
  }
  const type = KEY_TYPES[key];
  const isRight = type === "strings" ? Array.isArray(value2) && value2.every((item) => typeof item === "string") : typeof value2 === type;
  if (!isRight)
    report(key, `expected ${key} to be ${type === "strings" ? "a list of strings" : `a ${type}`}`);
  if (key === "jobs" && !Number.isInteger(value2)) report(key, "expected jobs to be a whole number");
  if (typeof value2 === "number" && value2 < 0) report(key, `expected ${key} not to be below 0`);
}
function readToml(text, source, faults) {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ""] = error.message.split("\n");
    faults.add({ source, line: error.line }, void 0, `${message} (character ${error.column})`);
    return void 0;
  }
}
function isMachineKey(key) {
  return Object.hasOwn(KEY_TYPES, key);
}
function isTable(value2) {
  return typeof value2 === "object" && value2 !== null && !Array.isArray(value2);
}
function stringOf(table, key) {
  const value2 = table[key];
  return typeof value2 === "string" ? value2 : void 0;
}
function stringsOf(table, key) {
  const value2 = table[key];
  return Array.isArray(value2) ? value2.filter((item) => typeof item === "string") : [];
}
function numberOf(table, key) {
  const value2 = table[key];
  return typeof value2 === "number" ? value2 : void 0;
}

// src/builders/machine-lines/parse-builders.ts
var SOURCE = "builders";
var MAX_INCLUDES = 256;
function parseBuilders(text, readInclude) {
  const faults = createFaultLog();
  const builders = [];
  let includes = 0;
  const readBounded = (path) => {
    includes += 1;
    if (includes <= MAX_INCLUDES) return readInclude(path);
    throw new DispatchError("input", `builders includes more than ${MAX_INCLUDES} files, the last ${path}`);
  };
  const entries = splitMachineLines(text, SOURCE, readBounded, faults, (part, source) => {
    if (!looksLikeToml(part)) return false;
    builders.push(...parseTomlMachines(part, source, faults));
    return true;
  });
  for (const entry of entries) {
    const builder = parseMachineEntry(entry, faults);
    if (builder !== void 0) builders.push(builder);
  }
  if (faults.faults.length > 0) {
    throw new DispatchError("input", faults.faults.map(faultText).join("\n"), {
      hint: 'A line is: URI systems key-file max-jobs speed-factor features mandatory-features host-key; "-" leaves a column out. Machines are separated by line ends or ";", without quotes around them or dashes before them.'
    });
  }
  if (builders.length === 0) {
    throw new DispatchError("input", "builders names no machine", {
      hint: "Included files may be missing or empty. Leave the input out to build on this machine."
    });
  }
  return withUniqueNames(builders);
}
function withUniqueNames(builders) {
  const taken = /* @__PURE__ */ new Set();
  const sharers = /* @__PURE__ */ new Map();
  for (const { name } of builders) sharers.set(name, (sharers.get(name) ?? 0) + 1);
  const numbered = /* @__PURE__ */ new Map();
  return builders.map((builder) => {
    const { address } = builder;
    const isShared = (sharers.get(builder.name) ?? 0) > 1;
    const base = isShared && address.kind === "ssh" && address.user !== void 0 ? `${address.user}@${builder.name}` : builder.name;
    let name = base;
    for (let number = numbered.get(base) ?? 2; taken.has(name); number++) {
      name = `${base}#${number}`;
      numbered.set(base, number);
    }
    taken.add(name);
    return Object.assign({}, builder, { name });
  });
}

// src/inputs/push.ts
var SECRET_KEY_BYTES = 64;
function parsePushTargets(text) {
  const targets = [];
  const faults = [];
  for (const word of new Set(text.split(/\s+/).filter((part) => part !== ""))) {
    const target = parseTool(word) ?? parseStore(word);
    if (typeof target === "string") faults.push(target);
    else targets.push(target);
  }
  if (faults.length === 0) return value(targets);
  return fault(
    "store URIs such as s3://bucket?region=eu-west-1, cachix:CACHE or attic:SERVER:CACHE",
    faults.join(", ")
  );
}
var cacheName = String.raw`\w[\w.-]*`;
var toolTarget = new RegExp(`^(?:(cachix):(${cacheName})|(attic):(${cacheName}(?::${cacheName})?))$`);
function parseTool(word) {
  const [name, cachix, cachixCache = "", attic, atticCache = ""] = toolTarget.exec(word) ?? [];
  if (name === void 0) return void 0;
  if (cachix !== void 0) return { kind: "tool", name, tool: "cachix", cache: cachixCache };
  return attic === void 0 ? void 0 : { kind: "tool", name, tool: "attic", cache: atticCache };
}
function parseStore(uri) {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/./i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === void 0) return JSON.stringify(uri);
  if (/^[^/]*\/\/[^/@]*:[^/@]*@/.test(uri))
    return `a URI with a password in it (${scheme}://\u2026): use netrc-file in nix_conf`;
  if (scheme !== "ssh" && scheme !== "ssh-ng") return { kind: "nix", name: uri.replace(/\?.*/s, ""), uri };
  try {
    const [builder] = parseBuilders(uri.replace(/;.*/s, ""), () => void 0);
    return builder === void 0 ? JSON.stringify(uri) : { kind: "ssh", name: builder.name, builder };
  } catch (error) {
    return toDispatchError(error, "input").message;
  }
}
function parseSigningKey(text) {
  if (text === "") return value(void 0);
  const [, name, encoded = ""] = /^([^\s:]+):(\S+)$/.exec(text) ?? [];
  const bytes = decodeBase64(encoded);
  if (name === void 0 || bytes?.length !== SECRET_KEY_BYTES) {
    return fault("a secret key as `nix key generate-secret --key-name NAME` prints it");
  }
  return value({ name, text, seed: bytes.slice(0, 32), publicKey: bytes.slice(32) });
}

// src/inputs/private-key.ts
var expected = "an unencrypted private key, as in the file that ssh-keygen writes, with its BEGIN and END lines";
function opensshCipher(body) {
  const magic = "openssh-key-v1\0";
  try {
    const bytes = atob(body.replaceAll(/\s/g, ""));
    if (!bytes.startsWith(magic)) return void 0;
    const start = magic.length + 4;
    return bytes.slice(start, start + bytes.charCodeAt(start - 1));
  } catch {
    return void 0;
  }
}
function parsePrivateKey(text) {
  const key = text.trim().replaceAll(/[ \t]*(?:\r\n|\r|\n)[ \t]*/g, "\n");
  if (key === "") return value(void 0);
  const frame = /^-----BEGIN ([A-Z ]*)PRIVATE KEY-----\n([^]*?)\n-----END ([A-Z ]*)PRIVATE KEY-----$/.exec(
    key
  );
  if (frame === null) return fault(expected, looksLike(key));
  const [, kind = "", body = "", end = ""] = frame;
  if (kind !== end) return fault(expected, "a BEGIN and an END line that do not belong together");
  const cipher = kind === "OPENSSH " ? opensshCipher(body) : void 0;
  if (kind === "OPENSSH " && cipher === void 0) return fault(expected, "a damaged OpenSSH key");
  if (kind === "ENCRYPTED " || /^Proc-Type:.*ENCRYPTED/m.test(body) || (cipher ?? "none") !== "none") {
    return fault(expected, 'a key with a passphrase: ssh-keygen -p -N "" -f KEY removes it from a copy');
  }
  return value(`${key}
`);
}
function looksLike(key) {
  if (/^(?:ssh-|ecdsa-|sk-)\S+ AAAA/.test(key)) return "a public key";
  if (/^["'`].*["'`]$/s.test(key)) return "something in quotes: leave them out";
  if (key.includes("\\n")) return "a key whose line ends are written as \\n";
  if (key.startsWith("-----BEGIN") && !key.includes("\n")) return "a key without its line ends";
  if (key.startsWith("-----BEGIN")) return "a key that is cut off or of another kind";
  if (key.startsWith("PuTTY-User-Key-File")) {
    return "a PuTTY key: puttygen KEY -O private-openssh converts it";
  }
  if (key.startsWith("LS0tLS1CRUdJT")) return "a key in base64: give the text of the file itself";
  if (/^[~.]?\/\S*$/.test(key)) return "the name of a file (not shown): give what is in it";
  return "something else (not shown)";
}

// src/inputs/scalars.ts
function parseBoolean(text) {
  if (/^(?:true|True|TRUE)$/.test(text)) return value(true);
  if (/^(?:false|False|FALSE)$/.test(text)) return value(false);
  return fault("true or false");
}
function parseCount(lowest, highest) {
  return (text) => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return count >= lowest && count <= highest ? value(count) : fault(`a whole number from ${lowest} to ${highest}`);
  };
}
var durationUnitsMs = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };
var durationPattern = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
var longestDurationMs = 2 ** 31 - 1;
function parseDuration(text) {
  const expected2 = "a duration such as 90s, 10m or 1h30m, at most 24d";
  const match = durationPattern.exec(/^\d+$/.test(text) ? `${text}s` : text.replaceAll(" ", ""));
  if (match === null || text === "") return fault(expected2);
  const [, d = "0", h = "0", m = "0", s = "0", ms = "0"] = match;
  const totalMs = Number(d) * durationUnitsMs.d + Number(h) * durationUnitsMs.h + Number(m) * durationUnitsMs.m + Number(s) * durationUnitsMs.s + Number(ms);
  return totalMs <= longestDurationMs ? value(totalMs) : fault(expected2);
}
function parseInterval(text) {
  const parsed = parseDuration(text);
  if (parsed.kind === "value" && parsed.value < 1e3) return fault("a duration of at least 1s");
  return parsed;
}
var sizeUnitsBytes = {
  "": 1,
  B: 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12
};
function parseSize(text) {
  const expected2 = "a size such as 512M, 2GiB or 1000000";
  const match = /^(\d{1,15}(?:\.\d{1,3})?) ?([a-z]{0,3})$/i.exec(text);
  const unit = sizeUnitsBytes[match?.[2]?.toUpperCase() ?? "-"];
  if (match === null || unit === void 0) return fault(expected2);
  const bytes = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(bytes) ? value(bytes) : fault(expected2);
}
function parseLimit(parse2) {
  return (text) => {
    if (text === "") return value(void 0);
    const parsed = parse2(text);
    return parsed.kind === "value" && parsed.value === 0 ? value(void 0) : parsed;
  };
}

// src/inputs/texts.ts
function parseText(text) {
  return value(text.replaceAll("\r\n", "\n"));
}
function parseFlakeReference(text) {
  if (text.includes("#")) {
    return fault("a flake reference without #attribute: select attributes with top_attrs and filter_builds");
  }
  if (text.startsWith("-") || /[\s\u0000-\u001f]/.test(text)) {
    return fault("a flake reference such as ., ./sub or github:owner/repository");
  }
  return value(text);
}
function parseArtifactPrefix(text) {
  if (text === "") return value(void 0);
  if (/["':<>|*?\r\n/\\]/.test(text) || text.length > 100) {
    return fault("at most 100 characters, none of them a quote or : < > | * ? / \\ or a line end");
  }
  return value(text);
}
function parseToken(text) {
  if (text === "") return value(void 0);
  return /^[\x21-\x7e]+$/.test(text) ? value(text) : fault("a token without blanks or line ends");
}

// src/inputs/words.ts
function parseArguments(text) {
  try {
    return value(split(text));
  } catch {
    return fault("arguments with every quote closed", "an open quote or a backslash at the end");
  }
}
function unique(text) {
  return [...new Set(text.split(/[\s,]+/).filter((word) => word !== ""))];
}
var attributeName = String.raw`(?:[a-zA-Z_][\w'-]*|"[^"\\]+")`;
var attributePath = new RegExp(`^${attributeName}(?:\\.${attributeName})*$`);
function parseTopAttrs(text) {
  const paths = unique(text);
  const odd = paths.find((path) => !attributePath.test(path));
  if (odd !== void 0) {
    return fault("names of flake outputs such as checks packages devShells", JSON.stringify(odd));
  }
  return paths.length > 0 ? value(paths) : fault("at least one name of a flake output");
}
function parseSystems(text) {
  const systems = unique(text);
  const odd = systems.find((system) => !/^\w+-\w+$/.test(system));
  if (odd !== void 0) return fault("systems such as x86_64-linux aarch64-darwin", JSON.stringify(odd));
  return value(systems.length > 0 ? systems : void 0);
}

// src/inputs/schema.ts
function field(defaultText, parse2) {
  return { default: defaultText, secret: false, parse: parse2 };
}
function secret(parse2) {
  return { default: "", secret: true, parse: parse2 };
}
var optionalWorkers = parseLimit(parseCount(0, 256));
var inputSchema = {
  mode: field("build", parseMode),
  flake: field(".", parseFlakeReference),
  top_attrs: field("checks packages", parseTopAttrs),
  filter_builds: field('.top_attr == "checks"', parseText),
  label_builds: field('"\\(.attr) [\\(.system)]"', parseText),
  builders: field("", parseText),
  ssh_key: secret(parsePrivateKey),
  known_hosts: field("", parseText),
  host_key_checking: field("strict", parseHostKeyChecking),
  ssh_config: field("", parseText),
  without_secrets: field("fail", parseWithoutSecrets),
  nixbuild_token: secret(parseToken),
  nixbuild_ssh_key: secret(parsePrivateKey),
  settings: field("", parseSettings),
  tags: field("", parseSettings),
  oidc: field("false", parseBoolean),
  nixbuild_host: field("eu.nixbuild.net", parseHostAndPort),
  nixbuild_host_key: field(
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPIQCZc54poJ8vqawd8TraNryQeJnvH1eLpIDgbiqymM",
    parseHostKey
  ),
  nixbuild_api: field("https://api.nixbuild.net", parseApiUrl),
  nix_conf: field("", parseNixConf),
  nix_args: field("", parseArguments),
  github_access_token: secret(parseToken),
  ignore_build_failures: field("false", parseBoolean),
  ignore_eval_failures: field("false", parseBoolean),
  fail_fast: field("false", parseBoolean),
  fail_on_empty: field("false", parseBoolean),
  eval_workers: field("", optionalWorkers),
  eval_max_memory: field("", parseLimit(parseSize)),
  eval_timeout: field("", parseLimit(parseDuration)),
  eval_systems: field("", parseSystems),
  eval_cache: field("true", parseBoolean),
  history: field("auto", parseHistory),
  max_silent_time: field("", parseLimit(parseDuration)),
  build_timeout: field("", parseLimit(parseDuration)),
  max_log_size: field("", parseLimit(parseSize)),
  keepalive: field("30s", parseInterval),
  infra_retries: field("3", parseCount(0, 100)),
  retries: field("0", parseCount(0, 100)),
  share_substituters: field("false", parseBoolean),
  push_to: field("", parsePushTargets),
  push_signing_key: secret(parseSigningKey),
  skip_cached: field("false", parseBoolean),
  push_required: field("false", parseBoolean),
  copy_outputs: field("false", parseBoolean),
  upload_outputs: field("", parseText),
  check_runs: field("false", parseBoolean),
  github_token: secret(parseToken),
  generate_build_summary: field("true", parseBoolean),
  artifact_prefix: field("", parseArtifactPrefix),
  cost_per_cpu_hour: field("", parsePriceForAll("cpu-hour")),
  cost_per_hour: field("", parsePriceForAll("hour")),
  prices: field("", parsePrices),
  currency: field("EUR", parseCurrency)
};

export {
  parseBuilders,
  INVOCATION_TAG,
  sessionEnvironment,
  serviceOf,
  withService,
  withServicePrices,
  inputSchema
};
