import {
  attemptFinished,
  attemptStaged,
  attemptStageFailed,
  attemptStageLasts,
  queueAgain,
} from './attempts.ts';
import { assign } from './assignment.ts';
import type { BuilderId, NodeId, ScheduleCommand, ScheduleEvent, ScheduleNode } from './events.ts';
import { dropOutputs } from './losses.ts';
import {
  changeSlots,
  completeBuilders,
  joinBuilder,
  loseBuilder,
  missBuilder,
  settleHopeless,
} from './membership.ts';
import { createRecord, isOpen, type NodeRecord } from './node-record.ts';
import { rankAdded } from './rank.ts';
import {
  createState,
  mayCome,
  noteAbsentHolding,
  recordOf,
  type BuilderState,
  type ScheduleState,
} from './state.ts';
import type { ScheduleOptions } from './state.ts';
import { settle, withdraw } from './transitions.ts';
import { upcoming } from './upcoming.ts';

/** Decides what is built where and when. It does nothing itself: events in, commands out, the same for the same events. */
export interface Schedule {
  /**
   * Takes in what happened and says what to do now, in this order.
   *
   * @param atSeconds the time of the event on any clock that does not run backwards
   * @throws RangeError for a node or builder that was never announced
   */
  apply(event: ScheduleEvent, atSeconds: number): readonly ScheduleCommand[];
}

/** A schedule of real builders, which get lost and return. */
export interface LiveSchedule extends Schedule {
  /** Builds whose outputs the builder had when it was lost and that are still waited for: to be looked for when it returns. */
  absent(builder: BuilderId): readonly NodeId[];
  /** What begins next, the most urgent first. */
  upcoming(): readonly NodeId[];
}

/**
 * Makes a schedule without nodes or builders. Each node that is added ends exactly once: with a `finished` event that says
 * `built`, or with a `settle` command. One exception: outputs that are gone with their builder while a build still needs them
 * open their node again, and it ends again.
 */
export function createSchedule(options: ScheduleOptions = {}): LiveSchedule {
  const state = createState(options);
  return {
    apply: (event, atSeconds) => {
      state.nowSeconds = Math.max(state.nowSeconds, atSeconds);
      state.commands = [];
      takeIn(state, event);
      const isNewRoom = event.kind !== 'staged';
      if (isNewRoom) settleHopeless(state);
      assign(state, isNewRoom);
      return state.commands;
    },
    absent: (builder) =>
      [...(state.absentHoldings.get(builder) ?? [])].flatMap(({ id, buildClass }) =>
        buildClass === undefined ? [] : [id],
      ),
    upcoming: () => upcoming(state),
  };
}

function takeIn(state: ScheduleState, event: ScheduleEvent): void {
  switch (event.kind) {
    case 'nodes-added':
      addNodes(state, event.nodes);
      return;
    case 'builder-joined':
      joinBuilder(state, event.builder, event.holds);
      return;
    case 'builder-lost':
      loseBuilder(state, event.builder, event.mayReturn);
      return;
    case 'builder-overdue':
      missBuilder(state, event.builder);
      return;
    case 'outputs-gone':
      dropOutputs(
        state,
        event.nodes.map((id) => recordOf(state, id)),
      );
      return;
    case 'builders-complete':
      completeBuilders(state);
      return;
    case 'slots-changed':
      changeSlots(state, event.builder, event.maxJobs);
      return;
    case 'staged':
      attemptStaged(state, recordOf(state, event.node), builderOf(state, event.builder));
      return;
    case 'stage-lasts':
      attemptStageLasts(state, recordOf(state, event.node), builderOf(state, event.builder));
      return;
    case 'stage-failed':
      attemptStageFailed(state, recordOf(state, event.node), builderOf(state, event.builder));
      return;
    case 'finished':
      attemptFinished(state, recordOf(state, event.node), builderOf(state, event.builder), event.result);
      return;
    case 'cancelled':
      cancel(state);
  }
}

function addNodes(state: ScheduleState, nodes: readonly ScheduleNode[]): void {
  const added = nodes.map((node) => link(state, node));
  for (const record of added) if (isOpen(record)) state.openSeconds += record.seconds;
  rankAdded(added);
  for (const record of added) {
    if (!isOpen(record)) continue;
    if (state.cancelled) settle(state, record, { kind: 'cancelled' });
    else queueAgain(state, record);
  }
}

function link(state: ScheduleState, node: ScheduleNode): NodeRecord {
  const order = state.nodes.size;
  if (state.nodes.has(node.id)) throw new RangeError(`Expected a new node, got ${node.id} a second time.`);
  const ids = node.kind === 'build' ? new Set(node.dependencies) : [];
  const dependencies = [...ids].map((id) => recordOf(state, id));
  const buildClass = node.kind === 'build' ? state.classes.of(node) : undefined;
  const record = createRecord(node, order, dependencies, buildClass);
  state.nodes.set(node.id, record);
  for (const input of dependencies) {
    input.dependants.push(record);
    // With one more dependant it may come before others of the same rank.
    if (input.queueIndex >= 0) input.buildClass?.queue.moveForward(input.queueIndex);
  }
  if (node.kind === 'existing') {
    for (const builder of node.locations) {
      if (state.builders.get(builder)?.presence === 'present') state.holders.add(order, builder);
      else if (mayCome(state, builder)) noteAbsentHolding(state, record, builder);
    }
  }
  return record;
}

function cancel(state: ScheduleState): void {
  state.cancelled = true;
  // Dependants first: each is cancelled itself, not the victim of a cancelled input.
  for (const record of [...state.nodes.values()].reverse()) {
    if (!isOpen(record)) continue;
    withdraw(state, record);
    settle(state, record, { kind: 'cancelled' });
  }
}

function builderOf(state: ScheduleState, id: BuilderId): BuilderState {
  const builder = state.builders.get(id);
  if (builder === undefined) throw new RangeError(`Expected a builder that joined, got ${id}.`);
  return builder;
}

export type { ScheduleOptions };
