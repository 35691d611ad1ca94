import { readFileSync } from 'node:fs';

/** Resident memory of a process in bytes; undefined where the platform has no /proc, or the process is gone. */
export function residentMemoryBytes(pid: number): number | undefined {
  try {
    // Not `statm`: it counts in pages, whose size differs between kernels.
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
