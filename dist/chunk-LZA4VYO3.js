import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  INVOCATION_TAG,
  inputSchema,
  parseBuilders,
  serviceOf,
  sessionEnvironment,
  withService,
  withServicePrices
} from "./chunk-JOMHBQXC.js";
import {
  isServiceBuilder,
  serviceBuilders
} from "./chunk-B322B4MD.js";
import {
  DispatchError,
  describeTrouble,
  toDispatchError
} from "./chunk-7AVBNTXI.js";

// src/inputs/input-reader.ts
var schema = inputSchema;
function createInputReader(raw) {
  const faults = [];
  return {
    read(name) {
      const field = schema[name];
      const text = raw(name).trim();
      const parsed = field.parse(text === "" ? field.default : text);
      if (parsed.kind === "value") return parsed.value;
      const got = parsed.got ?? (field.secret ? "something else (not shown)" : quote(text));
      faults.push(`- ${name}: expected ${parsed.expected}; got ${got}`);
      return defaultOf(name, field);
    },
    note({ message, hint }) {
      faults.push(
        ...message.split("\n").map((line) => `- ${line}`),
        ...hint === void 0 ? [] : [`  ${hint}`]
      );
    },
    throwFaults() {
      if (faults.length === 0) return;
      throw new DispatchError("input", `Inputs are wrong; nothing was built:
${faults.join("\n")}`);
    }
  };
}
function quote(text) {
  const head = /^[^]{0,80}/u.exec(text)?.[0] ?? "";
  return JSON.stringify(head === text ? text : `${head}\u2026`);
}
function defaultOf(name, field) {
  const parsed = field.parse(field.default);
  if (parsed.kind === "fault") throw new Error(`The default of input ${name} is no valid value`);
  return parsed.value;
}

// src/inputs/parse-inputs.ts
var THIS_MACHINE = "local";
function parseInputs(raw, readInclude) {
  const reader = createInputReader(raw);
  const { read } = reader;
  const nixbuild = serviceOf(read("nixbuild_host"), {
    hostKey: read("nixbuild_host_key"),
    apiUrl: read("nixbuild_api"),
    token: read("nixbuild_token"),
    privateKey: read("nixbuild_ssh_key"),
    settings: read("settings"),
    tags: read("tags"),
    oidc: read("oidc")
  });
  const inputs = {
    mode: read("mode"),
    flake: read("flake"),
    topAttrs: read("top_attrs"),
    filterBuilds: read("filter_builds"),
    labelBuilds: read("label_builds"),
    builders: readBuilders(reader, readInclude, nixbuild),
    sshKey: read("ssh_key"),
    knownHosts: read("known_hosts"),
    hostKeyChecking: read("host_key_checking"),
    sshConfig: read("ssh_config"),
    withoutSecrets: read("without_secrets"),
    nixbuild,
    nixConf: read("nix_conf"),
    nixArgs: read("nix_args"),
    githubAccessToken: read("github_access_token"),
    ignoreBuildFailures: read("ignore_build_failures"),
    ignoreEvalFailures: read("ignore_eval_failures"),
    failFast: read("fail_fast"),
    failOnEmpty: read("fail_on_empty"),
    checkRuns: read("check_runs"),
    githubToken: read("github_token"),
    generateBuildSummary: read("generate_build_summary"),
    artifactPrefix: read("artifact_prefix"),
    evaluation: {
      workers: read("eval_workers"),
      maxMemoryBytes: read("eval_max_memory"),
      timeoutMs: read("eval_timeout"),
      systems: read("eval_systems"),
      usesCache: read("eval_cache")
    },
    history: read("history"),
    sharesSubstituters: read("share_substituters"),
    limits: {
      maxSilentMs: read("max_silent_time"),
      timeoutMs: read("build_timeout"),
      maxLogBytes: read("max_log_size"),
      keepaliveMs: read("keepalive"),
      infraRetries: read("infra_retries"),
      retries: read("retries")
    },
    delivery: {
      pushTo: read("push_to"),
      signingKey: read("push_signing_key"),
      isPushRequired: read("push_required"),
      skipsCached: read("skip_cached"),
      copiesOutputs: read("copy_outputs"),
      uploadOutputs: read("upload_outputs")
    },
    prices: withServicePrices(
      {
        // The first rule that fits counts, so those for all builders come last.
        rules: [...read("prices"), ...read("cost_per_cpu_hour"), ...read("cost_per_hour")],
        currency: read("currency")
      },
      nixbuild
    )
  };
  reader.throwFaults();
  return inputs;
}
function readBuilders(reader, readInclude, nixbuild) {
  const text = reader.read("builders");
  if (text === "" && nixbuild !== void 0) return serviceBuilders(nixbuild);
  try {
    return withService(parseBuilders(text === "" ? THIS_MACHINE : text, readInclude), nixbuild);
  } catch (error) {
    reader.note(toDispatchError(error, "input"));
    return [];
  }
}
function earlyInputs(raw) {
  const { read } = createInputReader(raw);
  const isRun = ["build", "evaluate"].includes(read("mode"));
  return {
    checkRuns: isRun && read("check_runs"),
    githubToken: read("github_token"),
    artifactPrefix: read("artifact_prefix"),
    generateBuildSummary: read("generate_build_summary")
  };
}

