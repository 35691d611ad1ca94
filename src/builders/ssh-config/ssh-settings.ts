import { split } from 'shlex';
import type { ConfigTarget, Directive } from './directives.ts';

/** What the SSH configuration says of a host. */
export interface SshSettings {
  /** Name or address to connect to. */
  readonly hostName: string;
  /** Undefined: not said. */
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** Private keys to try, as paths; undefined: not said, so the usual ones. Empty: none. */
  readonly identityFiles: readonly string[] | undefined;
  /** Certificates of such keys, as paths. */
  readonly certificateFiles: readonly string[];
  /** Socket of the agent; `none` for none; undefined: not said. */
  readonly identityAgent: string | undefined;
  /** Only the identity files, not what else an agent holds. */
  readonly identitiesOnly: boolean;
  /** Name under which known_hosts lines list it. */
  readonly hostKeyAlias: string | undefined;
  /** known_hosts files in place of the usual ones. */
  readonly userKnownHostsFiles: readonly string[] | undefined;
  readonly globalKnownHostsFiles: readonly string[] | undefined;
  /** File of keys that are refused for every host. */
  readonly revokedHostKeysFile: string | undefined;
  /** Hosts to go through, in order, each `[user@]host[:port]`. */
  readonly proxyJump: readonly string[];
  /** A command that would have to be run to reach it, which nothing here does. */
  readonly proxyCommand: string | undefined;
  /** Sent with every session. */
  readonly environment: Readonly<Record<string, string>>;
  readonly compress: boolean;
}

/** What stands for `~` and `%d`, for `%u`, and for `${NAME}`. */
export interface LocalAccount {
  readonly home: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Makes settings of the directives that apply to a host: of each the first, of identity files all. */
export function settingsOf(
  directives: readonly Directive[],
  target: ConfigTarget,
  account: LocalAccount,
): SshSettings {
  const wordsOf = (name: string): readonly string[] | undefined =>
    directives.find((directive) => directive.name === name)?.words;
  const textOf = (name: string): string | undefined => {
    const text = wordsOf(name)?.join(' ').trim();
    return text === '' ? undefined : text;
  };
  const hostName = expand(textOf('hostname') ?? '%h', { h: target.host });
  const user = textOf('user')?.replaceAll('%%', '%');
  const port = portOf(textOf('port'));
  const tokens = {
    h: hostName,
    n: target.host,
    p: String(port ?? 22),
    r: target.user ?? user ?? account.user,
    u: account.user,
    d: account.home,
    k: textOf('hostkeyalias') ?? target.host,
  };
  const path = (text: string): string =>
    expand(text.replace(/^~(?=\/|$)/, account.home), tokens).replaceAll(
      /\$\{(\w+)\}/g,
      (whole, variable: string) => account.environment[variable] ?? whole,
    );
  const paths = (name: string): readonly string[] | undefined =>
    wordsOf(name)
      ?.filter((word) => word.toLowerCase() !== 'none')
      .map(path);
  const all = (wanted: string): readonly string[] =>
    directives.filter(({ name }) => name === wanted).flatMap(({ words }) => words);
  const usable = (files: readonly string[]): readonly string[] => [
    ...new Set(files.filter((file) => file.toLowerCase() !== 'none').map(path)),
  ];
  const identityFiles = all('identityfile');
  const agent = textOf('identityagent');
  const [jump, command] = firstOfTwo(directives, 'proxyjump', 'proxycommand');
  return {
    hostName,
    port,
    user,
    identityFiles: identityFiles.length === 0 ? undefined : usable(identityFiles),
    certificateFiles: usable(all('certificatefile')),
    identityAgent: agent === undefined ? undefined : path(agent),
    identitiesOnly: isYes(textOf('identitiesonly')),
    hostKeyAlias: textOf('hostkeyalias'),
    userKnownHostsFiles: paths('userknownhostsfile'),
    globalKnownHostsFiles: paths('globalknownhostsfile'),
    revokedHostKeysFile: usable(all('revokedhostkeys').slice(0, 1))[0],
    proxyJump: (jump ?? '')
      .split(',')
      .map((hop) => expand(hop.trim(), tokens))
      .filter((hop) => hop !== ''),
    proxyCommand: command,
    environment: environmentOf(textOf('setenv') ?? ''),
    compress: isYes(textOf('compression')),
  };
}

/** `ProxyJump` and `ProxyCommand` exclude each other: the one that comes first counts; `none` stands for neither. */
function firstOfTwo(
  directives: readonly Directive[],
  one: string,
  other: string,
): [string | undefined, string | undefined] {
  const first = directives.find(({ name }) => name === one || name === other);
  const text = first?.words.join(' ').trim();
  if (first === undefined || text === undefined || text === '' || text.toLowerCase() === 'none') {
    return [undefined, undefined];
  }
  return first.name === one ? [text, undefined] : [undefined, text];
}

function expand(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replaceAll(/%(.)/g, (whole, letter: string) =>
    letter === '%' ? '%' : (tokens[letter] ?? whole),
  );
}

function portOf(text: string | undefined): number | undefined {
  const port = Number(text);
  return text !== undefined && /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535 ? port : undefined;
}

function isYes(text: string | undefined): boolean {
  return /^(?:yes|true)$/i.test(text ?? '');
}

function environmentOf(text: string): Record<string, string> {
  const pairs = wordsWithQuotes(text).flatMap((word): [string, string][] => {
    const equals = word.indexOf('=');
    return equals < 1 ? [] : [[word.slice(0, equals), word.slice(equals + 1)]];
  });
  return Object.fromEntries(pairs);
}

function wordsWithQuotes(text: string): readonly string[] {
  try {
    return split(text);
  } catch {
    return text.split(/\s+/);
  }
}
