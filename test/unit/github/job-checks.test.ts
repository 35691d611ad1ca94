import { getOctokit } from '@actions/github';
import { expect, onTestFinished, test } from 'vitest';
import { createCheckWriter } from '../../../src/github/check-runs.ts';
import { createJobChecks } from '../../../src/github/job-checks.ts';
import type { JobReport, Outcome } from '../../../src/report/run-report.ts';
import { verdictOf } from '../../../src/report/verdict.ts';
import { startPlainApi, type ApiRefusal } from '../../support/github/github-api.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

const STRICT = { ignoreBuildFailures: false, ignoreEvalFailures: false, failOnEmpty: false };
const CANCELLED: Outcome = { kind: 'cancelled' };
const FAILED: Outcome = { kind: 'failed', builder: 'b1', message: 'exit 1' };

/** A writer of checks to a stand-in for GitHub, and how often it gave up. */
async function startWriter(refusal?: (place: number) => ApiRefusal | undefined, perMinute = 100_000) {
  const api = await startPlainApi(refusal);
  onTestFinished(() => api[Symbol.asyncDispose]());
  const refusals: string[] = [];
  const writer = createCheckWriter({
    octokit: getOctokit('token', { baseUrl: api.url }),
    owner: 'acme',
    repo: 'widgets',
    headSha: 'a'.repeat(40),
    onRefusal: (_, why) => refusals.push(why),
    perMinute,
  });
  return { requests: api.requests, refusals, writer };
}

const started = (attr: string) => ({
  drvPath: sampleDrvPath(attr),
  builder: 'b1',
});

const reportOf = (jobs: readonly JobReport[]) =>
  sampleReport({
    jobs,
    builds: jobs
      .filter(({ outcome }) => outcome.kind !== 'cancelled')
      .map(({ attr, outcome }) => sampleBuild(attr, { outcome })),
  });

test('a job has a check from its start, which its end updates; the gate comes last', async () => {
  const { requests, writer } = await startWriter();
  let report = reportOf([sampleJob('a', { outcome: CANCELLED }), sampleJob('b', { outcome: CANCELLED })]);
  const checks = createJobChecks(writer, 'nix-dispatch', () => report);
  checks.started(started('a'));
  await expect.poll(() => requests.length).toBe(1);
  report = reportOf([sampleJob('a'), sampleJob('b', { outcome: CANCELLED })]);
  checks.finished();
  await expect.poll(() => requests.length).toBe(2);
  report = reportOf([sampleJob('a'), sampleJob('b', { outcome: FAILED })]);
  await checks.close({ report, links: {} }, verdictOf(report, STRICT));
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
  const { requests, writer } = await startWriter();
  const twins = (outcome: Outcome) => ['a', 'b'].map((attr) => sampleJob(attr, { label: 'same', outcome }));
  const checks = createJobChecks(writer, 'nix-dispatch', () => reportOf(twins(CANCELLED)));
  checks.started(started('a'));
  await expect.poll(() => requests.length).toBe(1);
  const report = reportOf(twins(FAILED));
  await checks.close({ report, links: {} }, verdictOf(report, STRICT));
  expect(requests.map(({ body }) => Reflect.get(Object(body), 'name'))).toEqual([
    'checks.x86_64-linux.a same',
    'checks.x86_64-linux.a same',
    'checks.x86_64-linux.b same',
    'nix-dispatch',
  ]);
});

test('of a few jobs each has a check, also where nothing had to be built or it was built at once', async () => {
  const { requests, writer } = await startWriter();
  const report = reportOf([
    sampleJob('built'),
    sampleJob('there', { outcome: { kind: 'already-valid', where: 'b1' } }),
    sampleJob('bad', { outcome: FAILED }),
  ]);
  const checks = createJobChecks(writer, 'nix-dispatch', () => report);
  checks.started(started('built'));
  await expect.poll(() => requests.length).toBe(1);
  await checks.close({ report, links: {} }, verdictOf(report, STRICT));
  expect(requests.map(({ body }) => body)).toMatchObject([
    { name: 'built [x86_64-linux]', status: 'completed' },
    { name: 'bad [x86_64-linux]', conclusion: 'failure' },
    { name: 'there [x86_64-linux]', conclusion: 'success' },
    { name: 'nix-dispatch' },
  ]);
});

test('who has ended waits for no check but those that failed', async () => {
  const { requests, writer } = await startWriter(undefined, 60);
  const report = reportOf(Array.from({ length: 1000 }, (_, index) => sampleJob(`j${index}`)));
  await createJobChecks(writer, 'nix-dispatch', () => report).close(
    { report, links: {} },
    verdictOf(report, STRICT),
  );
  expect(requests).toHaveLength(58);
  expect(requests.at(-1)).toMatchObject({ body: { name: 'nix-dispatch' } });
});

