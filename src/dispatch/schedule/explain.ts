import type { DerivationFacts } from '../graph/graph.ts';
import type { ScheduleBuilder } from './events.ts';

/** Says why no builder takes a derivation: what it needs, what there is, and what to change. */
export function explainNoBuilder(
  facts: Pick<DerivationFacts, 'name' | 'system' | 'requiredFeatures'>,
  builders: readonly (ScheduleBuilder & { readonly name: string })[],
): string {
  const needs = withFeatures(facts.system, facts.requiredFeatures);
  if (builders.length === 0) {
    return `${facts.name} needs a builder for ${needs}, and no builder could be reached`;
  }
  const there = builders
    .map(({ name, systems, supportedFeatures, mandatoryFeatures }) => {
      const must =
        mandatoryFeatures.length === 0 ? '' : ` (only builds that require ${mandatoryFeatures.join(', ')})`;
      return `${name}: ${withFeatures(systems.join(', '), supportedFeatures)}${must}`;
    })
    .join('; ');
  return `${facts.name} needs a builder for ${needs}, and none offers that. There are ${there}. Add the system or feature to a machine line (columns 2 and 6), or leave the attribute out with filter_builds.`;
}

/** Says why a build that builders would take is not built: they are gone, or were never to build anything. */
export function explainNobodyLeft(
  builders: readonly Pick<ScheduleBuilder & { readonly name: string }, 'name' | 'maxJobs'>[],
): string {
  const left = 'every builder that could build it, or that had its inputs, is gone';
  const idle = builders.filter(({ maxJobs }) => maxJobs === 0).map(({ name }) => name);
  if (idle.length === 0) return left;
  return `${left} or builds nothing: jobs, column 4 of the machine line, is 0 for ${idle.join(', ')}`;
}

function withFeatures(systems: string, features: readonly string[]): string {
  return features.length === 0 ? systems : `${systems} with ${features.join(', ')}`;
}
