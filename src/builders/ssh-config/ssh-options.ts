import { split } from 'shlex';
import { DispatchError } from '../../errors.ts';
import type { Directive } from './directives.ts';

/** What `NIX_SSHOPTS` says: options of ssh(1), which come before every configuration file. */
export interface SshOptions {
  readonly directives: readonly Directive[];
  /** `-F`: read in place of all others. */
  readonly configFile: string | undefined;
}

/** Options with a value that say what a directive says too. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  p: 'port',
  i: 'identityfile',
  l: 'user',
  J: 'proxyjump',
};

/** Options that mean nothing here: how ssh prints, forwards and multiplexes, and what Nix itself passes. */
const FLAGS = /^[46AaCfgGKkMNnqsTtVvXxYy]$/;
const WITH_VALUE = /^[BbcDEeFIiJLlmOoPpQRSWw]$/;

/**
 * Reads options of ssh, split into words as a shell does; no shell sees them.
 *
 * @throws DispatchError `input` naming the word that is no option of ssh
 */
export function parseSshOptions(text: string): SshOptions {
  const words = [...wordsOf(text)];
  const directives: Directive[] = [];
  let configFile: string | undefined;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!/^-[^-]/.test(word)) throw unknown(word);
    for (let at = 1; at < word.length; at += 1) {
      const letter = word[at] ?? '';
      if (FLAGS.test(letter)) {
        if (letter === 'C') directives.push({ name: 'compression', words: ['yes'] });
        continue;
      }
      if (!WITH_VALUE.test(letter)) throw unknown(word);
      const value = at + 1 < word.length ? word.slice(at + 1) : words.shift();
      if (value === undefined) throw unknown(word);
      const name = DIRECTIVES[letter];
      if (letter === 'F') configFile = value;
      else if (letter === 'o') directives.push(directiveOf(value));
      else if (name !== undefined) directives.push({ name, words: [value] });
      break;
    }
  }
  return { directives, configFile };
}

/** `Name=value` or `Name value`. */
function directiveOf(text: string): Directive {
  const [, name = '', value = ''] = /^\s*([a-z0-9]+)\s*[=\s]\s*(.*)$/is.exec(text) ?? [];
  if (name === '') throw unknown(`-o ${text}`);
  const isList = /^(?:user|global)knownhostsfile$/i.test(name);
  return { name: name.toLowerCase(), words: isList ? [...wordsOf(value)] : [value] };
}

function wordsOf(text: string): readonly string[] {
  try {
    return split(text);
  } catch {
    throw new DispatchError('input', 'a quote in NIX_SSHOPTS is not closed');
  }
}

function unknown(word: string): DispatchError {
  return new DispatchError('input', `NIX_SSHOPTS has ${JSON.stringify(word)}, which ssh would not take`, {
    hint: 'Options are read as by ssh(1): -p PORT, -i FILE, -l USER, -J HOST, -F FILE, -o Name=value.',
  });
}
