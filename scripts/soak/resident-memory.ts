import { readFile } from 'node:fs/promises';

/** Memory of a process over its life. */
export interface MemoryWatch {
  /** MiB that were resident, one sample every two seconds. */
  readonly samples: readonly number[];
  /** MiB that were resident at most, whenever that was. */
  readonly peak: number;
  stop(): void;
}

const everyMs = 2000;

export function watchMemory(pid: number): MemoryWatch {
  const samples: number[] = [];
  let peak = 0;
  const timer = setInterval(() => {
    void readFile(`/proc/${pid}/status`, 'utf8')
      .then((status) => {
        const mebibytes = (field: string): number =>
          Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
        // A process that has ended has none.
        if (!status.includes('VmRSS')) return;
        samples.push(mebibytes('VmRSS'));
        peak = mebibytes('VmHWM');
      })
      .catch(() => {});
  }, everyMs);
  return {
    samples,
    get peak() {
      return peak;
    },
    stop: () => clearInterval(timer),
  };
}

/** Medians of the quarters of the run. */
export function quarterMedians(samples: readonly number[]): readonly number[] {
  const size = Math.max(1, Math.floor(samples.length / 4));
  return [0, 1, 2, 3].map((quarter) => {
    const part = samples.slice(quarter * size, (quarter + 1) * size).sort((one, other) => one - other);
    return part[Math.floor(part.length / 2)] ?? 0;
  });
}

/** Growth that still counts as level. */
const mostGrowth = 1.1;

/**
 * Whether the last quarter of a run needed no more than those before it. The first does not count: V8 makes itself room then; and of the
 * others one may be low by chance, when much was given back.
 */
export function isLevel(quarters: readonly number[]): boolean {
  const [, second = 0, third = 0, last = 0] = quarters;
  return last <= Math.max(second, third) * mostGrowth;
}
