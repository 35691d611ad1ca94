import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  DEFAULT_PARAMETERS,
  SSH_PORT
} from "./chunk-B56HH6Z6.js";

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
function nixConfOfBuilds(nixConf) {
  return nixConf.split("\n").filter((line) => !/^(?:extra-)?access-tokens\b/.test(line)).join("\n");
}
function nixConfigText(inputs) {
  const token = inputs.githubAccessToken;
  const lines = [inputs.nixConf, token === void 0 ? "" : `extra-access-tokens = github.com=${token}`];
  return lines.filter((line) => line !== "").join("\n");
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

export {
  serviceBuilders,
  isServiceBuilder,
  asServiceBuilder,
  servicePrices,
  value,
  fault,
  parseNixConf,
  nixConfOfBuilds,
  nixConfigText
};
