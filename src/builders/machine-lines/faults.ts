/** Something wrong with a machine line. */
export interface MachineFault {
  /** `builders`, or the included file. */
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** From 1, as the columns of machine lines are counted; undefined: the line as a whole. */
  readonly column: number | undefined;
  readonly message: string;
}

/** Where a value stands, to report faults against. */
export interface MachinePlace {
  readonly source: string;
  readonly line: number;
}

/** Names of the columns of a machine line, in order (protocol §13.2). */
export const COLUMN_NAMES = [
  'store URI',
  'systems',
  'SSH key file',
  'max jobs',
  'speed factor',
  'supported features',
  'mandatory features',
  'host key',
] as const;

/** One line for people: place, then what is wrong. */
export function faultText(fault: MachineFault): string {
  const { column } = fault;
  const name = column === undefined ? undefined : COLUMN_NAMES[column - 1];
  const where = column === undefined ? '' : `, column ${column}${name === undefined ? '' : ` (${name})`}`;
  return `${fault.source} line ${fault.line}${where}: ${fault.message}`;
}

/** Collects faults so that all are reported at once. */
export interface FaultLog {
  readonly faults: readonly MachineFault[];
  add(place: MachinePlace, column: number | undefined, message: string): void;
}

/** An empty log. */
export function createFaultLog(): FaultLog {
  const faults: MachineFault[] = [];
  return {
    faults,
    add: ({ source, line }, column, message) => faults.push({ source, line, column, message }),
  };
}
