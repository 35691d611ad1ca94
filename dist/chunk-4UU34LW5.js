import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  sha256
} from "./chunk-HXB6XSEK.js";
import {
  encodeBase16
} from "./chunk-BER7XQ6C.js";

// src/report/file-name.ts
var MAX_CHARACTERS = 150;
var HASH_CHARACTERS = 12;
var LOOKS_HASHED = /-[0-9a-f]{12}$/;
function fileNameOf(path) {
  const joined = path.join(".");
  const safe = joined.replace(/[^A-Za-z0-9._+=-]/g, "_").replace(/^[.-]/, "_").replace(/\.$/, "_").slice(0, MAX_CHARACTERS);
  const isPlain = safe === joined && safe !== "" && !path.some((step) => step.includes(".") || step === "");
  if (isPlain && !LOOKS_HASHED.test(safe)) return safe;
  return `${safe || "_"}-${shortHash(JSON.stringify(path))}`;
}
function artifactName(prefix, rest) {
  const legal = (text) => text.replace(/["':<>|*?\\/\s\p{C}]/gu, "_").replace(/^\.+/, "_");
  const start = legal(prefix).slice(0, MAX_CHARACTERS);
  return start === "" ? legal(rest) : `${start}-${legal(rest)}`;
}
function shortHash(text) {
  const digest = sha256(new TextEncoder().encode(text));
  return encodeBase16(digest).slice(0, HASH_CHARACTERS);
}

export {
  fileNameOf,
  artifactName
};
