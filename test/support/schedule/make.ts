import type { BuildNode, ExistingNode, ScheduleBuilder } from '../../../src/dispatch/schedule/events.ts';

/** A build of the plainest kind. */
export function build(id: number, dependencies: number[] = [], more: Partial<BuildNode> = {}): BuildNode {
  return {
    kind: 'build',
    id,
    dependencies,
    system: 'x86_64-linux',
    requiredFeatures: [],
    preferLocalBuild: false,
    granularity: 'derivation',
    expectedSeconds: undefined,
    sourceBytes: 0,
    ...more,
  };
}

/** Outputs that exist; without locations the runner has them. */
export function existing(
  id: number,
  locations: number[] = [],
  more: Partial<ExistingNode> = {},
): ExistingNode {
  const onRunner = locations.length === 0;
  return { kind: 'existing', id, locations, onRunner, substitutable: false, narSizeBytes: 1000, ...more };
}

/** A builder that takes everything plain, one slot. */
export function builder(id: number, more: Partial<ScheduleBuilder> = {}): ScheduleBuilder {
  return {
    id,
    systems: ['x86_64-linux'],
    supportedFeatures: [],
    mandatoryFeatures: [],
    maxJobs: 1,
    speedFactor: 1,
    granularity: 'derivation',
    ...more,
  };
}
