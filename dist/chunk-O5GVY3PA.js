import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  publish,
  withPublishedFlake
} from "./chunk-PNHIG4W2.js";
import {
  failGate,
  openChecks,
  watchedBy
} from "./chunk-AB5OZ5BC.js";
import {
  workflowRunOf
} from "./chunk-GO4MPXVS.js";
import {
  listing
} from "./chunk-PHKSR2AA.js";
import "./chunk-UGBGI3MJ.js";
import "./chunk-IJOL2ZII.js";
import {
  attributePathOf,
  classOf,
  excuseNotices,
  outcomeMessage,
  outcomePlace,
  outcomeSign,
  outcomeWords,
  verdictOf
} from "./chunk-LMBAKTVX.js";
import {
  resumeCommands,
  stopCommands
} from "./chunk-L65LO2JU.js";
import {
  terminalLine
} from "./chunk-MOM7IM5P.js";
import {
  attemptReport,
  canBuild,
  compression,
  createActivities,
  createArtifactFolder,
  createFleet,
  createLogFolder,
  createStore,
  endOfError,
  endOfResult,
  explainUnusable,
  exposeBuilders,
  factsOfDerivation,
  hear,
  isGoodEnd,
  joinStreams,
  needsKey,
  openSession,
  outcomeOfAttempt,
  outputPathName,
  readDerivation,
  scheduleResultOf,
  warnOfUncheckedHosts,
  withBusyTime,
  writeCompressed
} from "./chunk-BAKNPANX.js";
import {
  fileNameOf
} from "./chunk-4UU34LW5.js";
import {
  createRecorder
} from "./chunk-QS5WVXX3.js";
import "./chunk-XOUPQI22.js";
import "./chunk-7MK2SQY7.js";
import {
  DEFAULT_STORE_DIR,
  baseName,
  byteStringToText,
  createClientPool,
  createNarParser,
  describeFullDisk,
  formatContentAddress,
  formatDerivation,
  fromByteString,
  hasRoomAgain,
  isDerivationPath,
  isDiskFull,
  isStorePath,
  openBuilder,
  outputPathOf,
  parseContentAddress,
  parseStorePath,
  storePathHashPart,
  storePathName,
  toBasicDerivation
} from "./chunk-DL7FELQH.js";
import {
  readNixSettings,
  spawnCommand,
  systemOfUname
} from "./chunk-CGGEOQQ2.js";
import "./chunk-HOZKPZFU.js";
import {
  formatBytes,
  formatCpu,
  formatDuration,
  plural
} from "./chunk-ZR6O72JI.js";
import {
  clip
} from "./chunk-7IZRAHNB.js";
import "./chunk-33DNL4A3.js";
import {
  keepTail
} from "./chunk-RSYTV2SV.js";
import {
  CONNECT_TIMEOUT_MS,
  KEEPALIVE_MS
} from "./chunk-SXUCSHNG.js";
import {
  sha256
} from "./chunk-HXB6XSEK.js";
import {
  childEnvironment
} from "./chunk-6I3FJ6SO.js";
import {
  credentialsOf
} from "./chunk-L5RSD4CU.js";
import {
  cleanLine
} from "./chunk-WGX5D5BX.js";
import {
  nixConfOfBuilds,
  nixConfigText
} from "./chunk-B322B4MD.js";
import "./chunk-OPTAAB63.js";
import {
  DEFAULT_PARAMETERS
} from "./chunk-B56HH6Z6.js";
import {
  decodeBase64,
  encodeBase64,
  encodeNix32,
  formatPrefixedHash
} from "./chunk-BER7XQ6C.js";
import {
  faultOf,
  unlessAborted
} from "./chunk-WHCJHVRA.js";
import {
  DispatchError,
  describeError,
  describeTrouble,
  toDispatchError
} from "./chunk-7AVBNTXI.js";
import {
  __callDispose,
  __using
} from "./chunk-4NJ7PDOZ.js";

// src/flake/attribute-path.ts
var IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_'-]*$/;
function nixString(text) {
  const escaped = text.replace(/["\\]|\$(?=\{)/g, String.raw`\$&`);
  return `"${escaped.replaceAll("\n", String.raw`\n`).replaceAll("\r", String.raw`\r`).replaceAll("	", String.raw`\t`)}"`;
}
function joinAttributes(path) {
  const [only] = path;
  if (path.length === 1 && only !== void 0) return only;
  return path.map((name2) => IDENTIFIER.test(name2) ? name2 : nixString(name2)).join(".");
}
function splitAttributes(text) {
  const names = [];
  const token = /(?:"((?:[^"\\]|\\.)*)"|([^".\s]+))(\.|$)/suy;
  let end = false;
  while (!end) {
    const match = token.exec(text);
    if (match === null) return void 0;
    const [, quoted2, bare, separator] = match;
    names.push(quoted2 === void 0 ? bare ?? "" : quoted2.replace(/\\(.)/gsu, "$1"));
    end = separator === "";
  }
  return names;
}

// src/flake/filter/jq-complaint.ts
var ROW = /^ {4}/;
var MARKS = /^ {4}( *)(\^+)$/;
var MOST_LINES = 12;
var MOST_CHARACTERS = 300;
var AROUND_CHARACTERS = 60;
function jqComplaint(stderr) {
  const lines = stderr.trim().replace(/\njq: \d+ compile errors?$/, "").split("\n");
  const shown = lines.flatMap((line, index) => {
    const marked = MARKS.exec(lines[index + 1] ?? "");
    if (marked !== null && ROW.test(line)) return excerpt(line.replace(ROW, ""), marked);
    return MARKS.test(line) && index > 0 ? [] : [shortened(line, MOST_CHARACTERS)];
  });
  return (shown.length > MOST_LINES ? [...shown.slice(0, MOST_LINES), "\u2026"] : shown).join("\n");
}
function shortened(text, mostCharacters) {
  const characters = Array.from(text.slice(0, 2 * mostCharacters + 2));
  return characters.length > mostCharacters ? `${characters.slice(0, mostCharacters).join("")}\u2026` : text;
}
function excerpt(row, [, indent = "", marks = ""]) {
  const bytes = new TextEncoder().encode(row.replaceAll(/[\t\r]/g, " "));
  const characters = (from, to) => Array.from(new TextDecoder().decode(bytes.slice(from, to)));
  const before = characters(0, indent.length);
  const fault = characters(indent.length, indent.length + marks.length);
  const after = characters(indent.length + marks.length, bytes.length);
  const head = before.length > AROUND_CHARACTERS ? ["\u2026", ...before.slice(-AROUND_CHARACTERS)] : before;
  const isCut = fault.length > AROUND_CHARACTERS;
  const core = fault.slice(0, AROUND_CHARACTERS);
  const rest = isCut ? [] : after.slice(0, AROUND_CHARACTERS);
  const tail = isCut || after.length > rest.length ? "\u2026" : "";
  return [
    `    ${[...head, ...core, ...rest].join("")}${tail}`,
    `    ${" ".repeat(head.length)}${"^".repeat(Math.max(1, core.length))}`
  ];
}

