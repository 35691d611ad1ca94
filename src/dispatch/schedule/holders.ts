import type { BuilderId } from './events.ts';

/** Which builders hold the outputs of which nodes: one bit for each pair, so that 150,000 nodes cost little. */
export interface Holders {
  /** @param order the node's place in the order of adding */
  add(order: number, builder: BuilderId): void;
  has(order: number, builder: BuilderId): boolean;
  isHeld(order: number): boolean;
  remove(order: number, builder: BuilderId): void;
}

const BUILDERS_IN_PLANE = 32;
const FIRST_NODES = 1024;

/** Makes an empty table; it grows with what it is given. */
export function createHolders(): Holders {
  // One plane for 32 builders, each with a word for every node.
  const planes: Uint32Array[] = [];

  const planeOf = (builder: BuilderId): number => Math.floor(builder / BUILDERS_IN_PLANE);
  const bitOf = (builder: BuilderId): number => 1 << (builder % BUILDERS_IN_PLANE);

  const roomFor = (order: number, index: number): Uint32Array => {
    while (planes.length <= index) planes.push(new Uint32Array(FIRST_NODES));
    const plane = planes[index] ?? new Uint32Array(FIRST_NODES);
    if (order < plane.length) return plane;
    const grown = new Uint32Array(2 * order);
    grown.set(plane);
    planes[index] = grown;
    return grown;
  };

  return {
    add: (order, builder) => {
      const plane = roomFor(order, planeOf(builder));
      plane[order] = (plane[order] ?? 0) | bitOf(builder);
    },
    has: (order, builder) => ((planes[planeOf(builder)]?.[order] ?? 0) & bitOf(builder)) !== 0,
    isHeld: (order) => planes.some((plane) => (plane[order] ?? 0) !== 0),
    remove: (order, builder) => {
      const plane = planes[planeOf(builder)];
      if (plane !== undefined) plane[order] = (plane[order] ?? 0) & ~bitOf(builder);
    },
  };
}
