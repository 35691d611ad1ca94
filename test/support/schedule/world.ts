import { createSchedule, type LiveSchedule } from '../../../src/dispatch/schedule/create-schedule.ts';
import type {
  AttemptResult,
  ScheduleBuilder,
  ScheduleCommand,
  ScheduleEvent,
  ScheduleNode,
  Settlement,
} from '../../../src/dispatch/schedule/events.ts';
import type { ScheduleOptions } from '../../../src/dispatch/schedule/state.ts';

/** Something the dispatcher would be busy with: what was commanded and not yet answered. */
export interface Pending {
  readonly kind: 'stage' | 'start';
  readonly node: number;
  readonly builder: number;
}

/** A schedule with a dispatcher that answers when told to, for tests that go step by step. */
export interface World {
  readonly schedule: LiveSchedule;
  /** In the order of the commands. */
  readonly pending: Pending[];
  readonly settled: Map<number, Settlement>;
  readonly commands: ScheduleCommand[];
  tell(event: ScheduleEvent): readonly ScheduleCommand[];
  join(...builders: ScheduleBuilder[]): void;
  add(...nodes: ScheduleNode[]): readonly ScheduleCommand[];
  /** Answers every `stage` that waits. */
  stageAll(): void;
  finish(node: number, result?: AttemptResult): readonly ScheduleCommand[];
  /** Node ids that run, in the order of their start. */
  running(): number[];
  /** Where the node is being staged or built. */
  placeOf(node: number): number | undefined;
}

export function createWorld(options: ScheduleOptions = {}): World {
  const schedule = createSchedule(options);
  const pending: Pending[] = [];
  const settled = new Map<number, Settlement>();
  const commands: ScheduleCommand[] = [];
  let atSeconds = 0;

  const drop = (matches: (one: Pending) => boolean): void => {
    for (let index = pending.length - 1; index >= 0; index--) {
      const one = pending[index];
      if (one !== undefined && matches(one)) pending.splice(index, 1);
    }
  };

  const tell = (event: ScheduleEvent): readonly ScheduleCommand[] => {
    if (event.kind === 'builder-lost') drop((one) => one.builder === event.builder);
    if (event.kind === 'stage-failed') drop((one) => one.node === event.node);
    atSeconds += 1;
    const answer = schedule.apply(event, atSeconds);
    for (const command of answer) {
      commands.push(command);
      if (command.kind === 'settle') settled.set(command.node, command.settlement);
      else if (command.kind === 'stop') drop((one) => one.node === command.node);
      else pending.push({ kind: command.kind, node: command.node, builder: command.builder });
    }
    return answer;
  };

  return {
    schedule,
    pending,
    settled,
    commands,
    tell,
    join: (...builders) => {
      for (const builder of builders) tell({ kind: 'builder-joined', builder });
    },
    add: (...nodes) => tell({ kind: 'nodes-added', nodes }),
    stageAll: () => {
      for (let one = pending.find(isStage); one !== undefined; one = pending.find(isStage)) {
        pending.splice(pending.indexOf(one), 1);
        tell({ kind: 'staged', node: one.node, builder: one.builder });
      }
    },
    finish: (node, result = { kind: 'built', narSizeBytes: 1000 }) => {
      const one = pending.find((candidate) => candidate.kind === 'start' && candidate.node === node);
      if (one === undefined) throw new RangeError(`Expected ${node} to run.`);
      pending.splice(pending.indexOf(one), 1);
      return tell({ kind: 'finished', node, builder: one.builder, result });
    },
    running: () => pending.filter((one) => one.kind === 'start').map((one) => one.node),
    placeOf: (node) => pending.find((one) => one.node === node)?.builder,
  };
}

function isStage(one: Pending): boolean {
  return one.kind === 'stage';
}
