import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  cleanText
} from "./chunk-WGX5D5BX.js";

// src/report/escape/terminal.ts
var COLOUR = /(\u001b\[[0-9;:]*m)/;
var RESET = "\x1B[0m";
function terminalLine(line) {
  const shown = lastDrawn(line);
  if (!shown.includes("\x1B")) return cleanKeepingSpaces(shown);
  const parts = shown.split(COLOUR);
  const text = parts.map((part, index) => index % 2 === 1 ? part : cleanKeepingSpaces(part)).join("");
  return parts.length > 1 ? text + RESET : text;
}
function lastDrawn(line) {
  if (!line.includes("\r")) return line;
  const states = line.split("\r").filter((state) => state !== "");
  return states.at(-1) ?? "";
}
function cleanKeepingSpaces(text) {
  return cleanText(text).replaceAll("\n", " ");
}

export {
  terminalLine
};
