import { DispatchError, toDispatchError } from '../errors.ts';
import { splitAttributes } from './attribute-path.ts';
import type { Collector } from './collector.ts';
import { parseAnswer, type Answer } from './evaluator/answer.ts';
import type { EvaluatorLimits, Reply } from './evaluator/evaluator.ts';
import { isVariableName, visitLine } from './evaluator/expressions.ts';
import { failureOf, unusable, type FailedOutcome } from './failure.ts';
import type { EarlyVerdict, Selector } from './filter/selector.ts';
import { fieldsKnownAt, isUsualOutput, MAX_DEPTH, placeAt, stepAt, systemAt, type Step } from './shapes.ts';

/** What a walk through a flake's outputs needs. */
export interface WalkContext {
  /** Asks an evaluator; see EvaluatorPool. */
  readonly ask: (line: string) => Promise<Reply>;
  readonly selector: Selector;
  readonly collector: Collector;
  readonly limits: EvaluatorLimits;
  /** What the names of files in the flake's source begin with. */
  readonly roots: readonly string[];
  /** Undefined: all. */
  readonly systems: readonly string[] | undefined;
}

interface Walk extends WalkContext {
  /** What `top_attrs` names: visited once, also where one entry lies within another. */
  readonly starts: ReadonlySet<string>;
}

/** A verdict that is final for everything below, or `open`. */
type Inherited = Exclude<EarlyVerdict, 'rejected'>;

interface Malformed {
  readonly kind: 'malformed';
  readonly message: string;
}

/**
 * Visits every derivation of the top-level outputs that the filter does not rule out by name, side by side as evaluators are
 * free. Names come before values: a set is listed, decided upon, and only then gone into.
 *
 * @throws DispatchError `input` when a top-level output can't be named; what the context's functions throw
 */
export async function walkFlake(context: WalkContext, topAttrs: readonly string[]): Promise<void> {
  const starts = new Map(topAttrs.map(startingPath).map((path) => [keyOf(path), path]));
  await enter({ ...context, starts: new Set(starts.keys()) }, [...starts.values()], 'open');
}

/** The attribute path that an entry of `top_attrs` stands for. Throws DispatchError `input` when it can't be one. */
function startingPath(topAttr: string): readonly string[] {
  const path = splitAttributes(topAttr);
  if (path !== undefined && isVariableName(path[0] ?? '')) return path;
  throw new DispatchError('input', `top_attrs: ${JSON.stringify(topAttr)} is no attribute path`, {
    hint: 'Expected names such as checks, hydraJobs or legacyPackages.x86_64-linux.hello; odd names below the first go in quotes.',
  });
}

/** Goes to sibling paths, less those that the filter rules out. */
async function enter(
  context: Walk,
  paths: readonly (readonly string[])[],
  inherited: Inherited,
): Promise<void> {
  const verdicts = inherited === 'selected' ? paths.map(() => inherited) : await decide(context, paths);
  const isLeaf = (path: readonly string[]): boolean => stepAt(path).kind !== 'names';
  const entered = paths.filter((_, index) => verdicts[index] !== 'rejected');
  const leaves = paths.filter(isLeaf).length;
  const enteredLeaves = entered.filter(isLeaf).length;
  context.collector.expect({ total: enteredLeaves, pruned: leaves - enteredLeaves });
  await Promise.all(
    paths.map(async (path, index) => {
      const verdict = verdicts[index] ?? 'open';
      if (verdict !== 'rejected') await visit(context, path, verdict);
    }),
  );
}

async function decide(
  context: WalkContext,
  paths: readonly (readonly string[])[],
): Promise<readonly EarlyVerdict[]> {
  const [first] = paths;
  // Siblings have the same shape; starting paths may differ, and are few.
  const known = paths.map((path) => fieldsKnownAt(path));
  const isUniform = known.every((fields) => fields.join() === known[0]?.join());
  if (first === undefined || isUniform) {
    return context.selector.decideEarly(paths.map(placeAt), known[0] ?? []);
  }
  const each = paths.map((path, index) => context.selector.decideEarly([placeAt(path)], known[index] ?? []));
  return (await Promise.all(each)).flat();
}

