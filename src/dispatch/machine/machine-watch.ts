import { setTimeout as sleep } from 'node:timers/promises';

import type { DispatchError } from '../../errors.ts';
import { createConduct, mostWrongInARow } from './conduct.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { describeFullDisk, hasRoomAgain, isDiskFull } from './free-disk.ts';
import type { AttemptEnd } from '../ledger/attempt.ts';
import { isGoodEnd } from '../ledger/outcome.ts';
import { looksLikeFullDisk, looksLikeMachine } from './machine-symptoms.ts';
import type { BuilderId, NodeId } from '../schedule/events.ts';
import type { BuilderSession } from '../fleet/session.ts';

/** Looks after the machines while builds run on them: what failed through one of them is not held against a build. */
export interface MachineWatch {
  /**
   * Says what the end of an attempt means, having looked at its machine where it may be to blame. May take as long as the machine takes
   * to answer.
   */
  readonly judge: (
    session: BuilderSession,
    node: NodeId,
    end: AttemptEnd,
    logTail: readonly string[],
  ) => Promise<AttemptEnd>;
  /** Something could not be brought to the machine. Resolves when it has been looked at. */
  readonly notStaged: (session: BuilderSession, error: DispatchError) => Promise<void>;
  close(): void;
}

type WatchedFleet = Pick<Fleet, 'sessions' | 'examine' | 'worked' | 'drain' | 'reopen'>;

const lookAgainMs = 10_000;
const firstPauseMs = 1000;
const longestPauseMs = 16_000;

function mayBeItsFault(end: AttemptEnd): boolean {
  if (end.kind === 'failed') return end.isSuspect === true;
  return end.kind === 'infrastructure' && end.isRefusal === true;
}

/** Watches the machines of a fleet. */
export function createMachineWatch(fleet: WatchedFleet): MachineWatch {
  const conduct = createConduct();
  const full = new Set<BuilderSession>();
  const quarantines = new Map<BuilderId, AbortController>();
  let timer: NodeJS.Timeout | undefined;

  const quarantineOf = (builder: BuilderId): AbortController => {
    const known = quarantines.get(builder) ?? new AbortController();
    quarantines.set(builder, known);
    return known;
  };

  /**
   * A machine that fails at once would get all builds that wait before the first of them has been done elsewhere: the slots of one that
   * fails again and again stay taken a little longer each time, until it is known whose fault that is.
   */
  const patience = async (builder: BuilderId): Promise<void> => {
    const excess = conduct.failedInARow(builder) - mostWrongInARow;
    if (excess < 0) return;
    const { signal } = quarantineOf(builder);
    const pauseMs = Math.min(firstPauseMs * 2 ** excess, longestPauseMs);
    await sleep(pauseMs, undefined, { ref: false, signal }).catch(() => {});
  };

  const watchDisks = (): void => {
    timer ??= setInterval(() => {
      for (const session of full) void lookAgain(session);
    }, lookAgainMs).unref();
  };

  const lookAgain = async (session: BuilderSession): Promise<void> => {
    if (!fleet.sessions.includes(session)) {
      full.delete(session);
      return;
    }
    const disk = await session.diskSpace();
    if (disk === undefined || !hasRoomAgain(disk) || !full.delete(session)) return;
    fleet.reopen(session, 'its disk has room again');
  };

  /** Undefined when the disk is not full, as far as the machine says. */
  const fullDiskOf = async (session: BuilderSession): Promise<string | undefined> => {
    const disk = await session.diskSpace();
    if (disk === undefined || !isDiskFull(disk)) return undefined;
    const message = describeFullDisk(disk);
    if (!full.has(session)) {
      full.add(session);
      fleet.drain(session, `${message}; it gets no builds until there is room`);
      watchDisks();
    }
    return message;
  };

  const blame = async (session: BuilderSession, end: AttemptEnd, tail: string): Promise<AttemptEnd> => {
    if (end.kind === 'infrastructure') {
      if (end.isRefusal !== true) await fleet.examine(session);
      else if (looksLikeFullDisk(end.message)) await fullDiskOf(session);
      return end;
    }
    if (end.kind !== 'failed') return end;
    const text = `${end.message}\n${tail}`;
    const disk = looksLikeFullDisk(text) ? await fullDiskOf(session) : undefined;
    if (disk !== undefined)
      return { kind: 'infrastructure', message: `${end.message}: ${disk}`, isRefusal: true };
    const isSuspect = looksLikeMachine(text) || conduct.isSuspect(session.id);
    return isSuspect ? { ...end, isSuspect } : end;
  };

  const note = (session: BuilderSession, node: NodeId, end: AttemptEnd): void => {
    const isBad = end.kind === 'failed' || (end.kind === 'infrastructure' && end.isRefusal === true);
    if (!isBad && !isGoodEnd(end)) return;
    // What a full disk does is known already, and passes.
    if (isBad && full.has(session)) return;
    if (!isBad) fleet.worked(session);
    for (const wrong of conduct.ended(session.id, node, isBad ? 'bad' : 'good')) {
      quarantineOf(wrong).abort();
      const culprit = fleet.sessions.find(({ id }) => id === wrong);
      if (culprit === undefined) continue;
      fleet.drain(
        culprit,
        `quarantined: ${mostWrongInARow} builds in a row failed there and succeeded elsewhere`,
      );
    }
  };

  return {
    async judge(session, node, end, logTail) {
      const judged = await blame(session, end, logTail.join('\n'));
      note(session, node, judged);
      if (mayBeItsFault(judged)) await patience(session.id);
      return judged;
    },
    async notStaged(session, error) {
      const { host } = error;
      const suspects = new Set([session, ...fleet.sessions.filter(({ name }) => name === host)]);
      await Promise.all([...suspects].map((suspect) => fleet.examine(suspect)));
      if (looksLikeFullDisk(error.message)) await fullDiskOf(session);
    },
    close: () => clearInterval(timer),
  };
}
