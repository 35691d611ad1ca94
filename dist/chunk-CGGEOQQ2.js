import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  keepTail
} from "./chunk-RSYTV2SV.js";
import {
  childEnvironment
} from "./chunk-6I3FJ6SO.js";
import {
  DispatchError
} from "./chunk-7AVBNTXI.js";

// src/builders/machine-facts.ts
var UNAME_MARK = "nix-dispatch-uname";
var WORD = /^[\w.:+-]{1,100}$/;
var MOST_WORDS = 100;
var SETTINGS_SCRIPT = `
nix --extra-experimental-features nix-command config show --json 2>/dev/null ||
  nix --extra-experimental-features nix-command show-config --json 2>/dev/null
`;
var FACTS_SCRIPT = `${SETTINGS_SCRIPT}
echo
echo ${UNAME_MARK} $(uname -sm)
`;
function parseMachineFacts(output) {
  const mark = output.lastIndexOf(UNAME_MARK);
  const settings = parseNixSettings(mark < 0 ? output : output.slice(0, mark));
  const system = settings?.text("system");
  if (settings !== void 0 && system !== void 0 && WORD.test(system)) {
    const words = (name) => settings.list(name).filter((word) => WORD.test(word)).slice(0, MOST_WORDS);
    return {
      systems: [.../* @__PURE__ */ new Set([system, ...words("extra-platforms")])],
      systemFeatures: words("system-features")
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
function parseNixSettings(output) {
  const start = output.indexOf("{");
  const settings = start < 0 ? void 0 : parseRecord(output.slice(start));
  if (settings === void 0) return void 0;
  const valueOf = (name) => {
    const setting = settings[name];
    return isRecord(setting) ? setting["value"] : void 0;
  };
  return {
    text(name) {
      const value = valueOf(name);
      return typeof value === "string" && value !== "" ? value : void 0;
    },
    list(name) {
      const value = valueOf(name);
      return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
    },
    count(name) {
      const value = valueOf(name);
      return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : void 0;
    },
    flag(name) {
      const value = valueOf(name);
      return typeof value === "boolean" ? value : void 0;
    }
  };
}
function parseRecord(json) {
  try {
    const value = JSON.parse(json);
    return isRecord(value) ? value : void 0;
  } catch {
    return void 0;
  }
}
function isRecord(value) {
  return typeof value === "object" && value !== null;
}

// src/builders/run-command.ts
var TIMEOUT_MS = 3e4;
var MAX_STDOUT_BYTES = 16 * 1024 * 1024;
async function runCommand(host, name, words, options = {}) {
  const { stdin = "", timeoutMs = TIMEOUT_MS } = options;
  const { stream, stderrTail, exited } = await host.openCommand(words);
  const chunks = [];
  let length = 0;
  let timer;
  try {
    const limits = new Promise((_, reject) => {
      const fail = (code2, what) => reject(new DispatchError(code2, `${words[0]} on ${name} ${what}`, { host: name }));
      timer = setTimeout(() => fail("timed-out", `did not end within ${timeoutMs / 1e3} s`), timeoutMs);
      stream.on("data", (chunk) => {
        length += chunk.length;
        if (length > MAX_STDOUT_BYTES) fail("protocol", "prints without end");
        else chunks.push(chunk);
      });
    });
    const printed = new Promise((resolve) => stream.once("end", resolve).once("close", resolve));
    stream.end(stdin);
    const [code] = await Promise.race([Promise.all([exited, printed]), limits]);
    return { code, stdout: Buffer.concat(chunks).toString("utf8"), stderr: stderrTail() };
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}

// src/builders/local/local-host.ts
import { connect } from "node:net";
import { join } from "node:path";

// src/builders/local/spawn-command.ts
import { spawn } from "node:child_process";

// src/builders/local/process-stream.ts
import { Duplex } from "node:stream";
var LAST_WORDS_MS = 1e3;
function processStream(stdout, stdin, stderr) {
  const stream = new Duplex({
    read: () => void stdout.resume(),
    // That nobody reads it is told by the end of the output, which has to be read first.
    write: (chunk, _encoding, done) => void stdin.write(chunk, () => done()),
    final(done) {
      if (stdin.destroyed) done();
      else stdin.end(() => done());
    },
    destroy(error, done) {
      stdout.destroy();
      stdin.destroy();
      done(error);
    }
  });
  stdin.on("error", () => {
  });
  stdout.on("error", (error) => stream.destroy(error));
  stdout.on("data", (chunk) => {
    if (!stream.push(chunk)) stdout.pause();
  });
  stdout.once("end", () => {
    const end = () => {
      clearTimeout(timer);
      stderr.off("close", end);
      if (!stream.destroyed) stream.push(null);
    };
    const timer = setTimeout(end, LAST_WORDS_MS);
    if (stderr.closed) end();
    else stderr.once("close", end);
  });
  stream.once("end", () => {
    const finish = () => void stream.end();
    if (stdin.closed) finish();
    else stdin.once("close", finish);
  });
  return stream;
}

// src/builders/local/spawn-command.ts
var KILL_AFTER_MS = 3e3;
async function spawnCommand(words, added = {}) {
  const [program = "", ...args] = words;
  const env = { ...childEnvironment(process.env), ...added };
  const child = spawn(program, args, { env, stdio: "pipe" });
  const stderrTail = keepTail(child.stderr);
  const exited = new Promise((resolve) => {
    child.once("close", (code) => resolve(code ?? void 0));
  });
  await new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => {
      const isAbsent = "code" in cause && cause.code === "ENOENT";
      const why = isAbsent ? "there is none on the PATH" : cause.message;
      reject(
        new DispatchError("local", `${program} cannot be started on this machine: ${why}`, {
          hint: "Install Nix in a step before this one, for instance with nixbuild/nix-quick-install-action.",
          cause
        })
      );
    });
  });
  const stream = processStream(child.stdout, child.stdin, child.stderr);
  stream.on("error", () => {
  });
  stream.once("close", () => {
    const endsByItself = stream.readableEnded && stream.writableFinished;
    if (!endsByItself) child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS).unref();
  });
  return { stream, stderrTail, exited, pid: child.pid ?? 0 };
}

