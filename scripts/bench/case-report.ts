/** One measured case, as every benchmark prints it. */
export interface BenchCase {
  readonly bench: string;
  readonly case: string;
  readonly value: number;
  readonly unit: string;
  /** In words, `<= 0.083`; undefined: measured for comparison only. */
  readonly goal?: string | undefined;
  readonly holds?: boolean | undefined;
  /** Whatever else is worth keeping: the figures behind a ratio, versions. */
  readonly details?: Readonly<Record<string, number | string>> | undefined;
}

/** A case whose value must not be larger than `most`. */
export function atMost(most: number, measured: Omit<BenchCase, 'goal' | 'holds'>): BenchCase {
  return { ...measured, goal: `<= ${Number(most.toFixed(4))}`, holds: measured.value <= most };
}

/** Prints a table for people and one JSON line a case; the exit code says whether every goal holds. */
export function reportCases(cases: readonly BenchCase[]): void {
  const rows = cases.map(({ case: name, value, unit, goal = '', holds }) => [
    name,
    `${round(value)} ${unit}`,
    goal,
    holds === undefined ? '' : holds ? 'holds' : 'MISSED',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  console.log();
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
  console.log();
  for (const { details, ...measured } of cases) {
    console.log(JSON.stringify({ ...measured, value: round(measured.value), ...details }));
  }
  if (cases.some(({ holds }) => holds === false)) process.exitCode = 1;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
