import { readFile } from 'node:fs/promises';

/** Memory of a process over its life. */
export interface MemoryWatch {
  /** MiB that were resident, one sample every two seconds. */
  readonly samples: readonly number[];
  stop(): void;
}

const everyMs = 2000;

export function watchMemory(pid: number): MemoryWatch {
  const samples: number[] = [];
  const timer = setInterval(() => {
    void readFile(`/proc/${pid}/status`, 'utf8')
      .then((status) => {
        const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
        if (kibibytes !== undefined) samples.push(Number(kibibytes) / 1024);
      })
      .catch(() => {});
  }, everyMs);
  return { samples, stop: () => clearInterval(timer) };
}

/** Medians of the quarters of the run. */
export function quarterMedians(samples: readonly number[]): readonly number[] {
  const size = Math.max(1, Math.floor(samples.length / 4));
  return [0, 1, 2, 3].map((quarter) => {
    const part = samples.slice(quarter * size, (quarter + 1) * size).sort((one, other) => one - other);
    return part[Math.floor(part.length / 2)] ?? 0;
  });
}
