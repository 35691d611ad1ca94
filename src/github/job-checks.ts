import type { DispatchObserver } from '../dispatch/observer.ts';
import { reproducibleFlake } from '../report/attribute.ts';
import { failedGateCheck, gateCheck, jobCheck, runningJobCheck } from '../report/checks/check-run.ts';
import { classOf, type OutcomeClass } from '../report/outcomes.ts';
import type { JobReport, RunReport } from '../report/run-report.ts';
import type { Verdict } from '../report/verdict.ts';
import { jobNames } from '../report/job-names.ts';
import { viewOf } from '../report/view.ts';
import { checkNeed, type CheckNeed } from './check-need.ts';
import type { CheckWriter } from './check-runs.ts';
import type { Published } from './publish.ts';

/** For the gate, and for jobs that failed before their check was shown. */
const reservedRequests = 40;

/** The last ones are the gate's, which is tried again when it comes to nothing. */
const gateRequests = 3;
/** Of those that may be made at once, kept for the ends of checks that are shown. */
const spareRequests = 20;

/** A check for each job while it runs, and one that stands for all of them. */
export interface JobChecks {
  /** A build began; where it is a job, its check appears. */
  started(build: { readonly drvPath: string; readonly builder: string }): void;
  /** A build ended; jobs that have ended by that get their result. */
  finished(): void;
  /** Ends every check that was shown, shows failed jobs that have none, and then the gate. Never rejects. */
  close(published: Published, verdict: Verdict): Promise<void>;
  /** Ends the checks of a run that came to nothing as far as it came, and the gate. Never rejects. */
  fail(reason: string): Promise<void>;
}

/**
 * Shows jobs as checks as far as GitHub's limits allow: of a few dozen jobs each has a check, also where nothing had to be built;
 * with 1,000 jobs the first ones have one, then those that failed, and the gate has all of them (issue 6, item 4).
 *
 * @param snapshot what is known of the run by now; jobs that have not ended are `cancelled` in it
 */
export function createJobChecks(writer: CheckWriter, gateName: string, snapshot: () => RunReport): JobChecks {
  const begun = new Map<string, { readonly builder: string; readonly startedAtMs: number }>();
  const shown = new Map<string, number>();
  /** What was told last of each job that has ended. */
  const ended = new Map<string, OutcomeClass>();
  let isClosed = false;
  let work = Promise.resolve();
  let isQueued = false;

  const keyOf = (job: JobReport): string => JSON.stringify(job.path);
  const openCount = (): number => [...shown.keys()].filter((key) => !ended.has(key)).length;
  const needOf = (job: JobReport, isFinal: boolean): CheckNeed => {
    const key = keyOf(job);
    const state = {
      outcome: classOf(job.outcome),
      isShown: shown.has(key),
      hasBegun: begun.has(job.drvPath ?? ''),
      told: ended.get(key),
    };
    return checkNeed(state, isFinal);
  };
  const endJobs = async (report: RunReport, isFinal: boolean): Promise<void> => {
    const view = viewOf(report);
    const flake = reproducibleFlake(report);
    for (const need of ['must', 'may']) {
      for (const job of report.jobs) {
        if (needOf(job, isFinal) !== need) continue;
        if (writer.left <= gateRequests) return;
        if (need === 'may' && writer.leftNow <= (isFinal ? gateRequests : spareRequests)) return;
        const key = keyOf(job);
        ended.set(key, classOf(job.outcome));
        await writer.end(jobCheck(view, job, flake), shown.get(key));
      }
    }
  };
  const openJobs = async ({ jobs }: RunReport): Promise<void> => {
    const names = jobNames(jobs);
    for (const job of jobs) {
      const start = begun.get(job.drvPath ?? '');
      const key = keyOf(job);
      if (start === undefined || shown.has(key) || classOf(job.outcome) !== 'cancelled') continue;
      // Who shows a check has to be able to end it, and soon.
      const isLate = writer.left - openCount() <= reservedRequests || writer.leftNow <= spareRequests;
      if (isClosed || isLate) return;
      const { builder, startedAtMs } = start;
      const id = await writer.open({ ...runningJobCheck({ names }, job, builder), startedAtMs });
      if (id !== undefined) shown.set(key, id);
    }
  };
  const look = async (): Promise<void> => {
    isQueued = false;
    if (isClosed || (openCount() === 0 && writer.left <= reservedRequests)) return;
    await openJobs(snapshot());
    if (!isClosed) await endJobs(snapshot(), false);
  };
  const queue = (): void => {
    if (isQueued) return;
    isQueued = true;
    work = work.then(look);
  };

  return {
    started({ drvPath, builder }) {
      begun.set(drvPath, { builder, startedAtMs: Date.now() });
      queue();
    },
    finished: queue,
    async close({ report, links }, verdict) {
      isClosed = true;
      await work;
      await endJobs(report, true);
      await writer.end(gateCheck(viewOf(report), gateName, verdict, links), undefined);
    },
    async fail(reason) {
      const areEnded = isClosed;
      isClosed = true;
      await work;
      if (!areEnded) await endJobs(snapshot(), true);
      await writer.end(failedGateCheck(gateName, reason), undefined);
    },
  };
}

/** An observer that tells the checks what it sees, and then somebody else. */
export function watchedBy(checks: JobChecks, observer: DispatchObserver): DispatchObserver {
  return {
    ...observer,
    buildStarted(build) {
      observer.buildStarted(build);
      checks.started(build);
    },
    buildFinished(build, attempt) {
      observer.buildFinished(build, attempt);
      checks.finished();
    },
  };
}
