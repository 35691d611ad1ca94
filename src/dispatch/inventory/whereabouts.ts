import type { Cache } from './cache.ts';
import { factsOf, outputPaths, type GraphNode } from '../graph/graph.ts';
import type { Presence } from '../graph/plan.ts';
import type { BuilderSession } from '../fleet/session.ts';
import type { Store } from '../stores/store.ts';

/** How a report calls a cache that builders fetch from by themselves. */
const cacheName = 'binary cache';
/** How a report calls the runner's own store. */
export const runnerName = 'local';

/** Where something exists, in one word for people; undefined when it doesn't. */
export function whereIs(presence: Presence, sessions: readonly BuilderSession[]): string | undefined {
  if (presence.kind === 'missing') return undefined;
  const holder = sessions.find(({ id }) => presence.locations.includes(id));
  return holder?.name ?? (presence.onRunner ? runnerName : (presence.cache ?? cacheName));
}

/** Whether it can be had from nobody but a cache that we ask ourselves. */
export function isOnlyCached(presence: Presence): boolean {
  if (presence.kind === 'missing' || presence.cache === undefined) return false;
  return presence.locations.length === 0 && !presence.onRunner && !presence.substitutable;
}

/**
 * Stores that the outputs of a derivation can be copied from: those where they are known to be held first, the runner's before the
 * builders', since all bytes come by the runner, and caches last.
 */
export function holdersOf(
  node: GraphNode,
  presence: Presence,
  sessions: readonly BuilderSession[],
  runner: Store,
  caches: readonly Cache[] = [],
): readonly Store[] {
  const facts = factsOf(node);
  const paths = outputPaths(facts, facts.outputs.keys());
  const stores = [runner, ...sessions.map(({ store }) => store)];
  const certain = stores.filter((store) => paths.length > 0 && paths.every((path) => store.held.has(path)));
  if (presence.kind === 'missing') return certain;
  const likely = sessions.filter(({ id }) => presence.locations.includes(id)).map(({ store }) => store);
  const cached = caches.filter(({ name }) => name === presence.cache).map(({ store }) => store);
  return [...new Set([...certain, ...(presence.onRunner ? [runner] : []), ...likely, ...cached])];
}
