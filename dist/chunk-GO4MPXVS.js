import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  evaluationWarnings
} from "./chunk-IJOL2ZII.js";
import {
  attributePathOf,
  buildCostText,
  classOf,
  jobCostText,
  outcomeClause,
  outcomeMessage,
  outcomePlace,
  outcomeSign,
  outcomeWords,
  repeatCommand,
  reproducibleFlake,
  totalCostText,
  viewOf,
  wallSecondsOf
} from "./chunk-LMBAKTVX.js";
import {
  markdownCode,
  markdownText,
  preformatted
} from "./chunk-HOZKPZFU.js";
import {
  formatBriefly,
  formatBytes,
  formatCpu,
  formatCpuTotal,
  formatDuration,
  logExtent,
  plural
} from "./chunk-ZR6O72JI.js";
import {
  clip,
  clipStart,
  utf8Length
} from "./chunk-7IZRAHNB.js";
import {
  cleanLine,
  cleanText
} from "./chunk-WGX5D5BX.js";
import {
  formatMoney
} from "./chunk-OPTAAB63.js";

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
    ...totals.buildsRun === 0 ? [] : [`${plural(totals.buildsRun, "derivation")} ran for ${formatDuration(totals.buildSeconds)}`],
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
function systemsText(systems) {
  const plain = systems.filter((system) => !/-v\d+-/.test(system));
  return (plain.length === 0 ? systems : plain).join(", ");
}
function utilisation(builder, { wallSeconds }) {
  const slotSeconds = wallSeconds * builder.maxJobs;
  return slotSeconds > 0 ? ` (${Math.round(100 * builder.busySeconds / slotSeconds)} %)` : "";
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
    markdownText(systemsText(builder.systems), 200),
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
var MESSAGE_CHARACTERS = 500;
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
  const words = outcomeClause(cause.outcome);
  return `${outcomeSign(cause.outcome)} ${markdownCode(causeName(cause), 120)} ${words}${where}${blocks}`;
}
function causeName(cause) {
  const job = cause.jobs[0];
  return job === void 0 ? cause.name : attributePathOf(job);
}
function causeDetails(cause, flake, names) {
  const [message = "", ...rest] = cleanText(outcomeMessage(cause.outcome)).trim().split("\n", MESSAGE_LINES);
  const command = repeatCommand(cause.outcome, cause.jobs[0] ?? cause.blocked[0], flake);
  return [
    ...message === "" ? [] : [markdownCode(cleanLine(message), MESSAGE_CHARACTERS)],
    ...rest.length === 0 ? [] : [preformatted(rest.map((line) => clip(line, MESSAGE_CHARACTERS)))],
    ...command === void 0 ? [] : ["Reproduce locally:", preformatted([command])],
    ...cause.build === void 0 ? [] : logTail(cause.build),
    ...blockedJobs(cause, names)
  ];
}
function logTail(build) {
  const lines = build.logTail.slice(-TAIL_LINES).map((line) => clip(line, TAIL_LINE_CHARACTERS));
  if (lines.length === 0) return [];
  const file = build.logFile === void 0 ? "" : `, whole log: ${markdownCode(build.logFile)}`;
  const title = `${logExtent(lines.length, build.logLines)}${file}`;
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
  const isPassed2 = classOf(build.outcome) === "passed";
  const name = `${isPassed2 ? "\u2713" : "\u2717"} ${mermaidLabel(build.name, NAME_CHARACTERS)}`;
  const state = isPassed2 ? tags : "crit, ";
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
  const builds = report.builds.filter((build) => !ofJobs.has(build.drvPath) && wallSecondsOf(build) !== void 0).sort(
    (a, b) => Number(isPassed(a)) - Number(isPassed(b)) || (wallSecondsOf(b) ?? 0) - (wallSecondsOf(a) ?? 0)
  );
  const unmade = builds.filter((build) => !isPassed(build)).length;
  const count = report.observed ? plural(builds.length, "derivation") : plural(builds.length, "dependency", "dependencies");
  const title = unmade === 0 ? `${count} built` : `${count}, ${unmade} of which not built`;
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
    resultText(outcome, build),
    place(outcome),
    seconds === void 0 ? "\u2013" : formatDuration(seconds),
    formatCpu(build?.cpu),
    ...money
  ];
  return `| ${cells.join(" | ")} |`;
}
function resultText(outcome, build) {
  const attempts = build?.attempts.length ?? 0;
  return attempts > 1 ? `${outcomeWords(outcome)}, attempt ${attempts}` : outcomeWords(outcome);
}
function place(outcome) {
  return markdownCode(outcomePlace(outcome) ?? "", 100);
}
function isPassed({ outcome }) {
  return classOf(outcome) === "passed";
}
function isCached(outcome) {
  return classOf(outcome) === "passed" && outcome.kind !== "built";
}

// src/report/slowest-evaluations.ts
function slowestEvaluations({ jobs, listed = [] }) {
  return [...jobs, ...listed].flatMap((job) => job.evaluationSeconds === void 0 ? [] : [{ job, seconds: job.evaluationSeconds }]).sort((a, b) => b.seconds - a.seconds);
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
        ({ job, seconds }) => `| ${markdownCode(attributePathOf(job))} | ${formatBriefly(seconds)} | ${memoryText(job)} |`
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
  const rows = [...notices, ...evaluationWarnings(report)].map(
    ({ level, title, message }) => `- ${NOTICE_SIGNS[level]} **${markdownText(title)}**: ${markdownCode(message, 1e3)}`
  );
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

export {
  headlineText,
  headlineSign,
  figuresText,
  buildsByBuilder,
  systemsText,
  utilisation,
  timedBuilds,
  criticalPath,
  sortedJobs,
  absentFirst,
  slowestEvaluations,
  renderSummary,
  workflowRunOf,
  artifactUrl,
  flakeOnGitHub
};
