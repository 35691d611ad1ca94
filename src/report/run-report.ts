import type { CpuTime } from '../accounting/cpu-time.ts';
import type { PriceList } from '../accounting/prices.ts';

/** How a derivation or a job ended. Builders are named as their machine line names them; `local` is the runner. */
export type Outcome =
  | { readonly kind: 'built'; readonly builder: string }
  | { readonly kind: 'already-valid'; readonly where: string }
  | { readonly kind: 'substituted'; readonly where: string }
  | { readonly kind: 'failed'; readonly builder: string; readonly message: string }
  /** `root` is the `.drv` path whose own failure is the cause. */
  | { readonly kind: 'dependency-failed'; readonly root: string }
  | {
      readonly kind: 'timed-out';
      readonly builder: string;
      readonly message: string;
    }
  | {
      readonly kind: 'log-limit';
      readonly builder: string;
      readonly message: string;
    }
  /** The machine's fault, or no machine fits; `builder` is undefined when none took it. */
  | { readonly kind: 'infrastructure'; readonly builder: string | undefined; readonly message: string }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'evaluation-failed';
      readonly message: string;
      readonly position: SourcePosition | undefined;
    };

/** A place in a file of the flake, for annotations. `file` is relative to the flake's root where it lies inside it. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One selected flake attribute (or one whose evaluation failed). */
export interface JobReport {
  readonly topAttr: string;
  readonly system: string;
  readonly attr: string;
  /** Full attribute path, one element a step: names may hold dots. */
  readonly path: readonly string[];
  readonly label: string;
  readonly name: string;
  readonly description: string;
  /** Undefined when the evaluation failed. */
  readonly drvPath: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: Outcome;
  /** System features that a builder needs for it; empty when the evaluation failed. */
  readonly requiredFeatures: readonly string[];
  readonly evaluationSeconds: number | undefined;
  /** Growth of the evaluator meanwhile; undefined where that is not known. */
  readonly evaluationMemoryBytes: number | undefined;
  readonly warnings: readonly string[];
}

/** A selected attribute that was evaluated, with what is known of it before anything is built. */
export interface ListedJob extends Omit<JobReport, 'drvPath' | 'outcome'> {
  readonly drvPath: string;
  /** Where all its outputs were before this run: a builder, `local` or a cache; undefined: it has to be built. */
  readonly cached: string | undefined;
}

/** One attempt to build a derivation on one builder. */
export interface AttemptReport {
  readonly builder: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly result: 'built' | 'failed' | 'infrastructure' | 'timed-out' | 'log-limit' | 'cancelled';
  readonly message: string;
}

/** One derivation of the graph that a job needed; shared ones appear once. */
export interface BuildReport {
  readonly drvPath: string;
  readonly name: string;
  readonly system: string;
  readonly outcome: Outcome;
  /** Evaluation could not go on without it (import from derivation). */
  readonly isForEvaluation?: boolean;
  /** Epoch milliseconds on the runner's clock; undefined when it never ran. */
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
  readonly cpu: CpuTime | undefined;
  readonly peakMemoryBytes: number | undefined;
  /** Slot of the builder it ran in, from 0, for timelines. */
  readonly slot: number | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  /** Undefined where no builder told. */
  readonly outputBytes: number | undefined;
  /** Bytes that had to be brought to the builder for it. */
  readonly copiedBytes: number;
  readonly attempts: readonly AttemptReport[];
  /** Direct inputs that were builds of this run too, as `.drv` paths. */
  readonly dependencies: readonly string[];
  /** Last lines, control characters and colours removed. */
  readonly logTail: readonly string[];
  readonly logLines: number;
  /** Name of the log file within the logs artifact; undefined when nothing was logged. */
  readonly logFile: string | undefined;
}

/** One builder and what it did. */
export interface BuilderReport {
  readonly name: string;
  readonly systems: readonly string[];
  readonly maxJobs: number;
  readonly nixVersion: string | undefined;
  readonly connectSeconds: number | undefined;
  /** Busy slot time. */
  readonly busySeconds: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** What went wrong with the machine, in order; empty is good. */
  readonly trouble: readonly string[];
}

/** Something a person should know that is no build's outcome. */
export interface Notice {
  readonly level: 'notice' | 'warning' | 'error';
  readonly title: string;
  readonly message: string;
}

/** What was asked for. */
export interface Selection {
  readonly topAttrs: readonly string[];
  /** Of which systems; undefined: all. */
  readonly systems?: readonly string[] | undefined;
  /** jq program. */
  readonly filter: string;
  /** Whether it is an error to select nothing. */
  readonly failOnEmpty: boolean;
}

/** Everything that is known when a run ends; whatever a person or a program reads is rendered from this value. */
export interface RunReport {
  readonly schemaVersion: 1;
  readonly flake: string;
  /** The locked flake reference, where there is one. */
  readonly lockedFlake: string | undefined;
  /** Reference to the same flake that others can fetch, where the locked one is a path on the runner. */
  readonly publishedFlake?: string | undefined;
  readonly selection: Selection;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly evaluationSeconds: number;
  /** Attributes that were evaluated, the filtered-out ones included. */
  readonly evaluatedAttributes: number;
  readonly jobs: readonly JobReport[];
  /** Where nothing was to be built, what was selected; `jobs` then has only what could not be evaluated. */
  readonly listed?: readonly ListedJob[] | undefined;
  readonly builds: readonly BuildReport[];
  readonly builders: readonly BuilderReport[];
  readonly notices: readonly Notice[];
  /** Other programs asked for the builds, which were seen on their way: there are no jobs. */
  readonly observed?: true;
  /** Ended by the user or by fail_fast before everything was done. */
  readonly cancelled: boolean;
  /** Archives of outputs in the outputs artifact, by attribute path. */
  readonly archives?: ReadonlyMap<string, string> | undefined;
  /** What builders cost; without it no money is shown. */
  readonly prices?: PriceList | undefined;
}
