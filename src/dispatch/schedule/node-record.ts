import type { BuildNeeds } from './constraints.ts';
import type { BuilderId, BuildNode, NodeId, ScheduleNode } from './events.ts';
import type { Heap } from './heap.ts';

/** Where a node stands. Only `staging`, `staged` and `running` nodes belong to a builder. */
export type NodeState =
  /** An input does not exist anywhere yet, or no longer. */
  | { readonly kind: 'waiting' }
  /** In the queue of its class: nobody has been told to do anything for it. */
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'staging';
      readonly builder: BuilderId;
      readonly missing: readonly NodeRecord[];
      /** What the links have to carry for it alone. */
      readonly bytes: number;
      readonly sinceSeconds: number;
      readonly expectedAtSeconds: number;
      /** Nothing of it was on its way already: how long it takes tells of the link. */
      readonly isMeasure: boolean;
      /** It takes so much longer than expected that no slot is kept for it any longer. */
      readonly isLate: boolean;
    }
  /** Its inputs are on the builder; it waits for a slot there. */
  | { readonly kind: 'staged'; readonly builder: BuilderId }
  | { readonly kind: 'running'; readonly builder: BuilderId; readonly startedAtSeconds: number }
  /** Built, or it existed from the start. Its outputs may have been lost since. */
  | { readonly kind: 'done' }
  /** Ended without success; `root` is the node to blame, itself unless an input of it failed. */
  | { readonly kind: 'settled'; readonly root: NodeId };

/** States that carry nothing are the same value for every node. */
export const WAITING: NodeState = { kind: 'waiting' };
/** See {@link WAITING}. */
export const READY: NodeState = { kind: 'ready' };
/** See {@link WAITING}. */
export const DONE: NodeState = { kind: 'done' };

/** A node with all that changes about it. */
export interface NodeRecord {
  readonly id: NodeId;
  /** How many were added before it: dependencies have lower ones than dependants, whatever their ids. */
  readonly order: number;
  /** Each once. */
  readonly dependencies: readonly NodeRecord[];
  readonly dependants: NodeRecord[];
  /** Undefined for what existed from the start: it cannot be built. */
  readonly buildClass: BuildClass | undefined;
  readonly sourceBytes: number;
  /** Duration at speed factor 1: known from earlier runs, or a guess. */
  readonly seconds: number;
  /** The runner has it, or every builder can fetch it: it cannot get lost. */
  readonly isEverywhere: boolean;
  /** Builders fetch it by themselves: bringing it costs our links nothing. */
  readonly isSubstitutable: boolean;
  narSizeBytes: number;
  /** Longest remaining path in seconds, its own duration included; kept up while the node is open. */
  rank: number;
  /** Dependencies whose outputs are nowhere; kept up while `waiting`. */
  unavailableInputs: number;
  /** Place in the queue of its class, -1 outside. */
  queueIndex: number;
  /** How often it was taken from one builder and handed to another. */
  moves: number;
  state: NodeState;
}

/** All builds that the same builders can take: they share one queue, so that no builder looks at what it cannot build. */
export interface BuildClass {
  readonly needs: BuildNeeds;
  /** Builders that can take it, present or not. */
  readonly eligible: Set<BuilderId>;
  /** Ready builds, the one with the longest remaining path first. */
  readonly queue: Heap<NodeRecord>;
}

/** The record of a node that was just added; an existing one is `done`, a build `waiting` until it is looked at. */
export function createRecord(
  node: ScheduleNode,
  order: number,
  dependencies: readonly NodeRecord[],
  buildClass: BuildClass | undefined,
): NodeRecord {
  const changing = { dependants: [], unavailableInputs: 0, queueIndex: -1, moves: 0 };
  if (node.kind === 'existing') {
    return {
      id: node.id,
      order,
      dependencies: [],
      buildClass: undefined,
      sourceBytes: 0,
      seconds: 0,
      isEverywhere: node.substitutable || node.onRunner,
      isSubstitutable: node.substitutable,
      narSizeBytes: node.narSizeBytes,
      rank: 0,
      state: DONE,
      ...changing,
    };
  }
  const seconds = node.expectedSeconds ?? guessedSeconds(node);
  return {
    id: node.id,
    order,
    dependencies,
    buildClass,
    sourceBytes: node.sourceBytes,
    seconds,
    isEverywhere: false,
    isSubstitutable: false,
    narSizeBytes: 0,
    rank: seconds,
    state: WAITING,
    ...changing,
  };
}

/** Whether the node still has an end before it. */
export function isOpen(record: NodeRecord): boolean {
  return record.state.kind !== 'done' && record.state.kind !== 'settled';
}

// Without history only the shape of the graph counts; what prefers to be local is known to be small.
function guessedSeconds(node: BuildNode): number {
  return node.preferLocalBuild ? 3 : 30;
}
