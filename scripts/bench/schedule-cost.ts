// What the reducer costs for a whole run, in a process of its own: schedule-cost.ts GRAPH COPIES BUILDERS. One line of JSON.
import { createSchedule } from '../../src/dispatch/schedule/create-schedule.ts';
import type { GraphDerivation } from '../../src/dispatch/simulate/graph-file.ts';
import { parseMachines } from '../../src/dispatch/simulate/machine.ts';
import { runSchedule } from '../../src/dispatch/simulate/run-schedule.ts';
import { drawWorkload } from '../../src/dispatch/simulate/workload.ts';
import { loadGraph } from '../simulation/load-graph.ts';
import { conditionsOf, stopwatch } from '../simulation/world.ts';

const EVENTS_BETWEEN_LOOKS = 5000;

function repeat(graph: readonly GraphDerivation[], copies: number): GraphDerivation[] {
  return Array.from({ length: copies }, (_, copy) =>
    graph.map((derivation): GraphDerivation => {
      const dependencies = derivation.dependencies.map((id) => id + copy * graph.length);
      return Object.assign({}, derivation, { dependencies });
    }),
  ).flat();
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

const [source = '', copies = '1', builders = ''] = process.argv.slice(2);
const tasks = drawWorkload(repeat(loadGraph(source), Number(copies)), 1, 'history');
const conditions = conditionsOf(tasks, parseMachines(builders, tasks), { linkMbit: 1000, roundTripMs: 20 });

const before = heapBytes();
let peak = before;
let events = 0;
const watched = createSchedule();
runSchedule(
  {
    apply: (event, atSeconds) => {
      const commands = watched.apply(event, atSeconds);
      if (events++ % EVENTS_BETWEEN_LOOKS === 0) peak = Math.max(peak, heapBytes());
      return commands;
    },
  },
  conditions,
  stopwatch,
);
// Timed in a run of its own: a look at the heap costs more than thousands of events.
const { schedulerSeconds } = runSchedule(createSchedule(), conditions, stopwatch);
console.log(JSON.stringify({ schedulerSeconds, events, heapBytes: peak - before }));
