import { formatMoney } from '../../accounting/money.ts';
import { formatBytes, formatCpuHours, formatDuration, plural } from '../durations.ts';
import { markdownCode, markdownText } from '../escape/markup.ts';
import type { BuilderReport, BuildReport } from '../run-report.ts';
import type { ReportView } from '../view.ts';
import { rowsSection } from './section.ts';
import type { Section } from './section.ts';

/** One row per builder, with what went wrong with it below the table. */
export function builderSection(view: ReportView, budgetBytes: number): Section {
  const { report, costs } = view;
  const used = usageByBuilder(report.builds);
  const rows = report.builders.map((builder) => builderRow(builder, used.get(builder.name), view));
  const trouble = report.builders.flatMap((builder) =>
    builder.trouble.map((text) => `- 🔌 ${markdownCode(builder.name, 100)}: ${markdownCode(text, 500)}`),
  );
  const columns = ['Builder', 'Systems', 'Nix', 'Slots', 'Builds', 'Busy', 'CPU', 'Copied'];
  const money = costs === undefined ? [] : ['Cost', 'Idle'];
  const head = [
    `### Builders\n\n| ${[...columns, ...money].join(' | ')} |`,
    `|---|---|---|--:|--:|--:|--:|--:|${money.map(() => '--:|').join('')}`,
  ];
  // An empty line ends the table before the list begins.
  const list = trouble.map((line, index) => (index === 0 ? `\n${line}` : line));
  return rowsSection(
    { head: head.join('\n'), rows: [...rows, ...list] },
    (left) => plural(left, 'row of builders', 'rows of builders'),
    budgetBytes,
  );
}

interface Usage {
  builds: number;
  cpuSeconds: number;
}

function usageByBuilder(builds: readonly BuildReport[]): ReadonlyMap<string, Usage> {
  const used = new Map<string, Usage>();
  for (const build of builds) {
    const last = build.attempts.at(-1)?.builder;
    for (const builder of new Set(build.attempts.map((attempt) => attempt.builder))) {
      const usage = used.get(builder) ?? { builds: 0, cpuSeconds: 0 };
      usage.builds += 1;
      if (builder === last) usage.cpuSeconds += build.cpu?.seconds ?? 0;
      used.set(builder, usage);
    }
  }
  return used;
}

function builderRow(builder: BuilderReport, usage: Usage | undefined, { totals, costs }: ReportView): string {
  const slotSeconds = totals.wallSeconds * builder.maxJobs;
  const share = slotSeconds > 0 ? ` (${Math.round((100 * builder.busySeconds) / slotSeconds)} %)` : '';
  const cost = costs?.byBuilder.get(builder.name);
  const money = (amount: bigint) => markdownText(formatMoney(amount, costs?.currency ?? ''));
  const cells = [
    markdownCode(builder.name, 100),
    markdownText(builder.systems.join(', '), 200),
    builder.nixVersion === undefined ? '–' : markdownText(builder.nixVersion, 40),
    String(builder.maxJobs),
    String(usage?.builds ?? 0),
    `${formatDuration(builder.busySeconds)}${share}`,
    usage !== undefined && usage.cpuSeconds > 0 ? formatCpuHours(usage.cpuSeconds) : '–',
    formatBytes(builder.bytesReceived + builder.bytesSent),
    ...(cost === undefined ? [] : [money(cost.builds), money(cost.idle)]),
  ];
  return `| ${cells.join(' | ')} |`;
}
