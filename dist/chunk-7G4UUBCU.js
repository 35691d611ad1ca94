import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  nixConfigText
} from "./chunk-5TZW5US3.js";
import {
  DEFAULT_STORE_DIR,
  DISK_SPACE_SCRIPT,
  annotationsOf,
  attributePathOf,
  buildCostText,
  byteStringToText,
  childEnvironment,
  classOf,
  cleanLine,
  cleanText,
  clip,
  clipStart,
  derivationName,
  describeFullDisk,
  examineFailure,
  firstLine,
  foldedBlock,
  formatBytes,
  formatCpu,
  formatCpuHours,
  formatDuration,
  hasRoomAgain,
  htmlText,
  isDerivationPath,
  isDiskFull,
  isStorePath,
  jobCostText,
  markdownCode,
  markdownText,
  messageBesideLog,
  openBuilder,
  outcomeMessage,
  outcomePlace,
  outcomeSign,
  outcomeWords,
  parseDiskSpace,
  parseOutputFields,
  parseStorePath,
  plural,
  preformatted,
  renderLog,
  renderSummary,
  reproduceCommand,
  reproducibleFlake,
  resumeCommands,
  rootCausesOf,
  stopCommands,
  storePathHashPart,
  storePathName,
  systemOfUname,
  terminalLine,
  toBasicDerivation,
  totalCostText,
  utf8Length,
  verdictOf2 as verdictOf,
  viewOf,
  wallSecondsOf,
  withCommandsStopped
} from "./chunk-PBKQEK77.js";
import {
  credentialsOf,
  faultOf,
  formatAmount,
  formatMoney,
  unlessAborted
} from "./chunk-MIC4KSJU.js";
import {
  keepTail
} from "./chunk-3YXA2UUB.js";
import {
  sha256
} from "./chunk-X7WBM6VD.js";
import {
  DEFAULT_PARAMETERS,
  DispatchError,
  describeError,
  describeTrouble,
  encodeBase16,
  encodeBase64,
  formatPrefixedHash,
  toDispatchError
} from "./chunk-HFWW2RYM.js";
import {
  __callDispose,
  __using
} from "./chunk-4NJ7PDOZ.js";

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

// src/delivery/copy-outputs.ts
import { lstat, rm, symlink } from "node:fs/promises";
import { join } from "node:path";

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
    const isCorrupt = cause.code === "daemon" && /\bhash mismatch importing path\b/.test(cause.message);
    const what = infos.length === 1 ? infos[0]?.path : `${infos.length} paths`;
    throw new DispatchError(
      isCorrupt ? "corrupt" : cause.code,
      `copying ${what} from ${from.name} to ${to.name} failed: ${cause.message}`,
      { host: isCorrupt ? from.name : cause.host ?? to.name, hint: cause.hint, cause }
    );
  }
  for (const { narSizeBytes } of infos) {
    from.bytesSent += narSizeBytes;
    to.bytesReceived += narSizeBytes;
  }
}
var MOST_PATHS = 2e5;
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
        if (seen.size >= MOST_PATHS) {
          throw new DispatchError("protocol", `${info.path} refers to more than ${MOST_PATHS} paths`, {
            host: from.name
          });
        }
        seen.add(reference);
        level.push(reference);
      }
    }
  }
  return [...absent.values()];
}

// src/delivery/holder.ts
function holderOf(outcome) {
  if (outcome.kind === "built") return outcome.builder;
  const exists = outcome.kind === "already-valid" || outcome.kind === "substituted";
  return exists ? outcome.where : void 0;
}

