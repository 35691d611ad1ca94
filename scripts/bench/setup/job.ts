import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { distFolder } from '../../bundle/bundle.ts';
import { parseOutputs } from '../../demo/outputs.ts';
import { runnerNixEnv } from '../../provision/runner-nix.ts';
import { measure } from '../dispatch/contenders.ts';
import type { Site } from '../dispatch/site.ts';

/** A job after its step of mode `setup`. */
export interface SetUpJob extends AsyncDisposable {
  /** `NIX_CONFIG` of its later steps. */
  readonly nixConfig: string;
  /** URI of each builder's store. */
  readonly stores: readonly string[];
  readonly setupSeconds: number;
  /** Runs the step after the job; resolves with the job summary. */
  finish(): Promise<string>;
}

const commandFiles = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const;

/** Runs the step on a site's builders, as a runner would. */
export async function setUpJob(folder: string, site: Site): Promise<SetUpJob> {
  const temp = await mkdtemp(join(folder, 'job-'));
  for (const name of commandFiles) await writeFile(join(temp, name), '');
  const environment = {
    ...Object.fromEntries(commandFiles.map((name) => [name, join(temp, name)])),
    GITHUB_ACTIONS: 'true',
    RUNNER_TEMP: temp,
    ...runnerNixEnv(),
  };
  const inputs = {
    INPUT_MODE: 'setup',
    INPUT_BUILDERS: site.machineLines,
    INPUT_SSH_KEY: site.key,
    INPUT_KNOWN_HOSTS: site.knownHosts,
  };
  const run = (program: string, more: Readonly<Record<string, string>>) =>
    measure([process.execPath, join(distFolder, program)], temp, { ...environment, ...more });
  const { seconds } = await run('index.js', inputs);
  const read = async (name: (typeof commandFiles)[number]) =>
    parseOutputs(await readFile(join(temp, name), 'utf8'));
  const control = (await read('GITHUB_STATE')).get('control') ?? '';
  const stores: unknown = JSON.parse((await read('GITHUB_OUTPUT')).get('stores') ?? '{}');
  let isFinished = false;
  const finish = async (): Promise<string> => {
    isFinished = true;
    await run('post.js', { STATE_control: control });
    return readFile(join(temp, 'GITHUB_STEP_SUMMARY'), 'utf8');
  };
  return {
    nixConfig: (await read('GITHUB_ENV')).get('NIX_CONFIG') ?? '',
    stores: Object.values(Object(stores)).map(String),
    setupSeconds: seconds,
    finish,
    async [Symbol.asyncDispose]() {
      if (!isFinished) await finish();
    },
  };
}
