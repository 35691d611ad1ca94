import { factsOf, type DerivationFacts, type GraphNode } from '../graph/graph.ts';
import { storePathHashPart, type StorePath } from '../../nix/store-path.ts';
import type { Granularity } from '../schedule/events.ts';
import { splitPackageName } from './package-name.ts';

/** A build that took its time once. */
export interface Sample {
  /** What a builder of speed factor 1 would have taken. */
  readonly seconds: number;
  /** First characters of the hash part of the `.drv` path. */
  readonly derivation: string;
  readonly version: string;
}

/** Samples of what counts as the same package, the newest last. */
export interface Entry {
  readonly key: string;
  readonly samples: readonly Sample[];
}

/** What is remembered of a derivation. */
export interface TimedDerivation {
  readonly drvPath: StorePath;
  readonly facts: Pick<DerivationFacts, 'name' | 'system' | 'isFetch' | 'preferLocalBuild'>;
  /** A whole closure takes another time than its last derivation. */
  readonly granularity: Granularity;
}

/** A derivation of the graph as it is remembered. */
export function timedDerivation(node: GraphNode, granularity: Granularity): TimedDerivation {
  return { drvPath: node.drvPath, facts: factsOf(node), granularity };
}

/** How long builds took in this run and in earlier ones. */
export interface Durations {
  /** Seconds at speed factor 1; undefined where there is nothing to go by. */
  expectedSeconds(derivation: TimedDerivation): number | undefined;
  /** Notes a build that succeeded. `seconds` on a builder of `speedFactor`. */
  note(derivation: TimedDerivation, seconds: number, speedFactor: number): void;
  /** Takes in what another run wrote in the meantime, older than all that was noted here. */
  merge(earlier: readonly Entry[]): void;
  /** All that is remembered, what was seen last at the end; no more than {@link MOST_ENTRIES}. */
  entries(): readonly Entry[];
  /** Something was noted here. */
  readonly hasNews: boolean;
}

/** Packages that are remembered. */
export const MOST_ENTRIES = 20_000;
/** Builds that are remembered of each. */
export const MOST_SAMPLES = 8;
/** Enough to tell derivations of one name apart. */
export const DERIVATION_CHARACTERS = 8;
/** So many packages have to be known for the usual duration of those that are not. */
const FEWEST_FOR_USUAL = 5;
/** Fetches are mostly of a few megabytes. */
const FETCH_SECONDS = 3;

/** Begins with what earlier runs wrote. */
export function createDurations(earlier: readonly Entry[] = []): Durations {
  const entries = new Map<string, readonly Sample[]>(earlier.map(({ key, samples }) => [key, samples]));
  const noted = new Map<string, Sample[]>();
  const usual = new Map<string, number | undefined>();

  /** What packages of that sort usually take, as far as earlier runs tell. */
  const usualSeconds = (sort: string): number | undefined => {
    if (!usual.has(sort)) {
      const known = earlier.filter(({ key }) => key.startsWith(`${sort} `));
      const seconds = known.map(({ samples }) => median(samples.map((sample) => sample.seconds)));
      usual.set(sort, seconds.length < FEWEST_FOR_USUAL ? undefined : median(seconds));
    }
    return usual.get(sort);
  };

  return {
    expectedSeconds({ drvPath, facts, granularity }) {
      const { key, version, derivation } = identify(drvPath, facts, granularity);
      const samples = entries.get(key) ?? [];
      const same = samples.filter((sample) => sample.derivation === derivation);
      const alike = same.length > 0 ? same : samples.filter((sample) => sample.version === version);
      const best = alike.length > 0 ? alike : samples;
      if (best.length > 0) return median(best.map(({ seconds }) => seconds));
      if (facts.isFetch) return usualSeconds(sortOf(facts, granularity)) ?? FETCH_SECONDS;
      return facts.preferLocalBuild ? undefined : usualSeconds(sortOf(facts, granularity));
    },
    note({ drvPath, facts, granularity }, seconds, speedFactor) {
      const { key, version, derivation } = identify(drvPath, facts, granularity);
      const sample = { seconds: seconds * (speedFactor > 0 ? speedFactor : 1), derivation, version };
      noted.set(key, [...(noted.get(key) ?? []), sample].slice(-MOST_SAMPLES));
      const samples = [...(entries.get(key) ?? []), sample].slice(-MOST_SAMPLES);
      entries.delete(key);
      entries.set(key, samples);
    },
    merge(earlier) {
      const own = [...entries];
      entries.clear();
      for (const { key, samples } of earlier) entries.set(key, samples);
      for (const [key, samples] of own) {
        const theirs = entries.get(key);
        const mine = noted.get(key);
        if (theirs !== undefined && mine === undefined) continue;
        entries.delete(key);
        entries.set(key, [...(theirs ?? []), ...(mine ?? samples)].slice(-MOST_SAMPLES));
      }
    },
    entries: () => [...entries].slice(-MOST_ENTRIES).map(([key, samples]) => ({ key, samples })),
    get hasNews() {
      return noted.size > 0;
    },
  };
}

function identify(
  drvPath: StorePath,
  facts: TimedDerivation['facts'],
  granularity: Granularity,
): { readonly key: string; readonly version: string; readonly derivation: string } {
  const { stem, version } = splitPackageName(facts.name);
  return {
    key: `${sortOf(facts, granularity)} ${facts.system} ${stem}`,
    version,
    derivation: storePathHashPart(drvPath).slice(0, DERIVATION_CHARACTERS),
  };
}

function sortOf({ isFetch }: TimedDerivation['facts'], granularity: Granularity): string {
  if (granularity === 'closure') return 'closure';
  return isFetch ? 'fetch' : 'build';
}

/** Of several values the middle one: a builder that was busy for once counts for nothing. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const high = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? high;
  return (low + high) / 2;
}
