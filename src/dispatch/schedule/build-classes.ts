import { canBuild, needsKey, type BuildNeeds } from './constraints.ts';
import type { BuilderId, ScheduleBuilder } from './events.ts';
import { createHeap } from './heap.ts';
import type { BuildClass, NodeRecord } from './node-record.ts';

/** The classes there are, and the builders that were ever seen. */
export interface BuildClasses {
  all(): Iterable<BuildClass>;
  of(needs: BuildNeeds): BuildClass;
  /** Takes note of a builder (again, with what it offers now). */
  noteBuilder(builder: ScheduleBuilder): void;
}

/** Longest remaining path first; then what more builds wait for; then the older. */
export function isMoreUrgent(one: NodeRecord, other: NodeRecord): boolean {
  if (one.rank !== other.rank) return one.rank > other.rank;
  if (one.dependants.length !== other.dependants.length) {
    return one.dependants.length > other.dependants.length;
  }
  return one.order < other.order;
}

/** Makes the table without any class or builder. */
export function createBuildClasses(): BuildClasses {
  const classes = new Map<string, BuildClass>();
  const builders = new Map<BuilderId, ScheduleBuilder>();
  return {
    all: () => classes.values(),
    of: (needs) => {
      const key = needsKey(needs);
      const known = classes.get(key);
      if (known !== undefined) return known;
      const { system, requiredFeatures, granularity } = needs;
      const eligible = [...builders.values()].filter((builder) => canBuild(builder, needs));
      const made: BuildClass = {
        needs: { system, requiredFeatures, granularity },
        eligible: new Set(eligible.map((builder) => builder.id)),
        queue: createHeap(isMoreUrgent, (record, index) => {
          record.queueIndex = index;
        }),
      };
      classes.set(key, made);
      return made;
    },
    noteBuilder: (builder) => {
      builders.set(builder.id, builder);
      for (const { eligible, needs } of classes.values()) {
        if (canBuild(builder, needs)) eligible.add(builder.id);
        else eligible.delete(builder.id);
      }
    },
  };
}
