// Measures the scheduler in the simulator (issue 4): how near the lower bound, against first-in and Nix's build hook, and what
// the reducer itself costs. A table, then one JSON line for each case. BENCH_SEEDS sets the number of seeds (20).
import { spawnSync } from 'node:child_process';
import { comparePolicies, POLICIES } from '../../src/dispatch/simulate/compare.ts';
import type { GraphDerivation } from '../../src/dispatch/simulate/graph-file.ts';
import { parseMachines } from '../../src/dispatch/simulate/machine.ts';
import { drawWorkload, KNOWLEDGE, type Knowledge } from '../../src/dispatch/simulate/workload.ts';
import { findRealGraph, loadGraph } from '../simulation/load-graph.ts';
import { conditionsOf, stopwatch } from '../simulation/world.ts';

interface Row {
  readonly bench: 'schedule';
  readonly case: string;
  readonly value: number;
  readonly unit: string;
  /** Undefined: stated, not promised. */
  readonly goal: number | undefined;
  readonly holds: boolean | undefined;
  readonly [detail: string]: unknown;
}

const FARMS = [
  { name: '18 slots on 4 builders', builders: '8@1,4@2,4@1.5,2@0.5', goal: 1.06 },
  { name: '80 slots on 6 builders', builders: '32@1,16@1.5,16@1,8@2,4@1,4@0.5', goal: 1.15 },
];
const LINKS = { linkMbit: 1000, roundTripMs: 20 };
const GENERATED_SIZE = 15_237;

const seeds = Number(process.env['BENCH_SEEDS'] ?? 20);
const rows: Row[] = [];

function record(name: string, value: number, unit: string, goal: number | undefined, details = {}): void {
  const holds = goal === undefined ? undefined : value <= goal;
  const rounded = Number(value.toFixed(4));
  rows.push({ bench: 'schedule', case: name, value: rounded, unit, goal, holds, ...details });
}

/** Goals are for what runs have in practice: durations of an earlier run. The rest is stated beside it. */
function benchPolicies(graphName: string, graph: readonly GraphDerivation[], isPromised: boolean): void {
  for (const farm of FARMS) {
    for (const knowledge of KNOWLEDGE) {
      benchFarm(`${graphName}, ${farm.name}, durations ${knowledge}`, graph, farm, knowledge, isPromised);
    }
  }
}

function benchFarm(
  name: string,
  graph: readonly GraphDerivation[],
  farm: (typeof FARMS)[number],
  knowledge: Knowledge,
  isPromised: boolean,
): void {
  const ratios = new Map(POLICIES.map((policy) => [policy, new Array<number>()]));
  for (let seed = 1; seed <= seeds; seed++) {
    const tasks = drawWorkload(graph, seed, knowledge);
    const conditions = conditionsOf(tasks, parseMachines(farm.builders, tasks), LINKS);
    for (const { policy, ratio } of comparePolicies(POLICIES, conditions, stopwatch).results) {
      ratios.get(policy)?.push(ratio);
    }
  }
  const ours = ratios.get('longest-path') ?? [];
  const firstIn = ratios.get('first-in') ?? [];
  const hook = ratios.get('build-hook') ?? [];
  const isGoal = isPromised && knowledge !== 'none';
  record(name, mean(ours), '× lower bound', isGoal ? farm.goal : undefined, {
    seeds,
    worst: Number(Math.max(...ours).toFixed(4)),
    firstIn: Number(mean(firstIn).toFixed(4)),
    buildHook: Number(mean(hook).toFixed(4)),
  });
  const lost = ours.filter((ratio, index) => ratio >= (firstIn[index] ?? 0)).length;
  record(`${name}: seeds on which first-in is as good`, lost, 'seeds', isGoal ? 0 : undefined);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** In a process of its own, so that only this graph is in memory. */
function benchCost(
  source: string,
  name: string,
  copies: number,
  goals: { seconds: number; megabytes: number | undefined },
): void {
  for (const { name: farm, builders } of FARMS) {
    const program = `${import.meta.dirname}/schedule-cost.ts`;
    const child = spawnSync(process.execPath, ['--expose-gc', program, source, String(copies), builders], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const cost: unknown = JSON.parse(child.stdout);
    if (!isCost(cost)) throw new TypeError(`Expected seconds and bytes of ${program}, got ${child.stdout}`);
    const { schedulerSeconds, heapBytes, events } = cost;
    record(`${name}, ${farm}: reducer's time`, schedulerSeconds, 's', goals.seconds, { events });
    record(`${name}, ${farm}: reducer's memory`, heapBytes / 1e6, 'MB', goals.megabytes);
  }
}

function isCost(value: unknown): value is { schedulerSeconds: number; heapBytes: number; events: number } {
  return typeof value === 'object' && value !== null && 'schedulerSeconds' in value && 'heapBytes' in value;
}

const real = findRealGraph();
if (real === undefined) {
  console.log(
    'corepkgs.json.gz is not there (NIX_DISPATCH_GRAPHS names its folder): the generated graph stands in for it.',
  );
} else {
  benchPolicies('corepkgs', loadGraph(real), true);
}
benchPolicies('generated', loadGraph(`generated:${GENERATED_SIZE}`), false);
const costSource = real ?? `generated:${GENERATED_SIZE}`;
benchCost(costSource, '15,237 derivations', 1, { seconds: 2, megabytes: 300 });
benchCost(costSource, '152,370 derivations', 10, { seconds: 25, megabytes: undefined });

console.table(
  Object.fromEntries(
    rows.map(({ case: name, value, unit, goal, holds, worst, firstIn, buildHook }) => [
      name,
      { value, unit, goal, holds, worst, 'first-in': firstIn, 'build hook': buildHook },
    ]),
  ),
);
for (const row of rows) console.log(JSON.stringify(row));
if (rows.some((row) => row.holds === false)) process.exitCode = 1;
