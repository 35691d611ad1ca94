import { isMoreUrgent } from './build-classes.ts';
import type { BuildClass, NodeRecord } from './node-record.ts';
import { createPlacement, missingInputs, type Place } from './placement.ts';
import { takesBuilds, type BuilderState, type ScheduleState } from './state.ts';
import { stage, start } from './transitions.ts';

// Builds that may wait on a builder for a slot, so that no slot waits for bytes: more would only bind too early.
const AHEAD_PER_SLOT = 0.5;
// How many builds may be passed over in one decision because a builder without room would finish them earlier.
const MOST_PASSED_OVER = 64;

/** Uses every free slot as well as it can be used now: starts what is there, and stages what comes next. */
export function assign(state: ScheduleState): void {
  if (state.cancelled) return;
  handOut(state);
  for (const builder of state.builders.values()) startStaged(state, builder);
}

function startStaged(state: ScheduleState, builder: BuilderState): void {
  while (takesBuilds(builder) && builder.running.size < builder.slots) {
    let first: NodeRecord | undefined;
    for (const record of builder.staged) {
      if (first === undefined || isMoreUrgent(record, first)) first = record;
    }
    if (first === undefined) return;
    start(state, first, builder);
  }
}

/**
 * Gives ready builds to builders with room, the most urgent first. A build goes where it is expected to end first; when that is
 * a builder without room, it stays in the queue and counts there, so that a less urgent one may take the room of a slower builder.
 */
function handOut(state: ScheduleState): void {
  const withRoom = new Set([...state.builders.values()].filter(hasRoom));
  if (withRoom.size === 0) return;
  const placement = createPlacement(state);
  const passedOver: NodeRecord[] = [];
  while (withRoom.size > 0 && passedOver.length < MOST_PASSED_OVER) {
    const record = mostUrgent(state, withRoom)?.queue.pop();
    if (record === undefined) break;
    const place = placement.best(record);
    place?.forecast.occupy(place.stageSeconds, place.buildSeconds);
    if (place === undefined || !withRoom.has(place.builder) || !give(state, record, place)) {
      passedOver.push(record);
    } else if (!hasRoom(place.builder)) withRoom.delete(place.builder);
  }
  for (const record of passedOver) record.buildClass?.queue.push(record);
}

/** Whether the builder was given the build: one with nothing to bring gains nothing by waiting there for a slot. */
function give(state: ScheduleState, record: NodeRecord, { builder, bytes }: Place): boolean {
  const missing = missingInputs(state, record, builder);
  if (missing.length > 0 || record.sourceBytes > 0) {
    stage(state, record, builder, missing, bytes);
    return true;
  }
  let before = builder.running.size;
  for (const other of builder.staged) {
    if (isMoreUrgent(other, record)) before++;
  }
  if (before >= builder.slots) return false;
  start(state, record, builder);
  return true;
}

function mostUrgent(state: ScheduleState, withRoom: ReadonlySet<BuilderState>): BuildClass | undefined {
  let best: BuildClass | undefined;
  let bestHead: NodeRecord | undefined;
  for (const buildClass of state.classes.all()) {
    const head = buildClass.queue.items[0];
    if (head === undefined || (bestHead !== undefined && !isMoreUrgent(head, bestHead))) continue;
    if (![...withRoom].some((builder) => buildClass.eligible.has(builder.id))) continue;
    best = buildClass;
    bestHead = head;
  }
  return best;
}

function hasRoom(builder: BuilderState): boolean {
  const taken = builder.running.size + builder.staged.size + builder.staging.size;
  return takesBuilds(builder) && taken < builder.slots + Math.ceil(builder.slots * AHEAD_PER_SLOT) + 1;
}
