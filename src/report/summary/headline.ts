import { reproducibleFlake } from '../attribute.ts';
import { totalCostText } from '../costs.ts';
import { formatBytes, formatCpuTotal, formatDuration, plural } from '../durations.ts';
import { markdownCode, markdownText } from '../escape/markup.ts';
import type { RunTotals } from '../totals.ts';
import type { ReportView } from '../view.ts';

/** The run in one sentence, without markup: `2 of 40 jobs failed, 37 blocked`. */
export function headlineText({ report, totals, isSuccess }: ReportView): string {
  if (report.cancelled && totals.jobs === 0 && report.observed !== true)
    return 'Cancelled before anything was selected';
  if (report.cancelled && report.listed !== undefined) return 'Cancelled before everything was evaluated';
  if (report.cancelled)
    return `Cancelled after ${plural(totals.built + totals.cached, 'job')} of ${totals.jobs}`;
  if (report.observed) return observedText(totals);
  if (totals.jobs === 0) return 'Nothing was selected';
  const wrong = wrongWords(totals);
  if (wrong.length > 0) return `${wrong.join(', ')} of ${plural(totals.jobs, 'job')}`;
  if (!isSuccess) return `${plural(totals.jobs, 'job')} done, with errors`;
  if (report.listed !== undefined) return `${plural(totals.jobs, 'job')} selected, nothing built`;
  return totals.jobs === 1 ? 'The job succeeded' : `All ${totals.jobs} jobs succeeded`;
}

/** Of what other programs had built. */
function observedText({ buildsRun, buildsFailed }: RunTotals): string {
  if (buildsRun === 0) return 'Nothing was built on the builders';
  if (buildsFailed > 0) return `${buildsFailed} of ${plural(buildsRun, 'build')} failed`;
  return `${plural(buildsRun, 'derivation')} built`;
}

/** ✅, ❌, ⚪ (cancelled) or ℹ️ (nothing selected). */
export function headlineSign({ report, totals, isSuccess }: ReportView): string {
  if (report.cancelled) return '⚪';
  if (!isSuccess) return '❌';
  return totals.jobs === 0 && (report.observed !== true || totals.buildsRun === 0) ? 'ℹ️' : '✅';
}

/** The figures below the headline, without markup. */
export function figuresText({ report, totals, costs }: ReportView): readonly string[] {
  const evaluation = `${plural(report.evaluatedAttributes, 'attribute')} evaluated in ${formatDuration(report.evaluationSeconds)}`;
  const all = `${formatDuration(totals.wallSeconds)} in all`;
  if (report.listed !== undefined)
    return [
      `${report.listed.length - totals.cached} to build, ${totals.cached} already there`,
      all,
      evaluation,
    ];
  const cpu = totals.cpuSeconds > 0 ? [`${formatCpuTotal(totals.cpuSeconds)}${cpuRemark(totals)}`] : [];
  const copied = totals.bytesSent + totals.bytesReceived;
  return [
    ...(report.observed ? [] : [`${totals.built} built, ${totals.cached} already there`]),
    all,
    ...(totals.buildsRun === 0
      ? []
      : [`${plural(totals.buildsRun, 'derivation')} ran for ${formatDuration(totals.buildSeconds)}`]),
    ...cpu,
    ...(costs === undefined ? [] : [totalCostText(costs)]),
    ...(copied > 0 ? [`${formatBytes(copied)} copied`] : []),
    ...(report.observed ? [] : [evaluation]),
  ];
}

/** Heading, flake and figures in Markdown; bounded in size whatever the flake is called. */
export function headline(view: ReportView): string {
  const { report } = view;
  const flake = report.observed ? [] : [markdownCode(reproducibleFlake(report))];
  return [
    `## ${headlineSign(view)} ${headlineText(view)}`,
    '',
    [...flake, ...figuresText(view).map((text) => markdownText(text))].join(' · '),
  ].join('\n');
}

function wrongWords(totals: RunTotals): string[] {
  const parts: readonly (readonly [number, string])[] = [
    [totals.failed, 'failed'],
    [totals.blocked, 'blocked'],
    [totals.evaluationFailed, 'not evaluated'],
    [totals.infrastructure, 'lost to builder trouble'],
    [totals.cancelled, 'cancelled'],
  ];
  return parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
}

function cpuRemark(totals: RunTotals): string {
  const { estimate, unknown } = totals.cpuSources;
  const remarks = [
    ...(estimate > 0 ? [`${estimate} estimated`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ];
  return remarks.length === 0 ? '' : ` (${remarks.join(', ')})`;
}
