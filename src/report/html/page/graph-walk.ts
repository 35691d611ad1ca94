import type { PageRow } from '../page-data.ts';
import type { Direction } from './geometry.ts';
import { reachable } from './graph-layout.ts';
import type { Layout } from './graph-layout.ts';

/** The builds of a run and what hangs on what, both ways, by their places. */
export interface BuildGraph {
  readonly rows: readonly Pick<PageRow, 'dependencies'>[];
  /** For each row those that need it directly. */
  readonly dependants: readonly (readonly number[])[];
}

/** A build, all that it needs and all that needs it. */
export function relatedTo({ rows, dependants }: BuildGraph, place: number): ReadonlySet<number> {
  const below = reachable(place, (other) => rows[other]?.dependencies ?? []);
  return new Set([...below, ...reachable(place, (other) => dependants[other] ?? [])]);
}

/** Left to what a build needs, right to what needs it, up and down along its column; the first one from nowhere. */
export function graphNeighbour(
  { rows, dependants }: BuildGraph,
  { nodes, byPlace }: Pick<Layout, 'nodes' | 'byPlace'>,
  from: number | undefined,
  direction: Direction,
): number | undefined {
  const node = from === undefined ? undefined : byPlace.get(from);
  if (node === undefined) return nodes[0]?.place;
  switch (direction) {
    case 'left':
      return rows[node.place]?.dependencies[0];
    case 'right':
      return dependants[node.place]?.[0];
    case 'up':
      return nodes[nodes.indexOf(node) - 1]?.place;
    case 'down':
      return nodes[nodes.indexOf(node) + 1]?.place;
  }
}
