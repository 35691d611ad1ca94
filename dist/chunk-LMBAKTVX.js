import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  plural,
  shellWord
} from "./chunk-ZR6O72JI.js";
import {
  clip
} from "./chunk-7IZRAHNB.js";
import {
  cleanLine
} from "./chunk-WGX5D5BX.js";
import {
  formatMoney,
  priceOfBuilder,
  priceOfTime,
  splitByWeight
} from "./chunk-OPTAAB63.js";

// src/report/attribute.ts
var IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_'-]*$/;
var FRAGMENT_UNSAFE = /[^A-Za-z0-9._~"+=,@/-]/gu;
function attributePathOf(job) {
  return job.path.map((step) => IDENTIFIER.test(step) ? step : `"${step}"`).join(".");
}
function reproduceCommand(job, flake) {
  if (job.path.some((step) => step === "" || step.includes('"'))) {
    return `nix build --impure --expr ${shellWord(selectExpression(job, flake))} -L`;
  }
  const fragment = attributePathOf(job).replace(FRAGMENT_UNSAFE, percent);
  return `nix build ${shellWord(`${flake}#${fragment}`)} -L`;
}
function repeatCommand(outcome, job, flake) {
  const wasTaken = outcome.kind !== "infrastructure" || outcome.builder !== void 0;
  return job === void 0 || !wasTaken ? void 0 : reproduceCommand(job, flake);
}
function reproducibleFlake(report) {
  if (report.publishedFlake !== void 0) return report.publishedFlake;
  const locked = report.lockedFlake;
  if (locked === void 0 || /^(?:\/|\.|path:|file:|git\+file:|tarball\+file:)/.test(locked))
    return report.flake;
  return locked;
}
function selectExpression(job, flake) {
  const isRelative = /^\.{0,2}(?:\/|$)/.test(flake) && !flake.startsWith("/");
  const source = isRelative ? `toString (./. + ${nixString(`/${flake}`)})` : nixString(flake);
  return `(builtins.getFlake (${source})).${job.path.map(nixString).join(".")}`;
}
function nixString(text) {
  return `"${text.replace(/["\\]|\$(?=\{)/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`)}"`;
}
function percent(char) {
  const text = new RegExp("\\p{Surrogate}", "u").test(char) ? "\uFFFD" : char;
  const encoded = encodeURIComponent(text);
  return encoded === text ? `%${text.charCodeAt(0).toString(16).toUpperCase()}` : encoded;
}

// src/report/outcomes.ts
function classOf(outcome) {
  switch (outcome.kind) {
    case "built":
    case "already-valid":
    case "substituted":
      return "passed";
    case "failed":
    case "timed-out":
    case "log-limit":
      return "failed";
    case "dependency-failed":
      return "blocked";
    case "infrastructure":
      return "infrastructure";
    case "cancelled":
      return "cancelled";
    case "evaluation-failed":
      return "evaluation";
  }
}
function outcomeWords(outcome) {
  switch (outcome.kind) {
    case "already-valid":
      return "already valid";
    case "dependency-failed":
      return "dependency failed";
    case "timed-out":
      return "timed out";
    case "log-limit":
      return "too much log";
    case "infrastructure":
      return "builder trouble";
    case "evaluation-failed":
      return "evaluation failed";
    case "built":
    case "substituted":
    case "failed":
    case "cancelled":
      return outcome.kind;
  }
}
function outcomeClause(outcome) {
  if (outcome.kind === "log-limit") return "printed too much";
  return outcome.kind === "infrastructure" ? "met builder trouble" : outcomeWords(outcome);
}
function outcomeSign(outcome) {
  switch (classOf(outcome)) {
    case "passed":
      return outcome.kind === "built" ? "\u2705" : "\u2611\uFE0F";
    case "failed":
    case "evaluation":
      return "\u274C";
    case "blocked":
      return "\u26D4";
    case "infrastructure":
      return "\u{1F50C}";
    case "cancelled":
      return "\u26AA";
  }
}
function outcomePlace(outcome) {
  switch (outcome.kind) {
    case "built":
    case "failed":
    case "timed-out":
    case "log-limit":
    case "infrastructure":
      return outcome.builder;
    case "already-valid":
    case "substituted":
      return outcome.where;
    case "dependency-failed":
    case "cancelled":
    case "evaluation-failed":
      return void 0;
  }
}
function outcomeMessage(outcome) {
  return "message" in outcome ? outcome.message : "";
}
function wallSecondsOf(build) {
  if (build?.startedAtMs === void 0 || build.finishedAtMs === void 0) return void 0;
  return Math.max(0, build.finishedAtMs - build.startedAtMs) / 1e3;
}

