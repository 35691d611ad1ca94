import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { describeTrouble, toDispatchError, type DispatchError, type ErrorCode } from '../errors.ts';
import type { BuilderReport } from '../report/run-report.ts';
import type { LostWork } from './activities.ts';
import type { Dispatcher } from './dispatcher.ts';
import { noneUsable } from './none-usable.ts';
import type { DispatchObserver } from './observer.ts';
import type { ScheduleBuilder } from './schedule/events.ts';
import {
  createSeat,
  forgive,
  reportOf,
  seat as seatAt,
  unseat,
  type FleetMember,
  type Seat,
} from './seat.ts';
import type { BuilderSession } from './session.ts';

export type { FleetMember };

/** The builders of a run: logs in to all of them, and again to those that are lost. */
export interface Fleet {
  /**
   * Tries every builder once; those that can be used join the dispatcher as they come. Resolves when all have been tried.
   *
   * @throws DispatchError when not one of them can be used; its message lists each with its reason
   */
  connect(dispatcher: FleetDispatcher): Promise<void>;
  readonly sessions: readonly BuilderSession[];
  /** Everything that ever joined, with its name, for explanations. */
  readonly offers: readonly (ScheduleBuilder & { readonly name: string })[];
  /** Looks whether the daemon still answers; where it doesn't, the builder is lost and tried again. Never rejects. */
  examine(session: BuilderSession): Promise<void>;
  /** It did a build: whatever happens next is a new trouble. */
  worked(session: BuilderSession): void;
  /** Gives it no more builds. */
  drain(session: BuilderSession, message: string): void;
  /** Gives it builds again. */
  reopen(session: BuilderSession, message: string): void;
  reports(): readonly Omit<BuilderReport, 'busySeconds'>[];
  close(): void;
}

export interface FleetOptions {
  readonly observer: DispatchObserver;
  /** How long a lost builder is tried again before it is given up. */
  readonly reconnectMs: number;
  /** How long what only it has is waited for; then it is built again, although it may still return. */
  readonly graceMs: number;
}

type FleetDispatcher = Pick<Dispatcher, 'join' | 'lose' | 'overdue' | 'resize' | 'buildersComplete'>;

/** A session that lasted this long was a good one: what comes after it is a new trouble. */
const goodSessionMs = 30_000;
const longestPauseMs = 5000;
/** Errors that a second try does not mend. */
const final: ReadonlySet<ErrorCode> = new Set(['host-key', 'authentication', 'not-nix', 'input', 'local']);
/** The same for a builder that could be used before: while a machine starts, its sshd may answer before its daemon does. */
const finalOnReturn: ReadonlySet<ErrorCode> = new Set(['host-key', 'authentication']);

