import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { faultTable, type FaultRow } from './fault-table.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** File to which tests of faults add a line of JSON each. */
    readonly faultRows: string;
  }
}

/** Gathers what the tests of faults measure and prints it as a table at the end. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-faults-'));
  const file = join(folder, 'rows.jsonl');
  await writeFile(file, '');
  provide('faultRows', file);
  return async () => {
    const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
    const rows = lines.map((line) => JSON.parse(line) as FaultRow);
    await rm(folder, { recursive: true });
    if (rows.length > 0) console.log(`\n${faultTable(rows)}\n`);
  };
}
