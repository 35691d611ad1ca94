import type { BuildCost } from './costs.ts';
import { splitByWeight } from './money.ts';
import type { Nanos } from './money.ts';

/** A build in the graph of a run; `dependencies` are direct ones. */
export interface SharedBuild {
  readonly drvPath: string;
  readonly dependencies: readonly string[];
}

/** What a job pays. */
export interface JobShare {
  /** Its own build. Jobs of one derivation share it. */
  readonly own: Nanos;
  /** Its part of what it needs: each dependency's cost is split evenly among all jobs that need it. */
  readonly dependencies: Nanos;
  /** Some of it is. */
  readonly isUpperBound: boolean;
}

const WORD_BITS = 32;

/**
 * Shares out the costs of builds among jobs, in the order of `jobs`; the shares of a build add up to its cost exactly.
 * What no job needs is in nobody's share.
 *
 * @param jobs `.drv` path of each job; undefined for one without (its share is nothing)
 */
export function shareCosts(
  jobs: readonly (string | undefined)[],
  builds: readonly SharedBuild[],
  costOf: (drvPath: string) => BuildCost | undefined,
): readonly JobShare[] {
  const needed = neededBy(jobs, builds);
  const shares = jobs.map(() => ({ own: 0n, dependencies: 0n, isUpperBound: false }));
  for (const [drvPath, mask] of needed) {
    const cost = costOf(drvPath);
    if (cost === undefined) continue;
    const payers = membersOf(mask);
    const owners = payers.filter((job) => jobs[job] === drvPath);
    const debtors = owners.length > 0 ? owners : payers;
    const parts = splitByWeight(
      cost.amount,
      debtors.map(() => 1),
    );
    for (const [index, job] of debtors.entries()) {
      const share = shares[job];
      if (share === undefined) continue;
      share.isUpperBound ||= cost.isUpperBound;
      if (owners.length > 0) share.own += parts[index] ?? 0n;
      else share.dependencies += parts[index] ?? 0n;
    }
  }
  return shares;
}

/** For each build the jobs that need it, itself included, as a set of bits; every edge of the graph is walked once. */
function neededBy(
  jobs: readonly (string | undefined)[],
  builds: readonly SharedBuild[],
): ReadonlyMap<string, Uint32Array> {
  const words = Math.ceil(jobs.length / WORD_BITS);
  const masks = new Map(builds.map((build) => [build.drvPath, new Uint32Array(words)]));
  for (const [job, drvPath] of jobs.entries()) {
    const mask = drvPath === undefined ? undefined : masks.get(drvPath);
    const word = Math.floor(job / WORD_BITS);
    if (mask !== undefined) mask[word] = (mask[word] ?? 0) | (1 << (job % WORD_BITS));
  }
  for (const build of dependantsFirst(builds)) {
    const mask = masks.get(build.drvPath);
    for (const dependency of build.dependencies) {
      const below = masks.get(dependency);
      if (mask === undefined || below === undefined) continue;
      for (const [index, bits] of mask.entries()) below[index] = (below[index] ?? 0) | bits;
    }
  }
  return masks;
}

/** Kahn's order: a build comes after everything that needs it. Builds on a cycle, which Nix never makes, are left out. */
function dependantsFirst(builds: readonly SharedBuild[]): readonly SharedBuild[] {
  const byPath = new Map(builds.map((build) => [build.drvPath, build]));
  const waiting = new Map<string, number>();
  for (const { dependencies } of builds) {
    for (const path of dependencies) waiting.set(path, (waiting.get(path) ?? 0) + 1);
  }
  const order = builds.filter((build) => !waiting.has(build.drvPath));
  for (let next = 0; next < order.length; next += 1) {
    for (const path of order[next]?.dependencies ?? []) {
      const left = (waiting.get(path) ?? 0) - 1;
      waiting.set(path, left);
      const build = byPath.get(path);
      if (left === 0 && build !== undefined) order.push(build);
    }
  }
  return order;
}

function membersOf(mask: Uint32Array): number[] {
  const members: number[] = [];
  for (const [word, bits] of mask.entries()) {
    // The lowest bit that is set, until none is.
    for (let left = bits; left !== 0; left &= left - 1) {
      members.push(word * WORD_BITS + 31 - Math.clz32(left & -left));
    }
  }
  return members;
}
