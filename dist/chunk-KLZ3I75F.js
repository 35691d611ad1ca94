import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  OUTPUT_BUDGET_BYTES,
  fitOutputs,
  outputBytes,
  outputsOfNothing,
  reportOutputs,
  spillNotice
} from "./chunk-PHKSR2AA.js";
import "./chunk-LMBAKTVX.js";
import "./chunk-QS5WVXX3.js";
import "./chunk-ZR6O72JI.js";
import "./chunk-7IZRAHNB.js";
import "./chunk-WGX5D5BX.js";
import "./chunk-OPTAAB63.js";
import "./chunk-4NJ7PDOZ.js";
export {
  OUTPUT_BUDGET_BYTES,
  fitOutputs,
  outputBytes,
  outputsOfNothing,
  reportOutputs,
  spillNotice
};
