import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  addMachines,
  listenForEnd,
  removeMachines
} from "./chunk-FGLFDBFD.js";
import {
  attemptReport,
  bestCpuTime,
  cgroupCpuTime,
  createArtifactFolder,
  createCpuMeter,
  createFleet,
  createLogFolder,
  createSlots,
  endOfResult,
  explainUnusable,
  exposeBuilders,
  hangUp,
  isGoodEnd,
  joinStreams,
  knownOutputPath,
  openSession,
  outcomeOfAttempt,
  readBuildError,
  readDerivation,
  warnOfUncheckedHosts,
  withBusyTime
} from "./chunk-BAKNPANX.js";
import "./chunk-4UU34LW5.js";
import {
  createRecorder
} from "./chunk-QS5WVXX3.js";
import "./chunk-XOUPQI22.js";
import {
  isOrder,
  isRunning
} from "./chunk-QPSDT3OL.js";
import "./chunk-7MK2SQY7.js";
import {
  ByteQueue,
  CLIENT_MAGIC,
  DAEMON_MAGIC,
  FEATURES_MINOR,
  MAX_MESSAGE_BYTES,
  OP,
  byteStringToText,
  connectDaemon,
  createMessageHandler,
  createNarScanner,
  decodeBasicDerivation,
  decodeBuildResult,
  decodeCount,
  decodeExchange,
  decodeIntroduction,
  decodeKeyedBuildResult,
  decodeList,
  decodeText,
  decodeTexts,
  decodeUint,
  isStorePath,
  paddingOf,
  parseVersionNumber,
  probeTrust,
  protocolError,
  storePathName
} from "./chunk-DL7FELQH.js";
import {
  daemonSocketPath,
  openLocalHost,
  runCommand,
  systemOfUname
} from "./chunk-CGGEOQQ2.js";
import "./chunk-HOZKPZFU.js";
import "./chunk-ZR6O72JI.js";
import "./chunk-7IZRAHNB.js";
import "./chunk-33DNL4A3.js";
import "./chunk-RSYTV2SV.js";
import "./chunk-SXUCSHNG.js";
import "./chunk-HXB6XSEK.js";
import "./chunk-6I3FJ6SO.js";
import {
  openAccount,
  parseInputs
} from "./chunk-LZA4VYO3.js";
import "./chunk-JOMHBQXC.js";
import "./chunk-KYHKDAB5.js";
import {
  credentialsOf
} from "./chunk-L5RSD4CU.js";
import "./chunk-WGX5D5BX.js";
import "./chunk-B322B4MD.js";
import "./chunk-OPTAAB63.js";
import "./chunk-B56HH6Z6.js";
import "./chunk-BER7XQ6C.js";
import {
  DispatchError,
  describeError,
  toDispatchError
} from "./chunk-7AVBNTXI.js";
import "./chunk-4NJ7PDOZ.js";

// src/setup/run-background.ts
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { machine, type } from "node:os";
import { join as join2 } from "node:path";

// src/setup/configure/nix-access.ts
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { connect } from "node:net";
async function findNixAccess(environment) {
  const { NIX_REMOTE: remote = "", NIX_STATE_DIR: stateDir = "/nix/var/nix" } = environment;
  const socketPath = daemonSocketPath(environment);
  if (remote !== "daemon") {
    const { R_OK, W_OK } = constants;
    if (remote === "local" || await may(stateDir, R_OK | W_OK) || !await may(socketPath, constants.F_OK)) {
      return { kind: "direct" };
    }
  }
  const client = await connectDaemon(await connectUnix(socketPath), { host: "local" });
  try {
    return { kind: "daemon", trusted: await probeTrust(client) === "trusted" };
  } finally {
    client.close();
  }
}
async function may(path, mode) {
  return access(path, mode).then(
    () => true,
    () => false
  );
}
function connectUnix(path) {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.once("error", (cause) => {
      reject(
        new DispatchError("local", `the Nix daemon of this machine does not answer at ${path}`, {
          host: "local",
          hint: "Start it before this step, or see that this user may connect to it (allowed-users).",
          cause
        })
      );
    });
  });
}

// src/setup/configure/nix-settings.ts
var OUR_STORE = /^ssh-ng:\/\/localhost\?remote-program=\S+\/nd-\w+\/([\w.-]+)-\d+(?:\s|$)/;
function withBuilders(before, wanted) {
  const ours = wanted.machineLines;
  const names = new Set(ours.map(offeredName));
  const kept = entriesOf(lastValueOf(before, "builders") ?? "").filter((entry) => {
    const name = offeredName(entry);
    return name === void 0 || !names.has(name);
  });
  const lines = [
    before.trimEnd(),
    // Nix before 2.29 looks for `@` where an entry begins, blanks included.
    ...ours.length === 0 ? [] : [`builders = ${[...kept, ...ours].join(";")}`],
    ...ours.length === 0 || lastValueOf(before, "builders-use-substitutes") !== void 0 ? [] : ["builders-use-substitutes = true"],
    ...wanted.buildsElsewhereOnly && lastValueOf(before, "max-jobs") === void 0 ? ["max-jobs = 0"] : [],
    // How soon Nix asks again for a slot when all were taken. It asks every 5 s else, however short the builds; any daemon lets any user set it.
    ...lastValueOf(before, "build-poll-interval") === void 0 ? ["build-poll-interval = 1"] : [],
    // Installers of Nix turn it on, and a flake could then send builds elsewhere, or have a program run after each.
    ...lastValueOf(before, "accept-flake-config") === void 0 ? ["accept-flake-config = false"] : [],
    wanted.nixConf
  ];
  return lines.filter((line) => line !== "").join("\n");
}
function offeredName(entry) {
  return OUR_STORE.exec(entry)?.[1];
}
function entriesOf(value) {
  return value.split(";").map((entry) => entry.trim()).filter((entry) => entry !== "");
}
function lastValueOf(text, name) {
  return text.split("\n").map((line) => /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line)).findLast((match) => match?.[1] === name)?.[2];
}

