import { describe, expect, it } from 'vitest';
import { build, builder, existing } from '../../../support/schedule/make.ts';
import { createWorld } from '../../../support/schedule/world.ts';

const seconds = (expectedSeconds: number) => ({ expectedSeconds });

describe('placement', () => {
  it('goes where the inputs are, unless bringing them costs less than it gains', () => {
    const world = createWorld({ linkBytesPerSecond: 1e6 });
    world.join(builder(0, { speedFactor: 2 }), builder(1));
    world.add(
      existing(0, [1], { narSizeBytes: 60e6 }),
      build(1, [0], seconds(20)),
      build(2, [0], seconds(900)),
    );
    expect([world.placeOf(2), world.placeOf(1)]).toEqual([0, 1]);
  });

  it('counts nothing for what builders fetch by themselves', () => {
    const world = createWorld({ linkBytesPerSecond: 1e6 });
    world.join(builder(0, { speedFactor: 2 }), builder(1));
    world.add(existing(0, [1], { narSizeBytes: 60e6, substitutable: true }), build(1, [0], seconds(20)));
    expect(world.placeOf(1)).toBe(0);
  });

  it('counts what is on its way for another build as time, not as bytes', () => {
    const world = createWorld({ linkBytesPerSecond: 1e6 });
    world.join(builder(0, { speedFactor: 2, maxJobs: 3 }), builder(1));
    world.add(existing(0, [1], { narSizeBytes: 60e6 }), build(1, [0], seconds(900)));
    expect(world.placeOf(1)).toBe(0);
    // On its own it would take 60 seconds; 30 of them are over when the third build comes and gains 50 there.
    world.add(build(2, [0], seconds(20)));
    for (let second = 0; second < 30; second++) world.add();
    world.add(build(3, [0], seconds(100)));
    expect([world.placeOf(2), world.placeOf(3)]).toEqual([1, 0]);
  });

  it('keeps a closure on the builder that has built what it needs, unless to build that again costs less', () => {
    const closure = { granularity: 'closure' } as const;
    const world = createWorld();
    world.join(builder(0), builder(1));
    world.add(build(0, [], { ...closure, ...seconds(50) }), build(1, [0], { ...closure, ...seconds(10) }));
    const home = world.placeOf(0) ?? -1;
    world.finish(0);
    expect(world.running()).toEqual([1]);
    expect(world.placeOf(1)).toBe(home);
    world.add(build(2, [0], { ...closure, ...seconds(20) }));
    expect(world.running()).toEqual([1]);
    world.add(build(3, [0], { ...closure, ...seconds(900) }), build(4, [0], { ...closure, ...seconds(900) }));
    expect(world.commands.filter(({ kind }) => kind === 'stage')).toEqual([]);
    expect(world.running()).toHaveLength(2);
    expect(world.pending.at(-1)?.builder).toBe(1 - home);
  });

  it('lets a long build wait for a quick machine that gets free soon, and a short one take the slow one', () => {
    const world = createWorld();
    world.join(builder(0, { speedFactor: 10 }), builder(1));
    world.add(build(0, [], seconds(200)));
    world.add(build(1, [], seconds(100)), build(2, [], seconds(3)));
    expect([0, 1, 2].map((id) => world.placeOf(id))).toEqual([0, undefined, 1]);
    world.finish(0);
    expect(world.placeOf(1)).toBe(0);
  });

  it('stages ahead of the slots, within bounds, and starts the most urgent first', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 2 }));
    const ids = Array.from({ length: 20 }, (_, index) => index + 1);
    world.add(...ids.map((id) => build(id, [], { expectedSeconds: 10 + id, sourceBytes: 100 })));
    expect(world.pending.length).toBeLessThan(9);
    world.stageAll();
    expect(world.running()).toEqual([20, 19]);
    world.finish(20);
    expect(world.running()).toEqual([19, 18]);
    expect(world.pending.some((one) => one.kind === 'stage')).toBe(true);
  });

  it('moves what waits on a busy machine to one that gets idle', () => {
    const world = createWorld();
    world.join(builder(0, { speedFactor: 2 }));
    world.add(existing(0), build(1, [0], seconds(1000)), build(2, [0], seconds(900)));
    world.stageAll();
    expect([world.placeOf(1), world.running()]).toEqual([0, [1]]);
    world.join(builder(1));
    expect(world.commands.slice(-2)).toEqual([
      { kind: 'stop', node: 2, builder: 0 },
      { kind: 'stage', node: 2, builder: 1, missing: [0] },
    ]);
    world.stageAll();
    expect(world.running()).toEqual([1, 2]);
  });

  it('keeps slots of the quick machine for the longest path, where that path decides', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 2, speedFactor: 4 }), builder(1, { maxJobs: 64 }));
    const chain = [1, 2, 3, 4].map((id) => build(id, id === 1 ? [] : [id - 1], seconds(1000)));
    const wide = Array.from({ length: 8 }, (_, index) => build(10 + index, [], seconds(300)));
    world.add(...chain, ...wide);
    expect(world.pending.filter((one) => one.builder === 0).map((one) => one.node)).toEqual([1]);
    expect(world.pending.length).toBe(9);
  });

  it('does not keep slots idle when there is more work than slots', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 2, speedFactor: 4 }), builder(1, { maxJobs: 2 }));
    world.add(...Array.from({ length: 80 }, (_, index) => build(index, [], seconds(300))));
    expect(world.pending.filter((one) => one.kind === 'start').length).toBe(4);
  });

  it('learns how slow a link is', () => {
    const world = createWorld();
    world.join(builder(0, { maxJobs: 1 }));
    const inputs = Array.from({ length: 12 }, (_, id) => existing(id, [], { narSizeBytes: 2e6 }));
    world.add(...inputs);
    // The world's clock moves a second with each event: two megabytes a second, not a hundred.
    for (const { id } of inputs) {
      world.add(build(100 + id, [id], seconds(1)));
      world.stageAll();
      world.finish(100 + id);
    }
    world.join(builder(1, { speedFactor: 0.5 }));
    world.add(existing(50, [1], { narSizeBytes: 200e6 }), build(51, [50], seconds(30)));
    expect(world.placeOf(51)).toBe(1);
  });
});
