import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

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
  const [parentPid, user, system, start] = [PARENT_PID, CHILD_USER, CHILD_SYSTEM, START_TIME].map(
    (index) => wholeNumber(fields[index])
  );
  if (parentPid === void 0 || user === void 0 || system === void 0 || start === void 0)
    return void 0;
  return { pid: Number(pid), parentPid, waitedChildTicks: user + system, startTicks: start };
}
function wholeNumber(text) {
  if (text === void 0 || !/^\d{1,15}$/.test(text)) return void 0;
  return Number(text);
}

export {
  parseProcessStat
};
