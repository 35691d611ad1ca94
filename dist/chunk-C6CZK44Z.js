import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  prepareLogin
} from "./chunk-XXELBRAS.js";
import "./chunk-SXUCSHNG.js";
import "./chunk-HXB6XSEK.js";
import "./chunk-KYHKDAB5.js";
import "./chunk-B56HH6Z6.js";
import "./chunk-BER7XQ6C.js";
import "./chunk-7AVBNTXI.js";
import "./chunk-4NJ7PDOZ.js";
export {
  prepareLogin
};
