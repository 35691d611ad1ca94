import { setTimeout as sleep } from 'node:timers/promises';

import { toDispatchError, type DispatchError } from '../errors.ts';
import type { BuilderSession } from './session.ts';

/** Longer than a connection may be silent without being given up. */
const longestAnswerMs = 60_000;

/**
 * Whether a machine answers, in its own time; false when it is being lost. One that does neither for too long counts as there. Never
 * rejects.
 */
export async function isThere(session: Pick<BuilderSession, 'store'>): Promise<boolean> {
  const over = new AbortController();
  const { signal } = over;
  const answer = session.store
    .ask((client) => client.queryValidPaths([], { substitute: false }))
    .then(() => true)
    .catch(() => false);
  const tooLong = sleep(longestAnswerMs, true, { ref: false, signal }).catch(() => true);
  const isAnswering = await Promise.race([answer, tooLong]);
  over.abort();
  return isAnswering;
}

/** Asks its daemon over a conversation of its own, where a build would have one; undefined when it answers. Never rejects. */
export async function whyNotAnswering({
  store,
  name,
}: Pick<BuilderSession, 'store' | 'name'>): Promise<DispatchError | undefined> {
  try {
    await store.use((client) => client.queryValidPaths([], { substitute: false }));
    return undefined;
  } catch (thrown) {
    return toDispatchError(thrown, 'connection-lost', { host: name });
  }
}
