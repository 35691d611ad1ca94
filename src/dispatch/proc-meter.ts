import { createInterface } from 'node:readline';

import { cgroupCpuTime, type CpuTime } from '../accounting/cpu-time.ts';
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

/** What is known of the daemon's process for one connection. A fresh one has waited for nothing yet. */
type Worker = { readonly kind: 'fresh' | 'unknown' } | { readonly kind: 'known'; readonly stat: ProcessStat };

type MeasuredBuilder = Pick<OpenBuilder, 'openCommand' | 'clientPid' | 'siblings'>;

/**
 * Measures CPU time by what the daemon says (cgroups), or by looking into the builder's `/proc` before and after each build (issue 6,
 * item 1). Nothing here is worth a build: whatever goes wrong, there is no figure.
 */
export function createCpuMeter(opened: MeasuredBuilder): CpuMeter {
  let probe: Promise<Probe | undefined> | undefined;
  const workers = new WeakMap<DaemonClient, Worker>();

  const find = async (client: DaemonClient): Promise<ProcessStat | undefined> => {
    probe ??= openProbe(opened).catch(() => undefined);
    const pid = opened.clientPid(client);
    const opening = await probe;
    if (pid === undefined || opening === undefined) return undefined;
    const { processes } = await opening.ask(SCAN_REQUEST);
    const siblings = opened.siblings(client);
    const place = { index: siblings.indexOf(client), of: siblings.length };
    return findWorker(processes, pid, place)?.stat;
  };

  const look = async (client: DaemonClient, worker: Worker): Promise<ProcessStat | undefined> => {
    if (worker.kind !== 'known') return find(client);
    const opening = await probe;
    const answer = await opening?.ask(statRequest([worker.stat.pid]));
    return answer?.stats.find(({ pid }) => pid === worker.stat.pid);
  };

  const measure = async (client: DaemonClient, worker: Worker): Promise<CpuTime | undefined> => {
    const stat = await look(client, worker);
    const opening = await probe;
    workers.set(client, stat === undefined ? { kind: 'unknown' } : { kind: 'known', stat });
    if (stat === undefined || opening === undefined || worker.kind === 'unknown') return undefined;
    return cpuBetween(worker.kind === 'known' ? worker.stat : undefined, stat, opening.ticksPerSecond);
  };

  return {
    begin(client) {
      const worker = workers.get(client) ?? { kind: 'fresh' };
      // Looked at once more before the build, where the last look found nothing.
      const before =
        worker.kind === 'unknown'
          ? find(client).then(
              (stat): Worker => (stat === undefined ? worker : { kind: 'known', stat }),
              () => worker,
            )
          : Promise.resolve(worker);
      return async (result) => {
        const told = cgroupCpuTime(result?.cpuUserMicroseconds, result?.cpuSystemMicroseconds);
        return told ?? measure(client, await before).catch(() => undefined);
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
  const reader = createInterface({ input: stream });
  // It passes on the stream's errors, which have been dealt with above.
  reader.on('error', () => {});
  reader.on('line', (line) => {
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
