import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  faultOf,
  leave,
  leaveSoon,
  unlessAborted,
  watchForEnd
} from "./chunk-WHCJHVRA.js";
import "./chunk-7AVBNTXI.js";
import "./chunk-4NJ7PDOZ.js";
export {
  faultOf,
  leave,
  leaveSoon,
  unlessAborted,
  watchForEnd
};
