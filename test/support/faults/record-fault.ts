import { appendFile } from 'node:fs/promises';
import { inject } from 'vitest';
import type { FaultRow } from './fault-table.ts';

/** Adds a row to the table that is printed at the end of all tests of faults. */
export function recordFault(row: FaultRow): Promise<void> {
  return appendFile(inject('faultRows'), `${JSON.stringify(row)}\n`);
}