// src/report/root-causes.ts
function rootCausesOf(report) {
  const builds = new Map(report.builds.map((build) => [build.drvPath, build]));
  const groups = /* @__PURE__ */ new Map();
  for (const build of report.builds) {
    if (isOwnFault(build.outcome)) groupOf(groups, build.drvPath);
  }
  for (const job of report.jobs) {
    if (job.outcome.kind === "dependency-failed") groupOf(groups, job.outcome.root).blocked.push(job);
    else if (isOwnFault(job.outcome)) groupOf(groups, job.drvPath ?? job.label).jobs.push(job);
  }
  return [...groups].map(([drvPath, group]) => rootCause(drvPath, group, builds.get(drvPath))).sort((a, b) => b.blocked.length - a.blocked.length || failedAt(a) - failedAt(b));
}
function isInfrastructure(cause) {
  return classOf(cause.outcome) === "infrastructure";
}
function messageBesideLog({ outcome, build }) {
  const message = outcomeMessage(outcome);
  return cleanLine(message) === cleanLine(build?.logTail.at(-1) ?? "") ? "" : message;
}
function derivationName(drvPath) {
  return drvPath.replace(/^.*\/[^/-]*-/, "").replace(/\.drv$/, "");
}
function isOwnFault(outcome) {
  const kind = classOf(outcome);
  return kind === "failed" || kind === "infrastructure";
}
function rootCause(drvPath, group, build) {
  const outcome = build !== void 0 && isOwnFault(build.outcome) ? build.outcome : group.jobs[0]?.outcome;
  return {
    drvPath,
    name: build?.name ?? group.jobs[0]?.name ?? derivationName(drvPath),
    outcome: outcome ?? build?.outcome ?? { kind: "cancelled" },
    build,
    ...group
  };
}
function groupOf(groups, drvPath) {
  const known = groups.get(drvPath);
  if (known !== void 0) return known;
  const group = { jobs: [], blocked: [] };
  groups.set(drvPath, group);
  return group;
}
function failedAt(cause) {
  return cause.build?.finishedAtMs ?? Number.MAX_SAFE_INTEGER;
}

// src/report/totals.ts
function totalsOf(report) {
  return { ...jobTotals(report), ...buildTotals(report), ...transferTotals(report) };
}
function jobCountOf({ jobs, listed = [] }) {
  return jobs.length + listed.length;
}
function jobTotals(report) {
  const counts = { passed: 0, failed: 0, blocked: 0, infrastructure: 0, cancelled: 0, evaluation: 0 };
  const listedThere = (report.listed ?? []).filter(({ cached }) => cached !== void 0);
  let built = 0;
  for (const job of report.jobs) {
    counts[classOf(job.outcome)] += 1;
    if (job.outcome.kind === "built") built += 1;
  }
  return {
    jobs: jobCountOf(report),
    built,
    cached: counts.passed - built + listedThere.length,
    failed: counts.failed,
    blocked: counts.blocked,
    infrastructure: counts.infrastructure,
    cancelled: counts.cancelled,
    evaluationFailed: counts.evaluation,
    wallSeconds: Math.max(0, report.finishedAtMs - report.startedAtMs) / 1e3
  };
}
function buildTotals(report) {
  const cpuSources = { cgroup: 0, proc: 0, service: 0, estimate: 0, unknown: 0 };
  const totals = { buildsRun: 0, buildsFailed: 0, buildSeconds: 0, cpuSeconds: 0, cpuSources };
  for (const build of report.builds) {
    const seconds = wallSecondsOf(build);
    if (seconds === void 0) continue;
    totals.buildsRun += 1;
    totals.buildSeconds += seconds;
    totals.cpuSeconds += build.cpu?.seconds ?? 0;
    cpuSources[build.cpu?.source ?? "unknown"] += 1;
    if (classOf(build.outcome) === "failed") totals.buildsFailed += 1;
  }
  return totals;
}
function transferTotals(report) {
  const totals = { bytesSent: 0, bytesReceived: 0 };
  for (const builder of report.builders) {
    totals.bytesSent += builder.bytesSent;
    totals.bytesReceived += builder.bytesReceived;
  }
  return totals;
}

