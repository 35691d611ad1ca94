import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import type { BuildResult } from '../../nix/protocol/build-result.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';
import type { StorePath } from '../../nix/store-path.ts';
import { factsOf, outputPaths, type GraphNode } from '../graph/graph.ts';
import type { AttemptEnd } from '../ledger/attempt.ts';
import { isGoodEnd } from '../ledger/outcome.ts';
import type { Store } from '../stores/store.ts';
import { outputsOf } from './late-outputs.ts';

/** The end of a build as far as its machine's store bears it out. */
export interface ProvenEnd {
  readonly end: AttemptEnd;
  /** NAR size of all outputs; undefined where nobody told. */
  readonly outputBytes: number | undefined;
}

/** Says what an end means once the machine has said which outputs it has. Never rejects. */
export type ProveOutputs = (end: AttemptEnd, result: BuildResult | undefined) => Promise<ProvenEnd>;

/**
 * Asks for the outputs of a build over the conversation that it has just been asked for on: the answers come with the build's, so that a
 * machine that tells the truth costs no further round trip, but for paths that only the build told.
 *
 * @param store of the same machine
 */
export function askForOutputs(
  client: Pick<DaemonClient, 'queryPathInfos'>,
  store: Pick<Store, 'hold'>,
  node: GraphNode,
): ProveOutputs {
  const facts = factsOf(node);
  const known = outputPaths(facts, facts.outputs.keys());
  const asked = infosOf(client, known);
  return async (end, result) => {
    if (!isGoodEnd(end)) return { end, outputBytes: undefined };
    const told = [...outputsOf(node, result).values()].filter((path) => !known.includes(path));
    const answers = await Promise.all([asked, told.length === 0 ? [] : infosOf(client, told)]);
    const infos = answers.flat();
    const paths = [...known, ...told].filter((_, index) => infos[index] === 'absent');
    const absent = await firstAbsent(store, paths);
    if (absent !== undefined) return { end: endWithout(absent), outputBytes: undefined };
    return { end, outputBytes: paths.length === 0 ? totalOf(infos, facts.outputs.size) : undefined };
  };
}

type Answer = PathInfo | 'absent' | 'unanswered';

async function infosOf(
  client: Pick<DaemonClient, 'queryPathInfos'>,
  paths: readonly StorePath[],
): Promise<readonly Answer[]> {
  const infos = await client.queryPathInfos(paths).catch(() => undefined);
  return paths.map((_, index) => (infos === undefined ? 'unanswered' : (infos[index] ?? 'absent')));
}

/** A daemon's process may remember that a path was not there, and another one have made it since: another conversation is asked too. */
async function firstAbsent(
  store: Pick<Store, 'hold'>,
  paths: readonly StorePath[],
): Promise<StorePath | undefined> {
  if (paths.length === 0) return undefined;
  const valid = await store.hold(paths).catch(() => new Set(paths));
  return paths.find((path) => !valid.has(path));
}

function endWithout(path: StorePath): AttemptEnd {
  return {
    kind: 'infrastructure',
    message: `its daemon says that it is built, but ${path} is not in its store`,
    isRefusal: true,
  };
}

function totalOf(infos: readonly Answer[], outputs: number): number | undefined {
  const sizes = infos.flatMap((info) => (typeof info === 'string' ? [] : info.narSizeBytes));
  return outputs === 0 || sizes.length < outputs ? undefined : sizes.reduce((total, size) => total + size, 0);
}
