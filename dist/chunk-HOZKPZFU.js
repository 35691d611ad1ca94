import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  clip
} from "./chunk-7IZRAHNB.js";
import {
  cleanLine,
  cleanText
} from "./chunk-WGX5D5BX.js";

// src/report/escape/markup.ts
var MARKDOWN_SPECIAL = /[&<>"'`*[\]|~\\$@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/)|(?<=www)\./gi;
var CLEANING_MARGIN = 8;
var HTML_SPECIAL = /[&<>"'`]/g;
function htmlText(text) {
  return cleanText(text).replace(HTML_SPECIAL, entity);
}
function markdownText(text, maxCharacters = 300) {
  return clip(cleanLine(text.slice(0, maxCharacters * CLEANING_MARGIN)), maxCharacters).replace(
    MARKDOWN_SPECIAL,
    entity
  );
}
function markdownCode(text, maxCharacters = 300) {
  const safe = markdownText(text, maxCharacters);
  return safe === "" ? "\u2013" : `<code>${safe}</code>`;
}
function preformatted(lines) {
  return `<pre>${lines.map((line) => htmlText(line).replaceAll("\n", " ")).join("\n")}</pre>`;
}
function entity(character) {
  switch (character) {
    case "&":
      return "&amp;";
    case "<":
      return "&lt;";
    case ">":
      return "&gt;";
    default:
      return `&#${character.charCodeAt(0)};`;
  }
}

export {
  htmlText,
  markdownText,
  markdownCode,
  preformatted
};
