import { setMaxListeners } from 'node:events';

import { silentMsOf } from '../../builders/fell-silent.ts';
import { describeTrouble, toDispatchError, type DispatchError } from '../../errors.ts';
import type { BuilderReport } from '../../report/run-report.ts';
import { withCost } from '../activities.ts';
import type { Dispatcher } from '../dispatcher.ts';
import { createHeadStart } from './head-start.ts';
import { logInAgain } from './log-in-again.ts';
import { whyNotAnswering } from '../machine/is-there.ts';
import { noneUsable } from './none-usable.ts';
import type { DispatchObserver } from '../observer.ts';
import { mightBuild, type BuildNeeds } from '../schedule/constraints.ts';
import type { BuilderId, ScheduleBuilder } from '../schedule/events.ts';
import {
  createSeat,
  forgive,
  isFinal,
  reportOf,
  seat as seatAt,
  unseat,
  type FleetMember,
  type Seat,
} from './seat.ts';
import type { BuilderSession } from './session.ts';

/** The builders of a run: logs in to all of them, and again to those that are lost. */
export interface Fleet {
  /**
   * Tries every builder; those that can be used join the dispatcher as they come. Resolves when all have been tried once, or enough of them
   * are there to begin with.
   *
   * @throws DispatchError when not one of them can be used; its message lists each with its reason
   */
  connect(dispatcher: FleetDispatcher): Promise<void>;
  /** Resolves when that builder, or every one, has been tried once, and has joined if it can be used. */
  tried(id?: BuilderId): Promise<void>;
  /** A builder that never joined, and is still tried, might take such a build; only its machine line is known. */
  mayYetBuild(needs: Omit<BuildNeeds, 'granularity'>): boolean;
  /** Those that have joined and are connected. */
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

/** How a fleet deals with losses, and who is told. */
export interface FleetOptions {
  readonly observer: Pick<DispatchObserver, 'builderJoined' | 'builderTrouble'>;
  /** How long a lost builder is tried again before it is given up. */
  readonly reconnectMs: number;
  /** How long what only it has is waited for; then it is built again, although it may still return. */
  readonly graceMs: number;
  /** A builder has joined, or will not join any more. */
  readonly changed: () => void;
}

type FleetDispatcher = Pick<Dispatcher, 'join' | 'lose' | 'overdue' | 'resize' | 'buildersComplete'>;

/** A session that lasted this long was a good one: what comes after it is a new trouble. */
const goodSessionMs = 30_000;

/** Nobody is logged in to before `connect`. */
export function createFleet(members: readonly FleetMember[], options: FleetOptions): Fleet {
  const { observer } = options;
  const seats = members.map(createSeat);
  const headStart = createHeadStart();
  let dispatcher: FleetDispatcher | undefined;
  let isClosed = false;
  const closing = new AbortController();
  // All builders may be waited for at the same time.
  setMaxListeners(0, closing.signal);

  const seatOf = (session: BuilderSession): Seat | undefined => {
    const seat = seats[session.id];
    return seat?.session === session && !isClosed ? seat : undefined;
  };

  const seated = async (seat: Seat, session: BuilderSession): Promise<void> => {
    if (isClosed) {
      session.close();
      return;
    }
    const joinedAtMs = performance.now();
    const isReturn = seat.last !== undefined;
    seatAt(seat, session);
    headStart.joined(session.offer.granularity);
    const { offer, nixVersion } = session;
    const trusted = offer.granularity === 'derivation' ? '' : ', whole closures only';
    observer.builderJoined(
      session.name,
      `${isReturn ? 'back, ' : ''}Nix ${nixVersion}, ${offer.systems.join(' ')}, ${offer.maxJobs} ${offer.maxJobs === 1 ? 'slot' : 'slots'}${trusted}`,
    );
    session.whenFull((conversations, reason) => shrink(session, conversations, reason));
    void session.lost.then((reason) => {
      if (performance.now() - joinedAtMs >= goodSessionMs) forgive(seat);
      if (reason !== undefined) lose(session, describeTrouble(reason), silentMsOf(reason));
    });
    // Nothing is planned on a builder before the dispatcher has counted it in.
    if ((await dispatcher?.join(session)) !== true) return;
    seat.hasJoined = true;
    options.changed();
  };

  const lose = (session: BuilderSession, message: string, silentMs = 0): void => {
    const seat = seatOf(session);
    if (seat === undefined) return;
    unseat(seat);
    const isHopeless = seat.giveUpAtMs !== undefined && performance.now() >= seat.giveUpAtMs;
    const work = dispatcher?.lose(seat.id, !isHopeless, silentMs) ?? { builds: 0, seconds: 0 };
    note(seat, withCost(`${isHopeless ? 'given up: ' : ''}${message}`, work));
    if (isHopeless) {
      giveUp(seat);
      return;
    }
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

  const giveUp = (seat: Seat): void => {
    seat.isGivenUp = true;
    options.changed();
  };

  const note = (seat: Seat, message: string): void => {
    seat.trouble.push(message);
    observer.builderTrouble(seat.member.name, message);
  };

  const reconnect = async (seat: Seat): Promise<void> => {
    const end = await logInAgain(seat, options.reconnectMs, closing.signal);
    if (end.kind === 'back') await seated(seat, end.session);
    if (end.kind !== 'given-up') return;
    note(seat, `given up: ${end.error.message}`);
    dispatcher?.lose(seat.id, false);
    giveUp(seat);
  };

  return {
    async connect(chosen) {
      dispatcher = chosen;
      const errors: DispatchError[] = [];
      const tryFirst = async (seat: Seat): Promise<void> => {
        try {
          await seated(seat, await seat.member.open(seat.id));
        } catch (thrown) {
          const error = toDispatchError(thrown, 'unreachable', { host: seat.member.name });
          errors.push(error);
          note(seat, describeTrouble(error));
          if (isFinal(seat, error)) giveUp(seat);
          else void reconnect(seat);
        }
      };
      for (const seat of seats) seat.firstTry = tryFirst(seat);
      const allTried = Promise.all(seats.map(({ firstTry }) => firstTry)).then(() => {
        const [first] = errors;
        if (first !== undefined && seats.every(({ last }) => last === undefined))
          throw noneUsable(errors, first);
        headStart.complete();
      });
      await Promise.race([headStart.begun, allTried]);
      chosen.buildersComplete();
    },
    async tried(id) {
      await (id === undefined ? Promise.all(seats.map(({ firstTry }) => firstTry)) : seats[id]?.firstTry);
    },
    mayYetBuild: (needs) =>
      seats.some(
        ({ hasJoined, isGivenUp, member }) => !hasJoined && !isGivenUp && mightBuild(member.line, needs),
      ),
    get sessions() {
      return seats.flatMap(({ hasJoined, session }) => (hasJoined && session !== undefined ? [session] : []));
    },
    get offers() {
      return seats.flatMap(({ hasJoined, last }) =>
        hasJoined && last !== undefined ? [{ ...last.offer, name: last.name }] : [],
      );
    },
    async examine(session) {
      const seat = seatOf(session);
      if (seat === undefined) return;
      const examine = async (): Promise<void> => {
        const error = await whyNotAnswering(session);
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
      headStart.complete();
      for (const { session, overdue } of seats) {
        clearTimeout(overdue);
        session?.close();
      }
    },
  };
}
