import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseOutputs } from '../../../scripts/demo/outputs.ts';
import { readLine, type CommandState } from '../../../scripts/demo/workflow-commands.ts';

/** An annotation as GitHub would keep it. */
export interface StepAnnotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string | undefined;
  readonly message: string;
  readonly file: string | undefined;
  readonly line: string | undefined;
}

/** What GitHub's runner holds when a step has ended. */
export interface StepResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly seconds: number;
  /** Everything it printed, byte for byte. */
  readonly printed: string;
  /** Lines that are no commands. */
  readonly log: readonly string[];
  readonly annotations: readonly StepAnnotation[];
  /** Names of the commands that are no annotations. */
  readonly commands: readonly string[];
  readonly outputs: ReadonlyMap<string, string>;
  /** Variables for later steps of the job. */
  readonly variables: ReadonlyMap<string, string>;
  /** What it left for the step after the job. */
  readonly state: ReadonlyMap<string, string>;
  /** The output `results`; undefined when it was not set. */
  readonly results: unknown;
  /** The job summary, '' when there is none. */
  readonly summary: string;
  /** Text files that it kept for artifacts, by their path in the folder that `artifact_dir` names. */
  readonly kept: Readonly<Record<string, string>>;
}

/** Files through which a step talks to its runner, by the variable that names them. */
export const commandFiles = [
  'GITHUB_OUTPUT',
  'GITHUB_STEP_SUMMARY',
  'GITHUB_ENV',
  'GITHUB_PATH',
  'GITHUB_STATE',
] as const;

/** Reads what a step printed and wrote. */
export async function readStepResult(
  folder: string,
  ended: Pick<StepResult, 'exitCode' | 'seconds' | 'printed'>,
): Promise<StepResult> {
  const outputs = parseOutputs(await readFile(join(folder, 'GITHUB_OUTPUT'), 'utf8'));
  const results = outputs.get('results');
  return {
    ...ended,
    ...readLog(ended.printed),
    outputs,
    variables: parseOutputs(await readFile(join(folder, 'GITHUB_ENV'), 'utf8')),
    state: parseOutputs(await readFile(join(folder, 'GITHUB_STATE'), 'utf8')),
    results: results === undefined ? undefined : JSON.parse(results),
    summary: await readFile(join(folder, 'GITHUB_STEP_SUMMARY'), 'utf8'),
    kept: await readFolder(outputs.get('artifact_dir')),
  };
}

/** Compressed files are no text, and can be large. */
const isBinary = /\.(?:zst|gz)$/;

async function readFolder(folder: string | undefined): Promise<Readonly<Record<string, string>>> {
  if (folder === undefined) return {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !isBinary.test(entry.name));
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [relative(folder, path), await readFile(path, 'utf8')])),
  );
}

function readLog(printed: string): Pick<StepResult, 'log' | 'annotations' | 'commands'> {
  const state: CommandState = { stopToken: undefined };
  const log: string[] = [];
  const annotations: StepAnnotation[] = [];
  const commands: string[] = [];
  for (const line of printed.split('\n')) {
    const read = readLine(state, line);
    if (read.kind === 'text') {
      log.push(read.text);
      continue;
    }
    const { name, properties, message } = read;
    if (name === 'error' || name === 'warning' || name === 'notice') {
      const [title, file, lineNumber] = ['title', 'file', 'line'].map((key) => properties.get(key));
      annotations.push({ level: name, title, message, file, line: lineNumber });
    } else commands.push(name);
  }
  return { log, annotations, commands };
}
