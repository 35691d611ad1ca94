import { criticalPath, timedBuilds } from '../critical-path.ts';
import type { TimedBuild } from '../critical-path.ts';
import { formatDuration, plural } from '../durations.ts';
import { utf8Length } from '../escape/clip.ts';
import { mermaidLabel } from '../escape/mermaid.ts';
import { classOf } from '../outcomes.ts';
import type { ReportView } from '../view.ts';
import { EMPTY_SECTION } from './section.ts';
import type { Section } from './section.ts';

/** GitHub draws no diagram of more characters. */
const DIAGRAM_CHARACTERS = 50_000;
/** More rows than this nobody reads; they stay far below {@link DIAGRAM_CHARACTERS}. */
const PATH_SHOWN = 25;
const BUSIEST_SHOWN = 40;
const NAME_CHARACTERS = 40;

/** A timeline of the critical path, and of the longest builds by builder; nothing when fewer than two builds ran. */
export function ganttSection({ report, totals }: ReportView, budgetBytes: number): Section {
  const timed = timedBuilds(report.builds);
  if (timed.length < 2) return EMPTY_SECTION;
  const path = criticalPath(timed);
  const diagram = [
    'gantt',
    '  dateFormat x',
    '  axisFormat %H:%M:%S',
    '  todayMarker off',
    ...section('Critical path', path.slice(-PATH_SHOWN), 'active, '),
    ...longestByBuilder(timed).flatMap(([builder, builds]) => section(builder, builds, '')),
  ].join('\n');
  const title = `Timeline: critical path of ${plural(path.length, 'build')}, ${formatDuration(pathSeconds(path))} of ${formatDuration(totals.wallSeconds)}`;
  const text = `<details><summary>${title}</summary>\n\n\`\`\`mermaid\n${diagram}\n\`\`\`\n\n</details>`;
  const isFitting = utf8Length(text) <= budgetBytes && diagram.length <= DIAGRAM_CHARACTERS;
  return isFitting ? { text, dropped: [] } : { text: '', dropped: ['the timeline'] };
}

function section(title: string, builds: readonly TimedBuild[], tags: string): string[] {
  return [`  section ${mermaidLabel(title, NAME_CHARACTERS)}`, ...builds.map((one) => task(one, tags))];
}

function task({ build, startedAtMs, finishedAtMs }: TimedBuild, tags: string): string {
  const isPassed = classOf(build.outcome) === 'passed';
  // The sign keeps a build called "title" or "2024-01-01" from being read as a keyword.
  const name = `${isPassed ? '✓' : '✗'} ${mermaidLabel(build.name, NAME_CHARACTERS)}`;
  const state = isPassed ? tags : 'crit, ';
  return `  ${name} :${state}${Math.round(startedAtMs)}, ${Math.round(Math.max(finishedAtMs, startedAtMs + 1))}`;
}

function longestByBuilder(timed: readonly TimedBuild[]): (readonly [string, readonly TimedBuild[]])[] {
  const longest = [...timed]
    .sort((a, b) => b.finishedAtMs - b.startedAtMs - (a.finishedAtMs - a.startedAtMs))
    .slice(0, BUSIEST_SHOWN)
    .sort((a, b) => a.startedAtMs - b.startedAtMs);
  const byBuilder = new Map<string, TimedBuild[]>();
  for (const one of longest) {
    const builder = one.build.attempts.at(-1)?.builder ?? 'unknown builder';
    byBuilder.set(builder, [...(byBuilder.get(builder) ?? []), one]);
  }
  return [...byBuilder].sort(([a], [b]) => (a < b ? -1 : 1));
}

function pathSeconds(path: readonly TimedBuild[]): number {
  return path.reduce((sum, one) => sum + Math.max(0, one.finishedAtMs - one.startedAtMs), 0) / 1000;
}
