import { describe, expect, it } from 'vitest';
import { build, builder, existing } from '../../../support/schedule/make.ts';
import { createWorld } from '../../../support/schedule/world.ts';

const lost = (id: number, mayReturn = false) => ({ kind: 'builder-lost', builder: id, mayReturn }) as const;

describe('a lost builder', () => {
  it('leaves its builds to others', () => {
    const world = createWorld();
    world.join(builder(0, { speedFactor: 4 }), builder(1));
    world.add(build(0));
    expect(world.placeOf(0)).toBe(0);
    expect(world.tell(lost(0))).toEqual([{ kind: 'start', node: 0, builder: 1 }]);
  });

  it('has outputs built again that are still needed, and what is below them', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 4 }));
    world.add(build(0), build(1, [0]), build(2, [1]), build(3));
    for (const id of [0, 3, 1]) world.finish(id);
    world.join(builder(1));
    world.tell(lost(0));
    expect(world.running()).toEqual([0]);
    for (const id of [0, 1, 2]) world.finish(id);
    expect(world.running()).toEqual([]);
    expect(world.settled.size).toBe(0);
  });

  it('costs nothing where a copy is elsewhere', () => {
    const world = createWorld();
    world.join(builder(0, { speedFactor: 9 }), builder(1, { systems: ['aarch64-linux'] }));
    world.add(build(0), build(1, [0], { system: 'aarch64-linux' }), build(2, [1]));
    world.finish(0);
    world.stageAll();
    world.join(builder(2));
    world.tell(lost(0));
    world.finish(1);
    world.stageAll();
    expect(world.running()).toEqual([2]);
  });

  it('settles what only it could build, at once when it is gone for good', () => {
    const world = createWorld();
    world.join(builder(0), builder(1, { systems: ['aarch64-linux'] }));
    world.tell({ kind: 'builders-complete' });
    world.add(build(0), build(1, [], { system: 'aarch64-linux' }), build(2, [1]));
    world.tell(lost(1));
    expect([...world.settled]).toEqual([
      [1, { kind: 'infrastructure' }],
      [2, { kind: 'dependency-failed', root: 1 }],
    ]);
    expect(world.running()).toEqual([0]);
  });

  it('is waited for while it may return, and no longer', () => {
    const world = createWorld();
    world.join(builder(0));
    world.tell({ kind: 'builders-complete' });
    world.add(build(0), build(1, [0]));
    world.tell(lost(0, true));
    expect(world.settled.size).toBe(0);
    world.join(builder(0));
    expect(world.running()).toEqual([0]);
    world.tell(lost(0, true));
    world.tell(lost(0, false));
    expect([...world.settled.keys()]).toEqual([0, 1]);
  });

  it('still has what existed on it when it returns; without return, what needs that ends', () => {
    const world = createWorld();
    world.join(builder(0), builder(1));
    world.add(existing(0, [0]), build(1, [0]), build(2, [1]));
    world.tell(lost(0, true));
    expect(world.pending).toEqual([]);
    world.join(builder(0));
    expect(world.placeOf(1)).toBe(1);
    world.tell(lost(0, true));
    world.tell(lost(0, false));
    expect(world.settled.get(1)).toEqual({ kind: 'infrastructure' });
    expect(world.settled.get(2)).toEqual({ kind: 'dependency-failed', root: 1 });
  });
});

describe('outputs that exist on a builder', () => {
  it('are waited for until the builder joins', () => {
    const world = createWorld();
    world.join(builder(1));
    world.add(existing(0, [0]), build(1, [0]));
    expect(world.pending).toEqual([]);
    world.join(builder(0, { systems: ['aarch64-linux'] }));
    expect(world.placeOf(1)).toBe(1);
  });

  it('are out of reach once it is gone for good, or never came', () => {
    const world = createWorld();
    world.join(builder(0), builder(1));
    world.tell(lost(0));
    world.add(existing(0, [0]), build(1, [0]));
    expect(world.settled.get(1)).toEqual({ kind: 'infrastructure' });
    world.add(existing(2, [7]), build(3, [2]));
    expect(world.settled.has(3)).toBe(false);
    world.tell({ kind: 'builders-complete' });
    expect(world.settled.get(3)).toEqual({ kind: 'infrastructure' });
  });
});

