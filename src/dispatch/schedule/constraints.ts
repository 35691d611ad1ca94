import type { Granularity, ScheduleBuilder } from './events.ts';

/** What a build asks of a builder; nothing else decides whether it may run there. */
export interface BuildNeeds {
  readonly system: string;
  readonly requiredFeatures: readonly string[];
  readonly granularity: Granularity;
}

/** What a machine line says of a builder; without systems, those and its features are its own to name. */
export type BuilderLine = Pick<ScheduleBuilder, 'systems' | 'supportedFeatures' | 'mandatoryFeatures'>;

/** Whether the builder may run such a build: the rules of Nix's build hook (protocol §13.1) and our granularity. */
export function canBuild(
  builder: BuilderLine & Pick<ScheduleBuilder, 'granularity'>,
  needs: BuildNeeds,
): boolean {
  const { systems, supportedFeatures, mandatoryFeatures } = builder;
  return (
    (needs.system === 'builtin' || systems.includes(needs.system)) &&
    needs.requiredFeatures.every(
      (feature) => supportedFeatures.includes(feature) || mandatoryFeatures.includes(feature),
    ) &&
    mandatoryFeatures.every((feature) => needs.requiredFeatures.includes(feature)) &&
    (builder.granularity === 'derivation' || needs.granularity === 'closure')
  );
}

/** Whether a builder that could not be asked yet may turn out to take such a build, if it is trusted or not. */
export function mightBuild(line: BuilderLine, needs: Omit<BuildNeeds, 'granularity'>): boolean {
  const { systems, supportedFeatures, mandatoryFeatures } = line;
  const namesItself = systems.length === 0;
  return canBuild(
    {
      systems: namesItself ? [needs.system] : systems,
      supportedFeatures:
        namesItself && supportedFeatures.length === 0 ? needs.requiredFeatures : supportedFeatures,
      mandatoryFeatures,
      granularity: 'derivation',
    },
    { ...needs, granularity: 'derivation' },
  );
}

/** The same text for the same needs, in whatever order the features stand. */
export function needsKey(needs: BuildNeeds): string {
  return JSON.stringify([needs.granularity, needs.system, ...new Set(needs.requiredFeatures.toSorted())]);
}
