import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/report/escape/shell.ts
var PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;
function shellWord(text) {
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

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
function formatBriefly(seconds) {
  const milliseconds = Math.round(seconds * 1e3);
  return milliseconds < 1e3 ? `${Math.max(0, milliseconds)} ms` : formatDuration(seconds);
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
function logExtent(shown, all) {
  if (shown < all) return `Last ${plural(shown, "line")} of ${all}`;
  return shown === 1 ? "The only line" : `All ${shown} lines`;
}
function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}
function twoDigits(value) {
  return String(value).padStart(2, "0");
}

export {
  shellWord,
  formatDuration,
  formatBriefly,
  formatCpuTotal,
  formatCpu,
  formatBytes,
  logExtent,
  plural
};
