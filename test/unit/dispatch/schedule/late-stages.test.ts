import { describe, expect, it } from 'vitest';
import { build, builder } from '../../../support/schedule/make.ts';
import { createWorld } from '../../../support/schedule/world.ts';

const other = { system: 'aarch64-linux' };
const lasts = (node: number) => ({ kind: 'stage-lasts', node, builder: 1 }) as const;

/** A builder of two slots to which the inputs of five builds are being brought, while three others have nothing to wait for. */
function world(sourceBytes = 0) {
  const world = createWorld();
  world.join(builder(0), builder(1, { systems: ['aarch64-linux'], maxJobs: 2 }));
  world.add(build(0));
  world.finish(0);
  world.add(...[1, 2, 3, 4, 5].map((id) => build(id, [0], { ...other, sourceBytes })));
  expect(world.pending.map(({ kind, node }) => `${kind} ${node}`)).toEqual([
    'stage 1',
    'stage 2',
    'stage 3',
    'stage 4',
    'stage 5',
  ]);
  world.add(build(6, [], other), build(7, [], other), build(8, [], other));
  return world;
}

describe('slots that wait for what takes far longer than expected', () => {
  it('are given to builds with nothing to bring', () => {
    const late = world();
    expect(late.running()).toEqual([]);
    for (const node of [1, 2, 3]) late.tell(lasts(node));
    expect(late.running()).toEqual([]);
    late.tell(lasts(4));
    expect(late.running()).toEqual([6]);
    late.tell(lasts(5));
    expect(late.running()).toEqual([6, 7]);
    late.finish(6);
    expect(late.running()).toEqual([7, 8]);
    late.finish(7);
    late.finish(8);
    late.stageAll();
    expect(late.running()).toEqual([1, 2]);
  });

  it('are not filled with ever more that hangs', () => {
    const late = world();
    late.add(...Array.from({ length: 20 }, (_, index) => build(10 + index, [0], other)));
    for (let time = 0; time < 5; time++) {
      for (const { kind, node } of late.pending.slice()) if (kind === 'stage') late.tell(lasts(node));
      for (const node of late.running()) late.finish(node);
    }
    // Two slots, and twice the three that are on their way to two slots when nothing is known of a machine.
    expect(late.pending.map(({ kind }) => kind)).toEqual(Array(8).fill('stage'));
    late.add(build(9, [], other));
    expect(late.running()).toEqual([9]);
  });

  it('are kept for what was expected to take so long', () => {
    const slow = world(1e9);
    for (const node of [1, 2, 3, 4, 5]) slow.tell(lasts(node));
    expect(slow.running()).toEqual([]);
    for (let time = 0; time < 5; time++) for (const node of [1, 2, 3, 4, 5]) slow.tell(lasts(node));
    expect(slow.running()).toEqual([6, 7]);
  });

  it('are nothing to a stage that has ended', () => {
    const ended = world();
    ended.stageAll();
    expect(ended.running()).toEqual([1, 2]);
    for (const node of [1, 3]) ended.tell(lasts(node));
    expect(ended.running()).toEqual([1, 2]);
  });
});
