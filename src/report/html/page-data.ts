/**
 * What the HTML report's script reads: the run, flattened to what is drawn. Times are seconds from the start of the
 * run, builds are referred to by their place in `rows`, and everything that is a text is shown as text.
 */
export interface PageData {
  readonly headline: string;
  readonly figures: readonly string[];
  readonly flake: string;
  readonly startedAtMs: number;
  readonly wallSeconds: number;
  /** Whether there are prices, so that costs are shown. */
  readonly hasCosts: boolean;
  readonly builders: readonly PageBuilder[];
  readonly rows: readonly PageRow[];
  readonly notices: readonly PageNotice[];
  /** Attributes that took longest to evaluate, the longest first. */
  readonly evaluations: readonly PageEvaluation[];
  /** What was evaluated, in words. */
  readonly evaluated: string;
  /** Places in `rows` of the builds that kept the run from ending earlier. */
  readonly criticalPath: readonly number[];
  /** Log lines that were left out to keep the file small. */
  readonly droppedLogLines: number;
}

/** What a row is drawn as; every outcome belongs to one. */
export type PageState = 'built' | 'cached' | 'failed' | 'blocked' | 'trouble' | 'cancelled';

/** A build, or a job that has none. */
export interface PageRow {
  /** Labels of the jobs that it is; empty for a mere dependency. */
  readonly jobs: readonly string[];
  readonly name: string;
  readonly state: PageState;
  /** The outcome in words. */
  readonly outcome: string;
  readonly builder: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly cpu: number | null;
  readonly cpuText: string;
  /** For sorting; the text is what is exact. */
  readonly cost: number | null;
  readonly costText: string;
  readonly attempts: readonly PageAttempt[];
  readonly dependencies: readonly number[];
  /** The row whose failure blocks this one. */
  readonly root: number | null;
  readonly message: string;
  readonly reproduce: string;
  readonly log: readonly string[];
  readonly logLines: number;
  readonly logFile: string;
  readonly details: readonly (readonly [name: string, value: string])[];
}

/** One bar of the timeline. */
export interface PageAttempt {
  /** Place in `builders`; -1 for one that is not among them. */
  readonly builder: number;
  readonly slot: number;
  readonly start: number;
  readonly end: number;
  /** It ended in the builder's outcome; otherwise it was lost and tried again. */
  readonly isFinal: boolean;
}

/** A builder that the run had, with what it is and did in words. */
export interface PageBuilder {
  readonly name: string;
  readonly slots: number;
  readonly details: readonly (readonly [name: string, value: string])[];
  readonly trouble: readonly string[];
}

/** An attribute, and what its evaluation took. */
export interface PageEvaluation {
  readonly attribute: string;
  readonly seconds: number;
  /** Growth of the evaluator meanwhile, as text. */
  readonly memory: string;
  /** Place of its row; null when it has none. */
  readonly place: number | null;
}

/** What the run has to say besides its builds, clipped to a length that can be read. */
export interface PageNotice {
  readonly level: 'notice' | 'warning' | 'error';
  readonly title: string;
  readonly message: string;
}
