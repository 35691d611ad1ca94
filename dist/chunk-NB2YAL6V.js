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
  cleanLine,
  cleanText
} from "./chunk-WGX5D5BX.js";
import {
  DispatchError
} from "./chunk-7AVBNTXI.js";

// src/builders/local/local-host.ts
import { connect } from "node:net";
import { join } from "node:path";

// src/builders/local/spawn-command.ts
import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
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
    const endsByItself = stream.readableEnded && stream.writableFinished;
    if (!endsByItself) child.kill("SIGTERM");
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
  const running = /* @__PURE__ */ new Set();
  const start = async (words) => {
    const command = await spawnCommand(words);
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
    stream.end(stdin);
    const code = await Promise.race([exited, limits]);
    return { code, stdout: Buffer.concat(chunks).toString("utf8"), stderr: stderrTail() };
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}

// src/report/durations.ts
var MINUTE = 60;
var HOUR = 3600;
function formatDuration(seconds) {
  const known = Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
  const tenths = Math.round(known * 10);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.round(known);
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor(whole % HOUR / MINUTE);
  const rest = twoDigits(whole % MINUTE);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${twoDigits(minutes)}:${rest}`;
}
function formatCpuTotal(seconds) {
  const isShort = Math.round(seconds) < HOUR;
  return `CPU ${isShort ? formatDuration(seconds) : `${(seconds / HOUR).toFixed(2)} h`}`;
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

// src/report/escape/markup.ts
var MARKDOWN_SPECIAL = /[&<>"'`*[\]|~\\$@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/)|(?<=www)\./gi;
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
      return `&#${character.charCodeAt(0)};`;
  }
}

// src/report/escape/shell.ts
var PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;
function shellWord(text) {
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export {
  spawnCommand,
  daemonSocketPath,
  openLocalHost,
  runCommand,
  formatDuration,
  formatCpuTotal,
  formatCpu,
  formatBytes,
  plural,
  shellWord,
  utf8Length,
  clip,
  clipStart,
  htmlText,
  markdownText,
  markdownCode,
  preformatted
};
