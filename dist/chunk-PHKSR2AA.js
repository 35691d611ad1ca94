import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  attributePathOf,
  classOf,
  viewOf
} from "./chunk-LMBAKTVX.js";
import {
  createRecorder
} from "./chunk-QS5WVXX3.js";
import {
  formatAmount
} from "./chunk-OPTAAB63.js";

// src/report/job-list.ts
function listedJobs(jobs) {
  return jobs.flatMap(({ outcome, drvPath, ...job }) => {
    if (drvPath === void 0) return [];
    const isCached = outcome.kind === "already-valid" || outcome.kind === "substituted";
    return [{ ...job, drvPath, cached: isCached ? outcome.where : void 0 }];
  });
}
function listing(jobs) {
  return { jobs: jobs.filter(({ drvPath }) => drvPath === void 0), listed: listedJobs(jobs) };
}
function jobListJson({ listed, jobs }) {
  return JSON.stringify((listed ?? listedJobs(jobs)).map(entryOf));
}
function entryOf(job) {
  const { topAttr, system, attr, label, name, drvPath, outputs, requiredFeatures, cached } = job;
  return {
    top_attr: topAttr,
    system,
    attr,
    attributePath: attributePathOf(job),
    label,
    name,
    drvPath,
    outputs,
    requiredFeatures,
    cached: cached ?? null
  };
}

// src/report/results.ts
function referenceResults(report) {
  const byTopAttr = /* @__PURE__ */ new Map();
  const places = /* @__PURE__ */ new Map();
  for (const job of report.jobs) places.set(placeOf(job), (places.get(placeOf(job)) ?? 0) + 1);
  for (const job of report.jobs) {
    const bySystem = entryOf2(byTopAttr, job.topAttr);
    const isAlone = places.get(placeOf(job)) === 1;
    entryOf2(bySystem, job.system).set(isAlone ? job.attr : attributePathOf(job), referenceResult(job));
  }
  return Object.fromEntries(
    [...byTopAttr].map(([topAttr, bySystem]) => [
      topAttr,
      Object.fromEntries([...bySystem].map(([system, byAttr]) => [system, Object.fromEntries(byAttr)]))
    ])
  );
}
function placeOf({ topAttr, system, attr }) {
  return JSON.stringify([topAttr, system, attr]);
}
function referenceResult(job) {
  const { name, description, label } = job;
  const success = classOf(job.outcome) === "passed";
  if (!success || job.drvPath === void 0) return { success, name, description, label };
  return { success, name, description, label, drvPath: job.drvPath, outputs: job.outputs };
}
function entryOf2(map, key) {
  const known = map.get(key);
  if (known !== void 0) return known;
  const made = /* @__PURE__ */ new Map();
  map.set(key, made);
  return made;
}

// src/report/outputs.ts
var OUTPUT_BUDGET_BYTES = 9e5;
function reportOutputs(report, verdict) {
  const { totals, costs } = viewOf(report);
  const { jobs, built, cached, failed, blocked, infrastructure, cancelled, evaluationFailed } = totals;
  const counts = { jobs, built, cached, failed, blocked, infrastructure, cancelled, evaluationFailed };
  const values = {
    success: String(verdict.success),
    counts: JSON.stringify(counts),
    cpu_seconds: String(Math.round(totals.cpuSeconds * 1e3) / 1e3),
    cost: costs === void 0 ? "" : formatAmount(costs.total),
    failed: JSON.stringify(failedAttributes(report)),
    results: JSON.stringify(referenceResults(report)),
    jobs: jobListJson(report)
  };
  return Object.entries(values).map(([name, value]) => ({
    name,
    value,
    file: name === "jobs" ? "jobs.json" : `output-${name}.json`
  }));
}
function outputsOfNothing() {
  const recorder = createRecorder("", { topAttrs: [], filter: "", failOnEmpty: false }, 0);
  const report = recorder.report(
    { jobs: [], builds: [], builders: [] },
    { cancelled: false, finishedAtMs: 0 }
  );
  return reportOutputs(report, { success: true, exitCode: 0, reasons: [] });
}
function spillNotice(output, artifact) {
  const { name, file } = output;
  return {
    level: "warning",
    title: `The output ${name} is too large`,
    message: `GitHub takes 1 MB of outputs and ${name} would be ${outputBytes(output)} bytes of them, so it is empty. Its value is in ${file} of the artifact ${artifact}.`
  };
}
function fitOutputs(outputs, budgetBytes = OUTPUT_BUDGET_BYTES) {
  const kept = [];
  const spilled = [];
  let left = budgetBytes;
  for (const output of outputs) {
    const bytes = outputBytes(output);
    if (bytes > left) {
      spilled.push(output);
      continue;
    }
    left -= bytes;
    kept.push(output);
  }
  return { kept, spilled };
}
function outputBytes({ name, value }) {
  return 2 * (name.length + value.length);
}
function failedAttributes({ jobs }) {
  const failed = jobs.filter(({ outcome }) => !["passed", "cancelled"].includes(classOf(outcome)));
  return failed.map(attributePathOf);
}

export {
  listing,
  jobListJson,
  OUTPUT_BUDGET_BYTES,
  reportOutputs,
  outputsOfNothing,
  spillNotice,
  fitOutputs,
  outputBytes
};
