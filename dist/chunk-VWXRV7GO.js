import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  prepareLogin
} from "./chunk-NAWLGEIG.js";
import "./chunk-4UFFZM5N.js";
import "./chunk-X7WBM6VD.js";
import "./chunk-HFWW2RYM.js";
import "./chunk-4NJ7PDOZ.js";
export {
  prepareLogin
};
