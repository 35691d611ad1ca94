/** A derivation of the graph, as the graph numbers it: dense, ascending, never reused. */
export type NodeId = number;

/** A builder, in the order in which the machine lines name them. */
export type BuilderId = number;

/**
 * How much of a graph one dispatch takes: one derivation whose inputs are already there (`BuildDerivation`, needs a
 * builder that trusts us), or a job with everything missing below it (`BuildPathsWithResults`, any builder).
 */
export type Granularity = 'derivation' | 'closure';

/** What the scheduler needs to know of a derivation that has to be built. */
export interface BuildNode {
  readonly kind: 'build';
  readonly id: NodeId;
  /** Direct inputs; each was added before this node or stands before it in the same batch. */
  readonly dependencies: readonly NodeId[];
  readonly system: string;
  readonly requiredFeatures: readonly string[];
  /** A hint only: such builds are small and gain nothing from a big machine. */
  readonly preferLocalBuild: boolean;
  readonly granularity: Granularity;
  /** From earlier runs; undefined where nothing is known. */
  readonly expectedSeconds: number | undefined;
  /** Bytes of plain sources that have to come from the runner. */
  readonly sourceBytes: number;
}

/** A derivation whose outputs exist already; nothing below it is in the graph. */
export interface ExistingNode {
  readonly kind: 'existing';
  readonly id: NodeId;
  /** Builders that have the outputs. */
  readonly locations: readonly BuilderId[];
  /** The runner has them: they can't get lost. */
  readonly onRunner: boolean;
  /** The builders fetch it from a cache of their own: copying costs our links nothing. */
  readonly substitutable: boolean;
  readonly narSizeBytes: number;
}

/** What the scheduler is told of a derivation: to be built, or there already. */
export type ScheduleNode = BuildNode | ExistingNode;

/** A builder as the scheduler sees it. */
export interface ScheduleBuilder {
  readonly id: BuilderId;
  /** Everything it can run, extra platforms included; `builtin` is always understood. */
  readonly systems: readonly string[];
  readonly supportedFeatures: readonly string[];
  readonly mandatoryFeatures: readonly string[];
  readonly maxJobs: number;
  readonly speedFactor: number;
  /** `closure`: takes only nodes of that granularity; `derivation`: takes both. */
  readonly granularity: Granularity;
}

/** How one attempt to build ended, as far as scheduling is concerned. */
export type AttemptResult =
  /** The outputs are valid on the builder. */
  | { readonly kind: 'built'; readonly narSizeBytes: number }
  /** The builder ran it and it failed: tried again only where that is asked for, and never where it would fail the same way. */
  | { readonly kind: 'failed'; readonly isFinal?: boolean }
  /** It failed, and the machine may be to blame: tried once more where another builder takes it. */
  | { readonly kind: 'suspect' }
  /** The machine's fault: tried again, elsewhere if anywhere is left. */
  | { readonly kind: 'infrastructure' };

/** What happened in the world. */
export type ScheduleEvent =
  | { readonly kind: 'nodes-added'; readonly nodes: readonly ScheduleNode[] }
  /**
   * `holds`: builds whose outputs it has already. Of one that returns, what is not among them of the builds that {@link LiveSchedule.absent} names
   * is gone; everything is still there unless said.
   */
  | {
      readonly kind: 'builder-joined';
      readonly builder: ScheduleBuilder;
      readonly holds?: readonly NodeId[];
    }
  /**
   * The connection is gone: what runs there is lost. While it `mayReturn` (a reconnect is being tried), nodes that no other
   * builder takes wait for it, and so does what needs outputs that only it has; a second event without `mayReturn` gives it up.
   */
  | { readonly kind: 'builder-lost'; readonly builder: BuilderId; readonly mayReturn: boolean }
  /** It stays away for longer than one should wait for outputs: what is needed of those that only it had is built again. */
  | { readonly kind: 'builder-overdue'; readonly builder: BuilderId }
  /** What nobody can build who ever joined is settled at once; nothing is added that somebody else might. */
  | { readonly kind: 'builders-complete' }
  /** No store that can be reached has the outputs of these nodes any more: what is needed of them is built again. */
  | { readonly kind: 'outputs-gone'; readonly nodes: readonly NodeId[] }
  /** The builder offers fewer or more slots than it said (sshd's limits, quarantine: 0). */
  | { readonly kind: 'slots-changed'; readonly builder: BuilderId; readonly maxJobs: number }
  /** Every input of the build is valid on the builder now. */
  | { readonly kind: 'staged'; readonly node: NodeId; readonly builder: BuilderId }
  /** Its inputs are still on their way there, after long: where they come from may hang, and a slot must not. May be told again. */
  | { readonly kind: 'stage-lasts'; readonly node: NodeId; readonly builder: BuilderId }
  /** An input could not be brought there. */
  | { readonly kind: 'stage-failed'; readonly node: NodeId; readonly builder: BuilderId }
  | {
      readonly kind: 'finished';
      readonly node: NodeId;
      readonly builder: BuilderId;
      readonly result: AttemptResult;
    }
  /** Nothing new starts; what waits is settled as cancelled; what runs gets a `stop` command. */
  | { readonly kind: 'cancelled' };

/** Why a node ended without ever running, or without success. */
export type Settlement =
  /** `root` is the node whose own failure is the cause. */
  | { readonly kind: 'dependency-failed'; readonly root: NodeId }
  /** No builder has the system and features. */
  | { readonly kind: 'no-builder' }
  /** Every allowed attempt was lost to machines. */
  | { readonly kind: 'infrastructure' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'cancelled' };

/** What the dispatcher is told to do. */
export type ScheduleCommand =
  /** Bring these nodes' outputs (and the build's own sources) to the builder; answer with `staged`. */
  | {
      readonly kind: 'stage';
      readonly node: NodeId;
      readonly builder: BuilderId;
      readonly missing: readonly NodeId[];
    }
  /** Build it now, in one slot; answer with `finished`. */
  | { readonly kind: 'start'; readonly node: NodeId; readonly builder: BuilderId }
  /** End a running or staging attempt; no answer is expected. */
  | { readonly kind: 'stop'; readonly node: NodeId; readonly builder: BuilderId }
  /** The node has ended without success; final. */
  | { readonly kind: 'settle'; readonly node: NodeId; readonly settlement: Settlement };
