import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  artifactName
} from "./chunk-4UU34LW5.js";
import {
  silentMsOf
} from "./chunk-XOUPQI22.js";
import {
  parseProcessStat
} from "./chunk-7MK2SQY7.js";
import {
  DEFAULT_STORE_DIR,
  DISK_SPACE_SCRIPT,
  byteStringToText,
  examineFailure,
  openBuilder,
  parseDiskSpace,
  parseOutputFields,
  parseStorePath,
  renderLog,
  renderSummary,
  storePathHashPart,
  storePathName
} from "./chunk-DL7FELQH.js";
import {
  SETTINGS_SCRIPT,
  parseNixSettings
} from "./chunk-CGGEOQQ2.js";
import {
  plural
} from "./chunk-ZR6O72JI.js";
import {
  cleanLine
} from "./chunk-WGX5D5BX.js";
import {
  DispatchError,
  describeError,
  describeTrouble,
  toDispatchError
} from "./chunk-7AVBNTXI.js";

// src/dispatch/fleet/none-usable.ts
function noneUsable(errors, first) {
  const cause = new AggregateError(errors);
  const { code, message, host, hint } = first;
  if (errors.length === 1) return new DispatchError(code, message, { host, hint, cause });
  const list = errors.map((error) => `- ${describeError(error)}`).join("\n");
  return new DispatchError(code, `none of the ${errors.length} builders can be used:
${list}`, { cause });
}
function unusableReasons(error) {
  const cause = error instanceof DispatchError ? error.cause : void 0;
  if (!(cause instanceof AggregateError)) return [];
  return cause.errors.filter((reason) => reason instanceof DispatchError);
}

// src/doctor/explain-unusable.ts
async function explainUnusable(thrown, builders, credentials) {
  const reasons = unusableReasons(thrown);
  const failed = builders.flatMap((builder) => {
    const reason = reasons.find(({ host }) => host === builder.name);
    return reason === void 0 ? [] : [{ builder, reason }];
  });
  if (failed.length === 0) return void 0;
  const examinations = await Promise.all(
    failed.map(({ builder, reason }) => examineFailure(builder, credentials(builder), reason))
  );
  const title = `Nothing was built: none of ${plural(failed.length, "builder")} can be used`;
  return { lines: renderLog(examinations), summary: renderSummary(examinations, title) };
}

// src/dispatch/stores/store.ts
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
        const answered = new Set(valid);
        if (client.isOpen) {
          for (const path of unknown) if (answered.has(path)) held.add(path);
        }
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

// src/builders/expose/join-streams.ts
import { pipeline } from "node:stream";
function joinStreams(client, daemon) {
  const end = () => {
    hangUp(client);
    hangUp(daemon);
  };
  pipeline(client, daemon, end);
  pipeline(daemon, client, end);
}
function hangUp(stream) {
  stream.destroy();
  stream.resume();
}

// src/builders/expose/socket-store.ts
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join as join2 } from "node:path";

// src/builders/expose/connector.ts
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
async function findConnectorLanguage(searchPath) {
  for (const folder of searchPath.split(delimiter)) {
    const interpreter = join(folder, "perl");
    if (isAbsolute(folder) && fitsFirstLine(interpreter) && await isExecutable(interpreter)) {
      return { kind: "perl", interpreter };
    }
  }
  return { kind: "node", interpreter: process.execPath };
}
function connectorScript({ kind, interpreter }, socketPath, troublePath2) {
  const script = kind === "perl" ? perlScript : nodeScript;
  return `#!${interpreter}
${script(quoted(socketPath), quoted(troublePath2))}`;
}
function perlScript(socketPath, troublePath2) {
  return `my ($path, $trouble) = (${socketPath}, ${troublePath2});
sub fail {
  my $why = '';
  if (open(my $file, '<', $trouble)) { local $/; $why = <$file>; }
  print STDERR "nix-dispatch: ", ($why || "the builder is not there any more"), "\\n";
  exit 1;
}
my $address = $^O eq 'darwin' ? pack('C C a104', 106, 1, $path) : pack('S a108', 1, $path);
my $socket;
socket($socket, 1, 1, 0) && connect($socket, $address) or fail();
sub copy {
  my ($from, $to) = @_;
  my ($total, $buffer) = (0);
  while (my $count = sysread($from, $buffer, 65536)) {
    $total += $count;
    for (my $at = 0; $at < $count; ) {
      my $written = syswrite($to, $buffer, $count - $at, $at) or return $total;
      $at += $written;
    }
  }
  return $total;
}
my $child = fork();
fail() unless defined $child;
if ($child == 0) {
  copy(\\*STDIN, $socket);
  shutdown($socket, 1);
  exit 0;
}
my $total = copy($socket, \\*STDOUT);
kill('TERM', $child);
fail() if $total == 0;
`;
}
function nodeScript(socketPath, troublePath2) {
  return `const socket = require('node:net').connect(${socketPath});
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', () => {});
socket.on('close', () => {
  if (socket.bytesRead > 0) process.exit(0);
  let why = '';
  try { why = require('node:fs').readFileSync(${troublePath2}, 'utf8'); } catch {}
  console.error('nix-dispatch: ' + (why || 'the builder is not there any more'));
  process.exit(1);
});
`;
}
function quoted(path) {
  return `'${path}'`;
}
function fitsFirstLine(interpreter) {
  return /^[\w./+-]{1,120}$/.test(interpreter);
}
async function isExecutable(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false
  );
}

