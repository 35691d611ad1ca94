import type { BuilderId } from './events.ts';
import type { NodeRecord } from './node-record.ts';
import { rankReopened } from './rank.ts';
import { isAvailable, noteAbsentHolding, type ScheduleState } from './state.ts';
import { awaitInputs, settle, withdraw } from './transitions.ts';

/**
 * The builder's store is out of reach: outputs that only it held are gone. Builds that still need one make it be built
 * again, with whatever below it is gone as well; builds that nobody needs any more stay built.
 */
export function loseOutputs(state: ScheduleState, builder: BuilderId): void {
  const held = [...state.nodes.values()].filter((record) => state.holders.has(record.order, builder));
  for (const record of held) {
    state.holders.remove(record.order, builder);
    // What existed before us can't be built again, but a builder that returns still has it.
    if (record.buildClass === undefined) noteAbsentHolding(state, record, builder);
  }
  const gone = held.filter((record) => record.state.kind === 'done' && !isAvailable(state, record));
  for (const dependant of new Set(gone.flatMap((record) => record.dependants))) {
    const { kind } = dependant.state;
    if (kind === 'staging') withdraw(state, dependant);
    if (kind === 'staging' || kind === 'ready' || kind === 'waiting') awaitInputs(state, dependant);
  }
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
    } else if (next.state.kind === 'done' && !isAvailable(state, next)) {
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
  if (isAvailable(state, record)) return;
  for (const holdings of state.absentHoldings.values()) {
    if (holdings.has(record)) return;
  }
  for (const dependant of record.dependants) {
    if (dependant.state.kind === 'waiting') settle(state, dependant, { kind: 'infrastructure' });
  }
}

function isAwaited(record: NodeRecord): boolean {
  return record.dependants.some((dependant) => dependant.state.kind === 'waiting');
}
