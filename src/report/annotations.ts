import { attributePathOf } from './attribute.ts';
import { plural } from './durations.ts';
import { cleanLine, cleanText } from './escape/clean.ts';
import { clip, clipStart } from './escape/clip.ts';
import { evaluationWarnings } from './evaluation-warnings.ts';
import { outcomeClause, outcomePlace } from './outcomes.ts';
import { messageBesideLog, type RootCause } from './root-causes.ts';
import type { JobReport, Notice, RunReport } from './run-report.ts';
import { viewOf } from './view.ts';

/** GitHub keeps this many of each level a step and drops the rest without a word. */
export const ANNOTATIONS_PER_LEVEL = 10;
/** GitHub cuts a message there. */
export const ANNOTATION_CHARACTERS = 4096;
const TITLE_CHARACTERS = 250;
const TAIL_LINES = 15;

/** One annotation; text is cleaned, escaping for the workflow command is up to whoever prints it. */
export interface Annotation {
  readonly level: Notice['level'];
  readonly title: string;
  readonly message: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** Every annotation of the run, worst first, without GitHub's limits: for check runs, which take more. */
export function allAnnotationsOf(report: RunReport): readonly Annotation[] {
  const { causes, notices } = viewOf(report);
  return [
    ...causes.map(causeAnnotation),
    ...report.jobs.flatMap(evaluationAnnotation),
    ...notices.map(noticeAnnotation),
    ...report.builders.flatMap((builder) =>
      builder.trouble.map((trouble) => annotation('warning', `builder ${builder.name}`, trouble)),
    ),
    ...evaluationWarnings(report).map(noticeAnnotation),
  ];
}

/** What fits a step: at most ten a level, the last of which counts what was left out. */
export function annotationsOf(report: RunReport): readonly Annotation[] {
  const all = allAnnotationsOf(report);
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const ofLevel = all.filter((one) => one.level === level);
    if (ofLevel.length <= ANNOTATIONS_PER_LEVEL) return ofLevel;
    const kept = ofLevel.slice(0, ANNOTATIONS_PER_LEVEL - 1);
    const more = plural(ofLevel.length - kept.length, `more ${level}`);
    return kept.concat(annotation(level, more, `${more} not shown here; the job summary lists them.`));
  });
}

function causeAnnotation(cause: RootCause): Annotation {
  const place = outcomePlace(cause.outcome);
  const blocked = cause.blocked.length === 0 ? '' : `, blocks ${plural(cause.blocked.length, 'job')}`;
  const headline = `${cause.name} ${outcomeClause(cause.outcome)}${place === undefined ? '' : ` on ${place}`}${blocked}`;
  const message = messageBesideLog(cause);
  const tail = cause.build?.logTail.slice(-TAIL_LINES) ?? [];
  return annotation('error', causeTitle(cause), [headline, message, ...tail].filter(Boolean).join('\n'));
}

function causeTitle(cause: RootCause): string {
  const job = cause.jobs[0] ?? (cause.blocked.length === 1 ? cause.blocked[0] : undefined);
  return job === undefined ? cause.name : attributePathOf(job);
}

function evaluationAnnotation(job: JobReport): Annotation[] {
  if (job.outcome.kind !== 'evaluation-failed') return [];
  const { message, position } = job.outcome;
  // Nix puts the error itself last, below its trace.
  const text = clipStart(cleanText(message).trim(), ANNOTATION_CHARACTERS);
  return [{ ...annotation('error', attributePathOf(job), text), ...position }];
}

function noticeAnnotation({ level, title, message }: Notice): Annotation {
  return annotation(level, title, message);
}

function annotation(level: Annotation['level'], title: string, message: string): Annotation {
  return {
    level,
    title: clip(cleanLine(title), TITLE_CHARACTERS),
    message: clip(cleanText(message).trim(), ANNOTATION_CHARACTERS),
  };
}
