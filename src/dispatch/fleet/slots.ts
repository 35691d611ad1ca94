/** Numbers the slots of a builder, the lowest free one first, so that a timeline has one row a slot. */
export interface Slots {
  take(): number;
  free(slot: number): void;
}

/** All slots are free. */
export function createSlots(): Slots {
  const taken = new Set<number>();
  return {
    take() {
      let slot = 0;
      while (taken.has(slot)) slot += 1;
      taken.add(slot);
      return slot;
    },
    free: (slot) => void taken.delete(slot),
  };
}
