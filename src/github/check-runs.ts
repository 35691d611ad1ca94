import type { getOctokit } from '@actions/github';

import { annotationBatches } from '../report/checks/check-annotations.ts';
import type { CheckRunText } from '../report/checks/check-run.ts';

type Octokit = ReturnType<typeof getOctokit>;

/** GitHub takes 80 requests a minute that make content, and 500 an hour from all that a repository's jobs do. */
const defaultPaceMs = 800;
const mostRequests = 200;
const mostFaultsInARow = 3;

export interface CheckTarget {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** Commit that the checks stand at. */
  readonly headSha: string;
  /** Told once when checks cannot be written; nothing is tried after that. */
  readonly onRefusal: (reason: string) => void;
  /** Time from one request to the next. */
  readonly paceMs?: number;
}

/** GitHub's checks as far as we need them: one request after the other, never faster or more than GitHub allows. */
export interface CheckWriter {
  /** How many requests may still be made; 0 after a refusal. */
  readonly left: number;
  /** Shows a check as running. Resolves to its id; undefined when it could not be made. Never rejects. */
  open(name: string): Promise<number | undefined>;
  /** Ends a check; without an id one is made that has ended already. Never rejects. */
  end(check: CheckRunText, id: number | undefined): Promise<void>;
}

export function createCheckWriter(target: CheckTarget): CheckWriter {
  const { octokit, owner, repo, headSha, onRefusal, paceMs = defaultPaceMs } = target;
  let left = mostRequests;
  let faults = 0;
  let nextAtMs = 0;

  const send = async <T>(request: () => Promise<T>): Promise<T | undefined> => {
    if (left <= 0) return undefined;
    left -= 1;
    const waitMs = nextAtMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    nextAtMs = performance.now() + paceMs;
    try {
      const answer = await request();
      faults = 0;
      return answer;
    } catch (error) {
      faults += 1;
      const status = error instanceof Error && 'status' in error ? error.status : undefined;
      const isFinal = status === 401 || status === 403 || status === 404 || status === 429;
      if (left > 0 && (isFinal || faults >= mostFaultsInARow)) {
        left = 0;
        onRefusal(error instanceof Error ? error.message : String(error));
      }
      return undefined;
    }
  };

  return {
    get left() {
      return left;
    },
    async open(name) {
      const answer = await send(() =>
        octokit.rest.checks.create({ owner, repo, name, head_sha: headSha, status: 'in_progress' }),
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
        owner,
        repo,
        name: check.name,
        conclusion: check.conclusion,
        status: 'completed' as const,
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
        await send(() =>
          octokit.rest.checks.update({ owner, repo, check_run_id: made, output: output(batch) }),
        );
      }
    },
  };
}
