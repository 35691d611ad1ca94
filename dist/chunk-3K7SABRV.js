import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  readPrivateKey
} from "./chunk-7GCZRJ55.js";
import "./chunk-C7TVTI5J.js";
import "./chunk-HXB6XSEK.js";
import "./chunk-42PFPTD5.js";
import "./chunk-4NJ7PDOZ.js";
export {
  readPrivateKey
};
