/** A binary heap; the item that comes first is at index 0. */
export interface Heap<Item> {
  /** Backing array in heap order: read it, never write it. */
  readonly items: readonly Item[];
  push(item: Item): void;
  pop(): Item | undefined;
  /** Takes the item at that index out. */
  removeAt(index: number): void;
  /** Restores the order after the item at that index came to stand further forward. */
  moveForward(index: number): void;
}

/**
 * Makes an empty heap.
 *
 * @param isBefore a strict order; ties must be broken by it when the outcome has to be deterministic
 * @param moved told each index an item takes, -1 when it leaves, so that the owner can call `removeAt` and `moveForward`
 */
export function createHeap<Item>(
  isBefore: (one: Item, other: Item) => boolean,
  moved: (item: Item, index: number) => void = () => {},
): Heap<Item> {
  const items: Item[] = [];

  const place = (item: Item, index: number): void => {
    items[index] = item;
    moved(item, index);
  };

  const forward = (item: Item, start: number): void => {
    let index = start;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = items[parentIndex];
      if (parent === undefined || !isBefore(item, parent)) break;
      place(parent, index);
      index = parentIndex;
    }
    place(item, index);
  };

  const back = (item: Item, start: number): void => {
    let index = start;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = items[childIndex];
      if (child === undefined) break;
      const right = items[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex++;
      }
      if (!isBefore(child, item)) break;
      place(child, index);
      index = childIndex;
    }
    place(item, index);
  };

  const removeAt = (index: number): void => {
    const removed = items[index];
    const last = items.pop();
    if (removed === undefined || last === undefined) return;
    moved(removed, -1);
    if (index === items.length) return;
    const parent = items[(index - 1) >> 1];
    if (index > 0 && parent !== undefined && isBefore(last, parent)) forward(last, index);
    else back(last, index);
  };

  return {
    items,
    push: (item) => forward(item, items.length),
    pop: () => {
      const first = items[0];
      if (first !== undefined) removeAt(0);
      return first;
    },
    removeAt,
    moveForward: (index) => {
      const item = items[index];
      if (item !== undefined) forward(item, index);
    },
  };
}
