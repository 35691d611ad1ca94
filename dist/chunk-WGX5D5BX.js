import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/report/escape/clean.ts
var REPLACEMENT = "\uFFFD";
var ESCAPE_STRING = /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u009c|\u001b\\)?/g;
var CONTROL_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g;
var SHORT_ESCAPE = /\u001b[ -/]*[0-~]?/g;
var UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Surrogate}\u{e0000}-\u{e007f}]/gu;
function cleanText(text) {
  return text.replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n").replace(ESCAPE_STRING, "").replace(CONTROL_SEQUENCE, "").replace(SHORT_ESCAPE, "").replace(UNSAFE, REPLACEMENT);
}
function cleanLine(text) {
  return cleanText(text).replace(/[\n\t]+/g, " ").trim();
}

export {
  cleanText,
  cleanLine
};
