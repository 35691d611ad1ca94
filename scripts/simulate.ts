// Builds a graph in virtual time and compares policies:
//   npm run simulate -- GRAPH --builders 8@1,4@2 --seed 1
// GRAPH is a file (JSON, gzipped or not; src/dispatch/simulate/graph-file.ts says what it holds) or generated:SIZE.
import { parseArgs } from 'node:util';
import { describeError, DispatchError, toDispatchError } from '../src/errors.ts';
import { comparePolicies, POLICIES, type Comparison } from '../src/dispatch/simulate/compare.ts';
import { parseMachines } from '../src/dispatch/simulate/machine.ts';
import { drawWorkload, KNOWLEDGE, type Knowledge } from '../src/dispatch/simulate/workload.ts';
import { loadGraph } from './simulation/load-graph.ts';
import { conditionsOf, describeWorld, stopwatch } from './simulation/world.ts';

const HELP = `usage: npm run simulate -- GRAPH [--builders LIST] [--seed N] [--knowledge exact|history|file|none]
                                  [--link-mbit N] [--round-trip-ms N]
  GRAPH       a graph file, or generated:SIZE
  --builders  SLOTS@SPEED, apart by commas; COUNTxSLOTS@SPEED for several (default 8@1,4@2,4@1.5,2@0.5)
  --knowledge what the scheduler is told of durations (default history: right within a factor of 1.35 two times in three;
              file: what is left of that in the file that an earlier run wrote)`;

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      builders: { type: 'string', default: '8@1,4@2,4@1.5,2@0.5' },
      seed: { type: 'string', default: '1' },
      knowledge: { type: 'string', default: 'history' },
      'link-mbit': { type: 'string', default: '1000' },
      'round-trip-ms': { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  });
  const [source] = positionals;
  if (values.help || source === undefined) {
    console.log(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const seed = positive('--seed', values.seed);
  const tasks = drawWorkload(loadGraph(source), seed, knowledgeOf(values.knowledge));
  const conditions = conditionsOf(tasks, parseMachines(values.builders, tasks), {
    linkMbit: positive('--link-mbit', values['link-mbit']),
    roundTripMs: positive('--round-trip-ms', values['round-trip-ms']),
  });
  console.log(describeWorld(conditions, seed, values.knowledge));
  print(comparePolicies(POLICIES, conditions, stopwatch));
}

function print({ bound, results }: Comparison): void {
  const { criticalPathSeconds, workOverCapacitySeconds } = bound;
  console.log(
    `lower bound ${bound.seconds.toFixed(0)} s (longest path ${criticalPathSeconds.toFixed(0)} s, work over capacity ${workOverCapacitySeconds.toFixed(0)} s)\n`,
  );
  console.table(
    Object.fromEntries(
      results.map((result) => [
        result.policy,
        {
          'makespan s': Math.round(result.makespanSeconds),
          '× lower bound': Number(result.ratio.toFixed(3)),
          'slots in use %': Number((100 * result.utilisation).toFixed(1)),
          'GB moved': Number((result.bytesMoved / 1e9).toFixed(1)),
          'scheduler s': Number(result.schedulerSeconds.toFixed(2)),
        },
      ]),
    ),
  );
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new DispatchError('input', `Expected a number above 0 for ${name}, got "${text}".`);
  return value;
}

function knowledgeOf(text: string): Knowledge {
  const known = KNOWLEDGE.find((one) => one === text);
  if (known !== undefined) return known;
  throw new DispatchError('input', `Expected --knowledge ${KNOWLEDGE.join(', ')}, got "${text}".`);
}

try {
  main();
} catch (thrown) {
  console.error(describeError(toDispatchError(thrown, 'input')));
  process.exitCode = 1;
}
