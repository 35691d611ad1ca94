import { readFile } from 'node:fs/promises';

import { parseProcessStat } from '../../accounting/proc/stat.ts';

/** Calls back when nobody needs this process any more. */
export interface JobWatch {
  /** Somebody is there. */
  used(): void;
  stop(): void;
}

const LOOK_MS = 2000;
/** Where the job can't be seen (in a container, where it is another namespace's process), GitHub's limit for a job. */
const LONGEST_IDLE_MS = 6 * 3_600_000;

/**
 * Watches the process that stands for the job: the runner's worker, act, or a shell. It may end without running what should come after
 * the job.
 */
export function watchJob(jobPid: number | undefined, gone: (why: string) => void): JobWatch {
  let usedAtMs = performance.now();
  const birth = jobPid === undefined ? undefined : birthOf(jobPid);
  const look = async (): Promise<void> => {
    if (jobPid === undefined || birth === undefined) {
      if (performance.now() - usedAtMs > LONGEST_IDLE_MS) gone('nobody used it for hours');
      return;
    }
    const [before, now] = [await birth, await birthOf(jobPid)];
    if (now === undefined || now !== before) gone('the job is over');
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return {
    used() {
      usedAtMs = performance.now();
    },
    stop: () => clearInterval(timer),
  };
}

/** What tells a process from a later one of the same pid; undefined when there is none. */
async function birthOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  if (text !== undefined) return parseProcessStat(text)?.startTicks;
  if (process.platform === 'linux') return undefined;
  try {
    process.kill(pid, 0);
    return 0;
  } catch {
    return undefined;
  }
}
