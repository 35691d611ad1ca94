import type { Builder } from '../builder.ts';
import type { FaultLog } from './faults.ts';
import { COLUMN_NAMES } from './faults.ts';
import { decodeKeyLine, HOST_KEY_COLUMN, makeBuilder } from './make-builder.ts';
import type { MachineEntry } from './split-lines.ts';

const DEFAULT = '-';
const MAX_JOBS_COLUMN = 4;
const SPEED_COLUMN = 5;
/** Systems, features and mandatory features. */
const LIST_COLUMNS = [2, 6, 7];
/** No file with a private key is called so: blanks stand where commas should. */
const SYSTEM = /^(?:x86_64|i686|aarch64|armv[67]l|riscv64|powerpc64le)-(?:linux|darwin)$/;

/** Reads one machine line (protocol §13.2), or reports every fault it has. */
export function parseMachineEntry({ place, columns }: MachineEntry, faults: FaultLog): Builder | undefined {
  const before = faults.faults.length;
  const fault = (column: number | undefined, message: string): void => faults.add(place, column, message);
  if (columns.length > COLUMN_NAMES.length) {
    const extra = columns[COLUMN_NAMES.length] ?? '';
    fault(
      COLUMN_NAMES.length + 1,
      `a machine line has at most ${COLUMN_NAMES.length} columns, got ${columns.length} (${JSON.stringify(extra)}); lists have commas and no blanks`,
    );
  }
  for (const number of LIST_COLUMNS) {
    const [list = '', next = DEFAULT] = columns.slice(number - 1, number + 1);
    if (
      (list.endsWith(',') && next !== DEFAULT) ||
      next.startsWith(',') ||
      (number === 2 && SYSTEM.test(next))
    ) {
      fault(
        number,
        `lists have commas and no blanks, got ${JSON.stringify(list)} and then ${JSON.stringify(next)}`,
      );
    }
  }
  const column = (number: number): string | undefined => {
    const text = columns[number - 1];
    return text === undefined || text === DEFAULT ? undefined : text;
  };
  const uri = column(1);
  if (uri === undefined) {
    fault(1, 'a machine line has to name a store URI, such as ssh-ng://builder@host');
    return undefined;
  }
  const builder = makeBuilder(
    {
      uri,
      systems: words(column(2)),
      keyFile: column(3),
      maxJobs: readNumber(column(MAX_JOBS_COLUMN), /^\d{1,6}$/, 'a whole number', (message) =>
        fault(MAX_JOBS_COLUMN, message),
      ),
      speedFactor:
        readNumber(column(SPEED_COLUMN), /^(?:\d+\.?\d*|\.\d+)$/, 'a number not below 0', (message) =>
          fault(SPEED_COLUMN, message),
        ) ?? 1,
      supportedFeatures: words(column(6)),
      mandatoryFeatures: words(column(7)),
      hostKeyLine: decodeKeyLine(column(HOST_KEY_COLUMN), HOST_KEY_COLUMN, fault),
    },
    fault,
  );
  return faults.faults.length > before ? undefined : builder;
}

function words(list: string | undefined): string[] {
  return [...new Set((list ?? '').split(',').filter((word) => word !== ''))];
}

function readNumber(
  text: string | undefined,
  pattern: RegExp,
  expected: string,
  fault: (message: string) => void,
): number | undefined {
  if (text === undefined) return undefined;
  if (!pattern.test(text)) fault(`expected ${expected}, got ${JSON.stringify(text)}`);
  return Number(text);
}