// src/report/verdict.ts
function verdictOf(report, options) {
  const faults = [
    ...buildFaults(report, options),
    ...otherJobFaults(report, options),
    ...runFaults(report, options)
  ];
  return {
    success: faults.length === 0,
    exitCode: faults.every((fault) => fault.excused) ? 0 : 1,
    reasons: faults.map((fault) => fault.reason)
  };
}
function excuseNotices({ success, exitCode, reasons }) {
  if (success || exitCode !== 0) return [];
  const message = `${reasons.join(", ")}; the step succeeds all the same, as ignore_build_failures or ignore_eval_failures says`;
  return [{ level: "notice", title: "Failures are ignored", message }];
}
function buildFaults(report, options) {
  const causes = rootCausesOf(report);
  const own = { failed: 0, blocked: 0, infrastructure: 0 };
  for (const cause of causes) {
    if (isInfrastructure(cause)) {
      own.infrastructure += Math.max(1, cause.jobs.length + cause.blocked.length);
    } else {
      own.failed += cause.jobs.length;
      own.blocked += cause.blocked.length;
      if (cause.jobs.length + cause.blocked.length === 0) own.failed += 1;
    }
  }
  const excused = options.ignoreBuildFailures;
  return [
    ...faultIf(own.failed, `${plural(own.failed, "build")} failed`, excused),
    ...faultIf(own.blocked, `${plural(own.blocked, "job")} blocked by a failed dependency`, excused),
    ...faultIf(own.infrastructure, `${plural(own.infrastructure, "job")} lost to builder trouble`, false)
  ];
}
function otherJobFaults(report, options) {
  const evaluation = report.jobs.filter((job) => classOf(job.outcome) === "evaluation").length;
  const cancelled = report.jobs.filter((job) => classOf(job.outcome) === "cancelled").length;
  const failures = plural(evaluation, "attribute");
  return [
    ...faultIf(evaluation, `${failures} failed to evaluate`, options.ignoreEvalFailures),
    ...faultIf(cancelled, `${plural(cancelled, "job")} cancelled`, false)
  ];
}
function runFaults(report, options) {
  const errors = report.notices.filter((notice) => notice.level === "error").length;
  const isEmpty = jobCountOf(report) === 0 && options.failOnEmpty;
  return [
    ...faultIf(report.cancelled ? 1 : 0, "the run was cancelled", false),
    ...faultIf(errors, `${plural(errors, "error")} outside of the builds`, false),
    ...faultIf(isEmpty ? 1 : 0, "nothing was selected and fail_on_empty is set", false)
  ];
}
function faultIf(count, reason, excused) {
  return count > 0 ? [{ reason, excused }] : [];
}

