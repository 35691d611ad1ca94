import { attributePathOf, repeatCommand } from '../attribute.ts';
import { logExtent, plural } from '../durations.ts';
import { cleanLine, cleanText } from '../escape/clean.ts';
import { clip, utf8Length } from '../escape/clip.ts';
import { markdownCode, preformatted } from '../escape/markup.ts';
import { outcomeClause, outcomeMessage, outcomePlace, outcomeSign } from '../outcomes.ts';
import type { RootCause } from '../root-causes.ts';
import type { BuildReport } from '../run-report.ts';
import type { ReportView } from '../view.ts';
import { EMPTY_SECTION, takeFitting } from './section.ts';
import type { Section } from './section.ts';

const TAIL_LINES = 20;
const TAIL_LINE_CHARACTERS = 500;
const BLOCKED_SHOWN = 50;
const MESSAGE_CHARACTERS = 500;
const MESSAGE_LINES = 10;
/** The heading, and a newline between entries of either kind. */
const HEADING_BYTES = 20;

/**
 * Root causes, worst first. Every one gets its line before any gets details (message, command to repeat it, log tail);
 * what does not fit is dropped from the end.
 *
 * @param flake reference for the commands to repeat a build
 */
export function failuresSection({ causes, names }: ReportView, flake: string, budgetBytes: number): Section {
  if (causes.length === 0) return EMPTY_SECTION;
  const briefs = takeFitting(
    causes.map((cause) => `- ${causeLine(cause)}`),
    budgetBytes - HEADING_BYTES,
  );
  let spent = briefs.bytes;
  const detailed: string[] = [];
  for (const cause of causes.slice(0, briefs.taken.length)) {
    const entry = `#### ${causeLine(cause)}\n\n${causeDetails(cause, flake, names).join('\n\n')}\n`;
    spent += utf8Length(entry);
    if (spent > budgetBytes - HEADING_BYTES) break;
    detailed.push(entry);
  }
  const undetailed = briefs.taken.slice(detailed.length);
  return {
    text: ['### Failures', '', ...detailed, ...undetailed].join('\n'),
    dropped: [
      ...(briefs.left > 0 ? [plural(briefs.left, 'failure')] : []),
      ...(undetailed.length > 0 ? [`details of ${plural(undetailed.length, 'failure')}`] : []),
    ],
  };
}

function causeLine(cause: RootCause): string {
  const place = outcomePlace(cause.outcome);
  const where = place === undefined ? '' : ` on ${markdownCode(place, 100)}`;
  const blocks = cause.blocked.length === 0 ? '' : `: blocks ${plural(cause.blocked.length, 'job')}`;
  const words = outcomeClause(cause.outcome);
  return `${outcomeSign(cause.outcome)} ${markdownCode(causeName(cause), 120)} ${words}${where}${blocks}`;
}

function causeName(cause: RootCause): string {
  const job = cause.jobs[0];
  return job === undefined ? cause.name : attributePathOf(job);
}

function causeDetails(cause: RootCause, flake: string, names: ReportView['names']): string[] {
  // What follows the first line is what one wants to copy: the hash that a fixed output has, for instance.
  const [message = '', ...rest] = cleanText(outcomeMessage(cause.outcome)).trim().split('\n', MESSAGE_LINES);
  const command = repeatCommand(cause.outcome, cause.jobs[0] ?? cause.blocked[0], flake);
  return [
    ...(message === '' ? [] : [markdownCode(cleanLine(message), MESSAGE_CHARACTERS)]),
    ...(rest.length === 0 ? [] : [preformatted(rest.map((line) => clip(line, MESSAGE_CHARACTERS)))]),
    ...(command === undefined ? [] : ['Reproduce locally:', preformatted([command])]),
    ...(cause.build === undefined ? [] : logTail(cause.build)),
    ...blockedJobs(cause, names),
  ];
}

function logTail(build: BuildReport): string[] {
  const lines = build.logTail.slice(-TAIL_LINES).map((line) => clip(line, TAIL_LINE_CHARACTERS));
  if (lines.length === 0) return [];
  const file = build.logFile === undefined ? '' : `, whole log: ${markdownCode(build.logFile)}`;
  const title = `${logExtent(lines.length, build.logLines)}${file}`;
  return [folded(title, preformatted(lines))];
}

function blockedJobs(cause: RootCause, names: ReportView['names']): string[] {
  if (cause.blocked.length === 0) return [];
  const shown = cause.blocked
    .slice(0, BLOCKED_SHOWN)
    .map((job) => markdownCode(names.get(job) ?? job.label, 100));
  const more = cause.blocked.length - shown.length;
  const list = more > 0 ? [...shown, `${more} more`] : shown;
  return [folded(`Blocks ${plural(cause.blocked.length, 'job')}`, `<p>${list.join(', ')}</p>`)];
}

// The blank lines matter: without them <pre> would not begin an HTML block of its own, and the first empty line of a log
// would end the one that <details> began, so that the rest of the log would be read as Markdown.
function folded(title: string, html: string): string {
  return `<details><summary>${title}</summary>\n\n${html}\n\n</details>`;
}
