import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { describeError, describeTrouble, DispatchError, toDispatchError, type ErrorCode } from '../errors.ts';
import type { BuilderReport } from '../report/run-report.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { DispatchObserver } from './observer.ts';
import type { BuilderId, ScheduleBuilder } from './schedule/events.ts';
import type { BuilderSession } from './session.ts';

/** A builder that is to be used: its name, and how to log in to it. */
export interface FleetMember {
  readonly name: string;
  /** Throws a DispatchError that names the host. */
  readonly open: (id: BuilderId) => Promise<BuilderSession>;
}

/** The builders of a run: logs in to all of them, and again to those that are lost. */
export interface Fleet {
  /**
   * Tries every builder once; those that can be used join the dispatcher as they come. Resolves when all have been tried.
   *
   * @throws DispatchError when not one of them can be used; its message lists each with its reason
   */
  connect(dispatcher: Pick<Dispatcher, 'join' | 'lose' | 'buildersComplete'>): Promise<void>;
  readonly sessions: readonly BuilderSession[];
  /** Everything that ever joined, with its name, for explanations. */
  readonly offers: readonly (ScheduleBuilder & { readonly name: string })[];
  reports(): readonly Omit<BuilderReport, 'busySeconds'>[];
  close(): void;
}

export interface FleetOptions {
  readonly observer: DispatchObserver;
  /** How long a lost builder is tried again before it is given up. */
  readonly reconnectMs: number;
}

interface Seat {
  readonly member: FleetMember;
  readonly id: BuilderId;
  session: BuilderSession | undefined;
  last: BuilderSession | undefined;
  bytesReceived: number;
  bytesSent: number;
  readonly trouble: string[];
  /** Undefined until it is lost, and again once it has been good for a while; on the clock of `performance`. */
  giveUpAtMs: number | undefined;
  pauseMs: number;
}

/** A session that lasted this long was a good one: what comes after it is a new trouble. */
const goodSessionMs = 30_000;
const firstPauseMs = 500;
const longestPauseMs = 15_000;
/** Errors that a second try does not mend. */
const final: ReadonlySet<ErrorCode> = new Set(['host-key', 'authentication', 'not-nix', 'input', 'local']);
/** The same for a builder that could be used before: while a machine starts, its sshd may answer before its daemon does. */
const finalOnReturn: ReadonlySet<ErrorCode> = new Set(['host-key', 'authentication']);

export function createFleet(members: readonly FleetMember[], options: FleetOptions): Fleet {
  const { observer } = options;
  const seats: Seat[] = members.map((member, id) => ({
    member,
    id,
    session: undefined,
    last: undefined,
    bytesReceived: 0,
    bytesSent: 0,
    trouble: [],
    giveUpAtMs: undefined,
    pauseMs: firstPauseMs,
  }));
  let isClosed = false;
  const closing = new AbortController();
  // All builders may be waited for at the same time.
  setMaxListeners(0, closing.signal);

  const seated = (seat: Seat, session: BuilderSession, dispatcher: FleetDispatcher): void => {
    seat.session = session;
    seat.last = session;
    const { offer, nixVersion } = session;
    const trusted = offer.granularity === 'derivation' ? '' : ', whole closures only';
    observer.builderJoined(
      session.name,
      `Nix ${nixVersion}, ${offer.systems.join(' ')}, ${offer.maxJobs} slots${trusted}`,
    );
    const joinedAtMs = performance.now();
    dispatcher.join(session);
    void session.lost.then((reason) => {
      if (isClosed || seat.session !== session) return;
      unseat(seat);
      const message = reason === undefined ? 'the connection was closed' : reason.message;
      const now = performance.now();
      if (now - joinedAtMs >= goodSessionMs) {
        seat.giveUpAtMs = undefined;
        seat.pauseMs = firstPauseMs;
      } else if (seat.giveUpAtMs !== undefined && now >= seat.giveUpAtMs) {
        giveUp(seat, message, dispatcher);
        return;
      }
      note(seat, message);
      dispatcher.lose(seat.id, true);
      void reconnect(seat, dispatcher);
    });
  };

  const note = (seat: Seat, message: string): void => {
    seat.trouble.push(message);
    observer.builderTrouble(seat.member.name, message);
  };

  const giveUp = (seat: Seat, message: string, dispatcher: FleetDispatcher): void => {
    note(seat, `given up: ${message}`);
    dispatcher.lose(seat.id, false);
  };

  const reconnect = async (seat: Seat, dispatcher: FleetDispatcher): Promise<void> => {
    seat.giveUpAtMs ??= performance.now() + options.reconnectMs;
    for (;;) {
      // Several runs may have lost the same machine at the same moment.
      const pauseMs = seat.pauseMs * (0.5 + Math.random());
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
      if (isClosed) return;
      seat.pauseMs = Math.min(seat.pauseMs * 2, longestPauseMs);
      try {
        const session = await seat.member.open(seat.id);
        if (isClosed) session.close();
        else seated(seat, session, dispatcher);
        return;
      } catch (thrown) {
        const error = toDispatchError(thrown, 'unreachable', { host: seat.member.name });
        const isFinal = (seat.last === undefined ? final : finalOnReturn).has(error.code);
        if (!isFinal && performance.now() < seat.giveUpAtMs) continue;
        giveUp(seat, error.message, dispatcher);
        return;
      }
    }
  };

  return {
    async connect(dispatcher) {
      const errors: DispatchError[] = [];
      const failed: Seat[] = [];
      await Promise.all(
        seats.map(async (seat) => {
          try {
            const session = await seat.member.open(seat.id);
            if (isClosed) session.close();
            else seated(seat, session, dispatcher);
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
      for (const seat of failed) void reconnect(seat, dispatcher);
      dispatcher.buildersComplete();
    },
    get sessions() {
      return seats.flatMap(({ session }) => session ?? []);
    },
    get offers() {
      return seats.flatMap(({ last }) => (last === undefined ? [] : [{ ...last.offer, name: last.name }]));
    },
    reports: () => seats.map(reportOf),
    close() {
      isClosed = true;
      closing.abort();
      for (const { session } of seats) session?.close();
    },
  };
}

type FleetDispatcher = Pick<Dispatcher, 'join' | 'lose' | 'buildersComplete'>;

function unseat(seat: Seat): void {
  if (seat.session === undefined) return;
  seat.bytesReceived += seat.session.store.bytesReceived;
  seat.bytesSent += seat.session.store.bytesSent;
  seat.session.close();
  seat.session = undefined;
}

function reportOf(seat: Seat): Omit<BuilderReport, 'busySeconds'> {
  return {
    name: seat.member.name,
    systems: seat.last?.offer.systems ?? [],
    maxJobs: seat.last?.offer.maxJobs ?? 0,
    nixVersion: seat.last?.nixVersion,
    connectSeconds: seat.last?.connectSeconds,
    bytesReceived: seat.bytesReceived + (seat.session?.store.bytesReceived ?? 0),
    bytesSent: seat.bytesSent + (seat.session?.store.bytesSent ?? 0),
    trouble: seat.trouble,
  };
}

function noneUsable(errors: readonly DispatchError[], first: DispatchError): DispatchError {
  if (errors.length === 1) return first;
  const list = errors.map((error) => `- ${describeError(error)}`).join('\n');
  return new DispatchError(first.code, `none of the ${errors.length} builders can be used:\n${list}`);
}
