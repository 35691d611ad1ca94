import { describe, expect, it } from 'vitest';
import { generateGraph } from '../../../../src/dispatch/simulate/generated-graph.ts';
import { parseGraph } from '../../../../src/dispatch/simulate/graph-file.ts';
import { lowerBound, parseMachines } from '../../../../src/dispatch/simulate/machine.ts';
import { createRandomStream } from '../../../../src/dispatch/simulate/random.ts';
import { drawWorkload, type Knowledge } from '../../../../src/dispatch/simulate/workload.ts';
import { task } from './make.ts';

const derivation = (deps: number[], more = {}) => ({
  name: 'x',
  system: 'x86_64-linux',
  features: [],
  outputs: ['out'],
  deps,
  srcs: 1,
  ...more,
});

describe('random numbers', () => {
  it('are the same for the same seed', () => {
    const take = (seed: number): number[] => {
      const random = createRandomStream(seed);
      return [random.uniform(), random.logNormal(3, 1), random.uniform()];
    };
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });

  it('have the median and the spread that was asked for', () => {
    const random = createRandomStream(1);
    const drawn = Array.from({ length: 20_001 }, () => random.logNormal(40, 1.2)).sort((a, b) => a - b);
    const share = (at: number): number => drawn[Math.floor(at * drawn.length)] ?? 0;
    expect(share(0.5)).toBeGreaterThan(38.5);
    expect(share(0.5)).toBeLessThan(41.5);
    expect(Math.log(share(0.8413) / share(0.5))).toBeCloseTo(1.2, 1);
  });
});

describe('graph files', () => {
  it('are sorted by dependency', () => {
    const graph = parseGraph({
      derivations: [derivation([2, 1]), derivation([]), derivation([1], { fixed: 1 })],
    });
    expect(graph.map(({ dependencies }) => dependencies)).toEqual([[], [0], [1, 0]]);
    expect(graph.map(({ isFetch }) => isFetch)).toEqual([false, true, false]);
  });

  it.each([
    [null, 'no list named "derivations"'],
    [{ derivations: [7] }, 'Derivation 0 of the graph: expected an object'],
    [{ derivations: [derivation([1])] }, 'expected deps between 0 and 0'],
    [{ derivations: [derivation([], { system: 5 })] }, 'a name and a system'],
    [{ derivations: [derivation([], { features: [5] })] }, 'expected features'],
    [{ derivations: [derivation([1]), derivation([0])] }, 'depends on itself'],
    [{ derivations: [derivation([0])] }, 'Derivation 0 of the graph depends on itself'],
  ])('are refused: %j', (json, message) => {
    expect(() => parseGraph(json)).toThrow(message);
  });
});

describe('the generated graph', () => {
  it('has the size, sorted dependencies and long chains', () => {
    const graph = generateGraph(3000, 1);
    expect(graph.length).toBe(3000);
    const depths: number[] = [];
    for (const [id, { dependencies }] of graph.entries()) {
      expect(dependencies.every((input) => input < id)).toBe(true);
      depths.push(1 + Math.max(0, ...dependencies.map((input) => depths[input] ?? 0)));
    }
    expect(Math.max(...depths)).toBeGreaterThan(80);
  });
});

describe('a workload', () => {
  const graph = generateGraph(500, 1);

  it('is the same work whatever is known of it', () => {
    const seconds = (knowledge: Knowledge): number[] =>
      drawWorkload(graph, 3, knowledge).map((one) => one.seconds);
    expect(seconds('none')).toEqual(seconds('exact'));
    expect(drawWorkload(graph, 3, 'history').every((one) => one.expectedSeconds !== one.seconds)).toBe(true);
    expect(seconds('file')).toEqual(seconds('exact'));
    expect(seconds('exact')).not.toEqual(drawWorkload(graph, 4, 'exact').map((one) => one.seconds));
  });

  it('tells without history only that fetches are short', () => {
    for (const one of drawWorkload(graph, 3, 'none')) {
      expect(one.expectedSeconds).toBe(one.isFetch ? 3 : undefined);
    }
  });

  it('finds a duration of the earlier run in its file by nothing but the name', () => {
    const named = graph
      .slice(0, 50)
      .map((one, id) => Object.assign({}, one, { name: `${'abcdefghij'[id % 10]}x` }));
    const remembered = drawWorkload(named, 3, 'history').map((one) => one.expectedSeconds);
    const filed = drawWorkload(named, 3, 'file');
    for (const { name, expectedSeconds } of filed) {
      const alike = remembered.filter((_, id) => named[id]?.name === name);
      expect(expectedSeconds).toBeGreaterThanOrEqual(Math.min(...alike.map(Number)) - 0.01);
      expect(expectedSeconds).toBeLessThanOrEqual(Math.max(...alike.map(Number)) + 0.01);
    }
    expect(new Set(filed.map((one) => one.expectedSeconds)).size).toBeGreaterThan(5);
  });
});

describe('machines', () => {
  it('are read from the command line', () => {
    const machines = parseMachines('8@1, 2x4@1.5', [
      task(0),
      task(1, [], { system: 'builtin', requiredFeatures: ['kvm'] }),
    ]);
    expect(machines.map(({ id, maxJobs, speedFactor }) => [id, maxJobs, speedFactor])).toEqual([
      [0, 8, 1],
      [1, 4, 1.5],
      [2, 4, 1.5],
    ]);
    expect(machines[0]).toMatchObject({ systems: ['x86_64-linux'], supportedFeatures: ['kvm'] });
  });

  it.each(['', '8', '0@1', '8@0', '8@x', '8@1;4@1'])('are refused: %j', (text) => {
    expect(() => parseMachines(text, [])).toThrow('Expected a machine such as 8@1.5');
  });

  it('give the lower bound: the longest path at the best speed, or all work on all slots', () => {
    const chain = [task(0), task(1, [0]), task(2, [0])];
    expect(lowerBound(chain, parseMachines('1@2,2@1', chain))).toEqual({
      criticalPathSeconds: 10,
      workOverCapacitySeconds: 7.5,
      seconds: 10,
    });
  });
});