// src/flake/filter/filter-program.ts
var MOST_QUOTED = 400;
var MOST_SAID = 1e3;
function selectionProgram(filter) {
  return overEach(`any((${filter}
); .)`);
}
function labelProgram(label) {
  return overEach(`[limit(1; (${label}
))] | .[0]`);
}
function programInput(attributes) {
  return JSON.stringify(attributes.map(programFields));
}
function programFields({
  name: name2,
  description,
  topAttr,
  system,
  attr,
  type: type2
}) {
  return { name: name2, description, top_attr: topAttr, system, attr, type: type2 };
}
function programResults(input2, stdout, count) {
  const lines = stdout.split("\n").filter((line) => line !== "");
  if (lines.length !== count) {
    throw new DispatchError(
      "filter",
      `${input2} ended jq after ${lines.length} of ${count} attributes; expected one that gives a result for each`
    );
  }
  return lines.map((line) => {
    const [value, message] = parseResult(input2, line);
    return typeof message === "string" ? { kind: "error", message } : { kind: "value", value };
  });
}
function parseResult(input2, line) {
  try {
    const result = JSON.parse(line);
    if (Array.isArray(result)) return result;
  } catch {
  }
  throw new DispatchError(
    "filter",
    `expected jq to print a list for each attribute of ${input2}, got ${JSON.stringify(line.slice(0, 100))}`
  );
}
function labelText(value, attribute) {
  if (typeof value === "string" && value.trim() !== "") return value;
  if (typeof value !== "string" && value !== null && value !== void 0) return JSON.stringify(value);
  return attribute.system === "" ? attribute.attr : `${attribute.attr} [${attribute.system}]`;
}
function invalidProgram(input2, program, stderr) {
  return new DispatchError("filter", `${input2} is not valid jq: ${jqComplaint(stderr)}
${quoted(program)}`, {
    hint: 'Expected a jq expression such as .top_attr == "checks" and .system == "x86_64-linux".'
  });
}
function fruitlessProgram(input2, program, error) {
  return new DispatchError("filter", `${input2}: ${error.message}
${quoted(program)}`, {
    hint: error.hint,
    cause: error
  });
}
function failedProgram(input2, program, attribute, message) {
  const where = joinAttributes(attribute.path);
  return new DispatchError(
    "filter",
    `${input2} failed on ${where}: jq: error: ${shortened(message, MOST_SAID)}
${quoted(program)}`
  );
}
function quoted(program) {
  return `The expression is: ${shortened(program, MOST_QUOTED)}`;
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
  constructor(limitMs2) {
    this.#limitMs = limitMs2;
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
    const limitMs2 = this.#worker === void 0 ? this.#limitMs + START_LIMIT_MS : this.#limitMs;
    const worker = this.#worker ??= startWorker();
    const done = new AbortController();
    const timer = setTimeout(() => {
      done.abort(new Error(`it did not end within ${this.#limitMs / 1e3} s`));
    }, limitMs2);
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
  const exit = once(worker, "exit", { signal }).then(([code2]) => {
    throw new Error(`its thread ended with exit code ${String(code2)}`);
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

// src/delivery/outputs/choose-jobs.ts
var input = "upload_outputs";
var limitMs = 2e4;
async function checkJobFilter(filter) {
  const jq = new Jq(limitMs);
  try {
    const { exitCode, stderr } = await jq.call({ program: filter, input: "" });
    if (exitCode !== 0) throw invalidProgram(input, filter, stderr);
  } finally {
    await jq.stop();
  }
}
async function chooseJobs(filter, jobs) {
  if (jobs.length === 0) return [];
  const program = selectionProgram(filter);
  const jq = new Jq(limitMs);
  try {
    const { stdout, stderr, exitCode } = await jq.call({ program, input: JSON.stringify(jobs.map(fieldsOf)) }).catch((error) => {
      throw fruitlessProgram(input, filter, toDispatchError(error, "filter"));
    });
    if (exitCode !== 0 && stdout === "") throw invalidProgram(input, filter, stderr);
    const results = programResults(input, stdout, jobs.length);
    return jobs.filter((job, index) => {
      const result = results[index];
      if (result?.kind === "error") throw failedProgram(input, filter, job, result.message);
      return result?.value === true;
    });
  } finally {
    await jq.stop();
  }
}
function fieldsOf(job) {
  const { label, outcome, drvPath, outputs } = job;
  return {
    ...programFields({ ...job, type: "derivation" }),
    label,
    outcome: outcome.kind,
    builder: outcomePlace(outcome) ?? null,
    drvPath,
    outputs
  };
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
async function openRunner(nixConf) {
  const opened = await openBuilder(runner, { privateKey: void 0, knownHosts: "", nixConf });
  return {
    store: createStore(runner.name, opened),
    [Symbol.asyncDispose]: async () => opened.close()
  };
}

// src/evaluate-jobs.ts
import { machine, type } from "node:os";
import { join as join3 } from "node:path";

// src/flake/cache/evaluation-cache.ts
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

// src/flake/evaluator/nix-command.ts
import { spawn } from "node:child_process";

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
  if (message === void 0) return rawLine(plainText(line));
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
function rawLine(text) {
  return text.startsWith("warning: ") ? { kind: "warning", text: text.replace(MILD, "") } : { kind: "raw", text };
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
function nixEnvironment(environment, nixConfig, version) {
  const config = [
    environment["NIX_CONFIG"] ?? "",
    // A flake is not trusted to change settings, unless the user says so below.
    "accept-flake-config = false",
    nixConfig,
    `extra-experimental-features = ${experimentalFeatures(version).join(" ")}`
  ];
  return { ...childEnvironment(environment), NIX_CONFIG: config.filter((text) => text !== "").join("\n") };
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
async function runNix(nix, words, signal) {
  const child = spawn(nix.program, words, {
    cwd: nix.directory,
    env: nix.environment,
    stdio: ["ignore", "pipe", "pipe"],
    ...signal === void 0 ? {} : { signal }
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const exitCode = await new Promise((resolve, reject) => {
    child.on("error", (error) => {
      reject(startError(error, nix, signal));
    });
    child.on("close", resolve);
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
  const [name2, path] = array(raw);
  return [string(name2), typeof path === "string" && isStorePath(path) ? path : void 0];
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
  await writeFile(temporary, printEvaluation(evaluation), { mode: 384 });
  await rename(temporary, file);
  await dropOldest(folder);
}
async function areValid(paths, nix, signal) {
  for (let index = 0; index < paths.length; index += PATHS_A_CALL) {
    const words = ["path-info", "--derivation", ...paths.slice(index, index + PATHS_A_CALL)];
    const { exitCode } = await runNix(nix, words, signal);
    if (exitCode !== 0) return false;
  }
  return true;
}
async function dropOldest(folder) {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name2) => ({ name: name2, changedAtMs: (await stat(join(folder, name2))).mtimeMs }))
  );
  const oldest = files.sort((a, b) => b.changedAtMs - a.changedAtMs).slice(MOST_ENTRIES);
  await Promise.all(oldest.map(({ name: name2 }) => rm(join(folder, name2), { force: true })));
}
function fileOf(folder, key) {
  return join(folder, `${Buffer.from(sha256(new TextEncoder().encode(key))).toString("hex")}.json`);
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
var KEY_VERSION = 2;
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
    const verdicts = await this.#selector.select(open.map(({ attribute }) => attribute));
    const chosen = new Set(open.filter((_, index) => verdicts[index] === true));
    const selected = batch.filter((candidate) => candidate.isSelected || chosen.has(candidate));
    const labels = await this.#selector.label(selected.map(({ attribute }) => attribute));
    this.#count({ selected: selected.length });
    for (const [index, candidate] of selected.entries()) {
      this.#emit({ kind: "job", job: this.#job(candidate, labels[index] ?? candidate.attribute.attr) });
    }
  }
  #job({ attribute, answer, reply }, label) {
    return {
      ...attribute,
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
var FRAME = /^\s*(?:… |at (?:\/|«|<).*:\d+:\d+:?$|\(stack trace truncated|\(use '--show-trace')/;
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
import { spawn as spawn2 } from "node:child_process";
import { randomBytes } from "node:crypto";

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
function isVariableName(name2) {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name2) && !KEYWORDS.has(name2);
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
var LOG_FORMAT = ["--log-format", "internal-json"];
var FETCHABLE = "http:// https:// ssh:// git:// git+http:// git+https:// git+ssh:// github: gitlab:";
function repl(source, maxMemoryBytes) {
  const environment = { ...source.nix.environment, ...collectorLimits(maxMemoryBytes) };
  const common = ["repl", ...LOG_FORMAT, "--option", "eval-cache", "false"];
  if (loadingMode(source.version) === "argument") {
    const words2 = [...common, "--option", "pure-eval", "true", ...source.nixArgs, ...LOG_FORMAT, source.url];
    return { words: words2, environment, lines: [], helperLayout: "one-line" };
  }
  const isImpure = source.nixArgs.includes("--impure");
  const restrictions = [
    ["restrict-eval", "true"],
    ["allowed-uris", FETCHABLE],
    ["system", IMPURE_SYSTEM],
    // Builds that evaluation needs still run here.
    ["extra-platforms", source.nix.platforms.join(" ")]
  ];
  const options = isImpure ? [] : restrictions.flatMap(([name2 = "", value = ""]) => ["--option", name2, value]);
  const words = [
    ...common,
    "--show-trace",
    ...options,
    ...source.nixArgs.filter((word) => word !== "--impure"),
    ...LOG_FORMAT
  ];
  return {
    words,
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
var OTHER_FORMAT = "error: Nix does not write its log in the format that it was told to: look at nix_args";
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
    const { words, environment, lines, helperLayout } = repl(source, limits.maxMemoryBytes);
    this.#prelude = [...lines, ...helperLines(this.#nonce, helperLayout)];
    this.#child = spawn2(source.nix.program, words, {
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
    this.#child.on("close", (code2, signal) => {
      this.#die(this.#ending ?? "crashed", `the evaluator ended with ${signal ?? `exit code ${code2}`}`);
    });
  }
  /** Loads the flake; the reply's outcome is `answered` when that worked. */
  load() {
    return this.#send(this.#prelude, false);
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
    const reply = await this.#send([line], true);
    this.#answered += 1;
    return reply;
  }
  /** Ends the process; a running question is replied to as died. */
  stop(reason = "stopped") {
    if (this.#death !== void 0 || this.#ending !== void 0) return;
    this.#ending = reason;
    this.#child.kill("SIGKILL");
  }
  #send(lines, wantsAnswer) {
    return new Promise((resolve) => {
      const { timeoutMs } = this.#limits;
      const timeout = timeoutMs === void 0 ? void 0 : setTimeout(() => this.stop("timed-out"), timeoutMs);
      const watch = setInterval(() => {
        if ((this.memoryBytes ?? 0) > this.#limits.maxMemoryBytes) this.stop("out-of-memory");
      }, MEMORY_CHECK_MS);
      this.#question = {
        wantsAnswer,
        settle: (reply) => {
          clearTimeout(timeout);
          clearInterval(watch);
          this.#question = void 0;
          resolve(reply);
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
        if (line.text === `trace: ${this.#nonce}end`) {
          this.#settle({ kind: "refused", error: OTHER_FORMAT });
          return;
        }
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
    const stray = question.wantsAnswer ? question.strayLines.at(-1) : void 0;
    const error = question.errors.at(-1) ?? stray;
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
    return new Promise((resolve, reject) => {
      if (this.#stopped !== void 0) {
        reject(this.#stopped);
        return;
      }
      this.#queue.push({ line, resolve, reject });
      if (this.#working < this.#options.workers) void this.#work();
    });
  }
  /** Ends every evaluator; what waits or runs is rejected with `reason`. */
  stop(reason) {
    this.#stopped ??= reason;
    for (const task of this.#queue.splice(0)) task.reject(this.#stopped);
    for (const evaluator of this.#live) evaluator.stop();
  }
  /** Takes questions until the queue is empty; the evaluator then waits for more. */
  async #work() {
    this.#working += 1;
    let evaluator = this.#idle.pop();
    for (let task = this.#queue.shift(); task !== void 0; task = this.#queue.shift()) {
      try {
        evaluator = await this.#ready(evaluator);
        const wasFresh = evaluator.isFresh;
        let reply = await evaluator.ask(task.line);
        if (!wasFresh && mayBeInnocent(reply)) {
          evaluator = await this.#ready(void 0);
          reply = await evaluator.ask(task.line);
        }
        if (this.#stopped === void 0) task.resolve(reply);
        else task.reject(this.#stopped);
      } catch (error) {
        task.reject(error);
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
      for (const [input2, program] of programs) {
        const { exitCode, stderr } = await jq.call({ program, input: "" });
        if (exitCode !== 0) throw invalidProgram(input2, program, stderr);
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
    return attributes.map((attribute, index) => labelText(values[index], attribute));
  }
  /** Ends the thread that jq runs in. */
  async close() {
    await this.#jq.stop();
  }
  async #run(input2, program, attributes) {
    if (attributes.length === 0) return [];
    const call = this.#jq.call({ program, input: programInput(attributes) });
    const { stdout, stderr, exitCode } = await call.catch((error) => {
      throw fruitlessProgram(input2, this.#source(input2), toDispatchError(error, "filter"));
    });
    if (exitCode !== 0 && stdout === "") throw invalidProgram(input2, this.#source(input2), stderr);
    return programResults(input2, stdout, attributes.length);
  }
  #values(input2, results, attributes) {
    return results.map((result, index) => {
      if (result.kind === "error") throw this.#failed(input2, attributes[index], result.message);
      return result.value;
    });
  }
  #failed(input2, attribute, message) {
    if (attribute === void 0) return new RangeError("jq gave more results than it was given attributes");
    return failedProgram(input2, this.#source(input2), attribute, message);
  }
  #source(input2) {
    return input2 === "filter_builds" ? this.#options.filter : this.#options.label;
  }
};
function unnamed(place2) {
  return { ...place2, name: "", description: "", type: "derivation" };
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

// src/flake/unseen-file.ts
var MISSING = /(?:(?:getting status of|opening file) '([^'\n]+)': No such file or directory|path '([^'\n]+)' does not exist)/;
var SOURCE = /^\/nix\/store\/[a-z0-9]{32}-source\//;
function unseenFileHint(message) {
  const [, status, path = status] = MISSING.exec(message) ?? [];
  if (path === void 0 || !SOURCE.test(path)) return void 0;
  return `Of a git repository Nix sees only what git knows: if ${path.replace(SOURCE, "")} exists, \`git add\` it.`;
}

// src/flake/flake-error.ts
var SOURCE_FOLDER = /^(?:\/nix\/store\/[^/]+|«[^»]*»)\//;
var BROKEN = /lacks attribute '|must be an attribute set|\bexpected a function but got\b|unsupported attribute/;
function flakeError(reference, stderr) {
  const { message, position } = readError(stderr.trim(), []);
  if (position !== void 0 || BROKEN.test(message)) {
    const place2 = position === void 0 ? "" : ` at ${position.file.replace(SOURCE_FOLDER, "")}:${position.line}:${position.column}`;
    return new DispatchError("evaluation", `the flake ${reference} does not evaluate: ${message}${place2}`);
  }
  return new DispatchError("evaluation", `cannot read the flake ${reference}: ${message}`, {
    hint: unseenFileHint(message) ?? downloadHint(message) ?? ownerHint(message) ?? flagHint(message) ?? RELATIVE
  });
}
var RELATIVE = "Check the flake input; a relative reference starts at the directory that the step runs in.";
function downloadHint(message) {
  if (!/\bHTTP error (?:401|403|404|429)\b/.test(message)) return void 0;
  return "Is the name right? For private repositories, and against the rate limit of GitHub, give a token by github_access_token.";
}
function ownerHint(message) {
  if (!/\bnot owned by current user\b|\bdubious ownership\b/.test(message)) return void 0;
  return 'Allow it in a step before: git config --global --add safe.directory "$GITHUB_WORKSPACE".';
}
function flagHint(message) {
  return message.startsWith("unrecognised flag") ? "What is in nix_args is given to Nix as it is." : void 0;
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
  for (const place2 of [locked, resolved]) {
    if (isObject3(place2) && typeof place2["dir"] === "string") return place2["dir"];
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
  const words = ["flake", "metadata", "--json", ...nixArgs, "--", reference];
  const { exitCode, stdout, stderr } = await runNix(nix, words, signal);
  if (exitCode !== 0) throw flakeError(reference, stderr);
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
    outputs: new Map(Object.entries(outputs).map(([name2, path]) => [name2, outputPath(path)])),
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
      const seconds = (limits.timeoutMs ?? 0) / 1e3;
      return `did not end within ${seconds} s (input eval_timeout)`;
    }
  }
}
function withHint(message) {
  const hint = /allow-import-from-derivation/.test(message) ? 'Set "allow-import-from-derivation = true" in nix_conf to let evaluation build what it needs.' : unseenFileHint(message);
  return hint === void 0 ? message : `${message}
${hint}`;
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
function isUsualOutput(topAttr) {
  return SHAPES.has(topAttr) || topAttr === "hydraJobs";
}
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
      return [path[1], path.at(-1)].find((name2) => name2 !== void 0 && SYSTEM_NAME.test(name2));
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
  const names = isBySystem ? path.slice(2) : path.slice(1).filter((name2) => name2 !== system);
  const shown = shape.kind === "configurations" ? withoutEnd(names, shape.below) : names;
  return {
    topAttr,
    system: system ?? "",
    attr: shown.length === 0 ? topAttr : joinAttributes(shown),
    path
  };
}
function withoutEnd(names, end) {
  const start2 = names.length - end.length;
  return start2 > 0 && end.every((name2, index) => names[start2 + index] === name2) ? names.slice(0, start2) : names;
}
var SYSTEM_NAME = /^[a-z0-9_]+-(?:linux|darwin|freebsd|netbsd|openbsd|windows|cygwin|none|wasi)$/;
function shapeOf(path) {
  return SHAPES.get(path[0] ?? "") ?? TREE;
}

// src/flake/walk.ts
async function walkFlake(context, topAttrs) {
  const starts = new Map(topAttrs.map(startingPath).map((path) => [keyOf(path), path]));
  await enter({ ...context, starts: new Set(starts.keys()) }, [...starts.values()], "open");
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
  const isUniform = known.every((fields) => fields.join() === known[0]?.join());
  if (first === void 0 || isUniform) {
    return context.selector.decideEarly(paths.map(placeAt), known[0] ?? []);
  }
  const each = paths.map((path, index) => context.selector.decideEarly([placeAt(path)], known[index] ?? []));
  return (await Promise.all(each)).flat();
}
function targetOf(path) {
  const step = stepAt(path);
  return step.kind === "visit" ? step.path : path;
}
function keyOf(path) {
  return JSON.stringify(targetOf(path));
}
async function visit(context, path, verdict) {
  const { collector } = context;
  const step = stepAt(path);
  const target = targetOf(path);
  const place2 = placeAt(target);
  const reply = await context.ask(visitLine(step.kind === "visit" ? step.mode : "value", target));
  const { outcome } = reply;
  if (outcome.kind !== "answered") {
    if (isAbsentOutput(outcome, path)) {
      if (!isUsualOutput(place2.topAttr)) {
        collector.warn([`top_attrs names ${place2.topAttr}, and the flake has no such output`]);
      }
      return;
    }
    if (step.kind === "names") collector.expect({ total: 1, pruned: 0 });
    collector.failed(failureOf(place2, reply, outcome, context.roots, context.limits));
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
      if (goesInto(path, step, answer.recurse || context.starts.has(keyOf(path))))
        await enter(context, children(context, path, answer), verdict);
      return;
    case "other":
      if (step.kind === "names") {
        collector.expect({ total: 1, pruned: 0 });
        const found = withArticle(answer.type);
        collector.failed(unusable(place2, reply, `expected a set of attributes, found ${found}`));
      } else if (step.kind === "visit" && answer.type !== "program") {
        collector.failed(unusable(place2, reply, `expected a derivation, found ${withArticle(answer.type)}`));
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
function withArticle(type2) {
  return type2 === "null" ? type2 : `${type2 === "int" ? "an" : "a"} ${type2 === "lambda" ? "function" : type2}`;
}
function isAbsentOutput(outcome, path) {
  return path.length === 1 && outcome.error.includes(`undefined variable '${path[0]}'`);
}
function goesInto(path, step, isMeant) {
  if (step.kind !== "walk") return true;
  return path.length < MAX_DEPTH && (step.into === "every-set" || isMeant);
}
function children(context, path, set) {
  const paths = set.names.map((name2) => [...path, name2]);
  const members = paths.filter((child) => child.at(-1) !== "recurseForDerivations");
  return members.filter(
    (child) => isWanted(context, systemAt(child) ?? "") && !context.starts.has(keyOf(child))
  );
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
    environment: childEnvironment(environment),
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
  const place2 = `${position.file}:${position.line}:${position.column}`;
  return { ...failure, position: void 0, message: `${message}
at ${place2}` };
}
function withoutSlash(path) {
  return path.replace(/\/+$/, "");
}

// src/github/cache-folder.ts
import { homedir } from "node:os";
import { join as join2 } from "node:path";
function cacheFolderOf(environment) {
  return join2(environment["XDG_CACHE_HOME"] || join2(homedir(), ".cache"), "nix-dispatch");
}
function historyFileOf(place2, environment) {
  switch (place2.kind) {
    case "automatic":
      return join2(cacheFolderOf(environment), "history.json");
    case "file":
      return place2.path.startsWith("~/") ? join2(homedir(), place2.path.slice(2)) : place2.path;
    case "nowhere":
      return void 0;
  }
}

// src/report/log/lines.ts
var NAME_CHARACTERS = 80;
var LINE_CHARACTERS = 8192;
var SHOWN_RUNNING = 4;
var SHOWN_NEXT = 3;
function prefixedLine(name2, line) {
  return `${shortName(name2)}> ${terminalLine(clip(line, LINE_CHARACTERS))}`;
}
function repeatedLine(line) {
  return `  > ${terminalLine(clip(line, LINE_CHARACTERS))}`;
}
function startedLine(name2, builder) {
  return `${shortName(name2)}: building on ${cleanLine(builder)}`;
}
function finishedLine(name2, outcome, wallSeconds, cpu) {
  const place2 = outcomePlace(outcome);
  const words = `${outcomeSign(outcome)} ${shortName(name2)}: ${outcomeWords(outcome)}`;
  const where = place2 === void 0 ? "" : ` on ${cleanLine(place2)}`;
  const time = wallSeconds === void 0 ? "" : ` in ${formatDuration(wallSeconds)}`;
  const used = cpu === void 0 ? "" : `, CPU ${formatCpu(cpu)}`;
  const message = clip(cleanLine(outcomeMessage(outcome)), 500);
  return `${words}${where}${time}${used}${message === "" ? "" : `: ${message}`}`;
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
function shortName(name2) {
  return clip(cleanLine(name2), NAME_CHARACTERS);
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
    serve: async (id, client) => joinStreams(client, await dispatch.openStream(id))
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
    cacheFolder: usesCache ? join3(cacheFolderOf(environment), "evaluations") : void 0,
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
function importSettings({ machineLines }, { builders }) {
  if (machineLines === "") return "";
  const buildsHere = builders.some(({ address }) => address.kind === "local");
  return [
    `builders = ${machineLines.replaceAll("\n", " ; ")}`,
    "builders-use-substitutes = true",
    ...buildsHere ? [] : ["max-jobs = 0"]
  ].join("\n");
}

// src/builders/local/dump-path.ts
import { createHash } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
async function* dumpPath({ name: name2, environment }, path, expected) {
  const words = ["nix", "--extra-experimental-features", "nix-command", "store", "dump-path", path];
  const { stream, stderrTail, exited } = await spawnCommand(words, environment);
  const hash = createHash("sha256");
  let length = 0;
  try {
    stream.end();
    for await (const chunk of stream) {
      if (!(chunk instanceof Uint8Array)) continue;
      length += chunk.length;
      if (expected !== void 0) hash.update(chunk);
      yield chunk;
    }
    const code2 = await exited;
    if (code2 !== 0) {
      const why = nixError(stderrTail()) ?? `exit code ${code2}`;
      throw new DispatchError("daemon", `reading ${path} from it: ${why}`, { host: name2 });
    }
  } finally {
    stream.destroy();
  }
  if (expected === void 0) return void 0;
  if (length === expected.narSizeBytes && hash.digest("hex") === expected.narHash) return void 0;
  throw new DispatchError("corrupt", `the NAR of ${path} is not what ${name2} says it is`, { host: name2 });
}
function nixError(stderr) {
  const lines = stripVTControlCharacters(stderr).split("\n");
  const last = lines.findLastIndex((line) => line.startsWith("error:"));
  if (last < 0) return void 0;
  const text = lines.slice(last).join(" ").replaceAll(/\s+/g, " ");
  return text.replace(/^error: ?/, "").trim();
}

// src/builders/local/store-process.ts
var DEFAULTS = [
  "connect-timeout = 15",
  "stalled-download-timeout = 60",
  "download-attempts = 3",
  "narinfo-cache-negative-ttl = 0",
  "narinfo-cache-positive-ttl = 3600"
];
function openStoreProcesses(uri, name2, nixConf) {
  const settings = [...DEFAULTS, process.env["NIX_CONFIG"] ?? "", nixConf, `store = ${uri}`];
  const environment = { NIX_CONFIG: settings.join("\n") };
  let said = () => "";
  const host = {
    async openDaemonChannel() {
      const { stream, stderrTail, pid } = await spawnCommand(["nix-daemon", "--stdio"], environment);
      said = stderrTail;
      return { stream, stderrTail, clientPid: () => pid };
    }
  };
  const pool = createClientPool(host, name2, { timeoutMs: CONNECT_TIMEOUT_MS, keepaliveMs: KEEPALIVE_MS });
  const reading = {
    narFromPath: (path, expected) => dumpPath({ name: name2, environment }, path, expected),
    narsFromPaths: (infos) => infos.map(({ path }) => dumpPath({ name: name2, environment }, path))
  };
  const originals = /* @__PURE__ */ new WeakMap();
  return {
    async acquire() {
      const original = await pool.acquire().catch((error) => Promise.reject(withReason(error)));
      const client = Object.assign(Object.create(original), reading);
      originals.set(client, original);
      return client;
    },
    release: (client) => pool.release(originals.get(client) ?? client),
    close: () => pool.close()
  };
  function withReason(error) {
    const reason = nixError(said());
    if (!(error instanceof DispatchError) || error.code !== "not-nix" || reason === void 0) return error;
    const hint = reason.includes("don't know how to open Nix store") ? "The Nix of this machine knows no such stores; that of Nix's own installers knows s3://." : void 0;
    return new DispatchError("unreachable", reason, { host: name2, hint, cause: error });
  }
}

// src/delivery/caches/trusted-cache.ts
import { setTimeout as sleep } from "node:timers/promises";
var LONGEST_MS = 3e4;
var LONGEST_MS_PER_PATH = 20;
function createTrustedCache({ store, trusts, notice }) {
  const { name: name2 } = store;
  const held = /* @__PURE__ */ new Set();
  let isLeftAlone = false;
  let isUntrustedTold = false;
  const ask = async (paths) => {
    const valid = await store.hold(paths);
    const infos = await store.infos([...valid]);
    const untrusted = infos.filter((info) => !trusts(info));
    for (const info of infos) if (trusts(info)) held.add(info.path);
    const [first] = untrusted;
    if (first !== void 0 && !isUntrustedTold) {
      isUntrustedTold = true;
      notice(
        "warning",
        "Paths of a cache are not trusted",
        `${name2} has ${plural(untrusted.length, "path")} without a signature of a trusted key, ${first.path} for instance. What is not trusted is built. Add the key of the cache to trusted-public-keys in nix_conf, or sign with push_signing_key.`
      );
    }
    return new Set(paths.filter((path) => held.has(path)));
  };
  const has = async (paths) => {
    if (isLeftAlone || paths.length === 0) return /* @__PURE__ */ new Set();
    const over = new AbortController();
    const limitMs2 = LONGEST_MS + paths.length * LONGEST_MS_PER_PATH;
    try {
      const limit = sleep(limitMs2, void 0, { ref: false, signal: over.signal }).then(
        () => Promise.reject(new DispatchError("timed-out", `no answer within ${Math.round(limitMs2 / 1e3)} s`))
      );
      return await Promise.race([ask(paths), limit]);
    } catch (thrown) {
      if (!isLeftAlone) {
        isLeftAlone = true;
        const why = describeTrouble(toDispatchError(thrown, "unreachable"));
        notice("warning", "A cache could not be asked", `${name2}: ${why}. Builds go on without it.`);
      }
      return /* @__PURE__ */ new Set();
    } finally {
      over.abort();
    }
  };
  return {
    name: name2,
    has,
    store: Object.assign({}, store, {
      held,
      hold: has,
      async infos(paths) {
        const infos = await store.infos(paths);
        const untrusted = infos.find((info) => !trusts(info));
        if (untrusted === void 0) return infos;
        const message = `${untrusted.path} at ${name2} is signed by no trusted key`;
        throw new DispatchError("corrupt", message, { host: name2 });
      }
    })
  };
}

// src/delivery/caches/trusted-keys.ts
import { createPublicKey, verify } from "node:crypto";

// src/nix/hash/fingerprint.ts
var SIGNATURE_BYTES = 64;
function pathFingerprint(parts) {
  const references = [...parts.references].sort().join(",");
  return `1;${parts.path};${formatPrefixedHash(parts.narHash)};${parts.narSizeBytes};${references}`;
}
function formatSignature(signature) {
  return `${signature.keyName}:${encodeBase64(signature.bytes)}`;
}
function parseSignature(text) {
  const colon = text.indexOf(":");
  const bytes = colon > 0 ? decodeBase64(text.slice(colon + 1)) : void 0;
  if (bytes?.length !== SIGNATURE_BYTES) {
    throw new DispatchError(
      "protocol",
      `${JSON.stringify(text.slice(0, 200))} is not a signature: expected <key name>:<base64 of 64 bytes>`
    );
  }
  return { keyName: text.slice(0, colon), bytes };
}

// src/delivery/sign-paths.ts
import { createPrivateKey, sign } from "node:crypto";
function signedBy(key, store) {
  const signPath = createSigner(key);
  return Object.assign({}, store, {
    infos: async (paths) => (await store.infos(paths)).map(signPath)
  });
}
function createSigner({ name: name2, seed, publicKey }) {
  const encode2 = (bytes) => Buffer.from(bytes).toString("base64url");
  const privateKey = createPrivateKey({
    key: { kty: "OKP", crv: "Ed25519", d: encode2(seed), x: encode2(publicKey) },
    format: "jwk"
  });
  return (info) => {
    const bytes = sign(void 0, Buffer.from(fingerprintOf(info)), privateKey);
    const signature = formatSignature({ keyName: name2, bytes });
    return Object.assign({}, info, { signatures: [...info.signatures, signature] });
  };
}
function fingerprintOf({ path, narHash, narSizeBytes, references }) {
  const hash = { algorithm: "sha256", bytes: Buffer.from(narHash, "hex") };
  return pathFingerprint({ path, narHash: hash, narSizeBytes, references });
}

// src/delivery/caches/trusted-keys.ts
var KEY_BYTES = 32;
function createTrust(keys) {
  const known = new Map(keys.flatMap((text) => readKey(text) ?? []));
  return (info) => {
    const fingerprint = Buffer.from(fingerprintOf(info));
    return info.signatures.some((text) => {
      const key = known.get(text.slice(0, text.indexOf(":")));
      return key !== void 0 && isSignedBy(key, text, fingerprint);
    });
  };
}
function isSignedBy(key, signature, fingerprint) {
  try {
    return verify(void 0, fingerprint, key, parseSignature(signature).bytes);
  } catch {
    return false;
  }
}
function readKey(text) {
  const [, name2, encoded = ""] = /^([^\s:]+):(\S+)$/.exec(text) ?? [];
  const bytes = decodeBase64(encoded);
  if (name2 === void 0 || bytes?.length !== KEY_BYTES) return void 0;
  const x = Buffer.from(bytes).toString("base64url");
  return [[name2, createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" })]];
}

// src/delivery/caches/caches.ts
function openCaches(options) {
  const { key, nixConf, notice, runner: runner2 } = options;
  const ownKey = key === void 0 ? [] : [`${key.name}:${Buffer.from(key.publicKey).toString("base64")}`];
  const hasSignature = createTrust([...runner2.keys, ...ownKey]);
  const closings = [];
  const caches = /* @__PURE__ */ new Map();
  const add = (store, isTrusted) => {
    const trusts = isTrusted || runner2.believesAll ? () => true : hasSignature;
    caches.set(store.name, createTrustedCache({ store, trusts, notice }));
  };
  const addUri = (uri) => {
    const name2 = uri.replace(/\?.*/s, "").replace(/\/$/, "");
    if (caches.has(name2)) return;
    const processes = openStoreProcesses(uri, name2, nixConf);
    closings.push(() => processes.close());
    add(createStore(name2, processes), isTrustedUri(uri));
  };
  for (const [index, target] of options.targets.entries()) {
    const destination = options.destinations[index];
    if (destination?.kind === "store") {
      add(destination.store, target.kind === "ssh" || target.kind === "nix" && isTrustedUri(target.uri));
    } else if (target.kind === "tool" && target.tool === "cachix") {
      addUri(`https://${target.cache}.cachix.org`);
    }
  }
  for (const uri of runner2.substituters) addUri(uri);
  return {
    caches: [...caches.values()],
    close() {
      for (const close of closings) close();
    }
  };
}
function isTrustedUri(uri) {
  return /[?&]trusted=(?:true|1)(?:&|$)/.test(uri);
}

// src/delivery/holder.ts
function holderOf(outcome) {
  if (outcome.kind === "built") return outcome.builder;
  const exists = outcome.kind === "already-valid" || outcome.kind === "substituted";
  return exists ? outcome.where : void 0;
}

// src/delivery/outputs/pack-outputs.ts
import { rm as rm3 } from "node:fs/promises";

// src/delivery/outputs/binary-cache.ts
import { rm as rm2, writeFile as writeFile2 } from "node:fs/promises";
import { join as join4 } from "node:path";

// src/nix/narinfo.ts
var SIGNATURE = /^[^\s:]+:[A-Za-z0-9+/]+={0,2}$/;
function narinfoName(path) {
  return `${storePathHashPart(path)}.narinfo`;
}
function formatNarinfo(info, nar) {
  const { path, narHash, narSizeBytes, references, deriver, contentAddress } = info;
  const lines = [
    `StorePath: ${path}`,
    `URL: ${nar.url}`,
    `Compression: ${nar.compression}`,
    `FileHash: ${formatPrefixedHash({ algorithm: "sha256", bytes: nar.sha256 })}`,
    `FileSize: ${nar.sizeBytes}`,
    `NarHash: ${formatPrefixedHash({ algorithm: "sha256", bytes: Buffer.from(narHash, "hex") })}`,
    `NarSize: ${narSizeBytes}`,
    `References: ${references.map(baseName).sort().join(" ")}`,
    ...deriver === void 0 ? [] : [`Deriver: ${baseName(deriver)}`],
    ...info.signatures.filter((text) => SIGNATURE.test(text)).map((text) => `Sig: ${text}`),
    ...contentAddress === void 0 ? [] : [`CA: ${formatContentAddress(parseContentAddress(contentAddress))}`]
  ];
  return `${lines.join("\n")}
`;
}

// src/delivery/outputs/byte-feed.ts
import { PassThrough } from "node:stream";
function createByteFeed(path, partialPath) {
  const source = new PassThrough();
  let wake = () => {
  };
  let failure;
  source.on("drain", () => wake());
  const written = writeCompressed(source, path, partialPath);
  written.catch((reason) => {
    failure = { reason };
    wake();
  });
  return {
    async write(chunk) {
      if (failure === void 0 && (chunk.length === 0 || source.write(chunk))) return;
      if (failure === void 0) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      if (failure !== void 0) throw failure.reason;
    },
    finish() {
      source.end();
      return written;
    },
    async abandon() {
      source.destroy();
      await written.catch(() => {
      });
    }
  };
}

// src/delivery/outputs/binary-cache.ts
function createBinaryCache(folder, partial) {
  const held = /* @__PURE__ */ new Map();
  return {
    has: (path) => held.has(path),
    begin(info) {
      const name2 = `${encodeNix32(Buffer.from(info.narHash, "hex"))}.nar.${compression.ending}`;
      const url = `nar/${name2}`;
      const feed = createByteFeed(join4(folder, url), join4(partial, name2));
      return {
        write: (chunk) => feed.write(chunk),
        async finish() {
          const file = await feed.finish();
          const narinfo = formatNarinfo(info, { url, compression: compression.name, ...file });
          held.set(info.path, { info, url, narinfo });
        },
        abandon: () => feed.abandon()
      };
    },
    whole: () => wholeClosures(held),
    async close() {
      const whole = wholeClosures(held);
      const known = [...held.values()].filter(({ info }) => whole.has(info.path));
      const needed = new Set(known.map(({ url }) => url));
      for (const { url } of held.values()) {
        if (!needed.has(url)) await rm2(join4(folder, url), { force: true });
      }
      if (known.length === 0) return;
      await writeFile2(join4(folder, "nix-cache-info"), `StoreDir: ${DEFAULT_STORE_DIR}
`);
      for (const { info, narinfo } of known) {
        await writeFile2(join4(folder, narinfoName(info.path)), narinfo);
      }
    }
  };
}
function wholeClosures(held) {
  const whole = new Set(held.keys());
  for (let before = -1; before !== whole.size; ) {
    before = whole.size;
    for (const { info } of held.values()) {
      if (info.references.some((path) => !whole.has(path))) whole.delete(info.path);
    }
  }
  return whole;
}

// src/delivery/outputs/job-files.ts
function tarNameOf({ path }) {
  return `${fileNameOf(path)}.tar.${compression.ending}`;
}
function hasOutputs({ outputs }) {
  const paths = Object.values(outputs);
  return paths.length > 0 && paths.every((path) => isStorePath(path));
}
function namedOutputs({ outputs }) {
  return Object.entries(outputs).map(([name2, path]) => ({
    path: parseStorePath(path),
    root: name2 === "out" ? "result" : `result-${fileNameOf([name2])}`
  }));
}

// src/delivery/outputs/pack-jobs.ts
import { join as join5 } from "node:path";

// src/dispatch/stores/closure.ts
var MOST_PATHS = 2e5;
async function closureInfos(store, paths, without) {
  const wanted = /* @__PURE__ */ new Map();
  const seen = new Set(paths);
  let level = [...seen];
  while (level.length > 0) {
    const unwanted = await without(level);
    const infos = await store.infos(level.filter((path) => !unwanted.has(path)));
    level = [];
    for (const info of infos) {
      wanted.set(info.path, info);
      for (const reference of info.references) {
        if (seen.has(reference)) continue;
        if (seen.size >= MOST_PATHS) {
          throw new DispatchError("protocol", `${info.path} refers to more than ${MOST_PATHS} paths`, {
            host: store.name
          });
        }
        seen.add(reference);
        level.push(reference);
      }
    }
  }
  return [...wanted.values()];
}

// node_modules/tar/dist/esm/header.js
import { posix as pathModule } from "node:path";

// node_modules/tar/dist/esm/large-numbers.js
var encode = (num, buf) => {
  if (!Number.isSafeInteger(num)) {
    throw Error("cannot encode number outside of javascript safe integer range");
  } else if (num < 0) {
    encodeNegative(num, buf);
  } else {
    encodePositive(num, buf);
  }
  return buf;
};
var encodePositive = (num, buf) => {
  buf[0] = 128;
  for (var i = buf.length; i > 1; i--) {
    buf[i - 1] = num & 255;
    num = Math.floor(num / 256);
  }
};
var encodeNegative = (num, buf) => {
  buf[0] = 255;
  var flipped = false;
  num = num * -1;
  for (var i = buf.length; i > 1; i--) {
    var byte = num & 255;
    num = Math.floor(num / 256);
    if (flipped) {
      buf[i - 1] = onesComp(byte);
    } else if (byte === 0) {
      buf[i - 1] = 0;
    } else {
      flipped = true;
      buf[i - 1] = twosComp(byte);
    }
  }
};
var parse = (buf) => {
  const pre = buf[0];
  const value = pre === 128 ? pos(buf.subarray(1, buf.length)) : pre === 255 ? twos(buf) : null;
  if (value === null) {
    throw Error("invalid base256 encoding");
  }
  if (!Number.isSafeInteger(value)) {
    throw Error("parsed number outside of javascript safe integer range");
  }
  return value;
};
var twos = (buf) => {
  var len = buf.length;
  var sum2 = 0;
  var flipped = false;
  for (var i = len - 1; i > -1; i--) {
    var byte = Number(buf[i]);
    var f;
    if (flipped) {
      f = onesComp(byte);
    } else if (byte === 0) {
      f = byte;
    } else {
      flipped = true;
      f = twosComp(byte);
    }
    if (f !== 0) {
      sum2 -= f * Math.pow(256, len - i - 1);
    }
  }
  return sum2;
};
var pos = (buf) => {
  var len = buf.length;
  var sum2 = 0;
  for (var i = len - 1; i > -1; i--) {
    var byte = Number(buf[i]);
    if (byte !== 0) {
      sum2 += byte * Math.pow(256, len - i - 1);
    }
  }
  return sum2;
};
var onesComp = (byte) => (255 ^ byte) & 255;
var twosComp = (byte) => (255 ^ byte) + 1 & 255;

// node_modules/tar/dist/esm/types.js
var isCode = (c) => name.has(c);
var normalFsTypes = /* @__PURE__ */ new Set([
  "0",
  "",
  "1",
  "2",
  "3",
  "4",
  "5",
  "6",
  "7",
  "D"
]);
var name = /* @__PURE__ */ new Map([
  ["0", "File"],
  // same as File
  ["", "OldFile"],
  ["1", "Link"],
  ["2", "SymbolicLink"],
  // Devices and FIFOs aren't fully supported
  // they are parsed, but skipped when unpacking
  ["3", "CharacterDevice"],
  ["4", "BlockDevice"],
  ["5", "Directory"],
  ["6", "FIFO"],
  // same as File
  ["7", "ContiguousFile"],
  // pax headers
  ["g", "GlobalExtendedHeader"],
  ["x", "ExtendedHeader"],
  // vendor-specific stuff
  // skip
  ["A", "SolarisACL"],
  // like 5, but with data, which should be skipped
  ["D", "GNUDumpDir"],
  // metadata only, skip
  ["I", "Inode"],
  // data = link path of next file
  ["K", "NextFileHasLongLinkpath"],
  // data = path of next file
  ["L", "NextFileHasLongPath"],
  // skip
  ["M", "ContinuationFile"],
  // like L
  ["N", "OldGnuLongPath"],
  // skip
  ["S", "SparseFile"],
  // skip
  ["V", "TapeVolumeHeader"],
  // like x
  ["X", "OldExtendedHeader"]
]);
var code = new Map(Array.from(name).map((kv) => [kv[1], kv[0]]));

// node_modules/tar/dist/esm/header.js
var notNegative = (n) => n === void 0 || n < 0 ? void 0 : n;
var Header = class {
  cksumValid = false;
  needPax = false;
  nullBlock = false;
  block;
  path;
  mode;
  uid;
  gid;
  size;
  cksum;
  #type = "Unsupported";
  linkpath;
  uname;
  gname;
  devmaj = 0;
  devmin = 0;
  atime;
  ctime;
  mtime;
  charset;
  comment;
  constructor(data, off = 0, ex, gex) {
    if (Buffer.isBuffer(data)) {
      this.decode(data, off || 0, ex, gex);
    } else if (data) {
      this.#slurp(data);
    }
  }
  decode(buf, off, ex, gex) {
    if (!off) {
      off = 0;
    }
    if (!buf || !(buf.length >= off + 512)) {
      throw new Error("need 512 bytes for header");
    }
    const t = decString(buf, off + 156, 1);
    const isNormalFS = normalFsTypes.has(t);
    const exForFields = isNormalFS ? ex : void 0;
    const gexForFields = isNormalFS ? gex : void 0;
    this.path = exForFields?.path ?? decString(buf, off, 100);
    this.mode = exForFields?.mode ?? gexForFields?.mode ?? decNumber(buf, off + 100, 8);
    this.uid = exForFields?.uid ?? gexForFields?.uid ?? decNumber(buf, off + 108, 8);
    this.gid = exForFields?.gid ?? gexForFields?.gid ?? decNumber(buf, off + 116, 8);
    this.size = notNegative(exForFields?.size ?? gexForFields?.size ?? decNumber(buf, off + 124, 12));
    this.mtime = exForFields?.mtime ?? gexForFields?.mtime ?? decDate(buf, off + 136, 12);
    this.cksum = decNumber(buf, off + 148, 12);
    if (gexForFields)
      this.#slurp(gexForFields, true);
    if (exForFields)
      this.#slurp(exForFields);
    if (isCode(t)) {
      this.#type = t || "0";
    }
    if (this.#type === "0" && this.path.slice(-1) === "/") {
      this.#type = "5";
    }
    if (this.#type === "5") {
      this.size = 0;
    }
    this.linkpath = decString(buf, off + 157, 100);
    if (buf.subarray(off + 257, off + 265).toString() === "ustar\x0000") {
      this.uname = exForFields?.uname ?? gexForFields?.uname ?? decString(buf, off + 265, 32);
      this.gname = exForFields?.gname ?? gexForFields?.gname ?? decString(buf, off + 297, 32);
      this.devmaj = exForFields?.devmaj ?? gexForFields?.devmaj ?? decNumber(buf, off + 329, 8) ?? 0;
      this.devmin = exForFields?.devmin ?? gexForFields?.devmin ?? decNumber(buf, off + 337, 8) ?? 0;
      if (buf[off + 475] !== 0) {
        const prefix = decString(buf, off + 345, 155);
        this.path = prefix + "/" + this.path;
      } else {
        const prefix = decString(buf, off + 345, 130);
        if (prefix) {
          this.path = prefix + "/" + this.path;
        }
        this.atime = ex?.atime ?? gex?.atime ?? decDate(buf, off + 476, 12);
        this.ctime = ex?.ctime ?? gex?.ctime ?? decDate(buf, off + 488, 12);
      }
    }
    let sum2 = 8 * 32;
    for (let i = off; i < off + 148; i++) {
      sum2 += buf[i];
    }
    for (let i = off + 156; i < off + 512; i++) {
      sum2 += buf[i];
    }
    this.cksumValid = sum2 === this.cksum;
    if (this.cksum === void 0 && sum2 === 8 * 32) {
      this.nullBlock = true;
    }
  }
  #slurp(ex, gex = false) {
    Object.assign(this, Object.fromEntries(Object.entries(ex).filter(([k, v]) => {
      return !(v === null || v === void 0 || k === "size" && Number(v) < 0 || k === "path" && gex || k === "linkpath" && gex || k === "global");
    })));
  }
  encode(buf, off = 0) {
    if (!buf) {
      buf = this.block = Buffer.alloc(512);
    }
    if (this.#type === "Unsupported") {
      this.#type = "0";
    }
    if (!(buf.length >= off + 512)) {
      throw new Error("need 512 bytes for header");
    }
    const prefixSize = this.ctime || this.atime ? 130 : 155;
    const split = splitPrefix(this.path || "", prefixSize);
    const path = split[0];
    const prefix = split[1];
    this.needPax = !!split[2];
    this.needPax = encString(buf, off, 100, path) || this.needPax;
    this.needPax = encNumber(buf, off + 100, 8, this.mode) || this.needPax;
    this.needPax = encNumber(buf, off + 108, 8, this.uid) || this.needPax;
    this.needPax = encNumber(buf, off + 116, 8, this.gid) || this.needPax;
    this.needPax = encNumber(buf, off + 124, 12, this.size) || this.needPax;
    this.needPax = encDate(buf, off + 136, 12, this.mtime) || this.needPax;
    buf[off + 156] = Number(this.#type.codePointAt(0));
    this.needPax = encString(buf, off + 157, 100, this.linkpath) || this.needPax;
    buf.write("ustar\x0000", off + 257, 8);
    this.needPax = encString(buf, off + 265, 32, this.uname) || this.needPax;
    this.needPax = encString(buf, off + 297, 32, this.gname) || this.needPax;
    this.needPax = encNumber(buf, off + 329, 8, this.devmaj) || this.needPax;
    this.needPax = encNumber(buf, off + 337, 8, this.devmin) || this.needPax;
    this.needPax = encString(buf, off + 345, prefixSize, prefix) || this.needPax;
    if (buf[off + 475] !== 0) {
      this.needPax = encString(buf, off + 345, 155, prefix) || this.needPax;
    } else {
      this.needPax = encString(buf, off + 345, 130, prefix) || this.needPax;
      this.needPax = encDate(buf, off + 476, 12, this.atime) || this.needPax;
      this.needPax = encDate(buf, off + 488, 12, this.ctime) || this.needPax;
    }
    let sum2 = 8 * 32;
    for (let i = off; i < off + 148; i++) {
      sum2 += buf[i];
    }
    for (let i = off + 156; i < off + 512; i++) {
      sum2 += buf[i];
    }
    this.cksum = sum2;
    encNumber(buf, off + 148, 8, this.cksum);
    this.cksumValid = true;
    return this.needPax;
  }
  get type() {
    return this.#type === "Unsupported" ? this.#type : name.get(this.#type);
  }
  get typeKey() {
    return this.#type;
  }
  set type(type2) {
    const c = String(code.get(type2));
    if (isCode(c) || c === "Unsupported") {
      this.#type = c;
    } else if (isCode(type2)) {
      this.#type = type2;
    } else {
      throw new TypeError("invalid entry type: " + type2);
    }
  }
};
var splitPrefix = (p, prefixSize) => {
  const pathSize = 100;
  let pp = p;
  let prefix = "";
  let ret = void 0;
  const root = pathModule.parse(p).root || ".";
  if (Buffer.byteLength(pp) < pathSize) {
    ret = [pp, prefix, false];
  } else {
    prefix = pathModule.dirname(pp);
    pp = pathModule.basename(pp);
    do {
      if (Buffer.byteLength(pp) <= pathSize && Buffer.byteLength(prefix) <= prefixSize) {
        ret = [pp, prefix, false];
      } else if (Buffer.byteLength(pp) > pathSize && Buffer.byteLength(prefix) <= prefixSize) {
        ret = [pp.slice(0, pathSize - 1), prefix, true];
      } else {
        pp = pathModule.join(pathModule.basename(prefix), pp);
        prefix = pathModule.dirname(prefix);
      }
    } while (prefix !== root && ret === void 0);
    if (!ret) {
      ret = [p.slice(0, pathSize - 1), "", true];
    }
  }
  return ret;
};
var decString = (buf, off, size) => buf.subarray(off, off + size).toString("utf8").replace(/\0.*/, "");
var decDate = (buf, off, size) => numToDate(decNumber(buf, off, size));
var numToDate = (num) => num === void 0 ? void 0 : new Date(num * 1e3);
var decNumber = (buf, off, size) => Number(buf[off]) & 128 ? parse(buf.subarray(off, off + size)) : decSmallNumber(buf, off, size);
var nanUndef = (value) => isNaN(value) ? void 0 : value;
var decSmallNumber = (buf, off, size) => nanUndef(parseInt(buf.subarray(off, off + size).toString("utf8").replace(/\0.*$/, "").trim(), 8));
var MAXNUM = {
  12: 8589934591,
  8: 2097151
};
var encNumber = (buf, off, size, num) => num === void 0 ? false : num > MAXNUM[size] || num < 0 ? (encode(num, buf.subarray(off, off + size)), true) : (encSmallNumber(buf, off, size, num), false);
var encSmallNumber = (buf, off, size, num) => buf.write(octalString(num, size), off, size, "ascii");
var octalString = (num, size) => padOctal(Math.floor(num).toString(8), size);
var padOctal = (str, size) => (str.length === size - 1 ? str : new Array(size - str.length - 1).join("0") + str + " ") + "\0";
var encDate = (buf, off, size, date) => date === void 0 ? false : encNumber(buf, off, size, date.getTime() / 1e3);
var NULLS = new Array(156).join("\0");
var encString = (buf, off, size, str) => str === void 0 ? false : (buf.write(str + NULLS, off, size, "utf8"), str.length !== Buffer.byteLength(str) || str.length > size);

// node_modules/tar/dist/esm/pax.js
import { basename } from "node:path";
var Pax = class _Pax {
  atime;
  mtime;
  ctime;
  charset;
  comment;
  gid;
  uid;
  gname;
  uname;
  linkpath;
  dev;
  ino;
  nlink;
  path;
  size;
  mode;
  global;
  constructor(obj, global = false) {
    this.atime = obj.atime;
    this.charset = obj.charset;
    this.comment = obj.comment;
    this.ctime = obj.ctime;
    this.dev = obj.dev;
    this.gid = obj.gid;
    this.global = global;
    this.gname = obj.gname;
    this.ino = obj.ino;
    this.linkpath = obj.linkpath;
    this.mtime = obj.mtime;
    this.nlink = obj.nlink;
    this.path = obj.path;
    this.size = obj.size;
    this.uid = obj.uid;
    this.uname = obj.uname;
  }
  encode() {
    const body = this.encodeBody();
    if (body === "") {
      return Buffer.allocUnsafe(0);
    }
    const bodyLen = Buffer.byteLength(body);
    const bufLen = 512 * Math.ceil(1 + bodyLen / 512);
    const buf = Buffer.allocUnsafe(bufLen);
    for (let i = 0; i < 512; i++) {
      buf[i] = 0;
    }
    new Header({
      // XXX split the path
      // then the path should be PaxHeader + basename, but less than 99,
      // prepend with the dirname
      /* c8 ignore start */
      path: ("PaxHeader/" + basename(this.path ?? "")).slice(0, 99),
      /* c8 ignore stop */
      mode: this.mode || 420,
      uid: this.uid,
      gid: this.gid,
      size: bodyLen,
      mtime: this.mtime,
      type: this.global ? "GlobalExtendedHeader" : "ExtendedHeader",
      linkpath: "",
      uname: this.uname || "",
      gname: this.gname || "",
      devmaj: 0,
      devmin: 0,
      atime: this.atime,
      ctime: this.ctime
    }).encode(buf);
    buf.write(body, 512, bodyLen, "utf8");
    for (let i = bodyLen + 512; i < buf.length; i++) {
      buf[i] = 0;
    }
    return buf;
  }
  encodeBody() {
    return this.encodeField("path") + this.encodeField("ctime") + this.encodeField("atime") + this.encodeField("dev") + this.encodeField("ino") + this.encodeField("nlink") + this.encodeField("charset") + this.encodeField("comment") + this.encodeField("gid") + this.encodeField("gname") + this.encodeField("linkpath") + this.encodeField("mtime") + this.encodeField("size") + this.encodeField("uid") + this.encodeField("uname");
  }
  encodeField(field) {
    if (this[field] === void 0) {
      return "";
    }
    const r = this[field];
    const v = r instanceof Date ? r.getTime() / 1e3 : r;
    const s = " " + (field === "dev" || field === "ino" || field === "nlink" ? "SCHILY." : "") + field + "=" + v + "\n";
    const byteLen = Buffer.byteLength(s);
    let digits = Math.floor(Math.log(byteLen) / Math.log(10)) + 1;
    if (byteLen + digits >= Math.pow(10, digits)) {
      digits += 1;
    }
    const len = digits + byteLen;
    return len + s;
  }
  static parse(str, ex, g = false) {
    return new _Pax(merge(parseKV(str), ex), g);
  }
};
var merge = (a, b) => b ? Object.assign({}, b, a) : a;
var parseKV = (str) => str.replace(/\n$/, "").split("\n").reduce(parseKVLine, /* @__PURE__ */ Object.create(null));
var parseKVLine = (set, line) => {
  const n = parseInt(line, 10);
  if (n !== Buffer.byteLength(line) + 1) {
    return set;
  }
  line = line.slice((n + " ").length);
  const kv = line.split("=");
  const r = kv.shift();
  if (!r) {
    return set;
  }
  const k = r.replace(/^SCHILY\.(dev|ino|nlink)/, "$1");
  const v = kv.join("=").replace(/\0.*/, "");
  switch (k) {
    case "path":
    case "linkpath":
    case "type":
    case "charset":
    case "comment":
    case "gname":
    case "uname":
      set[k] = v;
      break;
    case "ctime":
    case "atime":
    case "mtime":
      set[k] = new Date(Number(v) * 1e3);
      break;
    case "size":
      const s = +v;
      if (s >= 0)
        set[k] = s;
      break;
    case "gid":
    case "uid":
    case "dev":
    case "ino":
    case "nlink":
    case "mode":
      set[k] = +v;
      break;
  }
  return set;
};

// src/delivery/outputs/tar-visitor.ts
var BLOCK_BYTES = 512;
var TAR_END = new Uint8Array(2 * BLOCK_BYTES);
var modified = /* @__PURE__ */ new Date(1e3);
function createTarVisitor(root, emit, omit) {
  let padding = 0;
  let isOmitted = false;
  const begin = (path, entry, target = "") => {
    const name2 = path === "" ? root : `${root}/${byteStringToText(path)}`;
    if (!isUtf8(path) || !isUtf8(target)) {
      omit(name2);
      return false;
    }
    emit(encodeHeader(name2, entry));
    return true;
  };
  return {
    directory: (path) => void begin(path, { type: "Directory", mode: 493 }),
    endDirectory() {
    },
    file(path, { isExecutable, sizeBytes }) {
      isOmitted = !begin(path, { type: "File", mode: isExecutable ? 493 : 420, sizeBytes });
      padding = (BLOCK_BYTES - sizeBytes % BLOCK_BYTES) % BLOCK_BYTES;
    },
    contents(chunk) {
      if (!isOmitted) emit(chunk);
    },
    endFile() {
      if (!isOmitted && padding > 0) emit(new Uint8Array(padding));
    },
    symlink: (path, target) => void begin(path, { type: "SymbolicLink", mode: 511, linkpath: byteStringToText(target) }, target)
  };
}
function encodeHeader(path, { type: type2, mode, sizeBytes = 0, linkpath }) {
  const fields = {
    path,
    mode,
    size: sizeBytes,
    mtime: modified,
    uid: 0,
    gid: 0,
    ...linkpath === void 0 ? {} : { linkpath }
  };
  const header = new Header({ ...fields, type: type2 });
  const block = Buffer.alloc(BLOCK_BYTES);
  if (!header.encode(block)) return block;
  return Buffer.concat([new Pax(fields).encode(), block]);
}
function isUtf8(text) {
  const bytes = fromByteString(text);
  return Buffer.from(byteStringToText(text)).equals(bytes);
}

// src/delivery/outputs/output-tar.ts
function createOutputTar(path, partialPath) {
  const feed = createByteFeed(path, partialPath);
  let omitted = { count: 0, first: "" };
  let pieces = [];
  let parser = createNarParser();
  return {
    begin(root) {
      const visitor = createTarVisitor(
        root,
        (bytes) => void pieces.push(bytes),
        (name2) => {
          omitted = { count: omitted.count + 1, first: omitted.first || name2 };
        }
      );
      parser = createNarParser(visitor);
    },
    async write(chunk) {
      parser.push(chunk);
      const ready = pieces;
      pieces = [];
      for (const piece of ready) await feed.write(piece);
    },
    async finish() {
      await feed.write(TAR_END);
      await feed.finish();
      return omitted;
    },
    abandon: () => feed.abandon()
  };
}

// src/delivery/outputs/job-archive.ts
function createJobArchive(path, partialPath, count, whole) {
  let tar;
  let left = count;
  let isBroken = false;
  return {
    async add(root, feed) {
      tar ??= createOutputTar(path, partialPath);
      const open = tar;
      try {
        open.begin(root);
        await feed((chunk) => isBroken ? Promise.resolve() : open.write(chunk));
        left -= 1;
        if (left > 0 || isBroken) return;
        whole(await open.finish());
      } catch (error) {
        isBroken = true;
        await open.abandon();
        throw error;
      }
    },
    async close() {
      if (left > 0) await tar?.abandon();
    }
  };
}

// src/delivery/outputs/read-nars.ts
import { createHash as createHash2 } from "node:crypto";
var mostFruitless = 3;
async function readNars(store, readings, signal) {
  const failed = /* @__PURE__ */ new Map();
  let next = 0;
  let fruitless = 0;
  while (next < readings.length) {
    const rest = readings.slice(next);
    const before = next;
    try {
      await store.use(async (client) => {
        const nars = client.narsFromPaths(rest.map(({ info }) => info));
        for (const [index, nar] of nars.entries()) {
          const reading = rest[index];
          await reading?.take(checked(reading.info, nar, store.name, signal));
          next += 1;
        }
      });
    } catch (thrown) {
      const error = toDispatchError(thrown, "local");
      fruitless = next > before ? 1 : fruitless + 1;
      const lost = fruitless >= mostFruitless || signal.aborted ? readings.length : next + 1;
      for (const reading of readings.slice(next, lost)) failed.set(reading, error);
      next = lost;
    }
  }
  return failed;
}
async function* checked(info, nar, host, signal) {
  const hash = createHash2("sha256");
  let sizeBytes = 0;
  for await (const chunk of nar) {
    if (signal.aborted) throw new DispatchError("cancelled", "the run was ended");
    hash.update(chunk);
    sizeBytes += chunk.length;
    yield chunk;
  }
  const narHash = hash.digest("hex");
  if (sizeBytes === info.narSizeBytes && narHash === info.narHash) return;
  throw new DispatchError(
    "corrupt",
    `expected the NAR of ${info.path} to have ${info.narSizeBytes} bytes and sha256 ${info.narHash}, got ${sizeBytes} bytes and ${narHash}`,
    { host }
  );
}

// src/delivery/outputs/pack-jobs.ts
async function packJobs(store, jobs, target) {
  const { cache } = target;
  const whole = cache.whole();
  const failed = /* @__PURE__ */ new Map();
  const jobOf = /* @__PURE__ */ new Map();
  const archives = [];
  const planned = /* @__PURE__ */ new Set();
  const claim2 = (path) => {
    if (cache.has(path) || planned.has(path)) return false;
    planned.add(path);
    return true;
  };
  const asked = jobs.map(async (job) => {
    const paths = namedOutputs(job).map(({ path }) => path);
    const [outputs, closure] = await Promise.all([
      store.infos(paths),
      closureInfos(store, paths, async () => whole)
    ]);
    return { job, outputs, closure };
  });
  for (const [index, answer] of (await Promise.allSettled(asked)).entries()) {
    if (answer.status === "rejected") {
      const job2 = jobs[index];
      if (job2 !== void 0) failed.set(job2, toDispatchError(answer.reason, "local"));
      continue;
    }
    const { job, outputs, closure } = answer.value;
    if (!target.archived.has(job)) {
      const archive = openArchive(job, outputs.length, target);
      archives.push(archive);
      for (const reading of archiveReadings(archive, job, outputs, target, claim2)) jobOf.set(reading, job);
    }
    for (const info of closure.filter(({ path }) => claim2(path))) {
      jobOf.set({ info, take: (nar) => intoCache(nar, info, target) }, job);
    }
  }
  for (const [reading, error] of await readNars(store, [...jobOf.keys()], target.signal)) {
    const job = jobOf.get(reading);
    if (job !== void 0) failed.set(job, error);
  }
  for (const archive of archives) await archive.close();
  return failed;
}
function openArchive(job, count, target) {
  const name2 = tarNameOf(job);
  return createJobArchive(join5(target.archives, name2), join5(target.partial, name2), count, (omissions) => {
    target.archived.add(job);
    if (omissions.count > 0) target.omitted(job, omissions);
  });
}
function archiveReadings(archive, job, infos, target, claim2) {
  const roots = new Map(namedOutputs(job).map(({ path, root }) => [path, root]));
  return infos.map((info) => {
    const isForCache = claim2(info.path);
    return {
      info,
      take: (nar) => archive.add(
        roots.get(info.path) ?? "result",
        (write) => isForCache ? intoCache(nar, info, target, write) : drain(nar, write)
      )
    };
  });
}
async function intoCache(nar, info, { cache, describe }, also = async () => {
}) {
  const file = cache.begin(describe(info));
  try {
    await drain(nar, async (chunk) => void await Promise.all([file.write(chunk), also(chunk)]));
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
}
async function drain(nar, write) {
  for await (const chunk of nar) await write(chunk);
}

// src/delivery/outputs/sources.ts
async function* sourcesOf({ outcome }, paths, { builders, dispatch, runner: runner2 }) {
  const names = [holderOf(outcome), ...builders.map(({ name: name2 }) => name2)];
  const connected = names.flatMap((name2) => name2 === void 0 ? [] : dispatch.storeOf(name2) ?? []);
  const stores = [.../* @__PURE__ */ new Set([...connected, runner2])];
  const tried = /* @__PURE__ */ new Set();
  for (const store of stores) {
    if (!await holdsAll(store, paths)) continue;
    tried.add(store);
    yield store;
  }
  for (const store of stores) {
    if (!tried.has(store) && await fetches(store, paths)) yield store;
  }
  return void 0;
}
async function holdsAll(store, paths) {
  const held = await store.hold(paths).catch(() => /* @__PURE__ */ new Set());
  return paths.every((path) => held.has(path));
}
async function fetches(store, paths) {
  const missing2 = paths.filter((path) => !store.held.has(path));
  try {
    const known = new Set(await store.ask((client) => client.querySubstitutablePaths(missing2)));
    if (!missing2.every((path) => known.has(path))) return false;
    await store.use(async (client) => {
      for (const path of missing2) await client.ensurePath(path);
    });
  } catch {
    return false;
  }
  return holdsAll(store, paths);
}

// src/delivery/outputs/pack-outputs.ts
async function packOutputs(options) {
  const { folders, notice, say } = options;
  const archived = /* @__PURE__ */ new Set();
  const failed = (message) => notice("warning", "Outputs are not in the artifact", message);
  try {
    const done = options.jobs.filter((job) => holderOf(job.outcome) !== void 0 && hasOutputs(job));
    const chosen = await chooseJobs(options.filter, done);
    if (chosen.length === 0) {
      notice(
        "notice",
        "No outputs are uploaded",
        `upload_outputs selects none of ${plural(done.length, "job")}.`
      );
      return /* @__PURE__ */ new Map();
    }
    const cache = createBinaryCache(folders.cache, folders.partial);
    const left = await packAll(chosen, options, {
      archives: folders.outputs,
      partial: folders.partial,
      cache,
      archived,
      describe: options.key === void 0 ? (info) => info : createSigner(options.key),
      omitted: (job, omissions) => failed(omittedMessage(job, omissions)),
      signal: options.signal
    });
    await cache.close();
    if (options.signal.aborted) return archivesOf(archived);
    for (const { job, error } of left) {
      failed(
        `${attributePathOf(job)}: ${error === void 0 ? "no store has them (any more)" : describeTrouble(error)}`
      );
    }
    say(
      `packed outputs of ${plural(archived.size, "job")}, ${plural(cache.whole().size, "path")} in the binary cache`
    );
  } catch (thrown) {
    failed(describeTrouble(toDispatchError(thrown, "local")));
  } finally {
    await rm3(folders.partial, { recursive: true, force: true }).catch(() => {
    });
  }
  return archivesOf(archived);
}
function archivesOf(archived) {
  return new Map([...archived].map((job) => [attributePathOf(job), tarNameOf(job)]));
}
async function packAll(jobs, options, target) {
  const lost = [];
  let pending = jobs.map((job) => {
    const paths = namedOutputs(job).map(({ path }) => path);
    return { job, sources: sourcesOf(job, paths, options), error: void 0 };
  });
  while (pending.length > 0 && !options.signal.aborted) {
    const byStore = /* @__PURE__ */ new Map();
    const sources = await Promise.all(pending.map(({ sources: sources2 }) => sources2.next()));
    for (const [index, one] of pending.entries()) {
      const store = sources[index]?.value;
      if (store === void 0) lost.push(one);
      else {
        const group = byStore.get(store) ?? [];
        group.push(one);
        byStore.set(store, group);
      }
    }
    for (const [store, group] of byStore) {
      const errors = await packJobs(
        store,
        group.map(({ job }) => job),
        target
      );
      for (const one of group) one.error = errors.get(one.job) ?? one.error;
    }
    const whole = target.cache.whole();
    pending = [...byStore.values()].flat().filter(
      ({ job }) => !target.archived.has(job) || !namedOutputs(job).every(({ path }) => whole.has(path))
    );
  }
  return lost;
}
function omittedMessage(job, { count, first }) {
  const others = count === 1 ? "" : ` and ${plural(count - 1, "other")}`;
  return `${attributePathOf(job)}: the archive lacks ${cleanLine(first)}${others}, whose name or target is not UTF-8. The binary cache has all.`;
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

// src/dispatch/stores/send-paths.ts
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

// src/dispatch/stores/transfer.ts
async function copyClosure(from, to, paths) {
  const sent = await copyOnce(from, to, paths);
  if (typeof sent === "number") return sent;
  const again = await copyOnce(from, to, paths);
  if (typeof again === "number") return again;
  throw toDispatchError(again.reason, "connection-lost");
}
async function copyOnce(from, to, paths) {
  const absent = await closureInfos(from, paths, (level) => to.hold(level));
  const others = absent.flatMap(({ path }) => to.incoming.get(path) ?? []);
  const mine = referencesFirst(absent.filter(({ path }) => !to.incoming.has(path)));
  const sending = sendAfter(others, from, to, mine);
  for (const { path } of mine) to.incoming.set(path, sending);
  try {
    await sending;
  } catch (reason) {
    const outcomes = await Promise.allSettled(others);
    if (outcomes.some(({ status }) => status === "rejected")) return { reason };
    throw reason;
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

// src/delivery/push/push-lane.ts
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
    const [holder, all] = first;
    const paths = [...all].slice(0, mostPaths);
    for (const path of paths) all.delete(path);
    if (all.size === 0) waiting.delete(holder);
    return { holder, paths };
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
    offer({ holder, paths }) {
      const unknown = paths.filter((path) => !known.has(path));
      if (unknown.length === 0) return;
      for (const path of unknown) known.add(path);
      waiting.set(holder, /* @__PURE__ */ new Set([...waiting.get(holder) ?? [], ...unknown]));
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

// src/delivery/push/run-tool.ts
import { spawn as spawn3 } from "node:child_process";
var TIMEOUT_MS = 60 * 6e4;
var LAST_LINES = 3;
async function runTool({ tool, cache }, paths, signal) {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const child = spawn3(tool, ["push", cache, ...paths], {
    env: childEnvironment(process.env),
    stdio: ["ignore", "ignore", "pipe"],
    signal: AbortSignal.any([signal, limit])
  });
  const stderr = keepTail(child.stderr);
  const ending = await new Promise((resolve) => {
    child.once("error", resolve);
    child.once("close", (code2) => resolve(code2 ?? -1));
  });
  if (ending === 0) return;
  if (signal.aborted) throw new DispatchError("cancelled", "the run was ended before the push was done");
  if (limit.aborted) {
    throw new DispatchError("timed-out", `${tool} did not end within ${TIMEOUT_MS / 6e4} min`);
  }
  if (ending instanceof Error) {
    const isAbsent = "code" in ending && ending.code === "ENOENT";
    const why = isAbsent ? "there is none on the PATH" : ending.message;
    throw new DispatchError("local", `${tool} cannot be started on this machine: ${why}`, {
      hint: `Install ${tool} in an earlier step of the job, so that it is on the PATH, and log it in there or by its variables.`,
      cause: ending
    });
  }
  const said = stderr().split("\n").map(cleanLine).filter((line) => line !== "");
  const words = said.slice(-LAST_LINES).join(" \xB7 ") || "it said nothing";
  throw new DispatchError("local", `${tool} push ended with exit code ${ending}: ${words}`);
}

// src/delivery/push/upload.ts
var UPLOADS_AT_ONCE = 4;
var MOST_FAILURES = 3;
async function uploadClosure(from, to, paths, prepare2) {
  const absent = referencesFirst(await closureInfos(from, paths, (level) => to.hold(level)));
  const uploads = /* @__PURE__ */ new Map();
  const gate = createGate(UPLOADS_AT_ONCE);
  const failures = [];
  const upload = async (info) => {
    if (failures.length >= MOST_FAILURES) throw failures[0];
    try {
      await uploadPath(from, to, info, prepare2);
    } catch (error) {
      failures.push(error);
      throw error;
    }
  };
  for (const info of absent) {
    const before = info.references.flatMap((path) => path === info.path ? [] : uploads.get(path) ?? []);
    uploads.set(
      info.path,
      Promise.all(before).then(() => gate(() => upload(info)))
    );
  }
  await Promise.allSettled(uploads.values());
  if (failures.length > 0) throw failures[0];
}
async function uploadPath(from, to, info, prepare2) {
  try {
    await to.use(
      (receiver) => from.use(
        (sender) => receiver.addToStoreNar({ ...prepare2(info), ultimate: false }, sender.narFromPath(info.path, info), {
          dontCheckSignatures: true
        })
      )
    );
  } catch (thrown) {
    const cause = toDispatchError(thrown, "connection-lost");
    throw new DispatchError(cause.code, `${info.path}: ${cause.message}`, {
      host: cause.host,
      hint: cause.hint,
      cause
    });
  }
  to.keep([info.path]);
  from.bytesSent += info.narSizeBytes;
}
function createGate(size) {
  const waiting = [];
  let free = size;
  return async (work) => {
    if (free === 0) await new Promise((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next === void 0) free += 1;
      else next();
    }
  };
}

// src/delivery/push/push.ts
function createPush(options) {
  const { destinations, key, runner: runner2, say, signal } = options;
  const sign2 = key === void 0 ? void 0 : createSigner(key);
  const lanes = destinations.map((destination) => {
    const { name: name2 } = destination;
    const lane = createPushLane(async (parcel) => {
      if (signal.aborted) throw new DispatchError("cancelled", "the run was ended before the push was done");
      if (parcel.holder === name2) return;
      await send(destination, parcel);
      say(`pushed ${plural(parcel.paths.length, "path")} from ${parcel.holder} to ${name2}`);
    });
    return { name: name2, lane };
  });
  return {
    offer(parcel) {
      for (const { lane } of lanes) lane.offer(parcel);
    },
    async finish() {
      await Promise.all(
        lanes.map(async ({ name: name2, lane }) => {
          const result = await unlessAborted(signal, lane.finished(), void 0);
          if (result?.error === void 0 || signal.aborted) return;
          const { failed, error } = result;
          const left = `${plural(failed, "path")} could not be pushed to ${name2}`;
          const level = options.isRequired ? "error" : "warning";
          options.notice(level, "Push failed", `${left}: ${describeTrouble(error)}`);
        })
      );
    }
  };
  async function send(to, { holder, paths }) {
    const from = options.storeOf(holder);
    if (from === void 0) {
      const message = `${holder}, which has the paths, is not connected any more`;
      throw new DispatchError("unreachable", message, { host: holder });
    }
    const signed = key === void 0 ? from : signedBy(key, from);
    if (to.kind === "tool") {
      await copyClosure(signed, runner2, paths);
      await runTool(to.target, paths, signal);
    } else if (to.isCache) {
      await uploadClosure(from, to.store, paths, sign2 ?? ((info) => info));
    } else {
      await copyClosure(signed, to.store, paths);
    }
  }
}

// src/delivery/runner-store/copy-outputs.ts
import { lstat, rm as rm4, symlink } from "node:fs/promises";
import { join as join6 } from "node:path";

// src/delivery/runner-store/result-links.ts
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

// src/delivery/runner-store/copy-outputs.ts
var UNTRUSTED = "The Nix of the runner does not trust its user: name the user in trusted-users of its nix.conf, or give push_signing_key and name its public half in trusted-public-keys there.";
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
      const remedy2 = /\blacks a (?:valid )?signature\b/.test(why) ? `. ${UNTRUSTED}` : "";
      notice("error", "Outputs were not copied", `${attributePathOf(job)}: ${why}${remedy2}`);
    }
  }
  const links = resultLinks(copied);
  try {
    for (const { name: name2, target } of links) await link(join6(options.directory, name2), target, options.runner);
  } catch (thrown) {
    notice("error", "Outputs were not linked", describeTrouble(toDispatchError(thrown, "local")));
    return;
  }
  const names = links.map(({ name: name2 }) => name2).join(" ");
  say(`copied outputs of ${plural(copied.length, "job")} into this machine's store: ${names}`);
}
async function copyJob({ outcome, outputs }, { dispatch, key, runner: runner2 }) {
  const paths = Object.values(outputs).map((path) => parseStorePath(path));
  if ((await runner2.hold(paths)).size === paths.length) return;
  const name2 = holderOf(outcome);
  const holder = name2 === void 0 ? void 0 : dispatch.storeOf(name2);
  if (holder === void 0) {
    await runner2.use(async (client) => {
      for (const path of paths) await client.ensurePath(path);
    });
    return;
  }
  await copyClosure(key === void 0 ? holder : signedBy(key, holder), runner2, paths);
}
async function link(path, target, runner2) {
  const existing = await lstat(path).catch(() => void 0);
  if (existing?.isSymbolicLink() === false) {
    throw new DispatchError("local", `${path} is in the way: expected a link or nothing`);
  }
  await rm4(path, { force: true });
  await symlink(target, path);
  await runner2.use((client) => client.addIndirectRoot(path));
}

// src/delivery/delivery.ts
function createDelivery(options) {
  const { inputs, dispatch } = options;
  const push = createPush({
    ...options,
    key: inputs.signingKey,
    isRequired: inputs.isPushRequired,
    storeOf: (name2) => dispatch.storeOf(name2)
  });
  return {
    watch: (observer) => ({
      ...observer,
      buildFinished(build, attempt) {
        observer.buildFinished(build, attempt);
        if (!isGoodEnd(attempt.end)) return;
        push.offer({ holder: attempt.builder, paths: [...attempt.outputs.values()] });
      }
    }),
    async finish(jobs) {
      for (const { outcome, outputs } of jobs) {
        const holder = holderOf(outcome);
        if (holder === void 0 || dispatch.storeOf(holder) === void 0) continue;
        push.offer({ holder, paths: Object.values(outputs).map((path) => parseStorePath(path)) });
      }
      const [archives] = await Promise.all([
        inputs.uploadOutputs === "" ? /* @__PURE__ */ new Map() : packOutputs({ ...options, jobs, filter: inputs.uploadOutputs, key: inputs.signingKey }),
        push.finish(),
        inputs.copiesOutputs ? copyOutputs({ ...options, jobs, key: inputs.signingKey }) : void 0
      ]);
      return { archives };
    }
  };
}

// src/delivery/push/destinations.ts
function createDestinations(options) {
  return options.targets.map((target) => {
    const { kind, name: name2 } = target;
    if (kind === "tool") return { kind, name: name2, target };
    const channels = kind === "ssh" ? hostChannels(target.builder, options.credentials) : openStoreProcesses(target.uri, name2, options.nixConf);
    const close = () => channels.close();
    options.signal.addEventListener("abort", close, { once: true });
    return { kind: "store", name: name2, isCache: kind === "nix", store: createStore(name2, channels), close };
  });
}
function hostChannels(builder, credentials) {
  let opening;
  let opened;
  let isClosed = false;
  const open = async () => {
    const host = await openBuilder(builder, credentials(builder));
    opened = host;
    if (isClosed) host.close();
    return host;
  };
  const forget = () => {
    opening = void 0;
  };
  return {
    async acquire() {
      if (opening === void 0) {
        opening = open();
        opening.then((host) => host.lost).then(forget, forget);
      }
      return (await opening).acquire();
    },
    release: (client) => opened?.release(client),
    close() {
      isClosed = true;
      opened?.close();
    }
  };
}

// src/dispatch/history/history-file.ts
import { mkdir as mkdir2, readFile as readFile2, rename as rename2, rm as rm5, stat as stat2, writeFile as writeFile3 } from "node:fs/promises";
import { dirname } from "node:path";

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
    isImpure: false,
    isFetch: false
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

// src/dispatch/history/package-name.ts
var DOTTED_NUMBER = /\d+(?:\.\d+)+/g;
var VERSION = /^v?\d[\w.+~]*$/;
var REVISION = /^(?=.*\d)[0-9a-f]{7,40}$/;
function splitPackageName(name2) {
  const versions = [];
  const words = name2.split("-").flatMap((word, index) => {
    if (index > 0 && (VERSION.test(word) || REVISION.test(word))) {
      versions.push(word);
      return [];
    }
    return word.replace(DOTTED_NUMBER, (version) => {
      versions.push(version);
      return "";
    });
  });
  return { stem: words.join("-") || name2, version: versions.join("-") };
}

// src/dispatch/history/durations.ts
function timedDerivation(node, granularity) {
  return { drvPath: node.drvPath, facts: factsOf(node), granularity };
}
var MOST_ENTRIES2 = 2e4;
var MOST_SAMPLES = 8;
var DERIVATION_CHARACTERS = 8;
var FEWEST_FOR_USUAL = 5;
var FETCH_SECONDS = 3;
function createDurations(earlier = []) {
  const entries = new Map(earlier.map(({ key, samples }) => [key, samples]));
  const noted = /* @__PURE__ */ new Map();
  const usual = /* @__PURE__ */ new Map();
  const usualSeconds = (sort) => {
    if (!usual.has(sort)) {
      const known = earlier.filter(({ key }) => key.startsWith(`${sort} `));
      const seconds = known.map(({ samples }) => median(samples.map((sample) => sample.seconds)));
      usual.set(sort, seconds.length < FEWEST_FOR_USUAL ? void 0 : median(seconds));
    }
    return usual.get(sort);
  };
  return {
    expectedSeconds({ drvPath, facts, granularity }) {
      const { key, version, derivation } = identify(drvPath, facts, granularity);
      const samples = entries.get(key) ?? [];
      const same = samples.filter((sample) => sample.derivation === derivation);
      const alike = same.length > 0 ? same : samples.filter((sample) => sample.version === version);
      const best = alike.length > 0 ? alike : samples;
      if (best.length > 0) return median(best.map(({ seconds }) => seconds));
      if (facts.isFetch) return usualSeconds(sortOf(facts, granularity)) ?? FETCH_SECONDS;
      return facts.preferLocalBuild ? void 0 : usualSeconds(sortOf(facts, granularity));
    },
    note({ drvPath, facts, granularity }, seconds, speedFactor) {
      const { key, version, derivation } = identify(drvPath, facts, granularity);
      const sample = { seconds: seconds * (speedFactor > 0 ? speedFactor : 1), derivation, version };
      noted.set(key, [...noted.get(key) ?? [], sample].slice(-MOST_SAMPLES));
      const samples = [...entries.get(key) ?? [], sample].slice(-MOST_SAMPLES);
      entries.delete(key);
      entries.set(key, samples);
    },
    merge(earlier2) {
      const own = [...entries];
      entries.clear();
      for (const { key, samples } of earlier2) entries.set(key, samples);
      for (const [key, samples] of own) {
        const theirs = entries.get(key);
        const mine = noted.get(key);
        if (theirs !== void 0 && mine === void 0) continue;
        entries.delete(key);
        entries.set(key, [...theirs ?? [], ...mine ?? samples].slice(-MOST_SAMPLES));
      }
    },
    entries: () => [...entries].slice(-MOST_ENTRIES2).map(([key, samples]) => ({ key, samples })),
    get hasNews() {
      return noted.size > 0;
    }
  };
}
function identify(drvPath, facts, granularity) {
  const { stem, version } = splitPackageName(facts.name);
  return {
    key: `${sortOf(facts, granularity)} ${facts.system} ${stem}`,
    version,
    derivation: storePathHashPart(drvPath).slice(0, DERIVATION_CHARACTERS)
  };
}
function sortOf({ isFetch }, granularity) {
  if (granularity === "closure") return "closure";
  return isFetch ? "fetch" : "build";
}
function median(values) {
  const sorted = values.toSorted((one, other2) => one - other2);
  const high = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? high;
  return (low + high) / 2;
}

// src/dispatch/history/history-text.ts
var VERSION2 = 1;
var LONGEST_TEXT = 300;
var LONGEST_SECONDS = 30 * 24 * 3600;
function printHistory(entries) {
  const durations = entries.map(({ key, samples }) => [
    key,
    samples.map(({ seconds, derivation, version }) => [Number(seconds.toFixed(2)), derivation, version])
  ]);
  return `${JSON.stringify({ version: VERSION2, durations: Object.fromEntries(durations) })}
`;
}
function parseHistory(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  if (!isObject5(value)) return "it is not a JSON object";
  if (value["version"] !== VERSION2) {
    return `expected version ${VERSION2}, got ${JSON.stringify(value["version"])?.slice(0, 20) ?? "none"}`;
  }
  if (!isObject5(value["durations"])) return "it has no durations";
  return Object.entries(value["durations"]).slice(-MOST_ENTRIES2).flatMap(parseEntry);
}
function parseEntry([key, list]) {
  if (key.length > LONGEST_TEXT || !Array.isArray(list)) return [];
  const samples = list.slice(-MOST_SAMPLES).flatMap(parseSample);
  return samples.length === 0 ? [] : [{ key, samples }];
}
function parseSample(value) {
  if (!Array.isArray(value)) return [];
  const [seconds, derivation, version] = value;
  const isSample = typeof seconds === "number" && seconds >= 0 && seconds <= LONGEST_SECONDS && typeof derivation === "string" && derivation.length <= DERIVATION_CHARACTERS && typeof version === "string" && version.length <= LONGEST_TEXT;
  return isSample ? [{ seconds, derivation, version }] : [];
}
function isObject5(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/dispatch/history/history-file.ts
var MOST_BYTES = 32 * 2 ** 20;
async function openHistory(file, notice) {
  if (file === void 0) return { durations: createDurations(), keep: async () => {
  } };
  const read = async () => {
    const read2 = await readEntries(file);
    if (typeof read2 !== "string") return read2;
    notice(`${file} was not used, and is written anew: ${read2}`);
    return [];
  };
  const durations = createDurations(await read());
  return {
    durations,
    async keep() {
      if (!durations.hasNews) return;
      try {
        const latest = await readEntries(file);
        if (typeof latest !== "string") durations.merge(latest);
        await replace(file, printHistory(durations.entries()));
      } catch (thrown) {
        notice(`${file} could not be written: ${describeTrouble(toDispatchError(thrown, "local"))}`);
      }
    }
  };
}
async function readEntries(file) {
  try {
    const { size } = await stat2(file);
    if (size > MOST_BYTES) return `it has ${size} bytes, more than ${MOST_BYTES}`;
    return parseHistory(await readFile2(file, "utf8"));
  } catch (thrown) {
    const isAbsent = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
    return isAbsent ? [] : describeTrouble(toDispatchError(thrown, "local"));
  }
}
async function replace(file, text) {
  await mkdir2(dirname(file), { recursive: true, mode: 448 });
  const temporary = `${file}.${process.pid}`;
  try {
    await writeFile3(temporary, text, { mode: 384 });
    await rename2(temporary, file);
  } catch (thrown) {
    await rm5(temporary, { force: true }).catch(() => {
    });
    throw thrown;
  }
}

// src/dispatch/run-dispatch.ts
import { once as once3 } from "node:events";

// src/dispatch/attempt/attempt.ts
import { once as once2 } from "node:events";

// src/dispatch/attempt/attempt-logs.ts
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
        const name2 = storePathName(text).replace(/\.drv$/u, "");
        const build = { drvPath: text, name: name2, builder: main.builder };
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

// src/dispatch/attempt/build-request.ts
async function buildOne(client, drvPath, derivation, inputPaths, listener) {
  return client.buildDerivation(drvPath, toBasicDerivation(derivation, inputPaths), listener);
}
async function buildWithClosure(client, drvPath, listener) {
  const results = await client.buildPathsWithResults([{ kind: "built", drvPath, outputs: "all" }], listener);
  return results.find(({ path }) => path.kind === "built" && path.drvPath === drvPath)?.result;
}

// src/nix/derivation/resolve.ts
function placeholderOf(sha2562, drvPath, output) {
  const name2 = outputPathName(storePathName(drvPath).replace(/\.drv$/, ""), output);
  const text = `nix-upstream-output:${storePathHashPart(drvPath)}:${name2}`;
  return `/${encodeNix32(sha2562(new TextEncoder().encode(text)))}`;
}
function resolveDerivation(sha2562, derivation, pathOf) {
  const paths = new Set(derivation.inputSources);
  const rewrites = /* @__PURE__ */ new Map();
  for (const [drvPath, outputs] of derivation.inputDerivations) {
    for (const output of outputs) {
      const path = pathOf(drvPath, output);
      if (path === void 0) {
        throw new DispatchError("daemon", `no builder has told the path of output ${output} of ${drvPath}`);
      }
      paths.add(path);
      rewrites.set(placeholderOf(sha2562, drvPath, output), path);
    }
  }
  const rewrite = (text) => {
    let rewritten = text;
    for (const [placeholder, path] of rewrites) rewritten = rewritten.replaceAll(placeholder, path);
    return rewritten;
  };
  return withOutputPaths(sha2562, {
    ...derivation,
    inputDerivations: /* @__PURE__ */ new Map(),
    dynamicInputs: /* @__PURE__ */ new Map(),
    inputSources: [...paths].sort(),
    builder: rewrite(derivation.builder),
    args: derivation.args.map(rewrite),
    environment: new Map([...derivation.environment].map(([name2, value]) => [rewrite(name2), rewrite(value)]))
  });
}
function withOutputPaths(sha2562, derivation) {
  const { outputs, environment, name: name2 } = derivation;
  if (![...outputs.values()].some(({ kind }) => kind === "deferred")) return derivation;
  const masked = new Map(environment);
  for (const output of outputs.keys()) if (masked.has(output)) masked.set(output, "");
  const digest = sha2562(formatDerivation({ ...derivation, environment: masked }));
  const named = /* @__PURE__ */ new Map();
  const filled = new Map(environment);
  for (const [output, what] of outputs) {
    if (what.kind === "deferred") {
      const path = outputPathOf(sha2562, digest, output, { name: outputPathName(name2, output) });
      named.set(output, { kind: "input-addressed", path });
      filled.set(output, path);
    } else named.set(output, what);
  }
  return { ...derivation, outputs: named, environment: filled };
}

// src/dispatch/attempt/late-outputs.ts
function outputsOf(node, result) {
  const facts = factsOf(node);
  const outputs = /* @__PURE__ */ new Map();
  for (const name2 of facts.outputs.keys()) {
    const path = outputPaths(facts, [name2])[0] ?? result?.builtOutputs.get(name2)?.outPath;
    if (path !== void 0) outputs.set(name2, path);
  }
  return outputs;
}
function learnOutputs(node, outputs) {
  const facts = factsOf(node);
  if ([...facts.outputs.values()].includes(void 0)) {
    node.facts = { ...facts, outputs: new Map([...facts.outputs, ...outputs]) };
  }
}
function resolveInputs(graph, node, derivation) {
  if ([...derivation.outputs.values()].every(({ kind }) => kind === "input-addressed")) return derivation;
  const inputs = new Map(node.inputs.map((input2) => [graph.node(input2.node).drvPath, input2.node]));
  return resolveDerivation(sha256, derivation, (drvPath, output) => {
    const id = inputs.get(drvPath);
    return id === void 0 ? void 0 : factsOf(graph.node(id)).outputs.get(output);
  });
}

// src/dispatch/attempt/proven-outputs.ts
function askForOutputs(client, store, node) {
  const facts = factsOf(node);
  const known = outputPaths(facts, facts.outputs.keys());
  const asked = infosOf(client, known);
  return async (end, result) => {
    if (!isGoodEnd(end)) return { end, outputBytes: void 0 };
    const told = [...outputsOf(node, result).values()].filter((path) => !known.includes(path));
    const answers = await Promise.all([asked, told.length === 0 ? [] : infosOf(client, told)]);
    const infos = answers.flat();
    const paths = [...known, ...told].filter((_, index) => infos[index] === "absent");
    const absent = await firstAbsent(store, paths);
    if (absent !== void 0) return { end: endWithout(absent), outputBytes: void 0 };
    return { end, outputBytes: paths.length === 0 ? totalOf(infos, facts.outputs.size) : void 0 };
  };
}
async function infosOf(client, paths) {
  const infos = await client.queryPathInfos(paths).catch(() => void 0);
  return paths.map((_, index) => infos === void 0 ? "unanswered" : infos[index] ?? "absent");
}
async function firstAbsent(store, paths) {
  if (paths.length === 0) return void 0;
  const valid = await store.hold(paths).catch(() => new Set(paths));
  return paths.find((path) => !valid.has(path));
}
function endWithout(path) {
  return {
    kind: "infrastructure",
    message: `its daemon says that it is built, but ${path} is not in its store`,
    isRefusal: true
  };
}
function totalOf(infos, outputs) {
  const sizes = infos.flatMap((info) => typeof info === "string" ? [] : info.narSizeBytes);
  return outputs === 0 || sizes.length < outputs ? void 0 : sizes.reduce((total, size) => total + size, 0);
}

// src/dispatch/attempt/limits.ts
var questionsPerLimit = 10;
var mostTimes = 6;
var longestTimerMs = 2 ** 31 - 1;
function watchLimits(limits, { hear: hear2, exceeded }) {
  const { maxSilentMs, timeoutMs, maxLogBytes } = limits;
  const timers = /* @__PURE__ */ new Set();
  let heardSinceMs = performance.now();
  const startedAtMs = heardSinceMs;
  let outputAtMs = startedAtMs;
  let isOver = false;
  const end = (kind, message) => {
    if (isOver) return;
    stop();
    exceeded({ kind, message });
  };
  const ask = async (promptMs) => {
    const askedAtMs = performance.now();
    const heard = await hear2();
    if (heard === "hangs") end("infrastructure", "its daemon does not answer any more");
    const isPrompt = heard === "answers" && performance.now() - askedAtMs <= promptMs;
    if (!isPrompt) heardSinceMs = performance.now();
  };
  const later = (waitMs, act) => {
    if (isOver) return;
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        void act();
      },
      Math.min(waitMs, longestTimerMs)
    );
    timers.add(timer);
  };
  const watchSpan = (limitMs2, beganAtMs, message) => {
    const promptMs = limitMs2 / questionsPerLimit;
    const leftMs = () => {
      const endsAtMs = Math.max(beganAtMs(), heardSinceMs) + limitMs2;
      return Math.round(Math.min(endsAtMs, beganAtMs() + limitMs2 * mostTimes) - performance.now());
    };
    const look = async () => {
      if (leftMs() <= 0) await ask(promptMs);
      if (leftMs() <= 0) end("timed-out", message);
      else later(leftMs(), look);
    };
    const listen = async () => {
      await ask(promptMs);
      later(promptMs, listen);
    };
    later(limitMs2, look);
    later(promptMs, listen);
  };
  const stop = () => {
    isOver = true;
    for (const timer of timers) clearTimeout(timer);
  };
  if (maxSilentMs !== void 0) {
    const message = `printed nothing for ${limitText(maxSilentMs)} (max_silent_time)`;
    watchSpan(maxSilentMs, () => outputAtMs, message);
  }
  if (timeoutMs !== void 0) {
    const message = `ran longer than ${limitText(timeoutMs)} (build_timeout)`;
    watchSpan(timeoutMs, () => startedAtMs, message);
  }
  return {
    sawOutput(logBytes) {
      outputAtMs = performance.now();
      if (maxLogBytes === void 0 || logBytes <= maxLogBytes) return;
      end("log-limit", `its log is larger than ${formatBytes(maxLogBytes)} (max_log_size)`);
    },
    stop
  };
}
function limitText(ms) {
  if (ms < 6e4) return `${Math.round(ms / 100) / 10} s`;
  const whole = Math.round(ms / 1e3);
  const parts = [
    [Math.floor(whole / 3600), "h"],
    [Math.floor(whole % 3600 / 60), "min"],
    [whole % 60, "s"]
  ];
  return parts.flatMap(([count, unit]) => count === 0 ? [] : [`${count} ${unit}`]).join(" ");
}

// src/dispatch/stores/missing-input.ts
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
function inputsWith(graph, node, paths) {
  const isWith = ({ node: node2, outputs }) => outputPaths(factsOf(graph.node(node2)), outputs).some((path) => paths.includes(path));
  return node.inputs.filter(isWith).map((input2) => input2.node);
}
async function endWithInputs(client, end, inputs) {
  if (end.kind !== "failed" || inputs.length === 0) return end;
  const valid = new Set(await client.queryValidPaths(inputs).catch(() => inputs));
  const gone = inputs.find((path) => !valid.has(path));
  if (gone === void 0) return end;
  return { kind: "infrastructure", message: `its input ${gone} was dropped under it: ${end.message}` };
}

// src/dispatch/stores/staging.ts
function inputPathsOf(graph, node) {
  const paths = [...factsOf(node).inputSources];
  for (const input2 of node.inputs) paths.push(...outputPaths(factsOf(graph.node(input2.node)), input2.outputs));
  return paths;
}
function createStaging(context) {
  const { graph, runner: runner2 } = context;
  const fetchablePaths = (node) => node.inputs.flatMap(
    (input2) => context.substitutable(input2.node) ? outputPaths(factsOf(graph.node(input2.node)), input2.outputs) : []
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
    for (const input2 of node.inputs) {
      const paths = outputPaths(factsOf(graph.node(input2.node)), input2.outputs);
      for (const holder of context.holders(input2.node)) {
        for (const path of paths) if (holder.held.has(path)) assign2(holder, path);
      }
    }
    for (const store of /* @__PURE__ */ new Set([runner2, ...context.otherStores()])) {
      if (wanted.size === 0) break;
      if (store === to) continue;
      const found = await store.hold([...wanted]).catch(() => []);
      for (const path of found) assign2(store, path);
    }
    if (wanted.size > 0) throw new MissingInput(node.drvPath, [...wanted]);
    return origins;
  };
  const lacking = /* @__PURE__ */ new Set();
  const closure = (node, to) => to === runner2 ? Promise.resolve(0) : copyClosure(runner2, to, [node.drvPath]);
  return {
    closure,
    lacksInputs: (node) => lacking.has(node),
    async inputs(node, to) {
      try {
        return await bringInputs(node, to);
      } catch (thrown) {
        if (!node.inputs.some((input2) => context.isOnlyCached(input2.node))) throw thrown;
        const bytes = await closure(node, to);
        lacking.add(node.id);
        context.cacheFailed(toDispatchError(thrown, "connection-lost"));
        return bytes;
      }
    }
  };
  async function bringInputs(node, to) {
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
  }
}

// src/dispatch/attempt/attempt.ts
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
  if (isGoodEnd(run2.end)) {
    learnOutputs(node, outputs);
    session.store.keep([...outputs.values()]);
  }
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
    const [cpu, outputBytes] = await Promise.all([run2.cpu, run2.outputBytes ?? narSizeOf(session, attempt)]);
    const measured = { ...attempt, cpu, outputBytes };
    context.observer.buildFinished(build, measured);
    return measured;
  };
  context.observer.buildEnded(build, attempt);
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
  const early = new Promise((resolve) => {
    giveUp = resolve;
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
      watch = watchLimits(context.limits, { hear: () => hear(session), exceeded: endEarly });
      const finishMeter = session.cpuMeter?.begin(client);
      const building = request(client, watchedBy2(watch, logs));
      const prove = askForOutputs(client, session.store, node);
      const result = await building;
      const inputs = context.isClosure(node) ? [] : inputPathsOf(context.graph, node);
      const end = await endWithInputs(client, endOfResult(result, logs.hasStarted()), inputs);
      return { ...await prove(end, result), result, cpu: finishMeter?.(result) };
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
function watchedBy2(watch, logs) {
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
  const derivation = resolveInputs(context.graph, node, await context.readDerivation(node.drvPath));
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

// src/dispatch/node-work.ts
var stageLastsMs = 2e3;
function createNodeWork(context, tell, measured) {
  const { graph, ledger, observer, staging } = context;
  let building = 0;
  let measuring = 0;
  return {
    async stage(node, session, signal) {
      const place2 = { node: node.id, builder: session.id };
      const lasts = setInterval(() => {
        if (!signal.aborted) tell({ kind: "stage-lasts", ...place2 });
      }, stageLastsMs).unref();
      try {
        const bytes = context.planner.isClosure(node.id) ? await staging.closure(node, session.store) : await staging.inputs(node, session.store);
        ledger.copied(node.id, bytes);
        return { kind: "staged", ...place2 };
      } catch (thrown) {
        const error = toDispatchError(thrown, "connection-lost", { host: session.name });
        if (!signal.aborted) {
          ledger.notStaged(node.id, session.name, error.message);
          observer.builderTrouble(error.host ?? session.name, describeTrouble(error));
          if (error instanceof MissingInput)
            tell({ kind: "outputs-gone", nodes: inputsWith(graph, node, error.paths) });
          await context.notStaged(session, error);
        }
        return { kind: "stage-failed", ...place2 };
      } finally {
        clearInterval(lasts);
      }
    },
    async build(node, session, signal) {
      building += 1;
      const { attempt, complete } = await context.attempt(node, session, signal);
      building -= 1;
      ledger.attempted(node.id, attempt);
      measuring += 1;
      void complete.then((figures) => {
        ledger.measured(node.id, figures);
        measuring -= 1;
        measured();
      });
      const { end } = attempt;
      if (end.kind === "infrastructure" && end.missing !== void 0)
        tell({ kind: "outputs-gone", nodes: inputsWith(graph, node, end.missing) });
      const result = scheduleResultOf(end, attempt.outputBytes ?? 0);
      return { kind: "finished", node: node.id, builder: session.id, result };
    },
    get isBuilding() {
      return building > 0;
    },
    get isMeasuring() {
      return measuring > 0;
    }
  };
}

// src/dispatch/inventory/still-held.ts
async function stillHeld(session, nodes) {
  const paths = new Map(
    nodes.map((node) => [node.id, outputPaths(factsOf(node), factsOf(node).outputs.keys())])
  );
  const valid = await session.store.hold([...paths.values()].flat()).catch(() => /* @__PURE__ */ new Set());
  return nodes.filter(({ id }) => paths.get(id)?.length !== 0 && paths.get(id)?.every((path) => valid.has(path))).map(({ id }) => id);
}

// src/dispatch/dispatcher.ts
function createDispatcher(context) {
  const { graph, ledger, observer, schedule } = context;
  const sessions = /* @__PURE__ */ new Map();
  const active = createActivities();
  const open = /* @__PURE__ */ new Set();
  const queue = [];
  const total = /* @__PURE__ */ new Set();
  let isApplying = false;
  let isCancelled = false;
  let adding = 0;
  let settled = 0;
  let whenDrained;
  const settleIfDone = () => {
    const isAllKnown = isCancelled || adding === 0 && !work.isMeasuring;
    if (open.size === 0 && !work.isBuilding && isAllKnown) whenDrained?.();
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
      const why = kind === "no-builder" ? context.explain(node) : context.explainLoss();
      ledger.settled(command.node, command.settlement, why);
      if (kind === "no-builder") observer.gaveUp(factsOf(node).name, why);
      if (kind !== "cancelled") context.failed();
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
    if (isBuild) open.add(command.node);
    const begin = isBuild ? work.build : work.stage;
    void begin(graph.node(command.node), session, signal).then((event) => {
      active.end(command.node, command.builder, signal);
      const isBuilt = event.kind === "finished" && event.result.kind === "built";
      if (isBuilt && !signal.aborted) open.delete(command.node);
      if (signal.aborted) settleIfDone();
      else tell(event);
    });
  };
  const work = createNodeWork(context, tell, () => settleIfDone());
  return {
    async add(roots) {
      if (isCancelled) return [];
      adding += 1;
      try {
        await context.inventory.take(roots);
        const premature = context.planner.premature(roots);
        const nodes = context.planner.plan(roots.filter((root) => !premature.has(root)));
        for (const node of nodes) {
          if (node.kind !== "build") continue;
          open.add(node.id);
          total.add(node.id);
        }
        if (nodes.length > 0) tell({ kind: "nodes-added", nodes });
        return [...premature];
      } finally {
        adding -= 1;
        settleIfDone();
      }
    },
    async join(session) {
      const { id, offer } = session;
      sessions.set(id, session);
      const idle = [...open].filter((node) => !active.isBuilding(node));
      const asked = [.../* @__PURE__ */ new Set([...schedule.absent(id), ...idle])];
      if (asked.length === 0) {
        tell({ kind: "builder-joined", builder: offer });
        return true;
      }
      const holds = await stillHeld(
        session,
        asked.map((node) => graph.node(node))
      );
      if (sessions.get(id) !== session) return false;
      tell({ kind: "builder-joined", builder: offer, holds });
      for (const node of holds) {
        ledger.existed(node, session.name);
        if (!active.isBuilding(node)) open.delete(node);
      }
      settleIfDone();
      return true;
    },
    overdue: (builder) => tell({ kind: "builder-overdue", builder }),
    lose(builder, mayReturn, silentMs = 0) {
      sessions.delete(builder);
      const work2 = active.abandon(builder, silentMs);
      tell({ kind: "builder-lost", builder, mayReturn });
      return work2;
    },
    resize: (builder, maxJobs) => tell({ kind: "slots-changed", builder, maxJobs }),
    buildersComplete: () => tell({ kind: "builders-complete" }),
    cancel: cancel2,
    drained: () => new Promise((resolve) => {
      whenDrained = resolve;
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
    closureNeeded.set(id, own || missingInputs2(id).some((input2) => closureNeeded.get(input2) === true));
  };
  const inputsToPlan = (id) => {
    if (context.presence(id).kind === "existing") return [];
    if (closureNeeded.get(id) !== true) return graph.node(id).inputs.map(({ node }) => node);
    return missingInputs2(id).filter(
      (input2) => closureNeeded.get(input2) === true && !factsOf(graph.node(input2)).isImpure
    );
  };
  const scheduleNode = (derivation) => {
    const node = planned.has(derivation) ? graph.succeed(derivation) : graph.node(derivation);
    const { id } = node;
    const presence = context.presence(derivation);
    planned.set(id, presence.kind === "existing" ? "existing" : "build");
    if (presence.kind === "existing") {
      const { locations, substitutable, cache, narSizeBytes } = presence;
      const onRunner = presence.onRunner || cache !== void 0;
      return { kind: "existing", id, locations, onRunner, substitutable, narSizeBytes };
    }
    const facts = factsOf(node);
    const closure = closureNeeded.get(derivation) === true;
    closureNeeded.set(id, closure);
    const granularity = closure ? "closure" : "derivation";
    return {
      kind: "build",
      id,
      dependencies: inputsToPlan(derivation).map((input2) => graph.current(input2).id),
      system: facts.system,
      requiredFeatures: facts.requiredFeatures,
      preferLocalBuild: facts.preferLocalBuild,
      granularity,
      expectedSeconds: context.expectedSeconds(node, granularity),
      sourceBytes: context.sourceBytes(id)
    };
  };
  const isPremature = (id) => {
    const facts = factsOf(graph.node(id));
    return !context.fitsByDerivation(facts) && !context.fitsByClosure(facts) && context.mayYetFit(facts);
  };
  return {
    premature(roots) {
      const found = /* @__PURE__ */ new Map();
      for (const root of roots) {
        if (context.presence(root).kind === "existing") continue;
        postOrder(
          root,
          missingInputs2,
          (id) => found.has(id),
          (id) => {
            found.set(id, isPremature(id) || missingInputs2(id).some((input2) => found.get(input2) === true));
          }
        );
      }
      return new Set(roots.filter((root) => found.get(root) === true));
    },
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
    for (const input2 of below(top.id)) if (!isDone(input2)) stack.push({ id: input2, entered: false });
  }
}

// src/dispatch/intake.ts
function createIntake(take) {
  let waiting = [];
  let putOff = [];
  let isOpen2 = false;
  let isWorking = false;
  let isNews = false;
  let fault;
  let told = [];
  const tell = () => {
    if (isWorking || fault === void 0 && (putOff.length > 0 || isOpen2 && waiting.length > 0)) return;
    const listeners = told;
    told = [];
    for (const { resolve, reject } of listeners) {
      if (fault === void 0) resolve();
      else reject(fault.thrown);
    }
  };
  const workOff = async () => {
    try {
      await new Promise(setImmediate);
      while (waiting.length > 0) {
        const batch = [...new Set(waiting)];
        waiting = [];
        isNews = false;
        const later = await take(batch);
        (isNews ? waiting : putOff).push(...later);
      }
    } catch (thrown) {
      fault ??= { thrown };
    }
    isWorking = false;
    tell();
  };
  const start2 = () => {
    if (!isOpen2 || isWorking || waiting.length === 0) return;
    isWorking = true;
    void workOff();
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
    retry() {
      isNews = true;
      waiting.push(...putOff);
      putOff = [];
      start2();
    },
    emptied: () => new Promise((resolve, reject) => {
      told.push({ resolve, reject });
      tell();
    })
  };
}

// src/dispatch/inventory/inventory.ts
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
      const input2 = graph.intern(drvPath);
      inputs.push({ node: input2.id, outputs });
      if (want(input2, outputs)) news.push(input2);
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
    const [fetchable, cached] = absent.length === 0 ? [[], []] : await Promise.all([
      Promise.all(
        stores.map(
          async (store) => store.builder === void 0 ? none : store.substitutablePaths(absent)
        )
      ),
      Promise.all(context.caches.map((cache) => cache.has(absent)))
    ]);
    for (const node of level) {
      const paths = pathsOf.get(node.id);
      if (paths === void 0) {
        found.set(node.id, missing);
        continue;
      }
      const cache = context.caches.find((_, index) => hasAll(cached[index] ?? none, paths))?.name;
      found.set(node.id, presenceOf(paths, stores, valid, fetchable, cache));
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
    const sourcesOf2 = /* @__PURE__ */ new Map();
    for (const node of nodes) {
      const sources = factsOf(node).inputSources.filter((path) => !countedSources.has(path));
      for (const path of sources) countedSources.add(path);
      if (sources.length > 0) sourcesOf2.set(node.id, sources);
    }
    if (sourcesOf2.size === 0 || runner2 === void 0) return;
    const sizes = await runner2.narSizes([...sourcesOf2.values()].flat());
    for (const [id, sources] of sourcesOf2)
      sourceBytes.set(id, sum(sources.map((path) => sizes.get(path) ?? 0)));
  };
  const topLevel = async (roots) => {
    const nodes = roots.map((id) => graph.node(id));
    await readAll(nodes, context.readFacts);
    return nodes.filter((node) => want(node, [...factsOf(node).outputs.keys()]));
  };
  return {
    read: (roots) => readAll(
      roots.map((id) => graph.node(id)),
      context.readFacts
    ),
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
function presenceOf(paths, stores, valid, fetchable, cache) {
  const holders = stores.filter((_, index) => hasAll(valid[index] ?? none, paths));
  const substitutable = fetchable.some((set) => hasAll(set, paths));
  if (holders.length === 0 && !substitutable && cache === void 0) return missing;
  return {
    kind: "existing",
    locations: holders.flatMap(({ builder }) => builder === void 0 ? [] : [builder]),
    onRunner: holders.some(({ isRunner }) => isRunner),
    substitutable,
    cache,
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

// src/dispatch/inventory/inventory-stores.ts
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
      if (existedIn !== void 0 && (decisive === void 0 || !isGoodEnd(decisive.end)))
        return { kind: "already-valid", where: existedIn };
      return decisive === void 0 ? void 0 : outcomeOfAttempt(decisive);
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
    attempts: record.attempts.map((attempt) => attemptReport(attempt, outcome)),
    dependencies: node.inputs.flatMap(
      (input2) => isReported(input2.node) ? graph.node(input2.node).drvPath : []
    ),
    logTail: last?.log.tail ?? [],
    logLines: last?.log.lines ?? 0,
    logFile: last?.log.file
  };
}
function outputsOf2(node, record) {
  const outputs = {};
  for (const [name2, path] of node.facts?.outputs ?? []) if (path !== void 0) outputs[name2] = path;
  const attempt = record === void 0 ? void 0 : decisiveAttempt(record);
  for (const [name2, path] of attempt?.outputs ?? []) outputs[name2] = path;
  return outputs;
}

// src/dispatch/attempt/nested-builds.ts
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

// src/dispatch/machine/machine-watch.ts
import { setTimeout as sleep2 } from "node:timers/promises";

// src/dispatch/machine/conduct.ts
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
        const places = (failedAt.get(node) ?? /* @__PURE__ */ new Set()).add(builder);
        failedAt.set(node, places);
        if (places.size > 1) for (const place2 of places) recordOf2(place2).failedInARow = 0;
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

// src/dispatch/machine/machine-symptoms.ts
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

// src/dispatch/machine/machine-watch.ts
var lookAgainMs = 1e4;
var firstPauseMs = 1e3;
var longestPauseMs = 16e3;
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
    const pauseMs = Math.min(firstPauseMs * 2 ** excess, longestPauseMs);
    await sleep2(pauseMs, void 0, { ref: false, signal }).catch(() => {
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
    async judge(session, node, end, logTail) {
      const judged = await blame(session, end, logTail.join("\n"));
      note(session, node, judged);
      if (mayBeItsFault(judged)) await patience(session.id);
      return judged;
    },
    async notStaged(session, error) {
      const { host } = error;
      const suspects = /* @__PURE__ */ new Set([session, ...fleet.sessions.filter(({ name: name2 }) => name2 === host)]);
      await Promise.all([...suspects].map((suspect) => fleet.examine(suspect)));
      if (looksLikeFullDisk(error.message)) await fullDiskOf(session);
    },
    close: () => clearInterval(timer)
  };
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
var READY = { kind: "ready" };
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
  const seconds = node.expectedSeconds ?? guessedSeconds(node);
  return {
    id: node.id,
    order,
    dependencies,
    buildClass,
    sourceBytes: node.sourceBytes,
    seconds,
    isEverywhere: false,
    isSubstitutable: false,
    narSizeBytes: 0,
    rank: seconds,
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
    for (const input2 of record.dependencies) {
      if (raise(input2, record.rank) && input2.order < oldest) grown.push(input2);
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
    for (const input2 of record.dependencies) {
      if (raise(input2, record.rank)) grown.push(input2);
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
  record.unavailableInputs = record.dependencies.filter((input2) => !isAvailable(state, input2)).length;
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
  const isMeasure = !missing2.some((input2) => builder.arriving.has(input2));
  for (const input2 of missing2) {
    const arrival = builder.arriving.get(input2);
    if (arrival === void 0) builder.arriving.set(input2, { stages: 1, expectedAtSeconds });
    else arrival.stages++;
  }
  const where = {
    builder: builder.id,
    missing: missing2,
    bytes,
    sinceSeconds,
    expectedAtSeconds,
    isMeasure,
    isLate: false
  };
  record.state = { kind: "staging", ...where };
  builder.staging.add(record);
  const ids = missing2.map((input2) => input2.id);
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
    for (const input2 of where.missing) {
      const arrival = builder.arriving.get(input2);
      if (arrival !== void 0 && --arrival.stages === 0) builder.arriving.delete(input2);
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
  record.state = READY;
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
  const seconds = state.nowSeconds - where.sinceSeconds;
  if (where.isMeasure) builder.link.observe(where.bytes, seconds);
  builder.pace.observeStage(seconds);
  detach(state, record);
  for (const input2 of where.missing) state.holders.add(input2.order, builder.id);
  record.state = { kind: "staged", builder: builder.id };
  builder.staged.add(record);
}
function attemptStageLasts(state, record, builder) {
  const { state: where } = record;
  if (where.kind !== "staging" || where.builder !== builder.id) return;
  const expectedSeconds = where.expectedAtSeconds - where.sinceSeconds;
  if (state.nowSeconds - where.sinceSeconds >= 2 * expectedSeconds) record.state = { ...where, isLate: true };
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
      for (const input2 of record.dependencies) {
        const exists = isAvailable(state, input2) || state.holders.isHeld(input2.order);
        if (exists) state.holders.add(input2.order, builder.id);
      }
      return;
    case "failed":
      failAttempt(state, record, builder, result.isFinal);
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
function failAttempt(state, record, builder, isFinal = false) {
  const mishaps = mishapsOf(state, record);
  mishaps.failedAttempts++;
  mishaps.avoided.add(builder.id);
  if (isFinal || mishaps.failedAttempts > state.options.retries) settle(state, record, { kind: "failed" });
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
  for (const input2 of record.dependencies) {
    if (record.state.kind === "waiting" && !isAvailable(state, input2)) bringAbout(state, input2);
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
    claimed: builder.running.size,
    late: [...builder.staging].filter(isLate).length
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
        const place2 = placeAt2(prospect, record, bytes, stageSeconds);
        if (best === void 0 || place2.endSeconds < best.endSeconds) best = place2;
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
  return record.dependencies.filter((input2) => !state.holders.has(input2.order, builder.id));
}
function isLate({ state }) {
  return state.kind === "staging" && state.isLate;
}
function isClosure(record) {
  return record.buildClass?.needs.granularity === "closure";
}
function rebuiltSeconds(state, record, builder) {
  if (!isClosure(record)) return 0;
  let seconds = 0;
  const seen = /* @__PURE__ */ new Set([record]);
  for (const dependant of seen) {
    for (const input2 of dependant.dependencies) {
      if (seen.has(input2) || state.holders.has(input2.order, builder.id)) continue;
      seen.add(input2);
      seconds += input2.seconds;
      if (seen.size === MOST_REBUILT) return seconds;
    }
  }
  return seconds;
}
function stageCost(state, record, builder) {
  let bytes = record.sourceBytes;
  let lastArrival = 0;
  const inputs = isClosure(record) ? [] : record.dependencies;
  for (const input2 of inputs) {
    if (state.holders.has(input2.order, builder.id)) continue;
    const arrival = builder.arriving.get(input2);
    if (arrival !== void 0) lastArrival = Math.max(lastArrival, arrival.expectedAtSeconds);
    else if (!input2.isSubstitutable) bytes += input2.narSizeBytes || UNKNOWN_NAR_BYTES;
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
  const handedOut = placement.prospects.flatMap(({ builder }) => [...builder.staged, ...builder.staging]).filter((record) => !isLate(record)).sort((one, other2) => isMoreUrgent(one, other2) ? -1 : 1);
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
function place(state, place2, record) {
  if (place2 === void 0) return false;
  const { builder } = place2.prospect;
  const isFree = hasRoom(place2.prospect) && inHand(builder) - place2.prospect.late < fullAt(builder);
  const missing2 = isFree ? missingInputs(state, record, builder) : [];
  const isThere = missing2.length === 0 && record.sourceBytes === 0;
  const hangs = isFree && !isThere && inHand(builder) >= fullAt(builder);
  const isGiven = isFree && !hangs && (!isThere || isIdle(place2.prospect, place2.heldSlots));
  if (isGiven && isThere) start(state, record, builder);
  else if (isGiven) stage(state, record, builder, missing2, place2);
  if (!hangs) claim(place2);
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
    observe: (bytes, seconds) => {
      if (bytes <= SMALL_BYTES) latency = moveTowards(latency, Math.max(seconds, LEAST_SECONDS));
      else {
        const sample = bytes / Math.max(seconds - latency, seconds / 10, LEAST_SECONDS);
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
  const next = (estimate, seconds) => {
    const sample = Math.max(seconds, LEAST_SECONDS2);
    return estimate === void 0 ? sample : moveTowards(estimate, sample);
  };
  return {
    observeStage: (seconds) => {
      stageSeconds = next(stageSeconds, seconds);
    },
    observeBuild: (seconds) => {
      buildSeconds = next(buildSeconds, seconds);
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
  for (const id of holds ?? []) reclaim(state, recordOf(state, id), offer.id);
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

// src/dispatch/schedule/upcoming.ts
function upcoming(state) {
  const handedOut = [...state.builders.values()].flatMap(({ staged, staging }) => [...staged, ...staging]);
  const queued = [...state.classes.all()].flatMap(({ queue }) => queue.items);
  return [...handedOut, ...queued].sort((one, other2) => isMoreUrgent(one, other2) ? -1 : 1).map(({ id }) => id);
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
    ),
    upcoming: () => upcoming(state)
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
    case "stage-lasts":
      attemptStageLasts(state, recordOf(state, event.node), builderOf(state, event.builder));
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
  for (const input2 of dependencies) {
    input2.dependants.push(record);
    if (input2.queueIndex >= 0) input2.buildClass?.queue.moveForward(input2.queueIndex);
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
var MOST_NAMED = 3;
function explainNoBuilder(facts, builders) {
  const needs = withFeatures(facts.system, facts.requiredFeatures);
  if (builders.length === 0) {
    return `${facts.name} needs a builder for ${needs}, and no builder could be reached`;
  }
  const there = builders.map(({ name: name2, systems, supportedFeatures, mandatoryFeatures }) => {
    const must = mandatoryFeatures.length === 0 ? "" : ` (only builds that require ${mandatoryFeatures.join(", ")})`;
    return `${name2}: ${withFeatures(systems.join(", "), supportedFeatures)}${must}`;
  }).join("; ");
  return `${facts.name} needs a builder for ${needs}, and none offers that. ${remedy(facts, builders)}, or leave the attribute out with filter_builds. There are ${there}.`;
}
function remedy({ system, requiredFeatures }, builders) {
  const ofSystem = builders.filter(({ systems }) => system === "builtin" || systems.includes(system));
  if (ofSystem.length === 0) {
    return `Add a machine that builds ${system} to builders, or ${system} to the systems (column 2) of one that can`;
  }
  const lacking = ofSystem.map(({ name: name2, supportedFeatures, mandatoryFeatures }) => {
    const has = /* @__PURE__ */ new Set([...supportedFeatures, ...mandatoryFeatures]);
    const features2 = requiredFeatures.filter((feature) => !has.has(feature));
    return { name: name2, features: features2, isChoosy: !mandatoryFeatures.every((one) => requiredFeatures.includes(one)) };
  });
  const fewest = Math.min(...lacking.map(({ features: features2 }) => features2.length));
  const nearest = lacking.filter(({ features: features2 }) => features2.length === fewest);
  const names = nearest.slice(0, MOST_NAMED).map(({ name: name2 }) => name2);
  const features = nearest[0]?.features ?? [];
  if (features.length > 0) {
    return `Add ${features.join(", ")} to the features (column 6) of ${names.join(" or ")}`;
  }
  return nearest.some(({ isChoosy }) => isChoosy) ? `Move the mandatory features (column 7) of ${names.join(" or ")} to its features (column 6)` : `Add the user of ${names.join(" or ")} to trusted-users there`;
}
function explainNobodyLeft(builders) {
  const left = "every builder that could build it, or that had its inputs, is gone";
  const idle = builders.filter(({ maxJobs }) => maxJobs === 0).map(({ name: name2 }) => name2);
  if (idle.length === 0) return left;
  return `${left} or builds nothing: jobs, column 4 of the machine line, is 0 for ${idle.join(", ")}`;
}
function withFeatures(systems, features) {
  return features.length === 0 ? systems : `${systems} with ${features.join(", ")}`;
}

// src/dispatch/inventory/whereabouts.ts
var cacheName = "binary cache";
var runnerName = "local";
function whereIs(presence, sessions) {
  if (presence.kind === "missing") return void 0;
  const holder = sessions.find(({ id }) => presence.locations.includes(id));
  return holder?.name ?? (presence.onRunner ? runnerName : presence.cache ?? cacheName);
}
function isOnlyCached(presence) {
  if (presence.kind === "missing" || presence.cache === void 0) return false;
  return presence.locations.length === 0 && !presence.onRunner && !presence.substitutable;
}
function holdersOf(node, presence, sessions, runner2, caches = []) {
  const facts = factsOf(node);
  const paths = outputPaths(facts, facts.outputs.keys());
  const stores = [runner2, ...sessions.map(({ store }) => store)];
  const certain = stores.filter((store) => paths.length > 0 && paths.every((path) => store.held.has(path)));
  if (presence.kind === "missing") return certain;
  const likely = sessions.filter(({ id }) => presence.locations.includes(id)).map(({ store }) => store);
  const cached = caches.filter(({ name: name2 }) => name2 === presence.cache).map(({ store }) => store);
  return [.../* @__PURE__ */ new Set([...certain, ...presence.onRunner ? [runner2] : [], ...likely, ...cached])];
}

// src/dispatch/run-dispatch.ts
function createDispatchRun(options) {
  const { observer, runner: runner2, durations } = options;
  const graph = createGraph();
  const ledger = createLedger(graph);
  const fleet = createFleet(options.builders, { ...options, changed: () => intake.retry() });
  const watch = createMachineWatch(fleet);
  const readFacts = async (drvPath) => factsOfDerivation(await readDerivation(drvPath));
  const inventory = createInventory({
    graph,
    stores: () => createInventoryStores(runner2, fleet.sessions),
    caches: options.caches,
    readFacts
  });
  const fits = (facts, granularity) => fleet.offers.some((offer) => canBuild(offer, { ...facts, granularity }));
  const planner = createPlanner(graph, {
    presence: (node) => inventory.presence(node),
    fitsByDerivation: (facts) => fits(facts, "derivation"),
    fitsByClosure: (facts) => fits(facts, "closure"),
    mayYetFit: (facts) => fleet.mayYetBuild(facts),
    expectedSeconds: (node, granularity) => durations.expectedSeconds(timedDerivation(node, granularity)),
    sourceBytes: (node) => inventory.sourceBytes(node)
  });
  const staging = createStaging({
    graph,
    runner: runner2,
    holders: (node) => holdersOf(graph.node(node), inventory.presence(node), fleet.sessions, runner2, options.caches),
    otherStores: () => [...fleet.sessions, ...options.caches].map(({ store }) => store),
    substitutable: (node) => {
      const presence = inventory.presence(node);
      return presence.kind === "existing" && presence.substitutable;
    },
    isOnlyCached: (node) => isOnlyCached(inventory.presence(node)),
    cacheFailed: (error) => observer.builderTrouble(error.host ?? "cache", describeTrouble(error))
  });
  const logs = createLogFolder(options.logDirectory);
  const attempts = {
    graph,
    staging,
    logs,
    limits: options.limits,
    observer,
    isClosure: ({ id }) => planner.isClosure(id) || staging.lacksInputs(id),
    readDerivation,
    judge: watch.judge,
    recordNested: createNestedRecorder(graph, ledger, observer, readFacts),
    copied: (node, bytes) => ledger.copied(node, bytes)
  };
  const schedule = createSchedule({ infraRetries: options.infraRetries, retries: options.retries });
  const dispatcher = createDispatcher({
    graph,
    inventory,
    planner,
    schedule,
    staging,
    ledger,
    observer,
    async attempt(node, session, signal) {
      const run2 = await runAttempt(attempts, node, session, signal);
      const { end, startedAtMs, finishedAtMs } = run2.attempt;
      if (end.kind === "built") {
        const granularity = planner.isClosure(node.id) ? "closure" : "derivation";
        const seconds = (finishedAtMs - startedAtMs) / 1e3;
        durations.note(timedDerivation(node, granularity), seconds, session.offer.speedFactor);
      }
      return run2;
    },
    notStaged: watch.notStaged,
    failed: () => {
      if (options.failFast) cancel2();
    },
    explain: (node) => node.unreadable ?? explainNoBuilder(factsOf(node), fleet.offers),
    explainLoss: () => explainNobodyLeft(fleet.offers)
  });
  const cancelled = new AbortController();
  const cancel2 = () => {
    dispatcher.cancel();
    cancelled.abort();
  };
  const unlessCancelled = async (work) => {
    if (cancelled.signal.aborted) return;
    await Promise.race([work, once3(cancelled.signal, "abort")]);
  };
  const besides = [];
  const recordEvaluationBuild = createEvaluationRecorder(graph, ledger, runner2, readFacts);
  const reading = createIntake(async (roots) => {
    await Promise.all([runner2.hold(roots.map((root) => graph.node(root).drvPath)), inventory.read(roots)]);
    return [];
  });
  reading.open();
  const intake = createIntake(async (roots) => {
    await reading.emptied();
    const later = options.builds ? await dispatcher.add(roots) : [];
    if (!options.builds) await inventory.look(roots);
    for (const root of roots) {
      const where = whereIs(inventory.presence(root), fleet.sessions);
      if (where !== void 0) ledger.existed(root, where);
    }
    return later;
  });
  return {
    async connect() {
      const connecting = fleet.connect(dispatcher);
      await unlessCancelled(options.builds ? connecting : connecting.then(() => fleet.tried()));
      intake.open();
    },
    select(job) {
      const node = graph.intern(job.drvPath);
      ledger.jobSelected(job, node.id);
      reading.put(node.id);
      intake.put(node.id);
    },
    failed: (failure) => ledger.jobNotEvaluated(failure),
    builtForEvaluation: (build, builder) => void besides.push(recordEvaluationBuild(build, builder)),
    async openStream(id) {
      await fleet.tried(id);
      const session = fleet.sessions.find((candidate) => candidate.id === id);
      if (session === void 0) throw new DispatchError("unreachable", `builder ${id} is not connected`);
      return (await session.openDaemonChannel()).stream;
    },
    storeOf: (name2) => [...fleet.sessions, ...options.caches].find((holder) => holder.name === name2)?.store ?? (name2 === runnerName ? runner2 : void 0),
    async finish() {
      await unlessCancelled(intake.emptied());
      await unlessCancelled(Promise.all(besides).then(() => {
      }));
      await dispatcher.drained();
      await logs.packed();
    },
    cancel: cancel2,
    close() {
      watch.close();
      fleet.close();
    },
    get progress() {
      const next = schedule.upcoming().map((id) => factsOf(graph.node(id)).name);
      return { ...dispatcher.progress, next };
    },
    result: () => {
      const builds = ledger.builds();
      return { jobs: ledger.jobs(), builds, builders: fleet.reports().map(withBusyTime(builds)) };
    }
  };
}

// src/fleet-members.ts
function fleetMembers(builders, credentials, runner2, shared, refused) {
  const withNotice = async () => shared === void 0 ? void 0 : { ...await shared, refused };
  return builders.map((builder) => ({
    name: builder.name,
    line: builder,
    open: async (id) => openSession(id, builder, credentials(builder), runner2, await withNotice())
  }));
}

// src/report/log/output-window.ts
function createOutputWindow(mostCharacters) {
  const all = [];
  let first = 0;
  let characters = 0;
  let dropped = 0;
  return {
    get lines() {
      return all.slice(first);
    },
    get omitted() {
      return dropped;
    },
    push(line) {
      all.push(line);
      characters += line.length;
      while (characters > mostCharacters && first < all.length - 1) {
        characters -= all[first]?.length ?? 0;
        all[first] = "";
        first += 1;
        dropped += 1;
      }
      if (first > 4096 && first > all.length / 2) {
        all.splice(0, first);
        first = 0;
      }
    }
  };
}

// src/report/log/build-blocks.ts
var KEPT_CHARACTERS = 128 * 1024;
var OPEN_LINES = 200;
function createBuildBlocks(folds) {
  const talks = /* @__PURE__ */ new Map();
  let lastSpeaker;
  const folded = (title, lines) => folds ? [`##[group]${title}`, ...lines, "##[endgroup]"] : [];
  const block = ({ name: name2, output }, { isFailure: isFailure2, logFile }) => {
    const place2 = logFile === void 0 ? "they were not kept" : `they are in ${logFile} of the logs artifact`;
    const note = output.omitted === 0 ? [] : [`  (${plural(output.omitted, "line")} before these: ${place2})`];
    const open = isFailure2 ? output.lines.slice(-OPEN_LINES) : [];
    const rest = output.lines.slice(0, output.lines.length - open.length);
    const title = `${shortName(name2)}: ${plural(rest.length, "line")}${isFailure2 ? " before the last ones" : ""}`;
    return [...rest.length === 0 ? note : folded(title, [...note, ...rest]), ...open];
  };
  return {
    started(key, name2, builder) {
      const output = createOutputWindow(KEPT_CHARACTERS);
      talks.set(key, { name: name2, output, hasSpoken: false, isWhole: true });
      return [startedLine(name2, builder)];
    },
    said(key, line) {
      const talk = talks.get(key);
      if (talk === void 0) return [];
      if (talk.hasSpoken && lastSpeaker !== key) talk.isWhole = false;
      talk.hasSpoken = true;
      talk.output.push(repeatedLine(line));
      lastSpeaker = key;
      return [prefixedLine(talk.name, line)];
    },
    ended(key, end) {
      const talk = talks.get(key);
      talks.delete(key);
      const isSeen = talk?.isWhole === true && (!end.isFailure || lastSpeaker === key);
      if (talk === void 0 || !talk.hasSpoken || isSeen) return [];
      lastSpeaker = void 0;
      return block(talk, end);
    }
  };
}

// src/report/log/ordered-lines.ts
function createOrderedLines(print, patienceMs, nowMs) {
  const places = /* @__PURE__ */ new Set();
  const flush = () => {
    for (const first of places) {
      if (first.lines === void 0 && nowMs() - first.takenAtMs < patienceMs) return;
      places.delete(first);
      if (first.lines === void 0) first.isLate = true;
      for (const line of first.lines ?? []) print(line);
    }
  };
  const take = (lines) => {
    const place2 = { takenAtMs: nowMs(), lines, isLate: false };
    places.add(place2);
    flush();
    return place2;
  };
  return {
    flush,
    print: (lines) => void take(lines),
    reserve() {
      const place2 = take(void 0);
      return (lines) => {
        place2.lines = lines;
        if (place2.isLate) take(lines);
        else flush();
      };
    }
  };
}

// src/github/live-log.ts
var heartbeatMs = 3e4;
var overviewMs = 12e4;
var figuresMs = 2e3;
function createLiveLog(effects) {
  const blocks = createBuildBlocks(effects.folds);
  const running = /* @__PURE__ */ new Map();
  const ending = /* @__PURE__ */ new Map();
  let lastPrintedAt = performance.now();
  let lastOverviewAt = lastPrintedAt;
  let timer;
  let isOpen2 = false;
  const lines = createOrderedLines(
    (line) => {
      if (!isOpen2) return;
      lastPrintedAt = performance.now();
      effects.print(line);
    },
    figuresMs,
    () => performance.now()
  );
  const say = (line) => lines.print([terminalLine(line)]);
  const beat = () => {
    lines.flush();
    const now = performance.now();
    const isDue = running.size > 1 && now - lastOverviewAt >= overviewMs;
    if (!isDue && now - lastPrintedAt < heartbeatMs) return;
    lastOverviewAt = now;
    const builds = [...running.values()].map(({ name: name2, builder, startedAt }) => ({
      name: name2,
      builder,
      runningSeconds: (now - startedAt) / 1e3
    }));
    say(heartbeatLine({ ...effects.progress(), running: builds }));
  };
  const key = (build) => `${build.drvPath} ${build.builder}`;
  const ended = (build, attempt) => {
    running.delete(key(build));
    const fill = lines.reserve();
    const outcome = outcomeOfAttempt(attempt);
    const isFailure2 = classOf(outcome) === "failed";
    const block = blocks.ended(key(build), { isFailure: isFailure2, logFile: attempt.log.file });
    const seconds = (attempt.finishedAtMs - attempt.startedAtMs) / 1e3;
    return ({ cpu }) => fill([finishedLine(build.name, outcome, seconds, cpu), ...block]);
  };
  return {
    open() {
      effects.print(stopCommands(effects.token));
      isOpen2 = true;
      timer = setInterval(beat, heartbeatMs / 6);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      for (const finish of ending.values()) finish({ cpu: void 0 });
      ending.clear();
      isOpen2 = false;
      effects.print(resumeCommands(effects.token));
    },
    say,
    buildStarted(build) {
      running.set(key(build), { ...build, startedAt: performance.now() });
      lines.print(blocks.started(key(build), build.name, build.builder));
    },
    logLine: (build, line) => lines.print(blocks.said(key(build), line)),
    phase: (build, phase) => lines.print(blocks.said(key(build), `[${phase}]`)),
    buildEnded: (build, attempt) => void ending.set(build, ended(build, attempt)),
    buildFinished(build, attempt) {
      const finish = ending.get(build) ?? ended(build, attempt);
      ending.delete(build);
      finish(attempt);
    },
    gaveUp: (name2, why) => say(why.startsWith(`${name2} `) ? why : `${name2}: ${why}`),
    builderJoined: (builder, detail) => say(`builder ${builder}: ${detail}`),
    builderTrouble: (builder, message) => say(`builder ${builder}: ${message}`)
  };
}

// src/flake/flake-caches.ts
var NAMES = ["substituters", "extra-substituters", "trusted-public-keys", "extra-trusted-public-keys"];
async function readFlakeCaches(options) {
  const bare = {
    program: "nix",
    directory: process.cwd(),
    environment: options.environment,
    platforms: platformsOf(process.arch, process.platform)
  };
  const version = await findNix(bare);
  const nix = { ...bare, environment: nixEnvironment(options.environment, options.nixConf, version) };
  const { resolved } = await resolveFlake(nix, version, options.flake, options.nixArgs);
  const file = [resolved.sourcePath, resolved.directory, "flake.nix"].filter((part) => part !== "").join("/");
  const wanted = NAMES.map((name2) => `${name2} = null;`).join(" ");
  const expression = `builtins.intersectAttrs { ${wanted} } ((import (/. + ${JSON.stringify(file)})).nixConfig or { })`;
  const { stdout } = await runNix(nix, ["eval", "--impure", "--json", "--expr", expression]);
  return parseFlakeCaches(stdout);
}
function parseFlakeCaches(json) {
  const config = parseObject3(json);
  const words = (name2) => {
    const value = config[name2];
    const texts = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
    return texts.flatMap((text) => text.split(/\s+/)).filter((word) => word !== "");
  };
  return {
    substituters: [...words("substituters"), ...words("extra-substituters")],
    keys: [...words("trusted-public-keys"), ...words("extra-trusted-public-keys")]
  };
}
function parseObject3(json) {
  try {
    const value = JSON.parse(json);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

// src/runner-caches.ts
async function readRunnerCaches(inputs, environment) {
  const nixConf = nixConfigText(inputs);
  const { flake, nixArgs } = inputs;
  const accepts = /^accept-flake-config = true$/m.test(nixConf) || nixArgs.includes("--accept-flake-config");
  const [settings, ofFlake] = await Promise.all([
    readNixSettings(nixConf),
    accepts ? readFlakeCaches({ flake, nixArgs, nixConf, environment }).catch(() => void 0) : void 0
  ]);
  const substituters = settings?.flag("substitute") === false ? [] : settings?.list("substituters") ?? [];
  return {
    substituters: [.../* @__PURE__ */ new Set([...substituters, ...ofFlake?.substituters ?? []])],
    keys: [.../* @__PURE__ */ new Set([...settings?.list("trusted-public-keys") ?? [], ...ofFlake?.keys ?? []])],
    believesAll: settings?.flag("require-sigs") === false
  };
}

// src/open-run.ts
var reconnectKeepalives = 4;
async function openRun(inputs, builders, local, { runner: runner2, environment, token, end, account }) {
  const folder = await createArtifactFolder(environment, inputs.artifactPrefix);
  const recorder = createRecorder(inputs.flake, selectionOf(inputs), Date.now());
  const { notice } = recorder;
  const credentials = credentialsOf(inputs, account, warnOfUncheckedHosts(notice));
  const log = createLiveLog({
    print: (line) => runner2.print(line),
    token,
    folds: environment["GITHUB_ACTIONS"] === "true" && environment["ACT"] !== "true",
    progress: () => ({ ...dispatch.progress, isTotalFinal: recorder.isEvaluationFinal })
  });
  let isLogOpen = false;
  const checks = inputs.checkRuns ? await openChecks(environment, {
    ...inputs,
    snapshot() {
      const report2 = recorder.report(dispatch.result(), { cancelled: false, finishedAtMs: Date.now() });
      return withPublishedFlake({ ...report2, prices: inputs.prices }, workflowRunOf(environment));
    },
    notice(title, message) {
      if (isLogOpen) notice("notice", title, message);
      else runner2.annotate({ level: "notice", title, message });
    }
  }) : void 0;
  const { pushTo, signingKey, skipsCached } = inputs.delivery;
  const { nixConf } = inputs;
  const destinations = createDestinations({ targets: pushTo, credentials, nixConf, signal: end.signal });
  const runnerCaches = skipsCached || inputs.sharesSubstituters ? readRunnerCaches(inputs, environment) : void 0;
  const caches = skipsCached && runnerCaches !== void 0 ? openCaches({
    runner: await runnerCaches,
    targets: pushTo,
    destinations,
    key: signingKey,
    nixConf,
    notice
  }) : void 0;
  const delivery = createDelivery({
    inputs: inputs.delivery,
    destinations,
    builders,
    dispatch: { storeOf: (name2) => dispatch.storeOf(name2) },
    runner: local,
    directory: process.cwd(),
    folders: folder,
    say: (line) => log.say(line),
    notice,
    signal: end.signal
  });
  const history = await openHistory(
    historyFileOf(inputs.history, environment),
    (message) => notice("notice", "Durations of earlier runs", message)
  );
  const shared = inputs.sharesSubstituters ? runnerCaches : void 0;
  const dispatch = createDispatchRun({
    builders: fleetMembers(builders, credentials, local, shared, warnOfUnshared(notice)),
    runner: local,
    caches: caches?.caches ?? [],
    logDirectory: folder.logs,
    limits: inputs.limits,
    infraRetries: inputs.limits.infraRetries,
    retries: inputs.limits.retries,
    reconnectMs: reconnectKeepalives * inputs.limits.keepaliveMs,
    graceMs: inputs.limits.keepaliveMs,
    failFast: inputs.failFast && !inputs.ignoreBuildFailures,
    builds: inputs.mode === "build",
    durations: history.durations,
    observer: delivery.watch(checks === void 0 ? log : watchedBy(checks, log))
  });
  log.open();
  isLogOpen = true;
  return {
    folder,
    recorder,
    log,
    checks,
    delivery,
    dispatch,
    credentials,
    async close() {
      caches?.close();
      for (const destination of destinations) if (destination.kind === "store") destination.close();
      dispatch.close();
      log.close();
      isLogOpen = false;
      await history.keep();
    }
  };
}
function warnOfUnshared(notice) {
  return (builder, why) => notice("warning", "Substituters are not shared", `${builder} uses its own caches only: ${why}.`);
}
function selectionOf({ topAttrs, filterBuilds, failOnEmpty, evaluation }) {
  return { topAttrs, systems: evaluation.systems, filter: filterBuilds, failOnEmpty };
}

// src/run.ts
async function run(inputs, builders, effects) {
  let open;
  try {
    var _stack = [];
    try {
      if (inputs.delivery.uploadOutputs !== "") await checkJobFilter(inputs.delivery.uploadOutputs);
      const local = __using(_stack, await openRunner(nixConfOfBuilds(inputs.nixConf)), true);
      open = await openRun(inputs, builders, local.store, effects);
      const ending = await workToEnd(inputs, open, effects);
      return await report(inputs, builders, open, ending, effects);
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  } catch (error) {
    await unlessAborted(effects.end.hurry, endGate(error, inputs, open, effects), void 0);
    throw error;
  }
}
async function endGate(error, inputs, open, { runner: runner2, environment }) {
  const reason = describeError(toDispatchError(error, "local"));
  if (open !== void 0) return open.checks?.fail(reason);
  const notice = (title, message) => runner2.annotate({ level: "notice", title, message });
  if (inputs.checkRuns) await failGate(environment, { ...inputs, notice }, reason);
}
async function workToEnd(inputs, open, effects) {
  const { dispatch } = open;
  const { signal, hurry } = effects.end;
  if (signal.aborted) dispatch.cancel();
  else signal.addEventListener("abort", () => dispatch.cancel(), { once: true });
  let delivered;
  let fault;
  try {
    const work = workOn(inputs, open, effects).then((done) => delivered = done);
    await unlessAborted(hurry, work, void 0);
  } catch (error) {
    if (!signal.aborted && dispatch.result().builds.length === 0) {
      await unlessAborted(hurry, tellOfNothing(error, inputs, open, effects), void 0);
      throw error;
    }
    if (!signal.aborted) fault = toDispatchError(error, "local");
    dispatch.cancel();
    await unlessAborted(hurry, dispatch.finish(), void 0);
  } finally {
    await open.close();
  }
  return { delivered, fault: fault ?? faultOf(effects.end) };
}
async function workOn(inputs, open, effects) {
  const { dispatch, recorder, log, delivery } = open;
  const { environment, end } = effects;
  const failed = new AbortController();
  const signal = AbortSignal.any([end.signal, failed.signal]);
  try {
    await Promise.all([
      dispatch.connect(),
      evaluateJobs({ inputs, environment, signal, dispatch, recorder, log })
    ]);
    await dispatch.finish();
    return inputs.mode === "build" ? await delivery.finish(dispatch.result().jobs) : void 0;
  } finally {
    failed.abort();
  }
}
async function tellOfNothing(error, inputs, { credentials, log }, { runner: runner2 }) {
  const explanation = await explainUnusable(error, inputs.builders, credentials);
  if (explanation === void 0) return;
  for (const line of explanation.lines) log.say(line);
  if (inputs.generateBuildSummary) await runner2.writeSummary(explanation.summary);
}
async function report(inputs, builders, { dispatch, recorder, folder, checks }, { delivered, fault }, { runner: runner2, environment, token, end, account }) {
  if (fault !== void 0) recorder.notice("error", "The run was ended by a fault", describeError(fault));
  const result = dispatch.result();
  const told = await account?.addUsage(result.builds, builders, end.hurry);
  if (told?.warning !== void 0) {
    recorder.notice("warning", "The usage at nixbuild.net is not known", told.warning);
  }
  const ending = { cancelled: end.signal.aborted || fault !== void 0, finishedAtMs: Date.now() };
  const runReport = {
    ...recorder.report({ ...result, builds: told?.builds ?? result.builds }, ending),
    ...inputs.mode === "evaluate" ? listing(result.jobs) : {},
    archives: delivered?.archives,
    prices: inputs.prices
  };
  const verdict = verdictOf(runReport, inputs);
  const notices = [...runReport.notices, ...excuseNotices(verdict)];
  const published = await publish(runner2, folder, { ...runReport, notices }, verdict, {
    wantsSummary: inputs.generateBuildSummary,
    workflowRun: workflowRunOf(environment),
    token,
    hurry: end.hurry
  });
  await unlessAborted(end.hurry, Promise.resolve(checks?.close(published, verdict)), void 0);
  return verdict.exitCode;
}
export {
  run
};
