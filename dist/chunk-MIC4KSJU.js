import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  DEFAULT_PARAMETERS,
  DispatchError,
  SSH_PORT,
  toDispatchError
} from "./chunk-HFWW2RYM.js";

// src/early-end.ts
import { once } from "node:events";
var hurryAfterMs = 5e3;
var exitAfterMs = 7e3;
function watchForEnd(giveUp) {
  const end = new AbortController();
  const hurry = new AbortController();
  const begin = (reason) => {
    process.exitCode = 1;
    if (end.signal.aborted) return hurry.abort();
    setTimeout(() => hurry.abort(), hurryAfterMs).unref();
    setTimeout(giveUp, exitAfterMs).unref();
    end.abort(reason);
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(name, () => begin(new DispatchError("cancelled", `ended by ${name}`)));
  }
  process.on("uncaughtException", (thrown) => {
    begin(toDispatchError(thrown, "local", { hint: "This is a fault of nix-dispatch: please report it." }));
  });
  return { signal: end.signal, hurry: hurry.signal };
}
function faultOf({ signal }) {
  const reason = signal.reason;
  return reason instanceof DispatchError && reason.code !== "cancelled" ? reason : void 0;
}
async function unlessAborted(signal, work, instead) {
  const aborted = signal.aborted ? Promise.resolve() : once(signal, "abort");
  return Promise.race([work, aborted.then(() => instead)]);
}
function leaveSoon() {
  setTimeout(leave, 200).unref();
}
function leave() {
  process.stdout.write("", () => process.exit());
}

// src/nixbuild/service.ts
var OFFERS = [
  { system: "x86_64-linux", features: ["big-parallel", "benchmark", "kvm", "nixos-test"] },
  { system: "aarch64-linux", features: ["big-parallel", "benchmark"] }
];
var MAX_JOBS = 200;
var TOKEN_USER = "authtoken";
var KEY_USER = "nixbuild";
var PRICE_EUR_PER_CPU_HOUR = 120000000n;
function serviceBuilders(service) {
  const { host, port } = service;
  const named = port === SSH_PORT ? host : `${host}:${port}`;
  return OFFERS.map(
    ({ system, features }) => asServiceBuilder(service, {
      name: `${system}@${named}`,
      uri: `ssh-ng://${named}`,
      address: { kind: "ssh", user: void 0, host, port },
      systems: [system],
      keyFile: void 0,
      maxJobs: MAX_JOBS,
      speedFactor: 1,
      supportedFeatures: features,
      mandatoryFeatures: [],
      hostKey: void 0,
      parameters: DEFAULT_PARAMETERS
    })
  );
}
function isServiceBuilder({ host, port }, { address }) {
  return address.kind === "ssh" && address.host.toLowerCase() === host && (address.port ?? SSH_PORT) === port;
}
function asServiceBuilder(service, builder) {
  const { address, parameters } = builder;
  if (address.kind !== "ssh") return builder;
  const user = service.token === void 0 ? address.user ?? KEY_USER : TOKEN_USER;
  return {
    ...builder,
    address: { ...address, user },
    hostKey: builder.hostKey ?? service.hostKey,
    parameters: {
      ...parameters,
      granularity: parameters.granularity ?? "closure",
      trusted: parameters.trusted ?? false
    }
  };
}
function servicePrices({ host }, currency) {
  if (currency !== "EUR" || !host.endsWith(".nixbuild.net")) return [];
  return [{ pattern: host, perHour: PRICE_EUR_PER_CPU_HOUR, unit: "cpu-hour" }];
}

// src/inputs/credentials.ts
function credentialsOf({ sshKey, knownHosts, hostKeyChecking, sshConfig, limits }, account, onUncheckedHost) {
  const common = {
    privateKey: sshKey,
    knownHosts,
    hostKeyChecking,
    sshConfig,
    onUncheckedHost,
    keepaliveMs: limits.keepaliveMs
  };
  return (builder) => account !== void 0 && isServiceBuilder(account.service, builder) ? { ...common, ...account.credentials } : common;
}

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
  watchForEnd,
  faultOf,
  unlessAborted,
  leaveSoon,
  leave,
  serviceBuilders,
  isServiceBuilder,
  asServiceBuilder,
  servicePrices,
  credentialsOf,
  priceOfTime,
  splitByWeight,
  formatMoney,
  formatAmount,
  parsePriceLines,
  priceForAll,
  priceOfBuilder
};
