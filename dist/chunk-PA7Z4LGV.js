import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  publish,
  workflowRunOf
} from "./chunk-IEICUDZQ.js";
import {
  verdictOf
} from "./chunk-OUEKSZB7.js";
import "./chunk-L65LO2JU.js";
import {
  askToEnd
} from "./chunk-BN4KGSEP.js";
import "./chunk-4UU34LW5.js";
import "./chunk-HFPGBM2Z.js";
import "./chunk-HXB6XSEK.js";
import "./chunk-RWESDSZG.js";
import "./chunk-OPTAAB63.js";
import "./chunk-BER7XQ6C.js";
import "./chunk-WHCJHVRA.js";
import "./chunk-7AVBNTXI.js";
import "./chunk-4NJ7PDOZ.js";

// src/setup/finish.ts
async function finishSetup(control, { runner, environment, token, hurry }) {
  const { report, folder, wantsSummary } = await askToEnd(control);
  const excused = { ignoreBuildFailures: true, ignoreEvalFailures: true, failOnEmpty: false };
  await publish(runner, folder, report, verdictOf(report, excused), {
    wantsSummary,
    workflowRun: workflowRunOf(environment),
    token,
    hurry
  });
}
export {
  finishSetup
};