// src/builders/local/nix-settings.ts
function withNixConf(nixConf) {
  return nixConf === "" ? {} : { NIX_CONFIG: [process.env["NIX_CONFIG"] ?? "", nixConf].join("\n") };
}
async function readNixSettings(nixConf) {
  const host = { openCommand: (words) => spawnCommand(words, withNixConf(nixConf)) };
  const answer = await runCommand(host, "local", ["sh", "-c", SETTINGS_SCRIPT]).catch(() => void 0);
  return answer === void 0 ? void 0 : parseNixSettings(answer.stdout);
}

// src/builders/local/local-host.ts
var STATE_DIR = "/nix/var/nix";
function daemonSocketPath(environment) {
  const { NIX_DAEMON_SOCKET_PATH: socket, NIX_STATE_DIR: stateDir = STATE_DIR } = environment;
  return socket ?? join(stateDir, "daemon-socket/socket");
}
function openLocalHost(name, socketPath, nixConf = "") {
  let end = () => {
  };
  const running = /* @__PURE__ */ new Set();
  const start = async (words) => {
    const command = await spawnCommand(words, withNixConf(nixConf));
    running.add(command.stream);
    command.stream.once("close", () => running.delete(command.stream));
    return command;
  };
  return {
    lost: new Promise((resolve) => {
      end = resolve;
    }),
    close() {
      for (const stream of running) stream.destroy();
      end(void 0);
    },
    openCommand: start,
    async openDaemonChannel() {
      const path = socketPath ?? daemonSocketPath(process.env);
      try {
        return { stream: await connectUnix(path), stderrTail: () => "", clientPid: () => process.pid };
      } catch (cause) {
        if (socketPath !== void 0) {
          throw new DispatchError("local", `no Nix daemon answers at ${socketPath}`, { host: name, cause });
        }
      }
      const { stream, stderrTail, pid } = await start(["nix-daemon", "--stdio"]);
      return { stream, stderrTail, clientPid: () => pid };
    }
  };
}
function connectUnix(path) {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.removeListener("error", reject);
      resolve(socket);
    });
  });
}

export {
  SETTINGS_SCRIPT,
  FACTS_SCRIPT,
  parseMachineFacts,
  systemOfUname,
  parseNixSettings,
  runCommand,
  spawnCommand,
  readNixSettings,
  daemonSocketPath,
  openLocalHost
};
