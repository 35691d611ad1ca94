import { formatMoney } from '../../accounting/money.ts';
import { formatBytes, formatDuration, plural } from '../durations.ts';
import { markdownCode, markdownText } from '../escape/markup.ts';
import { buildsByBuilder, systemsText, utilisation, type BuilderUse } from '../builder-use.ts';
import type { BuilderReport } from '../run-report.ts';
import type { ReportView } from '../view.ts';
import { rowsSection } from './section.ts';
import type { Section } from './section.ts';

/** One row per builder, with what went wrong with it below the table. */
export function builderSection(view: ReportView, budgetBytes: number): Section {
  const { report, costs } = view;
  const used = buildsByBuilder(report.builds);
  const rows = report.builders.map((builder) => builderRow(builder, used.get(builder.name), view));
  const trouble = report.builders.flatMap((builder) =>
    builder.trouble.map((text) => `- 🔌 ${markdownCode(builder.name, 100)}: ${markdownCode(text, 500)}`),
  );
  const columns = ['Builder', 'Systems', 'Nix', 'Slots', 'Builds', 'Busy', 'CPU time', 'Copied'];
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

function builderRow(
  builder: BuilderReport,
  use: BuilderUse | undefined,
  { totals, costs }: ReportView,
): string {
  const cost = costs?.byBuilder.get(builder.name);
  const money = (amount: bigint) => markdownText(formatMoney(amount, costs?.currency ?? ''));
  const cells = [
    markdownCode(builder.name, 100),
    markdownText(systemsText(builder.systems), 200),
    builder.nixVersion === undefined ? '–' : markdownText(builder.nixVersion, 40),
    String(builder.maxJobs),
    String(use?.builds ?? 0),
    `${formatDuration(builder.busySeconds)}${utilisation(builder, totals)}`,
    use?.cpuSeconds === undefined ? '–' : formatDuration(use.cpuSeconds),
    formatBytes(builder.bytesReceived + builder.bytesSent),
    ...(cost === undefined ? [] : [money(cost.builds), money(cost.idle)]),
  ];
  return `| ${cells.join(' | ')} |`;
}