// src/setup/configure/configure-nix.ts
async function configureNix(inputs, { machineLines }, mark, environment) {
  const before = environment["NIX_CONFIG"] ?? "";
  const lines = machineLines.split("\n");
  const common = {
    buildsElsewhereOnly: !inputs.builders.some(({ address }) => address.kind === "local"),
    nixConf: inputs.nixConf
  };
  const access2 = await findNixAccess(environment);
  if (access2.kind === "direct" || access2.trusted) {
    const why = access2.kind === "direct" ? "its commands write the store themselves, without a daemon that would have to be told" : "its daemon trusts this user";
    return {
      nixConfig: withBuilders(before, { ...common, machineLines: lines }),
      way: `Nix is told of the builders by NIX_CONFIG, which every later step of this job has: ${why}. A command under sudo gets it by sudo --preserve-env=NIX_CONFIG.`,
      added: void 0
    };
  }
  const added = await addMachines(lines, mark);
  return {
    nixConfig: withBuilders(before, { ...common, machineLines: [] }),
    way: `The Nix daemon does not trust this user, so it is told of the builders in ${added.file}, until this job ends; other jobs of this machine use them too meanwhile. It does not let builders fetch from caches (builders-use-substitutes) unless its own nix.conf says so.`,
    added
  };
}

// src/setup/configure/try-stores.ts
async function tryStores(stores, say) {
  const host = openLocalHost("local", void 0);
  try {
    const failures = await Promise.all(
      stores.map(async ({ name, uri }) => {
        const words = [
          "nix",
          "--extra-experimental-features",
          "nix-command",
          "store",
          "ping",
          "--store",
          uri
        ];
        const { code, stderr } = await runCommand(host, "local", words);
        if (code === 0) return void 0;
        say(`${name}: Nix does not reach it: ${stderr.trim()}`);
        return stderr.trim();
      })
    );
    const [first] = failures;
    if (first !== void 0 && failures.every((failure) => failure !== void 0)) {
      throw new DispatchError("local", `Nix on this machine reaches none of the builders: ${first}`);
    }
  } finally {
    host.close();
  }
}

// src/setup/lifecycle/job-process.ts
var SETTLE_MS = 5e3;
function nextJobProcess(known, running, nowMs) {
  switch (known.kind) {
    case "in-step":
      return running[0] === true ? known : { kind: "settling", sinceMs: nowMs };
    case "settling": {
      if (nowMs - known.sinceMs < SETTLE_MS) return known;
      const index = running.indexOf(true);
      return index < 0 ? { kind: "hidden" } : { kind: "known", index };
    }
    case "known":
      return running[known.index] === true ? known : { kind: "gone" };
    case "hidden":
    case "gone":
      return known;
  }
}

