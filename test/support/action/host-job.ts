import { inject } from 'vitest';
import { parseOutputs } from '../../../scripts/demo/outputs.ts';
import { mustRun, type CommandResult } from '../../../scripts/provision/command.ts';
import type { Farm } from '../farm/farm.ts';
import type { Host } from '../farm/host.ts';
import type { ActionInputs } from './workspace.ts';

/** A job on a host of the farm, whose Nix is newer than the runner's own, and has a daemon. */
export interface HostJob {
  readonly setup: CommandResult;
  /** What the setup left for later steps. */
  readonly variables: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  /** Runs a command as a later step. */
  run(command: readonly string[]): Promise<CommandResult>;
  /** Runs the step after the job; resolves with the job summary. */
  finish(): Promise<string>;
}

const node = '/opt/node';
const bundle = '/opt/nix-dispatch';
const commandFiles = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const;

/** Brings Node and the bundle to a host, which then can be a runner. */
export async function makeRunner(farm: Farm, host: Host): Promise<void> {
  const ssh = `ssh -F ${farm.sshConfigPath} root@${host.address}`;
  await mustRun(['sh', '-c', `${ssh} 'cat > ${node} && chmod 755 ${node}' < ${process.execPath}`]);
  const unpack = `'mkdir -p ${bundle} && tar -x -C ${bundle} && chmod -R a+rX ${bundle}'`;
  await mustRun(['sh', '-c', `tar -c -C ${inject('bundleFolder')} . | ${ssh} ${unpack}`]);
}

/**
 * Runs the step of mode `setup` there.
 *
 * @param wrapper what its commands are started with
 */
export async function setUpHostJob(
  host: Host,
  user: 'builder' | 'stranger' | 'root',
  inputs: ActionInputs,
  environment: Readonly<Record<string, string>> = {},
  wrapper: readonly string[] = [],
): Promise<HostJob> {
  const as = user === 'root' ? {} : { user };
  const temp = (await host.mustExec(['mktemp', '-d'], as)).trim();
  const files = Object.fromEntries(commandFiles.map((name) => [name, `${temp}/${name}`]));
  await host.mustExec(['touch', ...Object.values(files)], as);
  const base = { ...files, GITHUB_ACTIONS: 'true', RUNNER_TEMP: temp, ...environment };
  const read = async (name: (typeof commandFiles)[number]): Promise<string> =>
    host.mustExec(['cat', `${temp}/${name}`]);
  const given = Object.entries({ mode: 'setup', ...inputs }).map(([name, text]) => [
    `INPUT_${name.toUpperCase()}`,
    text,
  ]);
  const setup = await host.exec([...wrapper, node, `${bundle}/index.js`], {
    ...as,
    env: { ...base, ...Object.fromEntries(given) },
  });
  const variables = parseOutputs(await read('GITHUB_ENV'));
  const state = parseOutputs(await read('GITHUB_STATE'));
  return {
    setup,
    variables,
    outputs: parseOutputs(await read('GITHUB_OUTPUT')),
    run: (command) =>
      host.exec([...wrapper, ...command], { ...as, env: { ...base, ...Object.fromEntries(variables) } }),
    async finish() {
      const left = Object.fromEntries([...state].map(([name, value]) => [`STATE_${name}`, value]));
      await host.mustExec([...wrapper, node, `${bundle}/post.js`], { ...as, env: { ...base, ...left } });
      return read('GITHUB_STEP_SUMMARY');
    },
  };
}
