import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  ANNOTATIONS_PER_LEVEL
} from "./chunk-UGBGI3MJ.js";
import "./chunk-IJOL2ZII.js";
import "./chunk-LMBAKTVX.js";
import {
  withCommandsStopped
} from "./chunk-L65LO2JU.js";
import {
  PLACE_WORDS,
  examine,
  headline,
  renderLog,
  renderSummary,
  verdictOf
} from "./chunk-DL7FELQH.js";
import "./chunk-CGGEOQQ2.js";
import "./chunk-HOZKPZFU.js";
import "./chunk-ZR6O72JI.js";
import "./chunk-7IZRAHNB.js";
import "./chunk-33DNL4A3.js";
import "./chunk-RSYTV2SV.js";
import "./chunk-SXUCSHNG.js";
import "./chunk-HXB6XSEK.js";
import "./chunk-6I3FJ6SO.js";
import {
  credentialsOf
} from "./chunk-L5RSD4CU.js";
import {
  cleanText
} from "./chunk-WGX5D5BX.js";
import "./chunk-B322B4MD.js";
import "./chunk-OPTAAB63.js";
import "./chunk-B56HH6Z6.js";
import "./chunk-BER7XQ6C.js";
import {
  unlessAborted
} from "./chunk-WHCJHVRA.js";
import {
  DispatchError
} from "./chunk-7AVBNTXI.js";
import "./chunk-4NJ7PDOZ.js";

// src/doctor/run-doctor.ts
async function runDoctor(inputs, { runner, token, end, account }) {
  const credentials = credentialsOf(inputs, account);
  const work = Promise.all(inputs.builders.map((builder) => examine(builder, credentials(builder))));
  const examinations = await unlessAborted(end.signal, work, void 0);
  if (examinations === void 0) {
    throw new DispatchError("cancelled", "the run was ended before every builder had been looked at");
  }
  for (const line of withCommandsStopped(token, renderLog(examinations))) runner.print(line);
  annotate(runner, examinations);
  if (inputs.generateBuildSummary) await runner.writeSummary(renderSummary(examinations));
  const isFaulty = examinations.some((examination) => verdictOf(examination) === "fault");
  runner.setOutput("success", String(!isFaulty));
  return isFaulty ? 1 : 0;
}
function annotate(runner, examinations) {
  for (const [verdict, level] of [
    ["fault", "error"],
    ["warning", "warning"]
  ]) {
    const found = examinations.filter((examination) => verdictOf(examination) === verdict);
    for (const { builder, findings } of found.slice(0, ANNOTATIONS_PER_LEVEL)) {
      const wrong = findings.filter((finding) => finding.verdict === verdict);
      runner.annotate({
        level,
        title: `builder ${builder}`,
        message: cleanText(wrong.map(findingText).join("\n"))
      });
    }
  }
  const isGood = examinations.every((examination) => verdictOf(examination) === "good");
  if (isGood) runner.annotate({ level: "notice", title: "Doctor", message: `${headline(examinations)}.` });
}
function findingText({ check, detail, remedies }) {
  const steps = remedies.map(
    ({ where, text, code }) => `${PLACE_WORDS[where]}: ${text}${code === void 0 ? "" : `
  ${code}`}`
  );
  return [`${check}: ${detail}`, ...steps].join("\n");
}
export {
  runDoctor
};
