import { isMoreUrgent } from './build-classes.ts';
import type { BuildClass, NodeRecord } from './node-record.ts';
import {
  createPlacement,
  isLate,
  missingInputs,
  type Place,
  type Placement,
  type Prospect,
} from './placement.ts';
import { createReserve, type Reserve } from './reserve.ts';
import { takesBuilds, type BuilderState, type ScheduleState } from './state.ts';
import { enqueue, stage, start, withdraw } from './transitions.ts';

// How many builds may be passed over in one decision because a builder without room would finish them earlier.
const MOST_PASSED_OVER = 24;
// Moving a build that was handed out costs what has been brought for it; and it must not wander for ever.
const LEAST_GAIN_SECONDS = 0.1;
const MOST_MOVES = 3;

/**
 * Uses every free slot as well as it can be used now: starts what is there, and stages what comes next.
 *
 * @param isNewRoom nothing was built, freed or added otherwise: then what was handed out before is all there is to start
 */
export function assign(state: ScheduleState, isNewRoom: boolean): void {
  if (state.cancelled) return;
  const builders = [...state.builders.values()].filter(takesBuilds);
  if (builders.length === 0) return;
  const reserve = createReserve(state);
  if (
    isNewRoom &&
    builders.some((builder) => builder.running.size < builder.slots || inHand(builder) < fullAt(builder))
  ) {
    handOut(state, reserve);
  }
  for (const builder of builders) startStaged(state, builder, reserve);
}

function startStaged(state: ScheduleState, builder: BuilderState, reserve: Reserve): void {
  while (builder.running.size < builder.slots) {
    let first: NodeRecord | undefined;
    for (const record of builder.staged) {
      if (builder.running.size + reserve.heldFrom(record, builder) >= builder.slots) continue;
      if (first === undefined || isMoreUrgent(record, first)) first = record;
    }
    if (first === undefined) return;
    start(state, first, builder);
  }
}

/**
 * Goes through everything that has not started, the most urgent first. A build goes where it is expected to end first; when that
 * is a builder without room, it stays in the queue and counts there, so that a less urgent one may take the room of a slower
 * builder. What was handed out already counts where it is, unless a slot is idle elsewhere that would end it earlier.
 */
function handOut(state: ScheduleState, reserve: Reserve): void {
  const placement = createPlacement(state, reserve);
  const handedOut = placement.prospects
    .flatMap(({ builder }) => [...builder.staged, ...builder.staging])
    .filter((record) => !isLate(record))
    .sort((one, other) => (isMoreUrgent(one, other) ? -1 : 1));
  const passedOver: NodeRecord[] = [];
  let next = 0;
  while (passedOver.length < MOST_PASSED_OVER && placement.prospects.some(hasRoom)) {
    const queue = mostUrgent(state, placement.prospects)?.queue;
    const head = queue?.items[0];
    const handed = handedOut[next];
    if (handed !== undefined && (head === undefined || isMoreUrgent(handed, head))) {
      next++;
      reconsider(state, placement, handed);
    } else {
      const record = queue?.pop();
      if (record === undefined) break;
      if (!place(state, placement.best(record), record)) passedOver.push(record);
    }
  }
  for (const record of passedOver) enqueue(record);
}

/** Leaves a build that was handed out where it is, or moves it to an idle slot that would end it earlier. */
function reconsider(state: ScheduleState, placement: Placement, record: NodeRecord): void {
  const current = placement.current(record);
  if (current === undefined) return;
  const mayMove = record.moves < MOST_MOVES && current.startSeconds > LEAST_GAIN_SECONDS;
  const best =
    mayMove && placement.prospects.some((one) => isIdle(one, 0)) ? placement.best(record) : undefined;
  const isBetter =
    best !== undefined &&
    best.prospect !== current.prospect &&
    isIdle(best.prospect, best.heldSlots) &&
    best.endSeconds + LEAST_GAIN_SECONDS < current.endSeconds;
  if (!isBetter) {
    claim(current);
    return;
  }
  record.moves++;
  withdraw(state, record);
  if (!place(state, best, record)) enqueue(record);
}

/** Gives the build to a builder if it takes one now; it counts there in any case. */
function place(state: ScheduleState, place: Place | undefined, record: NodeRecord): boolean {
  if (place === undefined) return false;
  const { builder } = place.prospect;
  const isFree = hasRoom(place.prospect) && inHand(builder) - place.prospect.late < fullAt(builder);
  const missing = isFree ? missingInputs(state, record, builder) : [];
  const isThere = missing.length === 0 && record.sourceBytes === 0;
  // More than that is not brought to where much is late, nor is a slot kept for it.
  const hangs = isFree && !isThere && inHand(builder) >= fullAt(builder);
  // A build with nothing to bring gains nothing by waiting there for a slot.
  const isGiven = isFree && !hangs && (!isThere || isIdle(place.prospect, place.heldSlots));
  if (isGiven && isThere) start(state, record, builder);
  else if (isGiven) stage(state, record, builder, missing, place);
  if (!hangs) claim(place);
  return isGiven;
}

function claim({ prospect, stageSeconds, heldSlots, buildSeconds }: Place): void {
  prospect.forecast.occupy(stageSeconds, heldSlots, buildSeconds);
  prospect.claimed++;
}

function mostUrgent(state: ScheduleState, prospects: readonly Prospect[]): BuildClass | undefined {
  let best: BuildClass | undefined;
  let bestHead: NodeRecord | undefined;
  for (const buildClass of state.classes.all()) {
    const head = buildClass.queue.items[0];
    if (head === undefined || (bestHead !== undefined && !isMoreUrgent(head, bestHead))) continue;
    if (!prospects.some((one) => hasRoom(one) && buildClass.eligible.has(one.builder.id))) continue;
    best = buildClass;
    bestHead = head;
  }
  return best;
}

function isIdle({ builder, claimed }: Prospect, heldSlots: number): boolean {
  return claimed + heldSlots < builder.slots;
}

/** Whether the builder takes one more, behind what is more urgent there. */
function hasRoom({ builder, claimed }: Prospect): boolean {
  return claimed < builder.slots + aheadOf(builder);
}

function inHand(builder: BuilderState): number {
  return builder.running.size + builder.staged.size + builder.staging.size;
}

// Twice as many ahead for the sake of builds that come before all that was handed out.
function fullAt(builder: BuilderState): number {
  return builder.slots + 2 * aheadOf(builder);
}

/** Builds that may wait on a builder for a slot, so that no slot waits for bytes. */
function aheadOf(builder: BuilderState): number {
  return Math.ceil(builder.slots * builder.pace.aheadPerSlot()) + 1;
}
