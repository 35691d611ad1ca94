import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/nix/hash/sha256.ts
import { createHash } from "node:crypto";
function sha256(data) {
  return new Uint8Array(createHash("sha256").update(data).digest());
}

export {
  sha256
};
