import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { deskOn, type Assignment, type ReportedFinding } from './assignment.ts';
import { Finding, type CampaignResult } from './campaign.ts';

/** Wall time without a new input after which the last one counts as one that never ends. */
const STUCK_MS = 30_000;
const LOOK_MS = 500;
const HEAP_LIMIT_MB = 512;
const RESIDENT_LIMIT_BYTES = 1536 * 2 ** 20;

/** What a target's run came to, and the most memory that this process took meanwhile. */
export interface WatchedResult extends CampaignResult {
  readonly peakResidentBytes: number;
}

/**
 * Runs a target in a thread of its own, which can be ended when an input makes it hang or fill the memory.
 *
 * @throws Finding
 */
export async function runWatched(assignment: Omit<Assignment, 'desk'>): Promise<WatchedResult> {
  const desk = deskOn();
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { ...assignment, desk: desk.buffer } satisfies Assignment,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
  });
  const watch = watchDesk(desk);
  try {
    const answer = once(worker, 'message').then(([message]: (CampaignResult | ReportedFinding)[]) => message);
    const ended = once(worker, 'exit').then(([code]: unknown[]) => {
      throw new Finding(`its thread ended with exit code ${String(code)}`, desk.last());
    });
    const result = await Promise.race([answer, ended, watch.trouble]).catch((error: unknown) => {
      if (error instanceof Finding) throw error;
      throw new Finding(error instanceof Error ? (error.stack ?? error.message) : String(error), desk.last());
    });
    if (result === undefined) throw new Finding('its thread sent nothing', desk.last());
    if ('message' in result) throw new Finding(result.message, result.input);
    return { ...result, peakResidentBytes: watch.peakResidentBytes() };
  } finally {
    watch.end();
    await worker.terminate();
  }
}

interface Watch {
  /** Rejects with a Finding; never resolves. */
  readonly trouble: Promise<never>;
  peakResidentBytes(): number;
  end(): void;
}

function watchDesk(desk: ReturnType<typeof deskOn>): Watch {
  let seen = -1;
  let movedAt = performance.now();
  let peak = 0;
  let timer: NodeJS.Timeout | undefined;
  const trouble = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const resident = process.memoryUsage.rss();
      peak = Math.max(peak, resident);
      if (resident > RESIDENT_LIMIT_BYTES)
        reject(new Finding(`the process takes ${Math.round(resident / 2 ** 20)} MiB`, desk.last()));
      const count = desk.count();
      if (count !== seen) movedAt = performance.now();
      seen = count;
      // Loading the target comes before the first input.
      if (count > 0 && performance.now() - movedAt > STUCK_MS)
        reject(new Finding(`an input has not ended after ${STUCK_MS / 1000} s`, desk.last()));
    }, LOOK_MS);
  });
  return {
    trouble,
    peakResidentBytes: () => Math.max(peak, process.memoryUsage.rss()),
    end: () => clearInterval(timer),
  };
}