// src/builders/expose/socket-store.ts
var longestBase = 60;
var longestName = 30;
function baseFolder({ RUNNER_TEMP = "" }) {
  return RUNNER_TEMP.length <= longestBase && /^\/[\w./-]+$/.test(RUNNER_TEMP) ? RUNNER_TEMP : tmpdir();
}
async function exposeBuilders(options) {
  const folder = await mkdtemp(join2(baseFolder(process.env), "nd-"));
  const language = await findConnectorLanguage(process.env["PATH"] ?? "");
  const servers = [];
  const stores = [];
  const lines = [];
  let told = Promise.resolve();
  let isClosed = false;
  for (const [index, builder] of options.builders.entries()) {
    if (builder.address.kind !== "ssh") continue;
    const program = join2(folder, fileName(builder.name, stores.length));
    const socketPath = `${program}.socket`;
    servers.push(await listen(socketPath, (client) => options.serve(index, client)));
    await writeFile(program, connectorScript(language, socketPath, troublePath(program)), { mode: 448 });
    const uri = `ssh-ng://localhost?remote-program=${program}`;
    stores.push({ name: builder.name, uri, socketPath });
    lines.push(machineLine(uri, builder, options.defaultSystem));
  }
  return {
    folder,
    stores,
    machineLines: lines.join("\n"),
    nameOf: (uri) => stores.find((store) => store.uri === uri)?.name,
    uriOf: (name) => stores.find((store) => store.name === name)?.uri,
    setTrouble(name, why) {
      const store = stores.find((candidate) => candidate.name === name);
      if (store === void 0 || isClosed) return told;
      const path = troublePath(store.socketPath.replace(/\.socket$/, ""));
      const next = told.catch(() => void 0).then(() => why === void 0 ? rm(path, { force: true }) : writeFile(path, why));
      told = next;
      return next;
    },
    async close() {
      isClosed = true;
      for (const server of servers) server.close();
      await told.catch(() => void 0);
      await rm(folder, { recursive: true, force: true });
    }
  };
}
function troublePath(program) {
  return `${program}.trouble`;
}
function fileName(name, index) {
  return `${name.replaceAll(/[^\w.-]/g, "-").slice(0, longestName)}-${index}`;
}
function listen(path, serve) {
  const server = createServer((client) => {
    client.on("error", () => client.destroy());
    serve(client).catch(() => client.destroy());
  });
  return new Promise((resolve2, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve2(server));
  });
}
function machineLine(uri, builder, defaultSystem) {
  const list = (items) => items.length === 0 ? "-" : items.join(",");
  const systems = builder.systems.length === 0 ? [defaultSystem] : builder.systems;
  const speed = Math.max(1, Math.round(builder.speedFactor));
  const features = `${list(builder.supportedFeatures)} ${list(builder.mandatoryFeatures)}`;
  return `${uri} ${list(systems)} - ${builder.maxJobs ?? 1} ${speed} ${features}`;
}

// src/github/artifact-folder.ts
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { homedir, tmpdir as tmpdir2 } from "node:os";
import { join as join3, resolve } from "node:path";
async function createArtifactFolder(environment, wanted) {
  const prefix = artifactName("", wanted ?? `nix-dispatch-${randomBytes(4).toString("hex")}`);
  const base = baseFolder2(environment);
  const root = join3(base, prefix);
  const folder = {
    prefix,
    root,
    logs: join3(root, "logs"),
    results: join3(root, "results"),
    outputs: join3(root, "outputs"),
    cache: join3(root, "cache"),
    partial: join3(root, "partial")
  };
  await mkdir(folder.logs, { recursive: true });
  await mkdir(folder.results, { recursive: true });
  return folder;
}
function baseFolder2(environment) {
  if (environment["ACT"] === "true") {
    return join3(environment["XDG_CACHE_HOME"] || join3(homedir(), ".cache"), "nix-dispatch");
  }
  if (environment["GITHUB_ACTIONS"] === "true") {
    return join3(environment["RUNNER_TEMP"] ?? tmpdir2(), "nix-dispatch");
  }
  return resolve(".nix-dispatch");
}