// src/accounting/costs.ts
function costsOf(run, prices) {
  const ledger = {
    builds: /* @__PURE__ */ new Map(),
    builders: new Map(run.builders.map(({ name }) => [name, { builds: 0n, idle: 0n }])),
    unpriced: 0
  };
  for (const build of run.builds) chargeCpu(ledger, build, prices);
  for (const { name } of run.builders) chargeHours(ledger, run, name, prices);
  const builders = [...ledger.builders.values()];
  const idle = builders.reduce((sum, cost) => sum + cost.idle, 0n);
  return {
    currency: prices.currency,
    total: builders.reduce((sum, cost) => sum + cost.builds, idle),
    idle,
    isUpperBound: [...ledger.builds.values()].some((cost) => cost.isUpperBound),
    unpriced: ledger.unpriced,
    byBuild: ledger.builds,
    byBuilder: ledger.builders
  };
}
function chargeCpu(ledger, build, prices) {
  const builder = build.attempts.at(-1)?.builder;
  if (builder === void 0) return;
  const { perCpuHour } = priceOfBuilder(prices, builder);
  if (perCpuHour === void 0) return;
  if (build.cpu === void 0) ledger.unpriced += 1;
  else
    charge(
      ledger,
      build,
      builder,
      priceOfTime(perCpuHour, build.cpu.seconds),
      build.cpu.source === "estimate"
    );
}
function chargeHours(ledger, run, builder, prices) {
  const { perHour } = priceOfBuilder(prices, builder);
  if (perHour === void 0) return;
  const ran = run.builds.flatMap(
    (build) => build.attempts.filter((attempt) => attempt.builder === builder).map((attempt) => ({ build, attempt }))
  );
  const busyMs = unionMs(ran.map(({ attempt }) => attempt));
  const whole = priceOfTime(perHour, Math.max(busyMs, run.finishedAtMs - run.startedAtMs) / 1e3);
  const busy = priceOfTime(perHour, busyMs / 1e3);
  const shares = splitByWeight(
    busy,
    ran.map(({ attempt }) => attempt.finishedAtMs - attempt.startedAtMs)
  );
  for (const [index, { build }] of ran.entries()) charge(ledger, build, builder, shares[index] ?? 0n, false);
  const charged = shares.reduce((sum, share) => sum + share, 0n);
  accountOf(ledger, builder).idle += whole - charged;
}
function charge(ledger, build, builder, amount, isUpperBound) {
  const known = ledger.builds.get(build.drvPath);
  ledger.builds.set(build.drvPath, {
    amount: (known?.amount ?? 0n) + amount,
    isUpperBound: isUpperBound || known?.isUpperBound === true
  });
  accountOf(ledger, builder).builds += amount;
}
function accountOf(ledger, builder) {
  const known = ledger.builders.get(builder);
  if (known !== void 0) return known;
  const account = { builds: 0n, idle: 0n };
  ledger.builders.set(builder, account);
  return account;
}
function unionMs(spans) {
  let covered = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const span of [...spans].sort((a, b) => a.startedAtMs - b.startedAtMs)) {
    covered += Math.max(0, span.finishedAtMs - Math.max(end, span.startedAtMs));
    end = Math.max(end, span.finishedAtMs);
  }
  return covered;
}

// src/accounting/shares.ts
var WORD_BITS = 32;
function shareCosts(jobs, builds, costOf) {
  const needed = neededBy(jobs, builds);
  const shares = jobs.map(() => ({ own: 0n, dependencies: 0n, isUpperBound: false }));
  for (const [drvPath, mask] of needed) {
    const cost = costOf(drvPath);
    if (cost === void 0) continue;
    const payers = membersOf(mask);
    const owners = payers.filter((job) => jobs[job] === drvPath);
    const debtors = owners.length > 0 ? owners : payers;
    const parts = splitByWeight(
      cost.amount,
      debtors.map(() => 1)
    );
    for (const [index, job] of debtors.entries()) {
      const share = shares[job];
      if (share === void 0) continue;
      share.isUpperBound ||= cost.isUpperBound;
      if (owners.length > 0) share.own += parts[index] ?? 0n;
      else share.dependencies += parts[index] ?? 0n;
    }
  }
  return shares;
}
function neededBy(jobs, builds) {
  const words = Math.ceil(jobs.length / WORD_BITS);
  const masks = new Map(builds.map((build) => [build.drvPath, new Uint32Array(words)]));
  for (const [job, drvPath] of jobs.entries()) {
    const mask = drvPath === void 0 ? void 0 : masks.get(drvPath);
    const word = Math.floor(job / WORD_BITS);
    if (mask !== void 0) mask[word] = (mask[word] ?? 0) | 1 << job % WORD_BITS;
  }
  for (const build of dependantsFirst(builds)) {
    const mask = masks.get(build.drvPath);
    for (const dependency of build.dependencies) {
      const below = masks.get(dependency);
      if (mask === void 0 || below === void 0) continue;
      for (const [index, bits] of mask.entries()) below[index] = (below[index] ?? 0) | bits;
    }
  }
  return masks;
}
function dependantsFirst(builds) {
  const byPath = new Map(builds.map((build) => [build.drvPath, build]));
  const waiting = /* @__PURE__ */ new Map();
  for (const { dependencies } of builds) {
    for (const path of dependencies) waiting.set(path, (waiting.get(path) ?? 0) + 1);
  }
  const order = builds.filter((build) => !waiting.has(build.drvPath));
  for (let next = 0; next < order.length; next += 1) {
    for (const path of order[next]?.dependencies ?? []) {
      const left = (waiting.get(path) ?? 0) - 1;
      waiting.set(path, left);
      const build = byPath.get(path);
      if (left === 0 && build !== void 0) order.push(build);
    }
  }
  return order;
}
function membersOf(mask) {
  const members = [];
  for (const [word, bits] of mask.entries()) {
    for (let left = bits; left !== 0; left &= left - 1) {
      members.push(word * WORD_BITS + 31 - Math.clz32(left & -left));
    }
  }
  return members;
}

