import { attributePathOf } from '../attribute.ts';
import { formatBytes, formatCpuHours, formatDuration, plural } from '../durations.ts';
import { cleanText } from '../escape/clean.ts';
import { clip, clipStart } from '../escape/clip.ts';
import { markdownCode, markdownText, preformatted } from '../escape/markup.ts';
import type { BuilderReport, Notice, RunReport } from '../run-report.ts';
import { rowsSection } from './section.ts';
import type { Section } from './section.ts';

const EVALUATION_MESSAGE_CHARACTERS = 4000;
const SLOWEST_SHOWN = 5;
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
export function slowestEvaluations(report: RunReport, budgetBytes: number): Section {
  const timed = report.jobs
    .flatMap((job) => (job.evaluationSeconds === undefined ? [] : [{ job, seconds: job.evaluationSeconds }]))
    .sort((a, b) => b.seconds - a.seconds);
  return rowsSection(
    {
      head: '<details><summary>Slowest evaluations</summary>\n\n| Attribute | Time |\n|---|--:|',
      rows: timed
        .slice(0, SLOWEST_SHOWN)
        .map(({ job, seconds }) => `| ${markdownCode(attributePathOf(job))} | ${formatDuration(seconds)} |`),
      tail: '\n</details>',
    },
    () => 'slowest evaluations',
    budgetBytes,
  );
}

/** Notices, then warnings of the evaluation, each once. */
export function noticesSection(report: RunReport, budgetBytes: number): Section {
  const warnings = new Set(report.jobs.flatMap((job) => job.warnings));
  const rows = [
    ...report.notices.map(
      ({ level, title, message }) =>
        `- ${NOTICE_SIGNS[level]} **${markdownText(title)}**: ${markdownCode(message, 1000)}`,
    ),
    ...[...warnings].map((warning) => `- ⚠️ ${markdownCode(warning, 1000)}`),
  ];
  return rowsSection({ head: '### Notices\n', rows }, (left) => plural(left, 'notice'), budgetBytes);
}

/** One row per builder, with what went wrong with it below the table. */
export function builderSection(report: RunReport, budgetBytes: number): Section {
  const ran = new Map<string, { builds: number; cpuSeconds: number }>();
  for (const build of report.builds) {
    for (const builder of new Set(build.attempts.map((attempt) => attempt.builder))) {
      const known = ran.get(builder) ?? { builds: 0, cpuSeconds: 0 };
      known.builds += 1;
      if (build.attempts.at(-1)?.builder === builder) known.cpuSeconds += build.cpu?.seconds ?? 0;
      ran.set(builder, known);
    }
  }
  const wallSeconds = Math.max(0, report.finishedAtMs - report.startedAtMs) / 1000;
  const rows = report.builders.map((builder) => {
    const { builds, cpuSeconds } = ran.get(builder.name) ?? { builds: 0, cpuSeconds: 0 };
    return builderRow(builder, builds, cpuSeconds, wallSeconds);
  });
  const trouble = report.builders.flatMap((builder) =>
    builder.trouble.map((text) => `- 🔌 ${markdownCode(builder.name, 100)}: ${markdownCode(text, 500)}`),
  );
  const head =
    '### Builders\n\n| Builder | Systems | Nix | Slots | Builds | Busy | CPU | Copied |\n|---|---|---|--:|--:|--:|--:|--:|';
  const separator = trouble.length === 0 ? [] : [`\n${trouble[0] ?? ''}`, ...trouble.slice(1)];
  return rowsSection(
    { head, rows: [...rows, ...separator] },
    (left) => plural(left, 'row of builders', 'rows of builders'),
    budgetBytes,
  );
}

function builderRow(builder: BuilderReport, builds: number, cpuSeconds: number, wallSeconds: number): string {
  const slotSeconds = wallSeconds * builder.maxJobs;
  const share = slotSeconds > 0 ? ` (${Math.round((100 * builder.busySeconds) / slotSeconds)} %)` : '';
  const cells = [
    markdownCode(builder.name, 100),
    markdownText(clip(builder.systems.join(', '), 200)),
    builder.nixVersion === undefined ? '–' : markdownText(builder.nixVersion, 40),
    String(builder.maxJobs),
    String(builds),
    `${formatDuration(builder.busySeconds)}${share}`,
    cpuSeconds > 0 ? formatCpuHours(cpuSeconds) : '–',
    formatBytes(builder.bytesReceived + builder.bytesSent),
  ];
  return `| ${cells.join(' | ')} |`;
}