export function createFleet(members: readonly FleetMember[], options: FleetOptions): Fleet {
  const { observer } = options;
  const seats = members.map(createSeat);
  let dispatcher: FleetDispatcher | undefined;
  let isClosed = false;
  const closing = new AbortController();
  // All builders may be waited for at the same time.
  setMaxListeners(0, closing.signal);

  const seatOf = (session: BuilderSession): Seat | undefined => {
    const seat = seats[session.id];
    return seat?.session === session && !isClosed ? seat : undefined;
  };

  const seated = (seat: Seat, session: BuilderSession): void => {
    if (isClosed) {
      session.close();
      return;
    }
    const joinedAtMs = performance.now();
    const isReturn = seat.last !== undefined;
    seatAt(seat, session);
    const { offer, nixVersion } = session;
    const trusted = offer.granularity === 'derivation' ? '' : ', whole closures only';
    observer.builderJoined(
      session.name,
      `${isReturn ? 'back, ' : ''}Nix ${nixVersion}, ${offer.systems.join(' ')}, ${offer.maxJobs} slots${trusted}`,
    );
    dispatcher?.join(session);
    session.whenFull((conversations, reason) => shrink(session, conversations, reason));
    void session.lost.then((reason) => {
      if (performance.now() - joinedAtMs >= goodSessionMs) forgive(seat);
      lose(session, reason === undefined ? 'the connection was closed' : describeTrouble(reason));
    });
  };

  const lose = (session: BuilderSession, message: string): void => {
    const seat = seatOf(session);
    if (seat === undefined) return;
    unseat(seat);
    const isHopeless = seat.giveUpAtMs !== undefined && performance.now() >= seat.giveUpAtMs;
    const work = dispatcher?.lose(seat.id, !isHopeless) ?? { builds: 0, seconds: 0 };
    note(seat, `${isHopeless ? 'given up: ' : ''}${message}${costOf(work)}`);
    if (isHopeless) return;
    seat.overdue = setTimeout(() => dispatcher?.overdue(seat.id), options.graceMs).unref();
    void reconnect(seat);
  };

  /** What is open now is what the machine allows; one of it is for questions. */
  const shrink = (session: BuilderSession, conversations: number, reason: DispatchError): void => {
    const seat = seatOf(session);
    if (seat === undefined) return;
    const slots = Math.max(1, conversations - 1);
    if (slots >= seat.slots) return;
    seat.slots = slots;
    note(
      seat,
      `builds in ${slots} of ${session.offer.maxJobs} slots from now on: ${describeTrouble(reason)}`,
    );
    if (!seat.isDrained) dispatcher?.resize(seat.id, slots);
  };

  const note = (seat: Seat, message: string): void => {
    seat.trouble.push(message);
    observer.builderTrouble(seat.member.name, message);
  };

  const reconnect = async (seat: Seat): Promise<void> => {
    seat.giveUpAtMs ??= performance.now() + options.reconnectMs;
    for (;;) {
      // Several runs may have lost the same machine at the same moment.
      const pauseMs = seat.pauseMs * (0.5 + Math.random());
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
      if (isClosed) return;
      seat.pauseMs = Math.min(seat.pauseMs * 2, longestPauseMs);
      try {
        seated(seat, await seat.member.open(seat.id));
        return;
      } catch (thrown) {
        const error = toDispatchError(thrown, 'unreachable', { host: seat.member.name });
        const isFinal = (seat.last === undefined ? final : finalOnReturn).has(error.code);
        if (!isFinal && performance.now() < seat.giveUpAtMs) continue;
        note(seat, `given up: ${error.message}`);
        dispatcher?.lose(seat.id, false);
        return;
      }
    }
  };

  const isAnswering = async (session: BuilderSession): Promise<DispatchError | undefined> => {
    try {
      await session.store.use((client) => client.queryValidPaths([], { substitute: false }));
      return undefined;
    } catch (thrown) {
      return toDispatchError(thrown, 'connection-lost', { host: session.name });
    }
  };

  return {
    async connect(chosen) {
      dispatcher = chosen;
      const errors: DispatchError[] = [];
      const failed: Seat[] = [];
      await Promise.all(
        seats.map(async (seat) => {
          try {
            seated(seat, await seat.member.open(seat.id));
          } catch (thrown) {
            const error = toDispatchError(thrown, 'unreachable', { host: seat.member.name });
            errors.push(error);
            note(seat, describeTrouble(error));
            if (!final.has(error.code)) failed.push(seat);
          }
        }),
      );
      const [first] = errors;
      if (first !== undefined && errors.length === seats.length) throw noneUsable(errors, first);
      for (const seat of failed) void reconnect(seat);
      dispatcher.buildersComplete();
    },
    get sessions() {
      return seats.flatMap(({ session }) => session ?? []);
    },
    get offers() {
      return seats.flatMap(({ last }) => (last === undefined ? [] : [{ ...last.offer, name: last.name }]));
    },
    async examine(session) {
      const seat = seatOf(session);
      if (seat === undefined) return;
      const examine = async (): Promise<void> => {
        // The first question may be lost with a conversation that was just about to end; then another one is asked.
        const error = (await isAnswering(session)) && (await isAnswering(session));
        if (error !== undefined) lose(session, `its daemon does not answer: ${error.message}`);
      };
      seat.examination ??= examine().finally(() => {
        seat.examination = undefined;
      });
      await seat.examination;
    },
    worked(session) {
      const seat = seatOf(session);
      if (seat !== undefined) forgive(seat);
    },
    drain(session, message) {
      const seat = seatOf(session);
      if (seat === undefined || seat.isDrained) return;
      seat.isDrained = true;
      note(seat, message);
      dispatcher?.resize(seat.id, 0);
    },
    reopen(session, message) {
      const seat = seatOf(session);
      if (seat?.isDrained !== true) return;
      seat.isDrained = false;
      note(seat, message);
      dispatcher?.resize(seat.id, seat.slots);
    },
    reports: () => seats.map(reportOf),
    close() {
      isClosed = true;
      closing.abort();
      for (const { session, overdue } of seats) {
        clearTimeout(overdue);
        session?.close();
      }
    },
  };
}

function costOf({ builds, seconds }: LostWork): string {
  if (builds === 0) return '';
  return `; it cost ${seconds.toFixed(1)} s of work in ${builds} ${builds === 1 ? 'build' : 'builds'} that ran there`;
}
