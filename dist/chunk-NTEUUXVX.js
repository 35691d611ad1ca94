import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  publish
} from "./chunk-PNHIG4W2.js";
import {
  workflowRunOf
} from "./chunk-GO4MPXVS.js";
import "./chunk-PHKSR2AA.js";
import "./chunk-UGBGI3MJ.js";
import "./chunk-IJOL2ZII.js";
import {
  verdictOf
} from "./chunk-LMBAKTVX.js";
import "./chunk-L65LO2JU.js";
import {
  askToEnd,
  removeMachines
} from "./chunk-FGLFDBFD.js";
import "./chunk-4UU34LW5.js";
import "./chunk-QS5WVXX3.js";
import "./chunk-CGGEOQQ2.js";
import "./chunk-HOZKPZFU.js";
import "./chunk-ZR6O72JI.js";
import "./chunk-7IZRAHNB.js";
import "./chunk-RSYTV2SV.js";
import "./chunk-HXB6XSEK.js";
import "./chunk-6I3FJ6SO.js";
import "./chunk-WGX5D5BX.js";
import "./chunk-OPTAAB63.js";
import "./chunk-BER7XQ6C.js";
import "./chunk-WHCJHVRA.js";
import "./chunk-7AVBNTXI.js";
import "./chunk-4NJ7PDOZ.js";

// src/setup/finish.ts
async function finishSetup(control, { runner, environment, token, hurry }) {
  const { report, folder, wantsSummary } = await askToEnd(control).catch(async (error) => {
    const added = addedMachines(environment["STATE_added"] ?? "");
    if (added !== void 0) await removeMachines(added);
    throw error;
  });
  const excused = { ignoreBuildFailures: true, ignoreEvalFailures: true, failOnEmpty: false };
  await publish(runner, folder, report, verdictOf(report, excused), {
    wantsSummary,
    workflowRun: workflowRunOf(environment),
    token,
    hurry
  });
}
function addedMachines(text) {
  if (text === "") return void 0;
  const added = JSON.parse(text);
  return added;
}
export {
  finishSetup
};
