import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { unlessAborted } from '../early-end.ts';
import { annotationsOf } from '../report/annotations.ts';
import { withCommandsStopped } from '../report/log/commands.ts';
import { artifactName } from '../report/file-name.ts';
import { resultsJson } from '../report/full-results.ts';
import { jobListJson } from '../report/job-list.ts';
import { renderHtmlReport } from '../report/html/html-report.ts';
import { renderJunit } from '../report/junit.ts';
import { fitOutputs, reportOutputs, spillNotice } from '../report/outputs.ts';
import type { RunReport } from '../report/run-report.ts';
import { renderSummary, type SummaryLinks } from '../report/summary/summary.ts';
import { renderTextSummary } from '../report/text-summary.ts';
import type { Verdict } from '../report/verdict.ts';
import type { ArtifactFolder } from './artifact-folder.ts';
import { readReportPage } from './report-page.ts';
import type { ArtifactUpload, Runner } from './runner.ts';
import { artifactUrl, flakeOnGitHub, type WorkflowRun } from './workflow-run.ts';

const tooLate: ArtifactUpload = {
  kind: 'kept-local',
  reason: 'the run was ended before it was done',
  isFault: true,
};

/** An output that says where a file is. */
interface PathOutput {
  readonly name: string;
  readonly value: string;
}

/** What was written, for whoever writes more. */
export interface Published {
  readonly report: RunReport;
  /** Pages of the artifacts. */
  readonly links: SummaryLinks;
}

/** How much is written, and how long that may take. */
export interface PublishOptions {
  /** Adds to the job summary; the file is written either way. */
  readonly wantsSummary: boolean;
  /** Undefined outside of GitHub. */
  readonly workflowRun: WorkflowRun | undefined;
  /** Random text that no build can know. */
  readonly token: string;
  /** Aborted when there is no time left to wait for anybody's answer. */
  readonly hurry: AbortSignal;
}

/**
 * Writes everything a run leaves behind: files, annotations, outputs, artifacts, summary. Files come first, since they need
 * nobody; the summary comes last, since it names the artifacts.
 */
export async function publish(
  runner: Runner,
  folder: ArtifactFolder,
  recorded: RunReport,
  verdict: Verdict,
  options: PublishOptions,
): Promise<Published> {
  const { workflowRun, hurry } = options;
  const found = withPublishedFlake(recorded, workflowRun);
  const { kept, spilled } = fitOutputs(reportOutputs(found, verdict));
  for (const { file, value } of spilled) await writeFile(join(folder.results, file), value);
  const spillage = spilled.map((output) => spillNotice(output, artifactName(folder.prefix, 'build-results')));
  const report = { ...found, notices: [...found.notices, ...spillage] };
  const paths = await writeReports(folder, report);
  for (const line of withCommandsStopped(options.token, renderTextSummary(report).split('\n')))
    runner.print(line);
  for (const annotation of annotationsOf(report)) runner.annotate(annotation);
  for (const { name, value } of [...kept, ...paths]) runner.setOutput(name, value);

  const results = await upload(runner, folder, 'build-results', folder.results, hurry);
  const logs = await upload(runner, folder, 'build-logs', folder.logs, hurry);
  const outputs = await upload(runner, folder, 'build-outputs', folder.outputs, hurry);
  const cache = await upload(runner, folder, 'build-cache', folder.cache, hurry);
  const uploads = { results, logs, outputs, cache };
  for (const [name, upload] of Object.entries(uploads)) {
    if (upload?.kind === 'uploaded') runner.setOutput(`${name}_artifact_id`, String(upload.id ?? ''));
  }
  if (outputs !== undefined) runner.setOutput('outputs_path', folder.outputs);
  if (cache !== undefined) runner.setOutput('cache_path', folder.cache);
  const links = {
    logs: linkTo(workflowRun, logs),
    results: linkTo(workflowRun, results),
    outputs: linkTo(workflowRun, outputs),
    cache: linkTo(workflowRun, cache),
  };
  const summary = renderSummary(report, links);
  const summaryPath = join(folder.root, 'summary.md');
  await writeFile(summaryPath, summary);
  runner.setOutput('summary_path', summaryPath);
  if (options.wantsSummary) await runner.writeSummary(summary);
  if (Object.values(uploads).some((upload) => upload?.kind === 'kept-local')) {
    runner.setOutput('artifact_dir', folder.root);
    runner.print(`Logs and results are kept in ${folder.root}`);
  }
  return { report, links };
}

/** The report with the flake as others can fetch it, where it is on GitHub. */
export function withPublishedFlake(report: RunReport, run: WorkflowRun | undefined): RunReport {
  return { ...report, publishedFlake: run && flakeOnGitHub(run, report.lockedFlake) };
}

/** Returns the outputs that say where they are. */
async function writeReports(folder: ArtifactFolder, report: RunReport): Promise<readonly PathOutput[]> {
  const resultsPath = join(folder.results, 'results.json');
  await writeFile(resultsPath, resultsJson(report));
  await writeFile(join(folder.results, 'jobs.json'), jobListJson(report));
  const results = { name: 'results_path', value: resultsPath };
  if (report.listed !== undefined) return [results];
  await writeFile(join(folder.results, 'junit.xml'), renderJunit(report));
  const page = await readReportPage();
  if (page === undefined) return [results];
  const pagePath = join(folder.results, 'report.html');
  await writeFile(pagePath, renderHtmlReport(report, page));
  return [results, { name: 'html_report_path', value: pagePath }];
}

function linkTo(run: WorkflowRun | undefined, upload: ArtifactUpload | undefined): string | undefined {
  if (run === undefined || upload?.kind !== 'uploaded' || upload.id === undefined) return undefined;
  return artifactUrl(run, upload.id);
}

/** Undefined when there is nothing to upload. */
async function upload(
  runner: Runner,
  folder: ArtifactFolder,
  name: string,
  directory: string,
  hurry: AbortSignal,
): Promise<ArtifactUpload | undefined> {
  const files = await filesIn(directory);
  if (files.length === 0) return undefined;
  const isCompressed = directory === folder.outputs || directory === folder.cache;
  const work = runner.uploadArtifact(artifactName(folder.prefix, name), files, directory, { isCompressed });
  const upload = await unlessAborted(hurry, work, tooLate);
  if (upload.kind === 'kept-local' && upload.isFault) {
    runner.annotate({
      level: 'warning',
      title: `The artifact ${name} was not uploaded`,
      message: `${upload.reason.replace(/\.$/, '')}. Its files are in ${directory}.`,
    });
  }
  return upload;
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
