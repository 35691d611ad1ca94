import { attributePathOf, repeatCommand } from '../attribute.ts';
import { jobCostText } from '../costs.ts';
import { formatCpu, formatDuration, logExtent } from '../durations.ts';
import { cleanLine, cleanText } from '../escape/clean.ts';
import { clip, clipStart, utf8Length } from '../escape/clip.ts';
import { markdownCode, preformatted } from '../escape/markup.ts';
import { classOf, outcomeMessage, outcomePlace, outcomeWords, wallSecondsOf } from '../outcomes.ts';
import { derivationName } from '../root-causes.ts';
import type { BuildReport, JobReport } from '../run-report.ts';
import { headlineText } from '../summary/headline.ts';
import { renderSummary } from '../summary/summary.ts';
import type { SummaryLinks } from '../summary/summary.ts';
import type { Verdict } from '../verdict.ts';
import type { ReportView } from '../view.ts';
import { checkAnnotations } from './check-annotations.ts';
import type { CheckAnnotation } from './check-annotations.ts';

/** GitHub refuses a `summary` or a `text` with more characters; bytes are never fewer, so they are what is counted. */
export const CHECK_TEXT_BYTES = 65_535;
const NAME_CHARACTERS = 100;
const TITLE_CHARACTERS = 250;
const MESSAGE_CHARACTERS = 4000;

/** How a check ended, in GitHub's words. */
export type Conclusion = 'success' | 'failure' | 'cancelled' | 'timed_out' | 'neutral';

/** What a finished check run says; the names are those of GitHub's API. */
export interface CheckRunText {
  readonly name: string;
  readonly conclusion: Conclusion;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** Markdown; empty for none. */
  readonly text: string;
  /** Epoch milliseconds; undefined where nothing ran. */
  readonly startedAtMs?: number | undefined;
  readonly finishedAtMs?: number | undefined;
  readonly annotations: readonly CheckAnnotation[];
}

/** Name of a job's check before it has ended, and after. */
function jobCheckName({ names }: Pick<ReportView, 'names'>, job: JobReport): string {
  const name = clip(cleanLine(names.get(job) ?? job.label), NAME_CHARACTERS);
  return name || clip(cleanLine(attributePathOf(job)), NAME_CHARACTERS);
}

/** The check run of one job: title with duration and cost, why it failed, how to repeat it, the end of its log. */
export function jobCheck(view: ReportView, job: JobReport, flake: string): CheckRunText {
  const own = job.drvPath === undefined ? undefined : view.builds.get(job.drvPath);
  const root = job.outcome.kind === 'dependency-failed' ? view.builds.get(job.outcome.root) : undefined;
  return {
    name: jobCheckName(view, job),
    conclusion: conclusionOf(job),
    title: jobTitle(view, job, own),
    summary: jobSummary(job, repeatCommand(root?.outcome ?? job.outcome, job, flake)),
    text: logText(root ?? own),
    startedAtMs: own?.startedAtMs,
    finishedAtMs: own?.finishedAtMs,
    annotations: checkAnnotations(job),
  };
}

/** The check run of a job while it is built. */
export function runningJobCheck(view: Pick<ReportView, 'names'>, job: JobReport, builder: string) {
  return {
    name: jobCheckName(view, job),
    title: clip(cleanLine(`building on ${builder}`), TITLE_CHARACTERS),
    summary: markdownCode(attributePathOf(job)),
  };
}

/** The check of the fixed name for a run that came to nothing. */
export function failedGateCheck(name: string, reason: string): CheckRunText {
  const message = clip(cleanText(reason).trim(), MESSAGE_CHARACTERS);
  return {
    name,
    conclusion: 'failure',
    title: 'Nothing could be built',
    summary: preformatted(message.split('\n')),
    text: '',
    annotations: [],
  };
}

/** The one check of a fixed name that stands for the whole run. */
export function gateCheck(
  view: ReportView,
  name: string,
  verdict: Verdict,
  links: SummaryLinks,
): CheckRunText {
  const isExcused = verdict.exitCode === 0 && !verdict.success;
  const red = view.report.cancelled ? 'cancelled' : 'failure';
  return {
    name,
    conclusion: verdict.exitCode === 0 ? (isExcused ? 'neutral' : 'success') : red,
    title: clip(headlineText(view), TITLE_CHARACTERS),
    summary: renderSummary(view.report, links, CHECK_TEXT_BYTES),
    text: '',
    startedAtMs: view.report.startedAtMs,
    finishedAtMs: view.report.finishedAtMs,
    annotations: view.report.jobs.flatMap(checkAnnotations),
  };
}

function conclusionOf(job: JobReport): Conclusion {
  if (job.outcome.kind === 'timed-out') return 'timed_out';
  switch (classOf(job.outcome)) {
    case 'passed':
      return 'success';
    case 'cancelled':
      return 'cancelled';
    case 'failed':
    case 'blocked':
    case 'infrastructure':
    case 'evaluation':
      return 'failure';
  }
}

function jobTitle(view: ReportView, job: JobReport, build: BuildReport | undefined): string {
  const place = outcomePlace(job.outcome);
  const seconds = wallSecondsOf(build);
  const root = job.outcome.kind === 'dependency-failed' ? `: ${derivationName(job.outcome.root)}` : '';
  const parts = [
    `${outcomeWords(job.outcome)}${root}${place === undefined ? '' : ` on ${place}`}`,
    ...(seconds === undefined ? [] : [formatDuration(seconds)]),
    ...(build?.cpu === undefined ? [] : [`CPU ${formatCpu(build.cpu)}`]),
    ...(view.costs === undefined ? [] : [jobCostText(view.costs, job)].filter((cost) => cost !== '–')),
  ];
  return clip(cleanLine(parts.join(', ')), TITLE_CHARACTERS);
}

function jobSummary(job: JobReport, command: string | undefined): string {
  const message = clipStart(cleanText(outcomeMessage(job.outcome)).trim(), MESSAGE_CHARACTERS);
  const isPassed = classOf(job.outcome) === 'passed';
  return [
    markdownCode(attributePathOf(job)),
    ...(message === '' ? [] : [preformatted(message.split('\n'))]),
    ...(isPassed || command === undefined ? [] : ['Reproduce locally:', preformatted([command])]),
    ...(isPassed ? Object.values(job.outputs).map((path) => `- ${markdownCode(path)}`) : []),
  ].join('\n\n');
}

/** As much of the end of the log as fits. */
function logText(build: BuildReport | undefined): string {
  if (build === undefined || build.logTail.length === 0) return '';
  const file =
    build.logFile === undefined
      ? ''
      : ` The whole log is ${markdownCode(build.logFile)} of the logs artifact.`;
  let left = CHECK_TEXT_BYTES - utf8Length(file) - 200;
  const lines: string[] = [];
  for (const line of [...build.logTail].reverse()) {
    const shown = clip(line, 2000);
    left -= utf8Length(preformatted([shown]));
    if (left < 0) break;
    lines.unshift(shown);
  }
  const extent = logExtent(lines.length, build.logLines);
  return `${markdownCode(build.name, 100)}: ${extent}.${file}\n\n${preformatted(lines)}`;
}