/** What is evaluated at a path. */
function targetOf(path: readonly string[]): readonly string[] {
  const step = stepAt(path);
  return step.kind === 'visit' ? step.path : path;
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(targetOf(path));
}

async function visit(context: Walk, path: readonly string[], verdict: Inherited): Promise<void> {
  const { collector } = context;
  const step = stepAt(path);
  const target = targetOf(path);
  const place = placeAt(target);
  const reply = await context.ask(visitLine(step.kind === 'visit' ? step.mode : 'value', target));
  const { outcome } = reply;
  if (outcome.kind !== 'answered') {
    if (isAbsentOutput(outcome, path)) {
      if (!isUsualOutput(place.topAttr)) {
        collector.warn([`top_attrs names ${place.topAttr}, and the flake has no such output`]);
      }
      return;
    }
    if (step.kind === 'names') collector.expect({ total: 1, pruned: 0 });
    collector.failed(failureOf(place, reply, outcome, context.roots, context.limits));
    return;
  }
  const answer = readAnswer(outcome.json);
  switch (answer.kind) {
    case 'derivation':
      if (!isWanted(context, answer.system)) collector.passed();
      else await collector.found({ place, answer, reply, isSelected: verdict === 'selected' });
      return;
    case 'set':
      if (step.kind === 'visit') {
        collector.failed(unusable(place, reply, 'expected a derivation, found a set'));
        return;
      }
      if (step.kind === 'walk') collector.passed();
      if (goesInto(path, step, answer.recurse || context.starts.has(keyOf(path))))
        await enter(context, children(context, path, answer), verdict);
      return;
    case 'other':
      if (step.kind === 'names') {
        collector.expect({ total: 1, pruned: 0 });
        const found = withArticle(answer.type);
        collector.failed(unusable(place, reply, `expected a set of attributes, found ${found}`));
      } else if (step.kind === 'visit' && answer.type !== 'program') {
        collector.failed(unusable(place, reply, `expected a derivation, found ${withArticle(answer.type)}`));
      } else collector.passed();
      return;
    case 'malformed':
      collector.failed(unusable(place, reply, answer.message));
  }
}

/** A set that only calls itself a derivation is the flake's fault, and no reason to end. */
function readAnswer(json: string): Answer | Malformed {
  try {
    return parseAnswer(json);
  } catch (error) {
    return { kind: 'malformed', message: toDispatchError(error, 'evaluation').message };
  }
}

/** `builtins.typeOf` in words. */
function withArticle(type: string): string {
  return type === 'null' ? type : `${type === 'int' ? 'an' : 'a'} ${type === 'lambda' ? 'function' : type}`;
}

/** Most flakes lack one of the usual outputs. */
function isAbsentOutput(outcome: FailedOutcome, path: readonly string[]): boolean {
  return path.length === 1 && outcome.error.includes(`undefined variable '${path[0]}'`);
}

function goesInto(path: readonly string[], step: Step, isMeant: boolean): boolean {
  if (step.kind !== 'walk') return true;
  return path.length < MAX_DEPTH && (step.into === 'every-set' || isMeant);
}

function children(
  context: Walk,
  path: readonly string[],
  set: { readonly names: readonly string[] },
): readonly (readonly string[])[] {
  const paths = set.names.map((name) => [...path, name]);
  // `recurseForDerivations` is a mark, not a member.
  const members = paths.filter((child) => child.at(-1) !== 'recurseForDerivations');
  return members.filter(
    (child) => isWanted(context, systemAt(child) ?? '') && !context.starts.has(keyOf(child)),
  );
}

function isWanted(context: WalkContext, system: string): boolean {
  return system === '' || context.systems === undefined || context.systems.includes(system);
}
