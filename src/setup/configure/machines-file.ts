import { lstat } from 'node:fs/promises';
import { userInfo } from 'node:os';

import { openLocalHost } from '../../builders/local/local-host.ts';
import { runCommand, type CommandResult } from '../../builders/run-command.ts';
import { DispatchError } from '../../errors.ts';
import { blockOf, withoutBlock } from './machines-block.ts';

/** Lines in the machines file of this machine's daemon, for the time of a job. */
export interface AddedMachines {
  readonly file: string;
  /** Tells them from another job's. */
  readonly mark: string;
  /** There was no such file before. */
  readonly isNew: boolean;
}

/**
 * Names builders to a daemon that does not believe its users: in the file that its setting `builders` names, which it reads anew for
 * each build. It takes root, or sudo without a password.
 *
 * @param mark tells this job's lines from another's
 * @throws DispatchError `local` that says what to do instead
 */
export async function addMachines(lines: readonly string[], mark: string): Promise<AddedMachines> {
  const file = await machinesFile();
  if (file === undefined) throw notPossible('its setting `builders` names no file that could be added to');
  const status = await lstat(file).catch(() => undefined);
  if (status?.isSymbolicLink() === true) throw notPossible(`${file} is a link, as on NixOS`);
  const before = (await contentOf(file)) ?? '';
  const added = `${before === '' || before.endsWith('\n') ? '' : '\n'}${blockOf(mark, lines)}`;
  const { code, stderr } = await asRoot(['tee', '-a', file], added);
  if (code !== 0) throw notPossible(`${file} cannot be written: ${stderr.trim()}`);
  return { file, mark, isNew: status === undefined };
}

/** Takes the lines out again. Never rejects. */
export async function removeMachines({ file, mark, isNew }: AddedMachines): Promise<void> {
  const now = await contentOf(file);
  if (now === undefined) return;
  const rest = withoutBlock(now, mark);
  if (rest !== now)
    await (isNew && rest === '' ? asRoot(['rm', '-f', file], '') : asRoot(['tee', file], rest));
}

/** Undefined where it can't be read. The user may not: somebody's umask, or what else is in there. */
async function contentOf(file: string): Promise<string | undefined> {
  const { code, stdout } = await asRoot(['cat', file], '');
  return code === 0 ? stdout : undefined;
}

/** The file that the machine's own configuration names; undefined where `builders` is something else. */
async function machinesFile(): Promise<string | undefined> {
  for (const words of [['config', 'show'], ['show-config']]) {
    const { code, stdout } = await run(
      // Nothing that the job has set: the daemon doesn't know it either.
      [
        'env',
        '-u',
        'NIX_CONFIG',
        'NIX_USER_CONF_FILES=',
        'nix',
        '--extra-experimental-features',
        'nix-command',
        ...words,
      ],
      '',
    );
    const value = /^builders = (.*)$/m.exec(stdout)?.[1];
    if (code === 0 && value !== undefined) return /(?:^|[\s;])@\s*(\/[^\s;]+)/.exec(value)?.[1];
  }
  return undefined;
}

async function asRoot(words: readonly string[], stdin: string): Promise<CommandResult> {
  return run(userInfo().uid === 0 ? words : ['sudo', '-n', ...words], stdin);
}

async function run(words: readonly string[], stdin: string): Promise<CommandResult> {
  const host = openLocalHost('local', undefined);
  try {
    return await runCommand(host, 'local', words, { stdin });
  } catch (error) {
    return { code: undefined, stdout: '', stderr: error instanceof Error ? error.message : String(error) };
  } finally {
    host.close();
  }
}

function notPossible(why: string): DispatchError {
  const user = userInfo().username;
  return new DispatchError(
    'local',
    `the Nix daemon of this machine does not trust the user ${user}, so it ignores builders that a job names; and ${why}`,
    {
      hint: `Add \`extra-trusted-users = ${user}\` to /etc/nix/nix.conf and restart the daemon, or let the job use sudo without a password.`,
    },
  );
}
