import * as core from '@actions/core';

import type { Annotation } from '../report/annotations.ts';
import { cleanLine, cleanText } from '../report/escape/clean.ts';
import { annotationLines, createTerminalPrinter } from './terminal.ts';

/** What the program needs of the machine that runs it: GitHub's runner, act, or a terminal. */
export interface Runner {
  /** An input as text, '' when it was not given. */
  input(name: string): string;
  print(line: string): void;
  /** Errors quote flakes, inputs and machines: whatever they say is only shown. */
  annotate(annotation: Annotation): void;
  setOutput(name: string, value: string): void;
  /** Sets a variable for later steps of the job. */
  exportVariable(name: string, value: string): void;
  /** Keeps a value for the step that runs after the job. */
  saveState(name: string, value: string): void;
  /** Adds markdown to the job summary; where there is none, false. */
  writeSummary(markdown: string): Promise<boolean>;
  /** Whether something was added to it. */
  hasSummary(): boolean;
  /** Uploads files as one artifact; undefined where artifacts can't be uploaded, with the reason. */
  uploadArtifact(
    name: string,
    files: readonly string[],
    root: string,
    options: { readonly isCompressed: boolean },
  ): Promise<ArtifactUpload>;
}

/** What became of an upload. */
export type ArtifactUpload =
  | { readonly kind: 'uploaded'; readonly id: number | undefined }
  /** `isFault`: there is a service, and it did not take them. */
  | { readonly kind: 'kept-local'; readonly reason: string; readonly isFault: boolean };

/** The runner that the environment describes. */
export function createRunner(environment: NodeJS.ProcessEnv): Runner {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const isTerminal = process.stdout.isTTY && environment['GITHUB_ACTIONS'] !== 'true';
  let hasSummary = false;
  const print = isTerminal ? createTerminalPrinter(write) : write;
  return {
    input: (name) => core.getInput(name, { trimWhitespace: false }),
    print,
    annotate(annotation) {
      if (isTerminal) {
        for (const line of annotationLines(annotation)) print(line);
        return;
      }
      const { level, file, line, column } = annotation;
      const message = cleanText(annotation.message);
      const properties = {
        title: cleanLine(annotation.title),
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { startLine: line }),
        ...(column === undefined ? {} : { startColumn: column }),
      };
      if (level === 'error') core.error(message, properties);
      else if (level === 'warning') core.warning(message, properties);
      else core.notice(message, properties);
    },
    setOutput(name, value) {
      // Outside of a job core would print the obsolete command instead.
      if ((environment['GITHUB_OUTPUT'] ?? '') !== '') core.setOutput(name, value);
    },
    exportVariable(name, value) {
      if ((environment['GITHUB_ENV'] ?? '') !== '') core.exportVariable(name, value);
    },
    saveState(name, value) {
      if ((environment['GITHUB_STATE'] ?? '') !== '') core.saveState(name, value);
    },
    async writeSummary(markdown) {
      const file = environment['GITHUB_STEP_SUMMARY'] ?? '';
      if (file === '') return false;
      await core.summary.addRaw(markdown, true).write();
      hasSummary = true;
      return true;
    },
    hasSummary: () => hasSummary,
    async uploadArtifact(name, files, root, { isCompressed }) {
      // act's server speaks an older protocol than the client (nektos/act#6022), and outside of a job there is none.
      if (environment['ACT'] === 'true')
        return { kind: 'kept-local', reason: 'act keeps no artifacts of this kind', isFault: false };
      if ((environment['ACTIONS_RUNTIME_TOKEN'] ?? '') === '') {
        return { kind: 'kept-local', reason: 'no artifact service is offered here', isFault: false };
      }
      try {
        const { DefaultArtifactClient } = await import('@actions/artifact');
        const { id } = await new DefaultArtifactClient().uploadArtifact(
          name,
          [...files],
          root,
          isCompressed ? { compressionLevel: 0 } : {},
        );
        return { kind: 'uploaded', id };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { kind: 'kept-local', reason, isFault: true };
      }
    },
  };
}
