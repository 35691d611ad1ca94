import { nextJobProcess, type JobProcess } from './job-process.ts';
import { isRunning, type KnownProcess } from './lineage.ts';

/** Calls back when nobody needs this process any more. */
export interface JobWatch {
  /** Somebody is there. */
  used(): void;
  stop(): void;
}

const LOOK_MS = 1000;
/** Where the job can't be seen, GitHub's limit for one. */
const LONGEST_IDLE_MS = 6 * 3_600_000;

/**
 * Watches the process that stands for the job. It may end without running what should come after the job.
 *
 * @param lineage the step and what is above it, from the step on
 */
export function watchJob(lineage: readonly KnownProcess[], over: () => void): JobWatch {
  let usedAtMs = performance.now();
  let job: JobProcess = { kind: 'in-step' };
  const look = async (): Promise<void> => {
    const running = await Promise.all(lineage.map(isRunning));
    const nowMs = performance.now();
    job = nextJobProcess(job, running, nowMs);
    if (job.kind === 'gone' || (job.kind === 'hidden' && nowMs - usedAtMs > LONGEST_IDLE_MS)) over();
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return {
    used() {
      usedAtMs = performance.now();
    },
    stop: () => clearInterval(timer),
  };
}
