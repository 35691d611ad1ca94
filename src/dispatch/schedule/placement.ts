import { forecast, speedOf, type Forecast } from './forecast.ts';
import type { NodeRecord } from './node-record.ts';
import { takesBuilds, type BuilderState, type ScheduleState } from './state.ts';

/** One way to build a node. */
export interface Place {
  readonly builder: BuilderState;
  readonly forecast: Forecast;
  /** Bytes that the links would have to carry. */
  readonly bytes: number;
  readonly stageSeconds: number;
  readonly buildSeconds: number;
  /** Expected end, in seconds from now. */
  readonly endSeconds: number;
}

/** Compares builders for the length of one decision. */
export interface Placement {
  /** Where the build is expected to end first, whether or not that builder takes one right now. */
  best(record: NodeRecord): Place | undefined;
}

// An output whose size nobody told us.
const UNKNOWN_NAR_BYTES = 2_000_000;

export function createPlacement(state: ScheduleState): Placement {
  const forecasts = new Map<BuilderState, Forecast>();
  const forecastOf = (builder: BuilderState): Forecast => {
    const known = forecasts.get(builder) ?? forecast(builder, state.nowSeconds);
    forecasts.set(builder, known);
    return known;
  };

  return {
    best: (record) => {
      let best: Place | undefined;
      for (const builder of candidates(state, record)) {
        const bytes = missingBytes(state, record, builder);
        const stageSeconds = bytes === 0 ? 0 : builder.link.secondsFor(bytes);
        const buildSeconds = record.seconds / speedOf(builder);
        const slots = forecastOf(builder);
        const endSeconds = slots.startOf(stageSeconds) + buildSeconds;
        if (best !== undefined && endSeconds >= best.endSeconds) continue;
        best = { builder, forecast: slots, bytes, stageSeconds, buildSeconds, endSeconds };
      }
      return best;
    },
  };
}

/** The builders that may be given the node now; those that lost it before only when there is no other. */
export function candidates(state: ScheduleState, record: NodeRecord): BuilderState[] {
  const able: BuilderState[] = [];
  for (const id of record.buildClass?.eligible ?? []) {
    const builder = state.builders.get(id);
    if (builder !== undefined && takesBuilds(builder)) able.push(builder);
  }
  const avoided = state.mishaps.get(record)?.avoided;
  if (avoided === undefined || avoided.size === 0) return able;
  const others = able.filter((builder) => !avoided.has(builder.id));
  return others.length > 0 ? others : able;
}

/** Inputs that the builder does not have, whether or not they are on their way. */
export function missingInputs(state: ScheduleState, record: NodeRecord, builder: BuilderState): NodeRecord[] {
  return record.dependencies.filter((input) => !state.holders.has(input.order, builder.id));
}

/** Bytes that still have to be sent to the builder for the node, and that nobody else has asked for. */
export function missingBytes(state: ScheduleState, record: NodeRecord, builder: BuilderState): number {
  let bytes = record.sourceBytes;
  for (const input of record.dependencies) {
    if (input.isSubstitutable || builder.arriving.has(input)) continue;
    if (!state.holders.has(input.order, builder.id)) bytes += input.narSizeBytes || UNKNOWN_NAR_BYTES;
  }
  return bytes;
}
