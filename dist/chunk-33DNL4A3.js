import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  keepTail
} from "./chunk-RSYTV2SV.js";
import {
  DispatchError
} from "./chunk-7AVBNTXI.js";

// src/builders/shell-words.ts
var SAFE_WORD = /^[\w@%+=:,./-]+$/;
function shellCommand(words) {
  return words.map((word) => SAFE_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

// src/builders/ssh/command-channel.ts
function commandChannel(channel) {
  return {
    stream: channel,
    stderrTail: keepTail(channel.stderr),
    // Not from `exit`: a quick command's comes along with the answer that opens the session, before anybody can listen.
    exited: new Promise((resolve) => {
      channel.once("close", (code) => resolve(code ?? void 0));
    })
  };
}

// src/builders/ssh/daemon-ways.ts
import { setTimeout as sleep } from "node:timers/promises";
var WAYS = ["socket", "announced", "plain"];
var DAEMON_SOCKET = "/nix/var/nix/daemon-socket/socket";
var PID_LINE = /^nix-dispatch client (\d{1,9})\n/m;
var ANNOUNCE_PID = 'echo "nix-dispatch client $$" >&2 && exec "$@"';
var SOCKET_PAUSES_MS = [20, 80, 300, 1e3];
function createDaemonWays(pool, command, isPlain) {
  let way = isPlain ? WAYS.indexOf("plain") : 0;
  let socketWorks = false;
  return {
    tryNext() {
      way += 1;
      return way < WAYS.length;
    },
    async open() {
      const socket = WAYS[way] === "socket" ? await openSocket() : void 0;
      if (socket !== void 0) return socket;
      return WAYS[way] === "plain" ? openProcess(command) : openProcess(["sh", "-c", ANNOUNCE_PID, "sh", ...command]);
    }
  };
  async function openSocket() {
    for (let attempt = 0; ; attempt++) {
      const opened = await pool.openSocket(DAEMON_SOCKET);
      if (opened !== void 0) {
        socketWorks = true;
        return { stream: opened.channel, stderrTail: () => "", clientPid: opened.serverPid };
      }
      const pauseMs = SOCKET_PAUSES_MS[attempt];
      if (!socketWorks) way = WAYS.indexOf("announced");
      if (!socketWorks || pauseMs === void 0) return void 0;
      await sleep(pauseMs * (0.5 + Math.random()));
    }
  }
  async function openProcess(words) {
    const { stream, stderrTail } = commandChannel(await pool.exec(shellCommand(words)));
    let pid;
    return {
      stream,
      stderrTail: () => stderrTail().replace(PID_LINE, ""),
      clientPid() {
        pid ??= PID_LINE.exec(stderrTail())?.[1];
        return pid === void 0 ? void 0 : Number(pid);
      }
    };
  }
}
function mayBeTheWay(error) {
  return error instanceof DispatchError && (error.code === "not-nix" || error.code === "connection-lost");
}

export {
  shellCommand,
  commandChannel,
  createDaemonWays,
  mayBeTheWay
};
