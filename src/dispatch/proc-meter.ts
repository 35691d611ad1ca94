import { createInterface } from 'node:readline';

import { bestCpuTime, cgroupCpuTime, type CpuTime } from '../accounting/cpu-time.ts';
import {
  parseProbeAnswer,
  parseReadyLine,
  PROBE_END,
  PROBE_SCRIPT,
  SCAN_REQUEST,
  statRequest,
  type ProbeAnswer,
} from '../accounting/proc/probe.ts';
import type { ProcessStat } from '../accounting/proc/stat.ts';
import { cpuBetween, findWorker } from '../accounting/proc/worker.ts';
import type { OpenBuilder } from '../builders/open-builder.ts';
import type { DaemonClient } from '../nix/client/daemon-client.ts';
import type { CpuMeter } from './cpu-meter.ts';

/** A shell on the builder that answers questions about its processes, one after the other. */
interface Probe {
  readonly ticksPerSecond: number;
  ask(request: string): Promise<ProbeAnswer>;
}

/** A builder that answers nothing for this long gets no second question. */
const patienceMs = 10_000;
/** An answer holds command lines and numbers; whoever sends more is no shell of ours. */
const mostAnswerBytes = 16 * 2 ** 20;

/**
 * Measures CPU time by what the daemon says (cgroups), or by looking into the builder's `/proc` before and after each build (issue 6,
 * item 1). Nothing here is worth a build: whatever goes wrong, there is no figure.
 */
export function createCpuMeter(opened: Pick<OpenBuilder, 'openCommand' | 'clientPid'>): CpuMeter {
  let probe: Promise<Probe | undefined> | undefined;
  const before = new WeakMap<DaemonClient, Promise<ProcessStat | undefined>>();

  const findProcess = async (client: DaemonClient): Promise<ProcessStat | undefined> => {
    probe ??= openProbe(opened).catch(() => undefined);
    const pid = opened.clientPid(client);
    const opening = await probe;
    if (pid === undefined || opening === undefined) return undefined;
    const { processes } = await opening.ask(SCAN_REQUEST);
    return findWorker(processes, pid)?.stat;
  };

  const measure = async (client: DaemonClient): Promise<CpuTime | undefined> => {
    const [opening, earlier] = await Promise.all([probe, before.get(client)]);
    if (opening === undefined || earlier === undefined) return undefined;
    const { stats } = await opening.ask(statRequest([earlier.pid]));
    const later = stats.find(({ pid }) => pid === earlier.pid);
    if (later === undefined) return undefined;
    before.set(client, Promise.resolve(later));
    return cpuBetween(earlier, later, opening.ticksPerSecond);
  };

  return {
    begin(client) {
      if (!before.has(client)) {
        before.set(
          client,
          findProcess(client).catch(() => undefined),
        );
      }
      return async (result) => {
        const told = cgroupCpuTime(result?.cpuUserMicroseconds, result?.cpuSystemMicroseconds);
        return bestCpuTime([told, told ?? (await measure(client).catch(() => undefined))]);
      };
    },
  };
}

async function openProbe(opened: Pick<OpenBuilder, 'openCommand'>): Promise<Probe | undefined> {
  const { stream } = await opened.openCommand(['sh', '-c', PROBE_SCRIPT]);
  const waiting: ((answer: ProbeAnswer) => void)[] = [];
  let lines: string[] = [];
  let ready: (ticks: number | undefined) => void = () => {};
  const isReady = new Promise<number | undefined>((resolve) => {
    ready = resolve;
  });
  const end = (): void => {
    ready(undefined);
    for (const resolve of waiting.splice(0)) resolve(parseProbeAnswer([]));
  };
  stream.on('error', end).on('close', end);
  let answerBytes = 0;
  stream.on('data', (chunk: Uint8Array) => {
    answerBytes += chunk.byteLength;
    if (answerBytes > mostAnswerBytes) stream.destroy();
  });
  createInterface({ input: stream }).on('line', (line) => {
    const ticks = parseReadyLine(line);
    if (ticks !== undefined) ready(ticks);
    else if (line === PROBE_END) waiting.shift()?.(parseProbeAnswer(lines));
    else lines.push(line);
    if (line !== PROBE_END) return;
    lines = [];
    answerBytes = 0;
  });
  const timer = setTimeout(() => stream.destroy(), patienceMs);
  const ticksPerSecond = await isReady;
  clearTimeout(timer);
  if (ticksPerSecond === undefined) return undefined;
  return {
    ticksPerSecond,
    ask: (request) =>
      new Promise((resolve) => {
        if (stream.destroyed) {
          resolve(parseProbeAnswer([]));
          return;
        }
        const late = setTimeout(() => stream.destroy(), patienceMs);
        waiting.push((answer) => {
          clearTimeout(late);
          resolve(answer);
        });
        stream.write(request);
      }),
  };
}
