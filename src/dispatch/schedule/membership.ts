import { clearBuilder, loseAttempt, queueAgain } from './attempts.ts';
import type { BuilderId, NodeId, ScheduleBuilder } from './events.ts';
import { createLinkEstimate } from './link-estimate.ts';
import { forgetHoldings, loseOutputs, settleStranded, stopExpecting } from './losses.ts';
import { createPace } from './pace.ts';
import { mayCome, recordOf, takesBuilds, type ScheduleState } from './state.ts';
import { reclaim, settle, withdraw } from './transitions.ts';

/** A builder is there, for the first time or again; see the event. */
export function joinBuilder(
  state: ScheduleState,
  offer: ScheduleBuilder,
  holds: readonly NodeId[] | undefined,
): void {
  const known = state.builders.get(offer.id);
  if (known === undefined) {
    const { linkLatencySeconds, linkBytesPerSecond } = state.options;
    state.builders.set(offer.id, {
      id: offer.id,
      offer,
      presence: 'present',
      slots: offer.maxJobs,
      running: new Set(),
      staged: new Set(),
      staging: new Set(),
      arriving: new Map(),
      link: createLinkEstimate(linkLatencySeconds, linkBytesPerSecond),
      pace: createPace(),
    });
  } else {
    known.offer = offer;
    known.slots = offer.maxJobs;
    known.presence = 'present';
  }
  state.classes.noteBuilder(offer);
  if (holds !== undefined) {
    const kept = new Set(holds);
    forgetHoldings(state, offer.id, ({ id, buildClass }) => buildClass !== undefined && !kept.has(id));
  }
  const holdings = state.absentHoldings.get(offer.id) ?? [];
  state.absentHoldings.delete(offer.id);
  state.overdue.delete(offer.id);
  for (const record of holdings) reclaim(state, record, offer.id);
  for (const id of holds ?? []) reclaim(state, recordOf(state, id), offer.id);
}

/** The connection is gone; see the event. A second loss only says that the builder will not return. */
export function loseBuilder(state: ScheduleState, id: BuilderId, mayReturn: boolean): void {
  const builder = state.builders.get(id);
  if (builder?.presence === 'present') {
    builder.presence = 'away';
    const ran = new Set(builder.running);
    const records = clearBuilder(state, builder);
    loseOutputs(state, id);
    for (const record of records) {
      if (record.state.kind !== 'waiting') continue;
      if (ran.has(record)) loseAttempt(state, record, builder);
      else queueAgain(state, record);
    }
  }
  if (mayReturn) return;
  if (builder !== undefined) builder.presence = 'gone';
  state.overdue.delete(id);
  forgetHoldings(state, id, () => true);
  settleStranded(state);
}

/** It is not back yet: outputs that can be built again are not waited for any longer. */
export function missBuilder(state: ScheduleState, id: BuilderId): void {
  if (state.builders.get(id)?.presence !== 'away') return;
  stopExpecting(state, id);
}

/** The builder offers another number of slots. At 0 it is drained: what waits there for a slot may go elsewhere. */
export function changeSlots(state: ScheduleState, id: BuilderId, slots: number): void {
  const builder = state.builders.get(id);
  if (builder === undefined) return;
  builder.slots = slots;
  if (slots > 0) return;
  for (const record of [...builder.staged, ...builder.staging]) {
    withdraw(state, record);
    queueAgain(state, record);
  }
}

/** Nobody joins any more: existing outputs of builders that never came are out of reach. */
export function completeBuilders(state: ScheduleState): void {
  state.buildersComplete = true;
  for (const id of state.absentHoldings.keys()) {
    if (!mayCome(state, id)) forgetHoldings(state, id, () => true);
  }
  settleStranded(state);
}

/** Settles what no builder takes, now or later, once all have joined that ever will. */
export function settleHopeless(state: ScheduleState): void {
  if (!state.buildersComplete) return;
  const hopeless = new Set([...state.classes.all()].filter(({ eligible }) => !isHopeful(state, eligible)));
  if (hopeless.size === 0) return;
  for (const record of state.nodes.values()) {
    const { buildClass } = record;
    if (buildClass === undefined || !hopeless.has(buildClass)) continue;
    if (record.state.kind !== 'waiting' && record.state.kind !== 'ready') continue;
    settle(state, record, { kind: buildClass.eligible.size === 0 ? 'no-builder' : 'infrastructure' });
  }
}

function isHopeful(state: ScheduleState, eligible: ReadonlySet<BuilderId>): boolean {
  return [...eligible].some((id) => {
    const builder = state.builders.get(id);
    return builder !== undefined && (takesBuilds(builder) || mayCome(state, id));
  });
}
