/** What came of one fault. */
export interface FaultRow {
  readonly fault: string;
  /** Builds that ran on the machine when it was struck. */
  readonly inFlight: number;
  /** Of those that it hit, the ones that another attempt finished. */
  readonly moved: number;
  /** Builds that were not done in the end, those that needed them included. */
  readonly lost: number;
  /** From the fault to the line in the log that tells it. */
  readonly noticedSeconds: number | undefined;
  /** How the builds that it hit were classed. */
  readonly classes: readonly string[];
}

const columns = ['Fault', 'In flight', 'Moved', 'Lost', 'Noticed after', 'Class'] as const;

/** The rows as a table in markdown, padded so that it reads well in a terminal too. */
export function faultTable(rows: readonly FaultRow[]): string {
  const cells = rows.map((row) => [
    row.fault,
    String(row.inFlight),
    String(row.moved),
    String(row.lost),
    row.noticedSeconds === undefined ? '–' : `${row.noticedSeconds.toFixed(1)} s`,
    row.classes.length === 0 ? '–' : row.classes.join(', '),
  ]);
  const widths = columns.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(columns), rule, ...cells.map(line)].join('\n');
}
