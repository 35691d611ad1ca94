import type { DispatchError, ErrorCode } from '../../errors.ts';
import type { BuilderReport } from '../../report/run-report.ts';
import type { BuilderLine } from '../schedule/constraints.ts';
import type { BuilderId } from '../schedule/events.ts';
import type { BuilderSession } from './session.ts';

/** A builder that is to be used: its name, and how to log in to it. */
export interface FleetMember {
  readonly name: string;
  /** What is known of it before it was reached. */
  readonly line: BuilderLine;
  /** Throws a DispatchError that names the host. */
  readonly open: (id: BuilderId) => Promise<BuilderSession>;
}

/** A builder's place in the fleet, whoever sits there. */
export interface Seat {
  readonly member: FleetMember;
  readonly id: BuilderId;
  session: BuilderSession | undefined;
  last: BuilderSession | undefined;
  /** The dispatcher has counted it in, be it only once. */
  hasJoined: boolean;
  /** Settled once it has been tried. */
  firstTry: Promise<void>;
  /** Nobody tries it any more. */
  isGivenUp: boolean;
  /** Builds that it can take at a time: its machine line's, or fewer where the machine allows no more. */
  slots: number;
  /** It gets no builds for now. */
  isDrained: boolean;
  bytesReceived: number;
  bytesSent: number;
  readonly trouble: string[];
  /** Undefined until it is lost, and again once it is back; on the clock of `performance`. */
  giveUpAtMs: number | undefined;
  /** How often it came back since it last was of use: that alone is worth nothing if it goes on for ever. */
  vainReturns: number;
  pauseMs: number;
  /** Runs while it is away and may be back before anybody has to miss it. */
  overdue: NodeJS.Timeout | undefined;
  /** Looks whether its daemon answers. */
  examination: Promise<void> | undefined;
}

const firstPauseMs = 500;
const mostVainReturns = 10;
/** Errors that a second try does not mend. */
const final: ReadonlySet<ErrorCode> = new Set(['host-key', 'authentication', 'not-nix', 'input', 'local']);
/** The same for a builder that could be used before: while a machine starts, its sshd may answer before its daemon does. */
const finalOnReturn: ReadonlySet<ErrorCode> = new Set(['host-key', 'authentication']);

/** A place where nobody has sat yet. */
export function createSeat(member: FleetMember, id: BuilderId): Seat {
  return {
    member,
    id,
    session: undefined,
    last: undefined,
    hasJoined: false,
    firstTry: Promise.resolve(),
    isGivenUp: false,
    slots: 0,
    isDrained: false,
    bytesReceived: 0,
    bytesSent: 0,
    trouble: [],
    giveUpAtMs: undefined,
    vainReturns: 0,
    pauseMs: firstPauseMs,
    overdue: undefined,
    examination: undefined,
  };
}

/** The builder is logged in to. One that comes back again and again without being of use gains no time by that. */
export function seat(seat: Seat, session: BuilderSession): void {
  clearTimeout(seat.overdue);
  if (seat.last !== undefined) seat.vainReturns += 1;
  if (seat.vainReturns <= mostVainReturns) seat.giveUpAtMs = undefined;
  seat.session = session;
  seat.last = session;
  seat.slots = session.offer.maxJobs;
  seat.isDrained = false;
}

/** The login is lost. */
export function unseat(seat: Seat): void {
  if (seat.session === undefined) return;
  seat.bytesReceived += seat.session.store.bytesReceived;
  seat.bytesSent += seat.session.store.bytesSent;
  seat.session.close();
  seat.session = undefined;
}

/** What it did proves that it works: what comes after it is a new trouble. */
export function forgive(seat: Seat): void {
  seat.giveUpAtMs = undefined;
  seat.vainReturns = 0;
  seat.pauseMs = firstPauseMs;
}

/** What a report says of the builder, and of what was wrong with it. */
export function reportOf(seat: Seat): Omit<BuilderReport, 'busySeconds'> {
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

/** Whether to try again is no use after this error. */
export function isFinal({ last }: Seat, { code }: DispatchError): boolean {
  return (last === undefined ? final : finalOnReturn).has(code);
}
