import { isStorePath, parseStorePath, type StorePath } from '../../nix/store-path.ts';
import type { Job } from '../job.ts';

/** A finished evaluation without failures, as it is kept. */
export interface StoredEvaluation {
  /** What it is the result of; see `evaluationKey`. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly evaluatedAtMs: number;
  readonly evaluated: number;
  readonly pruned: number;
  readonly jobs: readonly Job[];
}

/** Writes an evaluation as JSON. */
export function printEvaluation(evaluation: StoredEvaluation): string {
  const jobs = evaluation.jobs.map((job) => ({ ...job, outputs: [...job.outputs] }));
  return `${JSON.stringify({ ...evaluation, jobs })}\n`;
}

/** Reads what {@link printEvaluation} wrote; undefined for anything else, for instance a file cut short. */
export function parseEvaluation(text: string): StoredEvaluation | undefined {
  try {
    const value = object(JSON.parse(text));
    return {
      key: string(value['key']),
      evaluatedAtMs: number(value['evaluatedAtMs']),
      evaluated: number(value['evaluated']),
      pruned: number(value['pruned']),
      jobs: array(value['jobs']).map(parseJob),
    };
  } catch {
    return undefined;
  }
}

function parseJob(raw: unknown): Job {
  const value = object(raw);
  const evaluation = object(value['evaluation']);
  const memoryBytes = evaluation['memoryBytes'];
  return {
    topAttr: string(value['topAttr']),
    system: string(value['system']),
    attr: string(value['attr']),
    path: array(value['path']).map(string),
    name: string(value['name']),
    description: string(value['description']),
    type: 'derivation',
    label: string(value['label']),
    drvPath: parseStorePath(string(value['drvPath'])),
    outputs: new Map(array(value['outputs']).map(parseOutput)),
    requiredFeatures: array(value['requiredFeatures']).map(string),
    evaluation: {
      seconds: number(evaluation['seconds']),
      memoryBytes: memoryBytes === undefined ? undefined : number(memoryBytes),
    },
    warnings: array(value['warnings']).map(string),
  };
}

/** JSON has no undefined: a path that is not known yet was written as null. */
function parseOutput(raw: unknown): [string, StorePath | undefined] {
  const [name, path] = array(raw);
  return [string(name), typeof path === 'string' && isStorePath(path) ? path : undefined];
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('an object');
  return Object.fromEntries(Object.entries(value));
}

function array(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong('a list');
  return value;
}

function string(value: unknown): string {
  if (typeof value !== 'string') throw wrong('a string');
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw wrong('a number');
  return value;
}

function wrong(expected: string): TypeError {
  return new TypeError(`expected ${expected}`);
}
