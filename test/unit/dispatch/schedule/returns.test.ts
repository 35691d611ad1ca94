import { describe, expect, it } from 'vitest';
import { build, builder } from '../../../support/schedule/make.ts';
import { createWorld } from '../../../support/schedule/world.ts';

const lost = (id: number, mayReturn = false) => ({ kind: 'builder-lost', builder: id, mayReturn }) as const;

describe('a builder that is away', () => {
  it('keeps what it has when it returns soon', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 4 }), builder(1, { systems: ['aarch64-linux'] }));
    world.add(build(0), build(1, [0]), build(2, [1], { system: 'aarch64-linux' }));
    world.finish(0);
    world.finish(1);
    expect(world.tell(lost(0, true)).filter(({ kind }) => kind !== 'stop')).toEqual([]);
    expect(world.schedule.absent(0)).toEqual([0, 1]);
    world.tell({ kind: 'builder-joined', builder: builder(0), holds: [1] });
    expect(world.schedule.absent(0)).toEqual([]);
    expect(world.placeOf(2)).toBe(1);
    expect(world.running()).toEqual([]);
  });

  it('has built again elsewhere what it should have back but has not', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 4 }));
    world.add(build(0), build(1, [0]), build(2, [1]));
    world.finish(0);
    world.finish(1);
    world.tell(lost(0, true));
    world.tell({ kind: 'builder-joined', builder: builder(0), holds: [0] });
    expect(world.running()).toEqual([1]);
  });

  it('has built again elsewhere what is needed of it when it stays away too long', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 4, speedFactor: 9 }), builder(1));
    world.add(build(0), build(1, [0]));
    world.finish(0);
    world.tell(lost(0, true));
    expect(world.running()).toEqual([]);
    world.tell({ kind: 'builder-overdue', builder: 0 });
    expect(world.pending).toEqual([{ kind: 'start', node: 0, builder: 1 }]);
    world.join(builder(0, { maxJobs: 4, speedFactor: 9 }));
    expect(world.running()).toEqual([0]);
    world.tell({ kind: 'builder-overdue', builder: 0 });
    world.finish(0);
    world.stageAll();
    world.finish(1);
    expect(world.settled.size).toBe(0);
  });

  it('brings back, however late, what nobody has begun to build again', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 4 }), builder(1, { systems: ['aarch64-linux'] }));
    const other = { system: 'aarch64-linux' };
    world.add(build(0), build(1, [0], other), build(2, [], other));
    world.finish(0);
    world.tell({ kind: 'stage-failed', node: 1, builder: 1 });
    world.tell(lost(0, true));
    world.tell({ kind: 'builder-overdue', builder: 0 });
    world.tell({ kind: 'builder-joined', builder: builder(0), holds: [0] });
    expect(world.running()).toEqual([2]);
    world.stageAll();
    world.finish(2);
    expect(world.running()).toEqual([1]);
  });
});

it('has built again what no store has, and waits for it', () => {
  const world = createWorld();
  world.join(builder(0, { maxJobs: 4 }), builder(1, { systems: ['aarch64-linux'] }));
  world.add(build(0), build(1, [0]), build(2, [1], { system: 'aarch64-linux' }));
  world.finish(0);
  world.finish(1);
  expect(world.placeOf(2)).toBe(1);
  world.tell({ kind: 'outputs-gone', nodes: [1] });
  expect(world.running()).toEqual([1]);
  world.finish(1);
  world.stageAll();
  world.finish(2);
  expect(world.settled.size).toBe(0);
});
