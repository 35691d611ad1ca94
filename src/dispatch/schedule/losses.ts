import type { BuilderId } from './events.ts';
import type { NodeRecord } from './node-record.ts';
import { rankReopened } from './rank.ts';
import { isAvailable, isExpected, noteAbsentHolding, type ScheduleState } from './state.ts';
import { awaitInputs, settle, withdraw } from './transitions.ts';

/** The builder's store is out of reach: what needs outputs that only it holds has to wait for it. */
export function loseOutputs(state: ScheduleState, builder: BuilderId): void {
  const held = [...state.nodes.values()].filter((record) => state.holders.has(record.order, builder));
  for (const record of held) {
    state.holders.remove(record.order, builder);
    noteAbsentHolding(state, record, builder);
  }
  makeOthersWait(state, held);
}

/** No builder that is present has these outputs, whatever was thought. */
export function dropOutputs(state: ScheduleState, records: readonly NodeRecord[]): void {
  for (const record of records) {
    for (const builder of state.builders.keys()) state.holders.remove(record.order, builder);
    for (const dependant of record.dependants) {
      // It would start where it was thought to have all it needs.
      if (dependant.state.kind !== 'staged') continue;
      withdraw(state, dependant);
      awaitInputs(state, dependant);
    }
  }
  makeOthersWait(state, records);
  bringBack(state, records);
}

/** A builder that is away is not waited for any longer, but for what cannot be built again. */
export function stopExpecting(state: ScheduleState, builder: BuilderId): void {
  state.overdue.add(builder);
  bringBack(state, state.absentHoldings.get(builder) ?? []);
}

/** Of what a builder held when it was lost, this is gone for good. */
export function forgetHoldings(
  state: ScheduleState,
  builder: BuilderId,
  isGone: (record: NodeRecord) => boolean,
): void {
  const holdings = state.absentHoldings.get(builder);
  if (holdings === undefined) return;
  const gone = [...holdings].filter(isGone);
  for (const record of gone) holdings.delete(record);
  if (holdings.size === 0) state.absentHoldings.delete(builder);
  bringBack(state, gone);
}

/** Builds that still need one of these outputs make it be built again; builds that nobody needs any more stay built. */
function bringBack(state: ScheduleState, records: Iterable<NodeRecord>): void {
  for (const record of records) {
    if (isAwaited(record)) bringAbout(state, record);
  }
}

/** What is not running yet can't go on without these outputs, where they are nowhere now. */
function makeOthersWait(state: ScheduleState, records: readonly NodeRecord[]): void {
  const gone = records.filter((record) => record.state.kind === 'done' && !isAvailable(state, record));
  for (const dependant of new Set(gone.flatMap((record) => record.dependants))) {
    const { kind } = dependant.state;
    if (kind === 'staging') withdraw(state, dependant);
    if (kind === 'staging' || kind === 'ready' || kind === 'waiting') awaitInputs(state, dependant);
  }
}

/**
 * For a node that others wait for: opens it again if its outputs were lost, down to what is still there. Nothing happens to
 * what exists or is on its way.
 */
export function bringAbout(state: ScheduleState, record: NodeRecord): void {
  const wanted = [record];
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    if (next.state.kind === 'settled') {
      settle(state, next, { kind: 'dependency-failed', root: next.state.root });
    } else if (next.state.kind === 'done' && !isAvailable(state, next) && !isExpected(state, next)) {
      if (next.buildClass === undefined) settleIfStranded(state, next);
      else {
        state.openSeconds += next.seconds;
        rankReopened(next);
        awaitInputs(state, next);
        wanted.push(...next.dependencies);
      }
    }
  }
}

/** Existing outputs that no builder has any more, nor will have again: what waits for them can't be built. */
export function settleStranded(state: ScheduleState): void {
  for (const record of state.nodes.values()) {
    if (record.buildClass === undefined && isAwaited(record)) settleIfStranded(state, record);
  }
}

function settleIfStranded(state: ScheduleState, record: NodeRecord): void {
  if (isAvailable(state, record) || isExpected(state, record)) return;
  for (const dependant of record.dependants) {
    if (dependant.state.kind === 'waiting') settle(state, dependant, { kind: 'infrastructure' });
  }
}

function isAwaited(record: NodeRecord): boolean {
  return record.dependants.some((dependant) => dependant.state.kind === 'waiting');
}
