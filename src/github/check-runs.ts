import type { getOctokit } from '@actions/github';

import { annotationBatches } from '../report/checks/check-annotations.ts';
import type { CheckRunText } from '../report/checks/check-run.ts';
import { createRequestPace } from './request-pace.ts';
import { requestFault, type RequestFault } from './request-fault.ts';

type Octokit = ReturnType<typeof getOctokit>;

/** GitHub takes 80 requests a minute that make content, and 500 an hour from all that a repository's jobs do. */
const mostPerMinute = 60;
const mostRequests = 200;
const mostFaultsInARow = 3;
/** A check that must come is worth waiting for; a run that has ended must not wait for an hour. */
const longestPauseMs = 90_000;

/** Why checks are not written any more. */
export type RefusalKind = RequestFault['kind'];

/** Where checks are written to. */
export interface CheckTarget {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** Commit that the checks stand at. */
  readonly headSha: string;
  /** Told once when checks cannot be written; nothing is tried after that. */
  readonly onRefusal: (reason: string, why: RefusalKind) => void;
  /** Page that checks lead to; undefined for GitHub's own page of the check. */
  readonly detailsUrl?: string | undefined;
  /** Requests in any minute. */
  readonly perMinute?: number;
}

/** A check of what has begun. */
export interface RunningCheck {
  readonly name: string;
  readonly title: string;
  /** Markdown, not empty. */
  readonly summary: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}

/** GitHub's checks as far as we need them: one request after the other, never faster or more than GitHub allows. */
export interface CheckWriter {
  /** How many requests may still be made; 0 after a refusal. */
  readonly left: number;
  /** How many of them may be made without waiting. */
  readonly leftNow: number;
  /** Shows a check as running. Resolves to its id; undefined when it could not be made. Never rejects. */
  open(check: RunningCheck): Promise<number | undefined>;
  /** Ends a check; without an id one is made that has ended already. Never rejects. */
  end(check: CheckRunText, id: number | undefined): Promise<void>;
}

/** Makes no request by itself. */
export function createCheckWriter(target: CheckTarget): CheckWriter {
  const { octokit, owner, repo, headSha, onRefusal, detailsUrl, perMinute = mostPerMinute } = target;
  const place = { owner, repo, ...(detailsUrl === undefined ? {} : { details_url: detailsUrl }) };
  let left = mostRequests;
  let faults = 0;
  const pace = createRequestPace(perMinute, () => performance.now());
  let pauseEndsAtMs = 0;

  const giveUp = (why: RefusalKind, error: unknown): void => {
    left = 0;
    onRefusal(error instanceof Error ? error.message : String(error), why);
  };
  /** How long to wait before the same request is made again; undefined when it must not be. */
  const pauseAfter = (error: unknown): number | undefined => {
    const fault = requestFault(error, Date.now());
    faults += 1;
    if (fault.kind === 'limited' && fault.pauseMs <= longestPauseMs && faults < mostFaultsInARow) {
      return fault.pauseMs;
    }
    if (left > 0 && (fault.kind !== 'broken' || faults >= mostFaultsInARow)) giveUp(fault.kind, error);
    return undefined;
  };
  const send = async <T>(request: () => Promise<T>): Promise<T | undefined> => {
    while (left > 0) {
      left -= 1;
      const waitMs = Math.max(pace.waitMs, pauseEndsAtMs - performance.now());
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      pace.sent();
      try {
        const answer = await request();
        faults = 0;
        return answer;
      } catch (error) {
        const pauseMs = pauseAfter(error);
        if (pauseMs === undefined) return undefined;
        pauseEndsAtMs = performance.now() + pauseMs;
      }
    }
    return undefined;
  };

  return {
    get left() {
      return left;
    },
    get leftNow() {
      return Math.min(left, pace.free);
    },
    async open({ name, title, summary, startedAtMs }) {
      const answer = await send(() =>
        octokit.rest.checks.create({
          ...place,
          name,
          head_sha: headSha,
          status: 'in_progress',
          started_at: timestamp(startedAtMs),
          output: { title, summary },
        }),
      );
      return answer?.data.id;
    },
    async end(check, id) {
      const [first = [], ...more] = annotationBatches(check.annotations);
      const output = (annotations: typeof first) => ({
        title: check.title,
        summary: check.summary,
        ...(check.text === '' ? {} : { text: check.text }),
        ...(annotations.length === 0 ? {} : { annotations: [...annotations] }),
      });
      const ended = {
        ...place,
        name: check.name,
        conclusion: check.conclusion,
        status: 'completed' as const,
        ...(check.startedAtMs === undefined ? {} : { started_at: timestamp(check.startedAtMs) }),
        ...(check.finishedAtMs === undefined ? {} : { completed_at: timestamp(check.finishedAtMs) }),
      };
      const made = await send(async () => {
        const told = { ...ended, output: output(first) };
        const answer =
          id === undefined
            ? await octokit.rest.checks.create({ ...told, head_sha: headSha })
            : await octokit.rest.checks.update({ ...told, check_run_id: id });
        return answer.data.id;
      });
      if (made === undefined) return;
      for (const batch of more) {
        await send(() => octokit.rest.checks.update({ ...place, check_run_id: made, output: output(batch) }));
      }
    },
  };
}

/** As GitHub's API wants it: ISO 8601, whole seconds. */
function timestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+/, '');
}
