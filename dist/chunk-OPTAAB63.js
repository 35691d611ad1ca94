import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/accounting/money.ts
var NANO_DIGITS = 9;
var NANOS_PER_UNIT = 10n ** BigInt(NANO_DIGITS);
var MICROSECONDS_PER_HOUR = 3600000000n;
var AMOUNT = /^(\d{1,9})(?:\.(\d{1,9}))?$/;
function parseAmount(text) {
  const match = AMOUNT.exec(text);
  if (match === null) return void 0;
  return BigInt(match[1] ?? "") * NANOS_PER_UNIT + BigInt((match[2] ?? "").padEnd(NANO_DIGITS, "0"));
}
function priceOfTime(perHour, seconds) {
  const microseconds = BigInt(Math.round(Math.max(0, seconds) * 1e6));
  return divideHalfEven(perHour * microseconds, MICROSECONDS_PER_HOUR);
}
function splitByWeight(amount, weights) {
  const wholes = weights.map((weight) => BigInt(Math.max(0, Math.round(weight))));
  const sum = wholes.reduce((total, weight) => total + weight, 0n);
  if (sum === 0n) return wholes.map(() => 0n);
  const parts = wholes.map((weight) => amount * weight / sum);
  let rest = amount - parts.reduce((total, part) => total + part, 0n);
  return parts.map((part, index) => {
    const isOwed = rest > 0n && (wholes[index] ?? 0n) > 0n;
    if (isOwed) rest -= 1n;
    return isOwed ? part + 1n : part;
  });
}
function formatMoney(amount, currency) {
  const decimals = amount > 0n && amount < NANOS_PER_UNIT / 100n ? 4 : 2;
  const shown = formatAmount(amount, decimals);
  const isLost = amount > 0n && /^[0.]+$/.test(shown);
  return `${isLost ? `< 0.${"1".padStart(decimals, "0")}` : shown} ${currency}`;
}
function formatAmount(amount, decimals = NANO_DIGITS) {
  const scaled = divideHalfEven(amount, 10n ** BigInt(NANO_DIGITS - decimals));
  const digits = scaled.toString().padStart(decimals + 1, "0");
  return `${digits.slice(0, digits.length - decimals)}.${digits.slice(digits.length - decimals)}`;
}
function divideHalfEven(dividend, divisor) {
  const quotient = dividend / divisor;
  const twice = dividend % divisor * 2n;
  if (twice < divisor) return quotient;
  return twice > divisor || quotient % 2n === 1n ? quotient + 1n : quotient;
}

// src/accounting/prices.ts
function parsePriceLines(text) {
  const rules = [];
  const faults = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.replace(/#.*/, "").trim().split(/\s+/);
    if (words[0] === "") continue;
    const rule = parseRule(words);
    if (typeof rule === "string") faults.push(`prices, line ${index + 1}: ${rule}`);
    else rules.push(rule);
  }
  return { rules, faults };
}
function priceForAll(text, unit) {
  const perHour = parseAmount(text.trim());
  return perHour === void 0 ? void 0 : { pattern: "*", perHour, unit };
}
function priceOfBuilder(prices, builder) {
  const names = [builder, hostOf(builder)];
  const find = (unit) => prices.rules.find((rule) => rule.unit === unit && names.some((name) => fits(rule.pattern, name)))?.perHour;
  return { perCpuHour: find("cpu-hour"), perHour: find("hour") };
}
function parseRule(words) {
  const [pattern, price, unit, ...more] = words;
  if (pattern === void 0 || price === void 0 || unit === void 0 || more.length > 0) {
    return `expected "PATTERN PRICE UNIT", for example "b1 0.05 cpu-hour", found ${JSON.stringify(words.join(" "))}`;
  }
  const perHour = parseAmount(price);
  if (perHour === void 0) {
    return `${JSON.stringify(price)} is not a price: expected a decimal such as 0.05, at most nine digits on either side`;
  }
  if (unit !== "cpu-hour" && unit !== "hour") {
    return `${JSON.stringify(unit)} is not a unit: expected cpu-hour or hour`;
  }
  return { pattern, perHour, unit };
}
function hostOf(builder) {
  return builder.replace(/^[a-z0-9+.-]+:\/\//i, "").replace(/[/?].*$/, "").replace(/^.*@/, "").replace(/(\]|^[^:]*):\d+$/, "$1");
}
function fits(pattern, name) {
  const [first = "", ...rest] = pattern.split("*");
  if (!name.startsWith(first)) return false;
  const last = rest.pop();
  if (last === void 0) return name === pattern;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

export {
  priceOfTime,
  splitByWeight,
  formatMoney,
  formatAmount,
  parsePriceLines,
  priceForAll,
  priceOfBuilder
};