// src/nixbuild/account.ts
import { randomUUID } from "node:crypto";

// src/nixbuild/api.ts
import { setTimeout as sleep } from "node:timers/promises";

// src/nixbuild/usage.ts
function parseUsage(answer) {
  if (!Array.isArray(answer)) return void 0;
  const usage = /* @__PURE__ */ new Map();
  for (const build of answer) {
    if (typeof build !== "object" || build === null) return void 0;
    const drvPath = "derivation_path" in build ? build.derivation_path : void 0;
    const cpuSeconds = "cpu_seconds" in build ? numberOf(build.cpu_seconds) : void 0;
    if (typeof drvPath !== "string") return void 0;
    if (cpuSeconds === void 0) continue;
    const peak = "peak_memory_use_kilobytes" in build ? numberOf(build.peak_memory_use_kilobytes) : void 0;
    const known = usage.get(drvPath);
    const peaks = [known?.peakMemoryBytes, peak === void 0 ? void 0 : peak * 1e3].filter(
      (bytes) => bytes !== void 0
    );
    usage.set(drvPath, {
      cpuSeconds: (known?.cpuSeconds ?? 0) + cpuSeconds,
      peakMemoryBytes: peaks.length === 0 ? void 0 : Math.max(...peaks)
    });
  }
  return usage;
}
function numberOf(value) {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : void 0;
}
function ranAt(build, builders) {
  return build.attempts.some(({ builder }) => builders.has(builder));
}
function withUsage(builds, usage, builders) {
  return builds.map((build) => {
    const used = ranAt(build, builders) ? usage.get(build.drvPath) : void 0;
    if (used === void 0) return build;
    const { cpuSeconds, peakMemoryBytes } = used;
    const told = {
      cpu: { seconds: cpuSeconds, source: "service" },
      peakMemoryBytes: build.peakMemoryBytes ?? peakMemoryBytes
    };
    return Object.assign({}, build, told);
  });
}

