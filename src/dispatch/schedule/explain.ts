import type { DerivationFacts } from '../graph/graph.ts';
import type { ScheduleBuilder } from './events.ts';

type NamedBuilder = ScheduleBuilder & { readonly name: string };
type Needs = Pick<DerivationFacts, 'name' | 'system' | 'requiredFeatures'>;

/** Builders whose machine lines an explanation names. */
const MOST_NAMED = 3;

/** Says why no builder takes a derivation: what it needs, which machine line to change, and what there is. */
export function explainNoBuilder(facts: Needs, builders: readonly NamedBuilder[]): string {
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
  return `${facts.name} needs a builder for ${needs}, and none offers that. ${remedy(facts, builders)}, or leave the attribute out with filter_builds. There are ${there}.`;
}

/** The smallest change of the machine lines after which the derivation can be built. */
function remedy({ system, requiredFeatures }: Needs, builders: readonly NamedBuilder[]): string {
  const ofSystem = builders.filter(({ systems }) => system === 'builtin' || systems.includes(system));
  if (ofSystem.length === 0) {
    return `Add a machine that builds ${system} to builders, or ${system} to the systems (column 2) of one that can`;
  }
  const lacking = ofSystem.map(({ name, supportedFeatures, mandatoryFeatures }) => {
    const has = new Set([...supportedFeatures, ...mandatoryFeatures]);
    const features = requiredFeatures.filter((feature) => !has.has(feature));
    return { name, features, isChoosy: !mandatoryFeatures.every((one) => requiredFeatures.includes(one)) };
  });
  const fewest = Math.min(...lacking.map(({ features }) => features.length));
  const nearest = lacking.filter(({ features }) => features.length === fewest);
  const names = nearest.slice(0, MOST_NAMED).map(({ name }) => name);
  const features = nearest[0]?.features ?? [];
  if (features.length > 0) {
    return `Add ${features.join(', ')} to the features (column 6) of ${names.join(' or ')}`;
  }
  return nearest.some(({ isChoosy }) => isChoosy)
    ? `Move the mandatory features (column 7) of ${names.join(' or ')} to its features (column 6)`
    : `Add the user of ${names.join(' or ')} to trusted-users there`;
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
