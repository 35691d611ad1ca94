import { readFile } from 'node:fs/promises';

import { parseProcessStat, type ProcessStat } from '../../accounting/proc/stat.ts';

/** A process, told from a later one of the same pid. */
export interface KnownProcess {
  readonly pid: number;
  /** Clock ticks from the machine's start to the process's; 0 where there is no `/proc`. */
  readonly startTicks: number;
}

/**
 * This process and those above it as far as they can be seen, from the nearest on. The first process of the machine or the container is
 * left out: nothing outlives it.
 */
export async function ownLineage(): Promise<readonly KnownProcess[]> {
  if (process.platform !== 'linux') {
    return [process.pid, process.ppid].filter((pid) => pid > 1).map((pid) => ({ pid, startTicks: 0 }));
  }
  const lineage: KnownProcess[] = [];
  // A parent of another namespace has no number here: 0.
  for (let pid = process.pid; pid > 1;) {
    const stat = await readStat(pid);
    if (stat === undefined) break;
    lineage.push({ pid, startTicks: stat.startTicks });
    pid = stat.parentPid;
  }
  return lineage;
}

/** Whether it still runs. Never rejects. */
export async function isRunning({ pid, startTicks }: KnownProcess): Promise<boolean> {
  if (process.platform === 'linux') return (await readStat(pid))?.startTicks === startTicks;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Undefined when it has ended, also while nobody has waited for it yet (states Z and X of proc(5)). */
async function readStat(pid: number): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return /^ [ZX]/.test(text.slice(text.lastIndexOf(')') + 1)) ? undefined : parseProcessStat(text);
}