// src/nixbuild/api.ts
var mostBuilds = 1e4;
var patienceMs = 1e4;
var pausesMs = [500, 2e3];
async function fetchUsage(question) {
  for (let attempt = 0; ; attempt++) {
    const usage = await askOnce(question);
    const pauseMs = pausesMs[attempt];
    if (pauseMs === void 0 || question.expected.every((drvPath) => usage.has(drvPath))) return usage;
    await sleep(pauseMs, void 0, { signal: question.signal }).catch(() => {
    });
    if (question.signal.aborted) return usage;
  }
}
async function askOnce({
  apiUrl,
  token,
  idToken,
  invocationId,
  signal
}) {
  const url = new URL(`${apiUrl}/builds`);
  url.searchParams.set("tags", `${INVOCATION_TAG}:${invocationId}`);
  url.searchParams.set("limit", String(mostBuilds));
  const host = url.host;
  let response;
  let answer;
  try {
    response = await fetch(url, {
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/json",
        ...idToken === void 0 ? {} : { "nixbuildnet-oidc-id-token": idToken }
      },
      // The token is for this address only.
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
    });
    answer = response.ok ? await response.json() : void 0;
  } catch (thrown) {
    const isLate = thrown instanceof Error && thrown.name === "TimeoutError";
    const { cause } = toDispatchError(thrown, "unreachable");
    const why = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : "";
    throw isLate ? new DispatchError("timed-out", `${host} did not answer within ${patienceMs / 1e3} s`, { host }) : new DispatchError("unreachable", `${host} gave no usable answer${why}`, { host, cause: thrown });
  }
  if (response.status === 401 || response.status === 403) {
    throw new DispatchError("authentication", `${host} answered ${response.status} to the token`, {
      host,
      hint: "The token needs the permission build:read."
    });
  }
  const usage = response.ok ? parseUsage(answer) : void 0;
  if (usage !== void 0) return usage;
  throw new DispatchError(
    "protocol",
    `expected a list of builds from ${host}, got status ${response.status}`,
    {
      host
    }
  );
}

// src/nixbuild/id-token.ts
var AUDIENCE = "nixbuild.net";
var patienceMs2 = 1e4;
var freshMs = 18e4;
async function openIdTokens(environment, now = () => performance.now()) {
  let token = await requestIdToken(environment);
  let gotAtMs = now();
  let renewing;
  const renew = async () => {
    try {
      token = await requestIdToken(environment);
      gotAtMs = now();
    } catch {
    } finally {
      renewing = void 0;
    }
    return token;
  };
  return {
    current() {
      if (now() - gotAtMs < freshMs) return Promise.resolve(token);
      renewing ??= renew();
      return renewing;
    }
  };
}
async function requestIdToken(environment) {
  const url = environment["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "";
  const bearer = environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "";
  const given = environment["NIXBUILDNET_OIDC_ID_TOKEN"] ?? "";
  if (url === "" || bearer === "") {
    if (given !== "") return given;
    throw new DispatchError("input", "oidc is set, but this job may not ask for ID tokens", {
      hint: "Give the job the permission id-token: write. The reusable workflow asks for contents: read only: use the action as a step."
    });
  }
  try {
    const response = await fetch(`${url}&audience=${AUDIENCE}`, {
      headers: { authorization: `Bearer ${bearer}`, accept: "application/json" },
      signal: AbortSignal.timeout(patienceMs2)
    });
    const answer = response.ok ? await response.json() : void 0;
    const token = typeof answer === "object" && answer !== null && "value" in answer ? answer.value : void 0;
    if (typeof token === "string" && token !== "") return token;
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DispatchError("unreachable", `GitHub gave no ID token: ${why}`, { cause });
  }
}

// src/nixbuild/account.ts
async function openAccount(service, environment) {
  const id = randomUUID();
  const idTokens = service.oidc ? await openIdTokens(environment) : void 0;
  const { token, apiUrl } = service;
  return {
    service,
    credentials: {
      privateKey: token === void 0 ? service.privateKey : void 0,
      environment: async () => sessionEnvironment(service, { id, environment, idToken: await idTokens?.current() })
    },
    async addUsage(builds, builders, signal) {
      const theirs = builders.filter((builder) => isServiceBuilder(service, builder));
      const names = new Set(theirs.map(({ name }) => name));
      const expected = builds.filter((build) => ranAt(build, names)).map(({ drvPath }) => drvPath);
      if (token === void 0 || expected.length === 0) return { builds, warning: void 0 };
      try {
        const idToken = await idTokens?.current();
        const usage = await fetchUsage({ apiUrl, token, idToken, invocationId: id, expected, signal });
        return { builds: withUsage(builds, usage, names), warning: void 0 };
      } catch (thrown) {
        return { builds, warning: describeTrouble(toDispatchError(thrown, "unreachable")) };
      }
    }
  };
}

export {
  parseInputs,
  earlyInputs,
  openAccount
};
