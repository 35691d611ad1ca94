import type { ArtifactFolder } from '../../github/artifact-folder.ts';
import type { RunReport } from '../../report/run-report.ts';
import type { AddedMachines } from '../configure/machines-file.ts';
import type { KnownProcess } from './lineage.ts';

/** What the background process is told once, over a channel that leaves no trace. Secrets are in here. */
export interface Order {
  readonly kind: 'order';
  /** Inputs as they were written, by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Variables of the step that are not to be another process's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** The step's process and those above it, from the nearest on. */
  readonly lineage: readonly KnownProcess[];
}

/** What the background process says until it is left alone. */
export type Answer =
  | { readonly kind: 'log'; readonly line: string }
  | ({ readonly kind: 'ready' } & Readiness)
  | Refusal;

/** Builders can be used from now on. */
export interface Readiness {
  /** URI of each builder's store, by the builder's name. */
  readonly stores: Readonly<Record<string, string>>;
  /** `NIX_CONFIG` for the rest of the job. */
  readonly nixConfig: string;
  /** Which way Nix is told of the builders, a sentence. */
  readonly way: string;
  /** Socket over which it is told to end. */
  readonly control: string;
  /** What it changed on this machine, and takes back when it ends. */
  readonly added: AddedMachines | undefined;
}

/** There is nothing to use. */
export interface Refusal {
  readonly kind: 'failed';
  readonly message: string;
  /** What to change, for the log. */
  readonly lines: readonly string[];
  /** The same for the job summary; empty where there is nothing to add. */
  readonly summary: string;
}

/** The last words of the background process. */
export interface Farewell {
  readonly report: RunReport;
  /** Where logs and results belong. */
  readonly folder: ArtifactFolder;
  readonly wantsSummary: boolean;
}

/** Whether it is the order and nothing else that came in. */
export function isOrder(message: unknown): message is Order {
  return kindOf(message) === 'order';
}

/** Whether it is an answer. */
export function isAnswer(message: unknown): message is Answer {
  const kind = kindOf(message);
  return kind === 'log' || kind === 'ready' || kind === 'failed';
}

function kindOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'kind' in message ? message.kind : undefined;
}
