import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  DispatchError
} from "./chunk-7AVBNTXI.js";

// src/report/log/commands.ts
var TOKEN = /^[A-Za-z0-9_-]{16,}$/;
function stopCommands(token) {
  return `::stop-commands::${checkedToken(token)}`;
}
function resumeCommands(token) {
  return `::${checkedToken(token)}::`;
}
function withCommandsStopped(token, lines) {
  return [stopCommands(token), ...lines, resumeCommands(token)];
}
function checkedToken(token) {
  if (TOKEN.test(token)) return token;
  throw new DispatchError(
    "local",
    "the token that stops workflow commands is shorter than 16 plain characters"
  );
}

export {
  stopCommands,
  resumeCommands,
  withCommandsStopped
};
