import { expect, it } from 'vitest';
import { build, builder } from '../../../support/schedule/make.ts';
import { createWorld } from '../../../support/schedule/world.ts';

it('tries a build once elsewhere that failed where the machine may be to blame', () => {
  const world = createWorld();
  world.join(builder(0), builder(1));
  world.add(build(7));
  const first = world.placeOf(7);
  world.finish(7, { kind: 'suspect' });
  expect(world.placeOf(7)).toBe(first === 0 ? 1 : 0);
  world.finish(7, { kind: 'suspect' });
  expect(world.settled.get(7)).toEqual({ kind: 'failed' });
});

it('is done when the other try succeeds, and failed when it fails', () => {
  const world = createWorld();
  world.join(builder(0), builder(1));
  world.add(build(7), build(8));
  for (const node of [7, 8]) world.finish(node, { kind: 'suspect' });
  world.finish(7, { kind: 'built', narSizeBytes: 1 });
  world.finish(8, { kind: 'failed' });
  expect([...world.settled]).toEqual([[8, { kind: 'failed' }]]);
});

it('fails it where there is no elsewhere', () => {
  const world = createWorld();
  world.join(builder(0), builder(1, { systems: ['aarch64-linux'] }), builder(2));
  world.tell({ kind: 'slots-changed', builder: 2, maxJobs: 0 });
  world.add(build(7));
  world.finish(7, { kind: 'suspect' });
  expect(world.settled.get(7)).toEqual({ kind: 'failed' });
});

it('counts neither as a retry of the build nor of the machine', () => {
  const world = createWorld({ infraRetries: 0, retries: 1 });
  world.join(builder(0), builder(1));
  world.add(build(7));
  world.finish(7, { kind: 'suspect' });
  world.finish(7, { kind: 'failed' });
  expect(world.settled.size).toBe(0);
  world.finish(7, { kind: 'built', narSizeBytes: 1 });
  expect(world.settled.size).toBe(0);
});
