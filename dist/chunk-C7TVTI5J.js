import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  decodeBase64,
  encodeBase64
} from "./chunk-42PFPTD5.js";

// src/builders/known-hosts/host-key.ts
var LENGTH_BYTES = 4;
function parseHostKeyBlob(blob) {
  if (blob.length <= LENGTH_BYTES) return void 0;
  const length = new DataView(blob.buffer, blob.byteOffset).getUint32(0);
  if (length === 0 || LENGTH_BYTES + length >= blob.length) return void 0;
  const type = new TextDecoder().decode(blob.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  return { type, blob };
}
function parseHostKeyLine(line) {
  const [type = "", encoded = ""] = line.trim().split(/\s+/);
  const blob = decodeBase64(encoded);
  const key = blob === void 0 ? void 0 : parseHostKeyBlob(blob);
  if (key === void 0) return 'expected a public key line such as "ssh-ed25519 AAAA\u2026"';
  return key.type === type ? key : `the key says that it is ${key.type}, but its line says ${type}`;
}
function formatHostKey(key) {
  return `${key.type} ${encodeBase64(key.blob)}`;
}
function fingerprint(blob, sha256) {
  return `SHA256:${encodeBase64(sha256(blob)).replace(/=+$/, "")}`;
}
function sameKey(one, other) {
  return formatHostKey(one) === formatHostKey(other);
}

export {
  parseHostKeyBlob,
  parseHostKeyLine,
  formatHostKey,
  fingerprint,
  sameKey
};
