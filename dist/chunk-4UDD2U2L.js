import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  failGate,
  openChecks
} from "./chunk-AB5OZ5BC.js";
import "./chunk-GO4MPXVS.js";
import "./chunk-IJOL2ZII.js";
import "./chunk-LMBAKTVX.js";
import "./chunk-HOZKPZFU.js";
import "./chunk-ZR6O72JI.js";
import "./chunk-7IZRAHNB.js";
import "./chunk-WGX5D5BX.js";
import "./chunk-OPTAAB63.js";
import "./chunk-4NJ7PDOZ.js";
export {
  failGate,
  openChecks
};
