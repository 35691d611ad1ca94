import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/inputs/parsed.ts
function value(value2) {
  return { kind: "value", value: value2 };
}
function fault(expected, got) {
  return { kind: "fault", expected, got };
}

// src/inputs/nix-conf.ts
function parseNixConf(text) {
  const lines = [];
  const odd = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) continue;
    const setting = /^([a-zA-Z][\w-]*)\s*=\s*(.*)$/.exec(content);
    const name = setting?.[1];
    if (name !== void 0) lines.push(`${name} = ${setting?.[2] ?? ""}`.trimEnd());
    else if (/^!?include\s+\S/.test(content)) lines.push(content);
    else odd.push(index + 1);
  }
  if (odd.length > 0) {
    return fault("lines of nix.conf such as: sandbox = relaxed", `something else in line ${odd.join(", ")}`);
  }
  return value(lines.join("\n"));
}
function nixConfigText(inputs) {
  const token = inputs.githubAccessToken;
  const lines = [inputs.nixConf, token === void 0 ? "" : `extra-access-tokens = github.com=${token}`];
  return lines.filter((line) => line !== "").join("\n");
}

// src/builders/builder.ts
var DEFAULT_PARAMETERS = {
  remoteProgram: void 0,
  remoteStore: void 0,
  compress: false,
  maxConnections: void 0,
  trusted: void 0,
  granularity: void 0
};
function addressText(address) {
  if (address.kind !== "ssh") return address.kind === "local" ? "local" : address.socketPath;
  if (address.port === SSH_PORT) return address.host;
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
var SSH_PORT = 22;

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
  DEFAULT_PARAMETERS,
  addressText,
  SSH_PORT,
  value,
  fault,
  parseNixConf,
  nixConfigText,
  priceOfTime,
  splitByWeight,
  formatMoney,
  formatAmount,
  parsePriceLines,
  priceForAll,
  priceOfBuilder
};
