import type { GraphDerivation } from './graph-file.ts';
import { createRandomStream, type RandomStream } from './random.ts';

/** Shares taken from a real package set of 15,237 derivations: narrow bootstrap, wide middle, packages on top. */
const BOOTSTRAP_LEVELS = 48;
const BOOTSTRAP_PER_LEVEL = 14;
const SEED_FETCH_SHARE = 0.12;
const FETCH_SHARE = 0.56;
const PACKAGE_LEVELS = 52;
const BIG_PARALLEL_SHARE = 0.0012;
const I686_SHARE = 0.0033;

/**
 * Makes a graph of the shape that package sets have: a long chain of bootstrap stages that everything stands on, half of all derivations
 * fetches that need one of the last stages, and packages that need fetches, the standard environment and each other.
 *
 * @param size number of derivations, at least a few hundred for the shape to show
 */
export function generateGraph(size: number, seed: number): GraphDerivation[] {
  const random = createRandomStream(seed);
  const graph: GraphDerivation[] = [];
  const seedFetches = Math.floor(size * SEED_FETCH_SHARE);
  const bootstrap = Math.min(BOOTSTRAP_LEVELS * BOOTSTRAP_PER_LEVEL, Math.floor(size / 4));
  const fetches = Math.floor(size * FETCH_SHARE);

  for (let id = 0; id < seedFetches; id++)
    graph.push(id % 25 === 0 ? fetch(`seed-${id}`, []) : package_(random, `seed-${id}`, []));
  for (let id = 0; id < bootstrap; id++) {
    const level = Math.floor(id / BOOTSTRAP_PER_LEVEL);
    const below = seedFetches + (level - 1) * BOOTSTRAP_PER_LEVEL;
    const inputs = level === 0 ? [] : [below, below + pick(random, BOOTSTRAP_PER_LEVEL)];
    graph.push(package_(random, `bootstrap-${id}`, [...inputs, pick(random, seedFetches)]));
  }
  const top = graph.length - BOOTSTRAP_PER_LEVEL;
  const environment = [top, top + 1, top + 2];
  const firstFetch = graph.length;
  for (let id = 0; id < fetches; id++) graph.push(fetch(`source-${id}`, environment));

  const firstPackage = graph.length;
  const perLevel = Math.max(1, Math.ceil((size - firstPackage) / PACKAGE_LEVELS));
  for (let id = 0; graph.length < size; id++) {
    const level = Math.floor(id / perLevel);
    const inputs = [...environment, firstFetch + (id % Math.max(1, fetches))];
    const extraFetches = random.uniform() < 0.5 ? 1 : 0;
    for (let count = 0; count < extraFetches; count++) inputs.push(firstFetch + pick(random, fetches));
    // Mostly of the level below, at times of any: long chains and a few much-used libraries.
    const wanted = level === 0 ? 0 : Math.floor(random.logNormal(2, 0.8));
    for (let count = 0; count < Math.min(wanted, 40); count++) {
      const near = firstPackage + (level - 1) * perLevel + pick(random, perLevel);
      const popular = firstPackage + Math.floor(level * perLevel * random.uniform() ** 3);
      inputs.push(count === 0 ? near : popular);
    }
    graph.push(package_(random, `package-${id}`, inputs));
  }
  return graph;
}

function pick(random: RandomStream, count: number): number {
  return Math.floor(random.uniform() * Math.max(1, count));
}

function fetch(name: string, dependencies: readonly number[]): GraphDerivation {
  return {
    name,
    system: 'x86_64-linux',
    requiredFeatures: [],
    dependencies,
    sources: 1,
    isFetch: true,
    preferLocalBuild: true,
  };
}

function package_(random: RandomStream, name: string, dependencies: readonly number[]): GraphDerivation {
  return {
    name,
    system: random.uniform() < I686_SHARE ? 'i686-linux' : 'x86_64-linux',
    requiredFeatures: random.uniform() < BIG_PARALLEL_SHARE ? ['big-parallel'] : [],
    dependencies: [...new Set(dependencies)],
    sources: 2,
    isFetch: false,
    preferLocalBuild: false,
  };
}
