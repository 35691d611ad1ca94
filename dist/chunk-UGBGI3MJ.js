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
  messageBesideLog,
  outcomeClause,
  outcomePlace,
  viewOf
} from "./chunk-LMBAKTVX.js";
import {
  plural
} from "./chunk-ZR6O72JI.js";
import {
  clip,
  clipStart
} from "./chunk-7IZRAHNB.js";
import {
  cleanLine,
  cleanText
} from "./chunk-WGX5D5BX.js";

// src/report/annotations.ts
var ANNOTATIONS_PER_LEVEL = 10;
var ANNOTATION_CHARACTERS = 4096;
var TITLE_CHARACTERS = 250;
var TAIL_LINES = 15;
function allAnnotationsOf(report) {
  const { causes, notices } = viewOf(report);
  return [
    ...causes.map(causeAnnotation),
    ...report.jobs.flatMap(evaluationAnnotation),
    ...notices.map(noticeAnnotation),
    ...report.builders.flatMap(
      (builder) => builder.trouble.map((trouble) => annotation("warning", `builder ${builder.name}`, trouble))
    ),
    ...evaluationWarnings(report).map(noticeAnnotation)
  ];
}
function annotationsOf(report) {
  const all = allAnnotationsOf(report);
  return ["error", "warning", "notice"].flatMap((level) => {
    const ofLevel = all.filter((one) => one.level === level);
    if (ofLevel.length <= ANNOTATIONS_PER_LEVEL) return ofLevel;
    const kept = ofLevel.slice(0, ANNOTATIONS_PER_LEVEL - 1);
    const more = plural(ofLevel.length - kept.length, `more ${level}`);
    return kept.concat(annotation(level, more, `${more} not shown here; the job summary lists them.`));
  });
}
function causeAnnotation(cause) {
  const place = outcomePlace(cause.outcome);
  const blocked = cause.blocked.length === 0 ? "" : `, blocks ${plural(cause.blocked.length, "job")}`;
  const headline = `${cause.name} ${outcomeClause(cause.outcome)}${place === void 0 ? "" : ` on ${place}`}${blocked}`;
  const message = messageBesideLog(cause);
  const tail = cause.build?.logTail.slice(-TAIL_LINES) ?? [];
  return annotation("error", causeTitle(cause), [headline, message, ...tail].filter(Boolean).join("\n"));
}
function causeTitle(cause) {
  const job = cause.jobs[0] ?? (cause.blocked.length === 1 ? cause.blocked[0] : void 0);
  return job === void 0 ? cause.name : attributePathOf(job);
}
function evaluationAnnotation(job) {
  if (job.outcome.kind !== "evaluation-failed") return [];
  const { message, position } = job.outcome;
  const text = clipStart(cleanText(message).trim(), ANNOTATION_CHARACTERS);
  return [{ ...annotation("error", attributePathOf(job), text), ...position }];
}
function noticeAnnotation({ level, title, message }) {
  return annotation(level, title, message);
}
function annotation(level, title, message) {
  return {
    level,
    title: clip(cleanLine(title), TITLE_CHARACTERS),
    message: clip(cleanText(message).trim(), ANNOTATION_CHARACTERS)
  };
}

export {
  ANNOTATIONS_PER_LEVEL,
  annotationsOf
};
