import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  createRunner
} from "./chunk-NP2OTL4Y.js";
import "./chunk-MOM7IM5P.js";
import "./chunk-WGX5D5BX.js";
import "./chunk-2VU3XWCT.js";
import "./chunk-4NJ7PDOZ.js";
export {
  createRunner
};
