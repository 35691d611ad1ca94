import type { StorePath } from '../nix/store-path.ts';

/** Where an attribute stands in the flake, known from attribute names alone. */
export interface AttributePlace {
  /** The top-level output, `checks` for instance. */
  readonly topAttr: string;
  /** `x86_64-linux`, or '' for outputs that are not sorted by system until they are evaluated. */
  readonly system: string;
  /** What stands below `topAttr` and `system`; nested names are joined with dots, quoted as Nix quotes them. */
  readonly attr: string;
  /** The full attribute path, one element a step: names may hold dots. */
  readonly path: readonly string[];
}

/** One flake attribute that leads to a derivation: what a jq program sees (compat list, item 3). */
export interface Attribute extends AttributePlace {
  /** '' when the derivation has none. */
  readonly name: string;
  /** '' when the derivation has none. */
  readonly description: string;
  readonly type: 'derivation';
}

/** What evaluating one attribute took. */
export interface EvaluationCost {
  readonly seconds: number;
  /** Growth of the worker's resident memory meanwhile; undefined where the platform does not tell. */
  readonly memoryBytes: number | undefined;
}

/** A selected attribute whose `.drv` file lies in the runner's store. */
export interface Job extends Attribute {
  readonly label: string;
  readonly drvPath: StorePath;
  /** Output name to path; undefined for content-addressed outputs, whose path is known after the build. */
  readonly outputs: ReadonlyMap<string, StorePath | undefined>;
  readonly requiredFeatures: readonly string[];
  readonly evaluation: EvaluationCost;
  /** Warnings and traces that Nix printed for this attribute, control characters removed. */
  readonly warnings: readonly string[];
}

/** A place in a file. `file` is relative to the flake's root when it lies inside it, else absolute. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Why an attribute has no derivation. */
export type FailureReason =
  /** Nix reported an error: throw, assertion, type error, missing attribute. */
  | 'error'
  /** The evaluator died of it: stack overflow, a crash. */
  | 'crashed'
  | 'out-of-memory'
  | 'timed-out';

/** An attribute that could not be evaluated; the others are not affected. */
export interface EvaluationFailure extends AttributePlace {
  readonly kind: 'evaluation-failed';
  readonly reason: FailureReason;
  /** The lines that matter, control characters removed. */
  readonly message: string;
  readonly position: SourcePosition | undefined;
  readonly evaluation: EvaluationCost;
  readonly warnings: readonly string[];
}

/** How far evaluation is. */
export interface EvaluationProgress {
  /** Attributes found so far whose value is or was needed. */
  readonly total: number;
  readonly evaluated: number;
  readonly failed: number;
  readonly selected: number;
  /** Ruled out by the filter from their names alone, never evaluated. */
  readonly pruned: number;
  readonly elapsedSeconds: number;
}

/** The flake, as Nix resolved and locked it. */
export interface ResolvedFlake {
  /** As the user wrote it. */
  readonly reference: string;
  /** Undefined for a tree that can't be locked (dirty). */
  readonly lockedUrl: string | undefined;
  /** The source in the runner's store. */
  readonly sourcePath: string;
  /** The tree that `sourcePath` was made from, when it lies on this machine. */
  readonly localPath: string | undefined;
  /** The flake's directory inside `sourcePath`, '' for its root. */
  readonly directory: string;
  readonly nixVersion: string;
}

/** A build that evaluation had to wait for: import from derivation. */
export interface EvaluationBuild {
  /** As Nix says it. */
  readonly drvPath: string;
  /** The machine's URI as the setting `builders` has it, '' for this machine. */
  readonly machine: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
}

/** What {@link EvaluationEvent}s tell, in the order in which it happens; `resolved` is first, `finished` last. */
export type EvaluationEvent =
  | {
      readonly kind: 'resolved';
      readonly flake: ResolvedFlake;
      /** When the earlier evaluation took place that is used again, in epoch milliseconds; undefined: there is none. */
      readonly reusedFromMs: number | undefined;
    }
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'failure'; readonly failure: EvaluationFailure }
  /** Told when the question that needed it has been answered, well or not. */
  | { readonly kind: 'evaluation-build'; readonly build: EvaluationBuild }
  /** A warning that belongs to no attribute. */
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'progress'; readonly progress: EvaluationProgress }
  | { readonly kind: 'finished'; readonly progress: EvaluationProgress };
