import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHeap } from '../../../../src/dispatch/schedule/heap.ts';

interface Item {
  value: number;
  index: number;
}

const createTracked = () =>
  createHeap<Item>(
    (one, other) => one.value < other.value,
    (item, index) => {
      item.index = index;
    },
  );

describe('a heap', () => {
  it('gives back what it got, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (values) => {
        const heap = createHeap<number>((one, other) => one < other);
        for (const value of values) heap.push(value);
        const taken = values.map(() => heap.pop());
        expect(taken).toEqual(values.toSorted((one, other) => one - other));
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });

  it('says where each item stands while items leave and move', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 100 })), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (steps) => {
        const heap = createTracked();
        const inside = new Set<Item>();
        for (const [what, number] of steps) {
          const item = [...inside][number % Math.max(1, inside.size)];
          if (what === 0 || item === undefined) {
            const added = { value: number, index: -1 };
            heap.push(added);
            inside.add(added);
          } else if (what === 1) {
            heap.removeAt(item.index);
            inside.delete(item);
            expect(item.index).toBe(-1);
          } else {
            item.value -= number;
            heap.moveForward(item.index);
          }
          for (const one of inside) expect(heap.items[one.index]).toBe(one);
          const least = Math.min(...[...inside].map((one) => one.value));
          if (inside.size > 0) expect(heap.items[0]?.value).toBe(least);
        }
      }),
    );
  });
});
