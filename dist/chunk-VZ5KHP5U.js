import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  createRunner
} from "./chunk-G46PSXWU.js";
import "./chunk-UJIYV7HM.js";
import "./chunk-RWESDSZG.js";
import "./chunk-2VU3XWCT.js";
import "./chunk-4NJ7PDOZ.js";
export {
  createRunner
};
