import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { unlessAborted } from '../early-end.ts';
import { annotationsOf } from '../report/annotations.ts';
import { withCommandsStopped } from '../report/log/commands.ts';
import { artifactName } from '../report/file-name.ts';
import { fullResults } from '../report/full-results.ts';
import { renderHtmlReport } from '../report/html/html-report.ts';
import { renderJunit } from '../report/junit.ts';
import { referenceResults } from '../report/results.ts';
import type { RunReport } from '../report/run-report.ts';
import { renderSummary } from '../report/summary/summary.ts';
import { renderTextSummary } from '../report/text-summary.ts';
import type { Verdict } from '../report/verdict.ts';
import type { ArtifactFolder } from './artifact-folder.ts';
import { readReportPage } from './report-page.ts';
import type { ArtifactUpload, Runner } from './runner.ts';

/** GitHub drops outputs of a job that are larger than this in all. */
const mostOutputBytes = 900_000;

const tooLate: ArtifactUpload = {
  kind: 'kept-local',
  reason: 'the run was ended before it was done',
  isFault: true,
};

export interface PublishOptions {
  /** Adds to the job summary; the file is written either way. */
  readonly wantsSummary: boolean;
  /** Random text that no build can know. */
  readonly token: string;
  /** Aborted when there is no time left to wait for anybody's answer. */
  readonly hurry: AbortSignal;
}

/** Writes everything a run leaves behind: files, summary, annotations, outputs, artifacts. Files come first: they need nobody. */
export async function publish(
  runner: Runner,
  folder: ArtifactFolder,
  report: RunReport,
  verdict: Verdict,
  options: PublishOptions,
): Promise<void> {
  const summary = renderSummary(report);
  await writeFile(join(folder.root, 'summary.md'), summary);
  await writeFile(join(folder.results, 'results.json'), JSON.stringify(fullResults(report), undefined, 2));
  await writeFile(join(folder.results, 'junit.xml'), renderJunit(report));
  const page = await readReportPage();
  if (page !== undefined) {
    await writeFile(join(folder.results, 'report.html'), renderHtmlReport(report, page));
  }
  for (const line of withCommandsStopped(options.token, renderTextSummary(report).split('\n')))
    runner.print(line);
  for (const annotation of annotationsOf(report)) runner.annotate(annotation);
  if (options.wantsSummary) await runner.writeSummary(summary);

  runner.setOutput('success', String(verdict.success));
  const results = JSON.stringify(referenceResults(report));
  if (Buffer.byteLength(results) <= mostOutputBytes) runner.setOutput('results', results);
  else {
    runner.annotate({
      level: 'warning',
      title: 'The output results is too large',
      message: `GitHub takes 1 MB of outputs and results would be ${Buffer.byteLength(results)} bytes. It is in results.json of the artifact ${folder.prefix}-build-results.`,
    });
  }
  const kept = [
    await upload(runner, folder, 'build-results', folder.results, options.hurry),
    await upload(runner, folder, 'build-logs', folder.logs, options.hurry),
  ];
  if (!kept.includes(true)) return;
  runner.setOutput('artifact_dir', folder.root);
  runner.print(`Logs and results are kept in ${folder.root}`);
}

/** Whether the files stay in their folder because nobody takes them. */
async function upload(
  runner: Runner,
  folder: ArtifactFolder,
  name: string,
  directory: string,
  hurry: AbortSignal,
): Promise<boolean> {
  const entries = await readdir(directory);
  if (entries.length === 0) return false;
  const files = entries.map((entry) => join(directory, entry));
  const work = runner.uploadArtifact(artifactName(folder.prefix, name), files, directory);
  const upload = await unlessAborted(hurry, work, tooLate);
  if (upload.kind === 'kept-local' && upload.isFault) {
    runner.annotate({
      level: 'warning',
      title: `The artifact ${name} was not uploaded`,
      message: `${upload.reason.replace(/\.$/, '')}. Its files are in ${directory}.`,
    });
  }
  return upload.kind === 'kept-local';
}
