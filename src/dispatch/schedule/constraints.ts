import type { Granularity, ScheduleBuilder } from './events.ts';

/** What a build asks of a builder; nothing else decides whether it may run there. */
export interface BuildNeeds {
  readonly system: string;
  readonly requiredFeatures: readonly string[];
  readonly granularity: Granularity;
}

/** Whether the builder may run such a build: the rules of Nix's build hook (protocol §13.1) and our granularity. */
export function canBuild(builder: ScheduleBuilder, needs: BuildNeeds): boolean {
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

/** The same text for the same needs, in whatever order the features stand. */
export function needsKey(needs: BuildNeeds): string {
  return JSON.stringify([needs.granularity, needs.system, ...new Set(needs.requiredFeatures.toSorted())]);
}
