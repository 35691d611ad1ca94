import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRecord,
  DONE,
  WAITING,
  type NodeRecord,
} from '../../../../src/dispatch/schedule/node-record.ts';
import { rankAdded, rankReopened } from '../../../../src/dispatch/schedule/rank.ts';
import { build } from '../../../support/schedule/make.ts';

interface Shape {
  readonly below: readonly number[];
  readonly seconds: number;
  readonly isDone: boolean;
}

function link(shape: Shape, records: NodeRecord[]): NodeRecord {
  const order = records.length;
  const inputs = [...new Set(shape.below.flatMap((pick) => records[pick % Math.max(1, order)] ?? []))];
  const node = build(order, [], { expectedSeconds: shape.seconds });
  const record = createRecord(node, order, inputs, undefined);
  for (const input of inputs) input.dependants.push(record);
  records.push(record);
  return record;
}

/** By definition, without any cleverness. */
function longestPath(record: NodeRecord): number {
  const open = record.dependants.filter((dependant) => dependant.state.kind === 'waiting');
  return record.seconds + Math.max(0, ...open.map(longestPath));
}

const anyShapes = fc.array(
  fc.record({
    below: fc.array(fc.nat(), { maxLength: 3 }),
    seconds: fc.integer({ min: 0, max: 50 }),
    isDone: fc.boolean(),
  }),
  { minLength: 1, maxLength: 14, size: 'max' },
);

describe('ranks', () => {
  it('are the longest remaining path, in whatever batches nodes are added', () => {
    fc.assert(
      fc.property(anyShapes, fc.integer({ min: 1, max: 5 }), (shapes, batchSize) => {
        const records: NodeRecord[] = [];
        for (let start = 0; start < shapes.length; start += batchSize) {
          rankAdded(shapes.slice(start, start + batchSize).map((shape) => link(shape, records)));
        }
        for (const record of records) expect(record.rank).toBe(longestPath(record));
      }),
    );
  });

  it('are right again when finished nodes are opened from the top down', () => {
    fc.assert(
      fc.property(anyShapes, (shapes) => {
        const records: NodeRecord[] = [];
        const added = shapes.map((shape) => link(shape, records));
        for (const [index, record] of added.entries()) {
          if (shapes[index]?.isDone === true) record.state = DONE;
        }
        rankAdded(added);
        for (const record of records.toReversed()) {
          if (record.state !== DONE) continue;
          record.state = WAITING;
          rankReopened(record);
        }
        for (const record of records) expect(record.rank).toBe(longestPath(record));
      }),
    );
  });
});
