import { parse, LineType, type Line } from 'ssh-config';
import { DispatchError } from '../../errors.ts';
import { matchesGlob } from '../known-hosts/host-pattern.ts';

/** One setting of an ssh_config that applies to a host. */
export interface Directive {
  /** Lower case, as names mean the same in any. */
  readonly name: string;
  /** What stands behind the name; several words where the directive takes several. */
  readonly words: readonly string[];
}

/** A text of ssh_config and what to call it in messages. */
export interface ConfigText {
  readonly name: string;
  readonly text: string;
}

/** Who is logged in where, for `Host` and `Match`. */
export interface ConfigTarget {
  /** As it was written: an alias, a name or an address. */
  readonly host: string;
  readonly user: string | undefined;
  readonly localUser: string;
}

/** Texts of the files that an `Include` names, which may hold `*` and `?`; none when there are none. */
export type ReadConfigInclude = (pattern: string) => readonly ConfigText[];

const MAX_DEPTH = 16;
const MAX_FILES = 256;

/**
 * Reads the settings of ssh_config texts that apply to a host, in their order: of each the first counts (ssh_config(5)).
 *
 * `Match` knows all, host, originalhost, user, localuser and final. What would run a command (`exec`) matches nothing: no text of
 * an input starts anything here.
 *
 * @throws DispatchError `input` when a text cannot be read
 */
export function directivesFor(
  texts: readonly ConfigText[],
  target: ConfigTarget,
  readInclude: ReadConfigInclude,
): Directive[] {
  const found: Directive[] = [];
  const firstOf = (name: string): string | undefined => found.find((one) => one.name === name)?.words[0];
  let files = 0;
  let wantsFinalPass = false;

  const walkText = ({ name, text }: ConfigText, depth: number, isFinal: boolean): void => {
    files += 1;
    if (depth > MAX_DEPTH || files > MAX_FILES) {
      throw new DispatchError('input', `${name} includes itself, or too many files`);
    }
    for (const line of parseConfig(name, text)) walkLine(line, depth, isFinal);
  };

  const walkLine = (line: Line, depth: number, isFinal: boolean): void => {
    if (line.type !== LineType.DIRECTIVE) return;
    const name = line.param.trim().toLowerCase();
    const words = wordsOf(line.value);
    if ('config' in line) {
      const applies = name === 'host' ? isListed(words, target.host) : matches(words, isFinal);
      if (applies) for (const inner of line.config) walkLine(inner, depth, isFinal);
    } else if (name === 'include') {
      for (const included of words.flatMap(readInclude)) walkText(included, depth + 1, isFinal);
    } else found.push({ name, words });
  };

  const matches = (words: readonly string[], isFinal: boolean): boolean => {
    for (let at = 0; at < words.length; at += 1) {
      const criterion = (words[at] ?? '').toLowerCase();
      const isNegated = criterion.startsWith('!');
      const kind = isNegated ? criterion.slice(1) : criterion;
      const subject = subjectOf(kind);
      wantsFinalPass ||= kind === 'final';
      let holds = kind === 'all' || (kind === 'final' && isFinal);
      if (kind !== 'all' && kind !== 'final' && kind !== 'canonical') {
        at += 1;
        if (subject === undefined) return false;
        holds = isListed((words[at] ?? '').split(','), subject);
      }
      if (holds === isNegated) return false;
    }
    return words.length > 0;
  };

  const subjectOf = (kind: string): string | undefined => {
    switch (kind) {
      case 'host':
        return firstOf('hostname')?.replaceAll('%h', target.host) ?? target.host;
      case 'originalhost':
        return target.host;
      case 'user':
        return target.user ?? firstOf('user') ?? target.localUser;
      case 'localuser':
        return target.localUser;
      default:
        return undefined;
    }
  };

  for (const text of texts) walkText(text, 0, false);
  // With what the first pass found, where somebody asks for that.
  if (wantsFinalPass) for (const text of texts) walkText(text, 0, true);
  return found;
}

function parseConfig(name: string, text: string): readonly Line[] {
  try {
    return parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DispatchError('input', `${name} is no ssh_config: ${why}`, {
      hint: 'Is every quote closed? The format is described in ssh_config(5).',
    });
  }
}

function wordsOf(value: string | readonly { readonly val: string }[]): readonly string[] {
  return typeof value === 'string' ? [value] : value.map(({ val }) => val);
}

/** One pattern has to fit, and none of those with a `!`. */
function isListed(patterns: readonly string[], text: string): boolean {
  const fits = (glob: string): boolean => matchesGlob(glob.toLowerCase(), text.toLowerCase());
  const isExcluded = patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)));
  return !isExcluded && patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern));
}
