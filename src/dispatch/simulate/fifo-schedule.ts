import type { Schedule } from '../schedule/create-schedule.ts';
import { canBuild } from '../schedule/constraints.ts';
import type { BuildNode, NodeId, ScheduleBuilder, ScheduleCommand } from '../schedule/events.ts';

interface Worker {
  readonly builder: ScheduleBuilder;
  readonly held: Set<NodeId>;
  readonly staged: NodeId[];
  running: number;
  staging: number;
}

interface Waiting {
  readonly node: BuildNode;
  readonly dependants: Waiting[];
  unbuiltInputs: number;
}

/**
 * What one would write first, to compare with: builds in the order in which they get ready, each to the machine with the
 * least load for its speed factor. It stages ahead as ours does. Knows no losses and no failures.
 */
export function createFifoSchedule(): Schedule {
  const workers: Worker[] = [];
  const nodes = new Map<NodeId, Waiting>();
  let ready: BuildNode[] = [];

  const load = (worker: Worker): number =>
    (worker.running + worker.staging + worker.staged.length) / worker.builder.speedFactor;

  const pick = (node: BuildNode): Worker | undefined =>
    workers
      .filter(({ builder }) => canBuild(builder, node))
      .filter(
        ({ builder, running, staging, staged }) =>
          running + staging + staged.length < builder.maxJobs + Math.ceil(builder.maxJobs / 2) + 1,
      )
      .toSorted(
        (one, other) => load(one) - load(other) || other.builder.speedFactor - one.builder.speedFactor,
      )[0];

  const assign = (commands: ScheduleCommand[]): void => {
    let given = 0;
    for (const node of ready) {
      const worker = pick(node);
      if (worker === undefined) break;
      given += 1;
      worker.staging += 1;
      const missing = node.dependencies.filter((id) => !worker.held.has(id));
      commands.push({ kind: 'stage', node: node.id, builder: worker.builder.id, missing });
    }
    ready = ready.slice(given);
    for (const worker of workers) {
      while (worker.running < worker.builder.maxJobs) {
        const node = worker.staged.shift();
        if (node === undefined) break;
        worker.running += 1;
        commands.push({ kind: 'start', node, builder: worker.builder.id });
      }
    }
  };

  const link = (node: BuildNode): void => {
    const inputs = [...new Set(node.dependencies)].flatMap((id) => nodes.get(id) ?? []);
    const waiting: Waiting = { node, dependants: [], unbuiltInputs: inputs.length };
    for (const input of inputs) input.dependants.push(waiting);
    nodes.set(node.id, waiting);
    if (inputs.length === 0) ready.push(node);
  };

  return {
    apply: (event) => {
      const commands: ScheduleCommand[] = [];
      if (event.kind === 'builder-joined') {
        workers.push({ builder: event.builder, held: new Set(), staged: [], running: 0, staging: 0 });
      } else if (event.kind === 'nodes-added') {
        for (const node of event.nodes) if (node.kind === 'build') link(node);
      } else if (event.kind === 'staged' || event.kind === 'finished') {
        const worker = workers.find(({ builder }) => builder.id === event.builder);
        const waiting = nodes.get(event.node);
        if (worker === undefined || waiting === undefined) return commands;
        if (event.kind === 'staged') {
          worker.staging -= 1;
          worker.staged.push(event.node);
          for (const id of waiting.node.dependencies) worker.held.add(id);
        } else {
          worker.running -= 1;
          worker.held.add(event.node);
          for (const dependant of waiting.dependants) {
            dependant.unbuiltInputs -= 1;
            if (dependant.unbuiltInputs === 0) ready.push(dependant.node);
          }
        }
      }
      assign(commands);
      return commands;
    },
  };
}
