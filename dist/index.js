import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  createRunner
} from "./chunk-NP2OTL4Y.js";
import "./chunk-MOM7IM5P.js";
import {
  earlyInputs,
  openAccount,
  parseInputs
} from "./chunk-LZA4VYO3.js";
import {
  inputSchema,
  parseBuilders
} from "./chunk-JOMHBQXC.js";
import "./chunk-KYHKDAB5.js";
import {
  credentialsOf
} from "./chunk-L5RSD4CU.js";
import "./chunk-WGX5D5BX.js";
import "./chunk-B322B4MD.js";
import "./chunk-OPTAAB63.js";
import "./chunk-B56HH6Z6.js";
import "./chunk-BER7XQ6C.js";
import {
  faultOf,
  leave,
  leaveSoon,
  unlessAborted,
  watchForEnd
} from "./chunk-WHCJHVRA.js";
import {
  DispatchError,
  describeError,
  toDispatchError
} from "./chunk-7AVBNTXI.js";
import "./chunk-2VU3XWCT.js";
import "./chunk-4NJ7PDOZ.js";

// src/index.ts
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

// src/inputs/stray-inputs.ts
var renamedInputs = {
  ssh_address: "nixbuild_host",
  ssh_public_host_key: "nixbuild_host_key",
  http_api_host: "nixbuild_api",
  token: "github_access_token"
};
function strayInputs(environment) {
  const known = new Set(Object.keys(inputSchema));
  const warnings = [];
  for (const [variable, text] of Object.entries(environment)) {
    const name = /^INPUT_(.+)$/.exec(variable)?.[1]?.toLowerCase();
    if (name === void 0 || known.has(name) || text === void 0 || text === "") continue;
    const successor = renamedInputs[name];
    warnings.push(
      successor === void 0 ? `Input ${name} does not exist and was ignored` : `Input ${name} is called ${successor} here and was ignored: rename it`
    );
  }
  return warnings.sort();
}

// src/without-secrets.ts
async function planWithoutSecrets(inputs, credentials) {
  const { withoutSecrets } = inputs;
  if (withoutSecrets === "fail") return { kind: "go", inputs, notice: void 0 };
  const keyless = await namesWithoutKey(inputs.builders, credentials);
  if (keyless.length === 0) return { kind: "go", inputs, notice: void 0 };
  const why = `There is no private key to log in to ${keyless.join(", ")} with: pull requests from forks get no secrets.`;
  switch (withoutSecrets) {
    case "skip":
      return { kind: "skip", notice: `${why} Nothing was evaluated or built, as without_secrets says.` };
    case "evaluate":
      return {
        kind: "go",
        inputs: { ...inputs, mode: "evaluate", builders: runnerOnly() },
        notice: `${why} The flake is only evaluated, as without_secrets says.`
      };
    case "local":
      return {
        kind: "go",
        inputs: { ...inputs, builders: runnerOnly() },
        notice: `${why} Everything is built on the runner, as without_secrets says.`
      };
  }
}
async function namesWithoutKey(builders, credentials) {
  const found = await Promise.all(
    builders.map(async (builder) => await lacksKey(builder, credentials(builder)) ? [builder.name] : [])
  );
  return found.flat();
}
async function lacksKey(builder, credentials) {
  if (builder.address.kind !== "ssh") return false;
  const { prepareLogin } = await import("./chunk-C6CZK44Z.js");
  try {
    await prepareLogin(builder, builder.address, credentials);
    return false;
  } catch (error) {
    return error instanceof DispatchError && error.code === "authentication";
  }
}
function runnerOnly() {
  return parseBuilders("local", () => void 0);
}

// src/index.ts
var runner = createRunner(process.env);
var end = watchForEnd(() => {
  fail("the run did not end within the time that it has after a signal; what was written until now stands");
  leave();
});
try {
  for (const message of strayInputs(process.env)) {
    runner.annotate({ level: "warning", title: "Input", message });
  }
  const { inputs, account } = await readInputs();
  const exitCode = await start(inputs, {
    runner,
    environment: process.env,
    token: randomBytes(16).toString("hex"),
    end,
    account
  });
  if (exitCode !== 0) process.exitCode = exitCode;
} catch (thrown) {
  const message = describeError(faultOf(end) ?? toDispatchError(thrown, "local"));
  fail(message);
  await unlessAborted(end.hurry, summarise(message), void 0);
}
leaveSoon();
async function readInputs() {
  const raw = (name) => runner.input(name);
  try {
    const inputs = parseInputs(raw, readInclude);
    return { inputs, account: inputs.nixbuild && await openAccount(inputs.nixbuild, process.env) };
  } catch (error) {
    const gate = earlyInputs(raw);
    if (gate.checkRuns) {
      const { failGate } = await import("./chunk-4UDD2U2L.js");
      const notice = (title, message) => runner.annotate({ level: "notice", title, message });
      const reason = describeError(toDispatchError(error, "local"));
      await unlessAborted(end.hurry, failGate(process.env, { ...gate, notice }, reason), void 0);
    }
    throw error;
  }
}
async function start(inputs, effects) {
  switch (inputs.mode) {
    case "build":
    case "evaluate": {
      const plan = await planWithoutSecrets(inputs, credentialsOf(inputs, effects.account));
      if (plan.notice !== void 0) {
        runner.annotate({ level: "notice", title: "No key for the builders", message: plan.notice });
      }
      if (plan.kind === "skip") {
        const { outputsOfNothing } = await import("./chunk-KLZ3I75F.js");
        for (const { name, value } of outputsOfNothing()) runner.setOutput(name, value);
        return 0;
      }
      const { run } = await import("./chunk-O5GVY3PA.js");
      return run(plan.inputs, plan.inputs.builders, effects);
    }
    case "setup": {
      const plan = await planWithoutSecrets(inputs, credentialsOf(inputs, effects.account));
      if (plan.notice !== void 0) {
        const message = `${plan.notice} Nix was left as it is.`;
        runner.annotate({ level: "notice", title: "No key for the builders", message });
        runner.setOutput("stores", "{}");
        runner.setOutput("success", "true");
        return 0;
      }
      const { runSetup } = await import("./chunk-BGKAJ2M4.js");
      await runSetup(inputs, effects);
      return 0;
    }
    case "doctor": {
      const { runDoctor } = await import("./chunk-53DEXZWR.js");
      return runDoctor(inputs, effects);
    }
  }
}
async function summarise(message) {
  const { generateBuildSummary } = earlyInputs((name) => runner.input(name));
  if (!generateBuildSummary || runner.hasSummary()) return;
  const { renderEndedByError } = await import("./chunk-6OHO2RSM.js");
  await runner.writeSummary(renderEndedByError(message));
}
function fail(message) {
  runner.annotate({ level: "error", title: "nix-dispatch", message });
  runner.setOutput("success", "false");
  process.exitCode = 1;
}
function readInclude(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return void 0;
  }
}
