import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/report/escape/clip.ts
var ELLIPSIS = "\u2026";
var encoder = new TextEncoder();
function utf8Length(text) {
  return encoder.encode(text).length;
}
function clip(text, maxCharacters) {
  if (text.length <= maxCharacters) return text;
  return withoutHalf(text.slice(0, Math.max(0, maxCharacters - 1))) + ELLIPSIS;
}
function clipStart(text, maxCharacters) {
  if (text.length <= maxCharacters) return text;
  const kept = text.slice(text.length - Math.max(0, maxCharacters - 1));
  return ELLIPSIS + (/^[\udc00-\udfff]/.test(kept) ? kept.slice(1) : kept);
}
function withoutHalf(text) {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

export {
  utf8Length,
  clip,
  clipStart
};