test('of 1,000 jobs that all fail, as many as GitHub takes are shown, each of them ends, and so does the gate', async () => {
  const { requests, refusals, writer } = await startWriter();
  const jobs = (outcome: Outcome) =>
    Array.from({ length: 1000 }, (_, index) => sampleJob(`j${index}`, { outcome }));
  const checks = createJobChecks(writer, 'nix-dispatch', () => reportOf(jobs(CANCELLED)));
  for (const { attr } of jobs(CANCELLED)) checks.started(started(attr));
  await expect.poll(() => requests.length, { timeout: 10_000 }).toBeGreaterThan(50);
  const report = reportOf(jobs(FAILED));
  await checks.close({ report, links: {} }, verdictOf(report, STRICT));
  const shown = requests.filter(({ body }) => Reflect.get(Object(body), 'status') === 'in_progress');
  const updated = requests.filter(({ method }) => method === 'PATCH');
  // Two are kept in case the gate has to be tried again.
  expect(requests).toHaveLength(198);
  expect(updated).toHaveLength(shown.length);
  expect(requests.at(-1)).toMatchObject({ body: { name: 'nix-dispatch' } });
  expect(refusals).toEqual([]);
});

test('without the permission there is one refusal, and no further request', async () => {
  const { requests, refusals, writer } = await startWriter(() => ({ status: 403 }));
  const report = reportOf([sampleJob('a', { outcome: FAILED })]);
  const checks = createJobChecks(writer, 'nix-dispatch', () => report);
  checks.started(started('a'));
  await expect.poll(() => refusals.length).toBe(1);
  await checks.close({ report, links: {} }, verdictOf(report, STRICT));
  await checks.fail('no builder');
  expect(requests).toHaveLength(1);
  expect(refusals).toEqual(['forbidden']);
});

test('a run that comes to nothing leaves no check in progress', async () => {
  const { requests, writer } = await startWriter();
  const report = reportOf([sampleJob('a', { outcome: CANCELLED }), sampleJob('b', { outcome: CANCELLED })]);
  const checks = createJobChecks(writer, 'nix-dispatch', () => report);
  checks.started(started('a'));
  await expect.poll(() => requests.length).toBe(1);
  await checks.fail('the disk is full');
  expect(requests.slice(1)).toMatchObject([
    { method: 'PATCH', body: { status: 'completed', conclusion: 'cancelled' } },
    { method: 'POST', body: { name: 'nix-dispatch', conclusion: 'failure' } },
  ]);
});

test('a run that comes to nothing fails the gate', async () => {
  const { requests, writer } = await startWriter();
  await createJobChecks(writer, 'nix-dispatch', () => reportOf([])).fail('no builder can be used');
  expect(requests).toMatchObject([
    {
      body: {
        name: 'nix-dispatch',
        conclusion: 'failure',
        output: { summary: '<pre>no builder can be used</pre>' },
      },
    },
  ]);
});

test('where GitHub wants a pause, it gets one, and the same request comes again', async () => {
  const limit = { status: 403, headers: { 'retry-after': '1' }, message: 'secondary rate limit' };
  const { requests, refusals, writer } = await startWriter((place) => (place === 0 ? limit : undefined));
  const report = reportOf([]);
  const startedAt = performance.now();
  await createJobChecks(writer, 'nix-dispatch', () => report).close(
    { report, links: {} },
    verdictOf(report, STRICT),
  );
  expect(performance.now() - startedAt).toBeGreaterThan(990);
  expect(requests.map(({ body }) => Reflect.get(Object(body), 'name'))).toEqual([
    'nix-dispatch',
    'nix-dispatch',
  ]);
  expect(refusals).toEqual([]);
});

test.each([
  ['wants a long pause', { 'retry-after': '3600' }],
  ['has no requests left for an hour', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' }],
])('where GitHub %s, nothing more is tried', async (_, headers) => {
  const { requests, refusals, writer } = await startWriter(() => ({ status: 429, headers }));
  const report = reportOf([sampleJob('a', { outcome: FAILED })]);
  await createJobChecks(writer, 'nix-dispatch', () => report).close(
    { report, links: {} },
    verdictOf(report, STRICT),
  );
  expect(requests).toHaveLength(1);
  expect(refusals).toEqual(['limited']);
});

test('where GitHub refuses and takes requests, the token may not write checks', async () => {
  const headers = { 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': '99999999999' };
  const { requests, refusals, writer } = await startWriter(() => ({ status: 403, headers }));
  const report = reportOf([sampleJob('a', { outcome: FAILED })]);
  await createJobChecks(writer, 'nix-dispatch', () => report).close(
    { report, links: {} },
    verdictOf(report, STRICT),
  );
  expect(requests).toHaveLength(1);
  expect(refusals).toEqual(['forbidden']);
});

test('a fault of the server costs one check, three in a row all that follow', async () => {
  const once = await startWriter((place) => (place === 0 ? { status: 500 } : undefined));
  const report = reportOf([sampleJob('a', { outcome: FAILED }), sampleJob('b', { outcome: FAILED })]);
  const close = (writer: typeof once.writer) =>
    createJobChecks(writer, 'nix-dispatch', () => report).close(
      { report, links: {} },
      verdictOf(report, STRICT),
    );
  await close(once.writer);
  expect(once.requests).toHaveLength(3);
  expect(once.refusals).toEqual([]);
  const always = await startWriter(() => ({ status: 500 }));
  await close(always.writer);
  expect(always.requests).toHaveLength(3);
  expect(always.refusals).toEqual(['broken']);
});
