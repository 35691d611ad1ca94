import { createBuildClasses, type BuildClasses } from './build-classes.ts';
import type { BuilderId, NodeId, ScheduleBuilder, ScheduleCommand } from './events.ts';
import { createHolders, type Holders } from './holders.ts';
import type { LinkEstimate } from './link-estimate.ts';
import type { NodeRecord } from './node-record.ts';
import type { Pace } from './pace.ts';

/** What can be set when a schedule is made. */
export interface ScheduleOptions {
  /** How often a build that a machine lost is tried again (issue 5: default 3). */
  readonly infraRetries?: number;
  /** How often a build that failed by itself is tried again (issue 5: default 0). */
  readonly retries?: number;
  /** Assumed until transfers have been seen; default 100 MB/s. */
  readonly linkBytesPerSecond?: number;
  /** Assumed cost of bringing anything at all, until seen; default 0.05 s. */
  readonly linkLatencySeconds?: number;
}

/** An output on its way to a builder. */
export interface Arrival {
  /** How many stages wait for it. */
  stages: number;
  readonly expectedAtSeconds: number;
}

/** A builder with what it does for us now. */
export interface BuilderState {
  readonly id: BuilderId;
  offer: ScheduleBuilder;
  /** `away`: lost, may come back; `gone`: lost for good. */
  presence: 'present' | 'away' | 'gone';
  slots: number;
  readonly running: Set<NodeRecord>;
  /** Inputs are there, no slot was free yet. */
  readonly staged: Set<NodeRecord>;
  readonly staging: Set<NodeRecord>;
  readonly arriving: Map<NodeRecord, Arrival>;
  readonly link: LinkEstimate;
  readonly pace: Pace;
}

/** What happened to a build so far, for those that were ever lost or failed. */
export interface Mishaps {
  lostAttempts: number;
  failedAttempts: number;
  /** A failure of it was put down to its builder already. */
  wasSuspect: boolean;
  /** Builders it is kept from while another one can take it. */
  readonly avoided: Set<BuilderId>;
}

/** Everything a schedule knows. It changes in place: copying 150,000 nodes for each event would cost minutes. */
export interface ScheduleState {
  readonly options: Required<ScheduleOptions>;
  /** In the order in which they were added. */
  readonly nodes: Map<NodeId, NodeRecord>;
  readonly builders: Map<BuilderId, BuilderState>;
  readonly classes: BuildClasses;
  readonly holders: Holders;
  readonly mishaps: Map<NodeRecord, Mishaps>;
  /** Outputs on builders that are not present: there again when the builder is. */
  readonly absentHoldings: Map<BuilderId, Set<NodeRecord>>;
  /** Builders that are away for so long that nobody waits for what can be built again. */
  readonly overdue: Set<BuilderId>;
  buildersComplete: boolean;
  cancelled: boolean;
  nowSeconds: number;
  /** All that is open, at speed factor 1. */
  openSeconds: number;
  commands: ScheduleCommand[];
}

/** A schedule that knows nothing yet. */
export function createState(options: ScheduleOptions): ScheduleState {
  return {
    options: {
      infraRetries: 3,
      retries: 0,
      linkBytesPerSecond: 100e6,
      linkLatencySeconds: 0.05,
      ...options,
    },
    nodes: new Map(),
    builders: new Map(),
    classes: createBuildClasses(),
    holders: createHolders(),
    mishaps: new Map(),
    absentHoldings: new Map(),
    overdue: new Set(),
    buildersComplete: false,
    cancelled: false,
    nowSeconds: 0,
    openSeconds: 0,
    commands: [],
  };
}

/** @throws RangeError when the caller names a node that was never added: a fault of the program, not of the world */
export function recordOf(state: ScheduleState, id: NodeId): NodeRecord {
  const record = state.nodes.get(id);
  if (record === undefined) throw new RangeError(`Expected a node that was added, got ${id}.`);
  return record;
}

/** Whether its outputs exist somewhere they can be taken from. */
export function isAvailable(state: ScheduleState, record: NodeRecord): boolean {
  return record.state.kind === 'done' && (record.isEverywhere || state.holders.isHeld(record.order));
}

/** Whether the builder could be given a build now or when a slot gets free. */
export function takesBuilds(builder: BuilderState): boolean {
  return builder.presence === 'present' && builder.slots > 0;
}

/** Whether a builder that is not present may still join, or join again. */
export function mayCome(state: ScheduleState, id: BuilderId): boolean {
  const builder = state.builders.get(id);
  return builder === undefined ? !state.buildersComplete : builder.presence === 'away';
}

/** What went wrong with the build so far; made when first asked for. */
export function mishapsOf(state: ScheduleState, record: NodeRecord): Mishaps {
  const known = state.mishaps.get(record);
  if (known !== undefined) return known;
  const made: Mishaps = { lostAttempts: 0, failedAttempts: 0, wasSuspect: false, avoided: new Set() };
  state.mishaps.set(record, made);
  return made;
}

/** Whether outputs are worth waiting for: a builder that is not present may bring them back soon, or nobody else can. */
export function isExpected(state: ScheduleState, record: NodeRecord): boolean {
  for (const [builder, holdings] of state.absentHoldings) {
    const isWaitedFor = record.buildClass === undefined || !state.overdue.has(builder);
    if (isWaitedFor && holdings.has(record)) return true;
  }
  return false;
}

/** Notes an output on a builder that is not there (yet, or for now). */
export function noteAbsentHolding(state: ScheduleState, record: NodeRecord, builder: BuilderId): void {
  const holdings = state.absentHoldings.get(builder) ?? new Set();
  state.absentHoldings.set(builder, holdings.add(record));
}