// src/report/file-name.ts
var MAX_CHARACTERS = 150;
var HASH_CHARACTERS = 12;
var LOOKS_HASHED = /-[0-9a-f]{12}$/;
function fileNameOf(path) {
  const joined = path.join(".");
  const safe = joined.replace(/[^A-Za-z0-9._+=-]/g, "_").replace(/^[.-]/, "_").replace(/\.$/, "_").slice(0, MAX_CHARACTERS);
  const isPlain = safe === joined && safe !== "" && !path.some((step) => step.includes(".") || step === "");
  if (isPlain && !LOOKS_HASHED.test(safe)) return safe;
  return `${safe || "_"}-${shortHash(JSON.stringify(path))}`;
}
function artifactName(prefix, rest) {
  const legal = (text) => text.replace(/["':<>|*?\\/\s\p{C}]/gu, "_").replace(/^\.+/, "_");
  const start2 = legal(prefix).slice(0, MAX_CHARACTERS);
  return start2 === "" ? legal(rest) : `${start2}-${legal(rest)}`;
}
function shortHash(text) {
  const digest2 = sha256(new TextEncoder().encode(text));
  return encodeBase16(digest2).slice(0, HASH_CHARACTERS);
}

// src/delivery/result-links.ts
function resultLinks(jobs) {
  return jobs.flatMap(
    (job) => Object.entries(job.outputs).map(([output, target]) => ({
      name: [baseOf(job, jobs), ...output === "out" ? [] : [output]].join("-"),
      target
    }))
  );
}
function baseOf(job, jobs) {
  if (jobs.length === 1) return "result";
  const isOnly = jobs.every((other2) => other2.attr !== job.attr || other2 === job);
  return `result-${fileNameOf(isOnly ? [job.attr] : job.path)}`;
}

// src/delivery/copy-outputs.ts
async function copyOutputs(options) {
  const { jobs, notice, say } = options;
  const done = jobs.filter((job) => holderOf(job.outcome) !== void 0);
  const copied = [];
  for (const job of done) {
    try {
      await copyJob(job, options);
      copied.push(job);
    } catch (thrown) {
      const why = describeTrouble(toDispatchError(thrown, "local"));
      notice("error", "Outputs were not copied", `${attributePathOf(job)}: ${why}`);
    }
  }
  const links = resultLinks(copied);
  try {
    for (const { name, target } of links) await link(join(options.directory, name), target, options.runner);
  } catch (thrown) {
    notice("error", "Outputs were not linked", describeTrouble(toDispatchError(thrown, "local")));
    return;
  }
  const names = links.map(({ name }) => name).join(" ");
  say(`copied outputs of ${plural(copied.length, "job")} into this machine's store: ${names}`);
}
async function copyJob({ outcome, outputs }, { dispatch, runner: runner2 }) {
  const paths = Object.values(outputs).map((path) => parseStorePath(path));
  if ((await runner2.hold(paths)).size === paths.length) return;
  const name = holderOf(outcome);
  const holder = name === void 0 ? void 0 : dispatch.storeOf(name);
  if (holder === void 0) {
    await runner2.use(async (client) => {
      for (const path of paths) await client.ensurePath(path);
    });
    return;
  }
  await copyClosure(holder, runner2, paths);
}
async function link(path, target, runner2) {
  const existing = await lstat(path).catch(() => void 0);
  if (existing?.isSymbolicLink() === false) {
    throw new DispatchError("local", `${path} is in the way: expected a link or nothing`);
  }
  await rm(path, { force: true });
  await symlink(target, path);
  await runner2.use((client) => client.addIndirectRoot(path));
}

// src/builders/expose/socket-store.ts
import { mkdtemp, rm as rm2, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join as join2 } from "node:path";
import { pipeline } from "node:stream";

// src/builders/expose/connector.ts
function connectorScript(node, socketPath) {
  return `#!${node}
const socket = require('node:net').connect(${JSON.stringify(socketPath)});
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', (error) => {
  console.error('the builder is not there any more: ' + error.message);
  process.exit(1);
});
socket.on('close', () => process.exit(0));
`;
}

// src/builders/expose/socket-store.ts
var longestBase = 80;
function baseFolder({ RUNNER_TEMP = "" }) {
  return RUNNER_TEMP === "" || RUNNER_TEMP.length > longestBase ? tmpdir() : RUNNER_TEMP;
}
async function exposeBuilders(options) {
  const folder = await mkdtemp(join2(baseFolder(process.env), "nd-"));
  const servers = [];
  const names = /* @__PURE__ */ new Map();
  const lines = [];
  for (const [index, builder] of options.builders.entries()) {
    if (builder.address.kind !== "ssh") continue;
    const path = join2(folder, `${index}`);
    servers.push(await listen(path, () => options.openChannel(index)));
    const program = `${path}.connect`;
    await writeFile(program, connectorScript(process.execPath, path), { mode: 448 });
    const uri = `ssh-ng://localhost?remote-program=${program}`;
    names.set(uri, builder.name);
    lines.push(machineLine(uri, builder, options.defaultSystem));
  }
  return {
    machineLines: lines.join("\n"),
    nameOf: (uri) => names.get(uri),
    uriOf: (name) => [...names].find(([, other2]) => other2 === name)?.[0],
    async close() {
      for (const server of servers) server.close();
      await rm2(folder, { recursive: true, force: true });
    }
  };
}
function listen(path, openChannel) {
  const server = createServer((client) => {
    client.on("error", () => client.destroy());
    openChannel().then(
      (daemon) => {
        const end = () => {
          client.destroy();
          daemon.destroy();
        };
        pipeline(client, daemon, end);
        pipeline(daemon, client, end);
      },
      () => client.destroy()
    );
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

// src/delivery/nix-copy.ts
import { spawn } from "node:child_process";
var WITH_KEY = 'cat | exec nix "$@"';
async function nixCopy({ from, to, paths, key, nixConf, signal }) {
  const words2 = [
    "--extra-experimental-features",
    "nix-command",
    "copy",
    "--no-check-sigs",
    ...from === void 0 ? [] : ["--from", from],
    "--to",
    key === void 0 ? to : withParameter(to, "secret-key=/dev/stdin"),
    "--",
    ...paths
  ];
  const [program, args] = key === void 0 ? ["nix", words2] : ["sh", ["-c", WITH_KEY, "nix", ...words2]];
  const environment = childEnvironment(process.env);
  const child = spawn(program, args, {
    env: { ...environment, NIX_CONFIG: [environment["NIX_CONFIG"] ?? "", nixConf].join("\n") },
    stdio: ["pipe", "ignore", "pipe"],
    signal
  });
  const stderr = keepTail(child.stderr);
  child.stdin.on("error", () => {
  });
  child.stdin.end(key === void 0 ? "" : `${key.text}
`);
  const failure = await new Promise((resolve2) => {
    child.once("error", resolve2);
    child.once("close", (code) => {
      resolve2(code === 0 ? void 0 : new Error(reasonOf(stderr()) || `exit code ${code}`));
    });
  });
  if (failure === void 0) return;
  if (signal.aborted) throw new DispatchError("cancelled", "the run was ended before the push was done");
  throw new DispatchError("local", failure.message, { cause: failure });
}
function withParameter(uri, parameter) {
  return `${uri}${uri.includes("?") ? "&" : "?"}${parameter}`;
}
function reasonOf(stderr) {
  const lines = cleanText(stderr).split("\n");
  const last = lines.findLastIndex((line) => line.startsWith("error:"));
  return cleanLine(
    lines.slice(Math.max(0, last)).join("\n").replace(/^error:\s*/, "")
  );
}

// src/delivery/push-lane.ts
var mostPaths = 500;
var mostFailures = 3;
function createPushLane(push) {
  const waiting = /* @__PURE__ */ new Map();
  const known = /* @__PURE__ */ new Set();
  let working = Promise.resolve();
  let isWorking = false;
  let pushed = 0;
  let failed = 0;
  let failures = 0;
  let error;
  const next = () => {
    const [first] = waiting;
    if (first === void 0) return void 0;
    const [builder, all] = first;
    const paths = [...all].slice(0, mostPaths);
    for (const path of paths) all.delete(path);
    if (all.size === 0) waiting.delete(builder);
    return { builder, paths };
  };
  const work = async () => {
    for (let parcel = next(); parcel !== void 0; parcel = next()) {
      if (failures >= mostFailures) {
        failed += parcel.paths.length;
        continue;
      }
      try {
        await push(parcel);
        pushed += parcel.paths.length;
        failures = 0;
      } catch (thrown) {
        error = toDispatchError(thrown, "local");
        failed += parcel.paths.length;
        failures += 1;
      }
    }
    isWorking = false;
  };
  return {
    offer({ builder, paths }) {
      const unknown = paths.filter((path) => !known.has(path));
      if (unknown.length === 0) return;
      for (const path of unknown) known.add(path);
      waiting.set(builder, /* @__PURE__ */ new Set([...waiting.get(builder) ?? [], ...unknown]));
      if (isWorking) return;
      isWorking = true;
      working = Promise.resolve().then(work);
    },
    async finished() {
      await working;
      return { pushed, failed, error };
    }
  };
}

// src/delivery/sign-paths.ts
import { createPrivateKey, sign } from "node:crypto";

// src/nix/hash/fingerprint.ts
function pathFingerprint(parts) {
  const references = [...parts.references].sort().join(",");
  return `1;${parts.path};${formatPrefixedHash(parts.narHash)};${parts.narSizeBytes};${references}`;
}
function formatSignature(signature) {
  return `${signature.keyName}:${encodeBase64(signature.bytes)}`;
}

// src/delivery/sign-paths.ts
function signedBy(key, store) {
  const signPath = createSigner(key);
  return Object.assign({}, store, {
    infos: async (paths) => (await store.infos(paths)).map(signPath)
  });
}
function createSigner({ name, seed, publicKey }) {
  const encode = (bytes) => Buffer.from(bytes).toString("base64url");
  const privateKey = createPrivateKey({
    key: { kty: "OKP", crv: "Ed25519", d: encode(seed), x: encode(publicKey) },
    format: "jwk"
  });
  return (info) => {
    const { path, narHash, narSizeBytes, references } = info;
    const fingerprint = pathFingerprint({
      path,
      narHash: { algorithm: "sha256", bytes: Buffer.from(narHash, "hex") },
      narSizeBytes,
      references
    });
    const bytes = sign(void 0, Buffer.from(fingerprint), privateKey);
    const signature = formatSignature({ keyName: name, bytes });
    return Object.assign({}, info, { signatures: [...info.signatures, signature] });
  };
}

// src/delivery/push.ts
function createPush(options) {
  const { targets, signal, say, notice } = options;
  const opened = [];
  let exposed;
  const expose = () => exposed ??= exposeBuilders({
    builders: options.builders,
    defaultSystem: "",
    openChannel: (id) => options.dispatch.openStream(id)
  });
  const lanes = targets.map((target) => {
    const pushParcel = target.kind === "ssh" ? toHost(target.builder) : toStore(target.uri);
    const lane = createPushLane(async (parcel) => {
      if (signal.aborted) throw new DispatchError("cancelled", "the run was ended before the push was done");
      await pushParcel(parcel);
      say(`pushed ${plural(parcel.paths.length, "path")} from ${parcel.builder} to ${target.uri}`);
    });
    return { target, lane };
  });
  return {
    offer(parcel) {
      for (const { lane } of lanes) lane.offer(parcel);
    },
    async finish() {
      await Promise.all(
        lanes.map(async ({ target, lane }) => {
          const { failed, error } = await lane.finished();
          if (error === void 0 || signal.aborted) return;
          const left = `${plural(failed, "path")} could not be pushed to ${target.uri}`;
          notice(
            options.isRequired ? "error" : "warning",
            "Push failed",
            `${left}: ${describeTrouble(error)}`
          );
        })
      );
    },
    async close() {
      for (const opening of opened) void opening.then((host) => host.close()).catch(() => {
      });
      await exposed?.then((builders) => builders.close()).catch(() => {
      });
    }
  };
  function toHost(builder) {
    let target;
    const openTarget = async () => {
      const opening = openBuilder(builder, options.credentials(builder));
      opened.push(opening);
      return createStore(builder.name, await opening);
    };
    return async ({ builder: name, paths }) => {
      const from = sourceOf(name);
      target ??= openTarget();
      target.catch(() => {
        target = void 0;
      });
      await copyClosure(options.key === void 0 ? from : signedBy(options.key, from), await target, paths);
    };
  }
  function toStore(uri) {
    return async ({ builder, paths }) => {
      sourceOf(builder);
      const line = options.builders.find(({ name }) => name === builder);
      const { key, nixConf } = options;
      const from = line === void 0 || line.address.kind === "local" ? void 0 : (await expose()).uriOf(builder) ?? line.uri;
      await nixCopy({ from, to: uri, paths, key, nixConf, signal });
    };
  }
  function sourceOf(name) {
    const store = options.dispatch.storeOf(name);
    if (store !== void 0) return store;
    throw new DispatchError("unreachable", `${name}, which has the paths, is not connected any more`, {
      host: name
    });
  }
}

// src/delivery/delivery.ts
function createDelivery(options) {
  const { inputs, dispatch } = options;
  const push = createPush({
    ...options,
    targets: inputs.pushTo,
    key: inputs.signingKey,
    isRequired: inputs.isPushRequired
  });
  return {
    watch: (observer) => Object.assign({}, observer, {
      buildFinished(...[build, attempt]) {
        observer.buildFinished(build, attempt);
        if (!isGoodEnd(attempt.end)) return;
        push.offer({ builder: attempt.builder, paths: [...attempt.outputs.values()] });
      }
    }),
    async finish(jobs) {
      for (const { outcome, outputs } of jobs) {
        const builder = holderOf(outcome);
        if (builder === void 0 || dispatch.storeOf(builder) === void 0) continue;
        push.offer({ builder, paths: Object.values(outputs).map((path) => parseStorePath(path)) });
      }
      await Promise.all([
        push.finish(),
        inputs.copiesOutputs ? copyOutputs({ ...options, jobs }) : void 0
      ]);
    },
    close: () => push.close()
  };
}

// src/dispatch/none-usable.ts
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

// src/evaluate-jobs.ts
import { homedir, machine, type } from "node:os";
import { join as join4 } from "node:path";

// src/flake/cache/evaluation-cache.ts
import { mkdir, readdir, readFile, rename, rm as rm3, stat, writeFile as writeFile2 } from "node:fs/promises";
import { join as join3 } from "node:path";

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
var PREFIX = "@nix ";
var ACTIVITY_BUILD = 105;
var STORE_BUSY = /SQLite database .* is busy/;
var LEVEL_ERROR = 0;
var LEVEL_WARN = 1;
var MILD = /^(?:(?:evaluation )?warning|error \(ignored\)): /;
function parseNixLogLine(line) {
  const message = line.startsWith(PREFIX) ? parseObject(line.slice(PREFIX.length)) : void 0;
  if (message === void 0) return { kind: "raw", text: plainText(line) };
  if (message["action"] === "start" && message["type"] === ACTIVITY_BUILD) {
    const [drvPath, machine2] = Array.isArray(message["fields"]) ? message["fields"] : [];
    if (typeof drvPath !== "string") return { kind: "activity" };
    return { kind: "build-started", drvPath, machine: typeof machine2 === "string" ? machine2 : "" };
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
function parseObject(text) {
  const value = parseJson(text) ?? parseJson(text.replace(/[\u0000-\u001F]/g, ""));
  return isObject(value) ? value : void 0;
}
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/flake/evaluator/nix-command.ts
var MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
function withoutRunner(environment) {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(?:INPUT|ACTIONS)_/.test(name))
  );
}
function nixEnvironment(environment, nixConfig, version) {
  const config = [
    environment["NIX_CONFIG"] ?? "",
    // A flake is not trusted to change settings, unless the user says so below.
    "accept-flake-config = false",
    nixConfig,
    `extra-experimental-features = ${experimentalFeatures(version).join(" ")}`
  ];
  return { ...withoutRunner(environment), NIX_CONFIG: config.filter((text) => text !== "").join("\n") };
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

// src/flake/cache/stored-evaluation.ts
function printEvaluation(evaluation) {
  const jobs = evaluation.jobs.map((job) => ({ ...job, outputs: [...job.outputs] }));
  return `${JSON.stringify({ ...evaluation, jobs })}
`;
}
function parseEvaluation(text) {
  try {
    const value = object(JSON.parse(text));
    return {
      key: string(value["key"]),
      evaluatedAtMs: number(value["evaluatedAtMs"]),
      evaluated: number(value["evaluated"]),
      pruned: number(value["pruned"]),
      jobs: array(value["jobs"]).map(parseJob)
    };
  } catch {
    return void 0;
  }
}
function parseJob(raw) {
  const value = object(raw);
  const evaluation = object(value["evaluation"]);
  const memoryBytes = evaluation["memoryBytes"];
  return {
    topAttr: string(value["topAttr"]),
    system: string(value["system"]),
    attr: string(value["attr"]),
    path: array(value["path"]).map(string),
    name: string(value["name"]),
    description: string(value["description"]),
    type: "derivation",
    label: string(value["label"]),
    drvPath: parseStorePath(string(value["drvPath"])),
    outputs: new Map(array(value["outputs"]).map(parseOutput)),
    requiredFeatures: array(value["requiredFeatures"]).map(string),
    evaluation: {
      seconds: number(evaluation["seconds"]),
      memoryBytes: memoryBytes === void 0 ? void 0 : number(memoryBytes)
    },
    warnings: array(value["warnings"]).map(string)
  };
}
function parseOutput(raw) {
  const [name, path] = array(raw);
  return [string(name), typeof path === "string" && isStorePath(path) ? path : void 0];
}
function object(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("an object");
  return Object.fromEntries(Object.entries(value));
}
function array(value) {
  if (!Array.isArray(value)) throw wrong("a list");
  return value;
}
function string(value) {
  if (typeof value !== "string") throw wrong("a string");
  return value;
}
function number(value) {
  if (typeof value !== "number") throw wrong("a number");
  return value;
}
function wrong(expected) {
  return new TypeError(`expected ${expected}`);
}

// src/flake/cache/evaluation-cache.ts
var MOST_ENTRIES = 50;
var PATHS_A_CALL = 500;
async function findEvaluation(folder, key, nix, signal) {
  const text = await readFile(fileOf(folder, key), "utf8").catch(() => void 0);
  const stored = text === void 0 ? void 0 : parseEvaluation(text);
  if (stored === void 0 || stored.key !== key) return void 0;
  const drvPaths = [...new Set(stored.jobs.map((job) => job.drvPath))];
  return await areValid(drvPaths, nix, signal) ? stored : void 0;
}
async function keepEvaluation(folder, evaluation) {
  await mkdir(folder, { recursive: true, mode: 448 });
  const file = fileOf(folder, evaluation.key);
  const temporary = `${file}.${process.pid}`;
  await writeFile2(temporary, printEvaluation(evaluation), { mode: 384 });
  await rename(temporary, file);
  await dropOldest(folder);
}
async function areValid(paths, nix, signal) {
  for (let index = 0; index < paths.length; index += PATHS_A_CALL) {
    const words2 = ["path-info", "--derivation", ...paths.slice(index, index + PATHS_A_CALL)];
    const { exitCode } = await runNix(nix, words2, signal);
    if (exitCode !== 0) return false;
  }
  return true;
}
async function dropOldest(folder) {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => ({ name, changedAtMs: (await stat(join3(folder, name))).mtimeMs }))
  );
  const oldest = files.sort((a, b) => b.changedAtMs - a.changedAtMs).slice(MOST_ENTRIES);
  await Promise.all(oldest.map(({ name }) => rm3(join3(folder, name), { force: true })));
}
function fileOf(folder, key) {
  return join3(folder, `${Buffer.from(sha256(new TextEncoder().encode(key))).toString("hex")}.json`);
}

// src/flake/cache/evaluation-key.ts
function evaluationKey(subject, options) {
  const settings = options.nixConf.split("\n").filter((line) => !isIrrelevant(line));
  const isImpure = options.nixArgs.some(
    (word) => word === "--impure" || word === "pure-eval" || word === "--no-pure-eval"
  ) || settings.some((line) => /^\s*(?:extra-)?(?:pure-eval|impure-env|include|!include)\b/.test(line));
  if (subject.lockedUrl === void 0 || isImpure || !areLocked(subject.locks)) return void 0;
  return JSON.stringify([
    KEY_VERSION,
    subject.lockedUrl,
    subject.locks,
    subject.nixVersion,
    options.topAttrs,
    options.systems ?? null,
    options.filter,
    options.label,
    options.nixArgs,
    settings
  ]);
}
function areLocked(locks) {
  const nodes = isObject2(locks) ? locks["nodes"] : void 0;
  if (!isObject2(nodes)) return false;
  return Object.values(nodes).every((node) => {
    if (!isObject2(node)) return false;
    const { locked, parent } = node;
    return locked === void 0 || Array.isArray(parent) || isObject2(locked) && typeof locked["narHash"] === "string";
  });
}
function isObject2(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
var KEY_VERSION = 1;
function isIrrelevant(line) {
  return /^\s*(?:#.*|(?:extra-)?(?:access-tokens|builders|builders-use-substitutes|max-jobs|cores|netrc-file)\b.*)?$/.test(
    line
  );
}

// src/flake/cache/reuse.ts
async function recall(subject, options, nix, signal) {
  const folder = options.cacheFolder;
  const key = folder === void 0 ? void 0 : evaluationKey(subject, options);
  const jobs = [];
  let finished;
  return {
    earlier: folder === void 0 || key === void 0 ? void 0 : await findEvaluation(folder, key, nix, signal),
    watch: (event) => {
      if (event.kind === "job") jobs.push(event.job);
      if (event.kind === "finished") finished = event.progress;
    },
    keep: async () => {
      if (folder === void 0 || key === void 0 || finished === void 0 || finished.failed > 0) return;
      const { evaluated, pruned } = finished;
      await keepEvaluation(folder, { key, evaluatedAtMs: Date.now(), evaluated, pruned, jobs }).catch(
        () => void 0
      );
    }
  };
}
function eventsOf(earlier, elapsedMs) {
  const { jobs, evaluated, pruned } = earlier;
  const progress = { total: evaluated, evaluated, failed: 0, selected: jobs.length, pruned };
  return [
    ...jobs.map((job) => ({ kind: "job", job })),
    { kind: "finished", progress: { ...progress, elapsedSeconds: elapsedMs / 1e3 } }
  ];
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
  #startedAtMs;
  #lastProgressMs = 0;
  #tally = EMPTY_TALLY;
  /** `startedAtMs`: when evaluation began, finding and locking the flake included. */
  constructor(selector, emit, startedAtMs = performance.now()) {
    this.#startedAtMs = startedAtMs;
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
    const { place: place3, answer } = found;
    await this.#batches.add({
      ...found,
      attribute: {
        ...place3,
        system: place3.system === "" ? answer.system : place3.system,
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
  /** Takes what evaluation had to build. */
  built(builds) {
    for (const build of builds) this.#emit({ kind: "evaluation-build", build });
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
function helperLines(nonce, layout) {
  const text = `${HELPER} = ${HELPER_SOURCE.replace("NONCE", nixString(nonce)).trim()}`;
  return layout === "lines" ? text.split("\n") : [text.replace(/\s+/g, " ")];
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
    return { words: words3, environment, lines: [], helperLayout: "one-line" };
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
    lines: [`:load-flake ${source.url}`],
    helperLayout: "lines"
  };
}
function collectorLimits(maxMemoryBytes) {
  const heapBytes = Math.floor(maxMemoryBytes * HEAP_SHARE);
  return {
    GC_MAXIMUM_HEAP_SIZE: String(heapBytes),
    GC_INITIAL_HEAP_SIZE: String(Math.min(LARGEST_INITIAL_HEAP_BYTES, Math.floor(heapBytes / 4)))
  };
}

// src/flake/evaluator/read-lines.ts
var NEWLINE = 10;
function readLines(stream, mostBytes, onLine) {
  let held = [];
  let heldBytes = 0;
  const hold = (piece) => {
    const kept = piece.subarray(0, mostBytes - heldBytes);
    if (kept.length === 0) return;
    held.push(kept);
    heldBytes += kept.length;
  };
  const endLine = () => {
    const line = Buffer.concat(held).toString("utf8");
    held = [];
    heldBytes = 0;
    onLine(line);
  };
  stream.on("data", (chunk) => {
    let start2 = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start2)) {
      hold(chunk.subarray(start2, end));
      endLine();
      start2 = end + 1;
    }
    hold(chunk.subarray(start2));
  });
  stream.on("end", () => {
    if (heldBytes > 0) endLine();
  });
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
var MAX_LINE_BYTES = 64 * 1024 * 1024;
var MAX_NOTES = 1e3;
var MAX_NOTE_LENGTH = 16 * 1024;
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
    const { words: words2, environment, lines, helperLayout } = repl(source, limits.maxMemoryBytes);
    this.#prelude = [...lines, ...helperLines(this.#nonce, helperLayout)];
    this.#child = spawn3(source.nix.program, words2, {
      cwd: source.nix.directory,
      env: environment,
      // Standard output is the REPL's echo.
      stdio: ["pipe", "ignore", "pipe"]
    });
    this.#child.stdin.on("error", () => void 0);
    readLines(this.#child.stderr, MAX_LINE_BYTES, (line) => {
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
        strayLines: [],
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
        else keepFirst(question.warnings, plainText(line.text.slice(0, MAX_NOTE_LENGTH)));
        return;
      case "warning":
        keepFirst(question.warnings, line.text);
        return;
      case "error":
        keepLast(question.errors, line.text);
        return;
      case "raw":
        if (line.text.trim() !== "") keepLast(question.strayLines, line.text);
        return;
      case "build-started":
        this.#noteBuild(question, line);
        return;
      case "notice":
      case "activity":
    }
  }
  /** A machine says of itself, too, that it builds what it was sent. */
  #noteBuild({ builds }, { drvPath, machine: machine2 }) {
    if (machine2 === "" && builds.some((build) => build.drvPath === drvPath)) return;
    builds.push({ drvPath, machine: machine2, startedAtMs: Date.now() });
  }
  #settleAnswered(question) {
    const error = question.errors.at(-1) ?? question.strayLines.at(-1);
    if (question.json === void 0 && error !== void 0) this.#settle({ kind: "refused", error });
    else this.#settle({ kind: "answered", json: question.json ?? "" });
  }
  #die(reason, fallback) {
    if (this.#death !== void 0) return;
    const said = [...this.#question?.errors ?? [], ...this.#question?.strayLines ?? []].join("\n");
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
function keepFirst(notes, note) {
  if (notes.length < MAX_NOTES) notes.push(note.slice(0, MAX_NOTE_LENGTH));
}
function keepLast(notes, note) {
  if (notes.length >= MAX_NOTES) notes.shift();
  notes.push(note.slice(0, MAX_NOTE_LENGTH));
}

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
  const message = outcome.kind === "answered" ? "no answer" : loadFault(outcome);
  return new DispatchError("evaluation", `cannot load the flake ${source.url}: ${message}`);
}
function loadFault(outcome) {
  if (outcome.kind === "died") {
    if (outcome.reason === "out-of-memory")
      return "it needs more memory than an evaluator may use (input eval_max_memory)";
    if (outcome.reason === "timed-out") return "it took longer than one attribute may (input eval_timeout)";
  }
  return readError(outcome.error, []).message;
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
    attributes.map(({ name, description, topAttr, system, attr, type: type2 }) => ({
      name,
      description,
      top_attr: topAttr,
      system,
      attr,
      type: type2
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
    const [value, message] = parseResult(input, line);
    return typeof message === "string" ? { kind: "error", message } : { kind: "value", value };
  });
}
function parseResult(input, line) {
  try {
    const result = JSON.parse(line);
    if (Array.isArray(result)) return result;
  } catch {
  }
  throw new DispatchError(
    "filter",
    `expected jq to print a list for each attribute of ${input}, got ${JSON.stringify(line.slice(0, 100))}`
  );
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
import { once } from "node:events";
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
    const done = new AbortController();
    const timer = setTimeout(() => {
      done.abort(new Error(`it did not end within ${this.#limitMs / 1e3} s`));
    }, limitMs);
    try {
      const answer = answerOf(worker, done.signal);
      worker.postMessage(call);
      return await answer;
    } catch (error) {
      await this.stop();
      const why = done.signal.aborted ? done.signal.reason : error;
      const said = why instanceof Error ? why.message : String(why);
      const message = /^Aborted\(|memory/i.test(said) ? "it ran out of memory" : said;
      throw new DispatchError("filter", `jq gave no result: ${message}`, {
        hint: "Simplify the jq expressions: each sees one small object at a time.",
        cause: error
      });
    } finally {
      clearTimeout(timer);
      done.abort();
    }
  }
};
async function answerOf(worker, signal) {
  const exit = once(worker, "exit", { signal }).then(([code]) => {
    throw new Error(`its thread ended with exit code ${String(code)}`);
  });
  const message = once(worker, "message", { signal }).then(([result2]) => result2);
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
function unnamed(place3) {
  return { ...place3, name: "", description: "", type: "derivation" };
}

// src/flake/options.ts
import { availableParallelism, freemem } from "node:os";
var USEFUL_MEMORY_BYTES = 2 * 1024 ** 3;
var USABLE_SHARE = 0.85;
var MOST_WORKERS = 8;
function planEvaluators(options) {
  const memoryBytes = freemem() * USABLE_SHARE;
  const each = options.maxMemoryBytes ?? USEFUL_MEMORY_BYTES;
  const fitting = Math.floor(memoryBytes / each);
  const workers = options.workers ?? Math.max(1, Math.min(availableParallelism(), fitting, MOST_WORKERS));
  return {
    workers,
    limits: {
      maxMemoryBytes: options.maxMemoryBytes ?? Math.max(USEFUL_MEMORY_BYTES, Math.floor(memoryBytes / workers)),
      timeoutMs: options.timeoutMs
    }
  };
}

// src/flake/flake-metadata.ts
function readMetadata(reference, json, nixVersion) {
  const metadata = parseObject2(json);
  const sourcePath = metadata?.["path"];
  if (metadata === void 0 || typeof sourcePath !== "string") {
    throw new DispatchError("evaluation", `\`nix flake metadata\` does not say where ${reference} is`, {
      hint: 'Expected JSON with a "path". Is the nix on PATH really Nix?'
    });
  }
  const { resolvedUrl, locks } = metadata;
  const lockedUrl = lockedUrlOf(metadata);
  const localPath = localPathOf(metadata);
  const url = lockedUrl ?? (typeof resolvedUrl === "string" ? resolvedUrl : reference);
  const names = [sourcePath, localPath ?? sourcePath, `\xAB${url}\xBB`, `\xAB${withoutDirectory(url)}\xBB`];
  return {
    resolved: { reference, lockedUrl, sourcePath, localPath, directory: directoryOf(metadata), nixVersion },
    url,
    roots: [...new Set(names)],
    locks
  };
}
function lockedUrlOf(metadata) {
  const { locked, url } = metadata;
  if (!isObject3(locked) || typeof url !== "string") return void 0;
  const isPath = locked["type"] === "path";
  const isLocked = isPath ? typeof locked["narHash"] === "string" : typeof locked["rev"] === "string" || isArchive(locked);
  return isLocked ? url : void 0;
}
function isArchive(locked) {
  return typeof locked["narHash"] === "string" && (locked["type"] === "tarball" || locked["type"] === "file");
}
function directoryOf(metadata) {
  const { locked, resolved } = metadata;
  for (const place3 of [locked, resolved]) {
    if (isObject3(place3) && typeof place3["dir"] === "string") return place3["dir"];
  }
  return "";
}
function localPathOf(metadata) {
  const { resolved } = metadata;
  if (!isObject3(resolved)) return void 0;
  const { type: type2, path, url } = resolved;
  if (type2 === "path" && typeof path === "string") return path;
  if (type2 !== "git" || typeof url !== "string" || !url.startsWith("file:///")) return void 0;
  return decodeURIComponent(url.slice("file://".length).replace(/\?.*/s, ""));
}
function withoutDirectory(url) {
  return url.replace(/([?&])dir=[^&]*&?/, "$1").replace(/[?&]$/, "");
}
function parseObject2(json) {
  try {
    const value = JSON.parse(json);
    return isObject3(value) ? value : void 0;
  } catch {
    return void 0;
  }
}
function isObject3(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
  const metadata = readMetadata(reference, stdout, version.text);
  return { ...metadata, warnings: warningsIn(stderr) };
}
function checkReference(reference) {
  const fault = /[\n\r]/.test(reference) ? "has a line break" : reference.includes("#") ? "has a fragment (#\u2026)" : reference.trim() === "" ? "is empty" : void 0;
  if (fault === void 0) return;
  throw new DispatchError("input", `the flake reference ${JSON.stringify(reference)} ${fault}`, {
    hint: 'Expected a reference such as ".", "./sub" or "github:owner/repo"; what is built of it is chosen by top_attrs and filter_builds.'
  });
}
function notFound(reference, stderr) {
  const { message, position } = readError(stderr.trim(), []);
  if (position !== void 0) {
    const file = position.file.replace(SOURCE_FOLDER, "");
    const place3 = `${file}:${position.line}:${position.column}`;
    return new DispatchError(
      "evaluation",
      `the flake ${reference} does not evaluate: ${message} at ${place3}`
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

// src/flake/evaluator/answer.ts
function parseAnswer(json) {
  if (json.includes(IMPURE_SYSTEM)) {
    throw new DispatchError("evaluation", "attribute 'currentSystem' missing: evaluation is pure");
  }
  const value = parseJson2(json);
  if (!isObject4(value)) throw malformed("an object", value);
  switch (value["kind"]) {
    case "derivation":
      return derivationAnswer(value);
    case "program":
      return programAnswer(value);
    case "set":
      return { kind: "set", names: strings(value["names"]), recurse: value["recurse"] === true };
    case "other":
      return { kind: "other", type: string2(value["type"]) };
    default:
      throw malformed("derivation, program, set or other", value["kind"]);
  }
}
function parseJson2(json) {
  try {
    return JSON.parse(json);
  } catch {
    throw malformed("JSON", json);
  }
}
function derivationAnswer(value) {
  const outputs = value["outputs"];
  if (!isObject4(outputs)) throw malformed("outputs", outputs);
  return {
    kind: "derivation",
    name: string2(value["name"]),
    description: string2(value["description"]),
    system: string2(value["system"]),
    drvPath: derivationPath(value["drvPath"]),
    outputs: new Map(Object.entries(outputs).map(([name, path]) => [name, outputPath(path)])),
    requiredFeatures: strings(value["features"])
  };
}
function programAnswer(value) {
  const drvPath = derivationPath(value["drvPath"]);
  const directory = /^\/[^/]+\/[^/]+\/[^/]+/.exec(string2(value["program"]))?.[0];
  return {
    kind: "derivation",
    name: drvPath.replace(/^.*?\/[a-z0-9]{32}-(.*)\.drv$/, "$1"),
    description: string2(value["description"]),
    system: "",
    drvPath,
    outputs: /* @__PURE__ */ new Map([[string2(value["output"]), outputPath(directory)]]),
    requiredFeatures: []
  };
}
function derivationPath(value) {
  const path = parseStorePath(string2(value));
  if (!isDerivationPath(path)) throw malformed("a .drv path", path);
  return path;
}
function outputPath(value) {
  return typeof value === "string" && isStorePath(value) ? value : void 0;
}
function strings(value) {
  if (!Array.isArray(value)) throw malformed("a list", value);
  return value.map(string2);
}
function string2(value) {
  if (typeof value !== "string") throw malformed("a string", value);
  return value;
}
function malformed(expected, found) {
  return new DispatchError(
    "evaluation",
    `expected ${expected} in what Nix says of the derivation, found ${(JSON.stringify(found) ?? "nothing").slice(0, 200)}`
  );
}
function isObject4(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/flake/failure.ts
function failureOf(place3, reply, outcome, roots, limits) {
  const { message, position } = readError(outcome.error, roots);
  const reason = outcome.kind === "refused" ? refusalReason(outcome.error) : deathReason(outcome.reason);
  return {
    ...place3,
    kind: "evaluation-failed",
    reason,
    message: explain(reason, message, limits),
    position,
    evaluation: reply.cost,
    warnings: reply.warnings
  };
}
function unusable(place3, reply, message) {
  return {
    ...place3,
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
var MAX_DEPTH = 16;
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
  const place3 = placeAt(target);
  const reply = await context.ask(visitLine(step.kind === "visit" ? step.mode : "value", target));
  const { outcome } = reply;
  if (outcome.kind !== "answered") {
    if (!isAbsentOutput(outcome, path)) {
      if (step.kind === "names") collector.expect({ total: 1, pruned: 0 });
      collector.failed(failureOf(place3, reply, outcome, context.roots, context.limits));
    }
    return;
  }
  const answer = readAnswer(outcome.json);
  switch (answer.kind) {
    case "derivation":
      if (!isWanted(context, answer.system)) collector.passed();
      else await collector.found({ place: place3, answer, reply, isSelected: verdict === "selected" });
      return;
    case "set":
      if (step.kind === "visit") {
        collector.failed(unusable(place3, reply, "expected a derivation, found a set"));
        return;
      }
      if (step.kind === "walk") collector.passed();
      if (goesInto(path, step, answer.recurse))
        await enter(context, children(context, path, answer), verdict);
      return;
    case "other":
      if (step.kind === "visit" && answer.type !== "program") {
        collector.failed(unusable(place3, reply, `expected a derivation, found a ${answer.type}`));
      } else collector.passed();
      return;
    case "malformed":
      collector.failed(unusable(place3, reply, answer.message));
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
  return path.length < MAX_DEPTH && (step.into === "every-set" || isMarked);
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
  const beganAtMs = performance.now();
  const selecting = Selector.open({
    filter: options.filter,
    label: options.label,
    limitMs: options.filterTimeoutMs ?? DEFAULT_FILTER_TIMEOUT_MS
  });
  const environment = options.environment ?? process.env;
  const bare = {
    program: options.nixProgram ?? "nix",
    directory: options.directory ?? process.cwd(),
    environment: withoutRunner(environment),
    platforms: platformsOf(process.arch, process.platform)
  };
  const [selector, version] = await Promise.all([selecting, findNix(bare, signal)]);
  try {
    const nix = { ...bare, environment: nixEnvironment(environment, options.nixConf, version) };
    const flake = await resolveFlake(nix, version, options.flake, options.nixArgs, signal);
    const { lockedUrl, nixVersion } = flake.resolved;
    const memory = await recall({ lockedUrl, nixVersion, locks: flake.locks }, options, nix, signal);
    const { earlier } = memory;
    emit({ kind: "resolved", flake: flake.resolved, reusedFromMs: earlier?.evaluatedAtMs });
    if (earlier !== void 0) {
      for (const event of eventsOf(earlier, performance.now() - beganAtMs)) emit(event);
      return;
    }
    const tell = (event) => {
      memory.watch(event);
      emit(event);
    };
    const source = { nix, version, url: flake.url, nixArgs: options.nixArgs };
    const collector = new Collector(selector, tell, beganAtMs);
    collector.warn(flake.warnings);
    await evaluateAfresh(options, source, flake.roots, selector, collector, signal);
    await memory.keep();
  } finally {
    await selector.close();
  }
}
async function evaluateAfresh(options, source, roots, selector, collector, signal) {
  const { workers, limits } = planEvaluators(options);
  const note = ({ warnings, builds }) => {
    collector.warn(warnings);
    collector.built(builds);
  };
  const pool = new EvaluatorPool({ source, workers, limits, onLoaded: note });
  const cancel2 = () => {
    pool.stop(new DispatchError("cancelled", "evaluation was cancelled"));
  };
  signal.addEventListener("abort", cancel2);
  try {
    const ask = async (line) => {
      const reply = await pool.run(line);
      collector.built(reply.builds);
      return reply;
    };
    const { topAttrs, systems } = options;
    await walkFlake({ ask, selector, collector, limits, roots, systems }, topAttrs);
    collector.finish();
  } finally {
    signal.removeEventListener("abort", cancel2);
    pool.stop(new DispatchError("cancelled", "evaluation has ended"));
  }
}

// src/flake/repository-position.ts
function repositoryPosition(position, localPath, workspace) {
  if (position === void 0 || localPath === void 0 || position.file.startsWith("\xAB")) return void 0;
  const root = withoutSlash(localPath);
  const file = position.file.startsWith("/") ? position.file : `${root}/${position.file}`;
  const folder = `${withoutSlash(workspace)}/`;
  return file.startsWith(folder) ? { ...position, file: file.slice(folder.length) } : void 0;
}
function placeInRepository(failure, localPath, workspace) {
  const { position, message } = failure;
  const here = repositoryPosition(position, localPath, workspace);
  if (position === void 0 || here !== void 0) return { ...failure, position: here };
  const place3 = `${position.file}:${position.line}:${position.column}`;
  return { ...failure, position: void 0, message: `${message}
at ${place3}` };
}
function withoutSlash(path) {
  return path.replace(/\/+$/, "");
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
  const place3 = outcomePlace(outcome);
  const words2 = `${outcomeSign(outcome)} ${shortName(name)}: ${outcomeWords(outcome)}`;
  const where = place3 === void 0 ? "" : ` on ${cleanLine(place3)}`;
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
function resolvedLine({ lockedUrl, reference, nixVersion }) {
  return cleanLine(`evaluating ${lockedUrl ?? reference} with ${nixName(nixVersion)}`);
}
function nixName(version) {
  return version.replace(/^nix \(([^,)]+)[^)]*\) /, "$1 ");
}
function failureLine({ path, message }) {
  return cleanLine(`${joinAttributes(path)} does not evaluate: ${message}`);
}
function evaluatedLine({ evaluated, failed, elapsedSeconds }) {
  const failures = failed === 0 ? "" : `, ${failed} failed`;
  return `evaluated ${plural(evaluated, "attribute")} in ${formatDuration(elapsedSeconds)}${failures}`;
}
function evaluatingLine(progress) {
  const { evaluated, total, failed, elapsedSeconds } = progress;
  const failures = failed === 0 ? "" : `, ${failed} failed`;
  const rate = Math.round(evaluated / Math.max(elapsedSeconds, 1e-3));
  return `evaluating: ${evaluated} of ${plural(total, "attribute")}${failures}, ${rate} a second`;
}
function reusedLine(evaluatedAtMs, jobs) {
  const then = new Date(evaluatedAtMs).toISOString().slice(0, 16).replace("T", " ");
  return `flake not changed since ${then} UTC: using the ${plural(jobs, "job")} of that evaluation again`;
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

// src/report/log/evaluation.ts
var progressIntervalMs = 1e4;
function createEvaluationLog(nowMs) {
  let lastToldAtMs = nowMs();
  let reusedFromMs;
  return (event) => {
    switch (event.kind) {
      case "resolved":
        ({ reusedFromMs } = event);
        return resolvedLine(event.flake);
      case "failure":
        return failureLine(event.failure);
      case "progress":
        if (nowMs() - lastToldAtMs < progressIntervalMs) return void 0;
        lastToldAtMs = nowMs();
        return evaluatingLine(event.progress);
      case "finished":
        return reusedFromMs === void 0 ? evaluatedLine(event.progress) : reusedLine(reusedFromMs, event.progress.selected);
      case "job":
      case "evaluation-build":
      case "warning":
        return void 0;
    }
  };
}

// src/evaluate-jobs.ts
async function evaluateJobs(stage2) {
  const { inputs, dispatch } = stage2;
  const exposed = await exposeBuilders({
    builders: inputs.builders,
    defaultSystem: systemOfUname(type(), machine()) ?? "",
    openChannel: (id) => dispatch.openStream(id)
  });
  try {
    await evaluate2(stage2, exposed);
  } finally {
    await exposed.close();
  }
}
async function evaluate2(stage2, exposed) {
  const { inputs, environment, signal, dispatch, recorder, log } = stage2;
  const { workers, maxMemoryBytes, timeoutMs, systems, usesCache } = inputs.evaluation;
  const events = evaluateFlake({
    flake: inputs.flake,
    topAttrs: inputs.topAttrs,
    systems,
    filter: inputs.filterBuilds,
    label: inputs.labelBuilds,
    nixArgs: inputs.nixArgs,
    nixConf: [importSettings(exposed, inputs), nixConfigText(inputs)].join("\n"),
    workers,
    maxMemoryBytes,
    timeoutMs,
    environment,
    cacheFolder: usesCache ? cacheFolderOf(environment) : void 0,
    signal
  });
  const workspace = environment["GITHUB_WORKSPACE"] ?? process.cwd();
  const lineOf = createEvaluationLog(() => performance.now());
  let flake;
  for await (const event of events) {
    const line = lineOf(event);
    if (line !== void 0) log.say(line);
    switch (event.kind) {
      case "resolved":
        ({ flake } = event);
        recorder.resolved(flake);
        break;
      case "job":
        dispatch.select(event.job);
        break;
      case "failure":
        dispatch.failed(placeInRepository(event.failure, flake?.localPath, workspace));
        break;
      case "evaluation-build": {
        const builder = exposed.nameOf(event.build.machine) ?? "local";
        dispatch.builtForEvaluation(event.build, builder);
        log.say(`evaluation needed ${event.build.drvPath}, which was built on ${builder}`);
        break;
      }
      case "warning":
        recorder.notice("warning", "Warning of the evaluation", event.message);
        break;
      case "progress":
      case "finished":
        recorder.evaluated(event.progress, event.kind === "finished");
    }
  }
}
function cacheFolderOf(environment) {
  const base = environment["XDG_CACHE_HOME"] || join4(homedir(), ".cache");
  return join4(base, "nix-dispatch", "evaluations");
}
function importSettings({ machineLines }, { builders }) {
  if (machineLines === "") return "";
  const buildsHere = builders.some(({ address }) => address.kind === "local");
  return [
    `builders = ${machineLines.replaceAll("\n", " ; ")}`,
    "builders-use-substitutes = true",
    ...buildsHere ? [] : ["max-jobs = 0"]
  ].join("\n");
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
    const stat2 = line.startsWith("stat ") ? parseProcessStat(line.slice("stat ".length)) : void 0;
    if (stat2 !== void 0) {
      stats.push(stat2);
      if (argv !== void 0) processes.push({ pid: stat2.pid, argv, stat: stat2 });
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
function findWorker(processes, clientPid, place3 = { index: 0, of: 1 }) {
  const pid = String(clientPid);
  const workers = processes.filter((process2) => process2.pid !== clientPid && servesClient(process2.argv, pid)).sort((one, other2) => one.stat.startTicks - other2.stat.startTicks || one.pid - other2.pid);
  if (workers.length > 0) return workers.length === place3.of ? workers[place3.index] : void 0;
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
  const find = async (client) => {
    probe ??= openProbe(opened).catch(() => void 0);
    const pid = opened.clientPid(client);
    const opening = await probe;
    if (pid === void 0 || opening === void 0) return void 0;
    const { processes } = await scan(opening);
    const siblings = opened.siblings(client);
    const place3 = { index: siblings.indexOf(client), of: siblings.length };
    return findWorker(processes, pid, place3)?.stat;
  };
  const findFresh = async (client) => {
    const stat2 = await find(client);
    return stat2 === void 0 ? void 0 : { ...stat2, waitedChildTicks: 0 };
  };
  const lookBefore = async (client, worker) => {
    if (worker.kind === "known") return worker.stat;
    return worker.kind === "fresh" ? findFresh(client) : find(client);
  };
  const lookAfter = async (pid) => {
    const answer = await (await probe)?.ask(statRequest([pid]));
    return answer?.stats.find((stat2) => stat2.pid === pid);
  };
  return {
    begin(client) {
      const worker = workers.get(client) ?? Promise.resolve({ kind: "fresh" });
      const early = worker.then((known) => lookBefore(client, known)).catch(() => void 0);
      const beganMs = performance.now();
      return async (result) => {
        const wallSeconds = (performance.now() - beganMs) / 1e3;
        const before = early.then(async (stat2) => {
          const isLate = stat2 === void 0 && (await worker).kind === "fresh";
          return isLate ? findFresh(client).catch(() => void 0) : stat2;
        });
        const after = before.then((stat2) => stat2 === void 0 ? void 0 : lookAfter(stat2.pid)).catch(() => void 0);
        workers.set(
          client,
          after.then((stat2) => stat2 === void 0 ? { kind: "unknown" } : { kind: "known", stat: stat2 })
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
    openStream: () => opened.openStream(),
    close: () => opened.close()
  };
}

// src/dispatch/run-dispatch.ts
import { once as once3 } from "node:events";

// src/dispatch/attempt.ts
import { once as once2 } from "node:events";

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
        const place3 = placeOf(drvPath);
        const before = place3.log.bytes;
        place3.log.write(line);
        bytes += place3.log.bytes - before;
        observer.logLine(place3.build, line);
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
      const node = add({ drvPath, facts: void 0, inputs: [], unreadable: void 0 });
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
function unreadableFacts(drvPath) {
  return {
    name: storePathName(drvPath).replace(/\.drv$/u, ""),
    system: "unknown",
    requiredFeatures: ["readable"],
    preferLocalBuild: false,
    outputs: /* @__PURE__ */ new Map(),
    inputDerivations: /* @__PURE__ */ new Map(),
    inputSources: [],
    // What is above it is not planned as something that could do without it.
    needsClosure: true,
    isImpure: false
  };
}
function outputPaths(facts, outputs) {
  const paths = [];
  for (const output of outputs) {
    const path = facts.outputs.get(output);
    if (path !== void 0) paths.push(path);
  }
  return paths;
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

// src/dispatch/is-there.ts
import { setTimeout as sleep } from "node:timers/promises";
var longestAnswerMs = 6e4;
async function isThere(session) {
  const over = new AbortController();
  const { signal } = over;
  const answer = session.store.ask((client) => client.queryValidPaths([], { substitute: false })).then(() => true).catch(() => false);
  const tooLong = sleep(longestAnswerMs, true, { ref: false, signal }).catch(() => true);
  const isAnswering = await Promise.race([answer, tooLong]);
  over.abort();
  return isAnswering;
}

// src/dispatch/limits.ts
var askAgainMs = 1e3;
var longestTimerMs = 2 ** 31 - 1;
function watchLimits(limits, { isThere: isThere2, exceeded }) {
  const { maxSilentMs, timeoutMs } = limits;
  let silence;
  let whole;
  let outputs = 0;
  let isOver = false;
  const end = (kind, message) => {
    if (isOver) return;
    stop();
    exceeded({ kind, message });
  };
  const endSilent = async (limitMs) => {
    silence = void 0;
    const heard = outputs;
    const isConfirmed = await isThere2() && outputs === heard;
    if (isConfirmed) end("timed-out", `printed nothing for ${seconds(limitMs)} (max_silent_time)`);
    else startSilence();
  };
  const startSilence = () => {
    if (maxSilentMs === void 0 || isOver) return;
    silence = setTimeout(() => void endSilent(maxSilentMs), Math.min(maxSilentMs, longestTimerMs));
  };
  const endLate = async (limitMs) => {
    if (await isThere2()) end("timed-out", `ran longer than ${seconds(limitMs)} (build_timeout)`);
    else if (!isOver) whole = setTimeout(() => void endLate(limitMs), askAgainMs);
  };
  if (timeoutMs !== void 0) {
    whole = setTimeout(() => void endLate(timeoutMs), Math.min(timeoutMs, longestTimerMs));
  }
  const stop = () => {
    isOver = true;
    clearTimeout(silence);
    clearTimeout(whole);
  };
  startSilence();
  return {
    sawOutput(logBytes) {
      if (isOver) return;
      outputs += 1;
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

// src/dispatch/missing-input.ts
var MissingInput = class extends DispatchError {
  paths;
  constructor(drvPath, paths) {
    const others = paths.length === 1 ? "" : ` and ${paths.length - 1} more`;
    super("daemon", `no store has the input ${paths[0]}${others} of ${drvPath}`, {
      hint: "A garbage collection may have dropped it while nobody was connected: what can be built is built again."
    });
    this.paths = paths;
  }
};

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
    if (wanted.size > 0) throw new MissingInput(node.drvPath, [...wanted]);
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
  const tail = [...nested.flatMap((one) => one.log.tail), ...log.tail];
  const end = signal.aborted ? run2.end : await unlessStopped(signal, session, context.judge(session, node.id, run2.end, tail));
  const attempt = {
    builder: session.name,
    slot,
    startedAtMs,
    finishedAtMs,
    end: await nameCulprit(context, session, slot, end, nested),
    outputs,
    outputBytes: run2.outputBytes,
    cpu: void 0,
    peakMemoryBytes: void 0,
    log
  };
  const complete = async () => {
    const [cpu, outputBytes2] = await Promise.all([run2.cpu, run2.outputBytes ?? narSizeOf(session, attempt)]);
    const measured = { ...attempt, cpu, outputBytes: outputBytes2 };
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
      watch = watchLimits(context.limits, { isThere: () => isThere(session), exceeded: endEarly });
      const finishMeter = session.cpuMeter?.begin(client);
      const building = request(client, watchedBy(watch, logs));
      const measuring = knownSize(client, node);
      const result = await building;
      const end = endOfResult(result, logs.hasStarted());
      return { end, result, outputBytes: await measuring, cpu: finishMeter?.(result) };
    } catch (thrown) {
      const end = endOfError(toDispatchError(thrown, "connection-lost", { host: session.name }));
      return { end: thrown instanceof MissingInput ? { ...end, missing: thrown.paths } : end };
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
async function knownSize(client, node) {
  const facts = factsOf(node);
  const paths = outputPaths(facts, facts.outputs.keys());
  if (paths.length === 0 || paths.length < facts.outputs.size) return void 0;
  const infos = await client.queryPathInfos(paths).catch(() => []);
  const sizes = infos.flatMap((info) => info?.narSizeBytes ?? []);
  return sizes.length < paths.length ? void 0 : sizes.reduce((total, size) => total + size, 0);
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
async function unlessStopped(signal, session, judging) {
  const stopped = once2(signal, "abort");
  return Promise.race([judging, stopped.then(() => endOfStop(signal.reason, session.name))]);
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
import { join as join5 } from "node:path";
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
      writeFileSync(join5(directory, file), text, { flag: state === "empty" ? "w" : "a" });
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
    abandon(builder) {
      let builds = 0;
      let seconds2 = 0;
      for (const [key, activity] of active) {
        if (activity.builder !== builder) continue;
        if (activity.startedAtMs !== void 0) {
          builds += 1;
          seconds2 += (performance.now() - activity.startedAtMs) / 1e3;
        }
        activity.controller.abort("builder-lost");
        active.delete(key);
      }
      return { builds, seconds: seconds2 };
    }
  };
}
function keyOf(node, builder) {
  return `${node} ${builder}`;
}

// src/dispatch/still-held.ts
async function stillHeld(session, nodes) {
  const paths = new Map(
    nodes.map((node) => [node.id, outputPaths(factsOf(node), factsOf(node).outputs.keys())])
  );
  const valid = await session.store.hold([...paths.values()].flat()).catch(() => /* @__PURE__ */ new Set());
  return nodes.filter(({ id }) => paths.get(id)?.length !== 0 && paths.get(id)?.every((path) => valid.has(path))).map(({ id }) => id);
}

// src/dispatch/dispatcher.ts
var nobodyLeft = "every builder that could build it, or that had its inputs, is gone";
function createDispatcher(context) {
  const { graph, ledger, observer, schedule, staging } = context;
  const sessions = /* @__PURE__ */ new Map();
  const active = createActivities();
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
    if (command.kind === "stop") {
      active.stop(command.node, command.builder);
      return;
    }
    const session = sessions.get(command.builder);
    if (session === void 0) return;
    const isBuild = command.kind === "start";
    const signal = active.begin(command.node, command.builder, isBuild);
    const work = isBuild ? build : stage2;
    if (isBuild) open.add(command.node);
    void work(graph.node(command.node), session, signal).then((event) => {
      active.end(command.node, command.builder, signal);
      if (signal.aborted) settleIfDone();
      else tell(event);
    });
  };
  const stage2 = async (node, session, signal) => {
    const place3 = { node: node.id, builder: session.id };
    try {
      const bytes = context.planner.isClosure(node.id) ? await staging.closure(node, session.store) : await staging.inputs(node, session.store);
      ledger.copied(node.id, bytes);
      return { kind: "staged", ...place3 };
    } catch (thrown) {
      const error = toDispatchError(thrown, "connection-lost", { host: session.name });
      if (!signal.aborted) {
        ledger.notStaged(node.id, session.name, error.message);
        observer.builderTrouble(error.host ?? session.name, describeTrouble(error));
        if (error instanceof MissingInput) tell(outputsGone(node, error.paths));
        await context.notStaged(session, error);
      }
      return { kind: "stage-failed", ...place3 };
    }
  };
  const outputsGone = (node, paths) => ({
    kind: "outputs-gone",
    nodes: node.inputs.filter(
      (input) => outputPaths(factsOf(graph.node(input.node)), input.outputs).some((path) => paths.includes(path))
    ).map((input) => input.node)
  });
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
    const { end } = attempt;
    if (end.kind === "infrastructure" && end.missing !== void 0) tell(outputsGone(node, end.missing));
    const result = scheduleResultOf(attempt.end, attempt.outputBytes ?? 0);
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
      const { id, offer } = session;
      sessions.set(id, session);
      const absent = schedule.absent(id);
      if (absent.length === 0) {
        tell({ kind: "builder-joined", builder: offer });
        return;
      }
      void stillHeld(
        session,
        absent.map((node) => graph.node(node))
      ).then((holds) => {
        if (sessions.get(id) !== session) return;
        tell({ kind: "builder-joined", builder: offer, holds });
        for (const node of holds) if (!active.isBuilding(node)) open.delete(node);
        settleIfDone();
      });
    },
    overdue: (builder) => tell({ kind: "builder-overdue", builder }),
    lose(builder, mayReturn) {
      sessions.delete(builder);
      const work = active.abandon(builder);
      tell({ kind: "builder-lost", builder, mayReturn });
      return work;
    },
    resize: (builder, maxJobs) => tell({ kind: "slots-changed", builder, maxJobs }),
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

// src/dispatch/evaluation-builds.ts
function createEvaluationRecorder(graph, ledger, runner2, readFacts) {
  return async ({ drvPath, startedAtMs }, builder) => {
    if (!isStorePath(drvPath)) return;
    const finishedAtMs = Date.now();
    const node = graph.intern(parseStorePath(drvPath));
    node.facts ??= await readFacts(node.drvPath);
    const facts = factsOf(node);
    const paths = outputPaths(facts, facts.outputs.keys());
    const isBuilt = (await runner2.hold(paths)).size === paths.length;
    ledger.neededByEvaluation(node.id);
    ledger.attempted(node.id, {
      builder,
      slot: 0,
      startedAtMs,
      finishedAtMs,
      end: isBuilt ? { kind: "built" } : { kind: "failed", message: "its log is part of the error of the attribute that needed it" },
      outputs: /* @__PURE__ */ new Map(),
      outputBytes: void 0,
      cpu: void 0,
      peakMemoryBytes: void 0,
      log: { tail: [], lines: 0, file: void 0 }
    });
  };
}

// src/dispatch/fleet.ts
import { setMaxListeners } from "node:events";
import { setTimeout as sleep2 } from "node:timers/promises";

// src/dispatch/seat.ts
var firstPauseMs = 500;
function createSeat(member, id) {
  return {
    member,
    id,
    session: void 0,
    last: void 0,
    slots: 0,
    isDrained: false,
    bytesReceived: 0,
    bytesSent: 0,
    trouble: [],
    giveUpAtMs: void 0,
    pauseMs: firstPauseMs,
    overdue: void 0,
    examination: void 0
  };
}
function seat(seat2, session) {
  clearTimeout(seat2.overdue);
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

// src/dispatch/fleet.ts
var goodSessionMs = 3e4;
var longestPauseMs = 5e3;
var final = /* @__PURE__ */ new Set(["host-key", "authentication", "not-nix", "input", "local"]);
var finalOnReturn = /* @__PURE__ */ new Set(["host-key", "authentication"]);
function createFleet(members, options) {
  const { observer } = options;
  const seats = members.map(createSeat);
  let dispatcher;
  let isClosed = false;
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const seatOf = (session) => {
    const seat2 = seats[session.id];
    return seat2?.session === session && !isClosed ? seat2 : void 0;
  };
  const seated = (seat2, session) => {
    if (isClosed) {
      session.close();
      return;
    }
    const joinedAtMs = performance.now();
    const isReturn = seat2.last !== void 0;
    seat(seat2, session);
    const { offer, nixVersion } = session;
    const trusted = offer.granularity === "derivation" ? "" : ", whole closures only";
    observer.builderJoined(
      session.name,
      `${isReturn ? "back, " : ""}Nix ${nixVersion}, ${offer.systems.join(" ")}, ${offer.maxJobs} slots${trusted}`
    );
    dispatcher?.join(session);
    session.whenFull((conversations, reason) => shrink(session, conversations, reason));
    void session.lost.then((reason) => {
      if (performance.now() - joinedAtMs >= goodSessionMs) forgive(seat2);
      lose(session, reason === void 0 ? "the connection was closed" : describeTrouble(reason));
    });
  };
  const lose = (session, message) => {
    const seat2 = seatOf(session);
    if (seat2 === void 0) return;
    unseat(seat2);
    const isHopeless = seat2.giveUpAtMs !== void 0 && performance.now() >= seat2.giveUpAtMs;
    const work = dispatcher?.lose(seat2.id, !isHopeless) ?? { builds: 0, seconds: 0 };
    note(seat2, `${isHopeless ? "given up: " : ""}${message}${costOf(work)}`);
    if (isHopeless) return;
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
  const note = (seat2, message) => {
    seat2.trouble.push(message);
    observer.builderTrouble(seat2.member.name, message);
  };
  const reconnect = async (seat2) => {
    seat2.giveUpAtMs ??= performance.now() + options.reconnectMs;
    for (; ; ) {
      const pauseMs = seat2.pauseMs * (0.5 + Math.random());
      await sleep2(pauseMs, void 0, { signal: closing.signal }).catch(() => {
      });
      if (isClosed) return;
      seat2.pauseMs = Math.min(seat2.pauseMs * 2, longestPauseMs);
      try {
        seated(seat2, await seat2.member.open(seat2.id));
        return;
      } catch (thrown) {
        const error = toDispatchError(thrown, "unreachable", { host: seat2.member.name });
        const isFinal = (seat2.last === void 0 ? final : finalOnReturn).has(error.code);
        if (!isFinal && performance.now() < seat2.giveUpAtMs) continue;
        note(seat2, `given up: ${error.message}`);
        dispatcher?.lose(seat2.id, false);
        return;
      }
    }
  };
  const isAnswering = async (session) => {
    try {
      await session.store.use((client) => client.queryValidPaths([], { substitute: false }));
      return void 0;
    } catch (thrown) {
      return toDispatchError(thrown, "connection-lost", { host: session.name });
    }
  };
  return {
    async connect(chosen) {
      dispatcher = chosen;
      const errors = [];
      const failed = [];
      await Promise.all(
        seats.map(async (seat2) => {
          try {
            seated(seat2, await seat2.member.open(seat2.id));
          } catch (thrown) {
            const error = toDispatchError(thrown, "unreachable", { host: seat2.member.name });
            errors.push(error);
            note(seat2, describeTrouble(error));
            if (!final.has(error.code)) failed.push(seat2);
          }
        })
      );
      const [first] = errors;
      if (first !== void 0 && errors.length === seats.length) throw noneUsable(errors, first);
      for (const seat2 of failed) void reconnect(seat2);
      dispatcher.buildersComplete();
    },
    get sessions() {
      return seats.flatMap(({ session }) => session ?? []);
    },
    get offers() {
      return seats.flatMap(({ last }) => last === void 0 ? [] : [{ ...last.offer, name: last.name }]);
    },
    async examine(session) {
      const seat2 = seatOf(session);
      if (seat2 === void 0) return;
      const examine = async () => {
        const error = await isAnswering(session) && await isAnswering(session);
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
      for (const { session, overdue } of seats) {
        clearTimeout(overdue);
        session?.close();
      }
    }
  };
}
function costOf({ builds, seconds: seconds2 }) {
  if (builds === 0) return "";
  return `; it cost ${seconds2.toFixed(1)} s of work in ${builds} ${builds === 1 ? "build" : "builds"} that ran there`;
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
  const inputsToPlan = (id) => {
    if (context.presence(id).kind === "existing") return [];
    if (closureNeeded.get(id) !== true) return graph.node(id).inputs.map(({ node }) => node);
    return missingInputs2(id).filter(
      (input) => closureNeeded.get(input) === true && !factsOf(graph.node(input)).isImpure
    );
  };
  const scheduleNode = (derivation) => {
    const node = planned.has(derivation) ? graph.succeed(derivation) : graph.node(derivation);
    const { id } = node;
    const presence = context.presence(derivation);
    planned.set(id, presence.kind === "existing" ? "existing" : "build");
    if (presence.kind === "existing") {
      const { locations, onRunner, substitutable, narSizeBytes } = presence;
      return { kind: "existing", id, locations, onRunner, substitutable, narSizeBytes };
    }
    const facts = factsOf(node);
    const closure = closureNeeded.get(derivation) === true;
    closureNeeded.set(id, closure);
    return {
      kind: "build",
      id,
      dependencies: inputsToPlan(derivation).map((input) => graph.current(input).id),
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
        postOrder(root, inputsToPlan, isPlanned, (id) => added.push(scheduleNode(id)));
      }
      return added;
    }
  };
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
  const sourceBytes = /* @__PURE__ */ new Map();
  const countedSources = /* @__PURE__ */ new Set();
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
  const measureSources = async (nodes) => {
    const runner2 = context.stores().find(({ isRunner }) => isRunner);
    const sourcesOf = /* @__PURE__ */ new Map();
    for (const node of nodes) {
      const sources = factsOf(node).inputSources.filter((path) => !countedSources.has(path));
      for (const path of sources) countedSources.add(path);
      if (sources.length > 0) sourcesOf.set(node.id, sources);
    }
    if (sourcesOf.size === 0 || runner2 === void 0) return;
    const sizes = await runner2.narSizes([...sourcesOf.values()].flat());
    for (const [id, sources] of sourcesOf)
      sourceBytes.set(id, sum(sources.map((path) => sizes.get(path) ?? 0)));
  };
  const topLevel = async (roots) => {
    const nodes = roots.map((id) => graph.node(id));
    await readAll(nodes, context.readFacts);
    return nodes.filter((node) => want(node, [...factsOf(node).outputs.keys()]));
  };
  return {
    look: async (roots) => askLevel(await topLevel(roots)),
    async take(roots) {
      const existingInputs = [];
      const news = [];
      let level = await topLevel(roots);
      for (let isTop = true; level.length > 0; isTop = false) {
        await askLevel(level);
        if (!isTop) existingInputs.push(...level.filter((node) => found.get(node.id)?.kind === "existing"));
        const lacking = level.filter((node) => found.get(node.id)?.kind === "missing");
        news.push(...lacking);
        level = [...new Set(lacking.flatMap(expand))];
        await readAll(level, context.readFacts);
      }
      await Promise.all([measure(existingInputs), measureSources(news)]);
    },
    presence: (node) => found.get(node) ?? missing,
    sourceBytes: (node) => sourceBytes.get(node) ?? 0
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
      try {
        node.facts = await readFacts(node.drvPath);
      } catch (error) {
        node.facts = unreadableFacts(node.drvPath);
        node.unreadable = describeTrouble(toDispatchError(error, "local"));
      }
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, readNext));
}
function hasAll(set, paths) {
  return paths.every((path) => set.has(path));
}
function sum(numbers) {
  return numbers.reduce((total, number2) => total + number2, 0);
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
      return attempts.findLast(({ end }) => end.kind === "built") ?? attempts.findLast(({ end }) => isGoodEnd(end)) ?? attempts.at(-1);
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
      copiedBytes: 0,
      isForEvaluation: false
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
    neededByEvaluation(node) {
      recordOf2(node).isForEvaluation = true;
    },
    attempted(node, attempt) {
      const record = recordOf2(node);
      record.trouble = void 0;
      record.attempts.push(withoutIdleTail(attempt));
      record.attempts.sort((one, other2) => one.startedAtMs - other2.startedAtMs);
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
function isSameAttempt(one, other2) {
  return one.builder === other2.builder && one.slot === other2.slot && one.startedAtMs === other2.startedAtMs;
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
    requiredFeatures: job.requiredFeatures,
    evaluationSeconds: job.evaluation.seconds,
    evaluationMemoryBytes: job.evaluation.memoryBytes,
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
    requiredFeatures: [],
    evaluationSeconds: evaluation.seconds,
    evaluationMemoryBytes: evaluation.memoryBytes,
    warnings
  };
}
function buildReport(graph, node, record, outcome, isReported) {
  const facts = factsOf(node);
  const last = decisiveAttempt(record);
  return {
    ...record.isForEvaluation ? { isForEvaluation: true } : {},
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

// src/dispatch/machine-watch.ts
import { setTimeout as sleep3 } from "node:timers/promises";

// src/dispatch/conduct.ts
var mostWrongInARow = 3;
var suspectAfter = 2;
function createConduct() {
  const records = /* @__PURE__ */ new Map();
  const failedAt = /* @__PURE__ */ new Map();
  const recordOf2 = (builder) => {
    const record = records.get(builder) ?? { failedInARow: 0, wrongInARow: 0, hasBuilt: false };
    records.set(builder, record);
    return record;
  };
  return {
    ended(builder, node, how) {
      const record = recordOf2(builder);
      if (how === "bad") {
        record.failedInARow++;
        failedAt.set(node, (failedAt.get(node) ?? /* @__PURE__ */ new Set()).add(builder));
        return [];
      }
      record.failedInARow = 0;
      record.wrongInARow = 0;
      record.hasBuilt = true;
      const wrong2 = [...failedAt.get(node) ?? []].filter((other2) => other2 !== builder);
      failedAt.delete(node);
      return wrong2.filter((other2) => {
        const theirs = recordOf2(other2);
        theirs.wrongInARow = (theirs.wrongInARow + 1) % mostWrongInARow;
        return theirs.wrongInARow === 0;
      });
    },
    isSuspect(builder) {
      const othersBuild = [...records].some(([other2, { hasBuilt }]) => other2 !== builder && hasBuilt);
      return othersBuild && recordOf2(builder).failedInARow >= suspectAfter;
    },
    failedInARow: (builder) => recordOf2(builder).failedInARow
  };
}

// src/dispatch/machine-symptoms.ts
var fullDisk = /no space left on device|database or disk is full|disk quota exceeded|\bENOSPC\b/iu;
var other = [
  // The kernel kills when memory is short (9); a broken disk or CPU shows as 7 or 4 where code shows as 6 or 11.
  /due to signal (?:4|7|9)\b/u,
  /cannot allocate memory|out of memory\b/iu,
  /input\/output error|read-only file system|stale (?:nfs )?file handle|structure needs cleaning/iu,
  /resource temporarily unavailable|too many open files in system/iu,
  /exec format error/iu,
  /temporary failure in name resolution|could not resolve host/iu
];
function looksLikeFullDisk(text) {
  return fullDisk.test(text);
}
function looksLikeMachine(text) {
  return fullDisk.test(text) || other.some((pattern) => pattern.test(text));
}

// src/dispatch/machine-watch.ts
var lookAgainMs = 1e4;
var firstPauseMs2 = 1e3;
var longestPauseMs2 = 16e3;
function mayBeItsFault(end) {
  if (end.kind === "failed") return end.isSuspect === true;
  return end.kind === "infrastructure" && end.isRefusal === true;
}
function createMachineWatch(fleet) {
  const conduct = createConduct();
  const full = /* @__PURE__ */ new Set();
  const quarantines = /* @__PURE__ */ new Map();
  let timer;
  const quarantineOf = (builder) => {
    const known = quarantines.get(builder) ?? new AbortController();
    quarantines.set(builder, known);
    return known;
  };
  const patience = async (builder) => {
    const excess = conduct.failedInARow(builder) - mostWrongInARow;
    if (excess < 0) return;
    const { signal } = quarantineOf(builder);
    const pauseMs = Math.min(firstPauseMs2 * 2 ** excess, longestPauseMs2);
    await sleep3(pauseMs, void 0, { ref: false, signal }).catch(() => {
    });
  };
  const watchDisks = () => {
    timer ??= setInterval(() => {
      for (const session of full) void lookAgain(session);
    }, lookAgainMs).unref();
  };
  const lookAgain = async (session) => {
    if (!fleet.sessions.includes(session)) {
      full.delete(session);
      return;
    }
    const disk = await session.diskSpace();
    if (disk === void 0 || !hasRoomAgain(disk) || !full.delete(session)) return;
    fleet.reopen(session, "its disk has room again");
  };
  const fullDiskOf = async (session) => {
    const disk = await session.diskSpace();
    if (disk === void 0 || !isDiskFull(disk)) return void 0;
    const message = describeFullDisk(disk);
    if (!full.has(session)) {
      full.add(session);
      fleet.drain(session, `${message}; it gets no builds until there is room`);
      watchDisks();
    }
    return message;
  };
  const blame = async (session, end, tail) => {
    if (end.kind === "infrastructure") {
      if (end.isRefusal !== true) await fleet.examine(session);
      else if (looksLikeFullDisk(end.message)) await fullDiskOf(session);
      return end;
    }
    if (end.kind !== "failed") return end;
    const text = `${end.message}
${tail}`;
    const disk = looksLikeFullDisk(text) ? await fullDiskOf(session) : void 0;
    if (disk !== void 0)
      return { kind: "infrastructure", message: `${end.message}: ${disk}`, isRefusal: true };
    const isSuspect = looksLikeMachine(text) || conduct.isSuspect(session.id);
    return isSuspect ? { ...end, isSuspect } : end;
  };
  const note = (session, node, end) => {
    const isBad = end.kind === "failed" || end.kind === "infrastructure" && end.isRefusal === true;
    if (!isBad && !isGoodEnd(end)) return;
    if (isBad && full.has(session)) return;
    if (!isBad) fleet.worked(session);
    for (const wrong2 of conduct.ended(session.id, node, isBad ? "bad" : "good")) {
      quarantineOf(wrong2).abort();
      const culprit = fleet.sessions.find(({ id }) => id === wrong2);
      if (culprit === void 0) continue;
      fleet.drain(
        culprit,
        `quarantined: ${mostWrongInARow} builds in a row failed there and succeeded elsewhere`
      );
    }
  };
  return {
    async judge(session, node, end, logTail2) {
      const judged = await blame(session, end, logTail2.join("\n"));
      note(session, node, judged);
      if (mayBeItsFault(judged)) await patience(session.id);
      return judged;
    },
    async notStaged(session, error) {
      const { host } = error;
      const suspects = /* @__PURE__ */ new Set([session, ...fleet.sessions.filter(({ name }) => name === host)]);
      await Promise.all([...suspects].map((suspect) => fleet.examine(suspect)));
      if (looksLikeFullDisk(error.message)) await fullDiskOf(session);
    },
    close: () => clearInterval(timer)
  };
}

// src/dispatch/read-derivation.ts
import { readFile as readFile2 } from "node:fs/promises";

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
    return parseDerivation(await readFile2(drvPath), drvPath);
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
    needsClosure: derivation.isDynamic || needsContentAddressing(derivation) || isImpure,
    isImpure
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
  const place3 = (item, index) => {
    items[index] = item;
    moved(item, index);
  };
  const forward = (item, start2) => {
    let index = start2;
    while (index > 0) {
      const parentIndex = index - 1 >> 1;
      const parent = items[parentIndex];
      if (parent === void 0 || !isBefore(item, parent)) break;
      place3(parent, index);
      index = parentIndex;
    }
    place3(item, index);
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
      place3(child, index);
      index = childIndex;
    }
    place3(item, index);
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
  const changing = { dependants: [], unavailableInputs: 0, queueIndex: -1, moves: 0 };
  if (node.kind === "existing") {
    return {
      id: node.id,
      order,
      dependencies: [],
      buildClass: void 0,
      sourceBytes: 0,
      seconds: 0,
      isEverywhere: node.substitutable || node.onRunner,
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
  return createHeap((one, other2) => one.order > other2.order);
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
function isMoreUrgent(one, other2) {
  if (one.rank !== other2.rank) return one.rank > other2.rank;
  if (one.dependants.length !== other2.dependants.length) {
    return one.dependants.length > other2.dependants.length;
  }
  return one.order < other2.order;
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
    overdue: /* @__PURE__ */ new Set(),
    buildersComplete: false,
    cancelled: false,
    nowSeconds: 0,
    openSeconds: 0,
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
  const made = { lostAttempts: 0, failedAttempts: 0, wasSuspect: false, avoided: /* @__PURE__ */ new Set() };
  state.mishaps.set(record, made);
  return made;
}
function isExpected(state, record) {
  for (const [builder, holdings] of state.absentHoldings) {
    const isWaitedFor = record.buildClass === void 0 || !state.overdue.has(builder);
    if (isWaitedFor && holdings.has(record)) return true;
  }
  return false;
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
  if (isOpen(record)) state.openSeconds -= record.seconds;
  record.state = DONE;
  state.holders.add(record.order, builder);
  if (wasAvailable) return;
  for (const dependant of record.dependants) {
    if (dependant.state.kind !== "waiting") continue;
    dependant.unavailableInputs--;
    if (dependant.unavailableInputs === 0) enqueue(dependant);
  }
}
function reclaim(state, record, builder) {
  switch (record.state.kind) {
    case "done":
    case "waiting":
    case "ready":
      leaveQueue(record);
      makeAvailable(state, record, builder);
      return;
    case "staging":
    case "staged":
      withdraw(state, record);
      makeAvailable(state, record, builder);
      return;
    case "running":
      state.holders.add(record.order, builder);
      return;
    case "settled":
  }
}
function stage(state, record, builder, missing2, { bytes, stageSeconds }) {
  leaveQueue(record);
  const sinceSeconds = state.nowSeconds;
  const expectedAtSeconds = sinceSeconds + stageSeconds;
  const isMeasure = !missing2.some((input) => builder.arriving.has(input));
  for (const input of missing2) {
    const arrival = builder.arriving.get(input);
    if (arrival === void 0) builder.arriving.set(input, { stages: 1, expectedAtSeconds });
    else arrival.stages++;
  }
  const where = { builder: builder.id, missing: missing2, bytes, sinceSeconds, expectedAtSeconds, isMeasure };
  record.state = { kind: "staging", ...where };
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
      const arrival = builder.arriving.get(input);
      if (arrival !== void 0 && --arrival.stages === 0) builder.arriving.delete(input);
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
  state.openSeconds -= record.seconds;
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
    noteAbsentHolding(state, record, builder);
  }
  makeOthersWait(state, held);
}
function dropOutputs(state, records) {
  for (const record of records) {
    for (const builder of state.builders.keys()) state.holders.remove(record.order, builder);
    for (const dependant of record.dependants) {
      if (dependant.state.kind !== "staged") continue;
      withdraw(state, dependant);
      awaitInputs(state, dependant);
    }
  }
  makeOthersWait(state, records);
  bringBack(state, records);
}
function stopExpecting(state, builder) {
  state.overdue.add(builder);
  bringBack(state, state.absentHoldings.get(builder) ?? []);
}
function forgetHoldings(state, builder, isGone) {
  const holdings = state.absentHoldings.get(builder);
  if (holdings === void 0) return;
  const gone = [...holdings].filter(isGone);
  for (const record of gone) holdings.delete(record);
  if (holdings.size === 0) state.absentHoldings.delete(builder);
  bringBack(state, gone);
}
function bringBack(state, records) {
  for (const record of records) {
    if (isAwaited(record)) bringAbout(state, record);
  }
}
function makeOthersWait(state, records) {
  const gone = records.filter((record) => record.state.kind === "done" && !isAvailable(state, record));
  for (const dependant of new Set(gone.flatMap((record) => record.dependants))) {
    const { kind } = dependant.state;
    if (kind === "staging") withdraw(state, dependant);
    if (kind === "staging" || kind === "ready" || kind === "waiting") awaitInputs(state, dependant);
  }
}
function bringAbout(state, record) {
  const wanted = [record];
  for (let next = wanted.pop(); next !== void 0; next = wanted.pop()) {
    if (next.state.kind === "settled") {
      settle(state, next, { kind: "dependency-failed", root: next.state.root });
    } else if (next.state.kind === "done" && !isAvailable(state, next) && !isExpected(state, next)) {
      if (next.buildClass === void 0) settleIfStranded(state, next);
      else {
        state.openSeconds += next.seconds;
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
  if (isAvailable(state, record) || isExpected(state, record)) return;
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
  const seconds2 = state.nowSeconds - where.sinceSeconds;
  if (where.isMeasure) builder.link.observe(where.bytes, seconds2);
  builder.pace.observeStage(seconds2);
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
  builder.pace.observeBuild(state.nowSeconds - record.state.startedAtSeconds);
  detach(state, record);
  switch (result.kind) {
    case "built":
      record.narSizeBytes = result.narSizeBytes;
      state.mishaps.delete(record);
      makeAvailable(state, record, builder.id);
      for (const input of record.dependencies) {
        if (isAvailable(state, input)) state.holders.add(input.order, builder.id);
      }
      return;
    case "failed":
      failAttempt(state, record, builder);
      return;
    case "suspect":
      suspectAttempt(state, record, builder);
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
function suspectAttempt(state, record, builder) {
  const mishaps = mishapsOf(state, record);
  mishaps.avoided.add(builder.id);
  const others = [...record.buildClass?.eligible ?? []].flatMap((id) => state.builders.get(id) ?? []);
  const hasElsewhere = others.some((other2) => takesBuilds(other2) && !mishaps.avoided.has(other2.id));
  if (mishaps.wasSuspect || !hasElsewhere) {
    failAttempt(state, record, builder);
    return;
  }
  mishaps.wasSuspect = true;
  queueAgain(state, record);
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
function createForecast(builder, nowSeconds) {
  const ends = new Float64Array(Math.max(builder.running.size, builder.slots));
  let index = 0;
  for (const record of builder.running) ends[index++] = remainingSeconds(builder, record, nowSeconds);
  const freeAt = ends.sort().subarray(ends.length - builder.slots);
  const last = freeAt.length - 1;
  return {
    startOf: (stageSeconds, heldSlots) => Math.max(freeAt[Math.min(heldSlots, last)] ?? 0, stageSeconds),
    occupy: (stageSeconds, heldSlots, buildSeconds) => {
      let index2 = Math.min(heldSlots, last);
      const endSeconds = Math.max(freeAt[index2] ?? 0, stageSeconds) + buildSeconds;
      for (let next = freeAt[index2 + 1]; next !== void 0 && next < endSeconds; next = freeAt[index2 + 1]) {
        freeAt[index2] = next;
        index2++;
      }
      freeAt[index2] = endSeconds;
    }
  };
}
function speedOf(builder) {
  return builder.offer.speedFactor > 0 ? builder.offer.speedFactor : 1;
}
function remainingSeconds(builder, record, nowSeconds) {
  if (record.state.kind !== "running") return 0;
  const elapsed = nowSeconds - record.state.startedAtSeconds;
  return Math.max(record.seconds / speedOf(builder) - elapsed, OVERRUN * elapsed);
}

// src/dispatch/schedule/placement.ts
var UNKNOWN_NAR_BYTES = 2e6;
var MOST_REBUILT = 64;
function createPlacement(state, reserve) {
  const prospects = [...state.builders.values()].filter(takesBuilds).map((builder) => ({
    builder,
    speed: speedOf(builder),
    forecast: createForecast(builder, state.nowSeconds),
    claimed: builder.running.size
  }));
  const ofClass = /* @__PURE__ */ new Map();
  const candidates = (record) => {
    const { buildClass } = record;
    if (buildClass === void 0) return [];
    let able = ofClass.get(buildClass);
    if (able === void 0) {
      able = prospects.filter(({ builder }) => buildClass.eligible.has(builder.id));
      ofClass.set(buildClass, able);
    }
    const avoided = state.mishaps.get(record)?.avoided;
    if (avoided === void 0) return able;
    const others = able.filter(({ builder }) => !avoided.has(builder.id));
    return others.length > 0 ? others : able;
  };
  const placeAt2 = (prospect, record, bytes, stageSeconds) => {
    const heldSlots = reserve.heldFrom(record, prospect.builder);
    const work = record.seconds + rebuiltSeconds(state, record, prospect.builder);
    const buildSeconds = work / prospect.speed;
    const startSeconds = prospect.forecast.startOf(stageSeconds, heldSlots);
    const endSeconds = startSeconds + buildSeconds;
    return { prospect, bytes, stageSeconds, buildSeconds, heldSlots, startSeconds, endSeconds };
  };
  return {
    prospects,
    best: (record) => {
      let best;
      for (const prospect of candidates(record)) {
        const { builder, forecast, speed } = prospect;
        const soonest = forecast.startOf(0, reserve.heldFrom(record, builder)) + record.seconds / speed;
        if (best !== void 0 && soonest >= best.endSeconds) continue;
        const { bytes, stageSeconds } = stageCost(state, record, builder);
        const place3 = placeAt2(prospect, record, bytes, stageSeconds);
        if (best === void 0 || place3.endSeconds < best.endSeconds) best = place3;
      }
      return best;
    },
    current: (record) => {
      const { state: where } = record;
      if (where.kind !== "staged" && where.kind !== "staging") return void 0;
      const prospect = prospects.find(({ builder }) => builder.id === where.builder);
      if (prospect === void 0) return void 0;
      if (where.kind === "staged") return placeAt2(prospect, record, 0, 0);
      const left = Math.max(0, where.expectedAtSeconds - state.nowSeconds);
      return placeAt2(prospect, record, where.bytes, left);
    }
  };
}
function missingInputs(state, record, builder) {
  if (isClosure(record)) return [];
  return record.dependencies.filter((input) => !state.holders.has(input.order, builder.id));
}
function isClosure(record) {
  return record.buildClass?.needs.granularity === "closure";
}
function rebuiltSeconds(state, record, builder) {
  if (!isClosure(record)) return 0;
  let seconds2 = 0;
  const seen = /* @__PURE__ */ new Set([record]);
  for (const dependant of seen) {
    for (const input of dependant.dependencies) {
      if (seen.has(input) || state.holders.has(input.order, builder.id)) continue;
      seen.add(input);
      seconds2 += input.seconds;
      if (seen.size === MOST_REBUILT) return seconds2;
    }
  }
  return seconds2;
}
function stageCost(state, record, builder) {
  let bytes = record.sourceBytes;
  let lastArrival = 0;
  const inputs = isClosure(record) ? [] : record.dependencies;
  for (const input of inputs) {
    if (state.holders.has(input.order, builder.id)) continue;
    const arrival = builder.arriving.get(input);
    if (arrival !== void 0) lastArrival = Math.max(lastArrival, arrival.expectedAtSeconds);
    else if (!input.isSubstitutable) bytes += input.narSizeBytes || UNKNOWN_NAR_BYTES;
  }
  const sendSeconds = bytes === 0 ? 0 : builder.link.secondsFor(bytes);
  return { bytes, stageSeconds: Math.max(sendSeconds, lastArrival - state.nowSeconds) };
}

// src/dispatch/schedule/reserve.ts
var DECISIVE_SHARE = 0.7;
var MOST_CAPACITY = 0.1;
var MOST_SLOTS_OF_BUILDER = 0.5;
var QUICK = 0.9;
var URGENT_SHARE = 0.9;
var SHORT_SECONDS = 3;
var NOTHING = { heldFrom: () => 0 };
function createReserve(state) {
  const builders = [...state.builders.values()].filter(takesBuilds);
  const capacity = builders.reduce((sum2, builder) => sum2 + speedOf(builder) * builder.slots, 0);
  const topSpeed = builders.reduce((top, builder) => Math.max(top, speedOf(builder)), 0);
  const longest = longestPath(state, builders);
  if (longest / topSpeed < DECISIVE_SHARE * state.openSeconds / capacity) return NOTHING;
  const held = /* @__PURE__ */ new Map();
  let allowance = MOST_CAPACITY * capacity;
  for (const builder of builders.sort((one, other2) => speedOf(other2) - speedOf(one))) {
    if (speedOf(builder) < QUICK * topSpeed) break;
    const affordable = Math.floor(allowance / speedOf(builder));
    const slots = Math.min(affordable, Math.floor(builder.slots * MOST_SLOTS_OF_BUILDER));
    allowance -= slots * speedOf(builder);
    held.set(builder, slots);
  }
  return {
    heldFrom: (record, builder) => {
      if (record.rank >= URGENT_SHARE * longest) return 0;
      if (record.seconds <= SHORT_SECONDS * speedOf(builder)) return 0;
      return held.get(builder) ?? 0;
    }
  };
}
function longestPath(state, builders) {
  let longest = 0;
  for (const builder of builders) {
    for (const record of builder.staged) longest = Math.max(longest, record.rank);
    for (const record of builder.staging) longest = Math.max(longest, record.rank);
    for (const record of builder.running) {
      if (record.state.kind !== "running") continue;
      const done = (state.nowSeconds - record.state.startedAtSeconds) * speedOf(builder);
      longest = Math.max(longest, record.rank - Math.min(done, record.seconds));
    }
  }
  for (const { queue } of state.classes.all()) longest = Math.max(longest, queue.items[0]?.rank ?? 0);
  return longest;
}

// src/dispatch/schedule/assignment.ts
var MOST_PASSED_OVER = 24;
var LEAST_GAIN_SECONDS = 0.1;
var MOST_MOVES = 3;
function assign(state, isNewRoom) {
  if (state.cancelled) return;
  const builders = [...state.builders.values()].filter(takesBuilds);
  if (builders.length === 0) return;
  const reserve = createReserve(state);
  if (isNewRoom && builders.some((builder) => builder.running.size < builder.slots || inHand(builder) < fullAt(builder))) {
    handOut(state, reserve);
  }
  for (const builder of builders) startStaged(state, builder, reserve);
}
function startStaged(state, builder, reserve) {
  while (builder.running.size < builder.slots) {
    let first;
    for (const record of builder.staged) {
      if (builder.running.size + reserve.heldFrom(record, builder) >= builder.slots) continue;
      if (first === void 0 || isMoreUrgent(record, first)) first = record;
    }
    if (first === void 0) return;
    start(state, first, builder);
  }
}
function handOut(state, reserve) {
  const placement = createPlacement(state, reserve);
  const handedOut = placement.prospects.flatMap(({ builder }) => [...builder.staged, ...builder.staging]).sort((one, other2) => isMoreUrgent(one, other2) ? -1 : 1);
  const passedOver = [];
  let next = 0;
  while (passedOver.length < MOST_PASSED_OVER && placement.prospects.some(hasRoom)) {
    const queue = mostUrgent(state, placement.prospects)?.queue;
    const head = queue?.items[0];
    const handed = handedOut[next];
    if (handed !== void 0 && (head === void 0 || isMoreUrgent(handed, head))) {
      next++;
      reconsider(state, placement, handed);
    } else {
      const record = queue?.pop();
      if (record === void 0) break;
      if (!place(state, placement.best(record), record)) passedOver.push(record);
    }
  }
  for (const record of passedOver) enqueue(record);
}
function reconsider(state, placement, record) {
  const current = placement.current(record);
  if (current === void 0) return;
  const mayMove = record.moves < MOST_MOVES && current.startSeconds > LEAST_GAIN_SECONDS;
  const best = mayMove && placement.prospects.some((one) => isIdle(one, 0)) ? placement.best(record) : void 0;
  const isBetter = best !== void 0 && best.prospect !== current.prospect && isIdle(best.prospect, best.heldSlots) && best.endSeconds + LEAST_GAIN_SECONDS < current.endSeconds;
  if (!isBetter) {
    claim(current);
    return;
  }
  record.moves++;
  withdraw(state, record);
  if (!place(state, best, record)) enqueue(record);
}
function place(state, place3, record) {
  if (place3 === void 0) return false;
  const { builder } = place3.prospect;
  const isFree = hasRoom(place3.prospect) && inHand(builder) < fullAt(builder);
  const missing2 = isFree ? missingInputs(state, record, builder) : [];
  const isThere2 = missing2.length === 0 && record.sourceBytes === 0;
  const isGiven = isFree && (!isThere2 || isIdle(place3.prospect, place3.heldSlots));
  if (isGiven && isThere2) start(state, record, builder);
  else if (isGiven) stage(state, record, builder, missing2, place3);
  claim(place3);
  return isGiven;
}
function claim({ prospect, stageSeconds, heldSlots, buildSeconds }) {
  prospect.forecast.occupy(stageSeconds, heldSlots, buildSeconds);
  prospect.claimed++;
}
function mostUrgent(state, prospects) {
  let best;
  let bestHead;
  for (const buildClass of state.classes.all()) {
    const head = buildClass.queue.items[0];
    if (head === void 0 || bestHead !== void 0 && !isMoreUrgent(head, bestHead)) continue;
    if (!prospects.some((one) => hasRoom(one) && buildClass.eligible.has(one.builder.id))) continue;
    best = buildClass;
    bestHead = head;
  }
  return best;
}
function isIdle({ builder, claimed }, heldSlots) {
  return claimed + heldSlots < builder.slots;
}
function hasRoom({ builder, claimed }) {
  return claimed < builder.slots + aheadOf(builder);
}
function inHand(builder) {
  return builder.running.size + builder.staged.size + builder.staging.size;
}
function fullAt(builder) {
  return builder.slots + 2 * aheadOf(builder);
}
function aheadOf(builder) {
  return Math.ceil(builder.slots * builder.pace.aheadPerSlot()) + 1;
}

// src/dispatch/schedule/moving-estimate.ts
var WEIGHT_OF_SAMPLE = 0.2;
function moveTowards(estimate, sample) {
  return estimate * (sample / estimate) ** WEIGHT_OF_SAMPLE;
}

// src/dispatch/schedule/link-estimate.ts
var SMALL_BYTES = 1e6;
var SLOWEST_BYTES_PER_SECOND = 1e4;
var LEAST_SECONDS = 1e-3;
function createLinkEstimate(latencySeconds, bytesPerSecond) {
  let latency = latencySeconds;
  let speed = bytesPerSecond;
  return {
    secondsFor: (bytes) => latency + bytes / speed,
    observe: (bytes, seconds2) => {
      if (bytes <= SMALL_BYTES) latency = moveTowards(latency, Math.max(seconds2, LEAST_SECONDS));
      else {
        const sample = bytes / Math.max(seconds2 - latency, seconds2 / 10, LEAST_SECONDS);
        speed = Math.max(SLOWEST_BYTES_PER_SECOND, moveTowards(speed, sample));
      }
    }
  };
}

// src/dispatch/schedule/pace.ts
var MARGIN = 1.5;
var LEAST_AHEAD = 0.25;
var MOST_AHEAD = 3;
var FIRST_AHEAD = 1;
var LEAST_SECONDS2 = 1e-3;
function createPace() {
  let stageSeconds;
  let buildSeconds;
  const next = (estimate, seconds2) => {
    const sample = Math.max(seconds2, LEAST_SECONDS2);
    return estimate === void 0 ? sample : moveTowards(estimate, sample);
  };
  return {
    observeStage: (seconds2) => {
      stageSeconds = next(stageSeconds, seconds2);
    },
    observeBuild: (seconds2) => {
      buildSeconds = next(buildSeconds, seconds2);
    },
    aheadPerSlot: () => {
      if (stageSeconds === void 0 || buildSeconds === void 0) return FIRST_AHEAD;
      return Math.min(MOST_AHEAD, Math.max(LEAST_AHEAD, MARGIN * stageSeconds / buildSeconds));
    }
  };
}

// src/dispatch/schedule/membership.ts
function joinBuilder(state, offer, holds) {
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
      link: createLinkEstimate(linkLatencySeconds, linkBytesPerSecond),
      pace: createPace()
    });
  } else {
    known.offer = offer;
    known.slots = offer.maxJobs;
    known.presence = "present";
  }
  state.classes.noteBuilder(offer);
  if (holds !== void 0) {
    const kept = new Set(holds);
    forgetHoldings(state, offer.id, ({ id, buildClass }) => buildClass !== void 0 && !kept.has(id));
  }
  const holdings = state.absentHoldings.get(offer.id) ?? [];
  state.absentHoldings.delete(offer.id);
  state.overdue.delete(offer.id);
  for (const record of holdings) reclaim(state, record, offer.id);
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
  state.overdue.delete(id);
  forgetHoldings(state, id, () => true);
  settleStranded(state);
}
function missBuilder(state, id) {
  if (state.builders.get(id)?.presence !== "away") return;
  stopExpecting(state, id);
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
    if (!mayCome(state, id)) forgetHoldings(state, id, () => true);
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
      const isNewRoom = event.kind !== "staged";
      if (isNewRoom) settleHopeless(state);
      assign(state, isNewRoom);
      return state.commands;
    },
    absent: (builder) => [...state.absentHoldings.get(builder) ?? []].flatMap(
      ({ id, buildClass }) => buildClass === void 0 ? [] : [id]
    )
  };
}
function takeIn(state, event) {
  switch (event.kind) {
    case "nodes-added":
      addNodes(state, event.nodes);
      return;
    case "builder-joined":
      joinBuilder(state, event.builder, event.holds);
      return;
    case "builder-lost":
      loseBuilder(state, event.builder, event.mayReturn);
      return;
    case "builder-overdue":
      missBuilder(state, event.builder);
      return;
    case "outputs-gone":
      dropOutputs(
        state,
        event.nodes.map((id) => recordOf(state, id))
      );
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
  const added = nodes.map((node) => link2(state, node));
  for (const record of added) if (isOpen(record)) state.openSeconds += record.seconds;
  rankAdded(added);
  for (const record of added) {
    if (!isOpen(record)) continue;
    if (state.cancelled) settle(state, record, { kind: "cancelled" });
    else queueAgain(state, record);
  }
}
function link2(state, node) {
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
  const watch = createMachineWatch(fleet);
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
    sourceBytes: (node) => inventory.sourceBytes(node)
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
    judge: watch.judge,
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
    notStaged: watch.notStaged,
    failFast: options.failFast,
    explain: (node) => node.unreadable ?? explainNoBuilder(factsOf(node), fleet.offers)
  });
  const cancelled = new AbortController();
  const unlessCancelled = async (work) => {
    if (cancelled.signal.aborted) return;
    await Promise.race([work, once3(cancelled.signal, "abort")]);
  };
  let connected = Promise.resolve();
  const besides = [];
  const recordEvaluationBuild = createEvaluationRecorder(graph, ledger, runner2, readFacts);
  const intake = createIntake(async (roots) => {
    await runner2.hold(roots.map((root) => graph.node(root).drvPath));
    await (options.builds ? dispatcher.add(roots) : inventory.look(roots));
    for (const root of roots) {
      const where = whereIs(inventory.presence(root), fleet.sessions);
      if (where !== void 0) ledger.existed(root, where);
    }
  });
  return {
    async connect() {
      const connecting = fleet.connect(dispatcher);
      connected = connecting.catch(() => {
      });
      await unlessCancelled(connecting);
      intake.open();
    },
    select(job) {
      const node = graph.intern(job.drvPath);
      ledger.jobSelected(job, node.id);
      intake.put(node.id);
    },
    failed: (failure) => ledger.jobNotEvaluated(failure),
    builtForEvaluation: (build, builder) => void besides.push(recordEvaluationBuild(build, builder)),
    async openStream(id) {
      await connected;
      const session = fleet.sessions.find((candidate) => candidate.id === id);
      if (session === void 0) throw new DispatchError("unreachable", `builder ${id} is not connected`);
      return session.openStream();
    },
    storeOf: (name) => fleet.sessions.find((session) => session.name === name)?.store ?? (name === runnerName ? runner2 : void 0),
    async finish() {
      await unlessCancelled(intake.emptied());
      await unlessCancelled(Promise.all(besides).then(() => {
      }));
      await dispatcher.drained();
    },
    cancel() {
      dispatcher.cancel();
      cancelled.abort();
    },
    close() {
      watch.close();
      fleet.close();
    },
    get progress() {
      return dispatcher.progress;
    },
    result: () => {
      const builds = ledger.builds();
      return { jobs: ledger.jobs(), builds, builders: fleet.reports().map(withBusyTime(builds)) };
    }
  };
}

// src/github/artifact-folder.ts
import { randomBytes as randomBytes2 } from "node:crypto";
import { mkdir as mkdir2 } from "node:fs/promises";
import { homedir as homedir2, tmpdir as tmpdir2 } from "node:os";
import { join as join6, resolve } from "node:path";
async function createArtifactFolder(environment, wanted) {
  const prefix = artifactName("", wanted ?? `nix-dispatch-${randomBytes2(4).toString("hex")}`);
  const base = baseFolder2(environment);
  const root = join6(base, prefix);
  const folder = { prefix, root, logs: join6(root, "logs"), results: join6(root, "results") };
  await mkdir2(folder.logs, { recursive: true });
  await mkdir2(folder.results, { recursive: true });
  return folder;
}
function baseFolder2(environment) {
  if (environment["ACT"] === "true") {
    return join6(environment["XDG_CACHE_HOME"] || join6(homedir2(), ".cache"), "nix-dispatch");
  }
  if (environment["GITHUB_ACTIONS"] === "true") {
    return join6(environment["RUNNER_TEMP"] ?? tmpdir2(), "nix-dispatch");
  }
  return resolve(".nix-dispatch");
}

// src/github/live-log.ts
var heartbeatMs = 3e4;
function createLiveLog(effects) {
  let lastPrintedAt = performance.now();
  let timer;
  let isOpen2 = false;
  const running = /* @__PURE__ */ new Map();
  const print = (line) => {
    if (!isOpen2) return;
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
      isOpen2 = true;
      timer = setInterval(() => {
        if (performance.now() - lastPrintedAt >= heartbeatMs) print(heartbeat());
      }, heartbeatMs / 6);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      isOpen2 = false;
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

// src/report/summary/headline.ts
function headlineText({ report, totals, isSuccess }) {
  if (report.cancelled && totals.jobs === 0) return "Cancelled before anything was selected";
  if (report.cancelled && report.listed !== void 0) return "Cancelled before everything was evaluated";
  if (report.cancelled)
    return `Cancelled after ${plural(totals.built + totals.cached, "job")} of ${totals.jobs}`;
  if (totals.jobs === 0) return "Nothing was selected";
  const wrong2 = wrongWords(totals);
  if (wrong2.length > 0) return `${wrong2.join(", ")} of ${plural(totals.jobs, "job")}`;
  if (!isSuccess) return `${plural(totals.jobs, "job")} done, with errors`;
  if (report.listed !== void 0) return `${plural(totals.jobs, "job")} selected, nothing built`;
  return totals.jobs === 1 ? "The job succeeded" : `All ${totals.jobs} jobs succeeded`;
}
function headlineSign({ report, totals, isSuccess }) {
  if (report.cancelled) return "\u26AA";
  if (!isSuccess) return "\u274C";
  return totals.jobs === 0 ? "\u2139\uFE0F" : "\u2705";
}
function figuresText({ report, totals, costs }) {
  const evaluation = `${plural(report.evaluatedAttributes, "attribute")} evaluated in ${formatDuration(report.evaluationSeconds)}`;
  const all = `${formatDuration(totals.wallSeconds)} in all`;
  if (report.listed !== void 0) return [`${totals.cached} already there`, all, evaluation];
  const cpu = totals.cpuSeconds > 0 ? [`${formatCpuHours(totals.cpuSeconds)}${cpuRemark(totals)}`] : [];
  const copied = totals.bytesSent + totals.bytesReceived;
  return [
    `${totals.built} built, ${totals.cached} already there`,
    all,
    `${plural(totals.buildsRun, "derivation")} ran for ${formatDuration(totals.buildSeconds)}`,
    ...cpu,
    ...costs === void 0 ? [] : [totalCostText(costs)],
    ...copied > 0 ? [`${formatBytes(copied)} copied`] : [],
    evaluation
  ];
}
function headline(view2) {
  const { report } = view2;
  const flake = markdownCode(reproducibleFlake(report));
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
var TAIL_LINES = 20;
var TAIL_LINE_CHARACTERS = 500;
var BLOCKED_SHOWN = 50;
var MESSAGE_CHARACTERS = 500;
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
  const place3 = outcomePlace(cause.outcome);
  const where = place3 === void 0 ? "" : ` on ${markdownCode(place3, 100)}`;
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
    ...message === "" ? [] : [markdownCode(message, MESSAGE_CHARACTERS)],
    ...job === void 0 ? [] : ["Reproduce locally:", preformatted([reproduceCommand(job, flake)])],
    ...cause.build === void 0 ? [] : logTail(cause.build),
    ...blockedJobs(cause)
  ];
}
function logTail(build) {
  const lines = build.logTail.slice(-TAIL_LINES).map((line) => clip(line, TAIL_LINE_CHARACTERS));
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
    "  todayMarker off",
    ...section("Critical path", path.slice(-PATH_SHOWN), "active, "),
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
  const state = isPassed ? tags : "crit, ";
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

// src/report/summary/job-list.ts
function jobListSection(jobs, budgetBytes) {
  const absent = jobs.filter(({ cached }) => cached === void 0);
  const there = jobs.filter(({ cached }) => cached !== void 0);
  return rowsSection(
    {
      head: "### Jobs\n\n| Job | System | Already there |\n|---|---|---|",
      rows: [...absent, ...there].map(
        ({ label, system, cached }) => `| ${markdownCode(label)} | ${markdownCode(system)} | ${cached === void 0 ? "no" : markdownCode(cached, 100)} |`
      )
    },
    (left) => plural(left, "row of jobs", "rows of jobs"),
    budgetBytes
  );
}

// src/report/job-order.ts
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

// src/report/summary/job-table.ts
function jobSection(view2, budgetBytes) {
  const { builds, costs, names } = view2;
  const jobs = view2.report.jobs.filter((job) => !isCached(job.outcome));
  const rows = sortedJobs(jobs, builds).map((job) => {
    const build = job.drvPath === void 0 ? void 0 : builds.get(job.drvPath);
    return row(
      names.get(job) ?? job.label,
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
function cachedSection({ report, names }, budgetBytes) {
  const jobs = report.jobs.filter((job) => isCached(job.outcome));
  const title = `${plural(jobs.length, "job")} already there`;
  return rowsSection(
    {
      head: `<details><summary>${title}</summary>

| | Job | Result | Where |
|---|---|---|---|`,
      rows: sortedByLabel(jobs).map(
        (job) => `| ${outcomeSign(job.outcome)} | ${markdownCode(names.get(job) ?? job.label)} | ${outcomeWords(job.outcome)} | ${place2(job.outcome)} |`
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
    place2(outcome),
    seconds2 === void 0 ? "\u2013" : formatDuration(seconds2),
    formatCpu(build?.cpu),
    ...money
  ];
  return `| ${cells.join(" | ")} |`;
}
function place2(outcome) {
  return markdownCode(outcomePlace(outcome) ?? "", 100);
}
function isCached(outcome) {
  return classOf(outcome) === "passed" && outcome.kind !== "built";
}

// src/report/summary/other-sections.ts
var EVALUATION_MESSAGE_CHARACTERS = 4e3;
var SLOWEST_SHOWN = 10;
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
function slowestEvaluations({ jobs, listed = [] }, budgetBytes) {
  const timed = [...jobs, ...listed].flatMap((job) => job.evaluationSeconds === void 0 ? [] : [{ job, seconds: job.evaluationSeconds }]).sort((a, b) => b.seconds - a.seconds);
  return rowsSection(
    {
      head: "<details><summary>Slowest evaluations</summary>\n\n| Attribute | Time | Memory |\n|---|--:|--:|",
      rows: timed.slice(0, SLOWEST_SHOWN).map(
        ({ job, seconds: seconds2 }) => `| ${markdownCode(attributePathOf(job))} | ${formatDuration(seconds2)} | ${memoryText(job)} |`
      ),
      tail: "\n</details>"
    },
    () => "slowest evaluations",
    budgetBytes
  );
}
function memoryText({ evaluationMemoryBytes }) {
  return evaluationMemoryBytes === void 0 ? "\u2013" : formatBytes(evaluationMemoryBytes);
}
function noticesSection({ report, notices }, budgetBytes) {
  const { jobs, listed = [] } = report;
  const warnings = new Set([...jobs, ...listed].flatMap((job) => job.warnings));
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
function renderSummary2(report, links = {}, budgetBytes = SUMMARY_BUDGET_BYTES) {
  const view2 = viewOf(report);
  const renderers = partRenderers(view2);
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
function partRenderers(view2) {
  const { report, causes } = view2;
  const flake = reproducibleFlake(report);
  return {
    failures: (bytes) => failuresSection(causes, flake, bytes),
    evaluation: (bytes) => evaluationSection(report, bytes),
    notices: (bytes) => noticesSection(view2, bytes),
    builders: (bytes) => builderSection(view2, bytes),
    jobs: (bytes) => report.listed === void 0 ? jobSection(view2, bytes) : jobListSection(report.listed, bytes),
    timeline: (bytes) => ganttSection(view2, bytes),
    slowest: (bytes) => slowestEvaluations(report, bytes),
    dependencies: (bytes) => dependencySection(view2, bytes),
    cached: (bytes) => cachedSection(view2, bytes)
  };
}
function linkLine(links) {
  const named = [
    ["Build logs", links.logs],
    ["Report and results", links.results]
  ];
  return named.flatMap(([name, url]) => url === void 0 ? [] : [`[${name}](${encodeURI(url)})`]).join(" \xB7 ");
}
function droppedLine(dropped) {
  if (dropped.length === 0) return "";
  return `> Left out to stay below GitHub's limit for summaries: ${dropped.join(", ")}. The artifacts have everything.`;
}

// src/report/checks/check-annotations.ts
var ANNOTATIONS_PER_REQUEST = 50;
var TITLE_CHARACTERS = 250;
var MESSAGE_CHARACTERS2 = 8e3;
function checkAnnotations(job) {
  if (job.outcome.kind !== "evaluation-failed" || job.outcome.position === void 0) return [];
  const { position, message } = job.outcome;
  if (!isInRepository(position)) return [];
  return [
    {
      path: position.file,
      start_line: position.line,
      end_line: position.line,
      annotation_level: "failure",
      title: clip(cleanLine(attributePathOf(job)), TITLE_CHARACTERS),
      message: clipStart(cleanText(message).trim(), MESSAGE_CHARACTERS2) || "evaluation failed"
    }
  ];
}
function annotationBatches(annotations) {
  const count = Math.ceil(annotations.length / ANNOTATIONS_PER_REQUEST);
  return Array.from(
    { length: count },
    (_, batch) => annotations.slice(batch * ANNOTATIONS_PER_REQUEST, (batch + 1) * ANNOTATIONS_PER_REQUEST)
  );
}
function isInRepository({ file, line }) {
  return line > 0 && file !== "" && !file.startsWith("/") && !file.startsWith("\xAB") && !file.split("/").includes("..");
}

// src/report/checks/check-run.ts
var CHECK_TEXT_BYTES = 65535;
var NAME_CHARACTERS3 = 100;
var TITLE_CHARACTERS2 = 250;
var MESSAGE_CHARACTERS3 = 4e3;
function jobCheckName(job) {
  return clip(cleanLine(job.label), NAME_CHARACTERS3) || clip(cleanLine(attributePathOf(job)), NAME_CHARACTERS3);
}
function jobCheck(view2, job, flake) {
  const own = job.drvPath === void 0 ? void 0 : view2.builds.get(job.drvPath);
  const root = job.outcome.kind === "dependency-failed" ? view2.builds.get(job.outcome.root) : void 0;
  return {
    name: jobCheckName(job),
    conclusion: conclusionOf(job),
    title: jobTitle(view2, job, own),
    summary: jobSummary(job, flake),
    text: logText(root ?? own),
    annotations: checkAnnotations(job)
  };
}
function gateCheck(view2, name, verdict, links) {
  const isExcused = verdict.exitCode === 0 && !verdict.success;
  const red = view2.report.cancelled ? "cancelled" : "failure";
  return {
    name,
    conclusion: verdict.exitCode === 0 ? isExcused ? "neutral" : "success" : red,
    title: clip(headlineText(view2), TITLE_CHARACTERS2),
    summary: renderSummary2(view2.report, links, CHECK_TEXT_BYTES),
    text: "",
    annotations: view2.report.jobs.flatMap(checkAnnotations)
  };
}
function conclusionOf(job) {
  if (job.outcome.kind === "timed-out") return "timed_out";
  switch (classOf(job.outcome)) {
    case "passed":
      return "success";
    case "cancelled":
      return "cancelled";
    case "failed":
    case "blocked":
    case "infrastructure":
    case "evaluation":
      return "failure";
  }
}
function jobTitle(view2, job, build) {
  const place3 = outcomePlace(job.outcome);
  const seconds2 = wallSecondsOf(build);
  const root = job.outcome.kind === "dependency-failed" ? `: ${derivationName(job.outcome.root)}` : "";
  const parts = [
    `${outcomeWords(job.outcome)}${root}${place3 === void 0 ? "" : ` on ${place3}`}`,
    ...seconds2 === void 0 ? [] : [formatDuration(seconds2)],
    ...build?.cpu === void 0 ? [] : [`CPU ${formatCpu(build.cpu)}`],
    ...view2.costs === void 0 ? [] : [jobCostText(view2.costs, job)].filter((cost) => cost !== "\u2013")
  ];
  return clip(cleanLine(parts.join(", ")), TITLE_CHARACTERS2);
}
function jobSummary(job, flake) {
  const message = clipStart(cleanText(outcomeMessage(job.outcome)).trim(), MESSAGE_CHARACTERS3);
  const isPassed = classOf(job.outcome) === "passed";
  return [
    markdownCode(attributePathOf(job)),
    ...message === "" ? [] : [preformatted(message.split("\n"))],
    ...isPassed ? [] : ["Reproduce locally:", preformatted([reproduceCommand(job, flake)])],
    ...isPassed ? Object.values(job.outputs).map((path) => `- ${markdownCode(path)}`) : []
  ].join("\n\n");
}
function logText(build) {
  if (build === void 0 || build.logTail.length === 0) return "";
  const file = build.logFile === void 0 ? "" : ` The whole log is ${markdownCode(build.logFile)} of the logs artifact.`;
  let left = CHECK_TEXT_BYTES - utf8Length(file) - 200;
  const lines = [];
  for (const line of [...build.logTail].reverse()) {
    const shown = clip(line, 2e3);
    left -= utf8Length(preformatted([shown]));
    if (left < 0) break;
    lines.unshift(shown);
  }
  const count = plural(lines.length, "line");
  return `Last ${count} of ${build.logLines} of ${markdownCode(build.name, 100)}.${file}

${preformatted(lines)}`;
}

// src/github/job-checks.ts
var reservedRequests = 40;
function createJobChecks(writer, gateName, snapshot) {
  const waiting = /* @__PURE__ */ new Set();
  const shown = /* @__PURE__ */ new Map();
  const ended = /* @__PURE__ */ new Map();
  let isClosed = false;
  let work = Promise.resolve();
  let isQueued = false;
  const keyOf2 = (job) => JSON.stringify(job.path);
  const endJobs = async (report, isFinal) => {
    const view2 = viewOf(report);
    for (const job of report.jobs) {
      const key = keyOf2(job);
      const id = shown.get(key);
      const kind = classOf(job.outcome);
      const isWanted2 = id !== void 0 || isFinal && kind !== "passed" && kind !== "cancelled";
      const isOpen2 = !isFinal && (kind === "cancelled" || kind === "infrastructure");
      if (ended.get(key) === kind || !isWanted2 || isOpen2) continue;
      if (writer.left <= 1) return;
      ended.set(key, kind);
      await writer.end(jobCheck(view2, job, reproducibleFlake(report)), id);
    }
  };
  const look = async () => {
    isQueued = false;
    const hasOpen = ended.size < shown.size;
    if (isClosed || !hasOpen && writer.left <= reservedRequests) return;
    const report = snapshot();
    for (const job of report.jobs) {
      if (job.drvPath === void 0 || !waiting.has(job.drvPath)) continue;
      const key = keyOf2(job);
      if (isClosed || shown.has(key) || writer.left - shown.size + ended.size <= reservedRequests) continue;
      const id = await writer.open(jobCheckName(job));
      if (id !== void 0) shown.set(key, id);
    }
    if (!isClosed) await endJobs(snapshot(), false);
  };
  const queue = () => {
    if (isQueued) return;
    isQueued = true;
    work = work.then(look);
  };
  return {
    started(drvPath) {
      waiting.add(drvPath);
      queue();
    },
    finished: queue,
    async close(report, verdict) {
      isClosed = true;
      await work;
      await endJobs(report, true);
      await writer.end(gateCheck(viewOf(report), gateName, verdict, {}), void 0);
    },
    async fail(reason) {
      isClosed = true;
      await work;
      const title = "Nothing could be built";
      const base = { name: gateName, conclusion: "failure", text: "", annotations: [] };
      await writer.end({ ...base, title, summary: reason }, void 0);
    }
  };
}
function watchedBy2(checks, observer) {
  return {
    ...observer,
    buildStarted(build) {
      observer.buildStarted(build);
      checks.started(build.drvPath);
    },
    buildFinished(build, attempt) {
      observer.buildFinished(build, attempt);
      checks.finished();
    }
  };
}

// src/github/open-checks.ts
import { readFile as readFile3 } from "node:fs/promises";

// src/github/check-runs.ts
var defaultPaceMs = 800;
var mostRequests = 200;
var mostFaultsInARow = 3;
function createCheckWriter(target) {
  const { octokit, owner, repo, headSha, onRefusal, paceMs = defaultPaceMs } = target;
  let left = mostRequests;
  let faults = 0;
  let nextAtMs = 0;
  const send = async (request) => {
    if (left <= 0) return void 0;
    left -= 1;
    const waitMs = nextAtMs - performance.now();
    if (waitMs > 0) await new Promise((resolve2) => setTimeout(resolve2, waitMs));
    nextAtMs = performance.now() + paceMs;
    try {
      const answer = await request();
      faults = 0;
      return answer;
    } catch (error) {
      faults += 1;
      const status = error instanceof Error && "status" in error ? error.status : void 0;
      const isFinal = status === 401 || status === 403 || status === 404 || status === 429;
      if (left > 0 && (isFinal || faults >= mostFaultsInARow)) {
        left = 0;
        onRefusal(error instanceof Error ? error.message : String(error));
      }
      return void 0;
    }
  };
  return {
    get left() {
      return left;
    },
    async open(name) {
      const answer = await send(
        () => octokit.rest.checks.create({ owner, repo, name, head_sha: headSha, status: "in_progress" })
      );
      return answer?.data.id;
    },
    async end(check, id) {
      const [first = [], ...more] = annotationBatches(check.annotations);
      const output = (annotations) => ({
        title: check.title,
        summary: check.summary,
        ...check.text === "" ? {} : { text: check.text },
        ...annotations.length === 0 ? {} : { annotations: [...annotations] }
      });
      const ended = {
        owner,
        repo,
        name: check.name,
        conclusion: check.conclusion,
        status: "completed"
      };
      const made = await send(async () => {
        const told = { ...ended, output: output(first) };
        const answer = id === void 0 ? await octokit.rest.checks.create({ ...told, head_sha: headSha }) : await octokit.rest.checks.update({ ...told, check_run_id: id });
        return answer.data.id;
      });
      if (made === void 0) return;
      for (const batch of more) {
        await send(
          () => octokit.rest.checks.update({ owner, repo, check_run_id: made, output: output(batch) })
        );
      }
    }
  };
}

// src/github/workflow-run.ts
function workflowRunOf(environment) {
  if (environment["GITHUB_ACTIONS"] !== "true" || environment["ACT"] === "true") return void 0;
  const serverUrl = environment["GITHUB_SERVER_URL"] ?? "";
  const repository = environment["GITHUB_REPOSITORY"] ?? "";
  const runId = environment["GITHUB_RUN_ID"] ?? "";
  const commit = environment["GITHUB_SHA"] ?? "";
  const isWhole = /^https?:\/\/[\w.:-]+$/.test(serverUrl) && /^[\w.-]+\/[\w.-]+$/.test(repository) && /^\d+$/.test(runId) && /^[0-9a-f]{40}$/.test(commit);
  return isWhole ? { serverUrl, repository, runId, commit } : void 0;
}
function artifactUrl({ serverUrl, repository, runId }, id) {
  return `${serverUrl}/${repository}/actions/runs/${runId}/artifacts/${id}`;
}
function flakeOnGitHub(run2, lockedFlake) {
  const [base = "", query = ""] = lockedFlake?.split("?", 2) ?? [];
  if (!base.startsWith("git+file:")) return void 0;
  const parameters = new URLSearchParams(query);
  if (parameters.get("rev") !== run2.commit) return void 0;
  if (["submodules", "lfs"].some((name) => ["1", "true"].includes(parameters.get(name) ?? "")))
    return void 0;
  const host = run2.serverUrl.replace(/^https?:\/\//, "");
  const directory = parameters.get("dir") ?? "";
  const more = [
    ...host === "github.com" ? [] : [`host=${host}`],
    ...directory === "" ? [] : [`dir=${encodeURI(directory)}`]
  ];
  return `github:${run2.repository}/${run2.commit}${more.length === 0 ? "" : `?${more.join("&")}`}`;
}

// src/github/open-checks.ts
async function openChecks(environment, { githubToken, artifactPrefix, snapshot, notice }) {
  const onRefusal = (reason) => {
    const needs = "They need permissions: checks: write, and the input github_token.";
    notice("Check runs are missing", `Checks could not be written: ${reason.replace(/\.$/, "")}. ${needs}`);
  };
  const run2 = workflowRunOf(environment);
  if (run2 === void 0 || githubToken === void 0) {
    onRefusal(run2 === void 0 ? "this is no run on GitHub" : "github_token is empty");
    return void 0;
  }
  const { getOctokit } = await import("./chunk-JQYAPOM3.js");
  const [owner = "", repo = ""] = run2.repository.split("/");
  const baseUrl = environment["GITHUB_API_URL"];
  const writer = createCheckWriter({
    octokit: getOctokit(githubToken, baseUrl === void 0 ? {} : { baseUrl }),
    owner,
    repo,
    headSha: await pullRequestHead(environment) ?? run2.commit,
    onRefusal
  });
  const gateName = artifactPrefix === void 0 ? "nix-dispatch" : `nix-dispatch (${artifactPrefix})`;
  return createJobChecks(writer, gateName, snapshot);
}
async function pullRequestHead(environment) {
  const text = await readFile3(environment["GITHUB_EVENT_PATH"] ?? "", "utf8").catch(() => "{}");
  const event = JSON.parse(text);
  const sha = ["pull_request", "head", "sha"].reduce(
    (value, key) => typeof value === "object" && value !== null ? Reflect.get(value, key) : void 0,
    event
  );
  return typeof sha === "string" && /^[0-9a-f]{40}$/.test(sha) ? sha : void 0;
}

// src/github/publish.ts
import { readdir as readdir2, writeFile as writeFile3 } from "node:fs/promises";
import { join as join7 } from "node:path";

// src/report/log/failed-logs.ts
var MOST_BUILDS = 20;
var LINE_CHARACTERS2 = 2e3;
function failedLogs(report, token) {
  const builds = rootCausesOf(report).flatMap(({ build }) => build?.logTail.length ? [build] : []);
  return builds.slice(0, MOST_BUILDS).flatMap((build) => {
    const lines = build.logTail.map((line) => terminalLine(clip(line, LINE_CHARACTERS2)));
    const place3 = outcomePlace(build.outcome);
    const where = place3 === void 0 ? "" : ` on ${place3}`;
    const count = `last ${plural(lines.length, "line")} of ${build.logLines}`;
    const title = `Log of ${clip(build.name, 120)}, ${outcomeWords(build.outcome)}${where}: ${count}`;
    return foldedBlock(title, token, lines);
  });
}

// src/report/full-results.ts
function resultsJson(report) {
  const round = (_, value) => typeof value === "number" ? Math.round(value * 1e3) / 1e3 : value;
  return JSON.stringify(fullResults(report), round, 2);
}
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
    requiredFeatures: job.requiredFeatures,
    evaluationSeconds: job.evaluationSeconds ?? null,
    evaluationMemoryBytes: job.evaluationMemoryBytes ?? null,
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
    attempts: attempts.map((attempt) => ({ ...attempt, message: cleanText(attempt.message) })),
    ...flatOutcome(build.outcome),
    startedAt: build.startedAtMs === void 0 ? null : isoTime(build.startedAtMs),
    finishedAt: build.finishedAtMs === void 0 ? null : isoTime(build.finishedAtMs),
    wallSeconds: wallSecondsOf(build) ?? null,
    cost: amountOrNull(costs?.byBuild.get(build.drvPath)?.amount),
    cpu: build.cpu ?? null,
    peakMemoryBytes: build.peakMemoryBytes ?? null,
    slot: build.slot ?? null,
    outputBytes: build.outputBytes ?? null,
    isForEvaluation: build.isForEvaluation ?? false,
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
    message: cleanText(outcomeMessage(outcome)) || null,
    root: outcome.kind === "dependency-failed" ? outcome.root : null
  };
}
function isoTime(epochMs) {
  return new Date(epochMs).toISOString();
}

// src/report/job-list.ts
function listedJobs(jobs) {
  return jobs.flatMap(({ outcome, drvPath, ...job }) => {
    if (drvPath === void 0) return [];
    const isCached2 = outcome.kind === "already-valid" || outcome.kind === "substituted";
    return [{ ...job, drvPath, cached: isCached2 ? outcome.where : void 0 }];
  });
}
function listing(jobs) {
  return { jobs: jobs.filter(({ drvPath }) => drvPath === void 0), listed: listedJobs(jobs) };
}
function jobListJson({ listed, jobs }) {
  return JSON.stringify((listed ?? listedJobs(jobs)).map(entryOf));
}
function entryOf(job) {
  const { topAttr, system, attr, label, name, drvPath, outputs, requiredFeatures, cached } = job;
  return {
    top_attr: topAttr,
    system,
    attr,
    attributePath: attributePathOf(job),
    label,
    name,
    drvPath,
    outputs,
    requiredFeatures,
    cached: cached ?? null
  };
}

// src/report/html/page-rows.ts
var TEXT_CHARACTERS = 300;
var MESSAGE_CHARACTERS4 = 8e3;
var LINE_CHARACTERS3 = 2e3;
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
    log: build.logTail.slice(-context.logLines).map((line) => clip(cleanText(line), LINE_CHARACTERS3)),
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
    message: clipStart(cleanText(outcomeMessage(outcome)).trim(), MESSAGE_CHARACTERS4)
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
  const path = ["Attribute", shortText(attributePathOf(job))];
  return description === "" ? [path] : [path, ["Description", description]];
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
function describeRun(report) {
  const view2 = viewOf(report);
  const places = new Map(report.builds.map((build, place3) => [build.drvPath, place3]));
  const jobs = jobsByPath(report.jobs);
  const context = {
    view: view2,
    flake: reproducibleFlake(report),
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
    flake: clip(cleanLine(reproducibleFlake(report)), 300),
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
function renderHtmlReport(report, assets) {
  const data = describeRun(report);
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
var MESSAGE_CHARACTERS5 = 1e3;
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
    const message = attribute(clip(headline2(job), MESSAGE_CHARACTERS5));
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
  const place3 = outcomePlace(job.outcome);
  return `${attributePathOf(job)} ${outcomeWords(job.outcome)}${place3 === void 0 ? "" : ` on ${place3}`}`;
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
    const bySystem = entryOf2(byTopAttr, job.topAttr);
    entryOf2(bySystem, job.system).set(job.attr, referenceResult(job));
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
function entryOf2(map, key) {
  const known = map.get(key);
  if (known !== void 0) return known;
  const made = /* @__PURE__ */ new Map();
  map.set(key, made);
  return made;
}

// src/report/outputs.ts
var OUTPUT_BUDGET_BYTES = 9e5;
function reportOutputs(report, verdict) {
  const { totals, costs } = viewOf(report);
  const { jobs, built, cached, failed, blocked, infrastructure, cancelled, evaluationFailed } = totals;
  const counts2 = { jobs, built, cached, failed, blocked, infrastructure, cancelled, evaluationFailed };
  return [
    { name: "success", value: String(verdict.success) },
    { name: "counts", value: JSON.stringify(counts2) },
    { name: "cpu_seconds", value: String(Math.round(totals.cpuSeconds * 1e3) / 1e3) },
    { name: "cost", value: costs === void 0 ? "" : formatAmount(costs.total) },
    { name: "failed", value: JSON.stringify(failedAttributes(report)) },
    { name: "results", value: JSON.stringify(referenceResults(report)) },
    { name: "jobs", value: jobListJson(report), file: "jobs.json" }
  ];
}
function fitOutputs(outputs, budgetBytes = OUTPUT_BUDGET_BYTES) {
  const kept = [];
  const spilled = [];
  let left = budgetBytes;
  for (const output of outputs) {
    const bytes = outputBytes(output);
    if (bytes > left) {
      spilled.push(output);
      continue;
    }
    left -= bytes;
    kept.push(output);
  }
  return { kept, spilled };
}
function outputBytes({ name, value }) {
  return 2 * (name.length + value.length);
}
function failedAttributes({ jobs }) {
  const failed = jobs.filter(({ outcome }) => !["passed", "cancelled"].includes(classOf(outcome)));
  return failed.map(attributePathOf);
}

// src/report/text-summary.ts
var TAIL_LINES2 = 10;
var LABEL_CHARACTERS = 60;
var LINE_CHARACTERS4 = 300;
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
  const place3 = outcomePlace(cause.outcome);
  const job = cause.jobs[0];
  const name = clip(cleanLine(job === void 0 ? cause.name : attributePathOf(job)), 120);
  const where = place3 === void 0 ? "" : ` on ${cleanLine(place3)}`;
  const blocks = cause.blocked.length === 0 ? "" : `: blocks ${plural(cause.blocked.length, "job")}`;
  const message = firstLine(messageBesideLog(cause));
  const repeat = job ?? cause.blocked[0];
  return [
    `${outcomeSign(cause.outcome)} ${name} ${outcomeWords(cause.outcome)}${where}${blocks}`,
    ...message === "" ? [] : [clipLine(`    ${message}`)],
    ...(cause.build?.logTail ?? []).slice(-TAIL_LINES2).map((line) => clipLine(`    > ${line}`)),
    ...repeat === void 0 ? [] : [`    reproduce: ${cleanLine(reproduceCommand(repeat, flake))}`]
  ];
}
function evaluationBlock(job) {
  if (job.outcome.kind !== "evaluation-failed") return [];
  const lines = cleanText(job.outcome.message).trim().split("\n").slice(-EVALUATION_LINES);
  const title = `${outcomeSign(job.outcome)} ${clip(cleanLine(attributePathOf(job)), 120)} ${outcomeWords(job.outcome)}`;
  return [[title, ...lines.map((line) => clipLine(`    ${line}`))]];
}
function jobRows({ report, builds, costs, names }) {
  if (report.jobs.length === 0) return [];
  const rows = sortedJobs(report.jobs, builds).map((job) => [
    clip(cleanLine(names.get(job) ?? job.label), LABEL_CHARACTERS),
    ...jobCells(job, builds.get(job.drvPath ?? ""), costs)
  ]);
  const money = costs === void 0 ? [] : ["cost"];
  return aligned([["job", "result", "builder", "time", "CPU time", ...money], ...rows]);
}
function jobCells(job, build, costs) {
  const seconds2 = wallSecondsOf(build);
  return [
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
    builder.trouble.length === 0 ? "\u2013" : clip(cleanLine(builder.trouble.join("; ")), LINE_CHARACTERS4)
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
  return clip(cleanText(text).replaceAll("\n", " "), LINE_CHARACTERS4);
}

// src/github/report-page.ts
import { readFile as readFile4 } from "node:fs/promises";
async function readReportPage() {
  try {
    const [script, style] = await Promise.all(
      ["report-page.js", "report-page.css"].map((name) => readFile4(new URL(name, import.meta.url), "utf8"))
    );
    return script === void 0 || style === void 0 ? void 0 : { script, style };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return void 0;
    throw error;
  }
}

// src/github/publish.ts
var tooLate = {
  kind: "kept-local",
  reason: "the run was ended before it was done",
  isFault: true
};
async function publish(runner2, folder, recorded, verdict, options) {
  const { workflowRun, hurry } = options;
  const published = workflowRun && flakeOnGitHub(workflowRun, recorded.lockedFlake);
  const report = { ...recorded, publishedFlake: published };
  const paths = await writeReports(folder, report);
  const { kept, spilled } = fitOutputs(reportOutputs(report, verdict));
  for (const output of spilled) await spill(runner2, folder, output);
  if (options.canFold) for (const line of failedLogs(report, options.token)) runner2.print(line);
  for (const line of withCommandsStopped(options.token, renderTextSummary(report).split("\n")))
    runner2.print(line);
  for (const annotation of annotationsOf(report)) runner2.annotate(annotation);
  for (const { name, value } of [...kept, ...paths]) runner2.setOutput(name, value);
  const results = await upload(runner2, folder, "build-results", folder.results, hurry);
  const logs = await upload(runner2, folder, "build-logs", folder.logs, hurry);
  if (results?.kind === "uploaded") runner2.setOutput("results_artifact_id", String(results.id ?? ""));
  if (logs?.kind === "uploaded") runner2.setOutput("logs_artifact_id", String(logs.id ?? ""));
  const links = { logs: linkTo(workflowRun, logs), results: linkTo(workflowRun, results) };
  const summary = renderSummary2(report, links);
  const summaryPath = join7(folder.root, "summary.md");
  await writeFile3(summaryPath, summary);
  runner2.setOutput("summary_path", summaryPath);
  if (options.wantsSummary) await runner2.writeSummary(summary);
  if (results?.kind !== "kept-local" && logs?.kind !== "kept-local") return;
  runner2.setOutput("artifact_dir", folder.root);
  runner2.print(`Logs and results are kept in ${folder.root}`);
}
async function writeReports(folder, report) {
  const resultsPath = join7(folder.results, "results.json");
  await writeFile3(resultsPath, resultsJson(report));
  await writeFile3(join7(folder.results, "jobs.json"), jobListJson(report));
  const results = { name: "results_path", value: resultsPath };
  if (report.listed !== void 0) return [results];
  await writeFile3(join7(folder.results, "junit.xml"), renderJunit(report));
  const page = await readReportPage();
  if (page === void 0) return [results];
  const pagePath = join7(folder.results, "report.html");
  await writeFile3(pagePath, renderHtmlReport(report, page));
  return [results, { name: "html_report_path", value: pagePath }];
}
async function spill(runner2, folder, output) {
  const file = output.file ?? `output-${output.name}.json`;
  if (output.file === void 0) await writeFile3(join7(folder.results, file), output.value);
  runner2.annotate({
    level: "warning",
    title: `The output ${output.name} is too large`,
    message: `GitHub takes 1 MB of outputs and ${output.name} would be ${outputBytes(output)} bytes of them, so it is empty. Its value is in ${file} of the artifact ${artifactName(folder.prefix, "build-results")}.`
  });
}
function linkTo(run2, upload2) {
  if (run2 === void 0 || upload2?.kind !== "uploaded" || upload2.id === void 0) return void 0;
  return artifactUrl(run2, upload2.id);
}
async function upload(runner2, folder, name, directory, hurry) {
  const entries = await readdir2(directory);
  if (entries.length === 0) return void 0;
  const files = entries.map((entry) => join7(directory, entry));
  const work = runner2.uploadArtifact(artifactName(folder.prefix, name), files, directory);
  const upload2 = await unlessAborted(hurry, work, tooLate);
  if (upload2.kind === "kept-local" && upload2.isFault) {
    runner2.annotate({
      level: "warning",
      title: `The artifact ${name} was not uploaded`,
      message: `${upload2.reason.replace(/\.$/, "")}. Its files are in ${directory}.`
    });
  }
  return upload2;
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
var reconnectKeepalives = 4;
async function run(inputs, builders, { runner: runner2, environment, token, end, account }) {
  var _stack = [];
  try {
    const folder = await createArtifactFolder(environment, inputs.artifactPrefix);
    const recorder = createRecorder(inputs.flake, selectionOf(inputs), Date.now());
    const local = __using(_stack, await openRunner(), true);
    const credentials = credentialsOf(inputs, account, warnOfUnchecked(recorder));
    const log = createLiveLog({
      print: (line) => runner2.print(line),
      token,
      progress: () => ({ ...dispatch.progress, isTotalFinal: recorder.isEvaluationFinal })
    });
    let isLogOpen = false;
    const checksOptions = {
      ...inputs,
      snapshot: () => ({
        ...recorder.report(dispatch.result(), { cancelled: false, finishedAtMs: Date.now() }),
        prices: inputs.prices
      }),
      notice(title, message) {
        if (isLogOpen) recorder.notice("notice", title, message);
        else runner2.annotate({ level: "notice", title, message });
      }
    };
    const checks = inputs.checkRuns ? await openChecks(environment, checksOptions) : void 0;
    const delivery = createDelivery({
      inputs: inputs.delivery,
      builders,
      credentials,
      dispatch: {
        openStream: (id) => dispatch.openStream(id),
        storeOf: (name) => dispatch.storeOf(name)
      },
      runner: local.store,
      directory: process.cwd(),
      nixConf: nixConfigText(inputs),
      say: (line) => log.say(line),
      notice: (level, title, message) => recorder.notice(level, title, message),
      signal: end.signal
    });
    const dispatch = createDispatchRun({
      builders: fleetMembers(builders, credentials, local.store),
      runner: local.store,
      logDirectory: folder.logs,
      limits: inputs.limits,
      infraRetries: inputs.limits.infraRetries,
      reconnectMs: reconnectKeepalives * inputs.limits.keepaliveMs,
      graceMs: inputs.limits.keepaliveMs,
      failFast: inputs.failFast && !inputs.ignoreBuildFailures,
      builds: inputs.mode === "build",
      observer: delivery.watch(checks === void 0 ? log : watchedBy2(checks, log))
    });
    const { signal, hurry } = end;
    if (signal.aborted) dispatch.cancel();
    else signal.addEventListener("abort", () => dispatch.cancel(), { once: true });
    log.open();
    isLogOpen = true;
    const failed = new AbortController();
    const work = async () => {
      const both = AbortSignal.any([signal, failed.signal]);
      await Promise.all([
        dispatch.connect(),
        evaluateJobs({ inputs, environment, signal: both, dispatch, recorder, log })
      ]);
      await dispatch.finish();
      if (inputs.mode === "build") await delivery.finish(dispatch.result().jobs);
    };
    let fault;
    try {
      await unlessAborted(hurry, work(), void 0);
    } catch (error) {
      if (!signal.aborted && dispatch.result().builds.length === 0) {
        const reason = describeError(toDispatchError(error, "local"));
        await unlessAborted(hurry, Promise.resolve(checks?.fail(reason)), void 0);
      }
      if (!signal.aborted && dispatch.result().builds.length === 0) {
        await unlessAborted(hurry, explain2(error, inputs, credentials, runner2, log), void 0);
        throw error;
      }
      if (!signal.aborted) fault = toDispatchError(error, "local");
      dispatch.cancel();
      await unlessAborted(hurry, dispatch.finish(), void 0);
    } finally {
      failed.abort();
      await delivery.close();
      dispatch.close();
      log.close();
    }
    fault ??= faultOf(end);
    if (fault !== void 0) recorder.notice("error", "The run was ended by a fault", describeError(fault));
    const result = dispatch.result();
    const told = await account?.addUsage(result.builds, builders, hurry);
    if (told?.warning !== void 0) {
      recorder.notice("warning", "The usage at nixbuild.net is not known", told.warning);
    }
    const ending = { cancelled: signal.aborted || fault !== void 0, finishedAtMs: Date.now() };
    const report = {
      ...recorder.report({ ...result, builds: told?.builds ?? result.builds }, ending),
      ...inputs.mode === "evaluate" ? listing(result.jobs) : {},
      prices: inputs.prices
    };
    const verdict = verdictOf(report, inputs);
    await publish(runner2, folder, report, verdict, {
      wantsSummary: inputs.generateBuildSummary,
      canFold: environment["GITHUB_ACTIONS"] === "true",
      workflowRun: workflowRunOf(environment),
      token,
      hurry
    });
    isLogOpen = false;
    await unlessAborted(hurry, Promise.resolve(checks?.close(report, verdict)), void 0);
    return verdict.exitCode;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function explain2(error, inputs, credentials, runner2, log) {
  const explanation = await explainUnusable(error, inputs.builders, credentials);
  if (explanation === void 0) return;
  for (const line of explanation.lines) log.say(line);
  if (inputs.generateBuildSummary) await runner2.writeSummary(explanation.summary);
}
function warnOfUnchecked(recorder) {
  const told = /* @__PURE__ */ new Set();
  return (host, line) => {
    if (told.has(line)) return;
    told.add(line);
    recorder.notice(
      "warning",
      `The host key of ${host} was not checked`,
      `host_key_checking is off, so anybody in the network could have answered in its place. This line in known_hosts vouches for it: ${line}`
    );
  };
}
function selectionOf({ topAttrs, filterBuilds, failOnEmpty }) {
  return { topAttrs, filter: filterBuilds, failOnEmpty };
}
function fleetMembers(builders, credentials, runner2) {
  return builders.map((builder) => ({
    name: builder.name,
    open: (id) => openSession(id, builder, credentials(builder), runner2)
  }));
}
export {
  run
};