// src/inputs/unchecked-hosts.ts
function warnOfUncheckedHosts(notice) {
  const told = /* @__PURE__ */ new Set();
  return (host, line) => {
    if (told.has(line)) return;
    told.add(line);
    notice(
      "warning",
      `The host key of ${host} was not checked`,
      `host_key_checking is off, so anybody in the network could have answered in its place. This line in known_hosts vouches for it: ${line}`
    );
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
      return { kind: end.isSuspect === true ? "suspect" : "failed" };
    case "dependency-failed":
      return { kind: "failed" };
    case "timed-out":
    case "log-limit":
    case "cancelled":
      return { kind: "failed", isFinal: true };
  }
}
function attemptReport(attempt, outcome) {
  const { end } = attempt;
  const isMachines = end.kind === "failed" && end.isSuspect === true && outcome.kind === "built";
  return {
    builder: attempt.builder,
    startedAtMs: attempt.startedAtMs,
    finishedAtMs: attempt.finishedAtMs,
    result: isMachines ? "infrastructure" : resultWord(end.kind),
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

// src/dispatch/busy-time.ts
function withBusyTime(builds) {
  const busy = /* @__PURE__ */ new Map();
  for (const { builder, startedAtMs, finishedAtMs } of builds.flatMap(({ attempts }) => attempts)) {
    busy.set(builder, (busy.get(builder) ?? 0) + (finishedAtMs - startedAtMs) / 1e3);
  }
  return (report) => ({ ...report, busySeconds: busy.get(report.name) ?? 0 });
}

// src/dispatch/attempt/build-log.ts
import { createReadStream, mkdirSync as mkdirSync2, writeFileSync } from "node:fs";
import { rm as rm3 } from "node:fs/promises";
import { join as join4 } from "node:path";

// src/compression.ts
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import { rename, rm as rm2 } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline as pipeline2 } from "node:stream/promises";
import * as zlib from "node:zlib";
var chunkSize = 64 * 1024;
var compression = "createZstdCompress" in zlib ? { name: "zstd", ending: "zst", create: () => zlib.createZstdCompress({ chunkSize }) } : { name: "gzip", ending: "gz", create: () => zlib.createGzip({ chunkSize }) };
async function writeCompressed(source, path, partialPath) {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const count = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    }
  });
  try {
    for (const file of [path, partialPath]) mkdirSync(dirname(file), { recursive: true });
    await pipeline2(source, compression.create(), count, createWriteStream(partialPath));
    await rename(partialPath, path);
  } catch (error) {
    await rm2(partialPath, { force: true }).catch(() => {
    });
    throw error;
  }
  return { sizeBytes, sha256: hash.digest() };
}

// src/dispatch/attempt/build-log.ts
var tailLines = 40;
var tailLineCharacters = 2e3;
var tailCharacters = 16e3;
var flushBytes = 16 * 1024;
var packBytes = 1024 * 1024;
function createLogFolder(directory) {
  const opened = /* @__PURE__ */ new Map();
  let packing = Promise.resolve();
  const pack = (file) => {
    packing = packing.then(() => packFile(join4(directory, file)));
  };
  return {
    packed: () => packing,
    open(drvPath) {
      const name = fileBase(drvPath);
      const attempt = opened.get(name) ?? 0;
      opened.set(name, attempt + 1);
      const suffix = attempt === 0 ? "" : `.retry-${attempt}`;
      return openBuildLog(directory, `${name}${suffix}.log`, pack);
    }
  };
}
function fileBase(drvPath) {
  const name = storePathName(drvPath).replace(/\.drv$/u, "").replaceAll("?", "_").replace(/^[.-]/u, "_");
  return `${name}-${storePathHashPart(drvPath).slice(0, 8)}`;
}
async function packFile(path) {
  const packedPath = packedName(path);
  try {
    await writeCompressed(createReadStream(path), packedPath, `${packedPath}.partial`);
    await rm3(path);
  } catch {
    await rm3(packedPath, { force: true }).catch(() => {
    });
  }
}
function packedName(file) {
  return `${file}.${compression.ending}`;
}
function openBuildLog(directory, file, pack) {
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
      if (state === "empty") mkdirSync2(directory, { recursive: true });
      writeFileSync(join4(directory, file), text, { flag: state === "empty" ? "w" : "a" });
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
      const isLarge = state === "begun" && bytes > packBytes;
      if (isLarge) pack(file);
      const name = isLarge ? packedName(file) : file;
      return { tail: tail.map(cleanLine), lines, file: state === "begun" ? name : void 0 };
    }
  };
}
function cut(line) {
  return `${Buffer.from(line.slice(0, tailLineCharacters)).toString()}\u2026`;
}

// src/dispatch/schedule/constraints.ts
function canBuild(builder, needs) {
  const { systems, supportedFeatures, mandatoryFeatures } = builder;
  return (needs.system === "builtin" || systems.includes(needs.system)) && needs.requiredFeatures.every(
    (feature) => supportedFeatures.includes(feature) || mandatoryFeatures.includes(feature)
  ) && mandatoryFeatures.every((feature) => needs.requiredFeatures.includes(feature)) && (builder.granularity === "derivation" || needs.granularity === "closure");
}
function mightBuild(line, needs) {
  const { systems, supportedFeatures, mandatoryFeatures } = line;
  const namesItself = systems.length === 0;
  return canBuild(
    {
      systems: namesItself ? [needs.system] : systems,
      supportedFeatures: namesItself && supportedFeatures.length === 0 ? needs.requiredFeatures : supportedFeatures,
      mandatoryFeatures,
      granularity: "derivation"
    },
    { ...needs, granularity: "derivation" }
  );
}
function needsKey(needs) {
  return JSON.stringify([needs.granularity, needs.system, ...new Set(needs.requiredFeatures.toSorted())]);
}

// src/dispatch/fleet/fleet.ts
import { setMaxListeners } from "node:events";

