import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  annotationsOf,
  attributePathOf,
  buildCostText,
  classOf,
  jobCostText,
  messageBesideLog,
  outcomeMessage,
  outcomePlace,
  outcomeSign,
  outcomeWords,
  reproduceCommand,
  reproducibleFlake,
  totalCostText,
  viewOf,
  wallSecondsOf
} from "./chunk-5WJFCFWK.js";
import {
  withCommandsStopped
} from "./chunk-L65LO2JU.js";
import {
  artifactName
} from "./chunk-4UU34LW5.js";
import {
  clip,
  clipStart,
  formatBytes,
  formatCpu,
  formatCpuTotal,
  formatDuration,
  htmlText,
  markdownCode,
  markdownText,
  plural,
  preformatted,
  utf8Length
} from "./chunk-NB2YAL6V.js";
import {
  sha256
} from "./chunk-HXB6XSEK.js";
import {
  cleanLine,
  cleanText
} from "./chunk-WGX5D5BX.js";
import {
  formatAmount,
  formatMoney
} from "./chunk-OPTAAB63.js";
import {
  encodeBase64
} from "./chunk-BER7XQ6C.js";
import {
  unlessAborted
} from "./chunk-WHCJHVRA.js";

// src/report/job-list.ts
function listedJobs(jobs) {
  return jobs.flatMap(({ outcome, drvPath, ...job }) => {
    if (drvPath === void 0) return [];
    const isCached2 = outcome.kind === "already-valid" || outcome.kind === "substituted";
    return [{ ...job, drvPath, cached: isCached2 ? outcome.where : void 0 }];
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

// src/github/workflow-run.ts
function workflowRunOf(environment) {
  if (environment["GITHUB_ACTIONS"] !== "true" || environment["ACT"] === "true") return void 0;
  const serverUrl = environment["GITHUB_SERVER_URL"] ?? "";
  const repository = environment["GITHUB_REPOSITORY"] ?? "";
  const runId = environment["GITHUB_RUN_ID"] ?? "";
  const commit = environment["GITHUB_SHA"] ?? "";
  const isWhole = /^https?:\/\/[\w.:-]+$/.test(serverUrl) && /^[\w.-]+\/[\w.-]+$/.test(repository) && /^\d+$/.test(runId) && /^[0-9a-f]{40}$/.test(commit);
  return isWhole ? { serverUrl, repository, runId, commit } : void 0;
}
function artifactUrl({ serverUrl, repository, runId }, id) {
  return `${serverUrl}/${repository}/actions/runs/${runId}/artifacts/${id}`;
}
function flakeOnGitHub(run, lockedFlake) {
  const [base = "", query = ""] = lockedFlake?.split("?", 2) ?? [];
  if (!base.startsWith("git+file:")) return void 0;
  const parameters = new URLSearchParams(query);
  if (parameters.get("rev") !== run.commit) return void 0;
  if (["submodules", "lfs"].some((name) => ["1", "true"].includes(parameters.get(name) ?? "")))
    return void 0;
  const host = run.serverUrl.replace(/^https?:\/\//, "");
  const directory = parameters.get("dir") ?? "";
  const more = [
    ...host === "github.com" ? [] : [`host=${host}`],
    ...directory === "" ? [] : [`dir=${encodeURI(directory)}`]
  ];
  return `github:${run.repository}/${run.commit}${more.length === 0 ? "" : `?${more.join("&")}`}`;
}

// src/github/publish.ts
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

// src/report/full-results.ts
function resultsJson(report) {
  const round = (_, value) => typeof value === "number" ? Math.round(value * 1e3) / 1e3 : value;
  return JSON.stringify(fullResults(report), round, 2);
}
function fullResults(report) {
  const { totals, causes, notices, costs } = viewOf(report);
  return {
    schemaVersion: 1,
    flake: report.flake,
    lockedFlake: report.lockedFlake ?? null,
    startedAt: isoTime(report.startedAtMs),
    finishedAt: isoTime(report.finishedAtMs),
    evaluationSeconds: report.evaluationSeconds,
    evaluatedAttributes: report.evaluatedAttributes,
    cancelled: report.cancelled,
    observed: report.observed ?? false,
    totals,
    costs: costs === void 0 ? null : costResult(costs),
    jobs: report.jobs.map((job) => jobResult(job, costs, report.archives)),
    builds: report.builds.map((build) => buildResult(build, costs)),
    builders: report.builders.map((builder) => builderResult(builder, costs)),
    rootCauses: causes.map((cause) => ({
      drvPath: cause.drvPath,
      name: cause.name,
      outcome: cause.outcome.kind,
      jobs: cause.jobs.map(attributePathOf),
      blockedJobs: cause.blocked.map(attributePathOf)
    })),
    notices
  };
}
function jobResult(job, costs, archives) {
  const share = costs?.byJob.get(job);
  const { topAttr, system, attr, path, label, name, description, outputs, warnings } = job;
  return {
    topAttr,
    system,
    attr,
    path,
    label,
    name,
    description,
    outputs,
    warnings,
    attributePath: attributePathOf(job),
    cost: share === void 0 ? null : formatAmount(share.own + share.dependencies),
    drvPath: job.drvPath ?? null,
    requiredFeatures: job.requiredFeatures,
    archive: archives?.get(attributePathOf(job)) ?? null,
    evaluationSeconds: job.evaluationSeconds ?? null,
    evaluationMemoryBytes: job.evaluationMemoryBytes ?? null,
    ...flatOutcome(job.outcome)
  };
}
function buildResult(build, costs) {
  const { drvPath, name, system, outputs, copiedBytes, dependencies, logLines, attempts } = build;
  return {
    drvPath,
    name,
    system,
    outputs,
    copiedBytes,
    dependencies,
    logLines,
    attempts: attempts.map((attempt) => ({ ...attempt, message: cleanText(attempt.message) })),
    ...flatOutcome(build.outcome),
    startedAt: build.startedAtMs === void 0 ? null : isoTime(build.startedAtMs),
    finishedAt: build.finishedAtMs === void 0 ? null : isoTime(build.finishedAtMs),
    wallSeconds: wallSecondsOf(build) ?? null,
    cost: amountOrNull(costs?.byBuild.get(build.drvPath)?.amount),
    cpu: build.cpu ?? null,
    peakMemoryBytes: build.peakMemoryBytes ?? null,
    slot: build.slot ?? null,
    outputBytes: build.outputBytes ?? null,
    isForEvaluation: build.isForEvaluation ?? false,
    logFile: build.logFile ?? null,
    logTail: classOf(build.outcome) === "passed" ? [] : build.logTail
  };
}
function builderResult(builder, costs) {
  return {
    ...builder,
    nixVersion: builder.nixVersion ?? null,
    connectSeconds: builder.connectSeconds ?? null,
    cost: amountOrNull(costs?.byBuilder.get(builder.name)?.builds),
    idleCost: amountOrNull(costs?.byBuilder.get(builder.name)?.idle)
  };
}
function costResult({ currency, total, idle, isUpperBound, unpriced }) {
  return { currency, total: formatAmount(total), idle: formatAmount(idle), isUpperBound, unpriced };
}
function amountOrNull(amount) {
  return amount === void 0 ? null : formatAmount(amount);
}
function flatOutcome(outcome) {
  return {
    outcome: outcome.kind,
    class: classOf(outcome),
    success: classOf(outcome) === "passed",
    builder: outcomePlace(outcome) ?? null,
    message: cleanText(outcomeMessage(outcome)) || null,
    root: outcome.kind === "dependency-failed" ? outcome.root : null
  };
}
function isoTime(epochMs) {
  return new Date(epochMs).toISOString();
}

// src/report/critical-path.ts
function timedBuilds(builds) {
  return builds.flatMap((build) => {
    const { startedAtMs, finishedAtMs } = build;
    return startedAtMs === void 0 || finishedAtMs === void 0 ? [] : [{ build, startedAtMs, finishedAtMs }];
  }).sort((a, b) => a.startedAtMs - b.startedAtMs);
}
function criticalPath(timed) {
  const byPath = new Map(timed.map((one) => [one.build.drvPath, one]));
  const path = /* @__PURE__ */ new Set();
  let current = lastToFinish(timed);
  while (current !== void 0) {
    path.add(current);
    const { startedAtMs } = current;
    const below = [];
    for (const drvPath of current.build.dependencies) {
      const dependency = byPath.get(drvPath);
      const isBefore = dependency !== void 0 && dependency.finishedAtMs <= startedAtMs;
      if (isBefore && !path.has(dependency)) below.push(dependency);
    }
    current = lastToFinish(below);
  }
  return [...path].reverse();
}
function lastToFinish(timed) {
  let last;
  for (const one of timed) {
    if (last === void 0 || one.finishedAtMs > last.finishedAtMs) last = one;
  }
  return last;
}

// src/report/summary/headline.ts
function headlineText({ report, totals, isSuccess }) {
  if (report.cancelled && totals.jobs === 0 && report.observed !== true)
    return "Cancelled before anything was selected";
  if (report.cancelled && report.listed !== void 0) return "Cancelled before everything was evaluated";
  if (report.cancelled)
    return `Cancelled after ${plural(totals.built + totals.cached, "job")} of ${totals.jobs}`;
  if (report.observed) return observedText(totals);
  if (totals.jobs === 0) return "Nothing was selected";
  const wrong = wrongWords(totals);
  if (wrong.length > 0) return `${wrong.join(", ")} of ${plural(totals.jobs, "job")}`;
  if (!isSuccess) return `${plural(totals.jobs, "job")} done, with errors`;
  if (report.listed !== void 0) return `${plural(totals.jobs, "job")} selected, nothing built`;
  return totals.jobs === 1 ? "The job succeeded" : `All ${totals.jobs} jobs succeeded`;
}
function observedText({ buildsRun, buildsFailed }) {
  if (buildsRun === 0) return "Nothing was built on the builders";
  if (buildsFailed > 0) return `${buildsFailed} of ${plural(buildsRun, "build")} failed`;
  return `${plural(buildsRun, "derivation")} built`;
}
function headlineSign({ report, totals, isSuccess }) {
  if (report.cancelled) return "\u26AA";
  if (!isSuccess) return "\u274C";
  return totals.jobs === 0 && (report.observed !== true || totals.buildsRun === 0) ? "\u2139\uFE0F" : "\u2705";
}
function figuresText({ report, totals, costs }) {
  const evaluation = `${plural(report.evaluatedAttributes, "attribute")} evaluated in ${formatDuration(report.evaluationSeconds)}`;
  const all = `${formatDuration(totals.wallSeconds)} in all`;
  if (report.listed !== void 0)
    return [
      `${report.listed.length - totals.cached} to build, ${totals.cached} already there`,
      all,
      evaluation
    ];
  const cpu = totals.cpuSeconds > 0 ? [`${formatCpuTotal(totals.cpuSeconds)}${cpuRemark(totals)}`] : [];
  const copied = totals.bytesSent + totals.bytesReceived;
  return [
    ...report.observed ? [] : [`${totals.built} built, ${totals.cached} already there`],
    all,
    `${plural(totals.buildsRun, "derivation")} ran for ${formatDuration(totals.buildSeconds)}`,
    ...cpu,
    ...costs === void 0 ? [] : [totalCostText(costs)],
    ...copied > 0 ? [`${formatBytes(copied)} copied`] : [],
    ...report.observed ? [] : [evaluation]
  ];
}
function headline(view) {
  const { report } = view;
  const flake = report.observed ? [] : [markdownCode(reproducibleFlake(report))];
  return [
    `## ${headlineSign(view)} ${headlineText(view)}`,
    "",
    [...flake, ...figuresText(view).map((text) => markdownText(text))].join(" \xB7 ")
  ].join("\n");
}
function wrongWords(totals) {
  const parts = [
    [totals.failed, "failed"],
    [totals.blocked, "blocked"],
    [totals.evaluationFailed, "not evaluated"],
    [totals.infrastructure, "lost to builder trouble"],
    [totals.cancelled, "cancelled"]
  ];
  return parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
}
function cpuRemark(totals) {
  const { estimate, unknown } = totals.cpuSources;
  const remarks = [
    ...estimate > 0 ? [`${estimate} estimated`] : [],
    ...unknown > 0 ? [`${unknown} unknown`] : []
  ];
  return remarks.length === 0 ? "" : ` (${remarks.join(", ")})`;
}

// src/report/slowest-evaluations.ts
function slowestEvaluations({ jobs, listed = [] }) {
  return [...jobs, ...listed].flatMap((job) => job.evaluationSeconds === void 0 ? [] : [{ job, seconds: job.evaluationSeconds }]).sort((a, b) => b.seconds - a.seconds);
}

// src/report/builder-use.ts
function buildsByBuilder(builds) {
  const used = /* @__PURE__ */ new Map();
  for (const build of builds) {
    const last = build.attempts.at(-1)?.builder;
    for (const builder of new Set(build.attempts.map((attempt) => attempt.builder))) {
      const use = used.get(builder) ?? { builds: 0, cpuSeconds: void 0 };
      use.builds += 1;
      if (builder === last && build.cpu !== void 0)
        use.cpuSeconds = (use.cpuSeconds ?? 0) + build.cpu.seconds;
      used.set(builder, use);
    }
  }
  return used;
}
function utilisation(builder, { wallSeconds }) {
  const slotSeconds = wallSeconds * builder.maxJobs;
  return slotSeconds > 0 ? ` (${Math.round(100 * builder.busySeconds / slotSeconds)} %)` : "";
}

// src/report/html/page-rows.ts
var TEXT_CHARACTERS = 300;
var MESSAGE_CHARACTERS = 8e3;
var LINE_CHARACTERS = 2e3;
function buildRow(build, context) {
  const { view, places, flake } = context;
  const jobs = context.jobs.get(build.drvPath) ?? [];
  const [job] = jobs;
  const repeated = job ?? context.repeatedBy.get(build.drvPath);
  const cost = view.costs?.byBuild.get(build.drvPath);
  return {
    ...ofOutcome(build.outcome, places),
    jobs: jobs.map((one) => shortText(view.names.get(one) ?? one.label)),
    name: shortText(build.name),
    start: secondsInto(view, build.startedAtMs),
    end: secondsInto(view, build.finishedAtMs),
    cpu: build.cpu?.seconds ?? null,
    cpuText: formatCpu(build.cpu),
    cost: cost === void 0 ? null : Number(cost.amount),
    costText: view.costs === void 0 ? "" : buildCostText(view.costs, build.drvPath),
    attempts: build.attempts.map(
      (attempt, index) => attemptOf(attempt, index === build.attempts.length - 1, context)
    ),
    dependencies: build.dependencies.flatMap((path) => places.get(path) ?? []),
    reproduce: repeated === void 0 ? "" : reproduceCommand(repeated, flake),
    log: build.logTail.slice(-context.logLines).map((line) => clip(cleanText(line), LINE_CHARACTERS)),
    logLines: build.logLines,
    logFile: shortText(build.logFile ?? ""),
    details: buildDetails(build, job, context)
  };
}
function jobRow(job, context) {
  const { view, places, flake } = context;
  return {
    ...ofOutcome(job.outcome, places),
    jobs: [shortText(view.names.get(job) ?? job.label)],
    name: shortText(job.name === "" ? job.label : job.name),
    start: null,
    end: null,
    cpu: null,
    cpuText: formatCpu(void 0),
    cost: null,
    costText: view.costs === void 0 ? "" : jobCostText(view.costs, job),
    attempts: [],
    dependencies: [],
    reproduce: reproduceCommand(job, flake),
    log: [],
    logLines: 0,
    logFile: "",
    details: jobDetails(job)
  };
}
function ofOutcome(outcome, places) {
  const root = outcome.kind === "dependency-failed" ? places.get(outcome.root) : void 0;
  return {
    state: stateOf(outcome),
    outcome: outcomeWords(outcome),
    builder: shortText(outcomePlace(outcome) ?? ""),
    root: root ?? null,
    message: clipStart(cleanText(outcomeMessage(outcome)).trim(), MESSAGE_CHARACTERS)
  };
}
function stateOf(outcome) {
  switch (classOf(outcome)) {
    case "passed":
      return outcome.kind === "built" ? "built" : "cached";
    case "failed":
    case "evaluation":
      return "failed";
    case "blocked":
      return "blocked";
    case "infrastructure":
      return "trouble";
    case "cancelled":
      return "cancelled";
  }
}
function attemptOf(attempt, isFinal, { view, slots }) {
  return {
    builder: view.report.builders.findIndex((builder) => builder.name === attempt.builder),
    slot: slots.get(attempt) ?? 0,
    start: secondsInto(view, attempt.startedAtMs) ?? 0,
    end: secondsInto(view, attempt.finishedAtMs) ?? 0,
    isFinal
  };
}
function buildDetails(build, job, { view }) {
  const { costs } = view;
  const share = job === void 0 ? void 0 : costs?.byJob.get(job);
  const own = [
    ["Derivation", shortText(build.drvPath)],
    ["System", shortText(build.system)],
    ...Object.entries(build.outputs).map(
      ([name, path]) => [`Output ${shortText(name)}`, shortText(path)]
    )
  ];
  if (build.outputBytes !== void 0) own.push(["Output size", formatBytes(build.outputBytes)]);
  if (build.copiedBytes > 0) own.push(["Copied for it", formatBytes(build.copiedBytes)]);
  if (build.peakMemoryBytes !== void 0) own.push(["Peak memory", formatBytes(build.peakMemoryBytes)]);
  if (share !== void 0 && costs !== void 0 && share.dependencies > 0n) {
    own.push(["Part of shared dependencies", formatMoney(share.dependencies, costs.currency)]);
  }
  return job === void 0 ? own : [...jobDetails(job), ...own];
}
function jobDetails(job) {
  const description = shortText(job.description);
  const path = ["Attribute", shortText(attributePathOf(job))];
  return description === "" ? [path] : [path, ["Description", description]];
}
function secondsInto({ report }, epochMs) {
  return epochMs === void 0 ? null : Math.round(epochMs - report.startedAtMs) / 1e3;
}
function shortText(text) {
  return clip(cleanLine(text), TEXT_CHARACTERS);
}

// src/report/html/slots.ts
function slotsOf(builds) {
  const byBuilder = /* @__PURE__ */ new Map();
  for (const build of builds) {
    for (const [index, attempt] of build.attempts.entries()) {
      const recorded = index === build.attempts.length - 1 ? build.slot : void 0;
      const known = byBuilder.get(attempt.builder);
      if (known === void 0) byBuilder.set(attempt.builder, [{ attempt, recorded }]);
      else known.push({ attempt, recorded });
    }
  }
  const slots = /* @__PURE__ */ new Map();
  for (const attempts of byBuilder.values()) {
    const busyUntil = [];
    attempts.sort((a, b) => a.attempt.startedAtMs - b.attempt.startedAtMs);
    for (const { attempt, recorded } of attempts) {
      const isFree = (slot2) => (busyUntil[slot2] ?? Number.NEGATIVE_INFINITY) <= attempt.startedAtMs;
      const slot = recorded !== void 0 && isFree(recorded) ? recorded : firstSlot(isFree);
      busyUntil[slot] = attempt.finishedAtMs;
      slots.set(attempt, slot);
    }
  }
  return slots;
}
function firstSlot(isFree) {
  let slot = 0;
  while (!isFree(slot)) slot += 1;
  return slot;
}

// src/report/html/describe-run.ts
var PAGE_LOG_LINES = 6e4;
var EVALUATIONS_SHOWN = 100;
function describeRun(report) {
  const view = viewOf(report);
  const places = new Map(report.builds.map((build, place2) => [build.drvPath, place2]));
  const jobs = jobsByPath(report.jobs);
  const context = {
    view,
    flake: reproducibleFlake(report),
    places,
    jobs,
    repeatedBy: new Map(
      view.causes.flatMap(
        ({ drvPath, blocked: [job] }) => job === void 0 ? [] : [[drvPath, job]]
      )
    ),
    slots: slotsOf(report.builds),
    logLines: Math.max(1, Math.floor(PAGE_LOG_LINES / Math.max(1, report.builds.length)))
  };
  const used = buildsByBuilder(report.builds);
  const withoutBuild = report.jobs.filter((job) => !places.has(job.drvPath ?? ""));
  const rows = [
    ...report.builds.map(
      (build) => buildRow(build, isFailed(build.outcome.kind) ? { ...context, logLines: 1e3 } : context)
    ),
    ...withoutBuild.map((job) => jobRow(job, context))
  ];
  const shownLines = rows.reduce((sum, row2) => sum + row2.log.length, 0);
  const knownLines = report.builds.reduce((sum, build) => sum + build.logTail.length, 0);
  return {
    headline: `${headlineSign(view)} ${headlineText(view)}`,
    figures: figuresText(view),
    flake: clip(cleanLine(reproducibleFlake(report)), 300),
    startedAtMs: report.startedAtMs,
    wallSeconds: view.totals.wallSeconds,
    hasCosts: view.costs !== void 0,
    builders: report.builders.map((builder) => describeBuilder(builder, used.get(builder.name), view)),
    rows,
    notices: view.notices.map(({ level, title, message }) => ({
      level,
      title: clip(cleanLine(title), 300),
      message: clip(cleanText(message), 4e3)
    })),
    evaluations: evaluationsOf(report, places, withoutBuild),
    evaluated: `${plural(report.evaluatedAttributes, "attribute")} evaluated in ${formatDuration(report.evaluationSeconds)}`,
    criticalPath: criticalPath(timedBuilds(report.builds)).flatMap(
      ({ build }) => places.get(build.drvPath) ?? []
    ),
    droppedLogLines: knownLines - shownLines
  };
}
function evaluationsOf(report, places, withoutBuild) {
  const placeOf2 = new Map(withoutBuild.map((job, index) => [job.path, places.size + index]));
  return slowestEvaluations(report).slice(0, EVALUATIONS_SHOWN).map(({ job, seconds }) => ({
    attribute: clip(cleanLine(attributePathOf(job)), 300),
    seconds,
    memory: job.evaluationMemoryBytes === void 0 ? "\u2013" : formatBytes(job.evaluationMemoryBytes),
    place: places.get(job.drvPath ?? "") ?? placeOf2.get(job.path) ?? null
  }));
}
function describeBuilder(builder, use, { costs, totals }) {
  const cost = costs?.byBuilder.get(builder.name);
  const money = (amount) => formatMoney(amount, costs?.currency ?? "");
  return {
    name: clip(cleanLine(builder.name), 200),
    slots: builder.maxJobs,
    details: [
      ["Systems", clip(cleanLine(builder.systems.join(", ")), 300)],
      ["Nix", clip(cleanLine(builder.nixVersion ?? "\u2013"), 40)],
      ["Builds", String(use?.builds ?? 0)],
      ["Busy", `${formatDuration(builder.busySeconds)}${utilisation(builder, totals)}`],
      ["CPU time", use?.cpuSeconds === void 0 ? "\u2013" : formatDuration(use.cpuSeconds)],
      ["Received", formatBytes(builder.bytesReceived)],
      ["Sent", formatBytes(builder.bytesSent)],
      ...cost === void 0 ? [] : [["Cost", money(cost.builds)], ["Idle", money(cost.idle)]]
    ],
    trouble: builder.trouble.map((text) => clip(cleanText(text), 1e3))
  };
}
function jobsByPath(jobs) {
  const byPath = /* @__PURE__ */ new Map();
  for (const job of jobs) {
    if (job.drvPath === void 0) continue;
    const known = byPath.get(job.drvPath);
    if (known === void 0) byPath.set(job.drvPath, [job]);
    else known.push(job);
  }
  return byPath;
}
function isFailed(kind) {
  return kind === "failed" || kind === "timed-out" || kind === "log-limit" || kind === "infrastructure";
}

// src/report/html/html-report.ts
function renderHtmlReport(report, assets) {
  const data = describeRun(report);
  const policy = [
    "default-src 'none'",
    `script-src '${digest(assets.script)}'`,
    `style-src '${digest(assets.style)}'`,
    "base-uri 'none'",
    "form-action 'none'"
  ].join("; ");
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${htmlText(data.headline)}</title>`,
    `<style>${assets.style}</style>`,
    "</head>",
    "<body>",
    `<header><h1>${htmlText(data.headline)}</h1>`,
    `<p class="flake">${htmlText(data.flake)}</p>`,
    `<ul class="figures">${data.figures.map((figure) => `<li>${htmlText(figure)}</li>`).join("")}</ul></header>`,
    "<noscript><p>The tables and the timeline of this report need scripts.</p></noscript>",
    `<script type="application/json" id="run">${jsonText(data)}</script>`,
    `<script>${assets.script}</script>`,
    "</body>",
    "</html>\n"
  ].join("\n");
}
function jsonText(value) {
  return JSON.stringify(value).replaceAll("<", String.raw`\u003c`);
}
function digest(text) {
  return `sha256-${encodeBase64(sha256(new TextEncoder().encode(text)))}`;
}

// src/report/junit.ts
var MESSAGE_CHARACTERS2 = 1e3;
function renderJunit(report) {
  const { builds, totals } = viewOf(report);
  const suites = /* @__PURE__ */ new Map();
  for (const job of report.jobs) {
    const name = `${job.topAttr}.${job.system}`;
    const known = suites.get(name);
    if (known === void 0) suites.set(name, [job]);
    else known.push(job);
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="nix-dispatch" ${counts(report.jobs)} time="${totals.wallSeconds.toFixed(3)}">`,
    ...[...suites].map(([name, jobs]) => suite(name, jobs, builds, report)),
    "</testsuites>\n"
  ].join("\n");
}
function suite(name, jobs, builds, report) {
  const build = (job) => builds.get(job.drvPath ?? "");
  const seconds = jobs.reduce((sum, job) => sum + (wallSecondsOf(build(job)) ?? 0), 0);
  const timestamp = new Date(report.startedAtMs).toISOString().slice(0, 19);
  return [
    `<testsuite name="${attribute(name)}" ${counts(jobs)} time="${seconds.toFixed(3)}" timestamp="${timestamp}">`,
    ...jobs.map((job) => testCase(name, job, build(job))),
    "</testsuite>"
  ].join("\n");
}
function testCase(suiteName, job, build) {
  const seconds = wallSecondsOf(build) ?? 0;
  const verdict = verdictOf(job);
  const lines = [
    `<testcase classname="${attribute(suiteName)}" name="${attribute(job.attr)}" time="${seconds.toFixed(3)}">`
  ];
  if (verdict !== "passed") {
    const message = attribute(clip(headline2(job), MESSAGE_CHARACTERS2));
    const text = xmlText(outcomeMessage(job.outcome));
    lines.push(`<${verdict} type="${job.outcome.kind}" message="${message}">${text}</${verdict}>`);
  }
  if (build !== void 0 && build.logTail.length > 0 && verdict !== "passed") {
    lines.push(`<system-out>${xmlText(build.logTail.join("\n"))}</system-out>`);
  }
  lines.push("</testcase>");
  return lines.join("\n");
}
function headline2(job) {
  const place2 = outcomePlace(job.outcome);
  return `${attributePathOf(job)} ${outcomeWords(job.outcome)}${place2 === void 0 ? "" : ` on ${place2}`}`;
}
function verdictOf(job) {
  switch (classOf(job.outcome)) {
    case "passed":
      return "passed";
    case "failed":
    case "blocked":
      return "failure";
    case "infrastructure":
    case "cancelled":
    case "evaluation":
      return "error";
  }
}
function counts(jobs) {
  const of = (verdict) => jobs.filter((job) => verdictOf(job) === verdict).length;
  return `tests="${jobs.length}" failures="${of("failure")}" errors="${of("error")}" skipped="0"`;
}
function attribute(text) {
  return xmlText(cleanLine(text));
}
function xmlText(text) {
  return htmlText(text).replace(/[\ufffe\uffff]/g, "\uFFFD");
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
  const counts2 = { jobs, built, cached, failed, blocked, infrastructure, cancelled, evaluationFailed };
  const values = {
    success: String(verdict.success),
    counts: JSON.stringify(counts2),
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

// src/report/summary/section.ts
var EMPTY_SECTION = { text: "", dropped: [] };
function takeFitting(texts, budgetBytes) {
  let bytes = 0;
  let count = 0;
  for (const text of texts) {
    const next = bytes + utf8Length(text) + 1;
    if (next > budgetBytes) break;
    bytes = next;
    count += 1;
  }
  return { taken: texts.slice(0, count), left: texts.length - count, bytes };
}
function rowsSection(parts, what, budgetBytes) {
  const { head, rows, tail = "" } = parts;
  if (rows.length === 0) return EMPTY_SECTION;
  const frame = utf8Length(head) + utf8Length(tail) + 3;
  const { taken, left } = takeFitting(rows, budgetBytes - frame);
  const dropped = left === 0 ? [] : [what(left)];
  if (taken.length === 0) return { text: "", dropped };
  return { text: `${head}
${taken.join("\n")}
${tail}`.trimEnd(), dropped };
}

// src/report/summary/builder-table.ts
function builderSection(view, budgetBytes) {
  const { report, costs } = view;
  const used = buildsByBuilder(report.builds);
  const rows = report.builders.map((builder) => builderRow(builder, used.get(builder.name), view));
  const trouble = report.builders.flatMap(
    (builder) => builder.trouble.map((text) => `- \u{1F50C} ${markdownCode(builder.name, 100)}: ${markdownCode(text, 500)}`)
  );
  const columns = ["Builder", "Systems", "Nix", "Slots", "Builds", "Busy", "CPU time", "Copied"];
  const money = costs === void 0 ? [] : ["Cost", "Idle"];
  const head = [
    `### Builders

| ${[...columns, ...money].join(" | ")} |`,
    `|---|---|---|--:|--:|--:|--:|--:|${money.map(() => "--:|").join("")}`
  ];
  const list = trouble.map((line, index) => index === 0 ? `
${line}` : line);
  return rowsSection(
    { head: head.join("\n"), rows: [...rows, ...list] },
    (left) => plural(left, "row of builders", "rows of builders"),
    budgetBytes
  );
}
function builderRow(builder, use, { totals, costs }) {
  const cost = costs?.byBuilder.get(builder.name);
  const money = (amount) => markdownText(formatMoney(amount, costs?.currency ?? ""));
  const cells = [
    markdownCode(builder.name, 100),
    markdownText(builder.systems.join(", "), 200),
    builder.nixVersion === void 0 ? "\u2013" : markdownText(builder.nixVersion, 40),
    String(builder.maxJobs),
    String(use?.builds ?? 0),
    `${formatDuration(builder.busySeconds)}${utilisation(builder, totals)}`,
    use?.cpuSeconds === void 0 ? "\u2013" : formatDuration(use.cpuSeconds),
    formatBytes(builder.bytesReceived + builder.bytesSent),
    ...cost === void 0 ? [] : [money(cost.builds), money(cost.idle)]
  ];
  return `| ${cells.join(" | ")} |`;
}

// src/report/summary/failures.ts
var TAIL_LINES = 20;
var TAIL_LINE_CHARACTERS = 500;
var BLOCKED_SHOWN = 50;
var MESSAGE_CHARACTERS3 = 500;
var MESSAGE_LINES = 10;
var HEADING_BYTES = 20;
function failuresSection({ causes, names }, flake, budgetBytes) {
  if (causes.length === 0) return EMPTY_SECTION;
  const briefs = takeFitting(
    causes.map((cause) => `- ${causeLine(cause)}`),
    budgetBytes - HEADING_BYTES
  );
  let spent = briefs.bytes;
  const detailed = [];
  for (const cause of causes.slice(0, briefs.taken.length)) {
    const entry = `#### ${causeLine(cause)}

${causeDetails(cause, flake, names).join("\n\n")}
`;
    spent += utf8Length(entry);
    if (spent > budgetBytes - HEADING_BYTES) break;
    detailed.push(entry);
  }
  const undetailed = briefs.taken.slice(detailed.length);
  return {
    text: ["### Failures", "", ...detailed, ...undetailed].join("\n"),
    dropped: [
      ...briefs.left > 0 ? [plural(briefs.left, "failure")] : [],
      ...undetailed.length > 0 ? [`details of ${plural(undetailed.length, "failure")}`] : []
    ]
  };
}
function causeLine(cause) {
  const place2 = outcomePlace(cause.outcome);
  const where = place2 === void 0 ? "" : ` on ${markdownCode(place2, 100)}`;
  const blocks = cause.blocked.length === 0 ? "" : `: blocks ${plural(cause.blocked.length, "job")}`;
  const words = outcomeWords(cause.outcome);
  return `${outcomeSign(cause.outcome)} ${markdownCode(causeName(cause), 120)} ${words}${where}${blocks}`;
}
function causeName(cause) {
  const job = cause.jobs[0];
  return job === void 0 ? cause.name : attributePathOf(job);
}
function causeDetails(cause, flake, names) {
  const [message = "", ...rest] = cleanText(outcomeMessage(cause.outcome)).trim().split("\n", MESSAGE_LINES);
  const job = cause.jobs[0] ?? cause.blocked[0];
  return [
    ...message === "" ? [] : [markdownCode(cleanLine(message), MESSAGE_CHARACTERS3)],
    ...rest.length === 0 ? [] : [preformatted(rest.map((line) => clip(line, MESSAGE_CHARACTERS3)))],
    ...job === void 0 ? [] : ["Reproduce locally:", preformatted([reproduceCommand(job, flake)])],
    ...cause.build === void 0 ? [] : logTail(cause.build),
    ...blockedJobs(cause, names)
  ];
}
function logTail(build) {
  const lines = build.logTail.slice(-TAIL_LINES).map((line) => clip(line, TAIL_LINE_CHARACTERS));
  if (lines.length === 0) return [];
  const file = build.logFile === void 0 ? "" : `, whole log: ${markdownCode(build.logFile)}`;
  const title = `Last ${plural(lines.length, "line")} of ${build.logLines}${file}`;
  return [folded(title, preformatted(lines))];
}
function blockedJobs(cause, names) {
  if (cause.blocked.length === 0) return [];
  const shown = cause.blocked.slice(0, BLOCKED_SHOWN).map((job) => markdownCode(names.get(job) ?? job.label, 100));
  const more = cause.blocked.length - shown.length;
  const list = more > 0 ? [...shown, `${more} more`] : shown;
  return [folded(`Blocks ${plural(cause.blocked.length, "job")}`, `<p>${list.join(", ")}</p>`)];
}
function folded(title, html) {
  return `<details><summary>${title}</summary>

${html}

</details>`;
}

// src/report/escape/mermaid.ts
function mermaidLabel(text, maxCharacters = 60) {
  const label = clip(cleanLine(text), maxCharacters).replace(/[^\p{L}\p{M}\p{N} .…+/=@-]/gu, "_");
  return label === "" ? "_" : label;
}

// src/report/summary/gantt.ts
var DIAGRAM_CHARACTERS = 5e4;
var PATH_SHOWN = 25;
var BUSIEST_SHOWN = 40;
var NAME_CHARACTERS = 40;
function ganttSection({ report, totals }, budgetBytes) {
  const timed = timedBuilds(report.builds);
  if (timed.length < 2) return EMPTY_SECTION;
  const path = criticalPath(timed);
  const diagram = [
    "gantt",
    "  dateFormat x",
    "  axisFormat %H:%M:%S",
    "  todayMarker off",
    ...section("Critical path", path.slice(-PATH_SHOWN), "active, "),
    ...longestByBuilder(timed).flatMap(([builder, builds]) => section(builder, builds, ""))
  ].join("\n");
  const title = `Timeline: critical path of ${plural(path.length, "build")}, ${formatDuration(pathSeconds(path))} of ${formatDuration(totals.wallSeconds)}`;
  const text = `<details><summary>${title}</summary>

\`\`\`mermaid
${diagram}
\`\`\`

</details>`;
  const isFitting = utf8Length(text) <= budgetBytes && diagram.length <= DIAGRAM_CHARACTERS;
  return isFitting ? { text, dropped: [] } : { text: "", dropped: ["the timeline"] };
}
function section(title, builds, tags) {
  return [`  section ${mermaidLabel(title, NAME_CHARACTERS)}`, ...builds.map((one) => task(one, tags))];
}
function task({ build, startedAtMs, finishedAtMs }, tags) {
  const isPassed = classOf(build.outcome) === "passed";
  const name = `${isPassed ? "\u2713" : "\u2717"} ${mermaidLabel(build.name, NAME_CHARACTERS)}`;
  const state = isPassed ? tags : "crit, ";
  return `  ${name} :${state}${Math.round(startedAtMs)}, ${Math.round(Math.max(finishedAtMs, startedAtMs + 1))}`;
}
function longestByBuilder(timed) {
  const longest = [...timed].sort((a, b) => b.finishedAtMs - b.startedAtMs - (a.finishedAtMs - a.startedAtMs)).slice(0, BUSIEST_SHOWN).sort((a, b) => a.startedAtMs - b.startedAtMs);
  const byBuilder = /* @__PURE__ */ new Map();
  for (const one of longest) {
    const builder = one.build.attempts.at(-1)?.builder ?? "unknown builder";
    byBuilder.set(builder, [...byBuilder.get(builder) ?? [], one]);
  }
  return [...byBuilder].sort(([a], [b]) => a < b ? -1 : 1);
}
function pathSeconds(path) {
  return path.reduce((sum, one) => sum + Math.max(0, one.finishedAtMs - one.startedAtMs), 0) / 1e3;
}

// src/report/job-order.ts
var ORDER = { failed: 0, evaluation: 1, infrastructure: 2, blocked: 3, cancelled: 4, passed: 5 };
function sortedJobs(jobs, builds) {
  const seconds = (job) => wallSecondsOf(builds.get(job.drvPath ?? "")) ?? 0;
  return sortedByLabel(jobs).sort(
    (a, b) => ORDER[classOf(a.outcome)] - ORDER[classOf(b.outcome)] || seconds(b) - seconds(a)
  );
}
function sortedByLabel(jobs) {
  return [...jobs].sort((a, b) => a.label < b.label ? -1 : Number(a.label > b.label));
}
function absentFirst(jobs) {
  return jobs.toSorted(
    (a, b) => Number(a.cached !== void 0) - Number(b.cached !== void 0) || (a.label < b.label ? -1 : Number(a.label > b.label))
  );
}

// src/report/summary/job-list.ts
function jobListSection({ names }, jobs, budgetBytes) {
  return rowsSection(
    {
      head: "### Jobs\n\n| Job | System | Already there |\n|---|---|---|",
      rows: absentFirst(jobs).map((job) => {
        const place2 = job.cached === void 0 ? "no" : markdownCode(job.cached, 100);
        return `| ${markdownCode(names.get(job) ?? job.label)} | ${markdownCode(job.system)} | ${place2} |`;
      })
    },
    (left) => plural(left, "row of jobs", "rows of jobs"),
    budgetBytes
  );
}

// src/report/summary/job-table.ts
function jobSection(view, budgetBytes) {
  const { builds, costs, names } = view;
  const jobs = view.report.jobs.filter((job) => !isCached(job.outcome));
  const rows = sortedJobs(jobs, builds).map((job) => {
    const build = job.drvPath === void 0 ? void 0 : builds.get(job.drvPath);
    return row(
      names.get(job) ?? job.label,
      job.outcome,
      build,
      costs === void 0 ? [] : [markdownText(jobCostText(costs, job))]
    );
  });
  return rowsSection(
    { head: `### Jobs

${tableHead("Job", view)}`, rows },
    (left) => plural(left, "row of jobs", "rows of jobs"),
    budgetBytes
  );
}
function cachedSection({ report, names }, budgetBytes) {
  const jobs = report.jobs.filter((job) => isCached(job.outcome));
  const title = `${plural(jobs.length, "job")} already there`;
  return rowsSection(
    {
      head: `<details><summary>${title}</summary>

| | Job | Result | Where |
|---|---|---|---|`,
      rows: sortedByLabel(jobs).map(
        (job) => `| ${outcomeSign(job.outcome)} | ${markdownCode(names.get(job) ?? job.label)} | ${outcomeWords(job.outcome)} | ${place(job.outcome)} |`
      ),
      tail: "\n</details>"
    },
    (left) => plural(left, "row of jobs that were already there", "rows of jobs that were already there"),
    budgetBytes
  );
}
function dependencySection(view, budgetBytes) {
  const { report, costs } = view;
  const ofJobs = new Set(report.jobs.map((job) => job.drvPath));
  const builds = report.builds.filter((build) => !ofJobs.has(build.drvPath) && wallSecondsOf(build) !== void 0).sort((a, b) => (wallSecondsOf(b) ?? 0) - (wallSecondsOf(a) ?? 0));
  const title = report.observed ? plural(builds.length, "derivation") : `${plural(builds.length, "dependency", "dependencies")} built for them`;
  return rowsSection(
    {
      head: `<details><summary>${title}</summary>

${tableHead("Derivation", view)}`,
      rows: builds.map(
        (build) => row(
          build.name,
          build.outcome,
          build,
          costs === void 0 ? [] : [markdownText(buildCostText(costs, build.drvPath))]
        )
      ),
      tail: "\n</details>"
    },
    (left) => report.observed ? plural(left, "row of derivations", "rows of derivations") : plural(left, "row of dependencies", "rows of dependencies"),
    budgetBytes
  );
}
function tableHead(what, { costs }) {
  const [title, line] = costs === void 0 ? ["", ""] : [" Cost |", "--:|"];
  return `| | ${what} | Result | Builder | Time | CPU time |${title}
|---|---|---|---|--:|--:|${line}`;
}
function row(name, outcome, build, money) {
  const seconds = wallSecondsOf(build);
  const cells = [
    outcomeSign(outcome),
    markdownCode(name),
    outcomeWords(outcome),
    place(outcome),
    seconds === void 0 ? "\u2013" : formatDuration(seconds),
    formatCpu(build?.cpu),
    ...money
  ];
  return `| ${cells.join(" | ")} |`;
}
function place(outcome) {
  return markdownCode(outcomePlace(outcome) ?? "", 100);
}
function isCached(outcome) {
  return classOf(outcome) === "passed" && outcome.kind !== "built";
}

// src/report/summary/other-sections.ts
var EVALUATION_MESSAGE_CHARACTERS = 4e3;
var SLOWEST_SHOWN = 10;
var NOTICE_SIGNS = { error: "\u274C", warning: "\u26A0\uFE0F", notice: "\u2139\uFE0F" };
function evaluationSection(report, budgetBytes) {
  const rows = report.jobs.flatMap((job) => {
    if (job.outcome.kind !== "evaluation-failed") return [];
    const { message, position } = job.outcome;
    const at = position === void 0 ? "" : ` at ${markdownCode(`${position.file}:${position.line}`)}`;
    const text = clipStart(cleanText(message).trim(), EVALUATION_MESSAGE_CHARACTERS);
    return [`#### ${markdownCode(attributePathOf(job))}${at}

${preformatted(text.split("\n"))}
`];
  });
  return rowsSection(
    { head: "### Evaluation failures\n", rows },
    (left) => plural(left, "evaluation failure"),
    budgetBytes
  );
}
function slowestSection(report, budgetBytes) {
  return rowsSection(
    {
      head: "<details><summary>Slowest evaluations</summary>\n\n| Attribute | Time | Memory |\n|---|--:|--:|",
      rows: slowestEvaluations(report).slice(0, SLOWEST_SHOWN).map(
        ({ job, seconds }) => `| ${markdownCode(attributePathOf(job))} | ${formatDuration(seconds)} | ${memoryText(job)} |`
      ),
      tail: "\n</details>"
    },
    () => "slowest evaluations",
    budgetBytes
  );
}
function memoryText({ evaluationMemoryBytes }) {
  return evaluationMemoryBytes === void 0 ? "\u2013" : formatBytes(evaluationMemoryBytes);
}
function noticesSection({ report, notices }, budgetBytes) {
  const { jobs, listed = [] } = report;
  const warnings = new Set([...jobs, ...listed].flatMap((job) => job.warnings));
  const rows = [
    ...notices.map(
      ({ level, title, message }) => `- ${NOTICE_SIGNS[level]} **${markdownText(title)}**: ${markdownCode(message, 1e3)}`
    ),
    ...[...warnings].map((warning) => `- \u26A0\uFE0F ${markdownCode(warning, 1e3)}`)
  ];
  return rowsSection({ head: "### Notices\n", rows }, (left) => plural(left, "notice"), budgetBytes);
}

// src/report/summary/summary.ts
var SUMMARY_BUDGET_BYTES = 900 * 1024;
var CLAIMS = [
  { part: "failures", share: 0.5 },
  { part: "evaluation", share: 0.15 },
  { part: "notices", share: 0.05 },
  { part: "builders", share: 0.05 },
  { part: "timeline", share: 0.1 },
  { part: "slowest", share: 0.05 },
  { part: "jobs", share: 1 },
  { part: "dependencies", share: 1 },
  { part: "cached", share: 1 }
];
var PAGE_ORDER = [
  "failures",
  "evaluation",
  "notices",
  "jobs",
  "cached",
  "dependencies",
  "builders",
  "timeline",
  "slowest"
];
function renderSummary(report, links = {}, budgetBytes = SUMMARY_BUDGET_BYTES) {
  const view = viewOf(report);
  const renderers = partRenderers(view);
  const head = headline(view);
  const linksLine = linkLine(links);
  const sections = /* @__PURE__ */ new Map();
  let left = budgetBytes - utf8Length(head) - utf8Length(linksLine) - RESERVED_BYTES;
  for (const { part, share } of CLAIMS) {
    const section2 = renderers[part](Math.min(left, budgetBytes * share));
    sections.set(part, section2);
    left -= utf8Length(section2.text) + 2;
  }
  const dropped = [...sections.values()].flatMap((section2) => section2.dropped);
  const parts = PAGE_ORDER.map((part) => sections.get(part)?.text ?? "");
  return `${[head, linksLine, ...parts, droppedLine(dropped)].filter(Boolean).join("\n\n")}
`;
}
var RESERVED_BYTES = 1024;
function partRenderers(view) {
  const { report } = view;
  const flake = reproducibleFlake(report);
  return {
    failures: (bytes) => failuresSection(view, flake, bytes),
    evaluation: (bytes) => evaluationSection(report, bytes),
    notices: (bytes) => noticesSection(view, bytes),
    builders: (bytes) => builderSection(view, bytes),
    jobs: (bytes) => report.listed === void 0 ? jobSection(view, bytes) : jobListSection(view, report.listed, bytes),
    timeline: (bytes) => ganttSection(view, bytes),
    slowest: (bytes) => slowestSection(report, bytes),
    dependencies: (bytes) => dependencySection(view, bytes),
    cached: (bytes) => cachedSection(view, bytes)
  };
}
function linkLine(links) {
  const named = [
    ["Build logs", links.logs],
    ["Report and results", links.results],
    ["Outputs", links.outputs],
    ["Binary cache", links.cache]
  ];
  return named.flatMap(([name, url]) => url === void 0 ? [] : [`[${name}](${encodeURI(url)})`]).join(" \xB7 ");
}
function droppedLine(dropped) {
  if (dropped.length === 0) return "";
  return `> Left out to stay below GitHub's limit for summaries: ${dropped.join(", ")}. The artifacts have everything.`;
}

// src/report/text-summary.ts
var TAIL_LINES2 = 10;
var LABEL_CHARACTERS = 60;
var LINE_CHARACTERS2 = 300;
var EVALUATION_LINES = 12;
var MESSAGE_LINES2 = 10;
function renderTextSummary(report) {
  const view = viewOf(report);
  const flake = reproducibleFlake(report);
  const blocks = [
    [`${headlineSign(view)} ${headlineText(view)}`, `  ${figuresText(view).join(", ")}`],
    ...view.causes.map((cause) => causeBlock(cause, flake)),
    ...report.jobs.flatMap(evaluationBlock),
    jobRows(view),
    listedRows(view),
    builderRows(view),
    view.notices.map((notice) => clipLine(`${notice.level}: ${notice.title}: ${notice.message}`))
  ];
  return `${blocks.filter((block) => block.length > 0).map((block) => block.join("\n")).join("\n\n")}
`;
}
function causeBlock(cause, flake) {
  const place2 = outcomePlace(cause.outcome);
  const job = cause.jobs[0];
  const name = clip(cleanLine(job === void 0 ? cause.name : attributePathOf(job)), 120);
  const where = place2 === void 0 ? "" : ` on ${cleanLine(place2)}`;
  const blocks = cause.blocked.length === 0 ? "" : `: blocks ${plural(cause.blocked.length, "job")}`;
  const message = cleanText(messageBesideLog(cause)).trim();
  const repeat = job ?? cause.blocked[0];
  return [
    `${outcomeSign(cause.outcome)} ${name} ${outcomeWords(cause.outcome)}${where}${blocks}`,
    ...message === "" ? [] : message.split("\n", MESSAGE_LINES2).map((line) => clipLine(`    ${line}`)),
    ...(cause.build?.logTail ?? []).slice(-TAIL_LINES2).map((line) => clipLine(`    > ${line}`)),
    ...repeat === void 0 ? [] : [`    reproduce: ${cleanLine(reproduceCommand(repeat, flake))}`]
  ];
}
function evaluationBlock(job) {
  if (job.outcome.kind !== "evaluation-failed") return [];
  const lines = cleanText(job.outcome.message).trim().split("\n").slice(-EVALUATION_LINES);
  const title = `${outcomeSign(job.outcome)} ${clip(cleanLine(attributePathOf(job)), 120)} ${outcomeWords(job.outcome)}`;
  return [[title, ...lines.map((line) => clipLine(`    ${line}`))]];
}
function jobRows({ report, builds, costs, names }) {
  if (report.jobs.length === 0) return [];
  const rows = sortedJobs(report.jobs, builds).map((job) => [
    clip(cleanLine(names.get(job) ?? job.label), LABEL_CHARACTERS),
    ...jobCells(job, builds.get(job.drvPath ?? ""), costs)
  ]);
  const money = costs === void 0 ? [] : ["cost"];
  return aligned([["job", "result", "builder", "time", "CPU time", ...money], ...rows]);
}
function listedRows({ report: { listed = [] }, names }) {
  if (listed.length === 0) return [];
  const rows = absentFirst(listed).map((job) => [
    clip(cleanLine(names.get(job) ?? job.label), LABEL_CHARACTERS),
    cleanLine(job.system),
    job.cached === void 0 ? "to be built" : `already there: ${clip(cleanLine(job.cached), LABEL_CHARACTERS)}`
  ]);
  return aligned([["job", "system", "result"], ...rows]);
}
function jobCells(job, build, costs) {
  const seconds = wallSecondsOf(build);
  return [
    outcomeWords(job.outcome),
    clip(cleanLine(outcomePlace(job.outcome) ?? "\u2013"), LABEL_CHARACTERS),
    seconds === void 0 ? "\u2013" : formatDuration(seconds),
    formatCpu(build?.cpu),
    ...costs === void 0 ? [] : [jobCostText(costs, job)]
  ];
}
function builderRows({ report, totals, costs }) {
  const used = buildsByBuilder(report.builds);
  const rows = report.builders.map((builder) => [
    clip(cleanLine(builder.name), LABEL_CHARACTERS),
    cleanLine(builder.nixVersion ?? "\u2013"),
    String(builder.maxJobs),
    String(used.get(builder.name)?.builds ?? 0),
    `${formatDuration(builder.busySeconds)}${utilisation(builder, totals)}`,
    cpuOf(used.get(builder.name)),
    ...builderMoney(builder, costs),
    builder.trouble.length === 0 ? "\u2013" : clip(cleanLine(builder.trouble.join("; ")), LINE_CHARACTERS2)
  ]);
  const money = costs === void 0 ? [] : ["cost", "idle"];
  const head = ["builder", "Nix", "slots", "builds", "busy", "CPU time", ...money, "trouble"];
  return rows.length === 0 ? [] : aligned([head, ...rows]);
}
function cpuOf(use) {
  return use?.cpuSeconds === void 0 ? "\u2013" : formatDuration(use.cpuSeconds);
}
function builderMoney(builder, costs) {
  if (costs === void 0) return [];
  const { builds = 0n, idle = 0n } = costs.byBuilder.get(builder.name) ?? {};
  return [builds, idle].map((amount) => formatMoney(amount, costs.currency));
}
function aligned(rows) {
  const widths = (rows[0] ?? []).map(
    (_, column) => Math.max(...rows.map((row2) => (row2[column] ?? "").length))
  );
  return rows.map(
    (row2) => `  ${row2.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()
  );
}
function clipLine(text) {
  return clip(cleanText(text).replaceAll("\n", " "), LINE_CHARACTERS2);
}

// src/github/report-page.ts
import { readFile } from "node:fs/promises";
async function readReportPage() {
  try {
    const [script, style] = await Promise.all(
      ["report-page.js", "report-page.css"].map((name) => readFile(new URL(name, import.meta.url), "utf8"))
    );
    return script === void 0 || style === void 0 ? void 0 : { script, style };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return void 0;
    throw error;
  }
}

// src/github/publish.ts
var tooLate = {
  kind: "kept-local",
  reason: "the run was ended before it was done",
  isFault: true
};
async function publish(runner, folder, recorded, verdict, options) {
  const { workflowRun, hurry } = options;
  const found = withPublishedFlake(recorded, workflowRun);
  const { kept, spilled } = fitOutputs(reportOutputs(found, verdict));
  for (const { file, value } of spilled) await writeFile(join(folder.results, file), value);
  const spillage = spilled.map((output) => spillNotice(output, artifactName(folder.prefix, "build-results")));
  const report = { ...found, notices: [...found.notices, ...spillage] };
  const paths = await writeReports(folder, report);
  for (const line of withCommandsStopped(options.token, renderTextSummary(report).split("\n")))
    runner.print(line);
  for (const annotation of annotationsOf(report)) runner.annotate(annotation);
  for (const { name, value } of [...kept, ...paths]) runner.setOutput(name, value);
  const results = await upload(runner, folder, "build-results", folder.results, hurry);
  const logs = await upload(runner, folder, "build-logs", folder.logs, hurry);
  const outputs = await upload(runner, folder, "build-outputs", folder.outputs, hurry);
  const cache = await upload(runner, folder, "build-cache", folder.cache, hurry);
  const uploads = { results, logs, outputs, cache };
  for (const [name, upload2] of Object.entries(uploads)) {
    if (upload2?.kind === "uploaded") runner.setOutput(`${name}_artifact_id`, String(upload2.id ?? ""));
  }
  if (outputs !== void 0) runner.setOutput("outputs_path", folder.outputs);
  if (cache !== void 0) runner.setOutput("cache_path", folder.cache);
  const links = {
    logs: linkTo(workflowRun, logs),
    results: linkTo(workflowRun, results),
    outputs: linkTo(workflowRun, outputs),
    cache: linkTo(workflowRun, cache)
  };
  const summary = renderSummary(report, links);
  const summaryPath = join(folder.root, "summary.md");
  await writeFile(summaryPath, summary);
  runner.setOutput("summary_path", summaryPath);
  if (options.wantsSummary) await runner.writeSummary(summary);
  if (Object.values(uploads).some((upload2) => upload2?.kind === "kept-local")) {
    runner.setOutput("artifact_dir", folder.root);
    runner.print(`Logs and results are kept in ${folder.root}`);
  }
  return { report, links };
}
function withPublishedFlake(report, run) {
  return { ...report, publishedFlake: run && flakeOnGitHub(run, report.lockedFlake) };
}
async function writeReports(folder, report) {
  const resultsPath = join(folder.results, "results.json");
  await writeFile(resultsPath, resultsJson(report));
  await writeFile(join(folder.results, "jobs.json"), jobListJson(report));
  const results = { name: "results_path", value: resultsPath };
  if (report.listed !== void 0) return [results];
  await writeFile(join(folder.results, "junit.xml"), renderJunit(report));
  const page = await readReportPage();
  if (page === void 0) return [results];
  const pagePath = join(folder.results, "report.html");
  await writeFile(pagePath, renderHtmlReport(report, page));
  return [results, { name: "html_report_path", value: pagePath }];
}
function linkTo(run, upload2) {
  if (run === void 0 || upload2?.kind !== "uploaded" || upload2.id === void 0) return void 0;
  return artifactUrl(run, upload2.id);
}
async function upload(runner, folder, name, directory, hurry) {
  const files = await filesIn(directory);
  if (files.length === 0) return void 0;
  const isCompressed = directory === folder.outputs || directory === folder.cache;
  const work = runner.uploadArtifact(artifactName(folder.prefix, name), files, directory, { isCompressed });
  const upload2 = await unlessAborted(hurry, work, tooLate);
  if (upload2.kind === "kept-local" && upload2.isFault) {
    runner.annotate({
      level: "warning",
      title: `The artifact ${name} was not uploaded`,
      message: `${upload2.reason.replace(/\.$/, "")}. Its files are in ${directory}.`
    });
  }
  return upload2;
}
async function filesIn(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

export {
  listing,
  headlineText,
  renderSummary,
  workflowRunOf,
  publish,
  withPublishedFlake
};
