import { joinAttributes } from './attribute-path.ts';
import type { VisitMode } from './evaluator/expressions.ts';
import type { PlaceField } from './filter/place-condition.ts';
import type { AttributePlace } from './job.ts';

/**
 * What has to be done at an attribute path.
 *
 * - `names`: it is a set whose names are listed without evaluating what they stand for.
 * - `visit`: it leads to one derivation; `path` is what is evaluated.
 * - `walk`: it may be a derivation, or a set to go into; `marked` sets only when they say `recurseForDerivations`.
 */
export type Step =
  | { readonly kind: 'names' }
  | { readonly kind: 'visit'; readonly mode: VisitMode; readonly path: readonly string[] }
  | { readonly kind: 'walk'; readonly into: 'every-set' | 'marked-sets' };

/** Beyond this a set that contains itself would never end. */
export const MAX_DEPTH = 16;

type Shape =
  /** `<top>.<system>.<name>` */
  | { readonly kind: 'by-system'; readonly mode: VisitMode }
  /** `<top>.<system>` is the derivation. */
  | { readonly kind: 'one-a-system' }
  /** `<top>.<system>` is a tree of packages. */
  | { readonly kind: 'tree-by-system' }
  /** `<top>.<name>`, and the derivation lies further below. */
  | { readonly kind: 'configurations'; readonly below: readonly string[] }
  /** Anything: sets of sets of derivations. */
  | { readonly kind: 'tree' };

const TREE: Shape = { kind: 'tree' };
const SYSTEM_BUILD = ['config', 'system', 'build', 'toplevel'];

/** Outputs as `nix flake check` knows them, and those of nix-darwin and Home Manager (issue 3, item 3). */
const SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['checks', { kind: 'by-system', mode: 'value' }],
  ['packages', { kind: 'by-system', mode: 'value' }],
  ['devShells', { kind: 'by-system', mode: 'value' }],
  ['apps', { kind: 'by-system', mode: 'app' }],
  ['formatter', { kind: 'one-a-system' }],
  ['defaultPackage', { kind: 'one-a-system' }],
  ['devShell', { kind: 'one-a-system' }],
  ['legacyPackages', { kind: 'tree-by-system' }],
  ['nixosConfigurations', { kind: 'configurations', below: SYSTEM_BUILD }],
  ['darwinConfigurations', { kind: 'configurations', below: SYSTEM_BUILD }],
  ['homeConfigurations', { kind: 'configurations', below: ['activationPackage'] }],
]);

/** Whether a flake that lacks this top-level output is nothing odd; other names may be slips of the pen. */
export function isUsualOutput(topAttr: string): boolean {
  return SHAPES.has(topAttr) || topAttr === 'hydraJobs';
}

/** What to do at a path, by the shape of its top-level output. */
export function stepAt(path: readonly string[]): Step {
  const shape = shapeOf(path);
  const depth = path.length;
  switch (shape.kind) {
    case 'by-system':
      return depth < 3 ? { kind: 'names' } : { kind: 'visit', mode: shape.mode, path };
    case 'one-a-system':
      return depth < 2 ? { kind: 'names' } : { kind: 'visit', mode: 'value', path };
    case 'tree-by-system':
      return depth < 3 ? { kind: 'names' } : { kind: 'walk', into: 'marked-sets' };
    case 'configurations':
      if (depth === 1) return { kind: 'names' };
      return { kind: 'visit', mode: 'value', path: depth === 2 ? [...path, ...shape.below] : path };
    case 'tree':
      return { kind: 'walk', into: 'every-set' };
  }
}

/** The system that the names at a path belong to, or undefined when only the derivation tells. */
export function systemAt(path: readonly string[]): string | undefined {
  switch (shapeOf(path).kind) {
    case 'by-system':
    case 'one-a-system':
    case 'tree-by-system':
      return path[1];
    case 'configurations':
      return undefined;
    case 'tree':
      // Hydra's habit is to end in the system, that of others to begin with it.
      return [path[1], path.at(-1)].find((name) => name !== undefined && SYSTEM_NAME.test(name));
  }
}

/** What the path alone tells of every derivation at or below it. */
export function fieldsKnownAt(path: readonly string[]): readonly PlaceField[] {
  const { kind } = shapeOf(path);
  const isLeaf = stepAt(path).kind === 'visit';
  if (kind === 'tree' || path.length < 2) return ['top_attr'];
  if (kind === 'configurations') return isLeaf ? ['top_attr', 'attr'] : ['top_attr'];
  return isLeaf ? ['top_attr', 'system', 'attr'] : ['top_attr', 'system'];
}

/** How a person and a jq program name the path. */
export function placeAt(path: readonly string[]): AttributePlace {
  const [topAttr = ''] = path;
  const system = systemAt(path);
  const shape = shapeOf(path);
  const isBySystem = shape.kind !== 'configurations' && shape.kind !== 'tree';
  const names = isBySystem ? path.slice(2) : path.slice(1).filter((name) => name !== system);
  const shown = shape.kind === 'configurations' ? withoutEnd(names, shape.below) : names;
  return {
    topAttr,
    system: system ?? '',
    attr: shown.length === 0 ? topAttr : joinAttributes(shown),
    path,
  };
}

function withoutEnd(names: readonly string[], end: readonly string[]): readonly string[] {
  const start = names.length - end.length;
  return start > 0 && end.every((name, index) => names[start + index] === name)
    ? names.slice(0, start)
    : names;
}

const SYSTEM_NAME = /^[a-z0-9_]+-(?:linux|darwin|freebsd|netbsd|openbsd|windows|cygwin|none|wasi)$/;

function shapeOf(path: readonly string[]): Shape {
  return SHAPES.get(path[0] ?? '') ?? TREE;
}
