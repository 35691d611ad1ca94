import type { BuilderId, NodeId } from './schedule/events.ts';

/** Why a running attempt is ended early. */
export type StopReason = 'not-needed' | 'builder-lost';

/** Builds that were running on a builder that was lost, and for how long they had when it was last heard of. */
export interface LostWork {
  readonly builds: number;
  readonly seconds: number;
}

/** What goes on for builds on builders, so that it can be ended. */
export interface Activities {
  /** The signal is aborted, with a {@link StopReason}, when it has to end early. */
  begin(node: NodeId, builder: BuilderId, isBuild: boolean): AbortSignal;
  end(node: NodeId, builder: BuilderId, signal: AbortSignal): void;
  stop(node: NodeId, builder: BuilderId): void;
  isBuilding(node: NodeId): boolean;
  /** Ends everything on a builder that is lost; `silentMs`: since it was last heard of. */
  abandon(builder: BuilderId, silentMs: number): LostWork;
}

interface Activity {
  readonly node: NodeId;
  readonly builder: BuilderId;
  readonly controller: AbortController;
  /** Of a build, on the clock of `performance`; undefined while its inputs are brought. */
  readonly startedAtMs: number | undefined;
}

/** Nothing is under way. */
export function createActivities(): Activities {
  const active = new Map<string, Activity>();
  return {
    begin(node, builder, isBuild) {
      const controller = new AbortController();
      const startedAtMs = isBuild ? performance.now() : undefined;
      active.set(keyOf(node, builder), { node, builder, controller, startedAtMs });
      return controller.signal;
    },
    end(node, builder, signal) {
      const key = keyOf(node, builder);
      if (active.get(key)?.controller.signal === signal) active.delete(key);
    },
    stop(node, builder) {
      const key = keyOf(node, builder);
      active.get(key)?.controller.abort('not-needed' satisfies StopReason);
      active.delete(key);
    },
    isBuilding: (node) =>
      [...active.values()].some((one) => one.node === node && one.startedAtMs !== undefined),
    abandon(builder, silentMs) {
      const heardAtMs = performance.now() - silentMs;
      let builds = 0;
      let seconds = 0;
      for (const [key, activity] of active) {
        if (activity.builder !== builder) continue;
        if (activity.startedAtMs !== undefined) {
          builds += 1;
          seconds += Math.max(0, heardAtMs - activity.startedAtMs) / 1000;
        }
        activity.controller.abort('builder-lost' satisfies StopReason);
        active.delete(key);
      }
      return { builds, seconds };
    },
  };
}

function keyOf(node: NodeId, builder: BuilderId): string {
  return `${node} ${builder}`;
}

/** A message about a loss that says what it cost, if anything. */
export function withCost(message: string, { builds, seconds }: LostWork): string {
  if (builds === 0) return message;
  const cost = `cost ${seconds.toFixed(1)} s of work in ${builds} ${builds === 1 ? 'build' : 'builds'} that ran there`;
  return message.endsWith('.') ? `${message} It ${cost}.` : `${message}; it ${cost}`;
}
