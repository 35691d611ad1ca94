import type { PageRow } from '../page-data.ts';

/** Where a build stands in the drawing of the graph, in units of its own: dependencies stand to the left. */
export interface Node {
  readonly place: number;
  readonly x: number;
  readonly y: number;
}

/** A drawing of the dependency graph. */
export interface Layout {
  readonly nodes: readonly Node[];
  /** Node of each row; undefined for rows that stand alone. */
  readonly byPlace: ReadonlyMap<number, Node>;
  readonly width: number;
  readonly height: number;
}

/** Of the box of a build, in the units of the layout: pixels at scale 1. */
export const NODE_WIDTH = 170;
/** See {@link NODE_WIDTH}. */
export const NODE_HEIGHT = 20;
const COLUMN_GAP = 70;
const ROW_GAP = 8;
/** How often columns are put in the order of what their nodes hang on; more changes little. */
const SWEEPS = 4;

/**
 * Lays the graph out in columns: a build stands right of everything that it needs, and near the middle of it. A column
 * that would be much taller than the whole is wide is folded into several. Rows without any edge are left out.
 */
export function layoutGraph(rows: readonly PageRow[], dependants: readonly (readonly number[])[]): Layout {
  const linked = rows.flatMap((row, place) =>
    row.dependencies.length > 0 || (dependants[place]?.length ?? 0) > 0 ? [place] : [],
  );
  const columns = columnsByDepth(rows, linked);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForward = sweep % 2 === 0;
    orderColumns(
      columns,
      (place) => (isForward ? (rows[place]?.dependencies ?? []) : (dependants[place] ?? [])),
      isForward,
    );
  }
  const most = Math.max(12, Math.ceil(Math.sqrt(linked.length) * 2.5));
  const folded = columns.flatMap((column) => fold(column, most));
  const tallest = Math.max(0, ...folded.map((column) => column.length));
  const nodes = folded.flatMap((column, index) =>
    column.map((place, row) => ({
      place,
      x: index * (NODE_WIDTH + COLUMN_GAP),
      y: (row + (tallest - column.length) / 2) * (NODE_HEIGHT + ROW_GAP),
    })),
  );
  return {
    nodes,
    byPlace: new Map(nodes.map((node) => [node.place, node])),
    width: Math.max(0, folded.length * (NODE_WIDTH + COLUMN_GAP) - COLUMN_GAP),
    height: Math.max(0, tallest * (NODE_HEIGHT + ROW_GAP) - ROW_GAP),
  };
}

/** Everything that can be reached from a place, itself included. */
export function reachable(from: number, next: (place: number) => readonly number[]): ReadonlySet<number> {
  const seen = new Set([from]);
  // A set is walked in the order in which it grows, while it grows.
  for (const place of seen) {
    for (const other of next(place)) seen.add(other);
  }
  return seen;
}

function columnsByDepth(rows: readonly PageRow[], linked: readonly number[]): number[][] {
  const depths = new Map<number, number>();
  const columns: number[][] = [];
  for (const start of linked) {
    const open = [start];
    while (open.length > 0) {
      const place = open.at(-1) ?? start;
      const dependencies = rows[place]?.dependencies ?? [];
      // Marked while it is open, so that a graph that goes round ends as well.
      if (!depths.has(place)) depths.set(place, -1);
      const missing = dependencies.filter((dependency) => !depths.has(dependency));
      if (missing.length > 0) {
        open.push(...missing);
        continue;
      }
      open.pop();
      if (depths.get(place) !== -1) continue;
      const depth = 1 + Math.max(-1, ...dependencies.map((dependency) => depths.get(dependency) ?? -1));
      depths.set(place, depth);
      while (columns.length <= depth) columns.push([]);
      columns[depth]?.push(place);
    }
  }
  return columns;
}

function orderColumns(
  columns: number[][],
  linksOf: (place: number) => readonly number[],
  isForward: boolean,
): void {
  const heights = new Map<number, number>();
  for (const column of isForward ? columns : [...columns].reverse()) {
    const middles = new Map(
      column.map((place, index) => {
        const known = linksOf(place).flatMap((other) => heights.get(other) ?? []);
        const sum = known.reduce((total, height) => total + height, 0);
        return [place, known.length === 0 ? index / column.length : sum / known.length];
      }),
    );
    column.sort((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0));
    for (const [index, place] of column.entries()) heights.set(place, index / column.length);
  }
}

function fold(column: readonly number[], most: number): number[][] {
  const parts = Math.max(1, Math.ceil(column.length / most));
  const size = Math.ceil(column.length / parts);
  return Array.from({ length: parts }, (_, part) => column.slice(part * size, (part + 1) * size));
}