// src/dispatch/activities.ts
function createActivities() {
  const active = /* @__PURE__ */ new Map();
  return {
    begin(node, builder, isBuild) {
      const controller = new AbortController();
      const startedAtMs = isBuild ? performance.now() : void 0;
      active.set(keyOf(node, builder), { node, builder, controller, startedAtMs });
      return controller.signal;
    },
    end(node, builder, signal) {
      const key = keyOf(node, builder);
      if (active.get(key)?.controller.signal === signal) active.delete(key);
    },
    stop(node, builder) {
      const key = keyOf(node, builder);
      active.get(key)?.controller.abort("not-needed");
      active.delete(key);
    },
    isBuilding: (node) => [...active.values()].some((one) => one.node === node && one.startedAtMs !== void 0),
    abandon(builder, silentMs) {
      const heardAtMs = performance.now() - silentMs;
      let builds = 0;
      let seconds = 0;
      for (const [key, activity] of active) {
        if (activity.builder !== builder) continue;
        if (activity.startedAtMs !== void 0) {
          builds += 1;
          seconds += Math.max(0, heardAtMs - activity.startedAtMs) / 1e3;
        }
        activity.controller.abort("builder-lost");
        active.delete(key);
      }
      return { builds, seconds };
    }
  };
}
function keyOf(node, builder) {
  return `${node} ${builder}`;
}
function withCost(message, { builds, seconds }) {
  if (builds === 0) return message;
  const cost = `cost ${seconds.toFixed(1)} s of work in ${builds} ${builds === 1 ? "build" : "builds"} that ran there`;
  return message.endsWith(".") ? `${message} It ${cost}.` : `${message}; it ${cost}`;
}

// src/dispatch/fleet/head-start.ts
var graceMs = 1e3;
var untrustedGraceMs = 5e3;
function createHeadStart() {
  let begin = () => {
  };
  const begun = new Promise((resolve2) => {
    begin = resolve2;
  });
  const timers = [];
  const complete = () => {
    for (const timer of timers) clearTimeout(timer);
    begin();
  };
  return {
    begun,
    complete,
    joined: (granularity) => void timers.push(setTimeout(complete, granularity === "derivation" ? graceMs : untrustedGraceMs))
  };
}

// src/dispatch/fleet/log-in-again.ts
import { setTimeout as sleep } from "node:timers/promises";

// src/dispatch/fleet/seat.ts
var firstPauseMs = 500;
var mostVainReturns = 10;
var final = /* @__PURE__ */ new Set(["host-key", "authentication", "not-nix", "input", "local"]);
var finalOnReturn = /* @__PURE__ */ new Set(["host-key", "authentication"]);
function createSeat(member, id) {
  return {
    member,
    id,
    session: void 0,
    last: void 0,
    hasJoined: false,
    firstTry: Promise.resolve(),
    isGivenUp: false,
    slots: 0,
    isDrained: false,
    bytesReceived: 0,
    bytesSent: 0,
    trouble: [],
    giveUpAtMs: void 0,
    vainReturns: 0,
    pauseMs: firstPauseMs,
    overdue: void 0,
    examination: void 0
  };
}
function seat(seat2, session) {
  clearTimeout(seat2.overdue);
  if (seat2.last !== void 0) seat2.vainReturns += 1;
  if (seat2.vainReturns <= mostVainReturns) seat2.giveUpAtMs = void 0;
  seat2.session = session;
  seat2.last = session;
  seat2.slots = session.offer.maxJobs;
  seat2.isDrained = false;
}
function unseat(seat2) {
  if (seat2.session === void 0) return;
  seat2.bytesReceived += seat2.session.store.bytesReceived;
  seat2.bytesSent += seat2.session.store.bytesSent;
  seat2.session.close();
  seat2.session = void 0;
}
function forgive(seat2) {
  seat2.giveUpAtMs = void 0;
  seat2.vainReturns = 0;
  seat2.pauseMs = firstPauseMs;
}
function reportOf(seat2) {
  return {
    name: seat2.member.name,
    systems: seat2.last?.offer.systems ?? [],
    maxJobs: seat2.last?.offer.maxJobs ?? 0,
    nixVersion: seat2.last?.nixVersion,
    connectSeconds: seat2.last?.connectSeconds,
    bytesReceived: seat2.bytesReceived + (seat2.session?.store.bytesReceived ?? 0),
    bytesSent: seat2.bytesSent + (seat2.session?.store.bytesSent ?? 0),
    trouble: seat2.trouble
  };
}
function isFinal({ last }, { code }) {
  return (last === void 0 ? final : finalOnReturn).has(code);
}

// src/dispatch/fleet/log-in-again.ts
var longestPauseMs = 5e3;
async function logInAgain(seat2, reconnectMs, closing) {
  seat2.giveUpAtMs ??= performance.now() + reconnectMs;
  for (; ; ) {
    const pauseMs = seat2.pauseMs * (0.5 + Math.random());
    await sleep(pauseMs, void 0, { signal: closing }).catch(() => {
    });
    if (closing.aborted) return { kind: "closed" };
    seat2.pauseMs = Math.min(seat2.pauseMs * 2, longestPauseMs);
    try {
      return { kind: "back", session: await seat2.member.open(seat2.id) };
    } catch (thrown) {
      const error = toDispatchError(thrown, "unreachable", { host: seat2.member.name });
      if (isFinal(seat2, error) || performance.now() >= seat2.giveUpAtMs) return { kind: "given-up", error };
    }
  }
}

