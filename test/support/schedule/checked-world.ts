import { canBuild } from '../../../src/dispatch/schedule/constraints.ts';
import { createSchedule } from '../../../src/dispatch/schedule/create-schedule.ts';
import type {
  BuildNode,
  ScheduleBuilder,
  ScheduleCommand,
  ScheduleEvent,
  ScheduleNode,
} from '../../../src/dispatch/schedule/events.ts';
import type { Pending } from './world.ts';

/** A world that knows what is true of it by itself, and throws when a command contradicts that. */
export interface CheckedWorld {
  /** Commands not answered yet. */
  readonly pending: readonly Pending[];
  readonly present: ReadonlyMap<number, ScheduleBuilder>;
  tell(event: ScheduleEvent): void;
  absent(builder: number): readonly number[];
  /** Builds that have ended well. */
  built(): readonly number[];
  /** Builds that have not ended. */
  open(): number[];
}

export function createCheckedWorld(): CheckedWorld {
  const schedule = createSchedule();
  const nodes = new Map<number, ScheduleNode>();
  const present = new Map<number, ScheduleBuilder>();
  const slots = new Map<number, number>();
  const held = new Map<number, Set<number>>();
  const pending: Pending[] = [];
  const settled = new Set<number>();
  const everBuilt = new Set<number>();
  const everGone = new Set<number>();
  const built = new Set<number>();
  const kept = new Map<number, Set<number>>();
  let seconds = 0;

  const demand = (isTrue: boolean, what: string, command: unknown): void => {
    if (!isTrue) throw new Error(`${what}: ${JSON.stringify(command)}`);
  };
  const isHeld = (node: number): boolean => [...held.values()].some((outputs) => outputs.has(node));
  const isEverywhere = (id: number): boolean => {
    const node = nodes.get(id);
    return node?.kind === 'existing' && (node.substitutable || node.onRunner);
  };
  /** A daemon that has been given a whole closure builds again what is lost before it starts. */
  const wasThere = (id: number): boolean => nodes.get(id)?.kind === 'existing' || everBuilt.has(id);
  const on = (kind: Pending['kind'], builder: number): number =>
    pending.filter((one) => one.kind === kind && one.builder === builder).length;
  const drop = (matches: (one: Pending) => boolean): Pending[] => {
    const dropped = pending.filter(matches);
    const kept = pending.filter((one) => !matches(one));
    pending.splice(0, pending.length, ...kept);
    return dropped;
  };

  const checkAttempt = (command: ScheduleCommand & { kind: 'stage' | 'start' }): BuildNode => {
    const node = nodes.get(command.node);
    const builder = present.get(command.builder);
    if (node?.kind !== 'build' || builder === undefined) throw new Error(JSON.stringify(command));
    demand(canBuild(builder, node), 'the builder may not take it', command);
    demand(!settled.has(node.id), 'it was settled', command);
    demand(!built.has(node.id) || !isHeld(node.id), 'it is there already', command);
    demand((slots.get(builder.id) ?? 0) > 0, 'the builder is drained', command);
    demand(!pending.some((one) => one.node === node.id), 'it is under way already', command);
    return node;
  };

  const obey = (command: ScheduleCommand): void => {
    switch (command.kind) {
      case 'stage': {
        const node = checkAttempt(command);
        for (const input of node.dependencies) {
          const isThere = held.get(command.builder)?.has(input) === true;
          const isSomewhere = isHeld(input) || isEverywhere(input);
          demand(isSomewhere, `nobody has ${input}`, command);
          const isAsked = command.missing.includes(input);
          demand(node.granularity === 'derivation' || !isAsked, `a closure needs no ${input}`, command);
          if (node.granularity === 'closure') continue;
          // Asking for what a builder may have kept or got again costs a question; a gap would cost the build.
          const isUncertain = nodes.get(input)?.kind === 'existing' || everGone.has(input);
          demand(isAsked !== isThere || (isAsked && isUncertain), `wrong about ${input}`, command);
        }
        pending.push({ kind: 'stage', node: command.node, builder: command.builder });
        return;
      }
      case 'start': {
        const node = checkAttempt(command);
        for (const input of node.dependencies) {
          const isThere =
            node.granularity === 'closure' ? wasThere(input) : held.get(command.builder)?.has(input) === true;
          demand(isThere, `it lacks ${input}`, command);
        }
        pending.push({ kind: 'start', node: command.node, builder: command.builder });
        demand(on('start', command.builder) <= (slots.get(command.builder) ?? 0), 'no slot', command);
        built.delete(node.id);
        return;
      }
      case 'stop': {
        drop((one) => one.node === command.node && one.builder === command.builder);
        return;
      }
      case 'settle':
        demand(nodes.get(command.node)?.kind === 'build', 'it is no build', command);
        demand(!settled.has(command.node), 'it was settled', command);
        demand(!pending.some((one) => one.node === command.node), 'it is under way', command);
        settled.add(command.node);
        built.delete(command.node);
    }
  };

  const note = (event: ScheduleEvent): void => {
    switch (event.kind) {
      case 'nodes-added':
        for (const node of event.nodes) {
          nodes.set(node.id, node);
          if (node.kind !== 'existing') continue;
          for (const id of node.locations) (held.get(id) ?? keptBy(id)).add(node.id);
        }
        return;
      case 'builder-joined':
        present.set(event.builder.id, event.builder);
        for (const id of event.holds === undefined ? [] : keptBy(event.builder.id)) {
          if (nodes.get(id)?.kind === 'build' && !event.holds?.includes(id))
            keptBy(event.builder.id).delete(id);
        }
        for (const id of event.holds ?? []) {
          keptBy(event.builder.id).add(id);
          if (!settled.has(id)) everBuilt.add(id);
        }
        slots.set(event.builder.id, event.builder.maxJobs);
        for (const id of keptBy(event.builder.id)) {
          const isOpen = everBuilt.has(id) && !settled.has(id);
          if (isOpen && !pending.some((one) => one.kind === 'start' && one.node === id)) built.add(id);
        }
        held.set(event.builder.id, keptBy(event.builder.id));
        kept.delete(event.builder.id);
        return;
      case 'builder-lost':
        present.delete(event.builder);
        for (const id of held.get(event.builder) ?? []) keptBy(event.builder).add(id);
        held.delete(event.builder);
        if (!event.mayReturn) kept.delete(event.builder);
        drop((one) => one.builder === event.builder);
        return;
      case 'builder-overdue':
        return;
      case 'outputs-gone':
        for (const outputs of held.values()) for (const id of event.nodes) outputs.delete(id);
        for (const id of event.nodes) everGone.add(id);
        return;
      case 'slots-changed':
        slots.set(event.builder, event.maxJobs);
        return;
      case 'staged': {
        drop((one) => one.node === event.node);
        const node = nodes.get(event.node);
        if (node?.kind !== 'build' || node.granularity === 'closure') return;
        for (const id of node.dependencies) held.get(event.builder)?.add(id);
        return;
      }
      case 'stage-failed':
        drop((one) => one.node === event.node);
        return;
      case 'finished':
        drop((one) => one.node === event.node);
        if (event.result.kind === 'built') {
          built.add(event.node);
          everBuilt.add(event.node);
          held.get(event.builder)?.add(event.node);
          const node = nodes.get(event.node);
          for (const id of node?.kind === 'build' ? node.dependencies : []) {
            if (isHeld(id) || isEverywhere(id)) held.get(event.builder)?.add(id);
          }
        }
        return;
      case 'stage-lasts':
      case 'builders-complete':
      case 'cancelled':
    }
  };

  /** What a builder had that is away; it is there again when the builder is, unless it has lost it. */
  const keptBy = (builder: number): Set<number> => {
    const outputs = kept.get(builder) ?? new Set();
    kept.set(builder, outputs);
    return outputs;
  };

  return {
    pending,
    present,
    built: () => [...built],
    absent: (builder) => schedule.absent(builder),
    tell: (event) => {
      seconds += 1;
      note(event);
      for (const command of schedule.apply(event, seconds)) obey(command);
    },
    open: () =>
      [...nodes.values()]
        .filter((node) => node.kind === 'build' && !built.has(node.id) && !settled.has(node.id))
        .map((node) => node.id),
  };
}
