import { expect, test } from 'vitest';
import { build, builder } from '../../../support/schedule/make.ts';
import { createWorld } from '../../../support/schedule/world.ts';

test('what comes next is what has its inputs and waits for a slot, the longest remaining path first', () => {
  const world = createWorld();
  world.join(builder(0));
  world.add(
    build(1, [], { expectedSeconds: 5 }),
    build(2, [], { expectedSeconds: 50 }),
    build(3, [], { expectedSeconds: 20 }),
    build(4, [], { expectedSeconds: 10 }),
    build(5, [4], { expectedSeconds: 100 }),
    build(6, [], { system: 'other-system', expectedSeconds: 30 }),
  );
  world.stageAll();
  expect(world.running()).toEqual([4]);
  expect(world.schedule.upcoming()).toEqual([2, 6, 3, 1]);
  world.finish(4);
  expect(world.running()).toEqual([5]);
  expect(world.schedule.upcoming()).toEqual([2, 6, 3, 1]);
});

test('what is on its way to a builder comes next too', () => {
  const world = createWorld();
  world.join(builder(0));
  const sourceBytes = 1000;
  world.add(
    build(1, [], { expectedSeconds: 5, sourceBytes }),
    build(2, [], { expectedSeconds: 50, sourceBytes }),
  );
  expect(world.running()).toEqual([]);
  expect(world.schedule.upcoming()).toEqual([2, 1]);
});
