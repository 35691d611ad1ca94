import type { BuilderId, NodeId, Settlement } from './events.ts';
import { DONE, isOpen, type NodeRecord, READY, WAITING } from './node-record.ts';
import { isAvailable, type BuilderState, type ScheduleState } from './state.ts';

/** Puts an open node without a builder where it belongs: in the queue of its class, or among those that wait. */
export function awaitInputs(state: ScheduleState, record: NodeRecord): void {
  leaveQueue(record);
  record.unavailableInputs = record.dependencies.filter((input) => !isAvailable(state, input)).length;
  record.state = WAITING;
  if (record.unavailableInputs === 0) enqueue(record);
}

/** The node's outputs have come to exist on the builder: what waited only for them is ready. */
export function makeAvailable(state: ScheduleState, record: NodeRecord, builder: BuilderId): void {
  const wasAvailable = isAvailable(state, record);
  if (isOpen(record)) state.openSeconds -= record.seconds;
  record.state = DONE;
  state.holders.add(record.order, builder);
  if (wasAvailable) return;
  for (const dependant of record.dependants) {
    if (dependant.state.kind !== 'waiting') continue;
    dependant.unavailableInputs--;
    if (dependant.unavailableInputs === 0) enqueue(dependant);
  }
}

/** Outputs are back with their builder: nobody has to build them again who has not begun to. */
export function reclaim(state: ScheduleState, record: NodeRecord, builder: BuilderId): void {
  switch (record.state.kind) {
    case 'done':
    case 'waiting':
    case 'ready':
      leaveQueue(record);
      makeAvailable(state, record, builder);
      return;
    case 'staging':
    case 'staged':
      withdraw(state, record);
      makeAvailable(state, record, builder);
      return;
    case 'running':
      state.holders.add(record.order, builder);
      return;
    case 'settled':
  }
}

/** What a stage is expected to cost. */
export interface StageCost {
  readonly bytes: number;
  readonly stageSeconds: number;
}

/** Has a ready node brought to a builder; `missing` are the inputs that have to be brought. */
export function stage(
  state: ScheduleState,
  record: NodeRecord,
  builder: BuilderState,
  missing: readonly NodeRecord[],
  { bytes, stageSeconds }: StageCost,
): void {
  leaveQueue(record);
  const sinceSeconds = state.nowSeconds;
  const expectedAtSeconds = sinceSeconds + stageSeconds;
  const isMeasure = !missing.some((input) => builder.arriving.has(input));
  for (const input of missing) {
    const arrival = builder.arriving.get(input);
    if (arrival === undefined) builder.arriving.set(input, { stages: 1, expectedAtSeconds });
    else arrival.stages++;
  }
  const where = {
    builder: builder.id,
    missing,
    bytes,
    sinceSeconds,
    expectedAtSeconds,
    isMeasure,
    isLate: false,
  };
  record.state = { kind: 'staging', ...where };
  builder.staging.add(record);
  const ids = missing.map((input) => input.id);
  state.commands.push({ kind: 'stage', node: record.id, builder: builder.id, missing: ids });
}

/** Lets a staged node have a slot, or a ready one with nothing to bring. */
export function start(state: ScheduleState, record: NodeRecord, builder: BuilderState): void {
  leaveQueue(record);
  builder.staged.delete(record);
  builder.running.add(record);
  record.state = { kind: 'running', builder: builder.id, startedAtSeconds: state.nowSeconds };
  state.commands.push({ kind: 'start', node: record.id, builder: builder.id });
}

/** Takes the node from the builder that has it, if any, without a word to the dispatcher. */
export function detach(state: ScheduleState, record: NodeRecord): BuilderState | undefined {
  const where = record.state;
  if (where.kind !== 'staging' && where.kind !== 'staged' && where.kind !== 'running') return undefined;
  const builder = state.builders.get(where.builder);
  if (builder === undefined) return undefined;
  builder[where.kind].delete(record);
  if (where.kind === 'staging') {
    for (const input of where.missing) {
      const arrival = builder.arriving.get(input);
      if (arrival !== undefined && --arrival.stages === 0) builder.arriving.delete(input);
    }
  }
  return builder;
}

/** The same, and tells the dispatcher to end it. The node has to be put somewhere else afterwards. */
export function withdraw(state: ScheduleState, record: NodeRecord): void {
  const builder = detach(state, record);
  if (builder !== undefined) state.commands.push({ kind: 'stop', node: record.id, builder: builder.id });
}

/** Ends an open node without success, and everything above that waits for it. */
export function settle(state: ScheduleState, record: NodeRecord, settlement: Settlement): void {
  const root = settlement.kind === 'dependency-failed' ? settlement.root : record.id;
  settleOne(state, record, settlement, root);
  // A dependant that a builder has already got all its inputs there, whatever became of this node since.
  const above = [record];
  for (let next = above.pop(); next !== undefined; next = above.pop()) {
    for (const dependant of next.dependants) {
      if (dependant.state.kind !== 'waiting') continue;
      settleOne(state, dependant, { kind: 'dependency-failed', root }, root);
      above.push(dependant);
    }
  }
}

function settleOne(state: ScheduleState, record: NodeRecord, settlement: Settlement, root: NodeId): void {
  if (!isOpen(record)) return;
  leaveQueue(record);
  record.state = { kind: 'settled', root };
  state.openSeconds -= record.seconds;
  state.mishaps.delete(record);
  state.commands.push({ kind: 'settle', node: record.id, settlement });
}

/** Into the queue of its class: everything it needs exists, and no builder has it. */
export function enqueue(record: NodeRecord): void {
  record.state = READY;
  record.buildClass?.queue.push(record);
}

function leaveQueue(record: NodeRecord): void {
  if (record.queueIndex >= 0) record.buildClass?.queue.removeAt(record.queueIndex);
}
