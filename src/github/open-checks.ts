import { readFile } from 'node:fs/promises';

import { failedGateCheck } from '../report/checks/check-run.ts';
import type { RunReport } from '../report/run-report.ts';
import { createCheckWriter, type CheckWriter } from './check-runs.ts';
import { createJobChecks, type JobChecks } from './job-checks.ts';
import type { RefusalKind } from './paced-requests.ts';
import { workflowRunOf } from './workflow-run.ts';

/** Who the checks are for. */
export interface ChecksOptions {
  /** Secret. */
  readonly githubToken: string | undefined;
  readonly artifactPrefix: string | undefined;
  readonly snapshot: () => RunReport;
  readonly notice: (title: string, message: string) => void;
}

const advice: Readonly<Record<RefusalKind, string>> = {
  forbidden: 'They need permissions: checks: write, and the input github_token.',
  limited: 'GitHub takes no more requests from this repository for a while; nothing has to be changed.',
  broken: 'The builds are not affected.',
};

/** Whose checks, and who is told where none can be written. */
type WriterOptions = Omit<ChecksOptions, 'snapshot'>;

/** The checks of this run; undefined, with a notice, where none can be written. */
export async function openChecks(
  environment: NodeJS.ProcessEnv,
  options: ChecksOptions,
): Promise<JobChecks | undefined> {
  const writer = await openWriter(environment, options);
  return writer && createJobChecks(writer, gateNameOf(options), options.snapshot);
}

/**
 * Ends the gate of a run that failed before it had checks: whoever requires it would wait for it for ever. Never rejects; where it can't be
 * written there is a notice.
 */
export async function failGate(
  environment: NodeJS.ProcessEnv,
  options: WriterOptions,
  reason: string,
): Promise<void> {
  const writer = await openWriter(environment, options);
  await writer?.end(failedGateCheck(gateNameOf(options), reason), undefined);
}

function gateNameOf({ artifactPrefix }: Pick<ChecksOptions, 'artifactPrefix'>): string {
  return artifactPrefix === undefined ? 'nix-dispatch' : `nix-dispatch (${artifactPrefix})`;
}

async function openWriter(
  environment: NodeJS.ProcessEnv,
  { githubToken, notice }: WriterOptions,
): Promise<CheckWriter | undefined> {
  const onRefusal = (reason: string, why: RefusalKind): void => {
    notice(
      'Check runs are missing',
      `Checks could not be written: ${reason.replace(/\.$/, '')}. ${advice[why]}`,
    );
  };
  const run = workflowRunOf(environment);
  if (run === undefined || githubToken === undefined) {
    onRefusal(run === undefined ? 'this is no run on GitHub' : 'github_token is empty', 'forbidden');
    return undefined;
  }
  const { getOctokit } = await import('@actions/github');
  const [owner = '', repo = ''] = run.repository.split('/');
  const baseUrl = environment['GITHUB_API_URL'];
  return createCheckWriter({
    octokit: getOctokit(githubToken, baseUrl === undefined ? {} : { baseUrl }),
    owner,
    repo,
    headSha: (await pullRequestHead(environment)) ?? run.commit,
    onRefusal,
    detailsUrl: `${run.serverUrl}/${run.repository}/actions/runs/${run.runId}`,
  });
}

/** A pull request shows the checks of its own last commit, not of the merge that is built. Undefined where nothing says so. */
async function pullRequestHead(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const sha = ['pull_request', 'head', 'sha'].reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    await readEvent(environment['GITHUB_EVENT_PATH'] ?? ''),
  );
  return typeof sha === 'string' && /^[0-9a-f]{40}$/.test(sha) ? sha : undefined;
}

/** What led to the workflow run. Without it there are checks too: a file that is missing or broken ends nothing. */
async function readEvent(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
