import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  absentFirst,
  artifactUrl,
  buildsByBuilder,
  criticalPath,
  figuresText,
  flakeOnGitHub,
  headlineSign,
  headlineText,
  renderSummary,
  slowestEvaluations,
  sortedJobs,
  systemsText,
  timedBuilds,
  utilisation
} from "./chunk-GO4MPXVS.js";
import {
  fitOutputs,
  jobListJson,
  reportOutputs,
  spillNotice
} from "./chunk-PHKSR2AA.js";
import {
  annotationsOf
} from "./chunk-UGBGI3MJ.js";
import {
  evaluationWarnings
} from "./chunk-IJOL2ZII.js";
import {
  attributePathOf,
  buildCostText,
  classOf,
  jobCostText,
  messageBesideLog,
  outcomeClause,
  outcomeMessage,
  outcomePlace,
  outcomeSign,
  outcomeWords,
  repeatCommand,
  reproducibleFlake,
  viewOf,
  wallSecondsOf
} from "./chunk-LMBAKTVX.js";
import {
  withCommandsStopped
} from "./chunk-L65LO2JU.js";
import {
  artifactName
} from "./chunk-4UU34LW5.js";
import {
  htmlText
} from "./chunk-HOZKPZFU.js";
import {
  formatBytes,
  formatCpu,
  formatDuration,
  plural
} from "./chunk-ZR6O72JI.js";
import {
  clip,
  clipStart
} from "./chunk-7IZRAHNB.js";
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
    reproduce: repeatCommand(causeOf(build.outcome, view), repeated, flake) ?? "",
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
    reproduce: repeatCommand(causeOf(job.outcome, view), job, flake) ?? "",
    log: [],
    logLines: 0,
    logFile: "",
    details: jobDetails(job)
  };
}
function causeOf(outcome, { builds }) {
  return (outcome.kind === "dependency-failed" ? builds.get(outcome.root)?.outcome : void 0) ?? outcome;
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
  const places = new Map(report.builds.map((build, place) => [build.drvPath, place]));
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
  const shownLines = rows.reduce((sum, row) => sum + row.log.length, 0);
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
    notices: [...view.notices, ...evaluationWarnings(report)].map(({ level, title, message }) => ({
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
  const placeOf = new Map(withoutBuild.map((job, index) => [job.path, places.size + index]));
  return slowestEvaluations(report).slice(0, EVALUATIONS_SHOWN).map(({ job, seconds }) => ({
    attribute: clip(cleanLine(attributePathOf(job)), 300),
    seconds,
    memory: job.evaluationMemoryBytes === void 0 ? "\u2013" : formatBytes(job.evaluationMemoryBytes),
    place: places.get(job.drvPath ?? "") ?? placeOf.get(job.path) ?? null
  }));
}
function describeBuilder(builder, use, { costs, totals }) {
  const cost = costs?.byBuilder.get(builder.name);
  const money = (amount) => formatMoney(amount, costs?.currency ?? "");
  return {
    name: clip(cleanLine(builder.name), 200),
    slots: builder.maxJobs,
    details: [
      ["Systems", clip(cleanLine(systemsText(builder.systems)), 300)],
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
    const message = attribute(clip(headline(job), MESSAGE_CHARACTERS2));
    const text = xmlText(outcomeMessage(job.outcome));
    lines.push(`<${verdict} type="${job.outcome.kind}" message="${message}">${text}</${verdict}>`);
  }
  if (build !== void 0 && build.logTail.length > 0 && verdict !== "passed") {
    lines.push(`<system-out>${xmlText(build.logTail.join("\n"))}</system-out>`);
  }
  lines.push("</testcase>");
  return lines.join("\n");
}
function headline(job) {
  const place = outcomePlace(job.outcome);
  return `${attributePathOf(job)} ${outcomeWords(job.outcome)}${place === void 0 ? "" : ` on ${place}`}`;
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

// src/report/text-summary.ts
var TAIL_LINES = 10;
var LABEL_CHARACTERS = 60;
var LINE_CHARACTERS2 = 300;
var EVALUATION_LINES = 12;
var MESSAGE_LINES = 10;
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
    [...view.notices, ...evaluationWarnings(report)].map(
      (notice) => clipLine(`${notice.level}: ${notice.title}: ${notice.message}`)
    )
  ];
  return `${blocks.filter((block) => block.length > 0).map((block) => block.join("\n")).join("\n\n")}
`;
}
function causeBlock(cause, flake) {
  const place = outcomePlace(cause.outcome);
  const job = cause.jobs[0];
  const name = clip(cleanLine(job === void 0 ? cause.name : attributePathOf(job)), 120);
  const where = place === void 0 ? "" : ` on ${cleanLine(place)}`;
  const blocks = cause.blocked.length === 0 ? "" : `: blocks ${plural(cause.blocked.length, "job")}`;
  const message = cleanText(messageBesideLog(cause)).trim();
  const command = repeatCommand(cause.outcome, job ?? cause.blocked[0], flake);
  return [
    `${outcomeSign(cause.outcome)} ${name} ${outcomeClause(cause.outcome)}${where}${blocks}`,
    ...message === "" ? [] : message.split("\n", MESSAGE_LINES).map((line) => clipLine(`    ${line}`)),
    ...(cause.build?.logTail ?? []).slice(-TAIL_LINES).map((line) => clipLine(`    > ${line}`)),
    ...command === void 0 ? [] : [`    reproduce: ${cleanLine(command)}`]
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
    (_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length))
  );
  return rows.map(
    (row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()
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
  publish,
  withPublishedFlake
};
