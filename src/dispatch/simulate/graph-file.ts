import { DispatchError } from '../../errors.ts';

/** A derivation as graph files describe it, with what it depends on standing before it. */
export interface GraphDerivation {
  readonly name: string;
  readonly system: string;
  readonly requiredFeatures: readonly string[];
  /** Places in the list, each lower than its own. */
  readonly dependencies: readonly number[];
  readonly sources: number;
  /** Fixed-output: it fetches something. */
  readonly isFetch: boolean;
  readonly preferLocalBuild: boolean;
}

/**
 * Reads a graph file: `{ "derivations": [ { "name", "system", "features", "deps", "srcs", "fixed"?, "preferLocal"? } ] }`, in any
 * order.
 *
 * @param json the file's content, parsed
 * @throws DispatchError `input` naming the first derivation that is wrong
 */
export function parseGraph(json: unknown): GraphDerivation[] {
  const list = isObject(json) ? json['derivations'] : undefined;
  if (!Array.isArray(list)) {
    throw new DispatchError('input', 'The graph has no list named "derivations".');
  }
  return sortByDependency(list.map(parseDerivation));
}

function parseDerivation(json: unknown, index: number, list: readonly unknown[]): GraphDerivation {
  const fault = (what: string): DispatchError =>
    new DispatchError('input', `Derivation ${index} of the graph: expected ${what}.`);
  if (!isObject(json)) throw fault('an object');
  const { name, system, features, deps, srcs } = json;
  if (typeof name !== 'string' || typeof system !== 'string') throw fault('a name and a system');
  if (!isArrayOf(features, (one): one is string => typeof one === 'string')) throw fault('features');
  const isIndex = (one: unknown): one is number =>
    typeof one === 'number' && Number.isInteger(one) && one >= 0 && one < list.length;
  if (!isArrayOf(deps, isIndex)) throw fault(`deps between 0 and ${list.length - 1}`);
  return {
    name,
    system,
    requiredFeatures: features,
    dependencies: deps,
    sources: typeof srcs === 'number' ? srcs : 0,
    isFetch: json['fixed'] === 1,
    preferLocalBuild: json['preferLocal'] === true,
  };
}

function sortByDependency(unsorted: readonly GraphDerivation[]): GraphDerivation[] {
  const placeOf = new Map<number, number>();
  const sorted: GraphDerivation[] = [];
  const entered = new Set<number>();
  for (const start of unsorted.keys()) {
    const stack = [start];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const derivation = unsorted[top];
      const below = (derivation?.dependencies ?? []).filter((id) => !placeOf.has(id));
      if (derivation === undefined || placeOf.has(top)) stack.pop();
      else if (below.length === 0) {
        stack.pop();
        placeOf.set(top, sorted.length);
        const dependencies = derivation.dependencies.map((id) => placeOf.get(id) ?? 0);
        sorted.push({ ...derivation, dependencies });
      } else if (entered.has(top)) {
        throw new DispatchError('input', `Derivation ${top} of the graph depends on itself.`);
      } else {
        entered.add(top);
        stack.push(...below);
      }
    }
  }
  return sorted;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isArrayOf<Item>(value: unknown, isItem: (one: unknown) => one is Item): value is Item[] {
  return Array.isArray(value) && value.every(isItem);
}
