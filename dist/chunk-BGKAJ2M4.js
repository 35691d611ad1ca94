import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  withCommandsStopped
} from "./chunk-L65LO2JU.js";
import {
  isAnswer,
  ownLineage
} from "./chunk-QPSDT3OL.js";
import "./chunk-7MK2SQY7.js";
import {
  childEnvironment
} from "./chunk-6I3FJ6SO.js";
import {
  inputSchema
} from "./chunk-JOMHBQXC.js";
import "./chunk-KYHKDAB5.js";
import "./chunk-B322B4MD.js";
import "./chunk-OPTAAB63.js";
import "./chunk-B56HH6Z6.js";
import "./chunk-BER7XQ6C.js";
import {
  DispatchError
} from "./chunk-7AVBNTXI.js";
import "./chunk-4NJ7PDOZ.js";

// src/setup/lifecycle/start-background.ts
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
function startBackground(program, order, environment, onLog) {
  const child = fork(fileURLToPath(program), [], {
    detached: true,
    env: childEnvironment(environment),
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"]
  });
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    errors = (errors + text).slice(-2e3);
  });
  return new Promise((resolve, reject) => {
    const letGo = () => {
      child.removeAllListeners();
      if (child.connected) child.disconnect();
      child.stderr?.destroy();
      child.unref();
    };
    child.on("message", (message) => {
      if (!isAnswer(message)) return;
      if (message.kind === "log") return onLog(message.line);
      letGo();
      resolve(message);
    });
    const fail = (why) => {
      letGo();
      reject(
        new DispatchError(
          "local",
          `the background process ${why}${errors === "" ? "" : `: ${errors.trim()}`}`
        )
      );
    };
    child.once("error", (error) => fail(`could not be started: ${error.message}`));
    child.once("close", (code) => fail(`ended with exit code ${code ?? "none"} before it was ready`));
    child.send(order);
  });
}

// src/setup/run-setup.ts
var STEP_VARIABLES = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
async function runSetup(inputs, { runner, environment, token }) {
  const say = (...lines) => {
    for (const line of withCommandsStopped(token, lines)) runner.print(line);
  };
  const order = {
    kind: "order",
    inputs: Object.fromEntries(Object.keys(inputSchema).map((name) => [name, runner.input(name)])),
    environment: Object.fromEntries(
      STEP_VARIABLES.flatMap((name) => environment[name] === void 0 ? [] : [[name, environment[name]]])
    ),
    lineage: await ownLineage()
  };
  const program = new URL("./background.js", import.meta.url);
  const answer = await startBackground(program, order, environment, (line) => say(line));
  if (answer.kind === "failed") {
    say(...answer.lines);
    if (inputs.generateBuildSummary && answer.summary !== "") await runner.writeSummary(answer.summary);
    throw new DispatchError("local", answer.message);
  }
  runner.saveState("control", answer.control);
  if (answer.added !== void 0) runner.saveState("added", JSON.stringify(answer.added));
  runner.exportVariable("NIX_CONFIG", answer.nixConfig);
  runner.setOutput("stores", JSON.stringify(answer.stores));
  runner.setOutput("success", "true");
  say(answer.way, ...Object.entries(answer.stores).map(([name, uri]) => `${name} is the store ${uri}`));
}
export {
  runSetup
};
