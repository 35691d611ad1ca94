import { reproducibleFlake } from '../attribute.ts';
import { utf8Length } from '../escape/clip.ts';
import type { RunReport } from '../run-report.ts';
import { viewOf } from '../view.ts';
import type { ReportView } from '../view.ts';
import { builderSection } from './builder-table.ts';
import { failuresSection } from './failures.ts';
import { ganttSection } from './gantt.ts';
import { headline } from './headline.ts';
import { jobListSection } from './job-list.ts';
import { cachedSection, dependencySection, jobSection } from './job-table.ts';
import { evaluationSection, noticesSection, slowestSection } from './other-sections.ts';
import type { Section } from './section.ts';

/** GitHub loses the whole summary of a step above 1 MiB; the rest of the room is for other parts of the same step. */
export const SUMMARY_BUDGET_BYTES = 900 * 1024;

/** What the summary may point at; URLs come from GitHub or from us, never from a flake. */
export interface SummaryLinks {
  readonly logs?: string | undefined;
  readonly results?: string | undefined;
  readonly outputs?: string | undefined;
  readonly cache?: string | undefined;
}

/**
 * The parts in the order in which they claim bytes. Each gets at most its share of the budget and what those before it
 * left, so the last ones are the first to lose rows: cached jobs, dependencies, other jobs, then details of
 * failures beyond the first ones. The order on the page is another one.
 */
const CLAIMS = [
  { part: 'failures', share: 0.5 },
  { part: 'evaluation', share: 0.15 },
  { part: 'notices', share: 0.05 },
  { part: 'builders', share: 0.05 },
  { part: 'timeline', share: 0.1 },
  { part: 'slowest', share: 0.05 },
  { part: 'jobs', share: 1 },
  { part: 'dependencies', share: 1 },
  { part: 'cached', share: 1 },
] as const;

type Part = (typeof CLAIMS)[number]['part'];

const PAGE_ORDER: readonly Part[] = [
  'failures',
  'evaluation',
  'notices',
  'jobs',
  'cached',
  'dependencies',
  'builders',
  'timeline',
  'slowest',
];

/**
 * The job summary in GitHub's Markdown.
 *
 * @param budgetBytes never exceeded, in UTF-8; what was dropped for it is said at the end
 */
export function renderSummary(
  report: RunReport,
  links: SummaryLinks = {},
  budgetBytes: number = SUMMARY_BUDGET_BYTES,
): string {
  const view = viewOf(report);
  const renderers = partRenderers(view);
  const head = headline(view);
  const linksLine = linkLine(links);
  const sections = new Map<Part, Section>();
  let left = budgetBytes - utf8Length(head) - utf8Length(linksLine) - RESERVED_BYTES;
  for (const { part, share } of CLAIMS) {
    const section = renderers[part](Math.min(left, budgetBytes * share));
    sections.set(part, section);
    left -= utf8Length(section.text) + 2;
  }
  const dropped = [...sections.values()].flatMap((section) => section.dropped);
  const parts = PAGE_ORDER.map((part) => sections.get(part)?.text ?? '');
  return `${[head, linksLine, ...parts, droppedLine(dropped)].filter(Boolean).join('\n\n')}\n`;
}

/** For the sentence on what was dropped: its length depends on numbers only. */
const RESERVED_BYTES = 1024;

function partRenderers(view: ReportView): Readonly<Record<Part, (budgetBytes: number) => Section>> {
  const { report } = view;
  const flake = reproducibleFlake(report);
  return {
    failures: (bytes) => failuresSection(view, flake, bytes),
    evaluation: (bytes) => evaluationSection(report, bytes),
    notices: (bytes) => noticesSection(view, bytes),
    builders: (bytes) => builderSection(view, bytes),
    jobs: (bytes) =>
      report.listed === undefined ? jobSection(view, bytes) : jobListSection(view, report.listed, bytes),
    timeline: (bytes) => ganttSection(view, bytes),
    slowest: (bytes) => slowestSection(report, bytes),
    dependencies: (bytes) => dependencySection(view, bytes),
    cached: (bytes) => cachedSection(view, bytes),
  };
}

function linkLine(links: SummaryLinks): string {
  const named: readonly (readonly [string, string | undefined])[] = [
    ['Build logs', links.logs],
    ['Report and results', links.results],
    ['Outputs', links.outputs],
    ['Binary cache', links.cache],
  ];
  return named
    .flatMap(([name, url]) => (url === undefined ? [] : [`[${name}](${encodeURI(url)})`]))
    .join(' · ');
}

function droppedLine(dropped: readonly string[]): string {
  if (dropped.length === 0) return '';
  return `> Left out to stay below GitHub's limit for summaries: ${dropped.join(', ')}. The artifacts have everything.`;
}
