import { isMoreUrgent } from './build-classes.ts';
import type { NodeId } from './events.ts';
import type { ScheduleState } from './state.ts';

/** Builds that could begin but for a free slot or bytes on their way, in the order in which they are wanted. */
export function upcoming(state: ScheduleState): readonly NodeId[] {
  const handedOut = [...state.builders.values()].flatMap(({ staged, staging }) => [...staged, ...staging]);
  const queued = [...state.classes.all()].flatMap(({ queue }) => queue.items);
  return [...handedOut, ...queued]
    .sort((one, other) => (isMoreUrgent(one, other) ? -1 : 1))
    .map(({ id }) => id);
}
