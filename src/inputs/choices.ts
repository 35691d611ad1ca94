import type { HostKeyChecking } from '../builders/credentials.ts';
import { fault, value, type Parsed } from './parsed.ts';

/** What to do where a builder needs a key and none is given, as in pull requests from forks. */
export type WithoutSecrets = (typeof WITHOUT_SECRETS)[number];

const WITHOUT_SECRETS = ['fail', 'skip', 'evaluate', 'local'] as const;
const HOST_KEY_CHECKING: readonly HostKeyChecking[] = ['strict', 'off'];

/** One of the words. */
export const parseWithoutSecrets = choice(WITHOUT_SECRETS);

/** One of the words; everything but `off` checks. */
export const parseHostKeyChecking = choice(HOST_KEY_CHECKING);

function choice<T extends string>(words: readonly T[]): (text: string) => Parsed<T> {
  return (text) => {
    const word = words.find((one) => one === text);
    return word === undefined ? fault(words.join(', ')) : value(word);
  };
}
