import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  parseProcessStat
} from "./chunk-7MK2SQY7.js";

// src/setup/lifecycle/lineage.ts
import { readFile } from "node:fs/promises";
async function ownLineage() {
  if (process.platform !== "linux") {
    return [process.pid, process.ppid].filter((pid) => pid > 1).map((pid) => ({ pid, startTicks: 0 }));
  }
  const lineage = [];
  for (let pid = process.pid; pid > 1; ) {
    const stat = await readStat(pid);
    if (stat === void 0) break;
    lineage.push({ pid, startTicks: stat.startTicks });
    pid = stat.parentPid;
  }
  return lineage;
}
async function isRunning({ pid, startTicks }) {
  if (process.platform === "linux") return (await readStat(pid))?.startTicks === startTicks;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
async function readStat(pid) {
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  return /^ [ZX]/.test(text.slice(text.lastIndexOf(")") + 1)) ? void 0 : parseProcessStat(text);
}

// src/setup/lifecycle/messages.ts
function isOrder(message) {
  return kindOf(message) === "order";
}
function isAnswer(message) {
  const kind = kindOf(message);
  return kind === "log" || kind === "ready" || kind === "failed";
}
function kindOf(message) {
  return typeof message === "object" && message !== null && "kind" in message ? message.kind : void 0;
}

export {
  ownLineage,
  isRunning,
  isOrder,
  isAnswer
};
