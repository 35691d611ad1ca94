import { createForecast, speedOf, type Forecast } from './forecast.ts';
import type { BuildClass, NodeRecord } from './node-record.ts';
import type { Reserve } from './reserve.ts';
import { takesBuilds, type BuilderState, type ScheduleState } from './state.ts';
import type { StageCost } from './transitions.ts';

/** A builder for the length of one decision. */
export interface Prospect {
  readonly builder: BuilderState;
  readonly speed: number;
  readonly forecast: Forecast;
  /** What runs there, and what waits there and comes before the build that is being looked at. */
  claimed: number;
  /** Builds that no slot is kept for, although they have been handed out. */
  readonly late: number;
}

/** One way to build a node. */
export interface Place {
  readonly prospect: Prospect;
  /** Bytes that the links would have to carry. */
  readonly bytes: number;
  readonly stageSeconds: number;
  readonly buildSeconds: number;
  /** Slots that it has to leave free. */
  readonly heldSlots: number;
  /** Expected start and end, in seconds from now. */
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Compares builders for the length of one decision. */
export interface Placement {
  readonly prospects: readonly Prospect[];
  /** Where the build is expected to end first, whether or not that builder takes one right now. */
  best(record: NodeRecord): Place | undefined;
  /** What becomes of a build that was handed to a builder already. */
  current(record: NodeRecord): Place | undefined;
}

// An output whose size nobody told us.
const UNKNOWN_NAR_BYTES = 2_000_000;
// Further ones don't make such a place any better.
const MOST_REBUILT = 64;

/** Only builders that take builds now are prospects. Good for one decision: it does not see what becomes of `state` after that. */
export function createPlacement(state: ScheduleState, reserve: Reserve): Placement {
  const prospects = [...state.builders.values()].filter(takesBuilds).map((builder): Prospect => ({
    builder,
    speed: speedOf(builder),
    forecast: createForecast(builder, state.nowSeconds),
    claimed: builder.running.size,
    late: [...builder.staging].filter(isLate).length,
  }));
  const ofClass = new Map<BuildClass, readonly Prospect[]>();

  const candidates = (record: NodeRecord): readonly Prospect[] => {
    const { buildClass } = record;
    if (buildClass === undefined) return [];
    let able = ofClass.get(buildClass);
    if (able === undefined) {
      able = prospects.filter(({ builder }) => buildClass.eligible.has(builder.id));
      ofClass.set(buildClass, able);
    }
    const avoided = state.mishaps.get(record)?.avoided;
    if (avoided === undefined) return able;
    // Builders that lost it before get it only when there is no other.
    const others = able.filter(({ builder }) => !avoided.has(builder.id));
    return others.length > 0 ? others : able;
  };

  const placeAt = (prospect: Prospect, record: NodeRecord, bytes: number, stageSeconds: number): Place => {
    const heldSlots = reserve.heldFrom(record, prospect.builder);
    const work = record.seconds + rebuiltSeconds(state, record, prospect.builder);
    const buildSeconds = work / prospect.speed;
    const startSeconds = prospect.forecast.startOf(stageSeconds, heldSlots);
    const endSeconds = startSeconds + buildSeconds;
    return { prospect, bytes, stageSeconds, buildSeconds, heldSlots, startSeconds, endSeconds };
  };

  return {
    prospects,
    best: (record) => {
      let best: Place | undefined;
      for (const prospect of candidates(record)) {
        const { builder, forecast, speed } = prospect;
        const soonest = forecast.startOf(0, reserve.heldFrom(record, builder)) + record.seconds / speed;
        // Bringing inputs makes nothing earlier, so there is no need to add them up.
        if (best !== undefined && soonest >= best.endSeconds) continue;
        const { bytes, stageSeconds } = stageCost(state, record, builder);
        const place = placeAt(prospect, record, bytes, stageSeconds);
        if (best === undefined || place.endSeconds < best.endSeconds) best = place;
      }
      return best;
    },
    current: (record) => {
      const { state: where } = record;
      if (where.kind !== 'staged' && where.kind !== 'staging') return undefined;
      const prospect = prospects.find(({ builder }) => builder.id === where.builder);
      if (prospect === undefined) return undefined;
      if (where.kind === 'staged') return placeAt(prospect, record, 0, 0);
      const left = Math.max(0, where.expectedAtSeconds - state.nowSeconds);
      return placeAt(prospect, record, where.bytes, left);
    },
  };
}

/** Inputs to be brought that the builder does not have, whether or not they are on their way. */
export function missingInputs(state: ScheduleState, record: NodeRecord, builder: BuilderState): NodeRecord[] {
  if (isClosure(record)) return [];
  return record.dependencies.filter((input) => !state.holders.has(input.order, builder.id));
}

/** Its inputs should have been there long ago. */
export function isLate({ state }: NodeRecord): boolean {
  return state.kind === 'staging' && state.isLate;
}

function isClosure(record: NodeRecord): boolean {
  return record.buildClass?.needs.granularity === 'closure';
}

/** A closure's inputs are brought to no builder: one that has not built them itself does that along with the closure. */
function rebuiltSeconds(state: ScheduleState, record: NodeRecord, builder: BuilderState): number {
  if (!isClosure(record)) return 0;
  let seconds = 0;
  const seen = new Set([record]);
  for (const dependant of seen) {
    for (const input of dependant.dependencies) {
      if (seen.has(input) || state.holders.has(input.order, builder.id)) continue;
      seen.add(input);
      seconds += input.seconds;
      if (seen.size === MOST_REBUILT) return seconds;
    }
  }
  return seconds;
}

/** What it costs to send what nobody else has asked for, and to wait for the rest. */
function stageCost(state: ScheduleState, record: NodeRecord, builder: BuilderState): StageCost {
  let bytes = record.sourceBytes;
  let lastArrival = 0;
  const inputs = isClosure(record) ? [] : record.dependencies;
  for (const input of inputs) {
    if (state.holders.has(input.order, builder.id)) continue;
    const arrival = builder.arriving.get(input);
    if (arrival !== undefined) lastArrival = Math.max(lastArrival, arrival.expectedAtSeconds);
    else if (!input.isSubstitutable) bytes += input.narSizeBytes || UNKNOWN_NAR_BYTES;
  }
  const sendSeconds = bytes === 0 ? 0 : builder.link.secondsFor(bytes);
  return { bytes, stageSeconds: Math.max(sendSeconds, lastArrival - state.nowSeconds) };
}
