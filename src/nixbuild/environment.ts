import type { NixbuildService } from './service.ts';

/** Variables of a job that become tags. */
const TAGGED = [
  'GITHUB_ACTOR',
  'GITHUB_JOB',
  'GITHUB_REF',
  'GITHUB_REPOSITORY',
  'GITHUB_RUN_ATTEMPT',
  'GITHUB_RUN_ID',
  'GITHUB_RUN_NUMBER',
  'GITHUB_SHA',
  'GITHUB_WORKFLOW',
] as const;

/** The tag by which the builds of this invocation are found again. */
export const INVOCATION_TAG = 'GITHUB_INVOCATION_ID';

const TAG_PREFIX = 'NIXBUILDNET_TAG_';

/** What is known only once a run starts. */
export interface Invocation {
  /** Told apart from every other, also of the same job. */
  readonly id: string;
  /** The job's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Secret: ID token of the workflow. */
  readonly idToken: string | undefined;
}

/**
 * Variables that the service reads from an SSH session: token, settings and tags (protocol §13.5). Secret when there is a token.
 *
 * Tags of the inputs win over automatic ones, but never over the invocation's, by which its usage is found.
 */
export function sessionEnvironment(
  { token, settings, tags }: Pick<NixbuildService, 'token' | 'settings' | 'tags'>,
  { id, environment, idToken }: Invocation,
): Readonly<Record<string, string>> {
  const automatic = TAGGED.flatMap((name) => {
    const text = environment[name] ?? '';
    return text === '' ? [] : [[name, text] as const];
  });
  const allTags = new Map([...automatic, ...tags, [INVOCATION_TAG, id] as const]);
  return {
    ...(token === undefined ? {} : { token }),
    ...(idToken === undefined ? {} : { NIXBUILDNET_OIDC_ID_TOKEN: idToken }),
    ...Object.fromEntries([...settings].map(([name, text]) => [settingVariable(name), text])),
    ...Object.fromEntries([...allTags].map(([name, text]) => [`${TAG_PREFIX}${name}`, text])),
  };
}

/** `max-cpu` is `NIXBUILDNET_MAX_CPU`. */
function settingVariable(name: string): string {
  return `NIXBUILDNET_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Lines of `name = value` that were understood, and the numbers of those that were not. */
export interface ParsedPairs {
  readonly pairs: ReadonlyMap<string, string>;
  /** From 1. */
  readonly odd: readonly number[];
}

/** Reads lines of `name = value`. Quotes around a value go; empty lines and `#` comments are skipped; the last of a name counts. */
export function parsePairs(text: string): ParsedPairs {
  const pairs = new Map<string, string>();
  const odd: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) continue;
    const [, name, value = ''] = /^([A-Za-z_][\w-]*)\s*=\s*(.*)$/.exec(content) ?? [];
    if (name === undefined) odd.push(index + 1);
    else pairs.set(name, /^(["'])(.*)\1$/.exec(value)?.[2] ?? value);
  }
  return { pairs, odd };
}
