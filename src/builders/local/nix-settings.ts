import { parseNixSettings, SETTINGS_SCRIPT, type NixSettings } from '../machine-facts.ts';
import { runCommand } from '../run-command.ts';
import { spawnCommand } from './spawn-command.ts';

/** The variable by which a Nix that is started here obeys these lines of nix.conf besides those that it would obey anyway. */
export function withNixConf(nixConf: string): Readonly<Record<string, string>> {
  return nixConf === '' ? {} : { NIX_CONFIG: [process.env['NIX_CONFIG'] ?? '', nixConf].join('\n') };
}

/**
 * The settings of this machine's Nix; undefined where it does not tell them. Never rejects.
 *
 * @param nixConf lines of nix.conf that come on top. May be secret
 */
export async function readNixSettings(nixConf: string): Promise<NixSettings | undefined> {
  const host = { openCommand: (words: readonly string[]) => spawnCommand(words, withNixConf(nixConf)) };
  const answer = await runCommand(host, 'local', ['sh', '-c', SETTINGS_SCRIPT]).catch(() => undefined);
  return answer === undefined ? undefined : parseNixSettings(answer.stdout);
}