// src/dispatch/machine/is-there.ts
var longestAnswerMs = 6e4;
var ask = (client) => client.queryValidPaths([], { substitute: false });
async function hear({ store }) {
  return withinLimit(
    store.ask(ask).then(
      () => "answers",
      () => "lost"
    ),
    "hangs"
  );
}
async function whyNotAnswering(session) {
  const error = await oneTry(session);
  return error === void 0 || error.code === "timed-out" ? error : oneTry(session);
}
function oneTry({ store, name }) {
  return withinLimit(
    store.use(ask).then(
      () => void 0,
      (thrown) => toDispatchError(thrown, "connection-lost", { host: name })
    ),
    new DispatchError("timed-out", `no answer within ${longestAnswerMs / 1e3} s`, { host: name })
  );
}
async function withinLimit(work, otherwise) {
  let timer;
  const tooLong = new Promise((resolve2) => {
    timer = setTimeout(() => resolve2(otherwise), longestAnswerMs).unref();
  });
  const first = await Promise.race([work, tooLong]);
  clearTimeout(timer);
  return first;
}

// src/dispatch/fleet/fleet.ts
var goodSessionMs = 3e4;
function createFleet(members, options) {
  const { observer } = options;
  const seats = members.map(createSeat);
  const headStart = createHeadStart();
  let dispatcher;
  let isClosed = false;
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const seatOf = (session) => {
    const seat2 = seats[session.id];
    return seat2?.session === session && !isClosed ? seat2 : void 0;
  };
  const seated = async (seat2, session) => {
    if (isClosed) {
      session.close();
      return;
    }
    const joinedAtMs = performance.now();
    const isReturn = seat2.last !== void 0;
    seat(seat2, session);
    headStart.joined(session.offer.granularity);
    const { offer, nixVersion } = session;
    const trusted = offer.granularity === "derivation" ? "" : ", whole closures only";
    observer.builderJoined(
      session.name,
      `${isReturn ? "back, " : ""}Nix ${nixVersion}, ${offer.systems.join(" ")}, ${offer.maxJobs} ${offer.maxJobs === 1 ? "slot" : "slots"}${trusted}`
    );
    session.whenFull((conversations, reason) => shrink(session, conversations, reason));
    void session.lost.then((reason) => {
      if (performance.now() - joinedAtMs >= goodSessionMs) forgive(seat2);
      if (reason !== void 0) lose(session, describeTrouble(reason), silentMsOf(reason));
    });
    if (await dispatcher?.join(session) !== true) return;
    seat2.hasJoined = true;
    options.changed();
  };
  const lose = (session, message, silentMs = 0) => {
    const seat2 = seatOf(session);
    if (seat2 === void 0) return;
    unseat(seat2);
    const isHopeless = seat2.giveUpAtMs !== void 0 && performance.now() >= seat2.giveUpAtMs;
    const work = dispatcher?.lose(seat2.id, !isHopeless, silentMs) ?? { builds: 0, seconds: 0 };
    note(seat2, withCost(`${isHopeless ? "given up: " : ""}${message}`, work));
    if (isHopeless) {
      giveUp(seat2);
      return;
    }
    seat2.overdue = setTimeout(() => dispatcher?.overdue(seat2.id), options.graceMs).unref();
    void reconnect(seat2);
  };
  const shrink = (session, conversations, reason) => {
    const seat2 = seatOf(session);
    if (seat2 === void 0) return;
    const slots = Math.max(1, conversations - 1);
    if (slots >= seat2.slots) return;
    seat2.slots = slots;
    note(
      seat2,
      `builds in ${slots} of ${session.offer.maxJobs} slots from now on: ${describeTrouble(reason)}`
    );
    if (!seat2.isDrained) dispatcher?.resize(seat2.id, slots);
  };
  const giveUp = (seat2) => {
    seat2.isGivenUp = true;
    options.changed();
  };
  const note = (seat2, message) => {
    seat2.trouble.push(message);
    observer.builderTrouble(seat2.member.name, message);
  };
  const reconnect = async (seat2) => {
    const end = await logInAgain(seat2, options.reconnectMs, closing.signal);
    if (end.kind === "back") await seated(seat2, end.session);
    if (end.kind !== "given-up") return;
    note(seat2, `given up: ${end.error.message}`);
    dispatcher?.lose(seat2.id, false);
    giveUp(seat2);
  };
  return {
    async connect(chosen) {
      dispatcher = chosen;
      const errors = [];
      const tryFirst = async (seat2) => {
        try {
          await seated(seat2, await seat2.member.open(seat2.id));
        } catch (thrown) {
          const error = toDispatchError(thrown, "unreachable", { host: seat2.member.name });
          errors.push(error);
          note(seat2, describeTrouble(error));
          if (isFinal(seat2, error)) giveUp(seat2);
          else void reconnect(seat2);
        }
      };
      for (const seat2 of seats) seat2.firstTry = tryFirst(seat2);
      const allTried = Promise.all(seats.map(({ firstTry }) => firstTry)).then(() => {
        const [first] = errors;
        if (first !== void 0 && seats.every(({ last }) => last === void 0))
          throw noneUsable(errors, first);
        headStart.complete();
      });
      await Promise.race([headStart.begun, allTried]);
      chosen.buildersComplete();
    },
    async tried(id) {
      await (id === void 0 ? Promise.all(seats.map(({ firstTry }) => firstTry)) : seats[id]?.firstTry);
    },
    mayYetBuild: (needs) => seats.some(
      ({ hasJoined, isGivenUp, member }) => !hasJoined && !isGivenUp && mightBuild(member.line, needs)
    ),
    get sessions() {
      return seats.flatMap(({ hasJoined, session }) => hasJoined && session !== void 0 ? [session] : []);
    },
    get offers() {
      return seats.flatMap(
        ({ hasJoined, last }) => hasJoined && last !== void 0 ? [{ ...last.offer, name: last.name }] : []
      );
    },
    async examine(session) {
      const seat2 = seatOf(session);
      if (seat2 === void 0) return;
      const examine = async () => {
        const error = await whyNotAnswering(session);
        if (error !== void 0) lose(session, `its daemon does not answer: ${error.message}`);
      };
      seat2.examination ??= examine().finally(() => {
        seat2.examination = void 0;
      });
      await seat2.examination;
    },
    worked(session) {
      const seat2 = seatOf(session);
      if (seat2 !== void 0) forgive(seat2);
    },
    drain(session, message) {
      const seat2 = seatOf(session);
      if (seat2 === void 0 || seat2.isDrained) return;
      seat2.isDrained = true;
      note(seat2, message);
      dispatcher?.resize(seat2.id, 0);
    },
    reopen(session, message) {
      const seat2 = seatOf(session);
      if (seat2?.isDrained !== true) return;
      seat2.isDrained = false;
      note(seat2, message);
      dispatcher?.resize(seat2.id, seat2.slots);
    },
    reports: () => seats.map(reportOf),
    close() {
      isClosed = true;
      closing.abort();
      headStart.complete();
      for (const { session, overdue } of seats) {
        clearTimeout(overdue);
        session?.close();
      }
    }
  };
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
    const strings = value.filter((item) => typeof item === "string");
    if (strings.length === value.length) return strings;
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
function outputPathName(derivationName, output) {
  return output === "out" ? derivationName : `${derivationName}-${output}`;
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
      if (!reader.skip(text)) throw malformed(`expected ${JSON.stringify(text)}`);
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
      const start = offset;
      let hasEscapes = false;
      for (; offset < buffer.length; offset++) {
        const byte = buffer[offset];
        if (byte === QUOTE) break;
        if (byte === BACKSLASH) {
          hasEscapes = true;
          offset++;
        }
      }
      if (offset >= buffer.length) throw malformed("a string does not end");
      const text = buffer.toString("latin1", start, offset);
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
      if (offset < buffer.length) throw malformed("something follows the end");
    }
  };
  return reader;
  function malformed(what) {
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
  const fileName2 = storePathName(drvPath);
  if (!fileName2.endsWith(DRV_SUFFIX)) {
    throw new DispatchError(
      "protocol",
      `${drvPath} is no derivation: its name does not end in ${DRV_SUFFIX}`
    );
  }
  return parseNamedDerivation(bytes, fileName2.slice(0, -DRV_SUFFIX.length), storeDir);
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
  const isImpure = [...derivation.outputs.values()].some(({ kind }) => kind === "impure");
  return {
    name: derivation.name,
    system: derivation.system,
    requiredFeatures: requiredSystemFeatures,
    preferLocalBuild,
    outputs: new Map([...derivation.outputs].map(([name, output]) => [name, knownOutputPath(output)])),
    inputDerivations: derivation.inputDerivations,
    inputSources: derivation.inputSources,
    needsClosure: derivation.isDynamic || isImpure,
    isImpure,
    isFetch: [...derivation.outputs.values()].every(({ kind }) => kind === "fixed")
  };
}

