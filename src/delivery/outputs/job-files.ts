import { compression } from '../../compression.ts';
import { isStorePath, parseStorePath, type StorePath } from '../../nix/store-path.ts';
import { fileNameOf } from '../../report/file-name.ts';
import type { JobReport } from '../../report/run-report.ts';

/** An output of a job, and what it is called in the job's archive. */
export interface NamedOutput {
  readonly path: StorePath;
  /** `result`, or `result-dev` for an output other than `out`, as Nix names its links. */
  readonly root: string;
}

/** Name of the archive that holds a job's outputs, safe wherever it is unpacked. */
export function tarNameOf({ path }: Pick<JobReport, 'path'>): string {
  return `${fileNameOf(path)}.tar.${compression.ending}`;
}

/** Whether it is known where its outputs are. */
export function hasOutputs({ outputs }: Pick<JobReport, 'outputs'>): boolean {
  const paths = Object.values(outputs);
  return paths.length > 0 && paths.every((path) => isStorePath(path));
}

/** What goes into it. */
export function namedOutputs({ outputs }: Pick<JobReport, 'outputs'>): readonly NamedOutput[] {
  return Object.entries(outputs).map(([name, path]) => ({
    path: parseStorePath(path),
    root: name === 'out' ? 'result' : `result-${fileNameOf([name])}`,
  }));
}