// src/report/costs.ts
function reportCosts(report) {
  if (report.prices === void 0 || report.prices.rules.length === 0) return void 0;
  const costs = costsOf(report, report.prices);
  const shares = shareCosts(
    report.jobs.map((job) => job.drvPath),
    report.builds,
    (drvPath) => costs.byBuild.get(drvPath)
  );
  const byJob = /* @__PURE__ */ new Map();
  for (const [index, job] of report.jobs.entries()) {
    const share = shares[index];
    if (share !== void 0) byJob.set(job, share);
  }
  return { ...costs, byJob };
}
function totalCostText(costs) {
  const bound = costs.isUpperBound ? "\u2264 " : "";
  const idle = costs.idle > 0n ? `, ${formatMoney(costs.idle, costs.currency)} of it idle` : "";
  const unpriced = costs.unpriced > 0 ? `, not counting ${plural(costs.unpriced, "build")} of unknown CPU time` : "";
  return `${bound}${formatMoney(costs.total, costs.currency)}${idle}${unpriced}`;
}
function buildCostText(costs, drvPath) {
  const cost = drvPath === void 0 ? void 0 : costs.byBuild.get(drvPath);
  if (cost === void 0) return "\u2013";
  return `${cost.isUpperBound ? "\u2264 " : ""}${formatMoney(cost.amount, costs.currency)}`;
}
function jobCostText(costs, job) {
  const share = costs.byJob.get(job);
  if (share === void 0 || share.own + share.dependencies === 0n) return "\u2013";
  return `${share.isUpperBound ? "\u2264 " : ""}${formatMoney(share.own + share.dependencies, costs.currency)}`;
}

// src/report/job-names.ts
function jobNames(jobs) {
  const counts = /* @__PURE__ */ new Map();
  for (const { label } of jobs) counts.set(label, (counts.get(label) ?? 0) + 1);
  return new Map(
    jobs.map((job) => {
      const isUnique = counts.get(job.label) === 1;
      return [job, isUnique ? job.label : `${attributePathOf(job)} ${job.label}`.trim()];
    })
  );
}

// src/report/view.ts
var FILTER_CHARACTERS = 400;
var NOTHING_EXCUSED = { ignoreBuildFailures: false, ignoreEvalFailures: false, failOnEmpty: false };
function viewOf(report) {
  return {
    report,
    totals: totalsOf(report),
    causes: rootCausesOf(report),
    builds: new Map(report.builds.map((build) => [build.drvPath, build])),
    names: jobNames([...report.jobs, ...report.listed ?? []]),
    notices: [...report.notices, ...emptySelectionNotice(report)],
    costs: reportCosts(report),
    isSuccess: verdictOf(report, NOTHING_EXCUSED).success
  };
}
function emptySelectionNotice(report) {
  const { cancelled, observed, selection } = report;
  if (jobCountOf(report) > 0 || cancelled || observed) return [];
  const { topAttrs, systems, filter, failOnEmpty } = selection;
  const ofSystems = systems === void 0 ? "" : ` of eval_systems (${systems.join(", ")})`;
  const places = cleanLine(`${topAttrs.join(" or ")}${ofSystems}`);
  return [
    {
      level: failOnEmpty ? "error" : "notice",
      title: "Nothing was selected",
      message: `Nothing in ${places} matches filter_builds, which is: ${clip(cleanLine(filter), FILTER_CHARACTERS)}`
    }
  ];
}

export {
  attributePathOf,
  repeatCommand,
  reproducibleFlake,
  totalCostText,
  buildCostText,
  jobCostText,
  classOf,
  outcomeWords,
  outcomeClause,
  outcomeSign,
  outcomePlace,
  outcomeMessage,
  wallSecondsOf,
  messageBesideLog,
  derivationName,
  jobNames,
  verdictOf,
  excuseNotices,
  viewOf
};