// src/dispatch/fleet/shared-substituters.ts
async function shareSubstituters(opened, shared) {
  const { name } = opened.builder;
  if (opened.info.trust !== "trusted") {
    shared.refused(name, "its daemon takes settings only from users in trusted-users");
    return opened;
  }
  const answer = await opened.exec(["sh", "-c", SETTINGS_SCRIPT]).catch(() => void 0);
  const own = answer === void 0 ? void 0 : parseNixSettings(answer.stdout);
  if (own === void 0) {
    shared.refused(name, "its settings can\u2019t be read, which are sent along");
    return opened;
  }
  const settings = settingsToShare(shared, own);
  return settings === void 0 ? opened : withSettings(opened, settings);
}
function settingsToShare({ substituters, keys }, own) {
  const bare = (uri) => uri.replace(/\?.*/s, "").replace(/\/$/, "");
  const known = new Set(own.list("substituters").map(bare));
  const news = substituters.filter((uri) => !known.has(bare(uri)));
  if (news.length === 0) return void 0;
  return {
    // Cannot be left out of the message: what the daemon does anyway.
    keepGoing: own.flag("keep-going") ?? false,
    fallback: own.flag("fallback") ?? false,
    maxJobs: own.count("max-jobs") ?? 1,
    maxSilentSeconds: own.count("max-silent-time") ?? 0,
    cores: own.count("cores") ?? 0,
    useSubstitutes: true,
    overrides: /* @__PURE__ */ new Map([
      ["extra-substituters", news.map(askedInBulk).join(" ")],
      ["extra-trusted-public-keys", keys.join(" ")]
    ])
  };
}
function askedInBulk(uri) {
  if (/[?&]want-mass-query=/.test(uri)) return uri;
  return `${uri}${uri.includes("?") ? "&" : "?"}want-mass-query=true`;
}
function withSettings(channels, settings) {
  const told = /* @__PURE__ */ new WeakSet();
  return {
    async acquire() {
      const client = await channels.acquire();
      if (!told.has(client)) {
        told.add(client);
        client.setOptions(settings).catch(() => {
        });
      }
      return client;
    },
    release: (client) => channels.release(client)
  };
}

