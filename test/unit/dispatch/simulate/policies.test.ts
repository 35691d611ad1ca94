import { describe, expect, it } from 'vitest';
import { createSchedule } from '../../../../src/dispatch/schedule/create-schedule.ts';
import { comparePolicies, POLICIES } from '../../../../src/dispatch/simulate/compare.ts';
import { runBuildHook } from '../../../../src/dispatch/simulate/build-hook.ts';
import { generateGraph } from '../../../../src/dispatch/simulate/generated-graph.ts';
import { runSchedule } from '../../../../src/dispatch/simulate/run-schedule.ts';
import { drawWorkload } from '../../../../src/dispatch/simulate/workload.ts';
import { conditions, task } from './make.ts';

const noTime = (): number => 0;
const ours = (world: Parameters<typeof runSchedule>[1]) => runSchedule(createSchedule(), world, noTime);

describe('the simulator', () => {
  it('adds up what a chain costs: building, overhead, round trips', () => {
    const tasks = [task(0), task(1, [0])];
    const world = conditions(tasks, '1@2', { roundTripSeconds: 1, buildOverheadSeconds: 0.5 });
    // Twice: one round trip, half a second, ten seconds at double speed. Nothing has to be brought.
    expect(ours(world)).toMatchObject({ makespanSeconds: 13, bytesMoved: 0, utilisation: 11 / 13 });
  });

  it('counts bytes that go from machine to machine through the runner once', () => {
    const tasks = [
      task(0, [], { narSizeBytes: 2e6 }),
      task(1, [], { narSizeBytes: 4e6 }),
      task(2, [0, 1], { requiredFeatures: ['kvm'] }),
    ];
    const world = conditions(tasks, '1@1,1@1');
    const result = ours(world);
    expect(result.bytesMoved).toBe(2e6);
    expect(result.makespanSeconds).toBe(22);
  });

  it('catches a schedule that breaks its promises', () => {
    const world = conditions([task(0), task(1, [0])], '1@1');
    const eager = {
      apply: (event: { kind: string }) =>
        event.kind === 'nodes-added' ? [{ kind: 'start', node: 1, builder: 0 } as const] : [],
    };
    expect(() => runSchedule(eager, world, noTime)).toThrow('task-1 lacks 0');
    expect(() => runSchedule({ apply: () => [] }, world, noTime)).toThrow('Only 0 of 2 were built');
  });

  it('does the same twice', () => {
    const tasks = drawWorkload(generateGraph(800, 1), 5, 'history');
    const world = conditions(tasks, '4@1,2@2', { linkBytesPerSecond: 1e8, roundTripSeconds: 0.02 });
    expect(ours(world)).toEqual(ours(world));
  });
});

describe('our schedule', () => {
  it('keeps the slots full of builds that take no longer than the way to the builder', () => {
    const tasks = Array.from({ length: 400 }, (_, id) =>
      task(id, [], { seconds: 0.05, expectedSeconds: undefined, sourceBytes: 100 }),
    );
    const { makespanSeconds } = ours(conditions(tasks, '2x4@1', { roundTripSeconds: 0.05 }));
    // A slot is held for the build and one round trip: 50 turns of 0.1 s.
    expect(makespanSeconds).toBeLessThan(5.3);
  });

  it('comes near the lower bound on a package set, and before the others', () => {
    const graph = generateGraph(2000, 1);
    for (let seed = 1; seed <= 3; seed++) {
      const world = conditions(drawWorkload(graph, seed, 'history'), '8@1,4@2', {
        linkBytesPerSecond: 125e6,
        roundTripSeconds: 0.02,
      });
      const { results } = comparePolicies(POLICIES, world, noTime);
      const [mine = Infinity, ...others] = results.map(({ ratio }) => ratio);
      expect(mine).toBeGreaterThanOrEqual(1);
      expect(mine).toBeLessThan(1.1);
      expect(mine).toBeLessThan(Math.min(...others));
    }
  });
});

describe('the build hook', () => {
  it('connects for each build, and brings outputs home before a dependant starts', () => {
    const tasks = [task(0, [], { narSizeBytes: 3e6 }), task(1, [0])];
    const world = conditions(tasks, '1@1', { roundTripSeconds: 0.1 });
    const { makespanSeconds, bytesMoved } = runBuildHook(world);
    // For each: set-up 1 s, a question 0.1 s, the build 10.1 s, the way home 0.2 s and its bytes.
    expect(makespanSeconds).toBeCloseTo(2 * 11.4 + 3, 3);
    expect(bytesMoved).toBe(3e6 + 1);
  });

  it('uploads for one build at a time on each machine', () => {
    const tasks = [task(0), task(1)];
    const seconds = (machines: string): number =>
      runBuildHook(conditions(tasks, machines, { roundTripSeconds: 1 })).makespanSeconds;
    expect(seconds('2@1') - seconds('1@1,1@1')).toBeCloseTo(1, 3);
  });
});
