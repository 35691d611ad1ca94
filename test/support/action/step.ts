import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { parse } from 'yaml';
import { searchPath } from '../../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../../scripts/provision/runner-nix.ts';
import { commandFiles, readStepResult, type StepResult } from './step-result.ts';

/** How a step is run; everything has a default. */
export interface StepOptions {
  /** Variables beside those of the runner, or in their place. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** After that it is killed and the test fails. Default 100 s. */
  readonly timeoutMs?: number;
  /** What the step is started with, `timeout 60` for instance; default nothing. */
  readonly wrapper?: readonly string[];
  /** Entry of the bundle; default the step's own, `index.js`. */
  readonly program?: 'index.js' | 'post.js';
  /** Where the bundle is; default that of this run of tests. */
  readonly bundleFolder?: string;
}

/** A step that has not ended yet. */
export interface RunningStep {
  readonly pid: number;
  /** Resolves as soon as it has printed this; rejects when it ends before. */
  untilPrinted(text: string): Promise<void>;
  /** Everything that it printed so far. */
  readonly printed: string;
  /** What GitHub sends when somebody cancels the job. */
  interrupt(): void;
  signal(name: NodeJS.Signals): void;
  /** Rejects when it took too long. */
  readonly finished: Promise<StepResult>;
}

interface ActionManifest {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
}

/** Starts the bundle as GitHub's runner starts it: inputs and their defaults as variables, files for its answers. */
export async function startStep(
  folder: string,
  inputs: Readonly<Record<string, string>>,
  {
    environment,
    timeoutMs = 100_000,
    wrapper = [],
    program = 'index.js',
    bundleFolder = inject('bundleFolder'),
  }: StepOptions,
): Promise<RunningStep> {
  const files = await mkdtemp(join(folder, 'temp', '_runner_file_commands-'));
  for (const name of commandFiles) await writeFile(join(files, name), '');
  const startedAt = performance.now();
  const [command, ...words] = [...wrapper, process.execPath, join(bundleFolder, program)];
  const child = spawn(command, words, {
    cwd: join(folder, 'checkout'),
    env: {
      ...runnerEnvironment(folder),
      ...Object.fromEntries(commandFiles.map((name) => [name, join(files, name)])),
      ...inputVariables(inputs),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let waiting: readonly (() => void)[] = [];
  const look = (): void => {
    for (const check of waiting) check();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      look();
    });
  }
  let hasEnded = false;
  const ended = new Promise<number | null>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`expected the action to end within ${timeoutMs / 1000} s; it printed:\n${printed}`));
    }, timeoutMs);
    child.on('close', (code) => {
      clearTimeout(timer);
      hasEnded = true;
      look();
      resolve(code);
    });
  });
  return {
    pid: child.pid ?? 0,
    get printed() {
      return printed;
    },
    interrupt: () => void child.kill('SIGINT'),
    signal: (name) => void child.kill(name),
    untilPrinted: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (printed.includes(text)) resolve();
          else if (hasEnded) reject(new Error(`expected "${text}"; the action printed:\n${printed}`));
        };
        waiting = [...waiting, check];
        check();
      }),
    finished: ended.then((exitCode) =>
      readStepResult(files, { exitCode, printed, seconds: (performance.now() - startedAt) / 1000 }),
    ),
  };
}

/** Variables that every step of a job has. */
export function runnerEnvironment(folder: string): Record<string, string | undefined> {
  return {
    ...runnerNixEnv(),
    PATH: searchPath(),
    HOME: join(folder, 'home'),
    LANG: 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: join(folder, 'checkout'),
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REPOSITORY: 'acme/widgets',
    GITHUB_RUN_ID: '1',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: join(folder, 'temp'),
  };
}

/** The runner sets every input that action.yml names; the name's blanks become underscores and it is upper case. */
function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  const manifest = parse(
    readFileSync(join(import.meta.dirname, '../../../action.yml'), 'utf8'),
  ) as ActionManifest;
  const defaults = Object.entries(manifest.inputs).map(
    ([name, input]) => [name, input.default ?? ''] as const,
  );
  return Object.fromEntries(
    [...defaults, ...Object.entries(inputs)].map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text]),
  );
}
