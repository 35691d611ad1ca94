import { setTimeout as sleep } from 'node:timers/promises';
import type { FullResults } from '../../../src/report/full-results.ts';
import { farmInputs } from '../action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../action/flake.ts';
import type { RunningStep } from '../action/step.ts';
import type { StepResult } from '../action/step-result.ts';
import { createWorkspace, type ActionInputs } from '../action/workspace.ts';
import { startFarm, type Farm } from '../farm/farm.ts';
import type { HostOptions } from '../farm/host-options.ts';
import { countBuilds } from './host-processes.ts';
import { recordFault } from './record-fault.ts';
import { lostAttempts, resultsOf } from './run-results.ts';

/** A run that is under way on hosts that can be struck. */
export interface Scene extends AsyncDisposable {
  readonly farm: Farm;
  readonly step: RunningStep;
  /** Name of a host as its machine line and the report have it. */
  readonly nameOf: (host: string) => string;
  /** How many builds run on a host, as far as the log tells. */
  readonly inFlight: (host: string) => number;
  /** Resolves when so many builds run on the host: what the log calls building may still be on its way there. */
  untilBusy(host: string, builds: number): Promise<void>;
  /** Strikes a host; resolves when the log tells it in these words. */
  strike(fault: string, host: string, act: () => Promise<void>, words: string): Promise<NoticedBlow>;
  /** Waits for the end of the run, and adds what came of the blow to the table. */
  end(blow?: Blow): Promise<{ readonly step: StepResult; readonly results: FullResults }>;
}

export interface NoticedBlow extends Blow {
  readonly noticedSeconds: number;
}

/** A fault that a host was struck with. */
export interface Blow {
  readonly fault: string;
  readonly host: string;
  readonly inFlight: number;
  /** Undefined: it was not meant to be noticed. */
  readonly noticedSeconds: number | undefined;
}

export interface SceneOptions {
  readonly hosts: readonly HostOptions[];
  /** Expressions by attribute; see `shellBuild`. */
  readonly checks: Readonly<Record<string, string>>;
  readonly inputs?: ActionInputs | ((farm: Farm) => ActionInputs);
  readonly timeoutMs?: number;
  /** Done to the hosts before the action starts. */
  readonly prepare?: (farm: Farm) => Promise<void>;
}

/** Builds that take so many seconds and have to be there in the end. */
export function naps(count: number, seconds: number, prefix = 'nap'): Readonly<Record<string, string>> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  return Object.fromEntries(
    names.map((name) => [name, shellBuild({ name, script: `/usr/bin/sleep ${seconds}; echo > "$out"` })]),
  );
}

/** Brings hosts up and starts the action on them. */
export async function setScene(options: SceneOptions): Promise<Scene> {
  const { hosts, checks, inputs = {}, timeoutMs } = options;
  await using stack = new AsyncDisposableStack();
  const farm = stack.use(await startFarm(hosts));
  const workspace = stack.use(await createWorkspace({ checks: { [hostSystem]: checks } }));
  await options.prepare?.(farm);
  const more = typeof inputs === 'function' ? inputs(farm) : inputs;
  const step = await workspace.start({ ...farmInputs(farm), ...more }, { timeoutMs: timeoutMs ?? 110_000 });
  const owned = stack.move();
  const nameOf = (host: string): string => farm.host(host).address;
  const inFlight = (host: string): number => countRunning(step.printed, nameOf(host));

  return {
    farm,
    step,
    nameOf,
    inFlight,
    async untilBusy(host, builds) {
      await step.untilPrinted(`building on ${nameOf(host)}`);
      const giveUpAt = performance.now() + 40_000;
      while (inFlight(host) < builds || (await countBuilds(farm.host(host))) < builds) {
        if (performance.now() > giveUpAt)
          throw new Error(`expected ${builds} builds on ${host}: ${step.printed}`);
        await sleep(20);
      }
    },
    async strike(fault, host, act, words) {
      const before = inFlight(host);
      const noticed = step.untilPrinted(words).then(() => performance.now());
      noticed.catch(() => {});
      await act();
      const struckAt = performance.now();
      const noticedSeconds = Math.max(0, (await noticed) - struckAt) / 1000;
      return { fault, host, inFlight: before, noticedSeconds };
    },
    async end(blow) {
      const ended = await step.finished;
      const results = resultsOf(ended);
      if (blow !== undefined) await addRow(blow, nameOf(blow.host), results);
      return { step: ended, results };
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

function countRunning(printed: string, builder: string): number {
  const running = new Set<string>();
  for (const line of printed.split('\n')) {
    const started = /^(\S+): building on (\S+)$/.exec(line);
    if (started?.[1] !== undefined && started[2] === builder) running.add(started[1]);
    const ended = /^\S+ (\S+): .* on (\S+) in /.exec(line);
    if (ended?.[1] !== undefined && ended[2] === builder) running.delete(ended[1]);
  }
  return running.size;
}

async function addRow(blow: Blow, builder: string, results: FullResults): Promise<void> {
  const hit = lostAttempts(results, builder);
  const moved = hit.filter(({ outcome }) => outcome === 'built').length;
  await recordFault({
    fault: blow.fault,
    inFlight: blow.inFlight,
    moved,
    lost: results.builds.filter(({ outcome }) => outcome !== 'built').length,
    noticedSeconds: blow.noticedSeconds,
    classes: [...new Set(hit.map(({ result }) => result))],
  });
}
