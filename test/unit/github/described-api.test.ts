import { getOctokit } from '@actions/github';
import { expect } from 'vitest';
import { createCheckWriter } from '../../../src/github/check-runs.ts';
import { createJobChecks } from '../../../src/github/job-checks.ts';
import { verdictOf } from '../../../src/report/verdict.ts';
import { startDescribedApi, type GithubApi } from '../../support/github/github-api.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';
import { LARGE, largeReport } from '../../support/report/large-report.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';
import { githubApi, requires } from '../../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(githubApi);
const STRICT = { ignoreBuildFailures: false, ignoreEvalFailures: false, failOnEmpty: false };
const headSha = 'a'.repeat(40);

let api: GithubApi;
beforeAll(async () => {
  api = await startDescribedApi();
});
afterAll(() => api[Symbol.asyncDispose]());

function startWriter() {
  const octokit = getOctokit('token', { baseUrl: api.url });
  const refusals: string[] = [];
  const writer = createCheckWriter({
    octokit,
    owner: 'acme',
    repo: 'widgets',
    headSha,
    onRefusal: (reason) => refusals.push(reason),
    detailsUrl: 'https://github.com/acme/widgets/actions/runs/1',
    perMinute: 100_000,
  });
  return { octokit, writer, refusals, before: api.requests.length };
}

test('checks of every kind are what GitHub describes', async () => {
  const { writer, refusals, before } = startWriter();
  const failed = { kind: 'failed', builder: 'b1', message: 'exit 1' } as const;
  const position = { file: 'flake.nix', line: 3, column: 1 };
  const broken = Array.from({ length: 120 }, (_, index) =>
    sampleJob(`e${index}`, {
      drvPath: undefined,
      outcome: { kind: 'evaluation-failed', message: 'x'.repeat(100_000), position },
    }),
  );
  const report = sampleReport({
    jobs: [
      sampleJob('good'),
      sampleJob('bad', { outcome: failed }),
      sampleJob('late', { outcome: { kind: 'timed-out', builder: 'b1', message: 'too late' } }),
      sampleJob('above', { outcome: { kind: 'dependency-failed', root: sampleDrvPath('bad') } }),
      ...broken,
    ],
    builds: [
      sampleBuild('good'),
      sampleBuild('bad', {
        outcome: failed,
        logTail: Array.from({ length: 40 }, () => '\u{1f4a5}'.repeat(2000)),
        logLines: 99_999,
      }),
    ],
  });
  const begun = sampleReport({ jobs: [sampleJob('good', { outcome: { kind: 'cancelled' } })] });
  const checks = createJobChecks(writer, 'nix-dispatch', () => begun);
  checks.started({ drvPath: sampleDrvPath('good'), builder: 'b1' });
  await expect.poll(() => api.requests.length, { timeout: 5000 }).toBe(before + 1);
  await checks.close({ report, links: {} }, verdictOf(report, STRICT));
  await checks.fail('nothing works');
  expect(api.faults).toEqual([]);
  expect(refusals).toEqual([]);
  const sent = api.requests.slice(before);
  const conclusions = sent.map(({ body }) => Reflect.get(Object(body), 'conclusion'));
  expect(new Set(conclusions)).toEqual(new Set([undefined, 'success', 'failure', 'timed_out']));
  const annotations = sent.filter(({ method }) => method === 'PATCH').slice(1);
  expect(annotations).toHaveLength(2);
});

test('so are those of a large run with hostile names', async () => {
  const { writer, refusals, before } = startWriter();
  const report = largeReport({ ...LARGE, jobs: 150, failedEvery: 2, texts: HOSTILE_TEXTS });
  const checks = createJobChecks(writer, 'nix-dispatch', () => report);
  for (const { drvPath } of report.jobs)
    checks.started({ drvPath: drvPath ?? '', builder: HOSTILE_TEXTS.join() });
  await checks.close({ report, links: {} }, verdictOf(report, STRICT));
  expect(api.faults).toEqual([]);
  expect(refusals).toEqual([]);
  expect(api.requests.length - before).toBeGreaterThan(50);
});

test('what GitHub does not describe is refused here, too', async () => {
  const { octokit } = startWriter();
  const place = { owner: 'acme', repo: 'widgets', name: 'x', head_sha: headSha };
  const annotation = {
    path: 'x',
    start_line: 1,
    end_line: 1,
    annotation_level: 'notice',
    message: 'x',
  } as const;
  const output = { title: 'x', summary: 'x' };
  const wrong = [
    { ...place, conclusion: 'splendid' as 'success' },
    { ...place, output: { ...output, summary: 'x'.repeat(65_536) } },
    { ...place, output: { ...output, annotations: Array.from({ length: 51 }, () => annotation) } },
    { ...place, started_at: 'yesterday' },
  ];
  for (const request of wrong) {
    await expect(octokit.request('POST /repos/{owner}/{repo}/check-runs', request)).rejects.toMatchObject({
      status: 422,
    });
  }
  expect(api.faults).toHaveLength(wrong.length);
});
