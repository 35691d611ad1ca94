import type { AttemptResult } from './events.ts';
import { bringAbout } from './losses.ts';
import { type NodeRecord, WAITING } from './node-record.ts';
import { isAvailable, mishapsOf, takesBuilds, type BuilderState, type ScheduleState } from './state.ts';
import { awaitInputs, detach, makeAvailable, settle } from './transitions.ts';

/** Every input is on the builder now. */
export function attemptStaged(state: ScheduleState, record: NodeRecord, builder: BuilderState): void {
  const where = record.state;
  if (where.kind !== 'staging' || where.builder !== builder.id) return;
  const seconds = state.nowSeconds - where.sinceSeconds;
  if (where.isMeasure) builder.link.observe(where.bytes, seconds);
  builder.pace.observeStage(seconds);
  detach(state, record);
  for (const input of where.missing) state.holders.add(input.order, builder.id);
  record.state = { kind: 'staged', builder: builder.id };
  builder.staged.add(record);
}

/** Where it takes at least twice as long as expected, the slot that it was to have is given to others meanwhile. */
export function attemptStageLasts(state: ScheduleState, record: NodeRecord, builder: BuilderState): void {
  const { state: where } = record;
  if (where.kind !== 'staging' || where.builder !== builder.id) return;
  const expectedSeconds = where.expectedAtSeconds - where.sinceSeconds;
  if (state.nowSeconds - where.sinceSeconds >= 2 * expectedSeconds) record.state = { ...where, isLate: true };
}

/** An input could not be brought there. */
export function attemptStageFailed(state: ScheduleState, record: NodeRecord, builder: BuilderState): void {
  const { state: where } = record;
  if ((where.kind !== 'staging' && where.kind !== 'staged') || where.builder !== builder.id) return;
  detach(state, record);
  loseAttempt(state, record, builder);
}

/** The build ended, one way or the other. Anything that is not running there was stopped before: its answer is too late. */
export function attemptFinished(
  state: ScheduleState,
  record: NodeRecord,
  builder: BuilderState,
  result: AttemptResult,
): void {
  if (record.state.kind !== 'running' || record.state.builder !== builder.id) return;
  builder.pace.observeBuild(state.nowSeconds - record.state.startedAtSeconds);
  detach(state, record);
  switch (result.kind) {
    case 'built':
      record.narSizeBytes = result.narSizeBytes;
      state.mishaps.delete(record);
      makeAvailable(state, record, builder.id);
      // Inputs of a closure that were not there have been built along with it. One that is being built again may have turned up elsewhere.
      for (const input of record.dependencies) {
        const exists = isAvailable(state, input) || state.holders.isHeld(input.order);
        if (exists) state.holders.add(input.order, builder.id);
      }
      return;
    case 'failed':
      failAttempt(state, record, builder, result.isFinal);
      return;
    case 'suspect':
      suspectAttempt(state, record, builder);
      return;
    case 'infrastructure':
      loseAttempt(state, record, builder);
  }
}

/** An attempt came to nothing through the machine: tries again, elsewhere if it can, as often as is allowed. */
export function loseAttempt(state: ScheduleState, record: NodeRecord, builder: BuilderState): void {
  const mishaps = mishapsOf(state, record);
  mishaps.lostAttempts++;
  mishaps.avoided.add(builder.id);
  if (mishaps.lostAttempts > state.options.infraRetries) settle(state, record, { kind: 'infrastructure' });
  else queueAgain(state, record);
}

function failAttempt(state: ScheduleState, record: NodeRecord, builder: BuilderState, isFinal = false): void {
  const mishaps = mishapsOf(state, record);
  mishaps.failedAttempts++;
  mishaps.avoided.add(builder.id);
  if (isFinal || mishaps.failedAttempts > state.options.retries) settle(state, record, { kind: 'failed' });
  else queueAgain(state, record);
}

/** One try elsewhere tells whether the build or the machine was wrong; where there is no elsewhere it has failed. */
function suspectAttempt(state: ScheduleState, record: NodeRecord, builder: BuilderState): void {
  const mishaps = mishapsOf(state, record);
  mishaps.avoided.add(builder.id);
  const others = [...(record.buildClass?.eligible ?? [])].flatMap((id) => state.builders.get(id) ?? []);
  const hasElsewhere = others.some((other) => takesBuilds(other) && !mishaps.avoided.has(other.id));
  if (mishaps.wasSuspect || !hasElsewhere) {
    failAttempt(state, record, builder);
    return;
  }
  mishaps.wasSuspect = true;
  queueAgain(state, record);
}

/** Back to the queue; inputs that were lost in the meantime are built again first. */
export function queueAgain(state: ScheduleState, record: NodeRecord): void {
  awaitInputs(state, record);
  for (const input of record.dependencies) {
    if (record.state.kind === 'waiting' && !isAvailable(state, input)) bringAbout(state, input);
  }
}

/** Takes everything from a builder that can't go on with it; the nodes are left waiting, to be queued again. */
export function clearBuilder(state: ScheduleState, builder: BuilderState): NodeRecord[] {
  const records = [...builder.running, ...builder.staged, ...builder.staging];
  for (const record of records) {
    detach(state, record);
    record.state = WAITING;
  }
  return records;
}
