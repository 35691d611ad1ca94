import { attributePathOf } from '../attribute.ts';
import { formatBriefly, formatBytes, plural } from '../durations.ts';
import { cleanText } from '../escape/clean.ts';
import { clipStart } from '../escape/clip.ts';
import { markdownCode, markdownText, preformatted } from '../escape/markup.ts';
import { evaluationWarnings } from '../evaluation-warnings.ts';
import type { JobReport, Notice, RunReport } from '../run-report.ts';
import { slowestEvaluations } from '../slowest-evaluations.ts';
import type { ReportView } from '../view.ts';
import { rowsSection } from './section.ts';
import type { Section } from './section.ts';

const EVALUATION_MESSAGE_CHARACTERS = 4000;
const SLOWEST_SHOWN = 10;
const NOTICE_SIGNS: Readonly<Record<Notice['level'], string>> = { error: '❌', warning: '⚠️', notice: 'ℹ️' };

/** Attributes that failed to evaluate, each with the end of Nix's message, which is where the error is. */
export function evaluationSection(report: RunReport, budgetBytes: number): Section {
  const rows = report.jobs.flatMap((job) => {
    if (job.outcome.kind !== 'evaluation-failed') return [];
    const { message, position } = job.outcome;
    const at = position === undefined ? '' : ` at ${markdownCode(`${position.file}:${position.line}`)}`;
    const text = clipStart(cleanText(message).trim(), EVALUATION_MESSAGE_CHARACTERS);
    return [`#### ${markdownCode(attributePathOf(job))}${at}\n\n${preformatted(text.split('\n'))}\n`];
  });
  return rowsSection(
    { head: '### Evaluation failures\n', rows },
    (left) => plural(left, 'evaluation failure'),
    budgetBytes,
  );
}

/** Attributes that took longest to evaluate; nothing when that was not measured. */
export function slowestSection(report: RunReport, budgetBytes: number): Section {
  return rowsSection(
    {
      head: '<details><summary>Slowest evaluations</summary>\n\n| Attribute | Time | Memory |\n|---|--:|--:|',
      rows: slowestEvaluations(report)
        .slice(0, SLOWEST_SHOWN)
        .map(
          ({ job, seconds }) =>
            `| ${markdownCode(attributePathOf(job))} | ${formatBriefly(seconds)} | ${memoryText(job)} |`,
        ),
      tail: '\n</details>',
    },
    () => 'slowest evaluations',
    budgetBytes,
  );
}

function memoryText({ evaluationMemoryBytes }: Pick<JobReport, 'evaluationMemoryBytes'>): string {
  return evaluationMemoryBytes === undefined ? '–' : formatBytes(evaluationMemoryBytes);
}

/** Notices, then warnings of the evaluation, each once. */
export function noticesSection({ report, notices }: ReportView, budgetBytes: number): Section {
  const rows = [...notices, ...evaluationWarnings(report)].map(
    ({ level, title, message }) =>
      `- ${NOTICE_SIGNS[level]} **${markdownText(title)}**: ${markdownCode(message, 1000)}`,
  );
  return rowsSection({ head: '### Notices\n', rows }, (left) => plural(left, 'notice'), budgetBytes);
}
