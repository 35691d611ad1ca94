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
  const gone = held.filter((record) => record.state.kind === 'done' && !isAvailable(state, record));
  for (const dependant of new Set(gone.flatMap((record) => record.dependants))) {
    const { kind } = dependant.state;
    if (kind === 'staging') withdraw(state, dependant);
    if (kind === 'staging' || kind === 'ready' || kind === 'waiting') awaitInputs(state, dependant);
  }
}

/**
 * Outputs that a builder held when it was lost are not waited for any longer. Builds that still need one make it be built
 * again, with whatever below it is gone as well; builds that nobody needs any more stay built.
 *
 * @param isGone which of them; what existed before us can't be built again, so that stays expected while the builder may return
 */
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
  for (const record of gone) {
    if (isAwaited(record)) bringAbout(state, record);
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