// src/dispatch/machine/proc-meter.ts
import { createInterface } from "node:readline";
import { setTimeout as sleep2 } from "node:timers/promises";

// src/accounting/cpu-time.ts
var QUALITY = ["cgroup", "proc", "service", "estimate"];
function bestCpuTime(known) {
  return known.filter((cpu) => cpu !== void 0).sort((a, b) => QUALITY.indexOf(a.source) - QUALITY.indexOf(b.source))[0];
}
function cgroupCpuTime(userMicroseconds, systemMicroseconds) {
  if (userMicroseconds === void 0 || systemMicroseconds === void 0) return void 0;
  return { seconds: (Number(userMicroseconds) + Number(systemMicroseconds)) / 1e6, source: "cgroup" };
}
function estimatedCpuTime(wallSeconds, cores) {
  return { seconds: wallSeconds * cores, source: "estimate" };
}

// src/accounting/proc/probe.ts
var READY = /^nix-dispatch-probe (\d{1,6}) (\d{1,6})$/;
var PROBE_END = "nix-dispatch-probe-end";
var ARGUMENT_END = "";
var PROBE_SCRIPT = `
echo "nix-dispatch-probe $(getconf CLK_TCK 2>/dev/null || echo 100) $(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 0)"
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
  const [, ticks, cores] = READY.exec(line) ?? [];
  const ticksPerSecond = Number(ticks);
  return ticksPerSecond > 0 ? { ticksPerSecond, cores: Number(cores) || void 0 } : void 0;
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
function findWorker(processes, clientPid, place = { index: 0, of: 1 }) {
  const pid = String(clientPid);
  const serving = processes.filter((one) => one.pid !== clientPid && servesClient(one.argv, pid));
  const servingPids = new Set(serving.map((one) => one.pid));
  const workers = serving.filter(({ stat }) => !servingPids.has(stat.parentPid)).sort((one, other) => one.stat.startTicks - other.stat.startTicks || one.pid - other.pid);
  const worker = workers.length === 0 ? processes.find((one) => one.pid === clientPid && isStdioDaemon(one.argv)) : workers[workers.length === place.of ? place.index : -1];
  if (worker !== void 0) return { kind: "found", worker };
  return { kind: workers.length === 0 ? "absent" : "unclear" };
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

// src/dispatch/machine/proc-meter.ts
var patienceMs = 1e4;
var unclearPausesMs = [50, 200, 800];
var mostAnswerBytes = 16 * 2 ** 20;
function createCpuMeter(opened) {
  let probe;
  const workers = /* @__PURE__ */ new WeakMap();
  let scanning;
  let nextScan;
  const scan = (opening) => {
    nextScan ??= Promise.resolve(scanning).then(() => {
      nextScan = void 0;
      scanning = opening.ask(SCAN_REQUEST);
      return scanning;
    });
    return nextScan;
  };
  const find = async (client, isOver) => {
    probe ??= openProbe(opened).catch(() => void 0);
    const pid = opened.clientPid(client);
    const opening = await probe;
    if (pid === void 0 || opening === void 0) return void 0;
    for (const pauseMs of [...unclearPausesMs, void 0]) {
      const { processes } = await scan(opening);
      if (isOver()) return void 0;
      const siblings = opened.siblings(client);
      const place = { index: siblings.indexOf(client), of: siblings.length };
      const sought = findWorker(processes, pid, place);
      if (sought.kind === "found") return sought.worker.stat;
      if (sought.kind === "absent" || pauseMs === void 0) return void 0;
      await sleep2(pauseMs);
    }
    return void 0;
  };
  const findFresh = async (client) => {
    const stat = await find(client, () => false);
    return stat === void 0 ? void 0 : { ...stat, waitedChildTicks: 0 };
  };
  const lookBefore = async (client, worker, isOver) => {
    if (worker.kind === "known") return worker.stat;
    return worker.kind === "fresh" ? findFresh(client) : find(client, isOver);
  };
  const lookAfter = async (pid) => {
    const answer = await (await probe)?.ask(statRequest([pid]));
    return answer?.stats.find((stat) => stat.pid === pid);
  };
  return {
    begin(client) {
      const worker = workers.get(client) ?? Promise.resolve({ kind: "fresh" });
      let isOver = false;
      const early = worker.then((known) => lookBefore(client, known, () => isOver)).catch(() => void 0);
      const beganMs = performance.now();
      return async (result) => {
        isOver = true;
        const wallSeconds = (performance.now() - beganMs) / 1e3;
        const before = early.then(async (stat) => {
          const isLate = stat === void 0 && (await worker).kind === "fresh";
          return isLate ? findFresh(client).catch(() => void 0) : stat;
        });
        const after = before.then((stat) => stat === void 0 ? void 0 : lookAfter(stat.pid)).catch(() => void 0);
        workers.set(
          client,
          after.then((stat) => stat === void 0 ? { kind: "unknown" } : { kind: "known", stat })
        );
        const told = cgroupCpuTime(result?.cpuUserMicroseconds, result?.cpuSystemMicroseconds);
        if (told !== void 0) return told;
        const [from, to, opening] = await Promise.all([before, after, probe?.catch(() => void 0)]);
        if (opening === void 0) return void 0;
        const read = from === void 0 || to === void 0 ? void 0 : cpuBetween(from, to, opening.ticksPerSecond);
        return bestCpuTime([
          read,
          opening.cores === void 0 ? void 0 : estimatedCpuTime(wallSeconds, opening.cores)
        ]);
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
  let isOver = false;
  const end = () => {
    isOver = true;
    ready(void 0);
    for (const resolve2 of waiting.splice(0)) resolve2(parseProbeAnswer([]));
  };
  const giveUp = () => {
    end();
    stream.destroy();
  };
  stream.on("error", end).on("close", end);
  let answerBytes = 0;
  stream.on("data", (chunk) => {
    answerBytes += chunk.byteLength;
    if (answerBytes > mostAnswerBytes) giveUp();
  });
  const reader = createInterface({ input: stream });
  reader.on("error", () => {
  });
  reader.on("line", (line) => {
    const greeting2 = parseReadyLine(line);
    if (greeting2 !== void 0) ready(greeting2);
    else if (line === PROBE_END) waiting.shift()?.(parseProbeAnswer(lines));
    else lines.push(line);
    if (line !== PROBE_END) return;
    lines = [];
    answerBytes = 0;
  });
  const timer = setTimeout(giveUp, patienceMs);
  const greeting = await isReady;
  clearTimeout(timer);
  if (greeting === void 0) return void 0;
  return {
    ...greeting,
    ask: (request) => new Promise((resolve2) => {
      if (isOver) {
        resolve2(parseProbeAnswer([]));
        return;
      }
      const late = setTimeout(giveUp, patienceMs);
      waiting.push((answer) => {
        clearTimeout(late);
        resolve2(answer);
      });
      stream.write(request);
    })
  };
}

// src/dispatch/fleet/slots.ts
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

// src/dispatch/fleet/open-session.ts
async function openSession(id, builder, credentials, runner, shared) {
  const opened = await openBuilder(builder, credentials);
  const isRunner = builder.address.kind === "local";
  const { trust, systems, supportedFeatures, maxJobs, nixVersion, connectSeconds } = opened.info;
  const channels = shared === void 0 || isRunner ? opened : await shareSubstituters(opened, shared);
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
    store: isRunner && runner !== void 0 ? runner : createStore(builder.name, channels),
    channels,
    slots: createSlots(),
    // A service that is set up by environment has no shell that could be asked.
    cpuMeter: credentials.environment === void 0 ? createCpuMeter(opened) : void 0,
    nixVersion,
    connectSeconds,
    isRunner,
    lost: opened.lost,
    whenFull: (listener) => opened.whenFull(listener),
    diskSpace: async () => {
      const answer = await opened.exec(["sh", "-c", DISK_SPACE_SCRIPT]).catch(() => void 0);
      return answer === void 0 ? void 0 : parseDiskSpace(answer.stdout);
    },
    openDaemonChannel: () => opened.openDaemonChannel(),
    openCommand: (words2) => opened.openCommand(words2),
    close: () => opened.close()
  };
}

// src/dispatch/ledger/build-error.ts
var COLOUR = /\u001b\[[0-9;]*m/g;
var SUBJECT = /^Cannot build '.*'\.$/;
var KNOWN_ELSEWHERE = /^(?:last \d+ log lines?:|for full logs, run\b|output paths:$)/i;
function readBuildError(text) {
  const lines = text.replaceAll(COLOUR, "").trim().split("\n");
  const ours = lines.findIndex((line) => KNOWN_ELSEWHERE.test(line.trim()));
  const own = ours > 0 ? lines.slice(0, ours) : lines;
  const [first = "", second = "", ...rest] = own;
  const told = SUBJECT.test(first) && second.startsWith("Reason: ") ? [second.slice("Reason: ".length), ...rest] : own;
  return told.join("\n").replace(/^(?:error: )?builder for '[^'\n]*' failed/, "builder failed").replace(/[;.]$/, "");
}

// src/dispatch/ledger/attempt-end.ts
function endOfResult(result, hasStarted) {
  if (result === void 0) {
    return { kind: "infrastructure", message: "the daemon gave no result for this build" };
  }
  const message = readBuildError(result.errorMessage);
  switch (result.status) {
    case "built":
    case "substituted":
      return { kind: result.status };
    case "already-valid":
    case "resolves-to-already-valid":
      return { kind: "already-valid" };
    case "dependency-failed":
      if (!hasStarted) {
        return { kind: "infrastructure", message: `it was refused: ${message}`, isRefusal: true };
      }
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
      if (!hasStarted) {
        return { kind: "infrastructure", message: `it was refused: ${message}`, isRefusal: true };
      }
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
    message: error.hint === void 0 ? error.message : `${error.message} ${error.hint}`,
    ...error.code === "daemon" ? { isRefusal: true } : {}
  };
}

export {
  createStore,
  explainUnusable,
  joinStreams,
  hangUp,
  exposeBuilders,
  outcomeOfAttempt,
  isGoodEnd,
  scheduleResultOf,
  attemptReport,
  compression,
  writeCompressed,
  knownOutputPath,
  outputPathName,
  readBuildError,
  endOfResult,
  endOfError,
  hear,
  withBusyTime,
  createLogFolder,
  createActivities,
  canBuild,
  needsKey,
  createFleet,
  readDerivation,
  factsOfDerivation,
  bestCpuTime,
  cgroupCpuTime,
  createCpuMeter,
  createSlots,
  openSession,
  createArtifactFolder,
  warnOfUncheckedHosts
};
