import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  preformatted
} from "./chunk-HOZKPZFU.js";
import {
  clip
} from "./chunk-7IZRAHNB.js";
import "./chunk-WGX5D5BX.js";
import "./chunk-4NJ7PDOZ.js";

// src/report/summary/ended-by-error.ts
var mostCharacters = 2e4;
function renderEndedByError(message) {
  return `## \u274C Ended by an error

${preformatted(clip(message, mostCharacters).split("\n"))}
`;
}
export {
  renderEndedByError
};
