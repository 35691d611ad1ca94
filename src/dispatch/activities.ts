import type { BuilderId } from './schedule/events.ts';

/** Why a running attempt is ended early. */
export type StopReason = 'not-needed' | 'builder-lost';

/** Builds that were running on a builder that was lost, and for how long they had. */
export interface LostWork {
  readonly builds: number;
  readonly seconds: number;
}

/** What goes on for builds on builders, so that it can be ended. */
export interface Activities {
  /** The signal is aborted, with a {@link StopReason}, when it has to end early. */
  begin(key: string, builder: BuilderId, isBuild: boolean): AbortSignal;
  end(key: string, signal: AbortSignal): void;
  stop(key: string): void;
  /** Ends everything on a builder that is lost. */
  abandon(builder: BuilderId): LostWork;
}

interface Activity {
  readonly builder: BuilderId;
  readonly controller: AbortController;
  /** Of a build, on the clock of `performance`; undefined while its inputs are brought. */
  readonly startedAtMs: number | undefined;
}

export function createActivities(): Activities {
  const active = new Map<string, Activity>();
  return {
    begin(key, builder, isBuild) {
      const controller = new AbortController();
      active.set(key, { builder, controller, startedAtMs: isBuild ? performance.now() : undefined });
      return controller.signal;
    },
    end(key, signal) {
      if (active.get(key)?.controller.signal === signal) active.delete(key);
    },
    stop(key) {
      active.get(key)?.controller.abort('not-needed' satisfies StopReason);
      active.delete(key);
    },
    abandon(builder) {
      let builds = 0;
      let seconds = 0;
      for (const [key, activity] of active) {
        if (activity.builder !== builder) continue;
        if (activity.startedAtMs !== undefined) {
          builds += 1;
          seconds += (performance.now() - activity.startedAtMs) / 1000;
        }
        activity.controller.abort('builder-lost' satisfies StopReason);
        active.delete(key);
      }
      return { builds, seconds };
    },
  };
}