it('takes nothing along that the runner has too', () => {
  const world = createWorld();
  world.join(builder(0), builder(1));
  world.add(existing(0, [0], { onRunner: true }), build(1, [0]));
  world.tell(lost(0));
  expect(world.placeOf(1)).toBe(1);
});

describe('an attempt that the machine lost', () => {
  it('is tried elsewhere first, and as often as is allowed', () => {
    const world = createWorld({ infraRetries: 2 });
    world.join(builder(0, { speedFactor: 2 }), builder(1));
    world.add(build(0));
    const places = [world.placeOf(0)];
    for (let attempt = 0; attempt < 3; attempt++) {
      world.finish(0, { kind: 'infrastructure' });
      places.push(world.placeOf(0));
    }
    expect(places).toEqual([0, 1, 0, undefined]);
    expect(world.settled.get(0)).toEqual({ kind: 'infrastructure' });
  });

  it('counts when its inputs could not be brought', () => {
    const world = createWorld({ infraRetries: 1 });
    world.join(builder(0, { speedFactor: 2 }), builder(1));
    world.add(existing(0), build(1, [0]));
    world.tell({ kind: 'stage-failed', node: 1, builder: 0 });
    expect(world.placeOf(1)).toBe(1);
    world.tell({ kind: 'stage-failed', node: 1, builder: 1 });
    expect(world.settled.get(1)).toEqual({ kind: 'infrastructure' });
  });

  it('is not mistaken for a late answer of an earlier one', () => {
    const world = createWorld();
    world.join(builder(0), builder(1));
    world.add(build(0));
    world.tell(lost(0));
    world.join(builder(0));
    const late = { kind: 'finished', node: 0, builder: 0, result: { kind: 'failed' } } as const;
    expect(world.tell(late)).toEqual([]);
    expect(world.placeOf(0)).toBe(1);
  });
});

describe('failed builds', () => {
  it('are tried again only when asked for', () => {
    const world = createWorld({ retries: 1 });
    world.join(builder(0));
    world.add(build(0));
    world.finish(0, { kind: 'failed' });
    expect(world.running()).toEqual([0]);
    world.finish(0, { kind: 'failed' });
    expect(world.settled.get(0)).toEqual({ kind: 'failed' });
  });

  it('are not tried again where they would fail the same way', () => {
    const world = createWorld({ retries: 1 });
    world.join(builder(0));
    world.add(build(0));
    world.finish(0, { kind: 'failed', isFinal: true });
    expect(world.settled.get(0)).toEqual({ kind: 'failed' });
  });
});

describe('builders that nobody waits for any more', () => {
  it('settles at once what none of them takes', () => {
    const world = createWorld();
    world.join(builder(0));
    world.add(build(0, [], { system: 'riscv64-linux' }), build(1, [0]));
    expect(world.settled.size).toBe(0);
    world.tell({ kind: 'builders-complete' });
    world.add(build(2, [], { requiredFeatures: ['kvm'] }), build(3, [2]), build(4));
    expect([...world.settled]).toEqual([
      [0, { kind: 'no-builder' }],
      [1, { kind: 'dependency-failed', root: 0 }],
      [2, { kind: 'no-builder' }],
      [3, { kind: 'dependency-failed', root: 2 }],
    ]);
    expect(world.running()).toEqual([4]);
  });

  it('counts a drained builder as one that takes nothing', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 2 }), builder(1));
    world.tell({ kind: 'builders-complete' });
    world.add(existing(0), build(1, [0]), build(2, [0]), build(3, [0]), build(4, [0]));
    world.tell({ kind: 'slots-changed', builder: 0, maxJobs: 0 });
    expect(world.pending.every((one) => one.builder === 1)).toBe(true);
    world.tell({ kind: 'slots-changed', builder: 1, maxJobs: 0 });
    expect([...world.settled.values()]).toEqual(
      Array.from({ length: 4 }, () => ({ kind: 'infrastructure' })),
    );
  });
});
