import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { bestCpuTime, cgroupCpuTime, estimatedCpuTime } from '../../accounting/cpu-time.ts';
import {
  parseProbeAnswer,
  parseReadyLine,
  PROBE_END,
  PROBE_SCRIPT,
  SCAN_REQUEST,
  statRequest,
  type ProbeAnswer,
  type ProbeGreeting,
} from '../../accounting/proc/probe.ts';
import type { ProcessStat } from '../../accounting/proc/stat.ts';
import { cpuBetween, findWorker } from '../../accounting/proc/worker.ts';
import type { OpenBuilder } from '../../builders/open-builder.ts';
import type { CpuMeter } from './cpu-meter.ts';

/** A shell on the builder that answers questions about its processes, one after the other. */
interface Probe extends ProbeGreeting {
  ask(request: string): Promise<ProbeAnswer>;
}

/** A builder that answers nothing for this long gets no second question. */
const patienceMs = 10_000;
/** Connections that are just being opened or closed, other than ours already or still, make it unclear whose a worker is. */
const unclearPausesMs: readonly number[] = [50, 200, 800];
/** An answer holds command lines and numbers; whoever sends more is no shell of ours. */
const mostAnswerBytes = 16 * 2 ** 20;

/**
 * What is known of the daemon's process for one connection. A fresh one has waited for nothing yet; a known one had used this when the
 * last build on it had ended.
 */
type Worker = { readonly kind: 'fresh' | 'unknown' } | { readonly kind: 'known'; readonly stat: ProcessStat };

/** A builder, and what is known of the connections to its daemon. */
export interface MeasuredBuilder<Connection> extends Pick<OpenBuilder, 'openCommand'> {
  /** The process that the daemon sees as this client, where that is known (protocol §12.2). */
  clientPid(connection: Connection): number | undefined;
  /** All open connections that the daemon sees as the same process, in the order in which it met them. */
  siblings(connection: Connection): readonly Connection[];
}

/**
 * Measures CPU time by what the daemon says (cgroups), or by looking into the builder's `/proc` before and after each build; where that
 * shows nothing, it is bounded by the machine's cores (issue 6, item 1). Nothing here is worth a build: whatever goes wrong, there is no figure.
 */
