import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  cleanLine,
  cleanText
} from "./chunk-RWESDSZG.js";

// src/report/durations.ts
var MINUTE = 60;
var HOUR = 3600;
function formatDuration(seconds) {
  const known = Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
  const tenths = Math.round(known * 10);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.round(known);
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor(whole % HOUR / MINUTE);
  const rest = twoDigits(whole % MINUTE);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${twoDigits(minutes)}:${rest}`;
}
function formatCpuTotal(seconds) {
  const isShort = Math.round(seconds) < HOUR;
  return `CPU ${isShort ? formatDuration(seconds) : `${(seconds / HOUR).toFixed(2)} h`}`;
}
function formatCpu(cpu) {
  if (cpu === void 0) return "\u2013";
  const bound = cpu.source === "estimate" ? "\u2264 " : "";
  return `${bound}${formatDuration(cpu.seconds)} (${cpu.source})`;
}
function formatBytes(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}
function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}
function twoDigits(value) {
  return String(value).padStart(2, "0");
}

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

// src/report/escape/shell.ts
var PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;
function shellWord(text) {
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export {
  formatDuration,
  formatCpuTotal,
  formatCpu,
  formatBytes,
  plural,
  shellWord,
  utf8Length,
  clip,
  clipStart,
  htmlText,
  markdownText,
  markdownCode,
  preformatted
};
