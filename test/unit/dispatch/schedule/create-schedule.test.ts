import { describe, expect, it } from 'vitest';
import { build, builder, existing } from '../../../support/schedule/make.ts';
import { createWorld } from '../../../support/schedule/world.ts';

describe('a schedule', () => {
  it('starts a build at once when there is nothing to bring', () => {
    const world = createWorld();
    world.join(builder(0));
    expect(world.add(build(0))).toEqual([{ kind: 'start', node: 0, builder: 0 }]);
  });

  it('has inputs and sources brought before it starts', () => {
    const world = createWorld();
    world.join(builder(0));
    expect(world.add(existing(3), build(1, [3]))).toEqual([
      { kind: 'stage', node: 1, builder: 0, missing: [3] },
    ]);
    world.stageAll();
    expect(world.running()).toEqual([1]);
    world.finish(1);
    expect(world.add(build(2, [3], { sourceBytes: 5 }))).toEqual([
      { kind: 'stage', node: 2, builder: 0, missing: [] },
    ]);
  });

  it('builds inputs before dependants, whatever their ids', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 4 }));
    world.add(build(9), build(5, [9]), build(1, [5, 9, 9]));
    expect(world.running()).toEqual([9]);
    world.finish(9);
    expect(world.running()).toEqual([5]);
    world.finish(5);
    expect(world.running()).toEqual([1]);
    world.finish(1);
    expect(world.settled.size).toBe(0);
  });

  it('takes the longest remaining path first, also when it grew later', () => {
    const world = createWorld();
    world.add(
      build(1, [], { expectedSeconds: 40 }),
      build(2, [], { expectedSeconds: 20 }),
      build(3, [2], { expectedSeconds: 30 }),
      build(4, [], { expectedSeconds: 35 }),
    );
    world.add(build(5, [4], { expectedSeconds: 1000 }));
    world.join(builder(0));
    const order: number[] = [];
    for (let running = world.running()[0]; running !== undefined; running = world.running()[0]) {
      order.push(running);
      world.finish(running);
    }
    expect(order).toEqual([4, 5, 2, 1, 3]);
  });

  it('fails dependants with the root, and goes on with the rest', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 2 }));
    world.add(build(0), build(1, [0]), build(2, [1]), build(3));
    world.finish(0, { kind: 'failed' });
    expect([...world.settled]).toEqual([
      [0, { kind: 'failed' }],
      [1, { kind: 'dependency-failed', root: 0 }],
      [2, { kind: 'dependency-failed', root: 0 }],
    ]);
    expect(world.running()).toEqual([3]);
    world.add(build(4, [2]));
    expect(world.settled.get(4)).toEqual({ kind: 'dependency-failed', root: 0 });
  });

  it('cancels what waits and stops what runs', () => {
    const world = createWorld();
    world.join(builder(0));
    world.add(build(0), build(1, [0]));
    expect(world.tell({ kind: 'cancelled' })).toEqual([
      { kind: 'settle', node: 1, settlement: { kind: 'cancelled' } },
      { kind: 'stop', node: 0, builder: 0 },
      { kind: 'settle', node: 0, settlement: { kind: 'cancelled' } },
    ]);
    world.add(build(2));
    expect(world.settled.get(2)).toEqual({ kind: 'cancelled' });
    expect(world.running()).toEqual([]);
  });

  it('refuses what breaks its contract', () => {
    const world = createWorld();
    expect(() => world.add(build(0, [7]))).toThrow('Expected a node that was added, got 7.');
    expect(() => world.tell({ kind: 'staged', node: 3, builder: 0 })).toThrow(RangeError);
    world.add(build(1));
    expect(() => world.add(build(1))).toThrow('a second time');
    expect(() => world.tell({ kind: 'staged', node: 1, builder: 0 })).toThrow('a builder that joined');
  });
});
