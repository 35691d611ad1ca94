import { readdirSync, readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { DispatchError } from '../../errors.ts';
import { matchesGlob } from '../known-hosts/host-pattern.ts';
import { directivesFor, type ConfigText, type Directive } from '../ssh-config/directives.ts';
import { parseSshOptions } from '../ssh-config/ssh-options.ts';
import { settingsOf, type LocalAccount, type SshSettings } from '../ssh-config/ssh-settings.ts';

/** The SSH configuration of a run, asked host by host. */
export interface SshConfiguration {
  readonly account: LocalAccount;
  /**
   * What applies to a host.
   *
   * @param isDestination the options of `NIX_SSHOPTS` count too; they are not those of the hosts on the way
   */
  settingsFor(host: string, user: string | undefined, isDestination: boolean): SshSettings;
}

/** A single line that looks like this is the path of a file: no directive is one word. */
const PATH = /^(?:(?:~|\.{1,2})?\/[^\n]*|[^\s=]+)$/;

/**
 * Reads the configuration: `NIX_SSHOPTS`, then the text or file that was given, or where nothing was, what ssh reads by itself.
 *
 * @param given text of ssh_config, or the path of one, or `none`; empty: ~/.ssh/config and /etc/ssh/ssh_config
 * @throws DispatchError `input` when a file that is named cannot be read, or something is no configuration
 */
export function readSshConfiguration(given: string, environment: NodeJS.ProcessEnv): SshConfiguration {
  const account = localAccount(environment);
  const options = parseSshOptions(environment['NIX_SSHOPTS'] ?? '');
  const texts = configTexts(given.trim(), options.configFile, account.home);
  const readInclude = (pattern: string): readonly ConfigText[] => includedTexts(pattern, account.home);
  return {
    account,
    settingsFor(host, user, isDestination) {
      const target = { host, user, localUser: account.user };
      const first: readonly Directive[] = isDestination ? options.directives : [];
      return settingsOf([...first, ...directivesFor(texts, target, readInclude)], target, account);
    },
  };
}

function configTexts(given: string, file: string | undefined, home: string): readonly ConfigText[] {
  if (given === 'none') return [];
  if (PATH.test(given)) return [mustRead(inHome(given, home), 'ssh_config')];
  if (given !== '') return [{ name: 'the input ssh_config', text: `${given}\n` }];
  if (file !== undefined) return file === 'none' ? [] : [mustRead(inHome(file, home), 'NIX_SSHOPTS')];
  return [join(home, '.ssh/config'), '/etc/ssh/ssh_config'].flatMap((path) => read(path) ?? []);
}

function mustRead(path: string, by: string): ConfigText {
  const text = read(path);
  if (text !== undefined) return text;
  throw new DispatchError('input', `the file ${path}, which ${by} names, cannot be read`, {
    hint: 'It has to be there before this step.',
  });
}

function read(path: string): ConfigText | undefined {
  try {
    return { name: path, text: `${readFileSync(path, 'utf8')}\n` };
  } catch {
    return undefined;
  }
}

/** Relative names are meant from ~/.ssh; `*` and `?` may stand in the last part. */
function includedTexts(pattern: string, home: string): readonly ConfigText[] {
  const inSsh = inHome(pattern, home);
  const path = isAbsolute(inSsh) ? inSsh : join(home, '.ssh', inSsh);
  if (!/[*?]/.test(path)) return [read(path) ?? []].flat();
  const folder = dirname(path);
  const glob = path.slice(folder.length + 1);
  return namesIn(folder)
    .filter((name) => matchesGlob(glob, name) && (!name.startsWith('.') || glob.startsWith('.')))
    .sort()
    .flatMap((name) => read(join(folder, name)) ?? []);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function inHome(path: string, home: string): string {
  return path.replace(/^~(?=\/)/, home);
}

function localAccount(environment: NodeJS.ProcessEnv): LocalAccount {
  try {
    return { home: homedir(), user: userInfo().username, environment };
  } catch {
    // A user id without an account: ssh would not start at all.
    return { home: homedir(), user: '', environment };
  }
}
