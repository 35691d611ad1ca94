import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  DispatchError
} from "./chunk-7AVBNTXI.js";

// src/nix/hash/nix32.ts
var DIGITS = "0123456789abcdfghijklmnpqrsvwxyz";
var VALUE_OF = new Map(Array.from(DIGITS, (digit, value) => [digit, value]));
function nix32Length(byteCount) {
  return Math.ceil(byteCount * 8 / 5);
}
function encodeNix32(bytes) {
  let text = "";
  for (let digit = nix32Length(bytes.length) - 1; digit >= 0; digit--) {
    const bit = digit * 5;
    const index = bit >> 3;
    const pair = (bytes[index] ?? 0) | (bytes[index + 1] ?? 0) << 8;
    text += DIGITS.charAt(pair >> (bit & 7) & 31);
  }
  return text;
}
function decodeNix32(text, byteCount) {
  const expected = nix32Length(byteCount);
  if (text.length !== expected) {
    throw new DispatchError("protocol", `expected ${expected} nix32 characters, got ${text.length}`);
  }
  const bytes = new Uint8Array(byteCount);
  for (let digit = 0; digit < expected; digit++) {
    const character = text.charAt(expected - 1 - digit);
    const value = VALUE_OF.get(character);
    if (value === void 0) {
      throw new DispatchError("protocol", `${JSON.stringify(character)} is not a nix32 character`);
    }
    const bit = digit * 5;
    const index = bit >> 3;
    const shifted = value << (bit & 7);
    const overflow = shifted >> 8;
    bytes[index] = (bytes[index] ?? 0) | shifted & 255;
    if (index + 1 < byteCount) bytes[index + 1] = overflow;
    else if (overflow !== 0)
      throw new DispatchError("protocol", "nix32 text has bits set past its last byte");
  }
  return bytes;
}

// src/nix/hash/hash.ts
var DIGEST_BYTES = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha512: 64,
  blake3: 32
};
var BASE16 = /^[0-9a-f]*$/i;
var BASE64 = /^[0-9A-Za-z+/]*={0,2}$/;
function parseHashAlgorithm(word) {
  switch (word) {
    case "md5":
    case "sha1":
    case "sha256":
    case "sha512":
    case "blake3":
      return word;
    default:
      return void 0;
  }
}
function encodeBase16(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
function encodeBase64(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
function decodeBase64(text) {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return void 0;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? new Uint8Array(bytes) : void 0;
}
function formatHash(hash, encoding) {
  switch (encoding) {
    case "base16":
      return encodeBase16(hash.bytes);
    case "nix32":
      return encodeNix32(hash.bytes);
    case "base64":
      return encodeBase64(hash.bytes);
    case "sri":
      return `${hash.algorithm}-${encodeBase64(hash.bytes)}`;
  }
}
function formatPrefixedHash(hash) {
  return `${hash.algorithm}:${encodeNix32(hash.bytes)}`;
}
function parseHash(text, expected) {
  const split = /^([a-z0-9]+)([:-])(.*)$/s.exec(text);
  const named = split === null ? void 0 : parseHashAlgorithm(split[1] ?? "");
  const algorithm = named ?? expected;
  if (algorithm === void 0) throw badHash(text, "it names no known hash algorithm");
  if (expected !== void 0 && algorithm !== expected) throw badHash(text, `expected ${expected}`);
  const isSri = named !== void 0 && split?.[2] === "-";
  const digest = named === void 0 ? text : split?.[3] ?? "";
  const bytes = decodeDigest(digest, DIGEST_BYTES[algorithm], isSri);
  if (bytes === void 0) {
    throw badHash(text, `its digest is not ${isSri ? "base64" : "base16, nix32 or base64"} of ${algorithm}`);
  }
  return { algorithm, bytes };
}
function decodeDigest(digest, byteCount, isSri) {
  if (!isSri && digest.length === byteCount * 2) {
    return BASE16.test(digest) ? new Uint8Array(Buffer.from(digest, "hex")) : void 0;
  }
  if (!isSri && digest.length === nix32Length(byteCount)) return decodeNix32(digest, byteCount);
  const bytes = decodeBase64(digest);
  return bytes?.length === byteCount ? bytes : void 0;
}
function badHash(text, reason) {
  return new DispatchError("protocol", `${JSON.stringify(text.slice(0, 200))} is not a hash: ${reason}`);
}

export {
  encodeNix32,
  parseHashAlgorithm,
  encodeBase16,
  encodeBase64,
  decodeBase64,
  formatHash,
  formatPrefixedHash,
  parseHash
};
