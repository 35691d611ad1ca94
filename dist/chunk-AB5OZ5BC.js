import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  headlineText,
  renderSummary,
  workflowRunOf
} from "./chunk-GO4MPXVS.js";
import {
  attributePathOf,
  classOf,
  derivationName,
  jobCostText,
  jobNames,
  outcomeMessage,
  outcomePlace,
  outcomeWords,
  repeatCommand,
  reproducibleFlake,
  viewOf,
  wallSecondsOf
} from "./chunk-LMBAKTVX.js";
import {
  markdownCode,
  preformatted
} from "./chunk-HOZKPZFU.js";
import {
  formatCpu,
  formatDuration,
  logExtent
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

// src/github/open-checks.ts
import { readFile } from "node:fs/promises";

// src/report/checks/check-annotations.ts
var ANNOTATIONS_PER_REQUEST = 50;
var TITLE_CHARACTERS = 250;
var MESSAGE_CHARACTERS = 8e3;
function checkAnnotations(job) {
  if (job.outcome.kind !== "evaluation-failed" || job.outcome.position === void 0) return [];
  const { position, message } = job.outcome;
  if (!isInRepository(position)) return [];
  return [
    {
      path: position.file,
      start_line: position.line,
      end_line: position.line,
      annotation_level: "failure",
      title: clip(cleanLine(attributePathOf(job)), TITLE_CHARACTERS),
      message: clipStart(cleanText(message).trim(), MESSAGE_CHARACTERS) || "evaluation failed"
    }
  ];
}
function annotationBatches(annotations) {
  const count = Math.ceil(annotations.length / ANNOTATIONS_PER_REQUEST);
  return Array.from(
    { length: count },
    (_, batch) => annotations.slice(batch * ANNOTATIONS_PER_REQUEST, (batch + 1) * ANNOTATIONS_PER_REQUEST)
  );
}
function isInRepository({ file, line }) {
  return line > 0 && file !== "" && !file.startsWith("/") && !file.startsWith("\xAB") && !file.split("/").includes("..");
}

// src/report/checks/check-run.ts
var CHECK_TEXT_BYTES = 65535;
var NAME_CHARACTERS = 100;
var TITLE_CHARACTERS2 = 250;
var MESSAGE_CHARACTERS2 = 4e3;
function jobCheckName({ names }, job) {
  const name = clip(cleanLine(names.get(job) ?? job.label), NAME_CHARACTERS);
  return name || clip(cleanLine(attributePathOf(job)), NAME_CHARACTERS);
}
function jobCheck(view, job, flake) {
  const own = job.drvPath === void 0 ? void 0 : view.builds.get(job.drvPath);
  const root = job.outcome.kind === "dependency-failed" ? view.builds.get(job.outcome.root) : void 0;
  return {
    name: jobCheckName(view, job),
    conclusion: conclusionOf(job),
    title: jobTitle(view, job, own),
    summary: jobSummary(job, repeatCommand(root?.outcome ?? job.outcome, job, flake)),
    text: logText(root ?? own),
    startedAtMs: own?.startedAtMs,
    finishedAtMs: own?.finishedAtMs,
    annotations: checkAnnotations(job)
  };
}
function runningJobCheck(view, job, builder) {
  return {
    name: jobCheckName(view, job),
    title: clip(cleanLine(`building on ${builder}`), TITLE_CHARACTERS2),
    summary: markdownCode(attributePathOf(job))
  };
}
function failedGateCheck(name, reason) {
  const message = clip(cleanText(reason).trim(), MESSAGE_CHARACTERS2);
  return {
    name,
    conclusion: "failure",
    title: "Nothing could be built",
    summary: preformatted(message.split("\n")),
    text: "",
    annotations: []
  };
}
function gateCheck(view, name, verdict, links) {
  const isExcused = verdict.exitCode === 0 && !verdict.success;
  const red = view.report.cancelled ? "cancelled" : "failure";
  return {
    name,
    conclusion: verdict.exitCode === 0 ? isExcused ? "neutral" : "success" : red,
    title: clip(headlineText(view), TITLE_CHARACTERS2),
    summary: renderSummary(view.report, links, CHECK_TEXT_BYTES),
    text: "",
    startedAtMs: view.report.startedAtMs,
    finishedAtMs: view.report.finishedAtMs,
    annotations: view.report.jobs.flatMap(checkAnnotations)
  };
}
function conclusionOf(job) {
  if (job.outcome.kind === "timed-out") return "timed_out";
  switch (classOf(job.outcome)) {
    case "passed":
      return "success";
    case "cancelled":
      return "cancelled";
    case "failed":
    case "blocked":
    case "infrastructure":
    case "evaluation":
      return "failure";
  }
}
function jobTitle(view, job, build) {
  const place = outcomePlace(job.outcome);
  const seconds = wallSecondsOf(build);
  const root = job.outcome.kind === "dependency-failed" ? `: ${derivationName(job.outcome.root)}` : "";
  const parts = [
    `${outcomeWords(job.outcome)}${root}${place === void 0 ? "" : ` on ${place}`}`,
    ...seconds === void 0 ? [] : [formatDuration(seconds)],
    ...build?.cpu === void 0 ? [] : [`CPU ${formatCpu(build.cpu)}`],
    ...view.costs === void 0 ? [] : [jobCostText(view.costs, job)].filter((cost) => cost !== "\u2013")
  ];
  return clip(cleanLine(parts.join(", ")), TITLE_CHARACTERS2);
}
function jobSummary(job, command) {
  const message = clipStart(cleanText(outcomeMessage(job.outcome)).trim(), MESSAGE_CHARACTERS2);
  const isPassed = classOf(job.outcome) === "passed";
  return [
    markdownCode(attributePathOf(job)),
    ...message === "" ? [] : [preformatted(message.split("\n"))],
    ...isPassed || command === void 0 ? [] : ["Reproduce locally:", preformatted([command])],
    ...isPassed ? Object.values(job.outputs).map((path) => `- ${markdownCode(path)}`) : []
  ].join("\n\n");
}
function logText(build) {
  if (build === void 0 || build.logTail.length === 0) return "";
  const file = build.logFile === void 0 ? "" : ` The whole log is ${markdownCode(build.logFile)} of the logs artifact.`;
  let left = CHECK_TEXT_BYTES - utf8Length(file) - 200;
  const lines = [];
  for (const line of [...build.logTail].reverse()) {
    const shown = clip(line, 2e3);
    left -= utf8Length(preformatted([shown]));
    if (left < 0) break;
    lines.unshift(shown);
  }
  const extent = logExtent(lines.length, build.logLines);
  return `${markdownCode(build.name, 100)}: ${extent}.${file}

${preformatted(lines)}`;
}

// src/github/request-fault.ts
var shortestPauseMs = 6e4;
function requestFault(error, nowMs) {
  const status = field(error, "status");
  if (status === 401 || status === 404) return { kind: "forbidden" };
  if (status !== 403 && status !== 429) return { kind: "broken" };
  const headers = field(field(error, "response"), "headers");
  const retryAfter = Number(field(headers, "retry-after") ?? Number.NaN);
  if (Number.isFinite(retryAfter)) return { kind: "limited", pauseMs: retryAfter * 1e3 };
  const reset = Number(field(headers, "x-ratelimit-reset") ?? Number.NaN);
  if (field(headers, "x-ratelimit-remaining") === "0" && Number.isFinite(reset)) {
    return { kind: "limited", pauseMs: Math.max(0, reset * 1e3 - nowMs) };
  }
  const isLimit = status === 429 || /rate limit/i.test(error instanceof Error ? error.message : "");
  return isLimit ? { kind: "limited", pauseMs: shortestPauseMs } : { kind: "forbidden" };
}
function field(value, key) {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : void 0;
}

// src/github/request-pace.ts
var MINUTE_MS = 6e4;
function createRequestPace(perMinute, nowMs) {
  const recent = [];
  const forgetOld = () => {
    while (recent[0] !== void 0 && nowMs() - recent[0] >= MINUTE_MS) recent.shift();
  };
  return {
    get free() {
      forgetOld();
      return Math.max(0, perMinute - recent.length);
    },
    get waitMs() {
      forgetOld();
      const [first] = recent;
      return first === void 0 || recent.length < perMinute ? 0 : first + MINUTE_MS - nowMs();
    },
    sent: () => void recent.push(nowMs())
  };
}

// src/github/paced-requests.ts
var mostPerMinute = 60;
var mostRequests = 200;
var mostFaultsInARow = 3;
var longestPauseMs = 9e4;
function createPacedRequests({
  onRefusal,
  perMinute = mostPerMinute
}) {
  const pace = createRequestPace(perMinute, () => performance.now());
  let left = mostRequests;
  let faultsInARow = 0;
  let pauseEndsAtMs = 0;
  return {
    get left() {
      return left;
    },
    get leftNow() {
      return Math.min(left, pace.free);
    },
    async send(request) {
      while (left > 0) {
        left -= 1;
        const waitMs = Math.max(pace.waitMs, pauseEndsAtMs - performance.now());
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        pace.sent();
        try {
          const answer = await request();
          faultsInARow = 0;
          return answer;
        } catch (error) {
          const pauseMs = pauseAfter(error);
          if (pauseMs === void 0) return void 0;
          pauseEndsAtMs = performance.now() + pauseMs;
        }
      }
      return void 0;
    }
  };
  function pauseAfter(error) {
    const fault = requestFault(error, Date.now());
    faultsInARow += 1;
    const isLast = faultsInARow >= mostFaultsInARow;
    if (fault.kind === "limited" && fault.pauseMs <= longestPauseMs && !isLast) return fault.pauseMs;
    if (left > 0 && (fault.kind !== "broken" || isLast)) {
      left = 0;
      onRefusal(error instanceof Error ? error.message : String(error), fault.kind);
    }
    return void 0;
  }
}

// src/github/check-runs.ts
function createCheckWriter(target) {
  const { octokit, owner, repo, headSha, onRefusal, detailsUrl, perMinute } = target;
  const place = { owner, repo, ...detailsUrl === void 0 ? {} : { details_url: detailsUrl } };
  const requests = createPacedRequests({ onRefusal, perMinute });
  return {
    get left() {
      return requests.left;
    },
    get leftNow() {
      return requests.leftNow;
    },
    async open({ name, title, summary, startedAtMs }) {
      const answer = await requests.send(
        () => octokit.rest.checks.create({
          ...place,
          name,
          head_sha: headSha,
          status: "in_progress",
          started_at: timestamp(startedAtMs),
          output: { title, summary }
        })
      );
      return answer?.data.id;
    },
    async end(check, id) {
      const [first = outputOf(check, []), ...more] = annotationBatches(check.annotations).map(
        (batch) => outputOf(check, batch)
      );
      const ended = { ...place, ...endOf(check), output: first };
      const made = await requests.send(async () => {
        const answer = id === void 0 ? await octokit.rest.checks.create({ ...ended, head_sha: headSha }) : await octokit.rest.checks.update({ ...ended, check_run_id: id });
        return answer.data.id;
      });
      if (made === void 0) return;
      for (const output of more) {
        await requests.send(() => octokit.rest.checks.update({ ...place, check_run_id: made, output }));
      }
    }
  };
}
function outputOf({ title, summary, text }, annotations) {
  return {
    title,
    summary,
    ...text === "" ? {} : { text },
    ...annotations.length === 0 ? {} : { annotations: [...annotations] }
  };
}
function endOf({ name, conclusion, startedAtMs, finishedAtMs }) {
  return {
    name,
    conclusion,
    status: "completed",
    ...startedAtMs === void 0 ? {} : { started_at: timestamp(startedAtMs) },
    ...finishedAtMs === void 0 ? {} : { completed_at: timestamp(finishedAtMs) }
  };
}
function timestamp(epochMs) {
  return new Date(epochMs).toISOString().replace(/\.\d+/, "");
}

// src/github/check-need.ts
function checkNeed({ outcome, isShown, hasBegun, told }, isFinal) {
  const isOpen = !isFinal && (outcome === "cancelled" || outcome === "infrastructure");
  if (isOpen || told === outcome) return "no";
  if (isShown) return "must";
  if (outcome === "cancelled") return "no";
  if (isFinal && outcome !== "passed") return "must";
  return isFinal || hasBegun ? "may" : "no";
}

// src/github/job-checks.ts
var reservedRequests = 40;
var gateRequests = 3;
var spareRequests = 20;
function createJobChecks(writer, gateName, snapshot) {
  const begun = /* @__PURE__ */ new Map();
  const shown = /* @__PURE__ */ new Map();
  const ended = /* @__PURE__ */ new Map();
  let isClosed = false;
  let work = Promise.resolve();
  let isQueued = false;
  const keyOf = (job) => JSON.stringify(job.path);
  const openCount = () => [...shown.keys()].filter((key) => !ended.has(key)).length;
  const needOf = (job, isFinal) => {
    const key = keyOf(job);
    const state = {
      outcome: classOf(job.outcome),
      isShown: shown.has(key),
      hasBegun: begun.has(job.drvPath ?? ""),
      told: ended.get(key)
    };
    return checkNeed(state, isFinal);
  };
  const endJobs = async (report, isFinal) => {
    const view = viewOf(report);
    const flake = reproducibleFlake(report);
    for (const need of ["must", "may"]) {
      for (const job of report.jobs) {
        if (needOf(job, isFinal) !== need) continue;
        if (writer.left <= gateRequests) return;
        if (need === "may" && writer.leftNow <= (isFinal ? gateRequests : spareRequests)) return;
        const key = keyOf(job);
        ended.set(key, classOf(job.outcome));
        await writer.end(jobCheck(view, job, flake), shown.get(key));
      }
    }
  };
  const openJobs = async ({ jobs }) => {
    const names = jobNames(jobs);
    for (const job of jobs) {
      const start = begun.get(job.drvPath ?? "");
      const key = keyOf(job);
      if (start === void 0 || shown.has(key) || classOf(job.outcome) !== "cancelled") continue;
      const isLate = writer.left - openCount() <= reservedRequests || writer.leftNow <= spareRequests;
      if (isClosed || isLate) return;
      const { builder, startedAtMs } = start;
      const id = await writer.open({ ...runningJobCheck({ names }, job, builder), startedAtMs });
      if (id !== void 0) shown.set(key, id);
    }
  };
  const look = async () => {
    isQueued = false;
    if (isClosed || openCount() === 0 && writer.left <= reservedRequests) return;
    await openJobs(snapshot());
    if (!isClosed) await endJobs(snapshot(), false);
  };
  const queue = () => {
    if (isQueued) return;
    isQueued = true;
    work = work.then(look);
  };
  return {
    started({ drvPath, builder }) {
      begun.set(drvPath, { builder, startedAtMs: Date.now() });
      queue();
    },
    finished: queue,
    async close({ report, links }, verdict) {
      isClosed = true;
      await work;
      await endJobs(report, true);
      await writer.end(gateCheck(viewOf(report), gateName, verdict, links), void 0);
    },
    async fail(reason) {
      const areEnded = isClosed;
      isClosed = true;
      await work;
      if (!areEnded) await endJobs(snapshot(), true);
      await writer.end(failedGateCheck(gateName, reason), void 0);
    }
  };
}
function watchedBy(checks, observer) {
  return {
    ...observer,
    buildStarted(build) {
      observer.buildStarted(build);
      checks.started(build);
    },
    buildFinished(build, attempt) {
      observer.buildFinished(build, attempt);
      checks.finished();
    }
  };
}

// src/github/open-checks.ts
var advice = {
  forbidden: "They need permissions: checks: write, and the input github_token.",
  limited: "GitHub takes no more requests from this repository for a while; nothing has to be changed.",
  broken: "The builds are not affected."
};
async function openChecks(environment, options) {
  const writer = await openWriter(environment, options);
  return writer && createJobChecks(writer, gateNameOf(options), options.snapshot);
}
async function failGate(environment, options, reason) {
  const writer = await openWriter(environment, options);
  await writer?.end(failedGateCheck(gateNameOf(options), reason), void 0);
}
function gateNameOf({ artifactPrefix }) {
  return artifactPrefix === void 0 ? "nix-dispatch" : `nix-dispatch (${artifactPrefix})`;
}
async function openWriter(environment, { githubToken, notice }) {
  const onRefusal = (reason, why) => {
    notice(
      "Check runs are missing",
      `Checks could not be written: ${reason.replace(/\.$/, "")}. ${advice[why]}`
    );
  };
  const run = workflowRunOf(environment);
  if (run === void 0 || githubToken === void 0) {
    onRefusal(run === void 0 ? "this is no run on GitHub" : "github_token is empty", "forbidden");
    return void 0;
  }
  const { getOctokit } = await import("./chunk-JQYAPOM3.js");
  const [owner = "", repo = ""] = run.repository.split("/");
  const baseUrl = environment["GITHUB_API_URL"];
  return createCheckWriter({
    octokit: getOctokit(githubToken, baseUrl === void 0 ? {} : { baseUrl }),
    owner,
    repo,
    headSha: await pullRequestHead(environment) ?? run.commit,
    onRefusal,
    detailsUrl: `${run.serverUrl}/${run.repository}/actions/runs/${run.runId}`
  });
}
async function pullRequestHead(environment) {
  const sha = ["pull_request", "head", "sha"].reduce(
    (value, key) => typeof value === "object" && value !== null ? Reflect.get(value, key) : void 0,
    await readEvent(environment["GITHUB_EVENT_PATH"] ?? "")
  );
  return typeof sha === "string" && /^[0-9a-f]{40}$/.test(sha) ? sha : void 0;
}
async function readEvent(path) {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return void 0;
  }
}

export {
  watchedBy,
  openChecks,
  failGate
};
