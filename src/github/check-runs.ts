import type { getOctokit } from '@actions/github';

import { annotationBatches, type CheckAnnotation } from '../report/checks/check-annotations.ts';
import type { CheckRunText } from '../report/checks/check-run.ts';
import { createPacedRequests, type RefusalListener } from './paced-requests.ts';

type Octokit = ReturnType<typeof getOctokit>;

/** Where checks are written to. */
export interface CheckTarget {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** Commit that the checks stand at. */
  readonly headSha: string;
  /** Told once when checks cannot be written; nothing is tried after that. */
  readonly onRefusal: RefusalListener;
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
  const { octokit, owner, repo, headSha, onRefusal, detailsUrl, perMinute } = target;
  const place = { owner, repo, ...(detailsUrl === undefined ? {} : { details_url: detailsUrl }) };
  const requests = createPacedRequests({ onRefusal, perMinute });

  return {
    get left() {
      return requests.left;
    },
    get leftNow() {
      return requests.leftNow;
    },
    async open({ name, title, summary, startedAtMs }) {
      const answer = await requests.send(() =>
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
      const [first = outputOf(check, []), ...more] = annotationBatches(check.annotations).map((batch) =>
        outputOf(check, batch),
      );
      const ended = { ...place, ...endOf(check), output: first };
      const made = await requests.send(async () => {
        const answer =
          id === undefined
            ? await octokit.rest.checks.create({ ...ended, head_sha: headSha })
            : await octokit.rest.checks.update({ ...ended, check_run_id: id });
        return answer.data.id;
      });
      if (made === undefined) return;
      for (const output of more) {
        await requests.send(() => octokit.rest.checks.update({ ...place, check_run_id: made, output }));
      }
    },
  };
}

/** Without annotations where there are none: GitHub adds those of a request to what the check has. */
function outputOf({ title, summary, text }: CheckRunText, annotations: readonly CheckAnnotation[]) {
  return {
    title,
    summary,
    ...(text === '' ? {} : { text }),
    ...(annotations.length === 0 ? {} : { annotations: [...annotations] }),
  };
}

function endOf({ name, conclusion, startedAtMs, finishedAtMs }: CheckRunText) {
  return {
    name,
    conclusion,
    status: 'completed' as const,
    ...(startedAtMs === undefined ? {} : { started_at: timestamp(startedAtMs) }),
    ...(finishedAtMs === undefined ? {} : { completed_at: timestamp(finishedAtMs) }),
  };
}

/** As GitHub's API wants it: ISO 8601, whole seconds. */
function timestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+/, '');
}
