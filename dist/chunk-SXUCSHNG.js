import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/builders/credentials.ts
var CONNECT_TIMEOUT_MS = 2e4;
var KEEPALIVE_MS = 3e4;

export {
  CONNECT_TIMEOUT_MS,
  KEEPALIVE_MS
};