export function createCpuMeter<Connection extends object>(
  opened: MeasuredBuilder<Connection>,
): CpuMeter<Connection> {
  let probe: Promise<Probe | undefined> | undefined;
  const workers = new WeakMap<Connection, Promise<Worker>>();

  let scanning: Promise<ProbeAnswer> | undefined;
  let nextScan: Promise<ProbeAnswer> | undefined;
  /** Looks at all processes. Who asks while somebody else's look is under way shares the next one: hundreds may ask at once. */
  const scan = (opening: Probe): Promise<ProbeAnswer> => {
    nextScan ??= Promise.resolve(scanning).then(() => {
      nextScan = undefined;
      scanning = opening.ask(SCAN_REQUEST);
      return scanning;
    });
    return nextScan;
  };

  /** `isOver`: it is too late to look. */
  const find = async (client: Connection, isOver: () => boolean): Promise<ProcessStat | undefined> => {
    probe ??= openProbe(opened).catch(() => undefined);
    const pid = opened.clientPid(client);
    const opening = await probe;
    if (pid === undefined || opening === undefined) return undefined;
    for (const pauseMs of [...unclearPausesMs, undefined]) {
      const { processes } = await scan(opening);
      if (isOver()) return undefined;
      const siblings = opened.siblings(client);
      const place = { index: siblings.indexOf(client), of: siblings.length };
      const sought = findWorker(processes, pid, place);
      if (sought.kind === 'found') return sought.worker.stat;
      if (sought.kind === 'absent' || pauseMs === undefined) return undefined;
      await sleep(pauseMs);
    }
    return undefined;
  };

  const findFresh = async (client: Connection): Promise<ProcessStat | undefined> => {
    const stat = await find(client, () => false);
    return stat === undefined ? undefined : { ...stat, waitedChildTicks: 0 };
  };

  const lookBefore = async (
    client: Connection,
    worker: Worker,
    isOver: () => boolean,
  ): Promise<ProcessStat | undefined> => {
    if (worker.kind === 'known') return worker.stat;
    return worker.kind === 'fresh' ? findFresh(client) : find(client, isOver);
  };

  const lookAfter = async (pid: number): Promise<ProcessStat | undefined> => {
    const answer = await (await probe)?.ask(statRequest([pid]));
    return answer?.stats.find((stat) => stat.pid === pid);
  };

  return {
    begin(client) {
      // The build before may still be measured: what it leaves is what this one starts from.
      const worker = workers.get(client) ?? Promise.resolve<Worker>({ kind: 'fresh' });
      let isOver = false;
      // A worker is looked for while it builds, so that the end of the build costs one short question.
      const early = worker.then((known) => lookBefore(client, known, () => isOver)).catch(() => undefined);
      const beganMs = performance.now();
      return async (result) => {
        isOver = true;
        const wallSeconds = (performance.now() - beganMs) / 1000;
        const before = early.then(async (stat) => {
          const isLate = stat === undefined && (await worker).kind === 'fresh';
          return isLate ? findFresh(client).catch(() => undefined) : stat;
        });
        const after = before
          .then((stat) => (stat === undefined ? undefined : lookAfter(stat.pid)))
          .catch(() => undefined);
        workers.set(
          client,
          after.then((stat) => (stat === undefined ? { kind: 'unknown' } : { kind: 'known', stat })),
        );
        const told = cgroupCpuTime(result?.cpuUserMicroseconds, result?.cpuSystemMicroseconds);
        if (told !== undefined) return told;
        const [from, to, opening] = await Promise.all([before, after, probe?.catch(() => undefined)]);
        if (opening === undefined) return undefined;
        const read =
          from === undefined || to === undefined ? undefined : cpuBetween(from, to, opening.ticksPerSecond);
        // Where /proc shows nothing (macOS, hidepid) there is still a bound.
        return bestCpuTime([
          read,
          opening.cores === undefined ? undefined : estimatedCpuTime(wallSeconds, opening.cores),
        ]);
      };
    },
  };
}

async function openProbe(opened: Pick<OpenBuilder, 'openCommand'>): Promise<Probe | undefined> {
  const { stream } = await opened.openCommand(['sh', '-c', PROBE_SCRIPT]);
  const waiting: ((answer: ProbeAnswer) => void)[] = [];
  let lines: string[] = [];
  let ready: (greeting: ProbeGreeting | undefined) => void = () => {};
  const isReady = new Promise<ProbeGreeting | undefined>((resolve) => {
    ready = resolve;
  });
  let isOver = false;
  const end = (): void => {
    isOver = true;
    ready(undefined);
    for (const resolve of waiting.splice(0)) resolve(parseProbeAnswer([]));
  };
  /** A channel that was destroyed may wait for its other side before it says so. */
  const giveUp = (): void => {
    end();
    stream.destroy();
  };
  stream.on('error', end).on('close', end);
  let answerBytes = 0;
  stream.on('data', (chunk: Uint8Array) => {
    answerBytes += chunk.byteLength;
    if (answerBytes > mostAnswerBytes) giveUp();
  });
  const reader = createInterface({ input: stream });
  // It passes on the stream's errors, which have been dealt with above.
  reader.on('error', () => {});
  reader.on('line', (line) => {
    const greeting = parseReadyLine(line);
    if (greeting !== undefined) ready(greeting);
    else if (line === PROBE_END) waiting.shift()?.(parseProbeAnswer(lines));
    else lines.push(line);
    if (line !== PROBE_END) return;
    lines = [];
    answerBytes = 0;
  });
  const timer = setTimeout(giveUp, patienceMs);
  const greeting = await isReady;
  clearTimeout(timer);
  if (greeting === undefined) return undefined;
  return {
    ...greeting,
    ask: (request) =>
      new Promise((resolve) => {
        if (isOver) {
          resolve(parseProbeAnswer([]));
          return;
        }
        const late = setTimeout(giveUp, patienceMs);
        waiting.push((answer) => {
          clearTimeout(late);
          resolve(answer);
        });
        stream.write(request);
      }),
  };
}
