import { createServer } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { getOctokit } from '@actions/github';
import { afterEach, expect, test } from 'vitest';
import { createCheckWriter, type CheckWriter } from '../../../src/github/check-runs.ts';
import { createJobChecks } from '../../../src/github/job-checks.ts';
import type { JobReport, Outcome } from '../../../src/report/run-report.ts';
import { verdictOf } from '../../../src/report/verdict.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

const STRICT = { ignoreBuildFailures: false, ignoreEvalFailures: false, failOnEmpty: false };
const CANCELLED: Outcome = { kind: 'cancelled' };
const FAILED: Outcome = { kind: 'failed', builder: 'b1', message: 'exit 1' };

let stop = (): void => {};
afterEach(() => stop());

/** A stand-in for GitHub's API of check runs; requests that it was sent, and how often checks were refused. */
async function startApi(status = 201) {
  const requests: {
    readonly method: string | undefined;
    readonly path: string | undefined;
    readonly body: unknown;
  }[] = [];
  const refusals: string[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      requests.push({ method: request.method, path: request.url, body });
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(status < 300 ? { id: requests.length } : { message: 'not accessible' }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = () => void server.close();
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const writer: CheckWriter = createCheckWriter({
    octokit: getOctokit('token', { baseUrl: `http://127.0.0.1:${port}` }),
    owner: 'acme',
    repo: 'widgets',
    headSha: 'a'.repeat(40),
    onRefusal: (reason) => refusals.push(reason),
    paceMs: 0,
  });
  return { requests, refusals, writer };
}

const reportOf = (jobs: readonly JobReport[]) =>
  sampleReport({
    jobs,
    builds: jobs
      .filter(({ outcome }) => outcome.kind !== 'cancelled')
      .map(({ attr, outcome }) => sampleBuild(attr, { outcome })),
  });

test('a job has a check from its start, which its end updates; the gate comes last', async () => {
  const { requests, writer } = await startApi();
  let report = reportOf([sampleJob('a', { outcome: CANCELLED }), sampleJob('b', { outcome: CANCELLED })]);
  const checks = createJobChecks(writer, 'nix-dispatch', () => report);
  checks.started(sampleDrvPath('a'));
  await expect.poll(() => requests.length).toBe(1);
  report = reportOf([sampleJob('a'), sampleJob('b', { outcome: CANCELLED })]);
  checks.finished();
  await expect.poll(() => requests.length).toBe(2);
  report = reportOf([sampleJob('a'), sampleJob('b', { outcome: FAILED })]);
  await checks.close(report, verdictOf(report, STRICT));
  expect(requests).toMatchObject([
    {
      method: 'POST',
      path: '/repos/acme/widgets/check-runs',
      body: { name: 'a [x86_64-linux]', status: 'in_progress', head_sha: 'a'.repeat(40) },
    },
    {
      method: 'PATCH',
      path: '/repos/acme/widgets/check-runs/1',
      body: { status: 'completed', conclusion: 'success' },
    },
    { method: 'POST', body: { name: 'b [x86_64-linux]', status: 'completed', conclusion: 'failure' } },
    { method: 'POST', body: { name: 'nix-dispatch', conclusion: 'failure' } },
  ]);
});

test('jobs with the same label have checks of different names', async () => {
  const { requests, writer } = await startApi();
  const twins = (outcome: Outcome) => ['a', 'b'].map((attr) => sampleJob(attr, { label: 'same', outcome }));
  const checks = createJobChecks(writer, 'nix-dispatch', () => reportOf(twins(CANCELLED)));
  checks.started(sampleDrvPath('a'));
  await expect.poll(() => requests.length).toBe(1);
  const report = reportOf(twins(FAILED));
  await checks.close(report, verdictOf(report, STRICT));
  expect(requests.map(({ body }) => Reflect.get(Object(body), 'name'))).toEqual([
    'checks.x86_64-linux.a same',
    'checks.x86_64-linux.a same',
    'checks.x86_64-linux.b same',
    'nix-dispatch',
  ]);
});

test('of 1,000 jobs that all fail, as many as GitHub takes are shown, each of them ends, and so does the gate', async () => {
  const { requests, refusals, writer } = await startApi();
  const jobs = (outcome: Outcome) =>
    Array.from({ length: 1000 }, (_, index) => sampleJob(`j${index}`, { outcome }));
  const checks = createJobChecks(writer, 'nix-dispatch', () => reportOf(jobs(CANCELLED)));
  for (const { drvPath } of jobs(CANCELLED)) checks.started(drvPath ?? '');
  await expect.poll(() => requests.length, { timeout: 10_000 }).toBeGreaterThan(50);
  const report = reportOf(jobs(FAILED));
  await checks.close(report, verdictOf(report, STRICT));
  const shown = requests.filter(({ body }) => Reflect.get(Object(body), 'status') === 'in_progress');
  const updated = requests.filter(({ method }) => method === 'PATCH');
  expect(requests).toHaveLength(200);
  expect(updated).toHaveLength(shown.length);
  expect(requests.at(-1)).toMatchObject({ body: { name: 'nix-dispatch' } });
  expect(refusals).toEqual([]);
});

test('without the permission there is one refusal, and no further request', async () => {
  const { requests, refusals, writer } = await startApi(403);
  const report = reportOf([sampleJob('a', { outcome: FAILED })]);
  const checks = createJobChecks(writer, 'nix-dispatch', () => report);
  checks.started(sampleDrvPath('a'));
  await expect.poll(() => refusals.length).toBe(1);
  await checks.close(report, verdictOf(report, STRICT));
  await checks.fail('no builder');
  expect(requests).toHaveLength(1);
  expect(refusals).toHaveLength(1);
});

test('a run that comes to nothing fails the gate', async () => {
  const { requests, writer } = await startApi();
  await createJobChecks(writer, 'nix-dispatch', () => sampleReport()).fail('no builder can be used');
  expect(requests).toMatchObject([
    { body: { name: 'nix-dispatch', conclusion: 'failure', output: { summary: 'no builder can be used' } } },
  ]);
});