// src/setup/lifecycle/job-watch.ts
var LOOK_MS = 1e3;
var LONGEST_IDLE_MS = 6 * 36e5;
function watchJob(lineage, over) {
  let usedAtMs = performance.now();
  let job = { kind: "in-step" };
  const look = async () => {
    const running = await Promise.all(lineage.map(isRunning));
    const nowMs = performance.now();
    job = nextJobProcess(job, running, nowMs);
    if (job.kind === "gone" || job.kind === "hidden" && nowMs - usedAtMs > LONGEST_IDLE_MS) over();
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return {
    used() {
      usedAtMs = performance.now();
    },
    stop: () => clearInterval(timer)
  };
}

// src/setup/serve/gateway.ts
import { setTimeout as sleep } from "node:timers/promises";

// src/setup/observe/build-book.ts
function withoutIdleTail(attempt) {
  return isGoodEnd(attempt.end) ? { ...attempt, log: { ...attempt.log, tail: [] } } : attempt;
}
function createBuildBook() {
  const entries = /* @__PURE__ */ new Map();
  const sizes = /* @__PURE__ */ new Map();
  return {
    enter({ drvPath, derivation, attempt, cpu, copiedBytes }) {
      const entry = entries.get(drvPath) ?? { drvPath, derivation, copiedBytes: 0, attempts: [] };
      entries.set(drvPath, entry);
      entry.derivation ??= derivation;
      entry.copiedBytes += copiedBytes;
      entry.attempts.push({ attempt: withoutIdleTail(attempt), cpu });
    },
    sized: (path, narSizeBytes) => void sizes.set(path, narSizeBytes),
    reports: (readDerivation2) => Promise.all(
      [...entries.values()].map(async (entry) => {
        const read = await readDerivation2(entry.drvPath).catch(() => void 0);
        const cpu = await decisive(entry).cpu.catch(() => void 0);
        return reportOf(entry, read, cpu, (path) => entries.has(path), sizes);
      })
    )
  };
}
function decisive({ attempts }) {
  const found = attempts.findLast(({ attempt }) => isGoodEnd(attempt.end)) ?? attempts.at(-1);
  if (found === void 0) throw new Error("an entry has an attempt at least");
  return found;
}
function reportOf(entry, read, cpu, isSeen, sizes) {
  const { drvPath, derivation, copiedBytes } = entry;
  const { attempt } = decisive(entry);
  const outcome = outcomeOfAttempt(attempt);
  const outputs = { ...outputsOf(derivation, read), ...Object.fromEntries(attempt.outputs) };
  return {
    drvPath,
    name: storePathName(drvPath).replace(/\.drv$/u, ""),
    system: read?.system ?? (derivation === void 0 ? "" : byteStringToText(derivation.platform)),
    outcome,
    startedAtMs: attempt.startedAtMs,
    finishedAtMs: attempt.finishedAtMs,
    cpu: bestCpuTime([cpu]),
    peakMemoryBytes: void 0,
    slot: attempt.slot,
    outputs,
    outputBytes: sumOf(Object.values(outputs).map((path) => sizes.get(path))),
    copiedBytes,
    attempts: entry.attempts.map((one) => attemptReport(one.attempt, outcome)),
    dependencies: [...read?.inputDerivations.keys() ?? []].filter(isSeen),
    logTail: attempt.log.tail,
    logLines: attempt.log.lines,
    logFile: attempt.log.file
  };
}
function outputsOf(derivation, read) {
  const outputs = {};
  for (const [name, { path }] of derivation?.outputs ?? []) if (path !== "") outputs[name] = path;
  for (const [name, output] of read?.outputs ?? []) {
    const path = knownOutputPath(output);
    if (path !== void 0) outputs[name] = path;
  }
  return outputs;
}
function sumOf(sizes) {
  let sum = 0;
  for (const size of sizes) {
    if (size === void 0) return void 0;
    sum += size;
  }
  return sizes.length === 0 ? void 0 : sum;
}

// src/setup/serve/match-bytes.ts
async function matchBytes(stream, expected) {
  let read = Buffer.alloc(0);
  while (read.length < expected.byteLength) {
    const chunk = await nextChunk(stream);
    if (chunk === void 0) return { kind: "ended" };
    read = Buffer.concat([read, chunk]);
    const length = Math.min(read.length, expected.byteLength);
    if (Buffer.compare(read.subarray(0, length), expected.subarray(0, length)) !== 0) {
      return { kind: "other", read };
    }
  }
  if (read.length > expected.byteLength) stream.unshift(read.subarray(expected.byteLength));
  return { kind: "same" };
}
function nextChunk(stream) {
  return new Promise((resolve) => {
    const done = (chunk) => {
      stream.off("readable", look).off("end", end).off("close", end).off("error", end);
      resolve(chunk);
    };
    const end = () => done(void 0);
    const look = () => {
      const chunk = stream.read();
      if (Buffer.isBuffer(chunk)) done(chunk);
    };
    stream.on("readable", look).on("end", end).on("close", end).on("error", end);
    if (stream.destroyed || stream.readableEnded) end();
    else look();
  });
}

// src/setup/serve/open-channels.ts
function createOpenChannels(openChannel, ended) {
  const all = /* @__PURE__ */ new Set();
  let isClosed = false;
  const release = (channel) => {
    all.delete(channel);
    hangUp(channel.stream);
  };
  return {
    async open() {
      const channel = await openChannel();
      const { stream } = channel;
      stream.setMaxListeners(30);
      all.add(channel);
      stream.on("error", () => {
      });
      stream.once("close", () => {
        release(channel);
        ended(channel);
      });
      if (isClosed) release(channel);
      return channel;
    },
    release,
    get all() {
      return [...all];
    },
    close() {
      isClosed = true;
      for (const channel of all) release(channel);
    }
  };
}

// src/setup/serve/channel-stock.ts
function createChannelStock(openChannel, size, known) {
  const ready = [];
  const channels = createOpenChannels(openChannel, (ended) => {
    const index = ready.findIndex(({ channel }) => channel === ended);
    if (index >= 0) ready.splice(index, 1);
  });
  let greeting = known;
  let preparing = 0;
  let isClosed = false;
  const prepare = async () => {
    const channel = await channels.open();
    const words = greeting;
    if (words === void 0) return { channel, greeting: void 0 };
    if (await greetAhead(channel, words)) return { channel, greeting: words };
    channels.release(channel);
    if (greeting === words) greeting = void 0;
    return { channel: await channels.open(), greeting: void 0 };
  };
  const fill = () => {
    if (isClosed) return;
    while (ready.length + preparing < size) {
      preparing += 1;
      prepare().then(
        (one) => void (one.channel.stream.destroyed || ready.push(one)),
        // The client that needs one will be told.
        () => void 0
      ).finally(() => preparing -= 1);
    }
  };
  fill();
  return {
    async take() {
      const one = ready.shift();
      fill();
      return one ?? prepare();
    },
    open: () => channels.open(),
    release: (channel) => channels.release(channel),
    learn(words) {
      if (greeting !== void 0 || words.client.length !== words.daemon.length) return;
      greeting = words;
      for (const { channel } of ready.splice(0)) channels.release(channel);
      fill();
    },
    get greeting() {
      return greeting;
    },
    get channels() {
      return channels.all;
    },
    close() {
      isClosed = true;
      channels.close();
    }
  };
}
var answerMs = 2e4;
async function greetAhead({ stream }, words) {
  stream.write(Buffer.concat(words.client));
  const late = setTimeout(() => hangUp(stream), answerMs);
  const answer2 = await matchBytes(stream, Buffer.concat(words.daemon));
  clearTimeout(late);
  return answer2.kind === "same";
}

// src/setup/serve/place.ts
var mostWaiting = 4;
function offered({ builder, seat }) {
  if (seat === void 0) return builder;
  const { systems, supportedFeatures, maxJobs } = seat.session.offer;
  return { ...builder, systems, supportedFeatures, maxJobs };
}
function seatOf(session, greeting) {
  const waiting = Math.min(mostWaiting, session.offer.maxJobs);
  const stock = createChannelStock(() => session.openDaemonChannel(), waiting, greeting);
  const meter = createCpuMeter({
    openCommand: (words) => session.openCommand(words),
    clientPid: (channel) => channel.clientPid(),
    siblings: (channel) => stock.channels.filter((other) => other.clientPid() === channel.clientPid())
  });
  return { session, stock, clients: /* @__PURE__ */ new Set(), meter: session.cpuMeter === void 0 ? void 0 : meter };
}
function placeFor(builder) {
  return { builder, slots: createSlots(), seat: void 0, greeting: void 0 };
}

// src/setup/serve/seating.ts
function seating(places) {
  return {
    join(session) {
      const place = places[session.id];
      if (place === void 0) return Promise.resolve(false);
      place.seat = seatOf(session, place.greeting);
      void session.channels.acquire().then(
        (client) => client.close(),
        () => void 0
      );
      return Promise.resolve(true);
    },
    lose(id) {
      const place = places[id];
      place?.seat?.stock.close();
      for (const client of place?.seat?.clients ?? []) client.destroy();
      if (place !== void 0) place.seat = void 0;
      return { builds: 0, seconds: 0 };
    },
    overdue: () => {
    },
    resize: () => {
    },
    buildersComplete: () => {
    }
  };
}

// src/setup/observe/operation-ends.ts
function endOfDerivation(end, hasStarted) {
  switch (end.kind) {
    case "result":
      return endOfResult(end.result, hasStarted);
    case "refused":
      return { kind: "infrastructure", message: readBuildError(end.error.message), isRefusal: true };
    case "hung-up":
      return endOfHangUp(end.by);
    case "results":
    case "done":
      return { kind: "built" };
  }
}
function endOfNested(drvPath, end, hasStopped) {
  const own = resultOf(drvPath, end);
  if (own !== void 0) return endOfResult(own, true);
  if (end.kind === "hung-up") return endOfHangUp(end.by);
  const errors = errorsOf(end);
  const culprit = errors.find((text) => text.includes(drvPath));
  if (culprit !== void 0) return { kind: "failed", message: readBuildError(culprit) };
  return errors.length === 0 || hasStopped ? { kind: "built" } : { kind: "cancelled" };
}
function resultOf(drvPath, end) {
  if (end.kind === "result") return end.result;
  if (end.kind !== "results") return void 0;
  return end.results.find(({ path }) => path.kind === "built" && path.drvPath === drvPath)?.result;
}
function errorsOf(end) {
  switch (end.kind) {
    case "refused":
      return [end.error.message];
    case "results":
      return end.results.map(({ result }) => result.errorMessage).filter((text) => text !== "");
    case "result":
    case "done":
    case "hung-up":
      return [];
  }
}
function endOfHangUp(by) {
  return by === "client" ? { kind: "cancelled" } : { kind: "infrastructure", message: "the connection was lost while it was being built" };
}

// src/setup/observe/observe-builds.ts
var mostBuilds = 2e4;
function observeBuilds(options) {
  const { logs, slots } = options;
  let current;
  let uploadedBytes = 0;
  const enter = (builds, drvPath, startedAtMs) => {
    builds.set(drvPath, {
      drvPath,
      startedAtMs: startedAtMs ?? Date.now(),
      slot: slots.take(),
      log: logs.open(drvPath),
      hasStarted: startedAtMs === void 0,
      stoppedAtMs: void 0
    });
  };
  const end = (how) => {
    if (current === void 0) return;
    const operation = current;
    current = void 0;
    const { request, builds } = operation;
    if (request.kind === "derivation" && builds.size === 0 && isStorePath(request.drvPath)) {
      enter(builds, request.drvPath, operation.startedAtMs);
    }
    const isAlone = builds.size === 1;
    const result = isAlone ? [...builds.keys()].map((drvPath) => resultOf(drvPath, how))[0] : void 0;
    const cpu = operation.measured?.(result);
    for (const running of builds.values()) {
      options.seen(seenBuild(running, operation, how, isAlone ? cpu : void 0, options.builder));
      slots.free(running.slot);
    }
  };
  return {
    onUploaded(byteCount) {
      uploadedBytes += byteCount;
    },
    onBuild(request) {
      end({ kind: "done" });
      const builds = /* @__PURE__ */ new Map();
      current = {
        request,
        builds,
        startedAtMs: Date.now(),
        listen: createMessageHandler(listenerFor(request, builds, (drvPath) => enter(builds, drvPath))),
        measured: options.measure?.(),
        copiedBytes: uploadedBytes
      };
      uploadedBytes = 0;
    },
    onMessage: (message) => current?.listen(message),
    onBuildEnd: end,
    hungUp: (by) => end({ kind: "hung-up", by })
  };
}
function listenerFor(request, builds, enter) {
  const nameOf = (drvPath) => request.kind === "derivation" ? request.drvPath : drvPath;
  return {
    onBuildStarted(told) {
      const drvPath = nameOf(told);
      if (isStorePath(drvPath) && !builds.has(drvPath) && builds.size < mostBuilds) enter(drvPath);
    },
    onBuildStopped(told) {
      const running = builds.get(nameOf(told));
      if (running === void 0) return;
      running.stoppedAtMs ??= Date.now();
      running.log.flush();
    },
    onLogLine(line, told) {
      const only = builds.size === 1 ? [...builds.values()][0] : void 0;
      (told === void 0 ? only : builds.get(nameOf(told)))?.log.write(line);
    }
  };
}
function seenBuild(running, operation, how, cpu, builder) {
  const { drvPath, startedAtMs, slot, log, hasStarted, stoppedAtMs } = running;
  const { request, copiedBytes } = operation;
  const isOnly = request.kind === "derivation";
  const result = resultOf(drvPath, how);
  const finishedAtMs = isOnly ? Date.now() : stoppedAtMs ?? Date.now();
  const attemptEnd = isOnly ? endOfDerivation(how, hasStarted) : endOfNested(drvPath, how, stoppedAtMs !== void 0);
  const outputs = /* @__PURE__ */ new Map();
  for (const [name, { outPath }] of result?.builtOutputs ?? []) outputs.set(name, outPath);
  return {
    drvPath,
    derivation: isOnly ? request.derivation : void 0,
    copiedBytes: operation.builds.size === 1 ? copiedBytes : 0,
    cpu: Promise.resolve(cpu).then(
      (measured) => measured ?? cgroupCpuTime(result?.cpuUserMicroseconds, result?.cpuSystemMicroseconds),
      () => void 0
    ),
    attempt: {
      builder,
      slot,
      startedAtMs,
      finishedAtMs,
      end: attemptEnd,
      outputs,
      outputBytes: void 0,
      cpu: void 0,
      peakMemoryBytes: void 0,
      log: log.close()
    }
  };
}

// src/nix/observe/greeting.ts
function startGreeting() {
  return {
    clientMinor: void 0,
    daemonMinor: void 0,
    clientFeatures: [],
    isClientDone: false,
    dialect: void 0,
    nixVersion: ""
  };
}
var OLDEST_MINOR = 34;
var KNOWN_FEATURES = ["realisation-with-path-not-hash"];
function* readClientGreeting(input, state, mark) {
  yield* expectMagic(input, CLIENT_MAGIC, "a client");
  mark();
  state.clientMinor = yield* decodeMinor(input);
  while (state.daemonMinor === void 0) yield;
  if (Math.min(state.clientMinor, state.daemonMinor) >= FEATURES_MINOR) {
    state.clientFeatures = yield* decodeTexts(input);
    mark();
  }
  if ((yield* decodeUint(input)) !== 0) yield* decodeUint(input);
  yield* decodeUint(input);
  mark();
  state.isClientDone = true;
}
function* readDaemonGreeting(input, state, mark) {
  yield* expectMagic(input, DAEMON_MAGIC, "a daemon");
  state.daemonMinor = yield* decodeMinor(input);
  mark();
  while (state.clientMinor === void 0) yield;
  const minor = Math.min(state.clientMinor, state.daemonMinor);
  if (minor < OLDEST_MINOR) throw protocolError(`protocol 1.${OLDEST_MINOR} or newer`, `1.${minor}`);
  let features = [];
  if (minor >= FEATURES_MINOR) {
    features = yield* decodeTexts(input);
    mark();
  }
  const { nixVersion } = yield* decodeIntroduction(input, { major: 1, minor });
  yield* decodeExchange(
    // eslint-disable-next-line require-yield
    function* nothing() {
    },
    () => void 0
  )(input);
  while (!state.isClientDone) yield;
  const agreed = state.clientFeatures.filter((feature) => features.includes(feature));
  const known = KNOWN_FEATURES.filter((feature) => agreed.includes(feature));
  if (known.length < agreed.length) throw protocolError("known features", agreed.join(" "));
  state.nixVersion = nixVersion;
  state.dialect = { minor, features: new Set(known) };
  mark();
}
function* expectMagic(input, magic, whose) {
  const found = yield* decodeUint(input);
  if (found !== magic) throw protocolError(`the greeting of ${whose}`, `the int 0x${found.toString(16)}`);
}
function* decodeMinor(input) {
  return parseVersionNumber(yield* decodeUint(input)).minor;
}

// src/nix/observe/skip.ts
function* skipBytes(input, byteCount) {
  input.allow(Number.POSITIVE_INFINITY);
  for (let rest = byteCount; rest > 0; ) {
    while (input.length === 0) yield;
    rest -= input.take(Math.min(rest, input.length)).length;
  }
}
function* skipString(input) {
  const length = yield* decodeUint(input);
  yield* skipBytes(input, length + paddingOf(length));
}
function* skipInt(input) {
  yield* skipBytes(input, 8);
}
function skipAll(...parts) {
  return function* skipParts(input) {
    for (const part of parts) yield* part(input);
  };
}
function skipList(...item) {
  const skipItem = skipAll(...item);
  return function* skipItems(input) {
    const count = yield* decodeCount(input);
    for (let index = 0; index < count; index += 1) yield* skipItem(input);
  };
}
var skipStrings = skipList(skipString);
function skipIfPresent(...parts) {
  const skipParts = skipAll(...parts);
  return function* skipOptional(input) {
    if ((yield* decodeUint(input)) !== 0) yield* skipParts(input);
  };
}
function* skipFrames(input) {
  let total = 0;
  for (; ; ) {
    const byteCount = yield* decodeUint(input);
    if (byteCount === 0) return total;
    yield* skipBytes(input, byteCount);
    total += byteCount;
  }
}

// src/nix/observe/replies.ts
var DONE = { kind: "done" };
function replyDecoder(request, dialect) {
  switch (request.kind) {
    case "derivation":
      return function* decodeReply(input) {
        return { kind: "result", result: yield* decodeBuildResult(input, dialect) };
      };
    case "paths":
      return request.hasResults ? keyedResults(dialect) : skipped(skipInt);
    case "path-info":
      return decodePathInfoReply;
    case "nar":
      return skipped(skipNar);
    case "other":
      return skipped(request.skipReply);
  }
}
function keyedResults(dialect) {
  const decodeResults = decodeList((input) => decodeKeyedBuildResult(input, dialect));
  return function* decodeReply(input) {
    return { kind: "results", results: yield* decodeResults(input) };
  };
}
function skipped(skip) {
  return function* skipReply(input) {
    yield* skip(input);
    return DONE;
  };
}
function* decodePathInfoReply(input) {
  if ((yield* decodeUint(input)) === 0) return { kind: "path-info", narSizeBytes: void 0 };
  yield* skipString(input);
  yield* skipString(input);
  yield* skipStrings(input);
  yield* skipInt(input);
  const narSizeBytes = yield* decodeUint(input);
  yield* skipInt(input);
  yield* skipStrings(input);
  yield* skipString(input);
  return { kind: "path-info", narSizeBytes };
}
function* skipNar(input) {
  input.allow(Number.POSITIVE_INFINITY);
  const scanner = createNarScanner();
  for (; ; ) {
    while (input.length === 0) yield;
    const { consumed, done, daemonError } = scanner.push(input.peek(input.length));
    input.take(consumed);
    if (daemonError) throw protocolError("a whole NAR", "an error of the daemon in it");
    if (done) return;
  }
}

// src/nix/observe/other-operations.ts
var skipNothing = skipAll();
var skipSubstitutable = skipAll(skipString, skipStrings, skipInt, skipInt);
var skipPathInfo = skipAll(
  skipString,
  skipString,
  skipStrings,
  skipInt,
  skipInt,
  skipInt,
  skipStrings,
  skipString
);
var skipPairs = skipList(skipString, skipString);
var OPERATIONS = /* @__PURE__ */ new Map([
  [OP.isValidPath, { fields: skipString, reply: skipInt }],
  [OP.queryReferrers, { fields: skipString, reply: skipStrings }],
  [
    OP.addToStore,
    {
      fields: skipAll(skipString, skipString, skipStrings, skipInt),
      isFramed: true,
      reply: skipAll(skipString, skipPathInfo)
    }
  ],
  [OP.addTextToStore, { fields: skipAll(skipString, skipString, skipStrings), reply: skipString }],
  [OP.ensurePath, { fields: skipString, reply: skipInt }],
  [OP.addTempRoot, { fields: skipString, reply: skipInt }],
  [OP.addIndirectRoot, { fields: skipString, reply: skipInt }],
  [OP.findRoots, { fields: skipNothing, reply: skipPairs }],
  [OP.queryDeriver, { fields: skipString, reply: skipString }],
  [
    OP.setOptions,
    { fields: skipAll(...Array.from({ length: 12 }, () => skipInt), skipPairs), reply: skipNothing }
  ],
  [
    OP.collectGarbage,
    {
      fields: skipAll(skipInt, skipStrings, skipInt, skipInt, skipInt, skipInt, skipInt),
      reply: skipAll(skipStrings, skipInt, skipInt)
    }
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
    { fields: skipAll(skipString, skipPathInfo, skipInt, skipInt), isFramed: true, reply: skipNothing }
  ],
  [
    OP.queryMissing,
    { fields: skipStrings, reply: skipAll(skipStrings, skipStrings, skipStrings, skipInt, skipInt) }
  ],
  [OP.queryDerivationOutputMap, { fields: skipString, reply: skipPairs }],
  [OP.registerDrvOutput, { fields: skipString, reply: skipNothing }],
  [OP.queryRealisation, { fields: skipString, reply: skipStrings }],
  [OP.addMultipleToStore, { fields: skipAll(skipInt, skipInt), isFramed: true, reply: skipNothing }],
  [OP.addBuildLog, { fields: skipString, isFramed: true, reply: skipInt }],
  [OP.addPermRoot, { fields: skipAll(skipString, skipString), reply: skipString }]
]);
var skipDrvOutput = skipAll(skipString, skipString);
var skipRealisation = skipAll(skipString, skipStrings);
var WITH_PATHS_NOT_HASHES = /* @__PURE__ */ new Map([
  [OP.registerDrvOutput, { fields: skipAll(skipDrvOutput, skipRealisation), reply: skipNothing }],
  [OP.queryRealisation, { fields: skipDrvOutput, reply: skipIfPresent(skipRealisation) }]
]);
function otherOperation(opcode, { features }) {
  const changed = features.has("realisation-with-path-not-hash") ? WITH_PATHS_NOT_HASHES.get(opcode) : void 0;
  return changed ?? OPERATIONS.get(opcode);
}

// src/nix/observe/requests.ts
function* decodeRequestHead(input, dialect) {
  const opcode = yield* decodeUint(input);
  input.allow(MAX_MESSAGE_BYTES);
  switch (opcode) {
    case OP.buildDerivation: {
      const drvPath = yield* decodeText(input);
      const derivation = yield* decodeBasicDerivation(input);
      yield* skipInt(input);
      return whole({ kind: "derivation", drvPath, derivation });
    }
    case OP.buildPaths:
    case OP.buildPathsWithResults: {
      const paths = yield* decodeTexts(input);
      yield* skipInt(input);
      return whole({ kind: "paths", paths, hasResults: opcode === OP.buildPathsWithResults });
    }
    case OP.queryPathInfo:
      return whole({ kind: "path-info", path: yield* decodeText(input) });
    case OP.narFromPath:
      yield* skipString(input);
      return whole({ kind: "nar" });
    default: {
      const operation = otherOperation(opcode, dialect);
      if (operation === void 0) throw protocolError("an operation of the protocol", `number ${opcode}`);
      yield* operation.fields(input);
      const request = { kind: "other", skipReply: operation.reply };
      return { request, isFramed: operation.isFramed === true };
    }
  }
}
function whole(request) {
  return { request, isFramed: false };
}

// src/nix/observe/transcript.ts
var MAX_BYTES = 64 * 1024;
function createTranscript() {
  const client = createSide();
  const daemon = createSide();
  return {
    fromClient: (chunk) => client.add(chunk),
    fromDaemon: (chunk) => daemon.add(chunk),
    markClient: (unread) => client.mark(unread),
    markDaemon: (unread) => daemon.mark(unread),
    finish() {
      return { client: client.finish(), daemon: daemon.finish() };
    }
  };
}
function createSide() {
  const marks = [];
  let bytes = Buffer.alloc(0);
  let total = 0;
  let isFinished = false;
  return {
    add(chunk) {
      total += chunk.byteLength;
      if (!isFinished && bytes.length < MAX_BYTES) bytes = Buffer.concat([bytes, chunk]);
    },
    mark: (unread) => void marks.push(total - unread),
    finish() {
      isFinished = true;
      return marks.map((end, index) => bytes.subarray(marks[index - 1] ?? 0, end));
    }
  };
}

// src/nix/observe/observer.ts
var MAX_UNASKED_BYTES = 1024 * 1024;
function createWireObserver(listener) {
  const conversation = {
    client: new ByteQueue(),
    daemon: new ByteQueue(),
    greeting: startGreeting(),
    transcript: createTranscript(),
    asked: [],
    listener
  };
  const { client, daemon, transcript, asked } = conversation;
  const clientReader = readClient(conversation);
  const daemonReader = readDaemon(conversation);
  let isLost = false;
  const pump = () => {
    try {
      for (const reader of [clientReader, daemonReader, clientReader, daemonReader]) reader.next();
      if (asked.length === 0 && daemon.length > MAX_UNASKED_BYTES) {
        throw protocolError("nothing that was not asked for", `${daemon.length} bytes`);
      }
    } catch (error) {
      isLost = true;
      listener.onLost?.(describeError(toDispatchError(error, "protocol")));
    }
  };
  return {
    fromClient(chunk) {
      if (isLost) return;
      transcript.fromClient(chunk);
      client.push(chunk);
      pump();
    },
    fromDaemon(chunk) {
      if (isLost) return;
      transcript.fromDaemon(chunk);
      daemon.push(chunk);
      pump();
    }
  };
}
function* readClient(conversation) {
  const { client, greeting, transcript, asked, listener } = conversation;
  yield* readClientGreeting(client, greeting, () => transcript.markClient(client.length));
  const dialect = yield* untilGreeted(greeting);
  for (; ; ) {
    const { request, isFramed } = yield* decodeRequestHead(client, dialect);
    asked.push(request);
    if (isBuild(request)) listener.onBuild?.(request);
    if (isFramed) listener.onUploaded?.(yield* skipFrames(client));
  }
}
function* readDaemon(conversation) {
  const { daemon, greeting, transcript, asked, listener } = conversation;
  yield* readDaemonGreeting(daemon, greeting, () => transcript.markDaemon(daemon.length));
  const dialect = yield* untilGreeted(greeting);
  listener.onGreeted?.(greeting.nixVersion, transcript.finish());
  for (; ; ) {
    while (asked[0] === void 0) yield;
    yield* readAnswer(conversation, asked[0], dialect);
    asked.shift();
  }
}
function* readAnswer({ daemon, listener }, request, dialect) {
  const listen = isBuild(request) ? (message) => listener.onMessage?.(message) : () => void 0;
  const outcome = yield* decodeExchange(replyDecoder(request, dialect), listen)(daemon);
  if (isBuild(request)) {
    if (outcome.kind === "refused") listener.onBuildEnd?.({ kind: "refused", error: outcome.error });
    else if (outcome.value.kind !== "path-info") listener.onBuildEnd?.(outcome.value);
  } else if (request.kind === "path-info" && outcome.kind === "answered") {
    const { value } = outcome;
    if (value.kind === "path-info" && value.narSizeBytes !== void 0) {
      listener.onPathInfo?.(request.path, value.narSizeBytes);
    }
  }
}
function* untilGreeted(greeting) {
  while (greeting.dialect === void 0) yield;
  return greeting.dialect;
}
function isBuild(request) {
  return request.kind === "derivation" || request.kind === "paths";
}

// src/setup/serve/serve-client.ts
async function serveClient(client, stock, listen) {
  const { channel, greeting } = await stock.take();
  if (greeting === void 0) return join(client, channel, listen, Buffer.alloc(0), Buffer.alloc(0));
  const saidBefore = [];
  const answered = [];
  for (const [index, words] of greeting.client.entries()) {
    const match = await matchBytes(client, words);
    if (match.kind !== "same") {
      stock.release(channel);
      const read = match.kind === "other" ? match.read : Buffer.alloc(0);
      const said = Buffer.concat([...saidBefore, read]);
      return startAgain(client, await stock.open(), listen, said, Buffer.concat(answered));
    }
    const answer2 = greeting.daemon[index] ?? Buffer.alloc(0);
    client.write(answer2);
    saidBefore.push(words);
    answered.push(answer2);
  }
  return join(client, channel, listen, Buffer.concat(saidBefore), Buffer.concat(answered));
}
async function startAgain(client, channel, listen, said, answered) {
  channel.stream.write(said);
  const match = await matchBytes(channel.stream, answered);
  if (match.kind !== "same") hangUp(channel.stream);
  return join(client, channel, listen, said, answered);
}
function join(client, channel, listen, said, answered) {
  const observer = createWireObserver(listen(channel));
  observer.fromClient(said);
  observer.fromDaemon(answered);
  client.on("data", (chunk) => observer.fromClient(chunk));
  channel.stream.on("data", (chunk) => observer.fromDaemon(chunk));
  const ended = new Promise((resolve) => {
    client.once("end", () => resolve("client")).once("close", () => resolve("client"));
    channel.stream.once("end", () => resolve("daemon")).once("close", () => resolve("daemon"));
  });
  joinStreams(client, channel.stream);
  return { channel, ended };
}

// src/setup/serve/service.ts
function createService(book, logs, { lostTrack, used }) {
  const serving = /* @__PURE__ */ new Set();
  const converse = async (place, client) => {
    const seat = place?.seat;
    if (place === void 0 || seat === void 0) {
      throw new DispatchError("unreachable", "the builder is not connected");
    }
    const { name } = place.builder;
    const { meter, stock, session, clients } = seat;
    used();
    clients.add(client);
    client.once("close", () => {
      clients.delete(client);
      used();
    });
    let watched;
    const { channel, ended } = await serveClient(client, stock, (opened) => {
      watched = observeBuilds({
        builder: name,
        logs,
        slots: place.slots,
        measure: meter && (() => meter.begin(opened)),
        seen: (build) => book.enter(build)
      });
      return {
        ...watched,
        onGreeted(_version, greeting) {
          stock.learn(greeting);
          place.greeting = stock.greeting;
        },
        onPathInfo: (path, narSizeBytes) => book.sized(path, narSizeBytes),
        onLost: (reason) => lostTrack(name, reason)
      };
    });
    client.on("data", (chunk) => session.store.bytesReceived += chunk.length);
    channel.stream.on("data", (chunk) => session.store.bytesSent += chunk.length);
    const by = await ended;
    stock.release(channel);
    watched?.hungUp(by);
  };
  return {
    serve(place, client) {
      const conversation = converse(place, client);
      serving.add(conversation);
      void conversation.catch(() => void 0).finally(() => serving.delete(conversation));
      return conversation;
    },
    settled: () => Promise.allSettled(serving)
  };
}

// src/setup/serve/gateway.ts
var patienceMs = 1e3;
var graceMs = 6e4;
async function openGateway(options) {
  const places = options.builders.map(placeFor);
  const book = createBuildBook();
  const service = createService(book, createLogFolder(options.logDirectory), options);
  const troubles = createTroubles();
  const fleet = createPlacesFleet(options, (name, why) => troubles.set(name, why));
  let exposed;
  try {
    await fleet.connect(seating(places));
    exposed = await exposeBuilders({
      builders: places.map(offered),
      defaultSystem: options.defaultSystem,
      serve: (index, client) => service.serve(places[index], client)
    });
    await troubles.passTo(exposed);
  } catch (error) {
    fleet.close();
    await exposed?.close().catch(() => void 0);
    throw error;
  }
  const gateway = exposed;
  return {
    exposed: gateway,
    get reachable() {
      const there = new Set(
        places.flatMap(({ seat, builder }) => seat === void 0 ? [] : [builder.name])
      );
      return gateway.stores.filter(({ name }) => there.has(name));
    },
    async hangUp() {
      for (const { seat } of places) for (const client of seat?.clients ?? []) client.destroy();
      await Promise.race([service.settled(), sleep(patienceMs)]);
    },
    async report() {
      const builds = await book.reports((drvPath) => readDerivation(drvPath));
      return { builds, builders: fleet.reports().map(withBusyTime(builds)) };
    },
    async close() {
      fleet.close();
      for (const { seat } of places) seat?.stock.close();
      await gateway.close();
    }
  };
}
function createPlacesFleet({ builders, credentials, say }, setTrouble) {
  const members = builders.map((builder) => ({
    name: builder.name,
    line: builder,
    open: (id) => openSession(id, builder, credentials(builder), void 0)
  }));
  return createFleet(members, {
    // Whatever comes back while the job runs is of use.
    reconnectMs: Number.POSITIVE_INFINITY,
    graceMs,
    changed: () => {
    },
    observer: {
      builderJoined(name, detail) {
        say(`${name}: ${detail}`);
        setTrouble(name, void 0);
      },
      builderTrouble(name, message) {
        say(`${name}: ${message}`);
        setTrouble(name, message);
      }
    }
  });
}
function createTroubles() {
  const troubles = /* @__PURE__ */ new Map();
  let exposed;
  return {
    /** @param why undefined: nothing any more */
    set(name, why) {
      if (why === void 0) troubles.delete(name);
      else troubles.set(name, `builder ${name}: ${why}`);
      void exposed?.setTrouble(name, troubles.get(name)).catch(() => void 0);
    },
    async passTo(builders) {
      exposed = builders;
      for (const [name, why] of troubles) await builders.setTrouble(name, why);
    }
  };
}

// src/setup/run-background.ts
var usageMs = 6e4;
async function runBackground(order, answer2, leave2) {
  const say = (line) => answer2({ kind: "log", line });
  const inputs = parseInputs((name) => order.inputs[name] ?? "", readInclude);
  const environment = { ...process.env, ...order.environment };
  const account = inputs.nixbuild && await openAccount(inputs.nixbuild, environment);
  const folder = await createArtifactFolder(environment, inputs.artifactPrefix);
  const recorder = createRecorder("", selectionOf(inputs), Date.now());
  const credentials = credentialsOf(inputs, account, warnOfUncheckedHosts(recorder.notice));
  const builders = reachedBySsh(inputs);
  const watch = watchJob(order.lineage, leave2);
  const gateway = await openGateway({
    builders,
    credentials,
    logDirectory: folder.logs,
    defaultSystem: systemOfUname(type(), machine()) ?? "",
    say,
    lostTrack: (builder, reason) => recorder.notice(
      "warning",
      `Not every build on ${builder} was seen`,
      `A conversation with it was not understood: ${reason}`
    ),
    used: () => watch.used()
  }).catch(async (error) => {
    const explanation = await explainUnusable(error, builders, credentials);
    const message = describeError(toDispatchError(error, "local"));
    answer2({ kind: "failed", message, lines: explanation?.lines ?? [], summary: explanation?.summary ?? "" });
    throw error;
  });
  const control = join2(gateway.exposed.folder, "control");
  let settings;
  const giveBack = async () => {
    watch.stop();
    await gateway.close().catch(() => void 0);
    if (settings?.added !== void 0) await removeMachines(settings.added);
  };
  let ended;
  const end = () => ended ??= giveBack();
  const farewell = async () => {
    const words = await sayFarewell({ inputs, builders, gateway, account, recorder, folder });
    await end();
    return words;
  };
  try {
    await tryStores(gateway.reachable, say);
    const reachable = new Set(gateway.reachable.map(({ name }) => name));
    for (const { name } of gateway.exposed.stores) {
      if (!reachable.has(name)) say(`${name}: not there yet; Nix does without it until it is`);
    }
    settings = await configureNix(inputs, gateway.exposed, randomBytes(4).toString("hex"), environment);
    await listenForEnd(control, farewell, leave2);
  } catch (error) {
    await end();
    throw error;
  }
  return { readiness: readinessOf(gateway, settings, control), end };
}
function reachedBySsh(inputs) {
  const builders = inputs.builders.filter(({ address }) => address.kind === "ssh");
  if (builders.length > 0) return builders;
  throw new DispatchError(
    "input",
    "mode setup got no builder that is reached by SSH, so there is nothing to set up",
    { hint: "Name one in the input builders, such as ssh-ng://user@host." }
  );
}
async function sayFarewell(ending) {
  const { inputs, gateway, account, recorder, folder } = ending;
  await gateway.hangUp();
  const { builds, builders } = await gateway.report();
  const told = await account?.addUsage(builds, ending.builders, AbortSignal.timeout(usageMs));
  const report = recorder.report(
    { jobs: [], builds: told?.builds ?? builds, builders },
    { cancelled: false, finishedAtMs: Date.now() }
  );
  return {
    report: { ...report, observed: true, prices: inputs.prices },
    folder,
    wantsSummary: inputs.generateBuildSummary
  };
}
function readinessOf({ exposed }, { nixConfig, way, added }, control) {
  return {
    stores: Object.fromEntries(exposed.stores.map(({ name, uri }) => [name, uri])),
    nixConfig,
    way,
    added,
    control
  };
}
function selectionOf({ topAttrs, filterBuilds }) {
  return { topAttrs, filter: filterBuilds, failOnEmpty: false };
}
function readInclude(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return void 0;
  }
}

// src/background.ts
function answer(words) {
  if (process.connected) process.send?.(words);
}
var starting;
var background;
var isLeaving = false;
var leaveMs = 1e4;
function leave() {
  if (isLeaving) return;
  isLeaving = true;
  setTimeout(() => process.exit(), leaveMs).unref();
  const ended = starting?.then(
    (started) => started.end(),
    () => void 0
  );
  void Promise.resolve(ended).finally(() => process.exit());
}
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, leave);
process.on("uncaughtException", leave);
process.stderr.on("error", () => {
});
process.on("disconnect", () => {
  if (background === void 0) leave();
});
process.once("message", (order) => {
  if (!isOrder(order)) return leave();
  starting = runBackground(order, answer, leave);
  starting.then(
    (started) => {
      background = started;
      answer({ kind: "ready", ...started.readiness });
      if (!process.connected) leave();
    },
    (thrown) => {
      answer({
        kind: "failed",
        message: describeError(toDispatchError(thrown, "local")),
        lines: [],
        summary: ""
      });
      leave();
    }
  );
});
