import { attributePathOf } from './attribute.ts';
import { cleanLine } from './escape/clean.ts';
import { clip } from './escape/clip.ts';
import { htmlText } from './escape/markup.ts';
import { classOf, outcomeMessage, outcomePlace, outcomeWords, wallSecondsOf } from './outcomes.ts';
import type { BuildReport, JobReport, RunReport } from './run-report.ts';
import { viewOf } from './view.ts';

const MESSAGE_CHARACTERS = 1000;

/** What a job is to a reader of JUnit: a failure is the code's, an error is not. Nothing counts as skipped. */
type Verdict = 'passed' | 'failure' | 'error';

/**
 * JUnit XML: a suite for each top-level output and system, a case for each job. Blocked and cancelled jobs are failures
 * and errors, because readers take what is skipped for green.
 */
export function renderJunit(report: RunReport): string {
  const { builds, totals } = viewOf(report);
  const suites = new Map<string, JobReport[]>();
  for (const job of report.jobs) {
    const name = `${job.topAttr}.${job.system}`;
    const known = suites.get(name);
    if (known === undefined) suites.set(name, [job]);
    else known.push(job);
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="nix-dispatch" ${counts(report.jobs)} time="${totals.wallSeconds.toFixed(3)}">`,
    ...[...suites].map(([name, jobs]) => suite(name, jobs, builds, report)),
    '</testsuites>\n',
  ].join('\n');
}

function suite(
  name: string,
  jobs: readonly JobReport[],
  builds: ReadonlyMap<string, BuildReport>,
  report: RunReport,
): string {
  const build = (job: JobReport) => builds.get(job.drvPath ?? '');
  const seconds = jobs.reduce((sum, job) => sum + (wallSecondsOf(build(job)) ?? 0), 0);
  const timestamp = new Date(report.startedAtMs).toISOString().slice(0, 19);
  return [
    `<testsuite name="${attribute(name)}" ${counts(jobs)} time="${seconds.toFixed(3)}" timestamp="${timestamp}">`,
    ...jobs.map((job) => testCase(name, job, build(job))),
    '</testsuite>',
  ].join('\n');
}

function testCase(suiteName: string, job: JobReport, build: BuildReport | undefined): string {
  const seconds = wallSecondsOf(build) ?? 0;
  const verdict = verdictOf(job);
  const lines = [
    `<testcase classname="${attribute(suiteName)}" name="${attribute(job.attr)}" time="${seconds.toFixed(3)}">`,
  ];
  if (verdict !== 'passed') {
    const message = attribute(clip(headline(job), MESSAGE_CHARACTERS));
    const text = xmlText(outcomeMessage(job.outcome));
    lines.push(`<${verdict} type="${job.outcome.kind}" message="${message}">${text}</${verdict}>`);
  }
  if (build !== undefined && build.logTail.length > 0 && verdict !== 'passed') {
    lines.push(`<system-out>${xmlText(build.logTail.join('\n'))}</system-out>`);
  }
  lines.push('</testcase>');
  return lines.join('\n');
}

function headline(job: JobReport): string {
  const place = outcomePlace(job.outcome);
  return `${attributePathOf(job)} ${outcomeWords(job.outcome)}${place === undefined ? '' : ` on ${place}`}`;
}

function verdictOf(job: JobReport): Verdict {
  switch (classOf(job.outcome)) {
    case 'passed':
      return 'passed';
    case 'failed':
    case 'blocked':
      return 'failure';
    case 'infrastructure':
    case 'cancelled':
    case 'evaluation':
      return 'error';
  }
}

function counts(jobs: readonly JobReport[]): string {
  const of = (verdict: Verdict) => jobs.filter((job) => verdictOf(job) === verdict).length;
  return `tests="${jobs.length}" failures="${of('failure')}" errors="${of('error')}" skipped="0"`;
}

function attribute(text: string): string {
  return xmlText(cleanLine(text));
}

/** XML forbids two more characters than the cleaning removes. */
function xmlText(text: string): string {
  return htmlText(text).replace(/[\ufffe\uffff]/g, '\ufffd');
}
